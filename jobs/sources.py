"""Files of the SeasonalJobs register -> rows, streamed. What a file is, its content says, not its name."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from core.errors import AmparoError
from jobs.json_stream import BadJson, array_items, first_char

_EXPECTED = (
    'expected SeasonalJobs orders: JSON of the API ({"value": [...]}, {"records": [...]}, a bare array or one object a '
    "line) or its CSV form with a header that names case_number, case_status, visa_class, job_title and "
    "employer_business_name"
)
REQUIRED = ("case_number", "case_status", "visa_class", "job_title", "employer_business_name")
USED = (
    "basic_rate_from", "pay_range_desc", "work_hour_num_basic", "add_wage_info", "total_positions", "begin_date",
    "end_date", "employer_city", "employer_state", "worksite_city", "worksite_state", "worksite_zip", "active_date",
)  # fmt: skip
_SAMPLE = 65_536
_OTHER_KINDS = {
    b"PK\x03\x04": "a ZIP archive or a spreadsheet (unpack it, or save it as CSV)",
    b"%PDF": "a PDF document",
    b"\x1f\x8b": "a gzip archive (unpack it first)",
    b"\xff\xfe": "text in UTF-16 (save it as UTF-8)",
    b"\xfe\xff": "text in UTF-16 (save it as UTF-8)",
    b"\xd0\xcf\x11\xe0": "an old spreadsheet (save it as CSV)",
    b"SQLite format": "a database file",
}


class NotOrders(AmparoError):
    """The file is not what it is said to be."""

    def __init__(self, path: Path, what: str) -> None:
        super().__init__(f"{path.name} looks like {what}; {_EXPECTED}")


@dataclass
class Source:
    """A recognised file: its kind, its rows with their numbers, and columns that it lacks."""

    path: Path
    kind: str  # "csv", "json" or "json-lines"
    missing: list[str] = field(default_factory=list)
    delimiter: str = ","

    def rows(self) -> Iterator[tuple[int, dict[str, object] | str]]:
        """Row number and row; a text instead of a row is the reason why it could not be read."""
        with self.path.open("rb") as file:
            if self.kind == "csv":
                yield from enumerate(_csv_rows(file, self.delimiter), 1)
            else:
                yield from enumerate(_json_rows(file) if self.kind == "json" else _json_lines(file), 1)


def recognise(path: Path) -> Source:
    """Tell what a file is. Raises NotOrders, naming what it looks like and what was expected."""
    try:
        with path.open("rb") as file:
            start = file.read(_SAMPLE)
    except OSError as error:
        raise AmparoError(f"{path} cannot be read: {error.strerror}") from None
    if not start.strip():
        raise NotOrders(path, "an empty file")
    for magic, what in _OTHER_KINDS.items():
        if start.startswith(magic):
            raise NotOrders(path, what)
    text = _decode(start).lstrip("\ufeff \t\r\n")
    if text.startswith("<"):
        raise NotOrders(path, "a web page or XML")
    return _json_source(path, text) if text[:1] in ("{", "[") else _csv_source(path, text)


def _json_source(path: Path, text: str) -> Source:
    if _is_record(text.split("\n", 1)[0]):
        return Source(path, "json-lines")
    first = next(Source(path, "json").rows(), None)
    if first is None:
        raise NotOrders(path, "JSON without a list of orders")
    if isinstance(first[1], dict) and "case_number" not in first[1]:
        raise NotOrders(path, "JSON of something else (its first item has no case_number)")
    if isinstance(first[1], str):
        raise NotOrders(path, "broken JSON")
    return Source(path, "json")


def _is_record(line: str) -> bool:
    try:
        value = json.loads(line)
    except ValueError:
        return False
    return isinstance(value, dict) and "case_number" in value


def _csv_source(path: Path, text: str) -> Source:
    line = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=line.count)
    header = [_column(name) for name in next(csv.reader([line], delimiter=delimiter), [])]
    lacking = [name for name in REQUIRED if name not in header]
    if lacking and {"case_no", "received_date", "decision_date", "employer_name"} & set(header):
        raise NotOrders(path, "an OFLC disclosure file, which this version does not import")
    if lacking:
        what = "plain text" if len(header) < 3 else f"a table without {', '.join(lacking)}"
        raise NotOrders(path, what)
    return Source(path, "csv", [name for name in USED if name not in header], delimiter)


def _column(name: str) -> str:
    return name.strip().strip("\ufeff\"'").strip().lower().replace(" ", "_")


def _decode(line: bytes) -> str:
    """UTF-8, and where a line is not, Windows-1252: sources mix them."""
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace")


def _csv_rows(file: IO[bytes], delimiter: str) -> Iterator[dict[str, object] | str]:
    reader = csv.reader((_decode(line).replace("\0", "") for line in file), delimiter=delimiter)
    header: list[str] = []
    while True:
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield "unreadable_row"
            continue
        if not header:
            header = [_column(name) for name in values]
        elif values:
            yield dict(zip(header, values, strict=True)) if len(values) == len(header) else "wrong_number_of_columns"


def _json_lines(file: IO[bytes]) -> Iterator[dict[str, object] | str]:
    for line in file:
        if not line.strip():
            continue
        try:
            value = json.loads(_decode(line).lstrip("\ufeff"))
        except (ValueError, RecursionError):
            yield "unreadable_row"
            continue
        yield value if isinstance(value, dict) else "not_an_object"


def _json_rows(file: IO[bytes]) -> Iterator[dict[str, object] | str]:
    try:
        if first_char(file) not in ("{", "["):
            return
        for value in array_items(file, ("value", "records")):
            yield value if isinstance(value, dict) else "not_an_object"
    except BadJson:
        yield "file_breaks_off"
