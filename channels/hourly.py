"""Hourly pairs: they seal inbox, outbox and turn arguments. A private half dies once no unfinished row names it.

Ciphertext stays in the write-ahead log long after its row is gone, so a key that stays beside it would be no seal.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from channels.models import HourlyKey
from core.clock import now
from core.envelope import new_pair, pad, seal, unpad, unseal
from core.errors import Unavailable
from core.failpoints import failpoint
from core.keys import KeyProvider
from core.logging import Log

log = Log("hourly")
AHEAD = 3
GRACE = timedelta(minutes=10)  # a webhook that read this key just before the hour may still be committing
OVERDUE = timedelta(hours=2)
FILES = 200
"""How many of the newest retired hours are looked at for a file that was left over."""
USERS = ("inbox.message", "inbox.outbox", "inbox.turn_input", "inbox.turn_line", "intake.receipt_wish")


class NoHourlyKey(Unavailable):
    """No live hourly key: nothing may be stored in clear, so nothing is stored."""


@dataclass(frozen=True)
class Hour:
    """The public half in use now."""

    id: str
    public: bytes


def name_of(moment: datetime) -> str:
    """Id of the hour of a moment: YYYYMMDDHH in UTC."""
    return moment.strftime("%Y%m%d%H")


CURRENT = """select id, public from inbox.hourly_key
    where id <= :this_hour and destroyed_at is null order by id desc limit 1"""
"""The newest live pair that is not of the future, for `this_hour` = name_of(now())."""
_CURRENT = text(CURRENT)


def current(session: Session) -> Hour:
    """The pair to seal with now. Raises NoHourlyKey."""
    row = session.connection().execute(_CURRENT, {"this_hour": name_of(now())}).one_or_none()
    return the_hour(*row) if row else the_hour(None, None)


def the_hour(name: str | None, public: bytes | None) -> Hour:
    """What was found with CURRENT. Raises NoHourlyKey."""
    if name is None or public is None:
        raise NoHourlyKey("no hourly key is ready; is the worker running?")
    return Hour(name, public)


def seal_text(plain: str, hour: Hour, context: str) -> bytes:
    """Pad and seal a text to the hour; `context` says which kind of row holds it."""
    return seal(pad(plain.encode("utf-8", "replace")), hour.public, _info(hour.id, context))


def open_text(box: bytes, hour: str, context: str, keys: KeyProvider) -> str:
    """Open what `seal_text` made. Raises KeyMissing once the hour is destroyed, CannotOpen on a wrong context."""
    return unpad(unseal(box, keys.get(f"hour/{hour}"), _info(hour, context))).decode()


def _info(hour: str, context: str) -> bytes:
    return f"amparo|hour|{hour}|{context}".encode()


def make_ahead(session: Session, keys: KeyProvider) -> None:
    """Make the pairs of this hour and the next ones that are missing. The file is durable before the row exists."""
    session.execute(text("select pg_advisory_xact_lock(7001)"))
    for ahead in range(AHEAD):
        hour = name_of(now() + timedelta(hours=ahead))
        if session.get(HourlyKey, hour) is None:
            keys.destroy(f"hour/{hour}")  # a file without its row is left over from a start that was killed
            pair = new_pair()
            keys.put(f"hour/{hour}", pair.private)
            failpoint("hour.made")
            session.add(HourlyKey(id=hour, public=pair.public))
            session.flush()


def retire_finished(session: Session) -> list[str]:
    """Mark the hours that no unfinished row names, so that nothing is sealed to them any more; alarm for late ones.

    An hour whose successor has been in use for less than GRACE stays: a webhook that read it may still be committing.
    """
    open_hours = select(HourlyKey).where(HourlyKey.destroyed_at.is_(None)).order_by(HourlyKey.id).with_for_update()
    retired = []
    for row in [row for row in session.scalars(open_hours) if _is_superseded(session, row.id)]:
        if _in_use(session, row.id):
            _alarm_if_overdue(row.id)
        else:
            row.destroyed_at = now()
            retired.append(row.id)
    return retired


def destroy_retired(session: Session, keys: KeyProvider) -> list[str]:
    """Destroy the private halves of hours whose retirement is committed. One that is named after all is an alarm."""
    gone = select(HourlyKey).where(HourlyKey.destroyed_at.is_not(None)).order_by(HourlyKey.id.desc()).limit(FILES)
    destroyed = []
    for row in session.scalars(gone):
        if not keys.exists(f"hour/{row.id}"):
            continue
        if _in_use(session, row.id):
            row.destroyed_at = None
            log.alarm("hourly_key_kept", hour=row.id)
        else:
            failpoint("hour.retired")
            keys.destroy(f"hour/{row.id}")
            failpoint("hour.destroyed")
            destroyed.append(row.id)
    return destroyed


def _is_superseded(session: Session, hour: str) -> bool:
    """Has a newer pair been there, and its hour begun, for at least GRACE?"""
    since = now() - GRACE
    newer = select(HourlyKey.id).where(HourlyKey.id > hour, HourlyKey.id <= name_of(since), HourlyKey.made_at <= since)
    return session.scalar(newer.limit(1)) is not None


def _in_use(session: Session, hour: str) -> bool:
    tables = (f"exists (select 1 from {table} where hour = :hour)" for table in USERS)
    return bool(session.scalar(text("select " + " or ".join(tables)), {"hour": hour}))


def _alarm_if_overdue(hour: str) -> None:
    if name_of(now() - OVERDUE) > hour:
        log.alarm("hourly_key_kept", hour=hour)
