"""A log line holds ids and states; numbers of people and texts of libraries never pass."""

import io
import json
import logging
import subprocess
import sys
from typing import Any
from uuid import uuid4

import pytest

from core.logging import JsonLines, Log


@pytest.fixture
def lines() -> Any:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    root, ours = logging.getLogger(), logging.getLogger("amparo")
    level = ours.level
    ours.setLevel(logging.INFO)
    root.addHandler(handler)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)
    ours.setLevel(level)


def test_ids_and_states_are_written(lines: Any) -> None:
    Log("turn").info("turn_done", turn=17, state="done")
    (line,) = lines()
    assert (line["event"], line["turn"], line["state"], line["level"]) == ("turn_done", 17, "done", "info")


@pytest.mark.parametrize("secret", ["+15005550006", "5005550006", "500-555-0006", "4821 0034 1100 2291"])
def test_what_looks_like_a_number_or_receipt_is_masked(lines: Any, secret: str) -> None:
    Log("turn").info("odd", about=secret)
    assert secret not in json.dumps(lines())


def test_row_ids_hours_and_random_ids_stay_readable_and_the_line_stays_json(lines: Any) -> None:
    case = uuid4()
    Log("turn").info("kept", message=12_345_678, hour="2026112202", case=case, phone=15005550006)
    (line,) = lines()
    assert (line["message"], line["hour"], line["case"], line["phone"]) == (12_345_678, "2026112202", str(case), "#")


def test_an_exception_shows_its_type_and_place_and_not_its_text(lines: Any) -> None:
    try:
        raise ValueError("my boss locks the door")
    except ValueError:
        Log("turn").failed("turn_failed", turn=1)
    (line,) = lines()
    assert line["error"] == "ValueError"
    assert line["where"].startswith("test_logging.py:")
    assert "door" not in json.dumps(line)


def test_words_of_other_libraries_never_pass(lines: Any) -> None:
    logging.getLogger("some.library").warning("request body: %s", "my boss locks the door")
    assert lines()[0]["logger"] == "some.library"
    assert "door" not in json.dumps(lines())


def test_an_alarm_is_marked(lines: Any) -> None:
    Log("turn").alarm("parked", message=3)
    assert lines()[0]["alarm"] is True


@pytest.mark.parametrize(
    "way", ["raise error", "threading.Thread(target=fail).start()", "warnings.warn('my boss locks the door')"]
)
def test_not_even_a_crash_or_a_warning_shows_what_was_said(way: str) -> None:
    script = f"""
import threading, warnings
from core import logging
logging.set_up()
error = ValueError("my boss locks the door")
def fail():
    raise error
{way}
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert "door" not in done.stderr + done.stdout
    assert json.loads(done.stderr.splitlines()[-1])["event"] in ("uncaught", "library")
