"""How a case stands, for the worker who has shown the code: status, promise, replies, who looked. Codes and days."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.clock import today
from intake import erasure, replies, steps
from intake.models import Audit, Case, CaseReply, CaseStep, Erasure
from intake.readers import RECOVERY, STAFF

_LOOKING = ("case.read", "case.parties")


@dataclass(frozen=True)
class Standing:
    """`promised` is the day by which the team said it would write, None once it did. `erased` is the day of erasure."""

    status: str
    promised: date | None
    replies: int
    readers: int
    last_read: date | None
    copies: int
    erased: date | None

    @property
    def late(self) -> bool:
        """Has the promised day passed without a word?"""
        return self.promised is not None and self.promised < today()


def of(session: Session, case_id: UUID) -> Standing | None:
    """None when the case is gone."""
    case = session.get(Case, case_id)
    if case is None:
        return None
    asked, (readers, last) = session.get(Erasure, case_id), _looked(session, case_id)
    return Standing(
        status=case.status.value,
        promised=_open_promise(session, steps.latest(session, case_id)),
        replies=replies.waiting(session, case_id),
        readers=readers,
        last_read=last,
        copies=erasure.copies(session, case_id),
        erased=asked.due_at.date() if asked else None,
    )


def _open_promise(session: Session, step: CaseStep | None) -> date | None:
    if step is None or step.promised is None:
        return None
    wrote = select(func.max(CaseReply.created_at)).where(CaseReply.case_id == step.case_id)
    last = session.scalar(wrote)
    return step.promised if last is None or last.date() < step.day else None


def _looked(session: Session, case_id: UUID) -> tuple[int, date | None]:
    """How many people opened it, names or all, and the day of the last time."""
    people = Audit.actor.startswith(f"{STAFF}:") | Audit.actor.startswith(f"{RECOVERY}:")
    where = (Audit.object == str(case_id), Audit.action.in_(_LOOKING), people)
    count, last = session.execute(select(func.count(Audit.actor.distinct()), func.max(Audit.at)).where(*where)).one()
    return count, last.date() if last else None
