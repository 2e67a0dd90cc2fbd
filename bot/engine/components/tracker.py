"""Rasa's memory in our PostgreSQL.

A connection that died with the server is replaced instead of failing a turn. And a conversation never grows: Rasa reads
all events of a session in every turn, so after some of them a new session begins that carries over where things stand.
Events are only added; the worker's process may still cut a turn off, and it throws away what lies before the session.
"""

from typing import Any, List, Optional, Text

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SessionStarted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.orm import sessionmaker

POOL = 4
LONGEST_SESSION = 40
LISTEN = "action_listen"


class Events(SQLTrackerStore):
    """Rasa's SQL store with a careful pool, exceptions that print no parameters, and short sessions."""

    def __init__(
        self,
        domain: Optional[Domain] = None,
        host: Text = "",
        event_broker: Optional[EventBroker] = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(domain=domain, host=host, event_broker=event_broker)
        self.engine.dispose()
        self.engine = sa.create_engine(
            host, pool_pre_ping=True, hide_parameters=True, pool_size=POOL, max_overflow=POOL
        )
        self.sessionmaker = sessionmaker(bind=self.engine)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Save what is new; a long session at rest ends here and the next one begins."""
        if len(tracker.events) > LONGEST_SESSION and tracker.latest_action_name == LISTEN:
            tracker.update_with_events(standing(tracker), self.domain)
        await super().save(tracker)


def standing(tracker: DialogueStateTracker) -> List[Event]:
    """The events after which a new session stands where the old one stood: slots, open form, listening."""
    known = [SlotSet(name, slot.value) for name, slot in tracker.slots.items() if slot.value is not None]
    form = [ActiveLoop(tracker.active_loop_name)] if tracker.active_loop_name else []
    return [SessionStarted(), *known, *form, ActionExecuted(LISTEN)]
