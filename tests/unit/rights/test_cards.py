"""Rights cards: every one says where it stands, since when it is known, and who enforces it."""

from datetime import timedelta
from pathlib import Path

import pytest

from core.clock import today
from intents.catalog import load_catalog
from rights import cards
from translations.catalog import SOURCE, entries

STALE = timedelta(days=400)


@pytest.mark.parametrize("card", cards.load().values(), ids=lambda card: card.topic)
def test_a_card_is_complete(card: cards.Card) -> None:
    assert card.intent in load_catalog()
    assert today() - STALE < card.as_of
    for key in (card.body, card.more, f"rights.status_{card.status}", "rights.law"):
        assert key in entries(SOURCE), key


def test_three_topics_have_a_card_and_the_others_say_so() -> None:
    assert set(cards.load()) == {"wages", "documents", "retaliation"}
    assert cards.for_intent("ask_union") is None
    assert cards.find("nothing") is None


GOOD = """
intent: ask_wages
as_of: 2026-11-22
status: enforced
enforced_by: {name: WHD, phone: 1-866-487-9243}
citations: [{text: 29 USC 206, url: https://example.org, visas: [all]}]
body: rights.wages
more: rights.wages_more
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("status: enforced", "status: fine"),
        ("as_of: 2026-11-22", "as_of: soon"),
        ("https://", "http://"),
        ("intent: ask_wages", "topic: wages"),
        ("{name: WHD, phone: 1-866-487-9243}", "{name: WHD}"),
        ("[{text: 29 USC 206, url: https://example.org, visas: [all]}]", "[]"),
    ],
)
def test_a_malformed_card_names_its_file(tmp_path: Path, old: str, new: str) -> None:
    path = tmp_path / "made_up.yml"
    path.write_text(GOOD)
    assert cards.read(path).topic == "made_up"
    path.write_text(GOOD.replace(old, new))
    with pytest.raises(cards.BadCard, match=r"made_up\.yml"):
        cards.read(path)
