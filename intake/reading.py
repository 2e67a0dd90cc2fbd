"""Opening a case with a reader's own private half. First the reading is written down, then the text is opened."""

import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.envelope import CannotOpen, public_of
from core.errors import Denied
from intake import audit, interview, sealing, service, steps
from intake.deadlines import deadlines
from intake.errors import KeySwapped, NoSuchCase
from intake.models import Case, CaseReply, CaseShred, CaseStep, CaseText, CaseWrap, RecoveryKey, ReplyState, Staff
from intake.readers import RECOVERY, STAFF
from intake.routing import route
from intake.sealing import Place, Seat
from intake.service import FACTS

READ = "case.read"
NOTE, REPLY = "note", "reply"


@dataclass(frozen=True)
class Reply:
    """Where a reply is on its way; a copy of its words is the item `seq` of the case."""

    id: int
    seq: int
    state: ReplyState
    created: datetime


@dataclass(frozen=True)
class SealedCase:
    """Everything of a case that a reader needs, still sealed."""

    case: Case
    wraps: Sequence[CaseWrap]
    texts: Sequence[CaseText]
    publics: dict[int, bytes]
    shred: bytes = field(repr=False)
    steps: Sequence[CaseStep]
    replies: Sequence[Reply]


@dataclass(frozen=True)
class Item:
    """An opened item of a case."""

    seq: int
    direction: str
    part: str
    at: str
    text: str = field(repr=False)


def listed(session: Session) -> list[dict[str, Any]]:
    """The clear columns of every case, most urgent first, oldest first."""
    cases = session.scalars(select(Case).order_by(Case.urgency, Case.opened, Case.id))
    return [clear(case) for case in cases]


def clear(case: Case) -> dict[str, Any]:
    """The clear columns of a case as plain JSON values."""
    values = ((column.key, getattr(case, column.key)) for column in Case.__table__.columns)
    return {name: value if isinstance(value, int) or value is None else str(value) for name, value in values}


def begin(session: Session, reference: str, private: bytes) -> SealedCase:
    """Write the reading into the audit chain and hand out the sealed case; commit before you `unseal` it.

    Raises Denied when this key has no wrap of the case, KeySwapped when the case's key is not the recorded one.
    """
    reader = _reader(session, public_of(private))
    case = _find(session, reference)
    sealed = gather(session, case, reader)
    audit.append(session, reader, READ, str(sealed.case.id), items=len(sealed.texts))
    return sealed


def gather(session: Session, case: Case | None, reader: str) -> SealedCase:
    """A case as it is sealed, with the wraps of this reader. The caller writes down that it was read.

    Raises NoSuchCase when the reader has no wrap of it, KeySwapped when its key is not the recorded one.
    """
    wraps = _wraps(session, case.id, reader) if case else []
    if case is None or not wraps:
        raise NoSuchCase("there is no such case, or this key may not read it")
    publics = service.publics(session, case.id)
    shred = session.get(CaseShred, case.id)
    if shred is None:
        raise Denied("this case was destroyed: its crypto-shred key is gone")
    texts = session.scalars(select(CaseText).where(CaseText.case_id == case.id).order_by(CaseText.seq)).all()
    taken = steps.every(session, case.id)
    return SealedCase(case, wraps, texts, publics, shred.key, taken, _replies(session, case.id, texts))


def unseal(sealed: SealedCase, private: bytes) -> dict[str, Any]:
    """Open a case: its clear columns, facts, story word for word in order, parties, routing and clocks, as JSON values.

    An item that does not open is named in `damaged`; it hides nothing of the others.
    """
    halves = {wrap.epoch: _half(sealed, wrap, private) for wrap in sealed.wraps}
    opened = {text.seq: _opened(text, halves.get(text.epoch)) for text in sealed.texts}
    items = [item for item in opened.values() if item is not None]
    told = [item for item in items if item.part != FACTS]
    facts: dict[str, str] = next((json.loads(item.text) for item in items if item.part == FACTS), {})
    return {
        **clear(sealed.case),
        "facts": facts,
        "story": [item.text for item in told if item.part == interview.STORY],
        "parties": {part: _texts(told, part) for part in (interview.EMPLOYER, interview.PLACE)},
        "messages": [vars(item) for item in told],
        "notes": _texts(told, NOTE),
        "replies": [{**reply_shown(reply), "text": _text(opened.get(reply.seq))} for reply in sealed.replies],
        "steps": [step_shown(step) for step in sealed.steps],
        "routing": _routing(facts),
        "deadlines": _deadlines(sealed.case, facts),
        "damaged": [seq for seq, item in opened.items() if item is None],
    }


def step_shown(step: CaseStep) -> dict[str, Any]:
    """A step as plain JSON values."""
    promised = step.promised.isoformat() if step.promised else None
    return {"n": step.n, "status": step.status.value, "day": step.day.isoformat(), "promised": promised}


def reply_shown(reply: Reply) -> dict[str, Any]:
    """Where a reply is on its way, as plain JSON values."""
    created = reply.created.isoformat(timespec="seconds")
    return {"id": reply.id, "seq": reply.seq, "state": reply.state.value, "created": created}


def _replies(session: Session, case_id: UUID, texts: Sequence[CaseText]) -> list[Reply]:
    """Reply and copy are written together, under the case's row: the copy of each has its rank."""
    query = select(CaseReply.id, CaseReply.state, CaseReply.created_at).where(CaseReply.case_id == case_id)
    rows = session.execute(query.order_by(CaseReply.id)).all()
    copies = [text.seq for text in texts if text.part == REPLY]
    return [Reply(row.id, seq, row.state, row.created_at) for row, seq in zip(rows, copies, strict=False)]


def _wraps(session: Session, case_id: UUID, reader: str) -> Sequence[CaseWrap]:
    query = select(CaseWrap).where(CaseWrap.case_id == case_id, CaseWrap.reader == reader)
    return session.scalars(query.order_by(CaseWrap.epoch)).all()


def _reader(session: Session, public: bytes) -> str:
    staff = select(Staff.id).where(Staff.public_key == public, Staff.disabled_at.is_(None))
    recovery = select(RecoveryKey.id).where(RecoveryKey.public_key == public)
    for kind, query in ((STAFF, staff), (RECOVERY, recovery)):
        if (found := session.scalar(query)) is not None:
            return f"{kind}:{found}"
    raise Denied("this key belongs to no active member of staff")


def _find(session: Session, reference: str) -> Case | None:
    try:
        return session.get(Case, UUID(reference))
    except ValueError:
        return session.scalars(select(Case).where(Case.alias == reference.strip().upper())).one_or_none()


def _half(sealed: SealedCase, wrap: CaseWrap, private: bytes) -> bytes:
    """The private half of an epoch, which must belong to the public half that the chain recorded."""
    half = sealing.open_wrap(wrap.box, Seat(wrap.case_id, wrap.epoch, wrap.reader), sealed.shred, private)
    if not hmac.compare_digest(public_of(half), sealed.publics.get(wrap.epoch, b"")):
        raise KeySwapped("the wrap of this case holds another key than the one recorded at filing")
    return half


def _opened(text: CaseText, half: bytes | None) -> Item | None:
    if half is None:
        return None
    try:
        told = sealing.open_item(text.box, half, Place(text.case_id, text.epoch, text.seq, text.direction, text.part))
    except CannotOpen:
        return None
    return Item(text.seq, text.direction, text.part, told.at.isoformat(timespec="seconds"), told.text)


def _text(item: Item | None) -> str | None:
    return item.text if item else None


def _texts(items: Sequence[Item], part: str) -> list[str]:
    return [item.text for item in items if item.part == part]


def _routing(facts: dict[str, str]) -> dict[str, Any]:
    chosen = route(facts)
    return {
        "rule": chosen.id,
        "lead": [body.id for body in chosen.lead],
        "also": [body.id for body in chosen.also],
        "needs_consent": [body.id for body in chosen.needs_consent],
        "citation": chosen.citation,
        "verified": chosen.verified,
    }


def _deadlines(case: Case, facts: dict[str, str]) -> list[dict[str, Any]]:
    found = deadlines(facts, case.opened)
    days = [(d, {"day": d.day.isoformat(), "act_by": d.act_by.isoformat()}) for d in found]
    return [{"id": d.id, **day, "citation": d.citation, "verified": d.verified} for d, day in days]
