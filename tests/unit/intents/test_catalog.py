import re
from collections import Counter
from pathlib import Path

import pytest

from intents import catalog
from intents.catalog import CONTROL_INTENTS, CRISIS_KINDS, CatalogError, examples, languages, load_catalog, words
from intents.text import normalise

CARRIER_WORDS = re.compile(r"\b(cancel|end|quit|yes|start)\b", re.IGNORECASE)
MINIMUM = 6

every_language = pytest.mark.parametrize("lang", languages())


def test_catalog_holds_the_44_intents_with_meaning_and_boundary() -> None:
    intents = load_catalog()
    assert len(intents) == 44
    assert all(intent.meaning and intent.boundary for intent in intents.values())


def test_languages_are_the_folders() -> None:
    assert {"en", "es"} <= set(languages())


@every_language
def test_every_intent_has_examples(lang: str) -> None:
    short = {name: len(examples(lang).get(name, [])) for name in load_catalog()}
    assert {name: count for name, count in short.items() if count < MINIMUM} == {}


@every_language
def test_no_text_stands_under_two_intents(lang: str) -> None:
    texts = Counter(normalise(text) for utterances in examples(lang).values() for text in utterances)
    assert [text for text, count in texts.items() if count > 1] == []


@every_language
def test_no_example_uses_a_word_carriers_act_on(lang: str) -> None:
    texts = [text for utterances in examples(lang).values() for text in utterances]
    assert [text for text in texts if CARRIER_WORDS.search(text)] == []


@every_language
def test_every_example_file_says_its_status(lang: str) -> None:
    for path in (Path(catalog.__file__).parent / lang).glob("*.yml"):
        assert "status:" in path.read_text(encoding="utf-8").split("\n\n")[0], path.name


@every_language
def test_every_crisis_kind_has_patterns(lang: str) -> None:
    assert [kind for kind in CRISIS_KINDS if not words(lang).crisis.get(kind)] == []


@every_language
def test_every_control_intent_has_words(lang: str) -> None:
    assert [intent for intent in CONTROL_INTENTS if not words(lang).control.get(intent)] == []


@every_language
def test_one_word_controls_one_thing(lang: str) -> None:
    phrases = {(normalise(phrase), intent) for intent, listed in words(lang).control.items() for phrase in listed}
    counted = Counter(phrase for phrase, _ in phrases)
    assert [phrase for phrase, count in counted.items() if count > 1] == []


@every_language
def test_control_words_are_not_opt_words(lang: str) -> None:
    listed = words(lang)
    controls = {normalise(phrase) for phrases in listed.control.values() for phrase in phrases}
    assert controls & {normalise(phrase) for phrase in (*listed.stop, *listed.start)} == set()


def test_unknown_language_is_a_clear_error() -> None:
    with pytest.raises(CatalogError, match="no intents in language 'xx'"):
        examples("xx")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("greet: hello", "must be a list of texts"),
        ("greet: [no]", "quote words"),
        ("sing: [la]", "unknown intent sing"),
        ("find_job: [work]", "belongs in jobs.yml"),
        ("- greet", "expected a mapping"),
        ("greet: [", "dialogue.yml"),
    ],
)
def test_malformed_examples_name_file_and_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str, message: str
) -> None:
    load_catalog()
    (tmp_path / "zz").mkdir()
    (tmp_path / "zz" / "dialogue.yml").write_text(content, encoding="utf-8")
    monkeypatch.setattr(catalog, "HERE", tmp_path)
    monkeypatch.setattr(catalog, "languages", lambda: ("zz",))
    with pytest.raises(CatalogError, match=message):
        examples("zz")
