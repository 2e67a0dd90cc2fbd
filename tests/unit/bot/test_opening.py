"""Which language a turn is in: explicit choice, then the sticky one, then what is heard; switching needs two."""

from typing import Any

from bot.opening import Settled, settle
from channels.models import Conversation
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
