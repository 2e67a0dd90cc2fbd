"""What the worker process holds: its database, its keys, the engine's door."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
from sqlalchemy import text

from bot.client import Engine
from core.config import Settings
from core.database import Database
from core.keys import KeyProvider

CONVERSATION_LOCK = 7


@dataclass(frozen=True)
class Hotline:
    """Built once per process by `bot/worker.py`."""

    settings: Settings
    db: Database
    locks: Database
    keys: KeyProvider
    engine: Engine

    def actions_up(self) -> bool:
        """Does the action server answer?"""
        try:
            return httpx.get(f"{self.settings.actions_url}/health", timeout=2.0, trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False

    @contextmanager
    def alone(self, conversation_id: int) -> Iterator[bool]:
        """Hold the conversation's advisory lock, or learn that somebody else does.

        A session lock on a connection of its own: no transaction stays open while other processes are called.
        """
        ids = {"space": CONVERSATION_LOCK, "id": conversation_id & 0x7FFFFFFF}
        with self.locks.engine.connect() as connection:
            held = bool(connection.scalar(text("select pg_try_advisory_lock(:space, :id)"), ids))
            try:
                yield held
            finally:
                if held:
                    connection.execute(text("select pg_advisory_unlock(:space, :id)"), ids)


def open_hotline(settings: Settings) -> Hotline:
    """Connect the worker role; the lock engine commits at once and has a connection for every thread."""
    return Hotline(
        settings=settings,
        db=Database(settings, "worker", pool_size=8),
        locks=Database(settings, "worker", pool_size=8, isolation_level="AUTOCOMMIT"),
        keys=KeyProvider(settings.keys, "worker"),
        engine=Engine(settings),
    )
