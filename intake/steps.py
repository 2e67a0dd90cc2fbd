"""The steps of a case: its status, and the day by which the team promised to write. Codes and days, no words."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import today
from intake.hours import working_day
from intake.models import CaseStatus, CaseStep

FIRST_PROMISE = 2
"""Working days by which somebody writes about a new report."""


def add(session: Session, case_id: UUID, status: CaseStatus, promised: date | None) -> CaseStep:
    """The next step of a case; the caller holds its row, so that no two steps get one number."""
    last = latest(session, case_id)
    step = CaseStep(case_id=case_id, n=last.n + 1 if last else 1, status=status, day=today(), promised=promised)
    session.add(step)
    session.flush()
    return step


def latest(session: Session, case_id: UUID) -> CaseStep | None:
    """Where a case stands now."""
    query = select(CaseStep).where(CaseStep.case_id == case_id).order_by(CaseStep.n.desc()).limit(1)
    return session.scalars(query).first()


def every(session: Session, case_id: UUID) -> list[CaseStep]:
    """The steps of a case in order."""
    return list(session.scalars(select(CaseStep).where(CaseStep.case_id == case_id).order_by(CaseStep.n)))


def first_promise(day: date) -> date:
    """The day by which a report of this day is answered, two working days later."""
    left = FIRST_PROMISE
    while left:
        day += timedelta(days=1)
        left -= working_day(day) == day
    return day
