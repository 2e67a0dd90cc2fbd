"""`amparo holdings`: what the live database holds, who could open it, how long it lives, and what can be handed over.

`holdings.yml` says what each column is; the schema is read from the database: a column nobody thought about is named.
"""

import enum
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import Connection, text

from core.errors import AmparoError
from core.keys import HOLDERS

_FILE = Path(__file__).with_name("holdings.yml")
_SHRED = "case_shred"
_LIVE = text(
    "select table_schema || '.' || table_name as place, column_name from information_schema.columns "
    "where table_schema <> 'information_schema' and table_schema not like 'pg\\_%' and table_schema <> 'ext' "
    "order by 1, ordinal_position"
)


class HoldingsFault(AmparoError):
    """`holdings.yml` is malformed; the message says where."""


class Kind(enum.StrEnum):
    """What a column is. Their meaning stands in `holdings.yml`."""

    CLEAR = "clear"
    HASH = "hash"
    SLOW_HASH = "slow_hash"
    READERS = "readers"
    DYING = "dying"
    SERVER = "server"
    LOCKED = "locked"
    PUBLIC = "public"
    DIGEST = "digest"
    KEY = "key"


OPENED_WITH_KEYS = frozenset({Kind.READERS, Kind.DYING, Kind.SERVER})
"""A thief who has every key of the server must be tried against these."""


@dataclass(frozen=True)
class Column:
    """A column, what it is, and the server keys that open it, made it, or lie around it."""

    name: str
    kind: Kind
    keys: tuple[str, ...] = ()

    @property
    def opened_by(self) -> str:
        """Who could read what is in it, as code and tables stand."""
        return _OPENED[self.kind].format(keys=" or ".join(map(_with_holders, self.keys)))


@dataclass(frozen=True)
class Table:
    """A table, what it holds and when that ends."""

    place: str
    about: str
    ends: str
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class Meaning:
    """What a kind is, and what of it can be handed over."""

    says: str
    hand_over: str


@dataclass(frozen=True)
class Holdings:
    """The classification: everything that `holdings.yml` says."""

    meanings: Mapping[Kind, Meaning]
    tables: Mapping[str, Table]
    keys: Mapping[str, str]
    elsewhere: tuple[str, ...]
    not_held: tuple[str, ...]

    def columns(self, kinds: Iterable[Kind]) -> frozenset[str]:
        """`schema.table.column` of every column of these kinds."""
        wanted = frozenset(kinds)
        return frozenset(f"{t.place}.{c.name}" for t in self.tables.values() for c in t.columns if c.kind in wanted)


@dataclass(frozen=True)
class Findings:
    """The classification laid beside the live database."""

    tables: tuple[Table, ...]
    unclassified: tuple[str, ...]
    gone: tuple[str, ...]


_OPENED: dict[Kind, str] = {
    Kind.CLEAR: "anybody with the database",
    Kind.HASH: "nobody by reading; it can be tested with the key {keys}",
    Kind.SLOW_HASH: "nobody by reading",
    Kind.READERS: "members of staff with their own key, and only with {keys}",
    Kind.DYING: "while it lives, the key {keys}",
    Kind.SERVER: "the key {keys}",
    Kind.LOCKED: "its owner",
    Kind.PUBLIC: "anybody; there is nothing to open",
    Kind.DIGEST: "nobody; there is nothing to open",
    Kind.KEY: "anybody with the database",
}


@cache
def holdings() -> Holdings:
    """The classification, checked. Raises HoldingsFault."""
    return load(yaml.safe_load(_FILE.read_text(encoding="utf-8")))


def load(content: Mapping[str, Any]) -> Holdings:
    """The classification in the content of a file. Raises HoldingsFault."""
    try:
        return Holdings(
            meanings={kind: Meaning(**_renamed(content["kinds"][kind])) for kind in Kind},
            tables={place: _table(place, dict(entry)) for place, entry in content["tables"].items()},
            keys=content["keys"],
            elsewhere=tuple(content["elsewhere"]),
            not_held=tuple(content["not_held"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise HoldingsFault(f"holdings.yml: {error}") from error


def live(connection: Connection) -> dict[str, list[str]]:
    """Every table of the database, in any schema, with its columns."""
    found: dict[str, list[str]] = {}
    for place, column in connection.execute(_LIVE):
        found.setdefault(place, []).append(column)
    return found


def examine(found: Mapping[str, list[str]]) -> Findings:
    """What is classified of a live schema, what is not, and what is classified but not there."""
    known = holdings().tables
    there = {f"{place}.{column}" for place, columns in found.items() for column in columns}
    ours = holdings().columns(Kind)
    return Findings(
        tables=tuple(_present(known[place], columns) for place, columns in found.items() if place in known),
        unclassified=tuple(sorted(there - ours)),
        gone=tuple(sorted(ours - there)),
    )


def as_text(found: Findings) -> Iterator[str]:
    """The findings for a person."""
    said = holdings()
    yield "What each kind means, and what of it can be handed over:"
    for kind, meaning in said.meanings.items():
        yield f"  {kind:10} {meaning.says}. Hand over: {meaning.hand_over}."
    for table in found.tables:
        yield from ("", f"{table.place}: {table.about}", f"  until: {table.ends}")
        yield from (f"  {column.name:24} {column.kind:10} {column.opened_by}" for column in table.columns)
    yield from ("", "Keys of the server, in files beside the database:")
    yield from (f"  {name:12} held by {_holders(name)}; {what}" for name, what in said.keys.items())
    for title, lines in (
        ("Held by others, or outside", said.elsewhere),
        ("Held here by nobody in clear", said.not_held),
    ):
        yield from ("", f"{title}:", *(f"  - {line}" for line in lines))
    yield from (f"NOT CLASSIFIED: {column} (say in amparo/holdings.yml what it holds)" for column in found.unclassified)
    yield from (f"NOT THERE: {column} (take it out of amparo/holdings.yml)" for column in found.gone)


def as_json(found: Findings) -> dict[str, Any]:
    """The findings for a program."""
    said = holdings()
    return {
        "tables": {table.place: _table_json(table, said.meanings) for table in found.tables},
        "keys": {name: {"held_by": _holders(name), "opens": what} for name, what in said.keys.items()},
        "elsewhere": list(said.elsewhere),
        "not_held": list(said.not_held),
        "unclassified": list(found.unclassified),
        "gone": list(found.gone),
    }


def _renamed(entry: Mapping[str, str]) -> dict[str, str]:
    return {"says": entry["is"], "hand_over": entry["hand_over"]}


def _table(place: str, entry: dict[str, Any]) -> Table:
    about, ends = entry.pop("about"), entry.pop("ends")
    columns = tuple(column for kind, named in entry.items() for column in _columns(Kind(kind), named))
    names = [column.name for column in columns]
    if len(set(names)) != len(names):
        raise ValueError(f"{place} has a column twice")
    return Table(place, about, ends, columns)


def _columns(kind: Kind, named: Mapping[str, str] | list[str]) -> Iterator[Column]:
    if isinstance(named, list):
        yield from (Column(name, kind) for name in named)
    else:
        yield from (Column(name, kind, tuple(keys.split())) for name, keys in named.items())


def _present(table: Table, columns: list[str]) -> Table:
    kept = sorted((c for c in table.columns if c.name in columns), key=lambda column: columns.index(column.name))
    return Table(table.place, table.about, table.ends, tuple(kept))


def _with_holders(key: str) -> str:
    if key == _SHRED:
        return "keyring.case_shred"
    return f"{key} ({_holders(key)})"


def _holders(key: str) -> str:
    """The processes that may hold a key, from the table that the key provider obeys."""
    if key == "db-":
        return "each process its own"
    names = {key, f"{key}.key"}
    return ", ".join(role for role, grants in HOLDERS.items() if role != "owner" and names & set(grants))


def _table_json(table: Table, meanings: Mapping[Kind, Meaning]) -> dict[str, Any]:
    columns = {
        column.name: {
            "kind": column.kind.value,
            "is": meanings[column.kind].says,
            "keys": list(column.keys),
            "opened_by": column.opened_by,
            "hand_over": meanings[column.kind].hand_over,
        }
        for column in table.columns
    }
    return {"about": table.about, "until": table.ends, "columns": columns}
