"""The road between a telephone and the database, with handles for a test."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from channels.models import Conversation, Message, Outbox, OutboxState
from channels.outbox import say_text
from channels.redaction import Redactor
from channels.sender import Sender
from channels.simulator.exchange import Exchange
from core.config import Settings

PHONE = "+12025550101"


@dataclass
class Line:
    """The whole road between a telephone and the database."""

    settings: Settings
    owner: Engine
    exchange: Exchange
    carrier_url: str
    sender: Sender
    redactor: Redactor

    def text(self, words: str, phone: str = PHONE, **more: Any) -> httpx.Response:
        """A worker sends a text."""
        return httpx.post(f"{self.carrier_url}/phone/{phone}/send", json={"text": words, **more}, trust_env=False)

    def heard(self, phone: str = PHONE) -> list[str]:
        """The texts on a telephone."""
        return [message.text for message in self.exchange.phones[phone]]

    def fault(self, **fields: Any) -> None:
        """Order a fault at the carrier."""
        httpx.post(f"{self.carrier_url}/control/fault", json=fields, trust_env=False).raise_for_status()

    def conversation(self, n: int = 1) -> int:
        """Id of the n-th conversation."""
        with Session(self.owner) as session:
            return session.query(Conversation.id).order_by(Conversation.id).offset(n - 1).limit(1).one()[0]

    def say(self, words: str, ordinal: int = 0, conversation: int | None = None, **more: Any) -> None:
        """Leave a notice for the first conversation."""
        with Session(self.owner) as session, session.begin():
            target = conversation or self.conversation()
            say_text(session, target, words, source="test", source_id=target, ordinal=ordinal, **more)

    def send(self, conversation: int | None = None) -> None:
        """What the bell of the outbox does."""
        self.sender.send_for(conversation or self.conversation())

    def outbox(self) -> list[Outbox]:
        """All outbound messages in order."""
        with Session(self.owner) as session:
            return list(session.query(Outbox).order_by(Outbox.id))

    def states(self) -> list[OutboxState]:
        """Their states."""
        return [row.state for row in self.outbox()]

    def messages(self) -> list[Message]:
        """All inbound messages in order."""
        with Session(self.owner) as session:
            return list(session.query(Message).order_by(Message.id))

    def eventually(self, check: Callable[[], bool], seconds: float = 5.0) -> None:
        """Wait until `check` holds."""
        end = time.monotonic() + seconds
        while not check():
            assert time.monotonic() < end, "it did not happen in time"
            time.sleep(0.02)
