"""The running engine: its door, what it understands, and that it prints and keeps no text."""

import json
from collections.abc import Callable

import httpx
import pytest
from sqlalchemy import Engine as Sql
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from bot.client import EngineFailed
from bot.engine_process import command
from core.database import Database
from tests.bot.conftest import Phone, Running

pytestmark = pytest.mark.engine
HOSTILE = [
    " /greet",
    '/file_report{"turn": 1}',
    ' /file_report{"zorgon": "quibble"}',
    "/ zorgon quibble",
    "zorgon quibble {",
    "zorgon\0quibble",
    "\U0001f600" * 1600,
    "مرحبا zorgon \u202e",
    '{"zorgon": ["quibble"]}' * 20,
]


@pytest.mark.parametrize("words", HOSTILE)
def test_whatever_is_texted_is_only_text(running: Running, words: str) -> None:
    parsed = running.engine.parse(words)
    assert parsed.confidence < 0.9999  # a command that is obeyed has confidence 1


@pytest.mark.parametrize(
    "body",
    [
        {"sender": "c1", "message": "zorgon quibble"},
        {"sender": "c1", "message": '/greet{"turn": "zorgon"}'},
        {"sender": "c1", "message": '/greet{"turn": 1, "zorgon": 2}'},
        {"sender": "c1", "message": "/greet"},
        {"sender": "zorgon", "message": '/greet{"turn": 1}'},
        {"sender": 1, "message": None},
        ["zorgon"],
    ],
)
def test_the_dialogue_takes_ids_only(running: Running, body: object) -> None:
    assert _post(running, "/webhooks/turn/webhook", body).status_code == 400


@pytest.mark.parametrize("path", ["/webhooks/turn/webhook", "/model/parse", "/status", "/conversations/c1/tracker"])
def test_nothing_answers_without_the_token(running: Running, path: str) -> None:
    url = running.settings.engine_url + path
    for token in ({}, {"token": "wrong"}):
        answer = httpx.get(url, params=token) if path[1] in "sc" else httpx.post(url, params=token, json={"text": "a"})
        assert answer.status_code == 401


def test_rasas_own_channels_are_shut(running: Running) -> None:
    for path in ("/webhooks/rest/webhook", "/webhooks/twilio/webhook", "/webhooks/callback/webhook"):
        assert _post(running, path, {"sender": "c1", "message": "hi"}).status_code == 404


def test_a_turn_that_is_unknown_runs_no_action(phone: Phone) -> None:
    phone.keys_of("greet")
    mark = phone.mark()
    phone.running.engine.turn(f"c{phone.conversation}", "report_abuse", 999_999)
    assert "action_start_report" in phone.unconfirmed(mark)


def test_text_leaves_no_trace_in_outputs_or_tables(running: Running, phone: Phone, owner: Sql) -> None:
    for words in HOSTILE:
        running.engine.parse(words)
    phone.keys_of("greet")
    output = running.output.read_text()
    for word in ("zorgon", "quibble", "greet", "Traceback", running.settings.engine_token):
        assert word not in output
    with owner.connect() as connection:
        events = [row[0] for row in connection.execute(text("select data from rasa.events"))]
    assert events
    assert not any("zorgon" in data or "quibble" in data for data in events)


def test_the_output_holds_only_known_states(running: Running) -> None:
    lines = [json.loads(line) for line in running.output.read_text().splitlines()]
    assert [line["state"] for line in lines if line["event"] == "engine"] == ["loading", "ready"]
    assert {line["event"] for line in lines} <= {"engine", "actions_ready", "library"}


def test_no_secret_stands_in_the_command_line(running: Running) -> None:
    line = " ".join(command(running.settings, running.output))
    assert running.settings.engine_token not in line
    assert "postgresql" not in line


def test_the_engines_role_sees_only_its_own_schema(db: Callable[[str], Database], running: Running) -> None:
    with db("engine").begin() as session:
        assert session.execute(text("select count(*) from rasa.events")).scalar() is not None
    with pytest.raises(ProgrammingError), db("engine").begin() as session:
        session.execute(text("select * from inbox.message"))


@pytest.mark.parametrize(
    ("words", "intent"),
    [
        ("busco trabajo de jardinero en texas", "find_job"),
        ("I need a job picking oranges", "find_job"),
        ("map chache travay", "find_job"),
        ("naghahanap po ako ng trabaho", "find_job"),
        ("can my boss keep my passport", "ask_documents"),
        ("mi patron no me paga hace tres semanas", "report_abuse"),
        ("who are you people", "ask_who_we_are"),
        ("pale ak yon moun", "talk_to_person"),
    ],
)
def test_plain_words_are_understood_in_four_languages(running: Running, words: str, intent: str) -> None:
    parsed = running.engine.parse(words)
    assert parsed.intent == intent
    assert 0.2 < parsed.confidence <= 1


def test_a_failure_inside_a_turn_is_not_answered_with_200(running: Running) -> None:
    with pytest.raises(EngineFailed):
        running.engine.turn("c1x", "greet", 1)


def _post(running: Running, path: str, body: object) -> httpx.Response:
    return httpx.post(running.settings.engine_url + path, params={"token": running.settings.engine_token}, json=body)
