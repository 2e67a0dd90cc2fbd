from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from intents import gate
from intents.catalog import CRISIS_KINDS, examples, languages
from intents.patterns import Matcher

SENTENCES: dict[str, dict[str, list[str]]] = yaml.safe_load(
    (Path(__file__).parent / "crisis_sentences.yml").read_text(encoding="utf-8")
)
FALSE_ALARMS_ALLOWED = 0.02


def _rows(kind: str) -> list[str]:
    return [str(text) for tables in SENTENCES.values() for text in tables[kind]]


def kinds(pattern: str | list[str], text: str) -> bool:
    lines = [pattern] if isinstance(pattern, str) else pattern
    return bool(Matcher(("danger_now", line) for line in lines).kinds(text))


@pytest.mark.parametrize("text", _rows("crisis"))
def test_a_cry_for_help_is_heard(text: str) -> None:
    assert gate.check(text).crisis in CRISIS_KINDS


@pytest.mark.parametrize("text", _rows("harmless"))
def test_a_calm_message_raises_no_alarm(text: str) -> None:
    assert gate.check(text).crisis is None


@pytest.mark.parametrize("lang", ["en", "es"])
def test_examples_of_emergency_are_heard(lang: str) -> None:
    assert [text for text in examples(lang)["emergency"] if gate.check(text).crisis is None] == []


@pytest.mark.parametrize("lang", languages())
def test_other_examples_raise_few_alarms(lang: str) -> None:
    others = [text for intent, texts in examples(lang).items() if intent != "emergency" for text in texts]
    alarms = [text for text in others if gate.check(text).crisis]
    assert len(alarms) <= FALSE_ALARMS_ALLOWED * len(others), alarms


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("he has a gun", "weapon"),
        ("me quiero suicidar", "self_harm"),
        ("mi compañero no respira", "collapse"),
        ("nos tienen encerrados", "locked_in"),
        ("they sold us to another man", "trafficking"),
        ("HE IS GOING TO KILL US", "danger_now"),
    ],
)
def test_the_kind_of_crisis_is_named(text: str, kind: str) -> None:
    assert gate.check(text).crisis == kind


@pytest.mark.parametrize(
    "text", ["STOP", "stop.", " Stop! ", "STOPALL", "unsubscribe", "CANCEL", "end", "quit", "PARAR", "alto", "Baja"]
)
def test_opt_out_is_heard_in_any_language(text: str) -> None:
    assert gate.check(text).opt == "stop"


@pytest.mark.parametrize("text", ["stop the abuse", "they stop my pay", "no se puede parar", "yes", "YES", ""])
def test_only_the_whole_message_opts_out(text: str) -> None:
    assert gate.check(text).opt is None


@pytest.mark.parametrize(
    ("text", "opt"), [("START", "start"), ("unstop", "start"), ("HELP", "help"), ("ayuda", "help"), ("info?", "help")]
)
def test_start_and_help_words(text: str, opt: str) -> None:
    assert gate.check(text).opt == opt


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("Menu!", "show_menu"),
        ("MENÚ", "show_menu"),
        ("go back", "go_back"),
        ("atrás", "go_back"),
        ("I don't know", "skip"),
        ("no sé", "skip"),
        ("yess", "affirm"),
        ("sí", "affirm"),
        ("no", "deny"),
        ("never mind", "cancel"),
        ("ERASE", "delete_my_data"),
        ("BORRAR", "delete_my_data"),
        ("human", "talk_to_person"),
        ("continuar", "resume"),
        ("español", "change_language"),
        ("otra vez", "repeat"),
        ("no me pagaron", None),
        ("", None),
    ],
)
def test_control_words_are_whole_messages(text: str, intent: str | None) -> None:
    assert gate.control(text) == intent


def test_a_word_two_languages_read_differently_needs_the_language(monkeypatch: pytest.MonkeyPatch) -> None:
    table = {"hindi": {"tl": "deny", "en": "change_language"}}
    monkeypatch.setattr(gate, "_control_words", lambda: table)
    assert gate.control("hindi") is None
    assert gate.control("Hindi", lang="tl") == "deny"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("1", "1"),
        (" 1.", "1"),
        ("１", "1"),
        ("१", "1"),
        ("1️⃣", "1"),
        ("(2)", "2"),
        ("#3", "3"),
        ("12", "12"),
        ("१२", "12"),
        ("٩", "9"),
        ("0", "0"),
        ("123", None),
        ("1 2", None),
        ("1.5", None),
        ("$5", None),
        ("1 job", None),
        ("", None),
    ],
)
def test_digits_in_any_script(text: str, answer: str | None) -> None:
    assert gate.digit(text) == answer


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=1600))
def test_hostile_text_never_raises(text: str) -> None:
    gate.check(text)
    gate.control(text)
    gate.digit(text)


@pytest.mark.parametrize(
    "text", ["🆘" * 1600, "\ud83d" * 1600, "\x00", "\u202e1", "no " * 530, "kill " * 400, "^ $ | * ~ !"]
)
def test_awkward_text_never_raises(text: str) -> None:
    gate.check(text)
    gate.control(text)
    gate.digit(text)


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("not leave", "not ever allowed to leave", True),
        ("not leave", "not ever allowed by him to leave", False),
        ("not leave", "leave not", False),
        ("hit|beat me", "they beat me", True),
        ("kill* us", "killing us", True),
        ("going_to_kill", "going to kill", True),
        ("going_to_kill", "going now to kill", False),
        ("suicide~", "suicde", True),
        ("suicide~", "suite", False),
        ("^_help_me_$", "help me", True),
        ("^_help_me_$", "help me find work", False),
        ("can't breathe", "cant breathe", True),
        ("救命", "请救命", True),
        (["gun", "!nail gun"], "a nail gun", False),
        (["gun", "!nail gun"], "a nail gun and a real gun", True),
        (["gun", "!nail gun"], "nail me with one gun", True),
    ],
)
def test_pattern_language(pattern: str | list[str], text: str, found: bool) -> None:
    assert kinds(pattern, text) is found


@pytest.mark.parametrize("pattern", ["", "!", "a||b", "k*"])
def test_broken_patterns_are_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"pattern is empty|an alternative needs"):
        Matcher([("danger_now", pattern)])
