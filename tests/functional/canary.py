"""Secrets planted on purpose, each in one place or one encoding: a scanner that misses one of them proves nothing."""

import base64
import gzip
import json
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import SystemRandom
from urllib.parse import quote, quote_plus

import psutil
import psycopg

from core.config import Settings
from core.database import conninfo

_LETTERS = "bdefghjklmpqstuvwxz0123456789"  # each once: nothing in a word repeats, so PostgreSQL cannot shorten it
_chance = SystemRandom()
_LONG = b"some bytes that stand before it, so that lines are wrapped and pages are filled. "

ENCODINGS: dict[str, Callable[[str], bytes]] = {
    "plain": str.encode,
    "upper case": lambda word: word.upper().encode(),
    "json": lambda word: json.dumps({"text": word}).encode(),
    "utf-16-le": lambda word: word.encode("utf-16-le"),
    "utf-16-be at an odd place": lambda word: b"\1" + word.encode("utf-16-be"),
    "hex": lambda word: word.encode().hex().encode(),
    "hex in capitals": lambda word: word.encode().hex().upper().encode(),
    "base64 at 0": lambda word: base64.b64encode(word.encode() + b" and more"),
    "base64 at 1": lambda word: base64.b64encode(b"4" + word.encode()),
    "base64 at 2": lambda word: base64.b64encode(b"22" + word.encode() + b"?"),
    "base64 for addresses": lambda word: base64.urlsafe_b64encode(b"\xff\xfe" + word.encode() + b"\xff"),
    "base64 in lines": lambda word: base64.encodebytes(_LONG + word.encode() + _LONG),
    "url": lambda word: quote(word).encode(),
    "form": lambda word: quote_plus(f"one {word}").encode(),
    "gzip": lambda word: gzip.compress(_LONG + word.encode()),
    "gzip twice": lambda word: gzip.compress(gzip.compress(_LONG + word.encode())),
    "gzip inside": lambda word: b"\x1f\x8b\x08 no gzip" + gzip.compress(word.encode()) + b"no more",
    "gzip cut short": lambda word: gzip.compress(word.encode() + bytes(range(256)) * 40)[:-40],
    "zlib": lambda word: _LONG + zlib.compress(word.encode()),
    "base64 in gzip": lambda word: gzip.compress(base64.b64encode(word.encode())),
}
NUMBERS: dict[str, Callable[[str], bytes]] = {
    "digits in groups": lambda digits: " ".join(digits[at : at + 4] for at in range(0, 16, 4)).encode(),
    "integer": lambda digits: int(digits).to_bytes(8, "little"),
}


@dataclass
class Plants:
    """What was planted: `words` by name, and in `where` a part of the place in which each must be found."""

    words: dict[str, str] = field(default_factory=dict)
    where: dict[str, str] = field(default_factory=dict)

    def new(self, name: str, where: str) -> str:
        """A word that stands nowhere else; every second one has an accent."""
        start = "canariñón" if len(self.words) % 2 else "canary"
        self.words[name] = start + "".join(_chance.sample(_LETTERS, 24))
        self.where[name] = where
        return self.words[name]

    def number(self, name: str, where: str) -> str:
        """Sixteen digits that stand nowhere else."""
        self.words[name], self.where[name] = str(_chance.randrange(10**15, 10**16)), where
        return self.words[name]


@contextmanager
def planted(settings: Settings, temporary: Path, pid: int) -> Iterator[Plants]:
    """A canary in every place and every encoding, for as long as the block runs."""
    plants = Plants()
    owner = psycopg.connect(conninfo(settings, "owner"), autocommit=True)
    talker = psycopg.connect(conninfo(settings, "owner"), autocommit=True)
    _in_files(plants, settings.home, temporary)
    _in_tables(plants, owner)
    _in_a_session(plants, talker)
    flag = temporary / "canaries-live"
    flag.touch()
    program = threading.Thread(target=_in_a_process, args=(plants, settings, flag))
    program.start()
    _wait_for_a_sleeper(pid)
    try:
        yield plants
    finally:
        flag.unlink()
        program.join()
        owner.execute("drop schema canary cascade")
        owner.close()
        talker.close()


def _in_files(plants: Plants, home: Path, temporary: Path) -> None:
    for name, encode in ENCODINGS.items():
        (temporary / name).write_bytes(encode(plants.new(name, temporary.name)))
    for name, encode in NUMBERS.items():
        (temporary / name).write_bytes(encode(plants.number(name, temporary.name)))
    for log in ("worker", "engine", "db"):
        with (home / "log" / f"{log}.log").open("a") as file:
            file.write(f"a line with {plants.new(f'log of {log}', f'log/{log}.log')} in it\n")
    (home / "keys" / "canary").write_text(plants.new("keys folder", "keys/canary"))
    (home / "engine" / "canary.gz").write_bytes(gzip.compress(plants.new("engine folder", "engine/canary.gz").encode()))
    (temporary / plants.new("name of a file", "name of")).touch()
    (temporary / "link").symlink_to(plants.new("target of a link", "link"))


def _in_tables(plants: Plants, owner: psycopg.Connection[tuple[str]]) -> None:
    owner.execute("create schema canary create table canary.words (word text) create table canary.packed (body bytea)")
    add = "insert into canary.words values (%s)"
    owner.execute(add, [plants.new("row", "table canary.words")])
    owner.execute(add, [plants.new("deleted row", "pg/pg_wal/")])
    owner.execute(add, [plants.new("long row, compressed and deleted", "pg/pg_wal/") + 500 * " and so on"])
    owner.execute(
        "insert into canary.packed values (%s)", [gzip.compress(plants.new("packed row", "pg/base/").encode())]
    )
    owner.execute("delete from canary.words where word <> %s", [plants.words["row"]])
    owner.execute("vacuum canary.words")
    with owner.transaction(force_rollback=True):
        owner.execute(add, [plants.new("row that was rolled back", "pg/base/")])
    owner.execute(add, [plants.new("statistics", "pg_statistic")])
    owner.execute("insert into canary.words select word from canary.words, generate_series(1, 50)")
    owner.execute("analyze canary.words")
    owner.execute(
        "insert into rasa.events (sender_id, type_name, timestamp, data) values ('canary', 'user', 0, %s)",
        [json.dumps({"text": plants.new("Rasa's events", "table rasa.events")})],
    )
    owner.execute(
        "insert into procrastinate_jobs (queue_name, task_name, args) values ('canary', 'canary', %s)",
        [json.dumps({"text": plants.new("queue", "table public.procrastinate_jobs")})],
    )


def _in_a_session(plants: Plants, talker: psycopg.Connection[tuple[str]]) -> None:
    talker.execute(f"select '{plants.new('query of a session', 'table pg_stat_activity')}'".encode())


def _in_a_process(plants: Plants, settings: Settings, flag: Path) -> None:
    """A real descendant of `amparo up`: PostgreSQL runs a program, which hides what must not be on its command line."""
    line = plants.new("command line", "command line of process")
    environment = plants.new("environment", "environment of process")
    unlinked = plants.new("unlinked open file", "open file")
    program = (
        f"f=$(mktemp); exec 9>$f; rm $f; echo {_split(unlinked)} >&9; export WORD={_split(environment)}; "
        f"sleep 120 & while [ -e {flag} ]; do sleep 0.1; done; kill $!; : {line}"
    )
    with psycopg.connect(conninfo(settings, "owner"), autocommit=True) as connection:
        connection.execute(f"copy (select 1) to program $${program}$$".encode())


def _wait_for_a_sleeper(pid: int) -> None:
    end = time.monotonic() + 20
    while not any(child.name() == "sleep" for child in psutil.Process(pid).children(recursive=True)):
        assert time.monotonic() < end, "the program with the canaries did not start"
        time.sleep(0.05)


def _split(word: str) -> str:
    return f"{word[:9]}''{word[9:]}"
