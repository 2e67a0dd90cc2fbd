"""Rights cards: every one says where it stands, since when it is known, who enforces it, and what it rests on."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from bot import prompts
from bot.actions import rights
from bot.exchange import Line
from channels.segments import encoding, gsm_safe, segments
from core.clock import today
from intake.bodies import bodies
from intents.catalog import load_catalog
from rights import cards
from translations.catalog import SOURCE, entries, languages, render

STALE = timedelta(days=400)
DATED = "As of {as_of}."
HEDGES = {"some", "may", "ask"}
"""Words one of which stands in a sentence whose rule nobody has read on a page of the law or of the agency."""
PROMISES = re.compile(r"\b(owed|entitled|guarantee[ds]?|you will (get|win)|you may stay|deport\w*)\b", re.IGNORECASE)
ALL = pytest.mark.parametrize("card", cards.load().values(), ids=lambda card: card.topic)


def words(card: cards.Card) -> str:
    """The English sentences of body and more, without what the digits mean."""
    return " ".join(entries(SOURCE)[key].msgstr.partition("\n")[0] for key in (card.body, card.more))


def said(card: cards.Card, part: str, lang: str) -> str:
    """A part of a card as the worker gets it by SMS."""
    line = next(line for line in rights.show(card, part) if line.kind == "say")
    return gsm_safe(render(lang, line.key, {name: value for name, value in line.args.items() if name != "choices"}))


@ALL
def test_a_card_is_complete(card: cards.Card) -> None:
    assert card.intent in load_catalog()
    assert today() - STALE < card.as_of <= today()
    for key in (card.body, card.more, f"rights.status_{card.status}", "rights.law"):
        assert key in entries(SOURCE), key


@ALL
def test_every_sentence_is_a_fact_with_a_source_or_advice(card: cards.Card) -> None:
    left = words(card)
    for sentence in (*(fact.says for fact in card.facts), *card.advice, DATED):
        assert sentence in left, f"{card.topic}: the words do not say: {sentence}"
        left = left.replace(sentence, "", 1)
    assert not left.strip(), f"{card.topic}: {left.strip()} is neither a fact with a source nor advice"


@ALL
def test_every_citation_is_behind_a_fact(card: cards.Card) -> None:
    assert {text for fact in card.facts for text in fact.cite} == {citation.text for citation in card.citations}


@ALL
def test_a_rule_read_on_a_secondary_page_only_is_told_with_a_doubt(card: cards.Card) -> None:
    unsure = {citation.text for citation in card.citations if not citation.sure}
    for fact in card.facts:
        if unsure & set(fact.cite):
            assert HEDGES & set(re.findall(r"\w+", fact.says.lower())), fact.says
    assert said(card, "law", SOURCE).count("ask to be sure") == len(unsure)


@ALL
def test_a_card_promises_nothing_and_names_the_body_to_call(card: cards.Card) -> None:
    assert not PROMISES.search(words(card))
    phones = {body.phone: body for body in bodies().values() if body.phone}
    assert card.enforced_by.phone in phones
    for lang in languages():
        assert card.enforced_by.phone in said(card, "more", lang)
        assert card.as_of.isoformat() in said(card, "body", lang)


@ALL
@pytest.mark.parametrize("part", ["body", "more", "law"])
def test_a_part_costs_at_most_two_segments_as_it_is_sent(card: cards.Card, part: str) -> None:
    for lang in languages().values():
        if lang.sms == "gsm":
            text = said(card, part, lang.code)
            assert encoding(text) == "GSM-7", (lang.code, text)
            assert segments(text) <= 2, (lang.code, part, len(text))


def test_nine_topics_have_a_card_and_the_others_say_so() -> None:
    topics = "wages overtime fees documents housing transport injury heat retaliation"
    assert set(cards.load()) == set(topics.split())
    assert cards.for_intent("ask_union") is None
    assert cards.find("nothing") is None


def test_the_menus_offer_every_card_once() -> None:
    offered = [choice for key in rights.MENUS.values() for choice in prompts.choices(key).values()]
    assert sorted(choice for choice in offered if choice.startswith("=")) == sorted(
        f"={card.intent}" for card in cards.load().values()
    )
    assert prompts.choices("rights.menu")["8"] == "rights:more"
    assert rights.MENUS["more"] == "rights.menu_more"


@pytest.mark.parametrize("lang", list(languages()))
@pytest.mark.parametrize("key", sorted(rights.MENUS.values()))
def test_a_menu_is_one_segment_with_a_line_for_each_digit(lang: str, key: str) -> None:
    text = gsm_safe(render(lang, key))
    assert segments(text) == 1
    assert [line[:2] for line in text.splitlines()] == [f"{digit} " for digit in (*prompts.choices(key), 0)]


@pytest.mark.parametrize(
    ("rest", "key"),
    [
        ("menu", "rights.menu"),
        ("more", "rights.menu_more"),
        ("heat:body", "rights.heat"),
        ("heat:more", "rights.heat_more"),
        ("heat:law", "rights.law"),
        ("no_such_topic:law", "rights.menu"),
    ],
)
def test_a_choice_leads_to_its_part(rest: str, key: str) -> None:
    assert [line.key for line in _lines(rest) if line.kind == "say"] == [key]


def _lines(rest: str) -> list[Line]:
    return rights.rights_choice(None, rest)  # type: ignore[arg-type]  # the scene is not asked


GOOD = """
intent: ask_wages
as_of: 2026-11-22
status: enforced
enforced_by: {name: WHD, phone: 1-866-487-9243}
citations: [{text: 29 USC 206, url: https://example.org, visas: [all], evidence: V, read: https://example.org}]
facts: [{says: Pay is due., cite: [29 USC 206]}]
advice: [Write it down.]
body: rights.wages
more: rights.wages_more
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("status: enforced", "status: fine"),
        ("as_of: 2026-11-22", "as_of: soon"),
        ("url: https://", "url: http://"),
        ("read: https://", "read: http://"),
        ("intent: ask_wages", "topic: wages"),
        ("{name: WHD, phone: 1-866-487-9243}", "{name: WHD}"),
        ("evidence: V", "evidence: M"),
        ("evidence: V, ", ""),
        ("cite: [29 USC 206]", "cite: [29 USC 207]"),
        ("cite: [29 USC 206]", "cite: []"),
        (GOOD.splitlines()[5], "citations: []"),
        (GOOD.splitlines()[6] + "\n", ""),
    ],
)
def test_a_malformed_card_names_its_file(tmp_path: Path, old: str, new: str) -> None:
    path = tmp_path / "made_up.yml"
    path.write_text(GOOD)
    assert cards.read(path).topic == "made_up"
    assert old in GOOD
    path.write_text(GOOD.replace(old, new))
    with pytest.raises(cards.BadCard, match=r"made_up\.yml"):
        cards.read(path)
