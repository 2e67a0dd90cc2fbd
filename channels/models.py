"""Tables of the mailroom (schema inbox). Texts are sealed to the hourly key, addresses to the contact key."""

import enum
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, SmallInteger, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.clock import now
from core.database import Base, codes

SCHEMA = {"schema": "inbox"}


class MessageState(enum.StrEnum):
    """Life of an inbound message."""

    NEW = "new"
    DONE = "done"
    PARKED = "parked"


class OutboxState(enum.StrEnum):
    """Life of an outbound message; it only moves forward (see RANK)."""

    READY = "ready"
    HELD = "held"
    SENDING = "sending"
    ACCEPTED = "accepted"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    SUPPRESSED = "suppressed"


class SendingNumber(Base):
    """One of our own numbers. The environment seeds the first of each channel."""

    __tablename__ = "sending_number"
    __table_args__ = (UniqueConstraint("channel", "address"), SCHEMA)
    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(40))
    address: Mapped[str] = mapped_column(String(40))
    segments_per_second: Mapped[int] = mapped_column(SmallInteger, default=1)
    next_free_at: Mapped[datetime] = mapped_column(default=now)


class Conversation(Base):
    """One worker at one of our numbers. The phone is a keyed hash; the number itself is in `Contact`."""

    __tablename__ = "conversation"
    __table_args__ = (UniqueConstraint("sending_number_id", "phone_hash"), SCHEMA)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    sending_number_id: Mapped[int] = mapped_column(ForeignKey(SendingNumber.id))
    phone_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    alias: Mapped[str] = mapped_column(String(12), unique=True)
    rung: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str | None] = mapped_column(String(8))
    language_chosen: Mapped[bool] = mapped_column(default=False)
    memory: Mapped[bytes | None] = mapped_column(LargeBinary)
    last_inbound_at: Mapped[datetime | None]
    told_waiting_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)


class Contact(Base):
    """The address for replying, sealed to the contact key; it expires, the conversation stays."""

    __tablename__ = "contact"
    __table_args__ = (SCHEMA,)
    conversation_id: Mapped[int] = mapped_column(ForeignKey(Conversation.id), primary_key=True)
    address: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime]


class OptOut(Base):
    """Who said STOP to which of our numbers. Outlives conversation and contact."""

    __tablename__ = "opt_out"
    __table_args__ = (SCHEMA,)
    sending_number_id: Mapped[int] = mapped_column(ForeignKey(SendingNumber.id), primary_key=True)
    phone_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    since: Mapped[datetime] = mapped_column(default=now)


class HourlyKey(Base):
    """Public half of an hour's pair. The private half is a file; `destroyed_at` says it is gone."""

    __tablename__ = "hourly_key"
    __table_args__ = (SCHEMA,)
    id: Mapped[str] = mapped_column(String(10), primary_key=True)
    public: Mapped[bytes] = mapped_column(LargeBinary(32))
    made_at: Mapped[datetime] = mapped_column(default=now)
    destroyed_at: Mapped[datetime | None]


class ReplyKey(Base):
    """Public half of a pair for one reply, made ahead. The private half is a file of the sender, gone once it left."""

    __tablename__ = "reply_key"
    __table_args__ = (SCHEMA,)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    public: Mapped[bytes] = mapped_column(LargeBinary(32))
    made_at: Mapped[datetime] = mapped_column(default=now)
    taken_at: Mapped[datetime | None]
    destroyed_at: Mapped[datetime | None]


class Message(Base):
    """An inbound message: committed before anything thinks about it. `provider_hash` is the replay guard."""

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("channel", "provider_hash"),
        Index("ix_message_open", "conversation_id", "id", postgresql_where=text("state = 'new'")),
        Index("ix_message_hour", "hour", postgresql_where=text("hour is not null")),
        SCHEMA,
    )
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey(Conversation.id))
    channel: Mapped[str] = mapped_column(String(40))
    provider_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    kind: Mapped[str] = mapped_column(String(12))
    opt_out_type: Mapped[str | None] = mapped_column(String(8))
    hour: Mapped[str | None] = mapped_column(ForeignKey(HourlyKey.id))
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[MessageState] = mapped_column(codes(MessageState), default=MessageState.NEW)
    gated: Mapped[bool] = mapped_column(default=False)
    failures: Mapped[int] = mapped_column(SmallInteger, default=0)
    received_at: Mapped[datetime] = mapped_column(default=now)
    done_at: Mapped[datetime | None]


class Redaction(Base):
    """An inbound message that Twilio still has to forget. The provider id is sealed to the contact key."""

    __tablename__ = "redaction"
    __table_args__ = (SCHEMA,)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    provider_id: Mapped[bytes] = mapped_column(LargeBinary)
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    run_at: Mapped[datetime] = mapped_column(default=now)


class Outbox(Base):
    """An outbound message. `source` and `source_id` name its cause, so no cause speaks twice.

    `answers` is when the message came that this one answers. Once the worker is silent for 30 minutes an answer is
    held back, for a glance at the phone must not betray: a neutral notice goes out until the worker writes again.
    A body names the hour or the reply key that it is sealed to.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("source", "source_id", "ordinal"),
        Index("ix_outbox_hour", "hour", postgresql_where=text("hour is not null")),
        Index(
            "ix_outbox_open", "conversation_id", "id", postgresql_where=text("state in ('ready', 'held', 'sending')")
        ),
        SCHEMA,
    )
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey(Conversation.id))
    source: Mapped[str] = mapped_column(String(12))
    source_id: Mapped[int] = mapped_column(BigInteger)
    ordinal: Mapped[int] = mapped_column(SmallInteger)
    urgent: Mapped[bool] = mapped_column(default=False)
    even_if_opted_out: Mapped[bool] = mapped_column(default=False)
    hour: Mapped[str | None] = mapped_column(ForeignKey(HourlyKey.id))
    reply_key_id: Mapped[int | None] = mapped_column(ForeignKey(ReplyKey.id), unique=True)
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    segments: Mapped[int] = mapped_column(SmallInteger)
    state: Mapped[OutboxState] = mapped_column(codes(OutboxState), default=OutboxState.READY)
    attempt: Mapped[int] = mapped_column(SmallInteger, default=0)
    run_at: Mapped[datetime] = mapped_column(default=now)
    sending_since: Mapped[datetime | None]
    answers: Mapped[datetime | None]
    provider_id: Mapped[bytes | None] = mapped_column(LargeBinary)
    error_code: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
