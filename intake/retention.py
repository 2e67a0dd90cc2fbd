"""What ends by itself: drafts, the link from a case to a phone, receipts, counted tries, left-over key files."""

from dataclasses import dataclass

from sqlalchemy import Delete, delete, exists, literal
from sqlalchemy.orm import Session

from channels.models import Contact
from core.clock import now
from core.keys import KeyProvider
from intake import draftkeys
from intake.draft import expire_drafts
from intake.models import Attempt, CaseLink, Receipt
from intake.receipts import DAY


@dataclass(frozen=True)
class Ended:
    """How many of each ended in one run."""

    drafts: int
    links: int
    receipts: int
    keys: int


def run(session: Session, keys: KeyProvider) -> Ended:
    """End everything whose time is over. Safe to run at any moment, any number of times."""
    left_over = len(draftkeys.sweep(session, keys))
    return Ended(expire_drafts(session, keys), _drop_links(session), _drop_receipts(session), left_over)


def _drop_links(session: Session) -> int:
    """A link goes with the contact: without one the case is anonymous for good."""
    live = exists().where(Contact.conversation_id == CaseLink.conversation_id, Contact.expires_at > now())
    return _count(session, delete(CaseLink).where(~live))


def _drop_receipts(session: Session) -> int:
    session.execute(delete(Attempt).where(Attempt.at <= now() - DAY))
    return _count(session, delete(Receipt).where(Receipt.expires_at <= now()))


def _count(session: Session, statement: Delete) -> int:
    return len(session.execute(statement.returning(literal(1))).all())
