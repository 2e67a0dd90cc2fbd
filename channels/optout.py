"""Our own opt-out list: by number of ours and keyed hash, so that it outlives conversation and contact."""

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from channels.models import Conversation, OptOut
from core.clock import now


def opt_out(session: Session, conversation: Conversation) -> None:
    """From now on only what answers the STOP itself may be sent."""
    values = {**_key(conversation), "since": now()}
    session.execute(insert(OptOut).values(values).on_conflict_do_nothing())


def opt_in(session: Session, conversation: Conversation) -> None:
    """The worker asked to hear from us again."""
    session.execute(delete(OptOut).filter_by(**_key(conversation)))


def is_opted_out(session: Session, conversation: Conversation) -> bool:
    """Did this worker say STOP to this number of ours?"""
    return session.scalar(select(OptOut.since).filter_by(**_key(conversation))) is not None


def _key(conversation: Conversation) -> dict[str, object]:
    return {"sending_number_id": conversation.sending_number_id, "phone_hash": conversation.phone_hash}
