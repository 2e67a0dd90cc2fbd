"""Counters of one gateway process and sizes of the queues: states and channels as labels, never a person."""

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from channels.models import Message, MessageState, Outbox, OutboxState

OPEN_OUTBOX = (OutboxState.READY, OutboxState.HELD, OutboxState.SENDING)
OPEN_MESSAGES = (MessageState.NEW, MessageState.PARKED)


class Metrics:
    """What `/metrics` shows."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.webhooks = Counter("amparo_webhooks", "Webhooks by outcome", ["path", "outcome"], registry=self._registry)
        self._messages = Gauge("amparo_messages", "Inbound messages by state", ["state"], registry=self._registry)
        self._outbox = Gauge("amparo_outbox", "Outbound messages by state", ["state"], registry=self._registry)

    def render(self, session: Session) -> bytes:
        """The text that Prometheus reads."""
        of_messages = select(Message.state, func.count()).where(Message.state.in_(OPEN_MESSAGES))
        messages = {row[0]: row[1] for row in session.execute(of_messages.group_by(Message.state))}
        of_outbox = select(Outbox.state, func.count(Outbox.id)).where(Outbox.state.in_(OPEN_OUTBOX))
        outbox = {row[0]: row[1] for row in session.execute(of_outbox.group_by(Outbox.state))}
        for message_state in OPEN_MESSAGES:
            self._messages.labels(message_state.value).set(messages.get(message_state, 0))
        for outbox_state in OPEN_OUTBOX:
            self._outbox.labels(outbox_state.value).set(outbox.get(outbox_state, 0))
        return generate_latest(self._registry)
