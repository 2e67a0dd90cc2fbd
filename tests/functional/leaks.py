"""Looks for secrets in everything a hotline leaves behind: files, tables, processes; in every encoding we thought of.

A piece is a place with its bytes. Before it is searched it is folded: lower case, without white space and zero bytes.
So UTF-16, digits in groups, wrapped base64 and the literal runs of PostgreSQL's compression all read like plain text.
"""

import base64
import itertools
import json
import os
import re
import stat
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import psutil
import psycopg

type Piece = tuple[str, bytes]

WAL_PAGE, WAL_HEAD, WAL_FIRST_HEAD = 8192, 24, 40
_LOWER = bytes(range(256)).lower()
_NOISE = b"\0 \t\r\n"
_PACKED = re.compile(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]")
_DEPTH, _STEP, _LARGEST = 3, 32, 50_000_000
_GONE = (FileNotFoundError, ProcessLookupError)

_TABLES = """
    select format('%I.%I', schemaname, tablename) from pg_tables where schemaname <> 'information_schema'
    union select 'pg_stat_activity' order by 1
"""


@dataclass(frozen=True, order=True)
class Leak:
    """Which secret lies where, and how it is written."""

    secret: str
    place: str
    encoding: str


@dataclass
class Survey:
    """What a search found, and how much it looked at."""

    leaks: set[Leak] = field(default_factory=set)
    pieces: int = 0
    bytes: int = 0

    def __str__(self) -> str:
        found = "\n".join(f"  {leak.secret} in {leak.place} ({leak.encoding})" for leak in sorted(self.leaks))
        return f"{self.pieces} places with {self.bytes:,} bytes:\n{found or '  nothing'}"


class Scanner:
    """Knows every form of every secret. `secrets` maps the name by which a leak is reported to the words.

    A secret of a few digits stands in many numbers by chance: `whole` ones count only as numbers of their own.
    """

    def __init__(self, secrets: Mapping[str, str], whole: Mapping[str, str] | None = None) -> None:
        self._needles = [(name, *form) for name, words in secrets.items() for form in sorted(_forms(words))]
        self._whole = [
            (name, re.compile(rb"(?<![0-9a-fA-F.])" + digits.encode() + rb"(?![0-9a-fA-F])"))
            for name, digits in (whole or {}).items()
        ]

    def survey(self, pieces: Iterable[Piece]) -> Survey:
        """Search every piece."""
        found = Survey()
        for place, data in pieces:
            found.pieces, found.bytes = found.pieces + 1, found.bytes + len(data)
            found.leaks |= {Leak(name, place, encoding) for name, encoding in self.search(data)}
        return found

    def search(self, data: bytes, depth: int = 0) -> set[tuple[str, str]]:
        """The names of the secrets in some bytes, with the encoding; compressed parts are opened first."""
        folded = _fold(data)
        found = {(name, encoding) for name, encoding, needle in self._needles if needle in folded}
        found |= {(name, "plain") for name, pattern in self._whole if pattern.search(data)}
        for kind, inside in _unpacked(data) if depth < _DEPTH else ():
            found |= {(name, f"{encoding} in {kind}") for name, encoding in self.search(inside, depth + 1)}
        return found


def _fold(data: bytes) -> bytes:
    return data.translate(_LOWER, _NOISE)


def _forms(words: str) -> set[tuple[str, bytes]]:
    """Every way to write a secret, folded like the pieces are."""
    forms: set[tuple[str, bytes]] = set()
    for text in {words, words.lower(), words.upper()}:
        plain = text.encode()
        forms |= {("plain", plain), ("hex", plain.hex().encode()), ("json", json.dumps(text)[1:-1].encode())}
        forms |= {(name, text.encode(name)) for name in ("utf-16-le", "utf-16-be")}
        forms |= {("url", form(text).encode()) for form in (quote, quote_plus)}
        forms |= {("base64", form) for form in _base64(plain)}
    if words.isdecimal():
        forms |= {("integer", int(words).to_bytes(8, order)) for order in ("big", "little")}
    named: dict[bytes, str] = {}
    for name, form in sorted(forms, key=lambda pair: pair[0] != "plain"):
        named.setdefault(_fold(form), name)
    return {(name, form) for form, name in named.items()}


def _base64(plain: bytes) -> Iterator[bytes]:
    """The characters that are sure, whatever stands before and after, in all three positions and both alphabets."""
    for before in range(3):
        spare = -(before + len(plain)) % 3
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            encoded = encode(b"\0" * before + plain + b"\0" * spare)
            yield encoded[(0, 2, 3)[before] : len(encoded) - (0, 2, 3)[spare]]


def _unpacked(data: bytes) -> Iterator[tuple[str, bytes]]:
    """What opens as gzip or zlib, wherever it begins."""
    for match in _PACKED.finditer(data):
        kind, bits = ("gzip", 31) if match.group()[0] == 0x1F else ("zlib", 15)
        if inside := _opened(memoryview(data)[match.start() :], bits):
            yield kind, inside


def _opened(packed: memoryview, bits: int) -> bytes:
    """As much as opens: in small steps, so that a broken end does not hide the beginning."""
    opener, inside = zlib.decompressobj(bits), bytearray()
    with suppress(zlib.error):
        for start in range(0, len(packed), _STEP):
            inside += opener.decompress(packed[start : start + _STEP])
            if opener.eof or len(inside) > _LARGEST:
                break
    return bytes(inside)


def files(root: Path, but: frozenset[str] = frozenset()) -> Iterator[Piece]:
    """Every file below a folder, with its name; `but` names folders that are left out."""
    for folder, below, names in os.walk(root):
        below[:] = sorted(set(below) - but)
        for path in (Path(folder) / name for name in sorted([*names, *below])):
            place = str(path.relative_to(root.parent))
            yield f"name of {place}", os.fsencode(path.relative_to(root))
            with suppress(*_GONE):
                yield place, _content(path)


def _content(path: Path) -> bytes:
    state = path.lstat()
    if stat.S_ISLNK(state.st_mode):
        return os.fsencode(path.readlink())
    data = path.read_bytes() if stat.S_ISREG(state.st_mode) else b""
    return without_page_heads(data) if path.parent.name == "pg_wal" else data


def without_page_heads(segment: bytes) -> bytes:
    """A segment of the write-ahead log as one stream: a record that crosses a page is cut by the page's head."""
    first = segment[WAL_FIRST_HEAD:WAL_PAGE]
    rest = (segment[start + WAL_HEAD : start + WAL_PAGE] for start in range(WAL_PAGE, len(segment), WAL_PAGE))
    return b"".join((first, *rest))


def tables(connection: psycopg.Connection[Any]) -> Iterator[Piece]:
    """Every table as text, PostgreSQL's own and its statistics too, and the queries of every session."""
    for (table,) in connection.execute(_TABLES).fetchall():
        with connection.cursor().copy(f"copy (select * from {table}) to stdout with (format csv)".encode()) as rows:
            yield f"table {table}", b"".join(rows)


def processes(pid: int) -> Iterator[Piece]:
    """Command line and environment of a process and of all its descendants."""
    for here, label in _family(pid):
        with suppress(*_GONE):
            yield f"command line of {label}", (here / "cmdline").read_bytes()
            yield f"environment of {label}", (here / "environ").read_bytes()


def nameless(pid: int) -> Iterator[Piece]:
    """Files that these processes hold open and that have no name on a disk: unlinked ones and shared memory."""
    for here, label in _family(pid):
        for handle in _handles(here):
            with suppress(*_GONE):
                target = str(handle.readlink())
                hidden = target.endswith(" (deleted)") or target.startswith(("/dev/shm/", "/memfd:"))
                if hidden and stat.S_ISREG(handle.stat().st_mode):
                    yield f"open file {target} of {label}", handle.read_bytes()


def _handles(here: Path) -> list[Path]:
    with suppress(*_GONE):
        return list((here / "fd").iterdir())
    return []


def _family(pid: int) -> Iterator[tuple[Path, str]]:
    top = psutil.Process(pid)
    for one in (top, *top.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            yield Path("/proc") / str(one.pid), f"process {one.pid} {one.name()}"


def everything(pid: int, connection: psycopg.Connection[Any], *folders: Path) -> Iterator[Piece]:
    """Every place of a running hotline: its processes, its tables, its home and other folders it may write to."""
    trees = (files(folder) for folder in folders)
    return itertools.chain(processes(pid), nameless(pid), tables(connection), *trees)
