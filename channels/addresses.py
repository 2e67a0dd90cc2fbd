"""Numbers of workers: a keyed hash to look up, a sealed copy to reply to. Nothing here returns one to a person."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from channels.errors import NoAddress
from channels.models import Contact
from core.clock import now
from core.envelope import keyed_hash, seal, unseal
from core.keys import KeyProvider

KEPT = timedelta(days=30)


def phone_hash(number: str, keys: KeyProvider) -> bytes:
    """Look-up value of an E.164 number."""
    return keyed_hash(keys.get("pepper"), "tel", number)


def provider_hash(provider_id: str, keys: KeyProvider) -> bytes:
    """The replay guard of a carrier's message id."""
    return keyed_hash(keys.get("pepper"), "provider", provider_id)


def seal_number(number: str, conversation_id: int, keys: KeyProvider) -> bytes:
    """Seal a number to the contact key, bound to its conversation."""
    return seal(number.encode(), keys.get("contact.pub"), _contact_info(conversation_id))


def open_number(box: bytes, conversation_id: int, keys: KeyProvider) -> str:
    """The number again; only the sender's process can."""
    return unseal(box, keys.get("contact.key"), _contact_info(conversation_id)).decode()


def sealed_number(session: Session, conversation_id: int) -> bytes:
    """The sealed number of a conversation. Raises NoAddress when it has expired."""
    query = select(Contact.address).where(Contact.conversation_id == conversation_id, Contact.expires_at > now())
    box = session.scalar(query)
    if box is None:
        raise NoAddress("the number of this conversation has expired")
    return box


def shorten(session: Session, conversation_id: int, until: datetime) -> None:
    """Keep the number of a conversation for no longer than `until`."""
    longer = (Contact.conversation_id == conversation_id, Contact.expires_at > until)
    session.execute(update(Contact).where(*longer).values(expires_at=until))


def expiry() -> datetime:
    """Until when a number is kept after a message."""
    return now() + KEPT


def seal_provider(channel: str, provider_id: str, keys: KeyProvider) -> bytes:
    """Seal a carrier's message id with its channel."""
    return seal(f"{channel}|{provider_id}".encode(), keys.get("contact.pub"), b"amparo|provider")


def open_provider(box: bytes, keys: KeyProvider) -> tuple[str, str]:
    """Channel and carrier's message id."""
    channel, _, provider_id = unseal(box, keys.get("contact.key"), b"amparo|provider").decode().partition("|")
    return channel, provider_id


def _contact_info(conversation_id: int) -> bytes:
    return f"amparo|contact|{conversation_id}".encode()
