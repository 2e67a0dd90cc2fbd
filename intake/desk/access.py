"""Who may touch a case. A wrap is the permission; a clear conflict check opens the text."""

from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from intake.errors import CheckFirst, NoSuchCase
from intake.models import Case, CaseCheck, CaseKey, CaseText, CaseWrap
from intake.readers import name_of


def visible_to(staff_id: int) -> ColumnElement[bool]:
    """The cases this member of staff holds a wrap of."""
    return exists().where(CaseWrap.case_id == Case.id, CaseWrap.reader == name_of(staff_id))


def visible(session: Session, staff_id: int, case_id: UUID, *, lock: bool = False) -> Case:
    """A case of this reader; with `lock` nobody else changes it until the transaction ends. Raises NoSuchCase."""
    query = select(Case).where(Case.id == case_id, visible_to(staff_id))
    case = session.scalars(query.with_for_update(of=Case) if lock else query).one_or_none()
    if case is None:
        raise NoSuchCase("there is no such case")
    return case


def cleared(session: Session, staff_id: int, case_id: UUID, *, lock: bool = False) -> Case:
    """A visible case that this reader found no conflict in. Raises NoSuchCase, CheckFirst."""
    case = visible(session, staff_id, case_id, lock=lock)
    check = session.get(CaseCheck, (case_id, staff_id))
    if check is None or check.conflict:
        raise CheckFirst("look at the party names and answer the conflict check first")
    return case


def newest_epoch(session: Session, case_id: UUID) -> int:
    """The membership epoch that everything new is sealed to."""
    return session.execute(select(func.max(CaseKey.epoch)).where(CaseKey.case_id == case_id)).scalar_one()


def next_seq(session: Session, case_id: UUID) -> int:
    """The place of the next item."""
    return 1 + (session.scalar(select(func.max(CaseText.seq)).where(CaseText.case_id == case_id)) or 0)


def conflicted(session: Session, case_id: UUID) -> set[int]:
    """Who declared a conflict and must never get this case."""
    query = select(CaseCheck.staff_id).where(CaseCheck.case_id == case_id, CaseCheck.conflict)
    return set(session.scalars(query))
