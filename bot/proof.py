"""That a code was shown: for ten minutes the conversation may ask about the case without sending it again.

Kept in the sealed memory, inside a second envelope to the hour: its key goes, and with it the only trace of which phone
asked for which case.
"""

from base64 import b64decode, b64encode
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bot import memory
from channels import hourly
from channels.models import Conversation
from core.clock import now
from core.envelope import CannotOpen
from core.keys import KeyMissing, KeyProvider

SPAN = timedelta(minutes=10)
KEY = "proved"


def keep(session: Session, remembered: dict[str, Any], conversation_id: int, case_id: UUID) -> None:
    """Remember the case until ten minutes from now."""
    hour = hourly.current(session)
    box = hourly.seal_text(f"{case_id.hex}|{(now() + SPAN).isoformat()}", hour, _context(conversation_id))
    remembered[KEY] = {"hour": hour.id, "box": b64encode(box).decode()}


def case_of(remembered: dict[str, Any], conversation_id: int, keys: KeyProvider) -> UUID | None:
    """The case that was proved in this conversation a few minutes ago."""
    kept = remembered.get(KEY)
    if kept is None:
        return None
    try:
        words = hourly.open_text(b64decode(kept["box"]), kept["hour"], _context(conversation_id), keys)
    except (KeyMissing, CannotOpen):
        return None
    case, _, until = words.partition("|")
    return UUID(case) if now() < datetime.fromisoformat(until) else None


def forget(conversation: Conversation, keys: KeyProvider) -> None:
    """STOP ends the ten minutes: whoever has the phone afterwards shows the code anew."""
    kept = memory.load(conversation, keys)
    if kept.pop(KEY, None) is not None:
        memory.save(conversation, keys, kept)


def _context(conversation_id: int) -> str:
    return f"proved|{conversation_id}"
