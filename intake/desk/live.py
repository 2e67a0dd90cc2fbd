"""Has anything changed? The end of the audit chain answers: every change of a case is a row of it."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from intake.desk import access
from intake.models import Audit
from intake.readers import name_of
from intake.reading import READ

LOOKS = ("case.parties", "case.checked", "case.read", "case.exported")
"""Rows that change nothing of a case."""


def mark(session: Session) -> int:
    """The number of the last row of the chain."""
    return session.scalar(select(func.max(Audit.n))) or 0


def changed(session: Session, staff_id: int, case_id: UUID, since: int) -> bool:
    """Was this case changed, not only looked at, after a mark? Raises NoSuchCase."""
    access.visible(session, staff_id, case_id)
    later = select(Audit.n).where(Audit.object == str(case_id), Audit.n > since, Audit.action.not_in(LOOKS))
    return session.scalar(later.limit(1)) is not None


def since_looked(session: Session, staff_id: int, case_ids: Sequence[UUID]) -> set[UUID]:
    """Those of the cases that somebody else changed after this reader last opened them."""
    me, own = name_of(staff_id), aliased(Audit)
    opened = select(func.max(own.n)).where(own.object == Audit.object, own.actor == me, own.action == READ)
    later = select(Audit.object).where(Audit.object.in_(map(str, case_ids)), Audit.n > opened.scalar_subquery())
    return {UUID(found) for found in session.scalars(later.where(Audit.actor != me, Audit.action.not_in(LOOKS)))}
