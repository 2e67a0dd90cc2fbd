"""Leave a notice: sealed to the hour, once per cause, rung for in the caller's transaction."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from channels import hourly
from channels.contract import Channel, channels
from channels.errors import TextTooLong
from channels.models import Conversation, Outbox, OutboxState, SendingNumber
from channels.segments import segments, units
from core.clock import now
from core.queue import SEND, ring


def say_text(
    session: Session,
    conversation_id: int,
    text: str,
    *,
    source: str,
    source_id: int,
    ordinal: int,
    urgent: bool = False,
    even_if_opted_out: bool = False,
    answers: datetime | None = None,
) -> None:
    """Queue one message. The same source, source id and ordinal never speak twice. Raises TextTooLong, NoHourlyKey.

    `answers`: when the message came that this one answers; the sender holds a late answer back.
    """
    channel = _channel(session, conversation_id)
    if units(text) > channel.limits.max_chars:
        raise TextTooLong(f"a text of {units(text)} units from {source} for {channel.name}")
    hour = hourly.current(session)
    moment = now()
    row = {
        "conversation_id": conversation_id,
        "source": source,
        "source_id": source_id,
        "ordinal": ordinal,
        "urgent": urgent,
        "even_if_opted_out": even_if_opted_out,
        "hour": hour.id,
        "body": hourly.seal_text(text, hour, context(conversation_id, source, source_id, ordinal)),
        "segments": segments(text) if channel.limits.segmented else 1,
        "state": OutboxState.READY,
        "attempt": 0,
        "run_at": moment,
        "answers": answers,
        "created_at": moment,
    }
    session.execute(insert(Outbox).values(row).on_conflict_do_nothing())
    ring(session, SEND, conversation=conversation_id)


def say_sealed(
    session: Session,
    conversation_id: int,
    reply_key_id: int,
    box: bytes,
    *,
    segments: int,
    source: str,
    source_id: int,
    answers: datetime,
) -> None:
    """Queue a reply as a browser sealed it: only the sender opens it (`channels.replies`). `segments` is a guess."""
    reply = Outbox(conversation_id=conversation_id, source=source, source_id=source_id, ordinal=0)
    reply.reply_key_id, reply.body, reply.segments, reply.answers = reply_key_id, box, segments, answers
    session.add(reply)
    session.flush()
    ring(session, SEND, conversation=conversation_id)


def drop_unsent(session: Session, conversation_id: int) -> None:
    """Give up what has not left yet: somebody else is at this phone. Urgent answers leave all the same."""
    unsent = Outbox.state.in_((OutboxState.READY, OutboxState.HELD))
    theirs = (Outbox.conversation_id == conversation_id, Outbox.urgent.is_(False), Outbox.reply_key_id.is_(None))
    wiped = {"state": OutboxState.SUPPRESSED, "body": None, "hour": None}
    session.execute(update(Outbox).where(unsent, *theirs).values(wiped))


def context(conversation_id: int, source: str, source_id: int, ordinal: int) -> str:
    """What a body is bound to: in another row, or for another worker, it does not open."""
    return f"outbox|{conversation_id}|{source}|{source_id}|{ordinal}"


def _channel(session: Session, conversation_id: int) -> Channel:
    query = select(SendingNumber.channel).join(Conversation, Conversation.sending_number_id == SendingNumber.id)
    return channels()[session.execute(query.where(Conversation.id == conversation_id)).scalar_one()]
