"""What a hotline leaves behind: no word of a worker, and in a copy of it, keys included, nothing that opens.

First the scanner has to find what was planted; then whole conversations are held and it has to find nothing.
"""

import itertools
import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest

from bot.hotline import open_hotline
from bot.worker import housekeeping
from core import postgres
from core.clock import shifted
from core.config import Settings, load
from core.database import conninfo
from intake.keyfile import read_private
from tests.functional import leaks, talk
from tests.functional.canary import planted
from tests.functional.hotline import PASSPHRASE, ROOT, RunningHotline
from tests.functional.leaks import Scanner, Survey
from tests.functional.talk import PIN, Talk
from tests.functional.thief import IN_FLIGHT, KEYS, Box, Thief, Watch, boxes, carved, key_files

pytestmark = [pytest.mark.slow, pytest.mark.engine, pytest.mark.timeout(300)]

ENGINE = ROOT / "bot" / "engine"
OPENS = {
    "inbox.contact.address": "the number to reply to, for 30 days: docs/threat-model.md, A5",
    "inbox.redaction.provider_id": "the carrier's id of a message",
    "inbox.outbox.provider_id": "the carrier's id of a message",
    "inbox.conversation.memory": "codes",
    "intake.draft.facts": "codes",
    "intake.draft_wrap.box": "the outer layer: inside is an envelope to a reader",
    "intake.case_wrap.box": "the outer layer: inside is an envelope to a reader",
}
"""What server keys open by design, hours later, and what is in it."""


@dataclass(frozen=True)
class Held:
    """A hotline after its conversations, with what was seen while they were held."""

    talk: Talk
    watch: Watch
    folder: Path
    reader: Path
    logs: dict[str, str]

    @property
    def hotline(self) -> RunningHotline:
        return self.talk.hotline

    @property
    def pid(self) -> int:
        return supervisor(self.hotline)

    @property
    def temporary(self) -> Path:
        return self.folder / "tmp"

    def scanner(self) -> Scanner:
        return Scanner(self.talk.secrets, {"PIN": PIN})

    def survey(self, scanner: Scanner) -> Survey:
        """Search every place of the running hotline."""
        with owner(self.hotline.settings) as connection:
            connection.execute("checkpoint")
            engine = leaks.files(ENGINE, but=frozenset({".venv", "models"}))
            here = leaks.everything(self.pid, connection, self.hotline.home, self.temporary)
            return scanner.survey(itertools.chain(here, engine))


def supervisor(hotline: RunningHotline) -> int:
    """The process id of `amparo up`: all others are its descendants."""
    return int(json.loads((hotline.home / "run/state.json").read_text())["pid"])


@contextmanager
def owner(settings: Settings) -> Iterator[psycopg.Connection[Any]]:
    connection = psycopg.connect(conninfo(settings, "owner"), autocommit=True)
    try:
        yield connection
    finally:
        connection.close()


@pytest.fixture(scope="module")
def held() -> Iterator[Held]:
    """A hotline with folders of its own, in which everybody has had their conversation."""
    folder = Path(tempfile.mkdtemp(prefix="amparo-leaks-"))
    folder.chmod(0o711)  # as root, PostgreSQL runs as another account and must get to its files
    for name in ("home", "tmp"):
        (folder / name).mkdir(mode=0o711)
    hotline = RunningHotline(folder / "home", TMPDIR=str(folder / "tmp"))
    try:
        hotline.start()
        hotline.amparo("jobs", "import", "--sample")
        hotline.unpaced()
        yield _converse(hotline, folder)
    finally:
        hotline.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _converse(hotline: RunningHotline, folder: Path) -> Held:
    reader = hotline.add_reader()
    spoken = Talk(hotline)
    with Watch(hotline.settings, (folder / "tmp", hotline.home / "engine"), supervisor(hotline)) as watch:
        talk.everybody(spoken)
    logs = {path.stem: path.read_text() for path in (hotline.home / "log").iterdir()}
    return Held(spoken, watch, folder, reader, logs)


def test_the_scanner_finds_a_planted_canary_in_every_place_and_encoding(held: Held) -> None:
    with planted(held.hotline.settings, held.temporary, held.pid) as plants:
        found = held.survey(Scanner(plants.words))
    seen = {name: [leak.place for leak in found.leaks if leak.secret == name] for name in plants.words}
    missed = {name: where for name, where in plants.where.items() if not any(where in place for place in seen[name])}
    assert missed == {}, seen


def test_the_conversations_got_where_they_were_meant_to_go(held: Held) -> None:
    said = held.talk.said
    assert "1 " in said["jobs"] and "H-300-" in said["job"]
    assert "registro" in said["employer"] and "registro" not in said["command"]
    assert "911" in said["crisis"] and "Meta" in said["whatsapp"]
    assert "verderonpardo" in said["status"] and said["status by PIN"].startswith("Recibido")
    cases = json.dumps(held.hotline.cases(held.reader), ensure_ascii=False)
    told = ("first cry", "question before the report", "story", "story with accents", "words added to the case")
    named = ("employer in the report", "place in the report", "story of the one with a PIN")
    assert [name for name in (*told, *named) if held.talk.secrets[name] not in cases] == []


def test_whole_conversations_leave_no_word_number_name_or_receipt_anywhere(held: Held) -> None:
    found = held.survey(held.scanner())
    assert found.leaks == set(), str(found)
    assert found.pieces > 1000 and found.bytes > 30_000_000


def test_temporary_files_and_command_lines_held_nothing_while_they_talked(held: Held) -> None:
    found = held.scanner().survey((place, data) for data, place in held.watch.pieces.items())
    assert found.leaks == set(), str(found)
    assert any(place.startswith("command line of") for place in held.watch.pieces.values())


def test_the_engine_says_nothing_but_how_it_is(held: Held) -> None:
    lines = [json.loads(line) for line in held.logs["engine"].splitlines()]
    assert {line["event"] for line in lines} == {"engine"}
    assert {line["state"] for line in lines} <= {"loading", "ready", "stopped"}


def test_every_line_of_every_log_went_through_our_formatter(held: Held) -> None:
    logs = {name: text.splitlines() for name, text in held.logs.items() if name != "db"}
    assert {"worker", "sender", "gateway", "actions", "engine"} <= logs.keys()
    assert all("event" in json.loads(line) for lines in logs.values() for line in lines)
    assert "ERROR" not in held.logs["db"] and "STATEMENT" not in held.logs["db"] and "DETAIL" not in held.logs["db"]


def test_no_process_may_leave_its_memory_in_a_file(held: Held) -> None:
    children = psutil.Process(held.pid).children(recursive=True)
    limits = [(Path("/proc") / str(child.pid) / "limits").read_text().splitlines() for child in children]
    cores = {tuple(line.split()[-3:-1]) for lines in limits for line in lines if line.startswith("Max core")}
    assert cores == {("0", "0")}


def test_a_stolen_home_with_all_keys_opens_nothing_in_flight_three_hours_later(held: Held) -> None:
    """The last test of this hotline: it stops it.

    Three hours of test clock: the worker's own housekeeping runs on the same home and database, in this process,
    whose clock is moved. It does there what the worker does every five minutes. Then everything is copied.
    """
    held.hotline.stop()
    _three_hours_later(held.hotline.settings)
    stolen = _copied(held, held.folder / "stolen")
    with _database(stolen), owner(stolen) as connection:
        sealed = {*boxes(connection), *held.watch.boxes}
    flying = {box for box in sealed if box.place in IN_FLIGHT}
    _all_of_it_is_in_the_copy(stolen, flying)
    assert Thief(key_files(stolen.keys)).loot(flying) == {}
    _what_opens_are_codes(held, stolen, sealed)
    _destroyed_keys_lie_nowhere(held, stolen)
    _with_the_keys_of_before_everything_opens(held, sealed)


def _all_of_it_is_in_the_copy(stolen: Settings, flying: set[Box]) -> None:
    """What was wiped is still in the write-ahead log: only the missing key protects it."""
    wal = b"".join(data for _, data in leaks.files(stolen.home / "pg/pg_wal"))
    there = carved(wal)
    assert {box.place for box in flying} == set(IN_FLIGHT)
    assert sum(box.body in there for box in flying) > len(flying) * 0.8


def _what_opens_are_codes(held: Held, stolen: Settings, sealed: set[Box]) -> None:
    opened = Thief(key_files(stolen.keys)).loot(sealed)
    assert {box.place for box in opened} == OPENS.keys()
    found = held.scanner().survey((box.place, text) for box, text in opened.items())
    numbers = {leak for leak in found.leaks if leak.place == "inbox.contact.address" and "phone" in leak.secret}
    ids = {leak for leak in found.leaks if leak.place == "inbox.redaction.provider_id" and "message id" in leak.secret}
    assert numbers and found.leaks == numbers | ids, str(found)


def _destroyed_keys_lie_nowhere(held: Held, stolen: Settings) -> None:
    had = {key: name for name, key in held.watch.keys.items() if name.startswith(("hour/", "draft/", "reply/"))}
    destroyed = had.keys() - set(key_files(stolen.keys).values())
    assert {had[key].split("/")[0] for key in destroyed} == {"hour", "draft", "reply"}
    left = {had[key]: place for place, data in leaks.files(stolen.home) for key in destroyed if key in data}
    assert left == {}


def _with_the_keys_of_before_everything_opens(held: Held, sealed: set[Box]) -> None:
    """So it was the missing keys, and not a thief who does not know how, that kept it shut."""
    reader = {"reader": read_private(held.reader, PASSPHRASE)}
    opened = Thief(held.watch.keys | reader).loot(sealed)
    assert {box.place for box in sealed if box.place != KEYS and box not in opened} == set()
    found = held.scanner().survey((box.place, text) for box, text in opened.items() if box.place in IN_FLIGHT)
    secrets = {leak.secret for leak in found.leaks}
    assert "receipt" in secrets and len(secrets & talk.WORDS.keys()) > 15, str(found)


def _three_hours_later(settings: Settings) -> None:
    with _database(settings), shifted(timedelta(hours=3)):
        hotline = open_hotline(settings)
        try:
            housekeeping(hotline)
        finally:
            hotline.db.close()
            hotline.locks.close()
            hotline.engine.close()


def _copied(held: Held, to: Path) -> Settings:
    subprocess.run(["cp", "-a", str(held.hotline.home), str(to)], check=True)
    return load({**held.hotline.env, "AMPARO_HOME": str(to)})


@contextmanager
def _database(settings: Settings) -> Iterator[None]:
    server = postgres.start(settings)
    try:
        postgres.wait_ready(conninfo(settings, "owner"))
        yield
    finally:
        server.stop()
