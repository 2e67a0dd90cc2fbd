"""Reports that staff enter for somebody on the phone or in the room: the same interview, sealed in the browser.

The browser makes the case pair and seals every item, the facts too. It sends the codes of the facts beside them: the
server needs them for route, urgency and clocks, and forgets them with the request.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.orm import Session

from channels.models import HourlyKey
from core.envelope import is_padded, new_key
from intake import facts, interview, readers, service
from intake.desk import membership
from intake.errors import IntakeClosed, OtherTeam, Refused, WroteFirst
from intake.models import Case, CaseKey, CaseShred, CaseText, ReceiptWish
from intake.readers import name_of
from intake.routing import DEFAULT_TEAM, route
from intake.sealing import IN, Reader, Seat

PARTS = (*interview.PARTS, service.FACTS)
FIRST_EPOCH = 1
MOST_ITEMS = 60


@dataclass(frozen=True)
class Item:
    """One sealed item of a report."""

    seq: int
    part: str
    box: bytes


@dataclass(frozen=True)
class Entered:
    """A report as the browser made it. `receipt` is sealed to `hour` until it is hashed."""

    case_id: UUID
    public: bytes
    team: str
    language: str
    state: str | None
    facts: Mapping[str, str] = field(repr=False)
    wraps: Mapping[str, bytes]
    items: Sequence[Item]
    hour: str
    receipt: bytes


def readers_for(session: Session, team: str) -> tuple[str, list[Reader]]:
    """Who a new report of a team is sealed to; of the default team while it has no reader. Raises IntakeClosed."""
    for candidate in (team, DEFAULT_TEAM):
        if people := readers.active(session, candidate):
            return candidate, [*people, *readers.recovery(session)]
    raise IntakeClosed("no reader with a key is active: no report can be taken")


def file(session: Session, staff_id: int, entered: Entered) -> Case:
    """File a report. Raises IntakeClosed, OtherTeam, NotACode, Refused, WroteFirst."""
    codes = _checked_facts(entered)
    team, entitled = readers_for(session, route(codes).team)
    if team != entered.team:
        raise OtherTeam(team)
    _check(session, entered, {reader.name for reader in entitled})
    case = service.new_case(session, entered.case_id, team, entered.language, codes)
    session.add(CaseShred(case_id=case.id, key=new_key()))
    session.add(CaseKey(case_id=case.id, epoch=FIRST_EPOCH, public=entered.public))
    session.flush()
    membership.add_wraps(session, {Seat(case.id, FIRST_EPOCH, name): box for name, box in entered.wraps.items()})
    session.add_all(_text(case.id, item) for item in entered.items)
    session.add(ReceiptWish(case_id=case.id, hour=entered.hour, body=entered.receipt))
    session.flush()
    me = name_of(staff_id)
    service.record_filing(session, me, case.id, entered.public, entitled, entered_by=me)
    return case


def _checked_facts(entered: Entered) -> dict[str, str]:
    codes = dict(entered.facts)
    if entered.state is not None:
        codes["state"] = entered.state
    for name, value in codes.items():
        facts.check(name, value)
    return codes


def _check(session: Session, entered: Entered, names: set[str]) -> None:
    if set(entered.wraps) != names or len(entered.public) != membership.PUBLIC_HALF:
        raise Refused("a report needs a public half and one wrap for each reader of its team and each recovery key")
    if session.get(Case, entered.case_id) is not None:
        raise WroteFirst("this report is filed already")
    if not _sound(entered.items):
        raise Refused("a report is up to 60 sealed items, numbered from 1, with its facts once")
    hour = session.get(HourlyKey, entered.hour)
    if hour is None or hour.destroyed_at is not None or not is_padded(entered.receipt):
        raise WroteFirst("the hour of the receipt is over: make a new receipt and send again")


def _sound(items: Sequence[Item]) -> bool:
    numbered = [item.seq for item in items] == list(range(1, len(items) + 1)) and len(items) <= MOST_ITEMS
    parts = [item.part for item in items]
    known = set(parts) <= set(PARTS) and parts.count(service.FACTS) == 1
    return numbered and known and all(is_padded(item.box) for item in items)


def _text(case_id: UUID, item: Item) -> CaseText:
    fields = {"case_id": case_id, "seq": item.seq, "epoch": FIRST_EPOCH, "part": item.part, "box": item.box}
    return CaseText(**fields, direction=IN)
