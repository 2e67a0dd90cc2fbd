"""How a turn closes: the order of lines, broken answers, the first greeting."""

from typing import Any

import pytest

from bot import closing, effects
from bot.closing import BrokenAnswer
from bot.effects import Scene, UnknownEffect
from bot.exchange import Line
from bot.opening import Settled
from channels.models import Conversation


def scene(**memory: Any) -> Scene:
    return Scene(session=None, keys=None, conversation=Conversation(id=1), memory=memory, language="en")  # type: ignore[arg-type]


def test_lines_are_said_in_the_order_of_the_dialogue_and_its_own_keys_stay_between() -> None:
    lines = {0: Line("say", "first"), 1: Line("do", "remember", {"a": 1}), 2: Line("say", "last")}
    stage = scene()
    said = closing.perform(stage, ["#0", "menu.main", "#2"], lines)
    assert [line.key for line in said] == ["first", "menu.main", "last"]
    assert stage.memory == {"a": 1}


def test_what_an_effect_says_stands_where_the_effect_stood(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(effects.EFFECTS, "draft.file", lambda scene, args: [Line("say", "report.filed")])
    lines = {0: Line("do", "draft.file"), 1: Line("say", "after")}
    assert [line.key for line in closing.perform(scene(), ["#1"], lines)] == ["report.filed", "after"]


def test_an_ordinal_nobody_wrote_fails_the_turn() -> None:
    with pytest.raises(BrokenAnswer):
        closing.perform(scene(), ["#3"], {})


def test_an_unknown_effect_fails_the_turn() -> None:
    with pytest.raises(UnknownEffect):
        closing.perform(scene(), [], {0: Line("do", "launch.rocket")})


def test_the_first_reply_says_what_the_carrier_sees_and_only_the_first() -> None:
    stage = scene()
    first = closing.with_greeting([Line("say", "menu.main")], stage, Settled("es", False))
    again = closing.with_greeting([Line("say", "menu.main")], stage, Settled("es", False))
    assert [line.key for line in first] == ["welcome", "menu.main"]
    assert [line.key for line in again] == ["menu.main"]
    assert stage.conversation.language == "es"


def test_an_unclear_first_contact_gets_the_language_menu_instead_of_a_guess_and_no_language_sticks() -> None:
    stage = scene()
    said = closing.with_greeting([Line("say", "chat.not_understood")], stage, Settled("en", True))
    assert [line.key for line in said] == ["welcome", "language.menu"]
    assert stage.conversation.language is None


def test_an_answer_that_matters_is_not_replaced_by_the_language_menu() -> None:
    said = closing.with_greeting([Line("say", "case.status")], scene(welcomed=True), Settled("en", True))
    assert [line.key for line in said] == ["case.status", "language.menu"]
