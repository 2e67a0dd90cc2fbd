"""What a worker notices while parts of the hotline are away, hang or are broken, and when their message is odd."""

import os
import secrets
import statistics
import time
from pathlib import Path
from shutil import copy

import pytest

from bot import train
from tests.functional.hotline import Phone, RunningHotline
from tests.functional.outage import BACK_WITHIN, at_rest, frozen, no_database, other_engine, without
from tests.functional.test_road import RECEIPT, file_a_report
from translations.catalog import render

pytestmark = [pytest.mark.slow, pytest.mark.engine, pytest.mark.timeout(180)]

CRISIS = "they locked us in the house, he has a gun"
SEARCH = "looking for harvest work in florida"
AT_ONCE = 2.0


@pytest.fixture
def caller(shaken: RunningHotline, shaken_key: Path) -> Phone:
    return greeted(shaken)


@pytest.fixture
def other_caller(shaken: RunningHotline, shaken_key: Path) -> Phone:
    return greeted(shaken)


def greeted(hotline: RunningHotline) -> Phone:
    """A telephone whose first message is answered."""
    phone = hotline.phone()
    assert render("en", "menu.main") in phone.ask("hello")
    return phone


def says(phone: Phone) -> list[str]:
    """What came since it was greeted."""
    return [message["text"] for message in phone.everything()][2:]


def wait_for(phone: Phone, words: str, patience: float = BACK_WITHIN) -> float:
    """The seconds until these words are at the carrier."""
    began = time.monotonic()
    while words not in says(phone):
        assert time.monotonic() < began + patience, f"it got {says(phone)}"
        time.sleep(0.02)
    return time.monotonic() - began


def answered_in(phone: Phone, text: str, words: str) -> float:
    """Send a text; the seconds until these words are at the carrier."""
    began = time.monotonic()
    assert phone.send(text) == 200
    wait_for(phone, words)
    return time.monotonic() - began


def let_wait(hotline: RunningHotline, seconds: int) -> None:
    """As if what waits had come that much earlier."""
    hotline.rows(
        f"update inbox.message set received_at = received_at - interval '{seconds} s' where state = 'new' returning id"
    )


def test_while_engine_and_actions_hang_a_crisis_and_a_stop_are_answered_at_once_and_the_rest_once_they_go_on(
    shaken: RunningHotline, caller: Phone, other_caller: Phone, capsys: pytest.CaptureFixture[str]
) -> None:
    crisis, wait, menu = (render("en", key) for key in ("crisis.now", "wait", "menu.main"))
    with frozen(shaken, "engine", "actions"):
        for phone in (caller, other_caller):
            assert phone.send(SEARCH) == 200
        time.sleep(0.5)
        seconds = answered_in(caller, CRISIS, crisis), answered_in(other_caller, "STOP", render("en", "opt.stop"))
        assert max(seconds) < AT_ONCE
        assert says(caller) == [crisis]
        let_wait(shaken, 20)
        wait_for(caller, wait)
        assert caller.send("0") == 200
        let_wait(shaken, 25)
        time.sleep(5)
        assert says(caller) == [crisis, wait]
    at_rest(shaken)
    with capsys.disabled():
        print("\nengine and actions hang: crisis after {:.2f} s, STOP after {:.2f} s".format(*seconds))
    found, numbers, last = says(caller)[2:]
    assert found.startswith("Certified jobs")
    assert (numbers, last) == (render("en", "crisis.numbers"), menu)
    assert says(other_caller) == [render("en", "opt.stop")]


def test_while_engine_and_actions_are_dead_a_crisis_and_a_stop_are_answered_at_once(
    shaken: RunningHotline, caller: Phone, other_caller: Phone, capsys: pytest.CaptureFixture[str]
) -> None:
    crisis, stop = render("en", "crisis.now"), render("en", "opt.stop")
    with without(shaken, "engine", "actions"):
        for phone in (caller, other_caller):
            assert phone.send("1") == 200
        seconds = answered_in(caller, CRISIS, crisis), answered_in(other_caller, "STOP", stop)
    at_rest(shaken)
    with capsys.disabled():
        print("\nengine and actions dead: crisis after {:.2f} s, STOP after {:.2f} s".format(*seconds))
    assert max(seconds) < AT_ONCE
    assert says(caller) == [crisis, render("en", "jobs.ask_work"), render("en", "crisis.numbers")]
    assert says(other_caller) == [stop]


def test_a_digit_that_an_engine_swallowed_while_it_hung_is_answered_once(shaken: RunningHotline, caller: Phone) -> None:
    for text in ("3", "1", "they keep half of the pay"):
        caller.ask(text)
    with frozen(shaken, "engine"):
        assert caller.send("1") == 200
        time.sleep(15)  # one call was given up, the second is on its way
    at_rest(shaken)
    caller.ask("Green Acres")
    asked = [render("en", f"report.ask_{slot}") for slot in ("story", "kind", "employer", "place")]
    assert [text for text in says(caller)[1:] if text != render("en", "wait")] == asked


def test_without_actions_nothing_is_said_to_be_done_and_the_report_is_filed_when_they_are_back(
    shaken: RunningHotline, shaken_key: Path, caller: Phone
) -> None:
    cases = len(shaken.cases(shaken_key))
    for text in ("3", "1", "half of the pay, and no water", *"1111111"):
        caller.ask(text)
    asked = len(says(caller))
    with without(shaken, "actions"):
        assert caller.send("1") == 200
        time.sleep(4)
        assert len(says(caller)) == asked
        assert shaken.rows("select count(*) from inbox.message where state = 'new'") == [(1,)]
        assert shaken.rows("select count(*) from intake.case") == [(cases,)]
    at_rest(shaken)
    filed, receipt = says(caller)[asked:]
    assert (filed, bool(RECEIPT.search(receipt))) == (
        render("en", "report.filed", {"team": {"key": "report.team_intake"}}),
        True,
    )
    assert shaken.rows("select count(*) from intake.case") == [(cases + 1,)]


def test_without_a_database_the_carrier_is_told_to_try_again_and_the_message_is_taken_once(
    shaken: RunningHotline, caller: Phone
) -> None:
    sid = f"SM{secrets.token_hex(16)}"
    with without(shaken, "db"):
        no_database(shaken)
        answers = [shaken.webhook(sid, caller.number, "0") for _ in range(2)]
    assert [(answer.status_code, answer.content) for answer in answers] == [(503, b"")] * 2
    end = time.monotonic() + BACK_WITHIN
    while shaken.webhook(sid, caller.number, "0").status_code != 200:
        assert time.monotonic() < end
        time.sleep(0.2)
    assert shaken.webhook(sid, caller.number, "0").status_code == 200
    at_rest(shaken)
    assert says(caller) == [render("en", "menu.main")]


def test_a_damaged_message_is_put_aside_with_an_alarm_and_what_comes_after_it_is_answered(
    shaken: RunningHotline, caller: Phone, other_caller: Phone
) -> None:
    stop = render("en", "opt.stop")
    with frozen(shaken, "worker"):
        for phone in (caller, other_caller):
            assert phone.send("this one breaks") == 200
        flipped = "set_byte(body, 40, 255 - get_byte(body, 40))"
        assert len(shaken.rows(f"update inbox.message set body = {flipped} where state = 'new' returning id")) == 2
        assert (caller.send("0"), other_caller.send("STOP")) == (200, 200)
    assert wait_for(other_caller, stop) < AT_ONCE
    at_rest(shaken)
    assert says(caller) == [render("en", "chat.trouble"), render("en", "menu.main")]
    assert says(other_caller) == [stop]
    parked = [line for line in log_of(shaken, "worker") if '"message_parked"' in line and '"alarm": true' in line]
    assert len(parked) >= 2


def log_of(hotline: RunningHotline, process: str) -> list[str]:
    return (hotline.home / "log" / f"{process}.log").read_text().splitlines()


def test_a_wrong_receipt_and_an_expired_one_get_the_same_words_after_about_the_same_time(
    shaken: RunningHotline, caller: Phone, other_caller: Phone
) -> None:
    caller.ask("3")
    filed = RECEIPT.search(file_a_report(caller))
    assert filed is not None
    shaken.rows("update intake.receipt set expires_at = now() - interval '1 minute' returning id")
    wrong, expired = timed(other_caller, "1234 5678 9012 3456"), timed(caller, filed.group())
    assert len({words for words, _ in (*wrong, *expired)}) == 1
    medians = [statistics.median(seconds for _, seconds in tries) for tries in (wrong, expired)]
    assert max(medians) < 3 * min(medians)


def timed(phone: Phone, text: str) -> list[tuple[str, float]]:
    """What is said to a text and after how many seconds, five times."""
    found = []
    for _ in range(5):
        began = time.monotonic()
        found.append((phone.ask(text), time.monotonic() - began))
    return found


def test_with_nobody_who_could_read_it_no_report_is_taken_and_no_story_is_kept(
    shaken: RunningHotline, caller: Phone
) -> None:
    shaken.rows("update intake.staff set disabled_at = now() returning id")
    stored = "select (select count(*) from intake.draft), (select count(*) from intake.draft_text)"
    before = shaken.rows(stored)
    try:
        assert caller.ask("I want to report my boss") == render("en", "report.closed")
        assert caller.ask("they keep half of the pay in the blue barn")
        assert caller.ask("3") == render("en", "report.closed")
    finally:
        shaken.rows("update intake.staff set disabled_at = null returning id")
    assert shaken.rows(stored) == before
    assert shaken.rows("select count(*) from inbox.message where body is not null") == [(0,)]


def test_with_a_damaged_model_the_engine_serves_the_menus_and_digits_work(
    shaken: RunningHotline, caller: Phone, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for name in (*train.NAMES, "manifest.json"):
        copy(train.MODELS / name, tmp_path / name)
    with (tmp_path / "amparo.tar.gz").open("r+b") as file:
        file.seek(1000)
        file.write(os.urandom(8))
    with other_engine(shaken, tmp_path):
        assert "model_damaged" in [record.getMessage() for record in caplog.records]
        said = {digit: [caller.ask("0"), caller.ask(digit)][1] for digit in "123"}
    assert said["1"] == render("en", "jobs.ask_work")
    assert said["2"] == render("en", "rights.menu")
    assert "Is it safe to write on this phone now?" in said["3"]
