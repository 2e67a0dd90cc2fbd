"""Every key that can be said has words in every language, with the same placeholders and the digits it promises."""

import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from bot import prompts
from channels.segments import encoding, gsm_safe, segments
from core.hours import DAYS
from intake import interview
from intake.desk.writing import NOTICE
from intake.models import CaseStatus
from intake.routing import DEFAULT_TEAM
from jobs.search import WIDENINGS
from rights.cards import Status, load
from translations.catalog import SOURCE, entries, languages, placeholders, status

ROOT = Path(__file__).parents[2]
OTHERS = [lang for lang in languages() if lang != SOURCE]
AREAS = {key.partition(".")[0] for key in entries(SOURCE) if "." in key}
SAID = re.compile(rf'"((?:{"|".join(sorted(AREAS))})\.[a-z_]+|wait|welcome)"')
NO_KEYS = {"draft.open", "case.add", "case.withdraw", "case.erase", "case.undo"}
"""Names of effects that look like keys."""
MOST_SEGMENTS = 2
"""No message costs more than two segments before its arguments are filled in."""


def keys_in_code() -> Iterator[str]:
    for path in itertools.chain((ROOT / "bot").rglob("*.py"), (ROOT / "channels").glob("*.py")):
        if "engine" not in path.parts:
            yield from SAID.findall(path.read_text(encoding="utf-8"))


def keys_in_dialogue() -> Iterator[str]:
    for path in (ROOT / "bot/engine/domain").glob("*.yml"):
        for variants in (yaml.safe_load(path.read_text(encoding="utf-8")).get("responses") or {}).values():
            yield from (variant["text"] for variant in variants)


def keys_made() -> Iterator[str]:
    for question in interview.QUESTIONS:
        yield from (question.key, question.hint)
        if question.fact in ("kind", "when", "count", "wish"):
            yield from (f"report.{question.fact}_{code}" for code in question.choices.values())
    for card in load().values():
        yield from (card.body, card.more)
    yield from (f"rights.status_{state}" for state in Status)
    yield from (f"case.status_{state.value}" for state in CaseStatus)
    yield from (f"opt.{opt}" for opt in ("stop", "start", "help"))
    yield from (f"employer.status_{state}" for state in ("certified", "returned", "pending", "other"))
    yield from (f"jobs.widened_{what}" for what in WIDENINGS)
    yield from (f"day.{day}" for day in DAYS)
    yield NOTICE


ALL_KEYS = sorted(
    {f"report.team_{DEFAULT_TEAM}", *keys_in_code(), *keys_in_dialogue(), *keys_made(), *prompts.known()} - NO_KEYS
)


@pytest.mark.parametrize("key", ALL_KEYS)
def test_every_key_that_can_be_said_has_english_words(key: str) -> None:
    assert key in entries(SOURCE), f"add {key} to translations/{SOURCE}/messages.po"


@pytest.mark.parametrize("lang", OTHERS)
def test_every_language_has_the_same_keys(lang: str) -> None:
    missing = set(entries(SOURCE)) - set(entries(lang))
    stray = set(entries(lang)) - set(entries(SOURCE))
    assert not missing, f"translations/{lang}/messages.po lacks {sorted(missing)}"
    assert not stray, f"translations/{lang}/messages.po has keys that English lacks: {sorted(stray)}"


@pytest.mark.parametrize("lang", OTHERS)
def test_translations_keep_every_placeholder(lang: str) -> None:
    wrong = {
        key: placeholders(entry.msgstr) ^ placeholders(entries(lang)[key].msgstr)
        for key, entry in entries(SOURCE).items()
        if key in entries(lang) and placeholders(entry.msgstr) != placeholders(entries(lang)[key].msgstr)
    }
    assert not wrong


@pytest.mark.parametrize("lang", list(languages()))
def test_every_digit_of_a_prompt_stands_in_its_words(lang: str) -> None:
    silent = {
        key: digit
        for key in prompts.known()
        for digit, value in prompts.choices(key).items()
        if not re.search(rf"(^|\W){digit}\W", entries(lang)[key].msgstr)
        and value != "=resume"
        and "{lines}" not in entries(lang)[key].msgstr
    }
    assert not silent


@pytest.mark.parametrize("lang", [lang.code for lang in languages().values() if lang.sms == "gsm"])
def test_every_string_has_a_form_that_fits_the_sms_alphabet(lang: str) -> None:
    for key, entry in entries(lang).items():
        text = gsm_safe(entry.msgstr)
        assert segments(text) <= MOST_SEGMENTS, key
        assert encoding(text) == "GSM-7", key


@pytest.mark.parametrize("lang", list(languages()))
def test_every_string_says_who_answers_for_its_words(lang: str) -> None:
    for key in entries(lang):
        assert status(lang, key).startswith(("draft", "reviewed by ")), key


@pytest.mark.parametrize("lang", list(languages()))
def test_no_prompt_asks_for_a_word_that_carriers_act_on(lang: str) -> None:
    reserved = re.compile(r"\b(CANCEL|END|QUIT|YES)\b")
    assert [key for key, entry in entries(lang).items() if reserved.search(entry.msgstr)] == []


BETRAYING = {
    "en": "report case employer boss agency complaint police",
    "es": "reporte denuncia caso patron jefe empleador agencia queja",
    "ht": "rapo plent ka patwon bos ajans lapolis",
    "tl": "report reklamo kaso amo boss employer ahensya pulis",
}
PROACTIVE = ("wait", "neutral.waiting", "neutral.back", NOTICE)


@pytest.mark.parametrize(("lang", "key"), list(itertools.product(BETRAYING, PROACTIVE)))
def test_what_is_sent_after_silence_betrays_nothing(lang: str, key: str) -> None:
    words = set(re.findall(r"\w+", gsm_safe(entries(lang)[key].msgstr).casefold()))
    assert not words & set(BETRAYING[lang].split())


OWN_CHOICES = {"jobs.results_more", "jobs.details", "jobs.no_more", "jobs.gone", "rights.law"}
"""Lines whose action passes their digits along with them."""
CARDS = {key for card in load().values() for key in (card.body, card.more)}


@pytest.mark.parametrize("lang", list(languages()))
def test_every_digit_that_words_offer_means_something(lang: str) -> None:
    dead = {
        key: sorted(offered - set(prompts.choices(key)))
        for key, entry in entries(lang).items()
        if key not in OWN_CHOICES | CARDS
        and (offered := set(re.findall(r"^([1-8]) ", entry.msgstr, re.MULTILINE))) - set(prompts.choices(key))
    }
    assert not dead, f"these offer digits that nobody would understand: {dead}"


def test_no_string_is_left_over() -> None:
    unused = {key for key in entries(SOURCE) if key.partition("@")[0] not in ALL_KEYS}
    assert not unused, f"nobody says {sorted(unused)}"
