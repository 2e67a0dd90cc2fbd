"""The crisis gate on Haitian Creole and Tagalog messages worded differently from its patterns."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from intents import gate
from intents.catalog import CRISIS_KINDS, examples

HERE = Path(__file__).parent
LANGS = ("ht", "tl")


def _messages(lang: str) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = yaml.safe_load((HERE / f"crisis_{lang}.yml").read_text(encoding="utf-8"))
    return found


def _crisis() -> Iterator[tuple[str, str]]:
    for lang in LANGS:
        yield from ((kind, text) for kind, text in _messages(lang)["crisis"])


def _harmless() -> Iterator[str]:
    for lang in LANGS:
        yield from _messages(lang)["harmless"]


@pytest.mark.parametrize(("kind", "text"), list(_crisis()))
def test_crisis_is_heard(kind: str, text: str) -> None:
    assert kind in CRISIS_KINDS
    assert gate.check(text).crisis


@pytest.mark.parametrize("text", list(_harmless()))
def test_harmless_is_no_crisis(text: str) -> None:
    assert gate.check(text).crisis is None


@pytest.mark.parametrize("lang", LANGS)
def test_kind_is_mostly_right(lang: str) -> None:
    crisis = _messages(lang)["crisis"]
    right = sum(gate.check(text).crisis == kind for kind, text in crisis)
    assert right >= 0.9 * len(crisis)


@pytest.mark.parametrize("lang", LANGS)
def test_enough_messages(lang: str) -> None:
    messages = _messages(lang)
    assert len(messages["crisis"]) >= 60
    assert len(messages["harmless"]) >= 60


@pytest.mark.parametrize("lang", LANGS)
def test_emergency_examples_are_heard_and_others_are_not(lang: str) -> None:
    found = examples(lang)
    assert set(found) >= {"emergency", "report_abuse"}
    assert not [text for text in found["emergency"] if gate.check(text).crisis is None]
    others = [text for name, texts in found.items() if name != "emergency" for text in texts]
    assert not [text for text in others if gate.check(text).crisis]


@pytest.mark.parametrize(
    ("text", "opt"),
    [
        ("KANPE", "stop"),
        ("Sispann", "stop"),
        ("ITIGIL", "stop"),
        ("Hinto.", "stop"),
        ("Tama na!", "stop"),
        ("ÈD", "help"),
        ("tulong", "help"),
        ("kòmanse", "start"),
        ("simulan", "start"),
    ],
)
def test_native_opt_words(text: str, opt: str) -> None:
    assert gate.check(text).opt == opt


@pytest.mark.parametrize(
    ("lang", "text", "intent"),
    [
        ("ht", "EFASE", "delete_my_data"),
        ("tl", "BURAHIN", "delete_my_data"),
        ("ht", "mwen vle pale ak yon moun", "talk_to_person"),
        ("tl", "opo", "affirm"),
        ("ht", "non", "deny"),
        ("tl", "hindi ko alam", "skip"),
        ("ht", "kontinye", "resume"),
    ],
)
def test_native_control_words(lang: str, text: str, intent: str) -> None:
    assert gate.control(text, lang) == intent
