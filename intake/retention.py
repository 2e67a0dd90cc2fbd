"""What ends by itself: drafts, links from a case to a phone, receipts, tries, key files; and cases to be erased."""

from dataclasses import dataclass

from sqlalchemy import Delete, delete, exists, literal
from sqlalchemy.orm import Session

from channels.models import Contact, Outbox, OutboxState, ReplyKey
from core.clock import now
from core.keys import KeyProvider
from intake import draftkeys, erasure
from intake.draft import expire_drafts
from intake.models import Attempt, CaseLink, CaseReply, Receipt
from intake.receipts import DAY

ABOUT_A_CASE = ("reply", "notice")
"""Sources of messages whose `source_id` is a reply."""


@dataclass(frozen=True)
class Ended:
    """How many of each ended in one run."""

    drafts: int
    links: int
    receipts: int
    keys: int
    cases: int = 0


def run(session: Session, keys: KeyProvider) -> Ended:
    """End everything whose time is over. Safe to run at any moment, any number of times."""
    left_over = len(draftkeys.sweep(session, keys))
    drafts, cases = expire_drafts(session, keys), erasure.run(session)
    links = _drop_links(session)
    _drop_traces(session)
    return Ended(drafts, links, _drop_receipts(session), left_over, cases)


def _drop_links(session: Session) -> int:
    """A link goes with the contact: without one the case is anonymous for good."""
    live = exists().where(Contact.conversation_id == CaseLink.conversation_id, Contact.expires_at > now())
    return _count(session, delete(CaseLink).where(~live))


def _drop_traces(session: Session) -> None:
    """What was sent about a case names its reply: without the link it would join the phone to the case all the same.

    While a reply's key lives the row stays: by it the sender finds that the key is over.
    """
    linked = exists().where(
        CaseReply.id == Outbox.source_id,
        CaseLink.case_id == CaseReply.case_id,
        CaseLink.conversation_id == Outbox.conversation_id,
    )
    key_lives = exists().where(ReplyKey.id == Outbox.reply_key_id, ReplyKey.destroyed_at.is_(None))
    over = (Outbox.source.in_(ABOUT_A_CASE), Outbox.body.is_(None), Outbox.state != OutboxState.SENDING)
    session.execute(delete(Outbox).where(*over, ~linked, ~key_lives))


def _drop_receipts(session: Session) -> int:
    session.execute(delete(Attempt).where(Attempt.at <= now() - DAY))
    return _count(session, delete(Receipt).where(Receipt.expires_at <= now()))


def _count(session: Session, statement: Delete) -> int:
    return len(session.execute(statement.returning(literal(1))).all())
