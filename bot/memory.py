"""What a conversation remembers between turns: codes only (last prompt, search codes), sealed to the worker's key.

Never a text, a name or a number: those would be readable for as long as the server's keys lie beside the database.
"""

import json
from typing import Any

from channels.models import Conversation
from core.envelope import CannotOpen, lock, unlock
from core.keys import KeyProvider
from core.logging import Log

log = Log("memory")
AT, LOCKED = "at", "locked"
"""When the last answered message came; and that what was here before needs a code to be told."""


def load(conversation: Conversation, keys: KeyProvider) -> dict[str, Any]:
    """The remembered codes; an unreadable memory is an empty one (the worker sees the menu again)."""
    if conversation.memory is None:
        return {}
    try:
        found: dict[str, Any] = json.loads(unlock(conversation.memory, keys.get("memory"), _aad(conversation)))
        return found
    except CannotOpen:
        log.failed("memory_unreadable", conversation=conversation.id)
        return {}


def save(conversation: Conversation, keys: KeyProvider, memory: dict[str, Any]) -> None:
    """Replace the remembered codes; keys whose value is None are forgotten."""
    kept = {key: value for key, value in memory.items() if value is not None}
    conversation.memory = lock(json.dumps(kept).encode(), keys.get("memory"), _aad(conversation))


def _aad(conversation: Conversation) -> bytes:
    return f"amparo|memory|{conversation.id}".encode()
