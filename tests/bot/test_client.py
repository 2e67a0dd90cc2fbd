"""The engine's door: what leaves it, what it does with bad answers."""

import json
from collections.abc import Callable

import httpx
import pytest

from bot.client import (
    LONGEST_TEXT,
    Engine,
    EngineAway,
    EngineBroke,
    EngineFailed,
    EngineSilent,
    Parsed,
    command,
    harmless,
)
from core.config import Settings, load


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (" /greet", "greet"),
        ('/file_report{"a": 1}', 'file_report{"a": 1}'),
        (" \t\n/ / secret words", "secret words"),
        ("\u200b\ufeff/greet", "greet"),
        ("\u3000//\u00a0/x", "x"),
        ("\0/greet", "greet"),
        ("/", ""),
        ("a\0b", "a b"),
        ("lone \ud800 surrogate", "lone  surrogate"),
        ("his and/or hers", "his and/or hers"),
    ],
)
def test_nothing_that_rasa_obeys_is_left_in_front(text: str, left: str) -> None:
    assert harmless(text) == left


def test_a_text_is_cut_to_what_matters() -> None:
    assert len(harmless("\U0001f600" * 1600)) == LONGEST_TEXT


@pytest.mark.parametrize("intent", ["greet{}", "greet\n", "Greet", "../x", "", 'a{"b": 1}'])
def test_only_an_intent_name_goes_to_the_dialogue(intent: str) -> None:
    with pytest.raises(ValueError, match="only an intent name"):
        command(intent, 1)


def test_the_line_holds_ids_only() -> None:
    assert command("report_abuse", 17) == '/report_abuse{"turn": 17}'


type Answer = Callable[[httpx.Request], httpx.Response]


def _engine(settings: Settings, answer: Answer) -> Engine:
    return Engine(settings, httpx.MockTransport(answer))


@pytest.fixture
def plain() -> Settings:
    return load({"AMPARO_ENGINE_TOKEN": "t"})


def test_a_parse_reads_intent_confidence_and_the_runner_up(plain: Settings) -> None:
    ranking = [{"name": "find_job", "confidence": 0.8}, {"name": "greet", "confidence": 0.1}]
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"intent": ranking[0], "intent_ranking": ranking})

    assert _engine(plain, answer).parse(" /work") == Parsed("find_job", 0.8, "greet")
    assert json.loads(seen[0].content) == {"text": "work"}
    assert "work" not in str(seen[0].url)


def test_nothing_but_slashes_is_not_even_sent(plain: Settings) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise AssertionError("a request was sent")

    assert _engine(plain, answer).parse(" // ") == Parsed(None)


def test_the_menus_model_understands_nothing(plain: Settings) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"intent": {"name": None, "confidence": 0.0}, "entities": []})

    assert _engine(plain, answer).parse("hello") == Parsed(None)


def test_an_engine_that_cannot_be_reached_is_away(plain: Settings) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    engine = _engine(plain, answer)
    with pytest.raises(EngineAway):
        engine.turn("c1", "greet", 1)
    with pytest.raises(EngineAway):
        engine.parse("hello")
    assert not engine.healthy()


@pytest.mark.parametrize("status", [409, 503])
def test_an_engine_that_is_loading_is_away(plain: Settings, status: int) -> None:
    with pytest.raises(EngineAway):
        _engine(plain, lambda request: httpx.Response(status)).turn("c1", "greet", 1)


@pytest.mark.parametrize(
    "response",
    [
        httpx.Response(500, json={"error": "X"}),
        httpx.Response(401),
        httpx.Response(200, text="not json"),
        httpx.Response(200, json={"not": "a list"}),
    ],
)
def test_a_bad_answer_is_a_failure(plain: Settings, response: httpx.Response) -> None:
    with pytest.raises(EngineFailed):
        _engine(plain, lambda request: response).turn("c1", "greet", 1)


def test_a_call_that_breaks_off_is_a_failure_that_says_nothing_of_the_text(plain: Settings) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadError("secret words")

    with pytest.raises(EngineFailed) as caught:
        _engine(plain, answer).parse("secret words")
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("broken", "error"),
    [
        (httpx.ReadTimeout("secret"), EngineSilent),
        (httpx.WriteTimeout("secret"), EngineSilent),
        (httpx.RemoteProtocolError("secret"), EngineBroke),
        (httpx.ReadError("secret"), EngineBroke),
    ],
)
def test_an_engine_that_hangs_and_one_that_died_are_told_apart(
    plain: Settings, broken: httpx.HTTPError, error: type[EngineFailed]
) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise broken

    with pytest.raises(EngineFailed) as caught:
        _engine(plain, answer).turn("c1", "greet", 1)
    assert type(caught.value) is error
