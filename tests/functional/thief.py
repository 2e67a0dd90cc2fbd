"""A thief of a home: takes every sealed value there is and tries every key that lay beside it.

The thief knows the code, so every value is tried with the context its row would have. `Watch` keeps what a copy of the
write-ahead log holds: values that were in a table only for moments.
"""

import itertools
import re
import struct
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

from amparo.holdings import OPENED_WITH_KEYS, Kind, holdings
from channels import inbox, outbox, replies
from core.config import Settings
from core.database import SCHEMAS, conninfo
from core.envelope import VERSION, CannotOpen, unlock, unseal
from intake.sealing import CASE_LAYER, DRAFT_LAYER, Place, Seat
from tests.functional import leaks

type Row = Mapping[str, Any]

IN_FLIGHT = ("inbox.message.body", "inbox.outbox.body", "inbox.turn_input.body", "inbox.turn_line.body")
NOT_SEALED = holdings().columns(set(Kind) - OPENED_WITH_KEYS - {Kind.KEY})
"""Keyed hashes, digests and public halves: there is nothing to open."""
KEYS = "keyring.case_shred.key"

_SIZES, _HPKE = (256, 512, 1024), 49
_CAUSE = ("conversation_id", "source", "source_id", "ordinal")
_COLUMNS = """
    select table_schema || '.' || table_name, column_name from information_schema.columns
    where data_type = 'bytea' and table_schema = any(%s) order by 1, 2
"""


@dataclass(frozen=True)
class Box:
    """A sealed value, the column it comes from, and the contexts it may be bound to."""

    place: str
    body: bytes
    contexts: tuple[bytes, ...]


def boxes(connection: psycopg.Connection[Any]) -> list[Box]:
    """Every value of every bytea column that is no known hash or public half. KeyError for an unknown column."""
    found = []
    for table, column in connection.execute(_COLUMNS, [[*SCHEMAS, "public"]]).fetchall():
        place = f"{table}.{column}"
        if place not in NOT_SEALED:
            found += _values(connection, table, column)
    return found


def _values(connection: psycopg.Connection[Any], table: str, column: str) -> list[Box]:
    place, schema, name = f"{table}.{column}", *table.split(".")
    query = f'select * from {schema}."{name}" where {column} is not null'
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(query.encode()).fetchall()
    return [Box(place, bytes(row[column]), CONTEXTS[place](row)) for row in rows]


def _hour(row: Row, what: str) -> tuple[bytes, ...]:
    return (f"amparo|hour|{row['hour']}|{what}".encode(),)


def _reply(row: Row) -> tuple[bytes, ...]:
    return (replies.info(row["reply_key_id"]),)


def _seat(report: UUID, row: Row) -> tuple[bytes, ...]:
    seat = Seat(report, row.get("epoch", 1), row["reader"])
    return (seat.layer(DRAFT_LAYER), seat.layer(CASE_LAYER), seat.info)


def _item(row: Row) -> tuple[bytes, ...]:
    return (Place(row["case_id"], row["epoch"], row["seq"], row["direction"], row["part"]).info,)


CONTEXTS: dict[str, Callable[[Row], tuple[bytes, ...]]] = {
    "inbox.message.body": lambda row: _hour(row, inbox.context(row["conversation_id"])),
    "inbox.outbox.body": lambda row: (
        _reply(row) if row["reply_key_id"] else _hour(row, outbox.context(*(row[name] for name in _CAUSE)))
    ),
    "inbox.turn_input.body": lambda row: _hour(row, f"turn_input|{row['turn_id']}"),
    "inbox.turn_line.body": lambda row: _hour(row, f"turn_line|{row['turn_id']}|{row['ordinal']}"),
    "inbox.contact.address": lambda row: (f"amparo|contact|{row['conversation_id']}".encode(),),
    "inbox.conversation.memory": lambda row: (f"amparo|memory|{row['id']}".encode(),),
    "inbox.outbox.provider_id": lambda row: (b"amparo|provider",),
    "inbox.redaction.provider_id": lambda row: (b"amparo|provider",),
    "intake.draft.facts": lambda row: (f"amparo|facts|{row['id'].hex}|{row['case_public'].hex()}".encode(),),
    "intake.draft_wrap.box": lambda row: _seat(row["draft_id"], row),
    "intake.case_wrap.box": lambda row: _seat(row["case_id"], row),
    "intake.draft_text.box": lambda row: (Place(row["draft_id"], 1, row["seq"], "in", row["part"]).info,),
    "intake.case_text.box": lambda row: _item(row),
    "intake.case_reply.box": lambda row: _reply(row),
    "intake.receipt_wish.body": lambda row: _hour(row, f"receipt_wish|{row['case_id'].hex}"),
    KEYS: lambda row: (),
}
"""What the values of a column are bound to, as the thief reads it in our code."""


def carved(wal: bytes) -> set[bytes]:
    """Sealed texts as they lie in a write-ahead log: a length as PostgreSQL writes it, then our version byte."""
    heads = {size + _HPKE: struct.pack("<I", (size + _HPKE + 4) << 2) + VERSION for size in _SIZES}
    found = ((match.end() - 1, size) for size, head in heads.items() for match in re.finditer(re.escape(head), wal))
    return {wal[start : start + size] for start, size in found}


def key_files(folder: Path) -> dict[str, bytes]:
    """Every key of a key folder, by its name."""
    found = {}
    for path in folder.rglob("[!.]*"):
        with suppress(FileNotFoundError, IsADirectoryError):
            found[str(path.relative_to(folder))] = path.read_bytes()
    return found


@dataclass
class Thief:
    """Tries every key on every box. What opens to a box or a key is used again."""

    keys: dict[str, bytes]
    opened: dict[Box, bytes] = field(default_factory=dict)

    def loot(self, found: Iterable[Box]) -> dict[Box, bytes]:
        """Everything that opens, with what it says."""
        todo = set(found)
        fresh = self.keys | {f"{box.place} {n}": box.body for n, box in enumerate(todo) if box.place == KEYS}
        while fresh:
            new = dict(self._open_all(todo - self.opened.keys(), fresh))
            inner = {Box(f"inside {box.place}", text, box.contexts) for box, text in new.items() if text[:1] == VERSION}
            new |= dict(self._open_all(inner, self.keys | fresh))
            self.keys |= fresh
            self.opened |= new
            todo |= inner
            fresh = {f"found in {box.place} {box.contexts}": text for box, text in new.items() if len(text) == 32}
        return self.opened

    def _open_all(self, todo: Iterable[Box], keys: Mapping[str, bytes]) -> Iterator[tuple[Box, bytes]]:
        for box in todo:
            for key in keys.values():
                if (plain := _tried(box, key)) is not None:
                    yield box, plain


def _tried(box: Box, key: bytes) -> bytes | None:
    for context in box.contexts:
        for way in (unlock, unseal):
            try:
                return way(box.body, key, context)
            except (CannotOpen, ValueError):
                continue
    return None


class Watch:
    """Looks again and again while messages flow: sealed rows that live for moments, short processes and files."""

    OFTEN, SELDOM = 0.004, 0.25

    def __init__(self, settings: Settings, folders: Iterable[Path], pid: int) -> None:
        self._settings, self._folders, self._pid, self._over = settings, tuple(folders), pid, threading.Event()
        looks = ((self.OFTEN, self._in_flight), (self.OFTEN, self._files), (self.SELDOM, self._around))
        self._threads = [threading.Thread(target=self._watch, args=look, daemon=True) for look in looks]
        self.boxes: set[Box] = set()
        self.pieces: dict[bytes, str] = {}
        self.keys: dict[str, bytes] = {}

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _watch(self, pause: float, look: Callable[[psycopg.Connection[Any]], None]) -> None:
        with psycopg.connect(conninfo(self._settings, "owner"), autocommit=True) as connection:
            while not self._over.wait(pause):
                look(connection)

    def _in_flight(self, connection: psycopg.Connection[Any]) -> None:
        for place in IN_FLIGHT:
            self.boxes.update(_values(connection, *place.rsplit(".", 1)))

    def _files(self, connection: psycopg.Connection[Any]) -> None:
        self._keep(itertools.chain.from_iterable(leaks.files(folder) for folder in self._folders))
        self.keys.update(key_files(self._settings.keys))

    def _around(self, connection: psycopg.Connection[Any]) -> None:
        self.boxes.update(boxes(connection))
        self._keep(leaks.processes(self._pid))

    def _keep(self, pieces: Iterable[leaks.Piece]) -> None:
        for place, data in pieces:
            self.pieces.setdefault(data, place)
