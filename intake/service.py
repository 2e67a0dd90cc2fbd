"""Filing a report, and what a worker may do with a filed one. Called inside the transaction that ends a turn."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from core.clock import now, today
from core.envelope import new_key
from core.ids import alias
from core.keys import KeyProvider
from intake import audit, draft, readers, receipts, sealing, steps
from intake.deadlines import deadlines, urgency
from intake.errors import KeySwapped, NoReaders
from intake.models import (
    Case,
    CaseKey,
    CaseLink,
    CaseShred,
    CaseStatus,
    CaseText,
    CaseWrap,
    Draft,
    DraftText,
    DraftWrap,
    ReceiptKind,
)
from intake.routing import DEFAULT_TEAM, route
from intake.sealing import IN, Place, Reader, Seat, Told

HOTLINE = "hotline"
FACTS = "facts"
FILED, EPOCH = "case.filed", "case.epoch"
_CLOSED = (CaseStatus.CLOSED, CaseStatus.DECLINED, CaseStatus.WITHDRAWN)


@dataclass(frozen=True)
class Filed:
    """A filed report. `receipt` is None when the worker chose a PIN; it is shown once and kept nowhere."""

    receipt: str | None = field(repr=False)
    alias: str
    team: str
    pin_set: bool = False


@dataclass(frozen=True)
class Status:
    """The answer to a receipt or PIN; `status` is None for a wrong or expired one, `limited` after too many tries."""

    status: str | None = None
    limited: bool = False
    case_id: UUID | None = field(default=None, compare=False)


def intake_open(session: Session) -> bool:
    """Can a report be taken now?"""
    return readers.intake_open(session)


def team_for(session: Session, keys: KeyProvider, conversation_id: int) -> str | None:
    """The team that the open draft would be filed to now, to be named before it is; None when nobody could read it."""
    report = draft.opened(session, keys, conversation_id)
    team, chosen = _readers_for(session, report, draft.stored_facts(report, keys))
    return team if chosen else None


def file_draft(session: Session, keys: KeyProvider, conversation_id: int, language: str) -> Filed:
    """Turn the open draft into a case. Raises NoDraft, and NoReaders when nobody who may read it is left."""
    report = draft.opened(session, keys, conversation_id)
    facts = draft.stored_facts(report, keys)
    team, chosen = _readers_for(session, report, facts)
    if not chosen:
        raise NoReaders("no active reader holds a key to this draft: it was not filed")
    case = new_case(session, report.id, team, language, facts)
    push = facts.get("safe") == "safe"  # the phone is safe to write to: it may get the neutral notice
    session.add(CaseLink(case_id=case.id, conversation_id=conversation_id, push=push))
    readable_by = [*chosen, *readers.recovery(session)]
    _move_wraps(session, report, draft.key_of(report, keys), {reader.name for reader in readable_by})
    _move_texts(session, report, facts)
    filed = _prove(session, keys, report, facts, case)
    draft.discard(session, keys, report)
    # Last: it makes every other writer of the chain wait for our commit.
    record_filing(session, HOTLINE, report.id, report.case_public, readable_by)
    return filed


def set_pin(session: Session, keys: KeyProvider, conversation_id: int, digits: str) -> bool:
    """The worker's own PIN for the draft, else for the newest case while that has neither receipt nor PIN.

    False if it does not have 4 to 6 digits, or no report waits for one: a phone alone never changes what protects a
    case. Only a slow, keyed hash is kept.
    """
    lookup = receipts.pin_lookup(keys, conversation_id, digits)
    if lookup is None:
        return False
    report = draft.current(session, keys, conversation_id)
    if report is not None:
        report.pin_lookup = lookup
        return True
    case = _newest_case(session, conversation_id)
    if case is None or receipts.exists(session, case.id):
        return False
    receipts.add(session, case.id, ReceiptKind.PIN, lookup)
    return True


def case_status(session: Session, keys: KeyProvider, conversation_id: int, text: str) -> Status:
    """The status of the case whose receipt or PIN this message is. A wrong try is not counted here: `wrong_code`."""
    checked = receipts.check(session, keys, conversation_id, text)
    case = session.get(Case, checked.case_id) if checked.case_id else None
    return Status(case.status.value, case_id=case.id) if case else Status(limited=checked.limited)


def wrong_code(session: Session, conversation_id: int) -> None:
    """Count a wrong try, once for the message, in the transaction that ends its turn."""
    receipts.count_try(session, conversation_id)


def has_case(session: Session, conversation_id: int) -> bool:
    """May this phone add to a report?"""
    return _newest_case(session, conversation_id) is not None


def add_to_case(session: Session, conversation_id: int, text: str, proved: UUID | None = None) -> bool:
    """Seal a text to the case that a code proved, else to the newest open one of the conversation: a phone alone may.

    False if there is none.
    """
    case = _newest_case(session, conversation_id) if proved is None else locked(session, proved)
    if case is None:
        return False
    epoch, public = max(publics(session, case.id).items())
    seq = 1 + (session.scalar(select(func.max(CaseText.seq)).where(CaseText.case_id == case.id)) or 0)
    _add_item(session, public, Place(case.id, epoch, seq, IN, "story"), text)
    audit.append(session, HOTLINE, "case.added", str(case.id), seq=seq)
    return True


def withdraw(session: Session, case_id: UUID) -> bool:
    """The worker takes a case back with the code: the work stops, and the team sees that. False if it is gone."""
    case = locked(session, case_id)
    if case is not None and case.status is not CaseStatus.WITHDRAWN:
        case.status = CaseStatus.WITHDRAWN
        steps.add(session, case_id, case.status, None)
        audit.append(session, HOTLINE, "case.withdrawn", str(case_id))
    return case is not None


def unlink(session: Session, conversation_id: int) -> int:
    """Nothing joins this phone to a case any more; each is reachable by its code alone. Returns how many there were."""
    gone = delete(CaseLink).where(CaseLink.conversation_id == conversation_id).returning(CaseLink.case_id)
    cases = session.scalars(gone).all()
    for case_id in cases:
        audit.append(session, HOTLINE, "case.unlinked", str(case_id))
    return len(cases)


def locked(session: Session, case_id: UUID) -> Case | None:
    """A case by its id, its row locked so that items and steps keep their order."""
    return session.scalars(select(Case).where(Case.id == case_id).with_for_update()).one_or_none()


def publics(session: Session, case_id: UUID) -> dict[int, bytes]:
    """The public halves of a case by epoch, each compared with the audit chain. Raises KeySwapped."""
    rows = session.scalars(select(CaseKey).where(CaseKey.case_id == case_id))
    found = {row.epoch: row.public for row in rows}
    chain = [detail for action in (FILED, EPOCH) for detail in audit.recorded(session, action, str(case_id))]
    recorded = sorted((detail["epoch"], detail["public"]) for detail in chain)
    if not found or recorded != sorted((epoch, public.hex()) for epoch, public in found.items()):
        raise KeySwapped("the key of this case is not the one recorded at filing: do not write to it, tell everybody")
    return found


def new_case(session: Session, case_id: UUID, team: str, language: str, facts: dict[str, str]) -> Case:
    """The row of a report that is being filed, with its first step."""
    due = deadlines(facts, today())
    case = Case(id=case_id, alias=_free_alias(session), team=team, state=facts.get("state"), language=language)
    case.urgency, case.opened, case.status = urgency(facts, today()), today(), CaseStatus.RECEIVED
    case.next_deadline = due[0].day if due else None
    session.add(case)
    session.flush()
    steps.add(session, case.id, case.status, steps.first_promise(today()))
    return case


def record_filing(
    session: Session, actor: str, case_id: UUID, public: bytes, readable_by: Sequence[Reader], **detail: str
) -> None:
    """Write into the chain who may read a new case, and the public half that everything of it is sealed to."""
    names = ",".join(reader.name for reader in readable_by)
    audit.append(session, actor, FILED, str(case_id), epoch=1, public=public.hex(), readers=names, **detail)


def pin_waits(session: Session, conversation_id: int) -> bool:
    """Does the newest case of this phone still wait for the worker's own PIN?"""
    case = _newest_case(session, conversation_id)
    return case is not None and not receipts.exists(session, case.id)


def _readers_for(session: Session, report: Draft, facts: dict[str, str]) -> tuple[str, list[Reader]]:
    """The team of the route or, while that has no reader, the default one; with its readers who hold a wrap."""
    held = set(session.scalars(select(DraftWrap.reader).where(DraftWrap.draft_id == report.id)))
    for team in (route(facts).team, DEFAULT_TEAM):
        chosen = [reader for reader in readers.active(session, team) if reader.name in held]
        if chosen:
            return team, chosen
    return DEFAULT_TEAM, []


def _free_alias(session: Session) -> str:
    candidate = alias()
    while session.scalar(select(Case.id).where(Case.alias == candidate)) is not None:
        candidate = alias()
    return candidate


def _move_wraps(session: Session, report: Draft, draft_key: bytes, names: set[str]) -> None:
    """Put the crypto-shred layer where the draft's was. A wrap for anybody else goes with the draft's key."""
    shred = new_key()
    session.add(CaseShred(case_id=report.id, key=shred))
    session.add(CaseKey(case_id=report.id, epoch=report.epoch, public=report.case_public))
    for wrap in session.scalars(select(DraftWrap).where(DraftWrap.draft_id == report.id, DraftWrap.reader.in_(names))):
        box = sealing.rewrap(wrap.box, Seat(report.id, report.epoch, wrap.reader), draft_key, shred)
        session.add(CaseWrap(case_id=report.id, epoch=report.epoch, reader=wrap.reader, box=box))


def _move_texts(session: Session, report: Draft, facts: dict[str, str]) -> None:
    """The sealed texts as they are, under the id they were bound to, then the facts, sealed like them."""
    texts: Sequence[DraftText] = draft.texts_of(session, report)
    for item in texts:
        place = Place(report.id, report.epoch, item.seq, IN, item.part)
        session.add(_item(place, item.box))
    place = Place(report.id, report.epoch, 1 + max((item.seq for item in texts), default=0), IN, FACTS)
    _add_item(session, report.case_public, place, sealing.as_text(facts))


def _prove(session: Session, keys: KeyProvider, report: Draft, facts: dict[str, str], case: Case) -> Filed:
    if facts.get("code") != "pin":
        return Filed(receipts.issue(session, keys, case.id), case.alias, case.team)
    if report.pin_lookup is not None:
        receipts.add(session, case.id, ReceiptKind.PIN, report.pin_lookup)
    return Filed(None, case.alias, case.team, pin_set=report.pin_lookup is not None)


def _newest_case(session: Session, conversation_id: int) -> Case | None:
    """The newest open case of a conversation, its row locked so that items keep their order."""
    query = select(Case).join(CaseLink, CaseLink.case_id == Case.id).where(CaseLink.conversation_id == conversation_id)
    query = query.where(Case.status.not_in(_CLOSED)).order_by(CaseLink.filed_at.desc()).limit(1)
    return session.scalars(query.with_for_update(of=Case)).first()


def _add_item(session: Session, public: bytes, place: Place, text: str) -> None:
    session.add(_item(place, sealing.seal_item(Told(now(), text), public, place)))


def _item(place: Place, box: bytes) -> CaseText:
    fields = {"case_id": place.case_id, "epoch": place.epoch, "seq": place.seq}
    return CaseText(**fields, direction=place.direction, part=place.part, box=box)
