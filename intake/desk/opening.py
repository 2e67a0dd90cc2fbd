"""Opening a case: the party names, the conflict check, then the text. Each is written down before it is handed out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.clock import now
from intake import audit, interview, reading
from intake.desk import access, membership, reach
from intake.errors import CheckFirst, LastReader
from intake.models import Audit, Case, CaseAssignment, CaseCheck, Staff
from intake.readers import STAFF, name_of
from intake.reading import READ, SealedCase
from intake.sealing import Reader

PARTIES = "case.parties"
PARTY_PARTS = (interview.EMPLOYER, interview.PLACE)
LOG_ROWS = 200


@dataclass(frozen=True)
class Colleague:
    """Somebody who may be given the case. `holds`: the newest wrap is theirs already."""

    staff: Staff
    holds: bool


@dataclass(frozen=True)
class Entry:
    """A row of the log of a case."""

    at: datetime
    who: str
    email: str | None
    action: str


@dataclass(frozen=True)
class OpenedCase:
    """What the page of a case shows. `epoch_for`: who must be in a new epoch, when one is due; else empty."""

    sealed: SealedCase
    reachable: bool
    assigned: Staff | None
    log: Sequence[Entry]
    colleagues: Sequence[Colleague]
    epoch_for: Sequence[Reader]
    mark: int


def parties(session: Session, staff_id: int, case_id: UUID) -> SealedCase:
    """The party names alone, for the conflict check. Raises NoSuchCase, KeySwapped."""
    case = access.visible(session, staff_id, case_id)
    sealed = reading.gather(session, case, name_of(staff_id))
    names = [text for text in sealed.texts if text.part in PARTY_PARTS]
    audit.append(session, name_of(staff_id), PARTIES, str(case_id), items=len(names))
    return SealedCase(case, sealed.wraps, names, sealed.publics, sealed.shred, (), ())


def check(session: Session, staff_id: int, case_id: UUID, conflict: bool) -> None:
    """Keep what this reader answered. A conflict takes their wraps away. Raises CheckFirst, LastReader."""
    access.visible(session, staff_id, case_id, lock=True)
    if not _saw_parties(session, staff_id, case_id):
        raise CheckFirst("look at the party names first")
    if conflict:
        _leave(session, staff_id, case_id)
    row = {"case_id": case_id, "staff_id": staff_id, "conflict": conflict, "at": now()}
    kept = insert(CaseCheck).values(row)
    update = {"conflict": kept.excluded.conflict, "at": kept.excluded.at}
    session.execute(kept.on_conflict_do_update(index_elements=["case_id", "staff_id"], set_=update))
    audit.append(session, name_of(staff_id), "case.checked", str(case_id), conflict=int(conflict))


def open_case(session: Session, staff_id: int, case_id: UUID) -> OpenedCase:
    """The whole case, still sealed. Raises NoSuchCase, CheckFirst before a clear check, KeySwapped."""
    case = access.cleared(session, staff_id, case_id)
    sealed = reading.gather(session, case, name_of(staff_id))
    members = membership.of(session, case_id)
    colleagues = [Colleague(staff, name_of(staff.id) in members.holders) for staff in members.allowed]
    epoch_for = members.entitled if members.somebody_left else ()
    seen, answers = log(session, case_id), assigned(session, case)
    reachable = reach.reach(session, case) is not None
    n = audit.append(session, name_of(staff_id), READ, str(case_id), items=len(sealed.texts))
    return OpenedCase(sealed, reachable, answers, seen, colleagues, epoch_for, n)


def assigned(session: Session, case: Case) -> Staff | None:
    """Who answers for a case."""
    query = select(Staff).join(CaseAssignment, CaseAssignment.staff_id == Staff.id)
    return session.scalars(query.where(CaseAssignment.case_id == case.id)).one_or_none()


def log(session: Session, case_id: UUID) -> list[Entry]:
    """Who did what with a case until now, newest first."""
    query = select(Audit.at, Audit.actor, Audit.action).where(Audit.object == str(case_id))
    rows = session.execute(query.order_by(Audit.n.desc()).limit(LOG_ROWS)).all()
    emails = {name_of(staff.id): staff.email for staff in session.scalars(select(Staff))}
    return [Entry(row.at, row.actor, emails.get(row.actor), row.action) for row in rows]


def _saw_parties(session: Session, staff_id: int, case_id: UUID) -> bool:
    query = select(Audit.n).where(Audit.object == str(case_id), Audit.action == PARTIES)
    return session.scalar(query.where(Audit.actor == name_of(staff_id)).limit(1)) is not None


def _leave(session: Session, staff_id: int, case_id: UUID) -> None:
    others = membership.of(session, case_id).holders - {name_of(staff_id)}
    if not any(holder.startswith(f"{STAFF}:") for holder in others):
        raise LastReader("nobody else could read this case: give it to a colleague first, or ask for a second reader")
    membership.lose(session, staff_id, case_id)
    mine = (CaseAssignment.case_id == case_id, CaseAssignment.staff_id == staff_id)
    session.execute(delete(CaseAssignment).where(*mine))
