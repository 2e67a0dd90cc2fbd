"""The local carrier is as strict as Twilio, and a telephone in the terminal works through it."""

import json
import sys
from functools import partial
from io import StringIO
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest
import typer
from typer.testing import CliRunner

from channels.models import OutboxState
from channels.simulator import chat
from tests.unit.channels.line import PHONE, Line

ACCOUNT = "AC00000000000000000000000000000001"
MESSAGES = f"/2010-04-01/Accounts/{ACCOUNT}/Messages"
GOOD = {"To": PHONE, "From": "+15005550006", "Body": "hello"}


@pytest.fixture
def api(line: Line) -> Any:
    with httpx.Client(base_url=line.carrier_url, auth=(ACCOUNT, "a test token"), trust_env=False) as client:
        yield client


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"To": ""}, 21604),
        ({"To": "hello"}, 21211),
        ({"From": ""}, 21603),
        ({"From": "+15005550001"}, 21606),
        ({"Body": ""}, 21602),
        ({"Body": "x" * 1601}, 21617),
        ({"Body": "😀" * 801}, 21617),
        ({"StatusCallback": "nonsense"}, 21609),
        ({"To": f"whatsapp:{PHONE}"}, 63007),
        ({"Colour": "red"}, 20001),
    ],
)
def test_what_twilio_refuses_is_refused(api: httpx.Client, change: dict[str, str], code: int) -> None:
    answer = api.post(f"{MESSAGES}.json", data=GOOD | change)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_a_good_message_is_queued_listed_fetched_redacted_and_deleted(api: httpx.Client, line: Line) -> None:
    made = api.post(f"{MESSAGES}.json", data=GOOD)
    assert (made.status_code, made.json()["status"]) == (201, "queued")
    sid = made.json()["sid"]
    assert api.get(f"{MESSAGES}.json", params={"To": PHONE}).json()["messages"][0]["sid"] == sid
    line.eventually(lambda: api.get(f"{MESSAGES}/{sid}.json").json()["status"] == "delivered")
    assert api.post(f"{MESSAGES}/{sid}.json", data={"Body": "new"}).status_code == 400
    assert api.post(f"{MESSAGES}/{sid}.json", data={"Body": ""}).json()["body"] == ""
    assert api.delete(f"{MESSAGES}/{sid}.json").status_code == 204
    assert api.get(f"{MESSAGES}/{sid}.json").status_code == 404


def test_without_the_accounts_secret_nothing_is_shown(api: httpx.Client) -> None:
    for auth in (("x", "y"), (ACCOUNT, "")):
        assert api.get(f"{MESSAGES}.json", auth=auth).json()["code"] == 20003
    assert api.get(MESSAGES.replace("0001", "0002") + ".json").status_code == 401


def test_whatsapp_outside_the_window_fails_after_201(api: httpx.Client, line: Line) -> None:
    form = {"To": f"whatsapp:{PHONE}", "From": "whatsapp:+15005550007", "Body": "hello"}
    made = api.post(f"{MESSAGES}.json", data=form)
    assert made.status_code == 201
    line.eventually(lambda: api.get(f"{MESSAGES}/{made.json()['sid']}.json").json()["error_code"] == 63016)
    assert line.heard() == []


def test_a_webhook_is_tried_again_until_it_is_taken(line: Line) -> None:
    with line.owner.begin() as connection:
        connection.exec_driver_sql("update inbox.hourly_key set destroyed_at = now()")
    answers: list[int] = []
    thread = Thread(target=lambda: answers.append(line.text("hola").status_code))
    thread.start()
    with line.owner.begin() as connection:
        connection.exec_driver_sql("update inbox.hourly_key set destroyed_at = null")
    thread.join()
    assert answers == [200]
    assert len(line.messages()) == 1


def test_media_and_location_and_stop_arrive_as_the_carrier_sends_them(line: Line) -> None:
    assert line.text("", extra={"NumMedia": "1", "MediaUrl0": "https://api.twilio.com/x"}).status_code == 200
    assert line.text("", extra={"Latitude": "1.5", "Longitude": "2.5"}).status_code == 200
    assert line.text("STOP", extra={"OptOutType": "STOP"}).status_code == 200
    assert [(row.kind, row.opt_out_type) for row in line.messages()] == [
        ("media", None),
        ("location", None),
        ("text", "STOP"),
    ]


def run_chat(line: Line, home: Path, monkeypatch: pytest.MonkeyPatch, typed: str, *options: str) -> Any:
    (home / "run").mkdir()
    (home / "run" / "state.json").write_text(json.dumps({"carrier_url": line.carrier_url}))
    monkeypatch.setenv("AMPARO_HOME", str(home))
    monkeypatch.setattr(sys, "stdin", StringIO(typed))
    app = typer.Typer()
    app.command(epilog=chat.EPILOG)(chat.chat)
    return CliRunner().invoke(app, ["--phone", PHONE, "--quiet", "0.3", "--patience", "3", *options], input=typed)


def test_a_script_through_a_pipe_shows_each_answer(line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def answer() -> None:
        for n in range(2):
            line.eventually(partial(arrived, n + 1))
            line.say(f"[b]answer {n}[/b]", ordinal=n)
            line.send()

    def arrived(n: int) -> bool:
        return len(line.messages()) == n

    thread = Thread(target=answer)
    thread.start()
    result = run_chat(line, tmp_path, monkeypatch, "hola\n1\n")
    thread.join()
    assert result.exit_code == 0
    shown = [row for row in result.output.splitlines() if row]
    cost = "  [1 segment, about $0.0083]"
    assert shown == ["> hola", "[b]answer 0[/b]", cost, "> 1", "[b]answer 1[/b]", cost]
    line.eventually(lambda: line.states() == [OutboxState.DELIVERED] * 2)


def test_an_unknown_channel_is_explained(line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run_chat(line, tmp_path, monkeypatch, "", "--channel", "fax")
    assert result.exit_code == 2
    assert "sms, whatsapp" in result.output


def test_without_a_demo_the_next_step_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMPARO_HOME", str(tmp_path))
    with pytest.raises(chat.NoDemo, match="make demo"):
        chat.carrier_url()
