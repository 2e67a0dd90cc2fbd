"""The frame of every action: open the turn's facts, act, write the lines and the proof, utter the ordinals."""

import asyncio
from abc import abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.orm import Session

from bot.exchange import Args, Line, TurnFacts, get_facts, get_lines, put_lines
from bot.models import Turn
from core.clock import today
from core.database import Database
from core.errors import AmparoError
from core.failpoints import failpoint
from core.hours import DEFAULT, Hours, parse
from core.keys import KeyProvider

type Event = dict[str, Any]


class NoTurn(AmparoError):
    """The dialogue called an action without naming a turn."""


@dataclass(frozen=True)
class Office:
    """What the actions process holds: its database role and the keys of the hour."""

    db: Database
    keys: KeyProvider
    hours: Hours = field(default_factory=lambda: parse(DEFAULT))


@dataclass
class Scene:
    """One call: the turn's facts, with what earlier actions of the same turn have already decided."""

    session: Session
    turn_id: int
    facts: TurnFacts
    tracker: Tracker
    keys: KeyProvider
    today: date = field(default_factory=today)

    @cached_property
    def memory(self) -> Args:
        """The remembered codes, including what this turn will remember."""
        return self._decided("remember", self.facts.memory)

    @cached_property
    def draft(self) -> Args:
        """The coded facts of the draft, including those given in this turn."""
        facts = {line.args["name"]: line.args["value"] for line in self._earlier if line.key == "draft.fact"}
        return {**(self.facts.draft or {}), **facts}

    @cached_property
    def _earlier(self) -> list[Line]:
        turn = self.session.get_one(Turn, self.turn_id)
        return [line for line in get_lines(self.session, turn, self.keys).values() if line.kind == "do"]

    def _decided(self, effect: str, start: Args) -> Args:
        found = dict(start)
        for line in self._earlier:
            found |= line.args if line.key == effect else {}
        return found


@dataclass(frozen=True)
class Reply:
    """What an action says and does, and what Rasa has to remember."""

    lines: Sequence[Line] = ()
    events: Sequence[Event] = ()


class TurnAction:
    """An action of the hotline. Subclasses set `called` and write `act`."""

    called: str

    def __init__(self, office: Office) -> None:
        self._office = office

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Event]:
        """Act once for the turn in progress. Raises NotInProgress for any other."""
        ordinals, events = await asyncio.to_thread(self._run, tracker)
        for ordinal in ordinals:
            dispatcher.utter_message(text=f"#{ordinal}")
        return events

    def _run(self, tracker: Tracker) -> tuple[list[int], list[Event]]:
        ticket = ticket_of(tracker)
        with self._office.db.begin() as session:
            turn, facts = get_facts(session, ticket, self._office.keys)
            reply = self.act(Scene(session, turn.id, facts, tracker, self._office.keys))
            ordinals = put_lines(session, turn.id, turn.attempt, self.called, list(reply.lines))
            session.flush()
            failpoint("actions.written")
        failpoint("actions.committed")
        return ordinals, list(reply.events)

    @abstractmethod
    def act(self, scene: Scene) -> Reply:
        """Decide what to say and do."""


def ticket_of(tracker: Tracker) -> int:
    """The ticket of the turn the dialogue is in. Raises NoTurn."""
    turn = tracker.get_slot("turn")
    if not isinstance(turn, int) or isinstance(turn, bool):
        raise NoTurn("an action was called outside a turn")
    return turn


def say(key: str, **args: Any) -> Line:
    """A line to say."""
    return Line("say", key, args)


def do(effect: str, **args: Any) -> Line:
    """A line to do."""
    return Line("do", effect, args)


def nested(key: str, **args: Any) -> Args:
    """A message inside the arguments of another."""
    return {"key": key, "args": args}


def slots(**values: Any) -> list[Event]:
    """Events that set slots."""
    return [slot(name, value) for name, value in values.items()]


def slot(name: str, value: Any) -> Event:
    """The event that sets one slot."""
    return {"event": "slot", "name": name, "value": value, "timestamp": None}


def named() -> Iterable[type[TurnAction]]:
    """Every action class that was imported and has a name of its own."""
    return (found for found in TurnAction.__subclasses__() if "called" in vars(found))
