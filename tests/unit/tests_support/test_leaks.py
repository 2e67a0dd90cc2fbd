"""The scanner of tests/functional/leaks.py must see: a blind one would call every leak absent."""

import gzip
import os
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary

from migrations.models import metadata
from tests.functional.canary import ENCODINGS, NUMBERS
from tests.functional.leaks import WAL_FIRST_HEAD, WAL_HEAD, WAL_PAGE, Scanner, files, processes, without_page_heads
from tests.functional.thief import CONTEXTS, NOT_SEALED

WORD = "Señor Abejaruco"


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("word", ["abejaruco", WORD])
def test_a_word_is_found_in_every_encoding(encoding: str, word: str) -> None:
    hay = os.urandom(999) + b"\0" * 99
    assert Scanner({"it": word}).search(ENCODINGS[encoding](word) + hay)


@pytest.mark.parametrize("encoding", NUMBERS)
def test_a_number_is_found_however_it_is_written(encoding: str) -> None:
    assert Scanner({"it": "7043118829056631"}).search(b"receipt " + NUMBERS[encoding]("7043118829056631"))


def test_another_word_is_not_found() -> None:
    scanner = Scanner({"it": WORD})
    assert [name for name, encode in ENCODINGS.items() if scanner.search(encode("Señora Oropéndola"))] == []
    assert scanner.search(os.urandom(1_000_000)) == set()


@pytest.mark.parametrize(
    ("text", "found"), [("PIN 482913.", True), ('"482913"', True), ("18.482913", False), ("1482913a", False)]
)
def test_a_short_number_counts_only_as_a_number_of_its_own(text: str, found: bool) -> None:
    assert bool(Scanner({}, {"PIN": "482913"}).search(text.encode())) is found


def test_a_word_that_crosses_a_page_of_the_write_ahead_log_is_found() -> None:
    stream = b"." * (WAL_PAGE - WAL_FIRST_HEAD - 4) + b"abejaruco" + b"." * WAL_PAGE
    cut = WAL_PAGE - WAL_FIRST_HEAD
    pages = [b"H" * WAL_FIRST_HEAD + stream[:cut]]
    pages += [
        b"h" * WAL_HEAD + stream[at : at + WAL_PAGE - WAL_HEAD] for at in range(cut, len(stream), WAL_PAGE - WAL_HEAD)
    ]
    assert Scanner({"it": "abejaruco"}).search(b"".join(pages)) == set()
    assert Scanner({"it": "abejaruco"}).search(without_page_heads(b"".join(pages)))


def test_a_survey_names_secret_place_and_encoding(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "a.gz").write_bytes(gzip.compress(b"the Abejaruco"))
    (tmp_path / "home" / "abejaruco").symlink_to("nowhere")
    found = Scanner({"boss": "abejaruco"}).survey(files(tmp_path / "home"))
    assert str(found).splitlines()[1:] == [
        "  boss in home/a.gz (plain in gzip)",
        "  boss in name of home/abejaruco (plain)",
    ]


def test_command_line_and_environment_of_a_process_are_pieces() -> None:
    pieces = dict(processes(os.getpid()))
    assert any(b"pytest" in data for place, data in pieces.items() if place.startswith("command line"))
    assert any(b"PATH=" in data for place, data in pieces.items() if place.startswith("environment"))


def test_the_thief_knows_every_column_of_bytes() -> None:
    columns = {
        f"{table.schema}.{table.name}.{column.name}"
        for table in metadata().tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    assert columns <= CONTEXTS.keys() | NOT_SEALED
    assert CONTEXTS.keys() <= columns
