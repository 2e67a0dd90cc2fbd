"""A real engine and real actions on free loopback ports, started once; and a phone that plays the worker's process."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine as SqlEngine
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot import closing, prompts, tracker, train
from bot.client import Engine
from bot.exchange import Line, TurnFacts, confirmed, get_lines, put_facts
from bot.hotline import Hotline
from bot.models import Turn
from channels.models import Conversation, Message
from core.config import Settings
from core.database import Database
from core.keys import KeyProvider
from intake.facts import with_parts
from tests.bot.desk import Desk
from tests.unit.intake.hotline import Hotline as Intake
from translations.catalog import render

ROOT = Path(__file__).parents[2]


@dataclass
class Running:
    """The engine and the actions, as the supervisor would run them."""

    settings: Settings
    engine: Engine
    output: Path


@pytest.fixture(scope="session")
def running(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Skips when no model was trained: `make setup` trains one."""
    if not train.intact(train.MODELS, "amparo.tar.gz"):
        pytest.skip("no trained model; run `make setup`")
    placed = replace(
        settings, engine_url=f"http://127.0.0.1:{free_port()}", actions_url=f"http://127.0.0.1:{free_port()}"
    )
    output = tmp_path_factory.mktemp("engine") / "output"
    with output.open("wb") as out:
        processes = [_start(placed, "bot.engine_process", out), _start(placed, "bot.actions_process", out)]
        engine = Engine(placed)
        try:
            _wait(engine, processes)
            yield Running(placed, engine, output)
        finally:
            engine.close()
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait(20)


@pytest.fixture
def phone(running: Running, db: Callable[[str], Database], clean: None) -> "Phone":
    """A conversation of its own, in an empty database."""
    return Phone(running, db("owner"), KeyProvider(running.settings.keys, "owner"))


@pytest.fixture
def desk(
    running: Running,
    clean: None,
    db: Callable[[str], Database],
    keys: Callable[[str], KeyProvider],
    owner: SqlEngine,
) -> Iterator[Desk]:
    locks = Database(running.settings, "worker", isolation_level="AUTOCOMMIT")
    hotline = Hotline(running.settings, db("worker"), locks, keys("worker"), running.engine)
    made = Desk(hotline, db("gateway"), owner, Intake(db("worker"), db("operator"), keys("worker"), owner))
    made.hire()
    yield made
    locks.close()


@dataclass
class Phone:
    """Sends intents to the real dialogue and does what the worker's process does with the lines."""

    running: Running
    db: Database
    keys: KeyProvider
    memory: dict[str, Any] = field(default_factory=dict)
    draft: dict[str, str] | None = None
    told: dict[str, int] = field(default_factory=dict)
    done: list[Line] = field(default_factory=list)
    conversation: int = 0
    intake_open: bool = True
    messages: int = 0

    def send(self, intent: str, **known: Any) -> list[Line]:
        """One whole turn; returns what is said. Fails when Rasa went on without an action."""
        turn_id = self._open(intent, known)
        name = tracker.name_of(self.conversation)
        said = self.running.engine.turn(name, intent, self._ticket(turn_id))
        with self.db.begin() as session:
            turn = session.get_one(Turn, turn_id)
            steps = tracker.steps(session, name, turn.mark)
            assert steps.recorded and not steps.unconfirmed(confirmed(session, turn)), steps
            lines = get_lines(session, turn, self.keys)
            turn.in_progress = False
        return self._perform(said, lines)

    def keys_of(self, intent: str, **known: Any) -> list[str]:
        """The message keys of one turn."""
        return [line.key for line in self.send(intent, **known)]

    def digit(self, digit: str) -> list[str]:
        """Press a digit of the last prompt."""
        choice = self.memory["choices"][digit]
        return self.keys_of(choice[1:]) if choice.startswith("=") else self.keys_of("choose", choice=choice)

    def tell(self, part: str = "story", **known: Any) -> list[str]:
        """Free text inside a form; in an interview it lands in the draft."""
        if self.draft is not None:
            self.told[part] = self.told.get(part, 0) + 1
        return self.keys_of("tell", told=True, **known)

    def mark(self) -> int:
        """The last event of Rasa's memory."""
        with self.db.begin() as session:
            return tracker.last_event(session, tracker.name_of(self.conversation))

    def forget(self, mark: int = 0) -> None:
        """Cut Rasa's memory back."""
        with self.db.begin() as session:
            tracker.forget_after(session, tracker.name_of(self.conversation), mark)

    def prune(self) -> None:
        """What the worker does when a turn is done."""
        with self.db.begin() as session:
            tracker.prune(session, tracker.name_of(self.conversation))

    def events(self) -> int:
        """How many events Rasa holds of this conversation."""
        where = tracker.EVENTS.c.sender_id == tracker.name_of(self.conversation)
        with self.db.begin() as session:
            return session.scalar(select(func.count()).select_from(tracker.EVENTS).where(where)) or 0

    def slots(self) -> dict[str, Any]:
        """Rasa's slots."""
        name = tracker.name_of(self.conversation)
        settings = self.running.settings
        url = f"{settings.engine_url}/conversations/{name}/tracker"
        slots: dict[str, Any] = httpx.get(url, params={"token": settings.engine_token}).json()["slots"]
        return slots

    @contextmanager
    def closed_turn(self) -> Iterator[tuple[str, int, int]]:
        """A turn that is over already: its conversation's name, its id and its mark."""
        turn_id = self._open("greet", {})
        with self.db.begin() as session:
            turn = session.get_one(Turn, turn_id)
            turn.in_progress = False
        yield tracker.name_of(self.conversation), turn.ticket, turn.mark

    def unconfirmed(self, mark: int) -> list[str]:
        """Actions that Rasa stepped over since a mark."""
        with self.db.begin() as session:
            return tracker.steps(session, tracker.name_of(self.conversation), mark).unconfirmed([])

    def _ticket(self, turn_id: int) -> int:
        with self.db.begin() as session:
            return session.get_one(Turn, turn_id).ticket

    def _open(self, intent: str, known: dict[str, Any]) -> int:
        with self.db.begin() as session:
            if not self.conversation:
                self.conversation = _conversation(session)
            self.messages += 1
            turn = _turn(session, self.conversation, self.messages)
            facts = TurnFacts(intent, "en", memory=self.memory, draft=self._facts(), intake_open=self.intake_open)
            put_facts(session, turn, replace(facts, **known))
            return turn.id

    def _perform(self, said: list[str], lines: dict[int, Line]) -> list[Line]:
        for line in lines.values():
            if line.kind == "do":
                self._do(line)
        out = [lines[int(text[1:])] if text.startswith("#") else Line("say", text) for text in said]
        for line in out:
            render("en", line.key, closing._arguments(line))
            choices = line.args.get("choices") or prompts.choices(line.key)
            if choices:
                self.memory |= {"prompt": line.key, "choices": choices, "last": _last(line)}
        return out

    def _facts(self) -> dict[str, Any] | None:
        return with_parts(self.draft, self.told) if self.draft is not None else None

    def _do(self, line: Line) -> None:
        self.done.append(line)
        if line.key == "remember":
            self.memory |= line.args
        elif line.key == "draft.open":
            self.draft, self.told = {}, {}
        elif line.key == "draft.fact":
            assert self.draft is not None
            self.draft[line.args["name"]] = line.args["value"]
        elif line.key in ("draft.file", "draft.erase"):
            self.draft = None


def _last(line: Line) -> dict[str, str] | None:
    return None if line.args.keys() - {"choices"} else {"key": line.key}


def _conversation(session: Session) -> int:
    conversation = Conversation(sending_number_id=1, phone_hash=os.urandom(32), alias=f"T-{os.urandom(3).hex()}")
    session.add(conversation)
    session.flush()
    return conversation.id


def _turn(session: Session, conversation: int, number: int) -> Turn:
    message = Message(conversation_id=conversation, channel="twilio_sms", provider_hash=os.urandom(32), kind="text")
    session.add(message)
    session.flush()
    mark = tracker.last_event(session, tracker.name_of(conversation))
    turn = Turn(conversation_id=conversation, message_id=message.id, attempt=1, mark=mark)
    session.add(turn)
    session.flush()
    return turn


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _start(settings: Settings, module: str, out: Any) -> "subprocess.Popen[bytes]":
    env = {
        **os.environ,
        "AMPARO_HOME": str(settings.home),
        "AMPARO_ENGINE_TOKEN": settings.engine_token,
        "AMPARO_ENGINE_URL": settings.engine_url,
        "AMPARO_ACTIONS_URL": settings.actions_url,
    }
    arguments = ["--port", settings.actions_url.rpartition(":")[2]] if module.endswith("actions_process") else []
    return subprocess.Popen([sys.executable, "-m", module, *arguments], cwd=ROOT, env=env, stdout=out, stderr=out)


def _wait(engine: Engine, processes: list["subprocess.Popen[bytes]"], patience: float = 90) -> None:
    end = time.monotonic() + patience
    while not engine.healthy():
        assert all(process.poll() is None for process in processes), "the engine or the actions ended"
        assert time.monotonic() < end, "the engine did not become ready"
        time.sleep(0.3)
