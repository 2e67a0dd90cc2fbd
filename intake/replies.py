"""Replies on their way to the worker: they wait for the code, and leave in the transaction that answers it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from channels import optout, outbox
from channels.expiry import HELD_FOR
from channels.models import Conversation, Outbox, OutboxState
from core.clock import now
from core.queue import SEND, ring
from intake import audit
from intake.models import CaseReply, ReplyState
from intake.service import HOTLINE

SOURCE = "reply"


def waiting(session: Session, case_id: UUID) -> int:
    """How many replies wait for the code."""
    query = select(func.count()).select_from(CaseReply)
    return session.scalar(query.where(CaseReply.case_id == case_id, CaseReply.state == ReplyState.WAITING)) or 0


def release(session: Session, case_id: UUID, to: Conversation, asked: datetime) -> int:
    """Send what waits to the conversation in which the code was given at `asked`; returns how many.

    Nothing after STOP: the replies go on waiting, so that START and the code bring them.
    """
    if optout.is_opted_out(session, to):
        return 0
    query = select(CaseReply).where(CaseReply.case_id == case_id, CaseReply.state == ReplyState.WAITING)
    rows = session.scalars(query.order_by(CaseReply.id).with_for_update()).all()
    for row in rows:
        sealed = {"segments": row.segments, "source": SOURCE, "source_id": row.id, "answers": asked}
        outbox.say_sealed(session, to.id, row.reply_key_id, row.box or b"", **sealed)  # type: ignore[arg-type]
        row.state, row.box = ReplyState.RELEASED, None
        audit.append(session, HOTLINE, "case.reply_left", str(case_id))
    return len(rows) + _let_go(session, case_id, to, asked)


def _let_go(session: Session, case_id: UUID, to: Conversation, asked: datetime) -> int:
    """What an earlier code released and silence held back leaves now, with this code. No other message frees it."""
    mine = Outbox.source_id.in_(select(CaseReply.id).where(CaseReply.case_id == case_id))
    held = (Outbox.source == SOURCE, Outbox.state == OutboxState.HELD, Outbox.conversation_id == to.id, mine)
    freed = update(Outbox).where(*held).values(state=OutboxState.READY, answers=asked).returning(Outbox.id)
    count = len(session.scalars(freed).all())
    if count:
        ring(session, SEND, conversation=to.id)
    return count


def put_back(session: Session) -> int:
    """A reply that could not leave for long (silence, STOP) waits for the code again; returns how many."""
    return _wait_again(session, Outbox.state == OutboxState.HELD, Outbox.created_at < now() - HELD_FOR)


def call_back(session: Session, conversation_id: int) -> int:
    """What has not left for this phone waits for the code again: it is a stranger's. Returns how many."""
    unsent = Outbox.state.in_((OutboxState.READY, OutboxState.HELD))
    return _wait_again(session, unsent, Outbox.conversation_id == conversation_id)


def _wait_again(session: Session, *where: ColumnElement[bool]) -> int:
    """Only what was never handed to the carrier: else the worker might get it twice."""
    query = select(Outbox).where(Outbox.source == SOURCE, Outbox.attempt == 0, *where)
    rows = session.scalars(query.with_for_update(skip_locked=True)).all()
    for row in rows:
        reply = session.get_one(CaseReply, row.source_id, with_for_update=True)
        reply.state, reply.box = ReplyState.WAITING, row.body
        session.delete(row)
        audit.append(session, HOTLINE, "case.reply_waits", str(reply.case_id))
    return len(rows)
