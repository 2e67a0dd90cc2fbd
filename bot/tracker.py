"""Rasa's memory (schema rasa), read and cut back by the worker: what one turn added, and whether it was whole.

Rasa goes on to its next rule when an action failed or its server was away, and answers 200. So a turn counts only
when its events are there, end with listening, and every custom action among them has confirmed itself.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Column, Integer, MetaData, String, Table, Text, delete, func, select, text
from sqlalchemy.orm import Session

from intake import interview

EVENTS = Table(
    "events",
    MetaData(schema="rasa"),
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("sender_id", String(255)),
    Column("type_name", String(255)),
    Column("action_name", String(255)),
    Column("data", Text),
)
LISTEN = "action_listen"
BUILT_IN = frozenset({LISTEN, "action_session_start", "action_deactivate_loop"})
"""Rasa's own that mean nothing. Its fallback is not among them: then no rule knew an answer, and nothing was said."""
VALIDATED_BY = {"report_form": "validate_report_form", "job_form": "validate_job_form"}
"""A form's own step stands in the events; its validation is a custom action that does not."""
REQUESTED = "requested_slot"


@dataclass(frozen=True)
class Steps:
    """What one turn added to Rasa's memory: the actions in order, without Rasa's own, and the question at its end."""

    actions: tuple[str, ...]
    recorded: bool
    """False when Rasa did not get to the end: no events, or the last is not listening."""
    asks: str | None = None
    """The slot of the interview that the turn asks for: the action that asks does not stand in the events either."""

    def unconfirmed(self, confirmed: Iterable[str]) -> list[str]:
        """The custom actions that should have run and left no proof. Empty for a good turn."""
        proofs = set(confirmed)
        needed = [VALIDATED_BY.get(name, name) for name in self.actions]
        return [name for name in [*needed, *self._asking()] if name not in proofs]

    def _asking(self) -> list[str]:
        return [f"action_ask_{self.asks}"] if self.asks in interview.SLOTS else []


def name_of(conversation_id: int) -> str:
    """The name of a conversation in Rasa."""
    return f"c{conversation_id}"


def last_event(session: Session, conversation: str) -> int:
    """The highest event id of a conversation, 0 when there is none: the mark from before a turn."""
    if not _made(session):
        return 0
    query = select(func.coalesce(func.max(EVENTS.c.id), 0)).where(EVENTS.c.sender_id == conversation)
    return int(session.scalar(query) or 0)


def forget_after(session: Session, conversation: str, mark: int) -> None:
    """Delete what a turn added above its mark, so that it can be tried again. A mark of 0 forgets everything."""
    if _made(session):
        session.execute(delete(EVENTS).where(EVENTS.c.sender_id == conversation, EVENTS.c.id > mark))


def prune(session: Session, conversation: str) -> None:
    """Throw away what lies before Rasa's newest session: it carried over all that still counts. After a turn only."""
    started = select(func.max(EVENTS.c.id)).where(
        EVENTS.c.sender_id == conversation, EVENTS.c.type_name == "session_started"
    )
    session.execute(delete(EVENTS).where(EVENTS.c.sender_id == conversation, EVENTS.c.id < started.scalar_subquery()))


def steps(session: Session, conversation: str, mark: int) -> Steps:
    """What a turn added above its mark."""
    where = (EVENTS.c.sender_id == conversation, EVENTS.c.id > mark)
    columns = (EVENTS.c.type_name, EVENTS.c.action_name, EVENTS.c.data)
    rows = session.execute(select(*columns).where(*where).order_by(EVENTS.c.id)).all()
    names = [row.action_name for row in rows if row.type_name == "action"]
    heard = any(row.type_name == "user" for row in rows)
    ours = tuple(name for name in names if name not in BUILT_IN and not name.startswith("utter_"))
    return Steps(ours, heard and bool(names) and names[-1] == LISTEN, _requested(rows))


def _requested(rows: Sequence[Any]) -> str | None:
    """What a form of this turn asked for last; None when it asked nothing."""
    slots = [json.loads(row.data) for row in rows if row.type_name == "slot"]
    asked = [slot["value"] for slot in slots if slot["name"] == REQUESTED]
    return str(asked[-1]) if asked and asked[-1] else None


def _made(session: Session) -> bool:
    """Rasa makes its table at its first start: before that, nobody has talked to it."""
    return session.scalar(text("select to_regclass('rasa.events')")) is not None
