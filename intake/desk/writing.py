"""Writing into a case: internal notes, replies that wait for the worker's code, status, who answers for it."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from channels.models import ReplyKey
from channels.say import say
from core.clock import now, today
from core.envelope import is_padded
from intake import audit, steps
from intake.desk import access, membership
from intake.desk.reach import Reach, reached
from intake.errors import NoReplyKey, Refused, WroteFirst
from intake.models import Case, CaseAssignment, CaseReply, CaseStatus, CaseText, ReplyState
from intake.readers import name_of
from intake.reading import NOTE, REPLY
from intake.sealing import OUT, OWN

NOTICE = "case.notice"
MOST_SEGMENTS = 24
"""1,600 characters, the most that the carrier takes, in the shortest segments."""
LONGEST_PROMISE = timedelta(days=60)
_NEXT = {
    CaseStatus.RECEIVED: (CaseStatus.ACCEPTED, CaseStatus.DECLINED),
    CaseStatus.ACCEPTED: (CaseStatus.CLOSED,),
    CaseStatus.DECLINED: (CaseStatus.CLOSED,),
    CaseStatus.CLOSED: (CaseStatus.ACCEPTED,),
    CaseStatus.WITHDRAWN: (),
}
_PROMISING = (CaseStatus.RECEIVED, CaseStatus.ACCEPTED)


@dataclass(frozen=True)
class Written:
    """A sealed item as it comes in: its place in the case is the next one, or somebody wrote first."""

    seq: int
    epoch: int
    box: bytes


@dataclass(frozen=True)
class Reply:
    """A reply as it comes in, sealed to the reply key `key`; `segments` is what the page counted."""

    key: int
    box: bytes
    segments: int


def free_reply_key(session: Session) -> ReplyKey:
    """A key that no reply uses, any of them: two who write at once seldom get the same. Raises NoReplyKey."""
    free = select(ReplyKey).where(ReplyKey.taken_at.is_(None), ReplyKey.destroyed_at.is_(None))
    key = session.scalars(free.order_by(func.random()).limit(1)).first()
    if key is None:
        raise NoReplyKey("no key for a reply is ready: keep your text, try again in a minute")
    return key


def note(session: Session, staff_id: int, case_id: UUID, written: Written) -> None:
    """Keep an internal note. Raises NoSuchCase, CheckFirst, WroteFirst, Refused."""
    access.cleared(session, staff_id, case_id, lock=True)
    _append(session, case_id, written, OWN, NOTE)
    audit.append(session, name_of(staff_id), "case.noted", str(case_id), seq=written.seq)


def reply(session: Session, staff_id: int, case_id: UUID, sealed: Reply, copy: Written) -> int:
    """Keep a reply until the worker sends the code; returns its id. A phone that may gets the neutral notice.

    Raises NoSuchCase, CheckFirst, CannotReach, WroteFirst, Refused.
    """
    case = access.cleared(session, staff_id, case_id, lock=True)
    to = reached(session, case)
    _append(session, case_id, copy, OUT, REPLY)
    if not is_padded(sealed.box) or not 1 <= sealed.segments <= MOST_SEGMENTS:
        raise Refused("a reply is one sealed text of at most 1600 characters")
    row = CaseReply(case_id=case_id, box=sealed.box, segments=sealed.segments)
    row.reply_key_id = _take(session, sealed.key)
    session.add(row)
    session.flush()
    _notify(session, case, to, row.id)
    audit.append(session, name_of(staff_id), "case.replied", str(case_id), seq=copy.seq)
    return row.id


def take_back(session: Session, staff_id: int, case_id: UUID, reply_id: int) -> None:
    """Take back a reply that has not left. Its key is given up too: no copy of the box opens. Raises Refused."""
    access.cleared(session, staff_id, case_id, lock=True)
    mine = select(CaseReply).where(CaseReply.id == reply_id, CaseReply.case_id == case_id).with_for_update()
    row = session.scalars(mine).one_or_none()
    if row is None or row.state is not ReplyState.WAITING:
        raise Refused("this reply has left or was taken back already")
    row.state, row.box = ReplyState.TAKEN_BACK, None
    session.get_one(ReplyKey, row.reply_key_id, with_for_update=True).destroyed_at = now()
    audit.append(session, name_of(staff_id), "case.reply_taken_back", str(case_id))


def set_status(session: Session, staff_id: int, case_id: UUID, status: CaseStatus, promised: date | None) -> None:
    """The next step, or a new promise in the same status. Raises Refused for a step that does not follow."""
    case = access.cleared(session, staff_id, case_id, lock=True)
    renewed = status is case.status and status in _PROMISING and promised is not None
    if not renewed and status not in _NEXT[case.status]:
        raise Refused(f"a case that is {case.status.value} cannot become {status.value}")
    if promised is not None and not today() <= promised <= today() + LONGEST_PROMISE:
        raise Refused(f"a promise is a day from today to {LONGEST_PROMISE.days} days ahead")
    case.status = status
    step = steps.add(session, case_id, status, promised)
    detail = {"promised": promised.isoformat()} if promised else {}
    audit.append(session, name_of(staff_id), "case.status", str(case_id), n=step.n, status=status.value, **detail)


def assign(session: Session, staff_id: int, case_id: UUID, to: int | None) -> None:
    """Say who answers for a case, or nobody. Raises Refused for somebody who cannot read it."""
    access.cleared(session, staff_id, case_id, lock=True)
    session.execute(delete(CaseAssignment).where(CaseAssignment.case_id == case_id))
    if to is not None:
        if name_of(to) not in membership.of(session, case_id).holders:
            raise Refused("give the case to this colleague first")
        session.add(CaseAssignment(case_id=case_id, staff_id=to))
        session.flush()
    audit.append(session, name_of(staff_id), "case.assigned", str(case_id), to=name_of(to) if to else "")


def _append(session: Session, case_id: UUID, written: Written, direction: str, part: str) -> None:
    newest = access.newest_epoch(session, case_id)
    if written.seq != access.next_seq(session, case_id) or written.epoch != newest:
        raise WroteFirst("the case changed while you wrote: open it again, your text is still here")
    if not is_padded(written.box):
        raise Refused("an item is one sealed, padded text")
    place = {"case_id": case_id, "seq": written.seq, "epoch": written.epoch}
    session.add(CaseText(**place, direction=direction, part=part, box=written.box))
    session.flush()


def _take(session: Session, key_id: int) -> int:
    key = session.get(ReplyKey, key_id, with_for_update=True)
    if key is None or key.taken_at is not None or key.destroyed_at is not None:
        raise WroteFirst("this key was used by somebody else: take another one, seal and send again")
    key.taken_at = now()
    return key.id


def _notify(session: Session, case: Case, to: Reach, reply_id: int) -> None:
    if to.push:
        lang = to.conversation.language or case.language
        say(session, to.conversation, lang, NOTICE, source="notice", source_id=reply_id)
