"""Tables of a turn (schema inbox). They live for one turn: the transaction that ends it deletes them."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from channels.models import Conversation, HourlyKey, Message
from core.clock import now
from core.database import Base

SCHEMA = {"schema": "inbox"}
ATTEMPTS = 1000
"""Attempts of one turn that tickets tell apart before they begin again."""


class Turn(Base):
    """One message being answered. Every effect compares `attempt`; `mark` is Rasa's last event before the turn."""

    __tablename__ = "turn"
    __table_args__ = (SCHEMA,)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey(Conversation.id))
    message_id: Mapped[int] = mapped_column(ForeignKey(Message.id), unique=True)
    attempt: Mapped[int] = mapped_column(default=0)
    mark: Mapped[int] = mapped_column(BigInteger, default=0)
    in_progress: Mapped[bool] = mapped_column(default=True)
    called_at: Mapped[datetime | None]
    started_at: Mapped[datetime] = mapped_column(default=now)

    @property
    def ticket(self) -> int:
        """What the dialogue and the actions know a turn by: one number that names the attempt too."""
        return self.id * ATTEMPTS + self.attempt % ATTEMPTS


class TurnInput(Base):
    """What the actions may know about this turn: codes, and search words; sealed to the hour."""

    __tablename__ = "turn_input"
    __table_args__ = (SCHEMA,)
    turn_id: Mapped[int] = mapped_column(ForeignKey(Turn.id), primary_key=True)
    attempt: Mapped[int]
    hour: Mapped[str] = mapped_column(ForeignKey(HourlyKey.id))
    body: Mapped[bytes] = mapped_column(LargeBinary)


class TurnLine(Base):
    """One thing to say (`kind` say) or to do (`kind` do), in order, with sealed arguments."""

    __tablename__ = "turn_line"
    __table_args__ = (SCHEMA,)
    turn_id: Mapped[int] = mapped_column(ForeignKey(Turn.id), primary_key=True)
    attempt: Mapped[int] = mapped_column(primary_key=True)
    ordinal: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    kind: Mapped[str] = mapped_column(String(4))
    key: Mapped[str] = mapped_column(String(60))
    hour: Mapped[str] = mapped_column(ForeignKey(HourlyKey.id))
    body: Mapped[bytes] = mapped_column(LargeBinary)


class TurnAction(Base):
    """Proof that a custom action ran in this attempt: Rasa goes on without one that was unreachable."""

    __tablename__ = "turn_action"
    __table_args__ = (SCHEMA,)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    turn_id: Mapped[int] = mapped_column(ForeignKey(Turn.id))
    attempt: Mapped[int]
    name: Mapped[str] = mapped_column(String(60))
