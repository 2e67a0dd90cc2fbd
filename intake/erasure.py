"""Erasing a filed case: asked for with the code, done after three days, undone with the code until then.

What goes is found in the schema itself: every table of reports and keys that names a case. A new one is erased too.
The audit chain stays, with a random id that stands nowhere else any more.
"""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import Table, delete, select, update
from sqlalchemy.orm import Session

from channels.models import Outbox, OutboxState, ReplyKey
from core.clock import now
from core.database import Base
from intake import audit
from intake.models import KEYRING, SCHEMA, Case, CaseReply, Erasure
from intake.service import HOTLINE, locked

WAIT = timedelta(hours=72)
EXPORTED = "case.exported"
_SCHEMAS = (SCHEMA["schema"], KEYRING["schema"])


def ask(session: Session, case_id: UUID) -> Erasure | None:
    """Erase the case in three days. Asking again changes nothing; None if it is gone already."""
    if locked(session, case_id) is None:
        return None
    found = session.get(Erasure, case_id)
    if found is None:
        found = Erasure(case_id=case_id, due_at=now() + WAIT)
        session.add(found)
        session.flush()
        audit.append(session, HOTLINE, "case.erasure_asked", str(case_id))
    return found


def undo(session: Session, case_id: UUID) -> bool:
    """The case stays after all. False when nobody had asked, or it is too late."""
    done = session.execute(delete(Erasure).where(Erasure.case_id == case_id).returning(Erasure.case_id)).all()
    if done:
        audit.append(session, HOTLINE, "case.erasure_undone", str(case_id))
    return bool(done)


def copies(session: Session, case_id: UUID) -> int:
    """How often a reader took a copy out of this system: those cannot be erased from here."""
    return len(audit.recorded(session, EXPORTED, str(case_id)))


def run(session: Session) -> int:
    """Erase every case whose time has come; returns how many."""
    due = select(Erasure.case_id).where(Erasure.due_at <= now()).with_for_update(skip_locked=True)
    cases = session.scalars(due).all()
    for case_id in cases:
        _erase(session, case_id)
        audit.append(session, HOTLINE, "case.erased", str(case_id))
    return len(cases)


def _erase(session: Session, case_id: UUID) -> None:
    _stop_replies(session, case_id)
    for table in tables():
        session.execute(delete(table).where(table.c.case_id == case_id))
    session.execute(delete(Case).where(Case.id == case_id))


def _stop_replies(session: Session, case_id: UUID) -> None:
    """What has not left never leaves, and its keys are given up: the sender destroys the files."""
    keys = select(CaseReply.reply_key_id).where(CaseReply.case_id == case_id)
    open_states = Outbox.state.in_((OutboxState.READY, OutboxState.HELD))
    session.execute(delete(Outbox).where(Outbox.reply_key_id.in_(keys), open_states))
    alive = (ReplyKey.id.in_(keys), ReplyKey.destroyed_at.is_(None))
    session.execute(update(ReplyKey).where(*alive).values(destroyed_at=now()))


def tables() -> list[Table]:
    """Every table that names a case, those first that point to others."""
    found = reversed(Base.metadata.sorted_tables)
    return [table for table in found if table.schema in _SCHEMAS and "case_id" in table.c]
