"""Which language a turn is in: explicit choice, then the sticky one, then what is heard; switching needs two."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bot import memory
from bot.opening import Settled, facts_before, settle
from channels.models import Conversation
from core.clock import now
from core.database import Database
from core.keys import KeyProvider
from translations.detect import Heard


def talk(language: str | None, chosen: bool = False) -> Conversation:
    return Conversation(language=language, language_chosen=chosen)


def test_a_clear_first_contact_settles_the_language() -> None:
    assert settle(talk(None), {}, Heard("ht", True)) == Settled("ht", False)


def test_an_unclear_first_contact_asks() -> None:
    assert settle(talk(None), {}, Heard("es", False)) == Settled("es", True)
    assert settle(talk(None), {}, None) == Settled("en", True)


def test_one_foreign_message_changes_nothing_and_two_in_a_row_switch() -> None:
    memory: dict[str, Any] = {}
    assert settle(talk("es"), memory, Heard("en", True)).lang == "es"
    assert settle(talk("es"), memory, Heard("en", True)).lang == "en"


def test_a_message_in_between_starts_the_count_again() -> None:
    memory: dict[str, Any] = {}
    settle(talk("es"), memory, Heard("en", True))
    settle(talk("es"), memory, Heard("es", True))
    assert settle(talk("es"), memory, Heard("en", True)).lang == "es"


def test_an_explicit_choice_stands_against_everything_heard() -> None:
    memory: dict[str, Any] = {}
    for _ in range(3):
        assert settle(talk("tl", chosen=True), memory, Heard("en", True)) == Settled("tl", False)


@pytest.mark.parametrize(
    ("silence", "away", "remembered"),
    [
        (timedelta(minutes=30), "", "menu.main"),
        (timedelta(minutes=30, seconds=1), "short", "menu.main"),
        (timedelta(days=45), "short", "menu.main"),
        (timedelta(days=45, seconds=1), "long", None),
    ],
)
def test_a_silence_is_short_after_half_an_hour_and_after_45_days_nothing_is_remembered(
    clean: None,
    db: Callable[[str], Database],
    keys: Callable[[str], KeyProvider],
    silence: timedelta,
    away: str,
    remembered: str | None,
) -> None:
    came, conversation = now(), Conversation(id=1, language="en")
    memory.save(conversation, keys("worker"), {memory.AT: (came - silence).isoformat(), "prompt": "menu.main"})
    with db("worker").begin() as session:
        facts = facts_before(session, keys("worker"), conversation, "hello", came)[1]
    assert (facts.away, facts.memory.get("prompt"), bool(facts.memory.get(memory.LOCKED))) == (
        away,
        remembered,
        away == "long",
    )


def test_a_memory_from_before_this_was_remembered_is_no_silence(
    clean: None, db: Callable[[str], Database], keys: Callable[[str], KeyProvider]
) -> None:
    with db("worker").begin() as session:
        assert facts_before(session, keys("worker"), Conversation(id=1, language="en"), "hello", now())[1].away == ""
