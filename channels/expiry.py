"""What the mailroom forgets by itself: contacts past their day, answers nobody came back for, old replay guards."""

from datetime import timedelta

from sqlalchemy import delete, or_, update
from sqlalchemy.orm import Session

from channels.models import Contact, Message, MessageState, Outbox, OutboxState
from core.clock import now

HELD_FOR = timedelta(minutes=90)
"""A held answer keeps its hour's key alive; after this it is given up, and 9 repeats the last question."""
REPLAY_GUARD = timedelta(days=400)
"""Provider ids stay, hashed, this long: a signature never expires, the id is the replay guard (DESIGN section 3)."""
OUTBOX_KEPT = timedelta(days=30)
"""States of sent messages, without text, for late callbacks and the figures of an operator."""


def run(session: Session) -> None:
    """Forget everything whose time is over. Safe to repeat."""
    session.execute(delete(Contact).where(Contact.expires_at < now()))
    given_up = {"state": OutboxState.FAILED, "body": None, "hour": None}
    gone = or_(Outbox.reply_key_id.is_(None), Outbox.attempt > 0)  # a reply goes back to its case: intake.replies
    late = (Outbox.state == OutboxState.HELD, Outbox.created_at < now() - HELD_FOR, gone)
    session.execute(update(Outbox).where(*late).values(given_up))
    session.execute(delete(Outbox).where(Outbox.body.is_(None), Outbox.created_at < now() - OUTBOX_KEPT))
    old = (Message.state != MessageState.NEW, Message.received_at < now() - REPLAY_GUARD)
    session.execute(delete(Message).where(*old))
