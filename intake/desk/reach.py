"""Can a reply still reach the worker? The address itself is never read here."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, load_only

from channels.models import Contact, Conversation
from channels.optout import is_opted_out
from core.clock import now
from intake.errors import CannotReach
from intake.models import Case, CaseLink, CaseStatus, Erasure

_COLUMNS = (Conversation.id, Conversation.sending_number_id, Conversation.phone_hash, Conversation.language)


@dataclass(frozen=True)
class Reach:
    """The conversation a reply waits in. `push`: the worker said that this phone may get the neutral notice."""

    conversation: Conversation
    push: bool


def reach(session: Session, case: Case) -> Reach | None:
    """None without a link, after STOP, once the contact expired, and for a case taken back or to be erased."""
    if case.status is CaseStatus.WITHDRAWN or session.get(Erasure, case.id) is not None:
        return None
    query = (
        select(Conversation, CaseLink.push)
        .join(CaseLink, CaseLink.conversation_id == Conversation.id)
        .join(Contact, Contact.conversation_id == Conversation.id)
        .where(CaseLink.case_id == case.id, Contact.expires_at > now())
    )
    row = session.execute(query.options(load_only(*_COLUMNS))).first()
    if row is None or is_opted_out(session, row.Conversation):
        return None
    return Reach(row.Conversation, row.push)


def reached(session: Session, case: Case) -> Reach:
    """Where a reply goes. Raises CannotReach."""
    found = reach(session, case)
    if found is None:
        raise CannotReach("this worker cannot be reached: write an internal note instead")
    return found
