"""One turn against the real engine and actions: what is tried again, what is put aside, who may write."""

from collections.abc import Callable, Iterator

import httpx
import pytest

from bot import effects, safety, turn
from bot.client import Engine
from bot.effects import Scene
from bot.exchange import Args
from bot.turn import MAX_FAILURES
from channels.models import MessageState
from intents import gate
from tests.bot.conftest import Running
from tests.bot.desk import Desk
from translations.catalog import render

pytestmark = pytest.mark.engine

PHONE = "+12025550171"
DONE, PARKED, NEW = MessageState.DONE, MessageState.PARKED, MessageState.NEW
TO_THE_STORY = ("hello", "I want to report my boss", "1")
TROUBLE = render("en", "chat.trouble")
ASKED_KIND, HINT_KIND, ASKED_EMPLOYER = (
    render("en", f"report.{key}") for key in ("ask_kind", "hint_kind", "ask_employer")
)
DEATHS = (  # each kills at another message; the last two before and after the report is filed
    "turn.opened:2",
    "turn.understood:2",
    "turn.handed_over:2",
    "turn.decided:2",
    "turn.written:3",
    "turn.committed:2",
    "turn.written:6",
    "turn.committed:1",
)


@pytest.fixture
def mad(running: Running) -> Iterator[Engine]:
    """The real engine, but what it says is changed into nonsense on the way."""
    engine = Engine(running.settings, Nonsense())
    yield engine
    engine.close()


class Nonsense(httpx.HTTPTransport):
    """Lets every call through and answers each turn with a line nobody wrote."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = super().handle_request(request)
        answer.read()
        return httpx.Response(200, json=[{"text": "#99"}]) if "webhook" in request.url.path else answer


def hanging(desk: Desk, *, healthy: bool = False) -> Engine:
    """An engine whose calls never come back; `healthy`: it still answers when asked how it is."""

    def answer(request: httpx.Request) -> httpx.Response:
        if healthy and request.url.path == "/status":
            return httpx.Response(200)
        raise httpx.ReadTimeout("nothing came")

    return Engine(desk.hotline.settings, httpx.MockTransport(answer))


def away(desk: Desk) -> Engine:
    """An engine nobody can reach."""

    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    return Engine(desk.hotline.settings, httpx.MockTransport(answer))


def alarms(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]


def test_a_worker_killed_between_any_two_steps_answers_everything_once_and_in_order(desk: Desk) -> None:
    script = (*TO_THE_STORY, "text 1: no pay", "1", *"111111", "text 2: no water", "text 3: no rest", "1", "0")
    calm, shaken = desk.write("+12025550199", *script), desk.write(PHONE, *script)
    desk.drain(calm)
    done = [desk.drain_and_die(shaken, death) for death in DEATHS]
    assert done == [-9] * len(DEATHS)
    assert desk.states(shaken) == [DONE] * 14 + [NEW]
    desk.drain(shaken)
    assert desk.heard(shaken) == desk.heard(calm)
    assert desk.stories() == [["I want to report my boss", "text 1: no pay", "text 2: no water", "text 3: no rest"]] * 2
    assert desk.left_over() == 0


@pytest.mark.parametrize("broken", [away, hanging])
def test_while_the_engine_is_away_or_hangs_a_message_waits_and_that_is_not_its_fault(
    desk: Desk, broken: Callable[[Desk], Engine]
) -> None:
    conversation = desk.write(PHONE, "hello")
    desk.drain(conversation, broken(desk), times=2 * MAX_FAILURES)
    assert (desk.states(conversation), desk.failures(conversation)) == ([NEW], 0)
    desk.drain(conversation)
    assert desk.states(conversation) == [DONE]
    assert len(desk.heard(conversation)) == 2


def test_a_message_that_hangs_an_engine_which_answers_others_is_put_aside(desk: Desk) -> None:
    conversation = desk.write(PHONE, "hello")
    desk.drain(conversation, hanging(desk, healthy=True), times=MAX_FAILURES)
    assert desk.states(conversation) == [PARKED]


def test_a_turn_that_is_nonsense_is_put_aside_its_words_kept_and_the_next_goes_on(
    desk: Desk, mad: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    conversation = desk.write(PHONE, *TO_THE_STORY, "text 1: no pay")
    desk.drain(conversation)
    desk.write(PHONE, "text 2: no water")
    desk.drain(conversation, mad, times=MAX_FAILURES - 1)
    assert desk.states(conversation)[-1] is NEW
    desk.drain(conversation, mad)
    assert (desk.states(conversation)[-1], desk.heard(conversation)[-1]) == (PARKED, TROUBLE)
    assert "message_parked" in alarms(caplog)
    desk.write(PHONE, "text 3: no rest", *"11111111", "1")
    desk.drain(conversation)
    assert desk.heard(conversation)[6] == HINT_KIND
    assert desk.stories() == [["I want to report my boss", "text 1: no pay", "text 2: no water", "text 3: no rest"]]
    assert desk.left_over() == 0


def test_the_dialogue_stands_where_it_stood_before_a_turn_that_was_put_aside(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(scene: Scene, args: Args) -> None:
        raise RuntimeError("out of order")

    conversation = desk.write(PHONE, *TO_THE_STORY, "text 1: no pay")
    desk.drain(conversation)
    with monkeypatch.context() as patch:
        patch.setitem(effects.EFFECTS, "draft.fact", break_down)
        desk.write(PHONE, "1")
        desk.drain(conversation, times=MAX_FAILURES)
    assert desk.states(conversation)[-1] is PARKED
    desk.write(PHONE, "1")
    desk.drain(conversation)
    assert desk.heard(conversation)[-2:] == [TROUBLE, ASKED_EMPLOYER]


def test_a_message_at_which_the_process_ended_again_and_again_is_put_aside_and_its_words_kept(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    conversation = desk.write(PHONE, *TO_THE_STORY)
    desk.drain(conversation)
    desk.write(PHONE, "text 1: no pay", "text 2: no water")
    desk.execute(f"update inbox.message set failures = {MAX_FAILURES - 1} where id = 4")
    assert desk.drain_and_die(conversation, "turn.understood") == -9
    desk.drain(conversation)
    assert desk.states(conversation)[-2:] == [PARKED, DONE]
    assert "message_parked" in alarms(caplog)
    assert desk.heard(conversation)[-2:] == [TROUBLE, ASKED_KIND]


def test_a_damaged_body_is_put_aside_and_neither_a_stop_nor_the_next_message_waits_for_it(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    conversation = desk.write(PHONE, "hello")
    desk.drain(conversation)
    desk.write(PHONE, "this one breaks", "STOP", "START", "0")
    desk.execute("update inbox.message set body = set_byte(body, 40, 255 - get_byte(body, 40)) where id = 2")
    safety.check(desk.hotline, conversation)
    assert desk.states(conversation) == [DONE, NEW, DONE, DONE, NEW]
    desk.drain(conversation, times=MAX_FAILURES)
    assert desk.states(conversation) == [DONE, PARKED, DONE, DONE, DONE]
    assert {"parked_text_lost", "message_parked"} <= set(alarms(caplog))
    assert desk.heard(conversation)[2:] == [
        render("en", "opt.stop"),
        render("en", "opt.start"),
        TROUBLE,
        render("en", "menu.main"),
    ]


def test_a_gate_that_breaks_at_one_message_still_sees_the_stop_behind_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = gate.check

    def broken(text: str) -> object:
        if "odd" in text:
            raise ValueError(text)
        return whole(text)

    monkeypatch.setattr(gate, "check", broken)
    conversation = desk.write(PHONE, "an odd one", "STOP")
    safety.check(desk.hotline, conversation)
    assert desk.states(conversation) == [NEW, DONE]


@pytest.mark.parametrize("moment", ["turn.opened", "turn.understood", "turn.handed_over", "turn.decided"])
@pytest.mark.parametrize(
    "statement",
    [
        "update inbox.turn set attempt = attempt + 1",
        "with gone as (delete from inbox.turn_line), also as (delete from inbox.turn_action), "
        "input as (delete from inbox.turn_input) delete from inbox.turn",
    ],
)
def test_an_attempt_that_was_overtaken_leaves_no_trace(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, moment: str, statement: str
) -> None:
    def overtake(name: str) -> None:
        if name == moment:
            desk.execute(statement)

    monkeypatch.setattr(turn, "failpoint", overtake)
    conversation = desk.write(PHONE, "0")
    desk.drain(conversation)
    assert (desk.states(conversation), desk.heard(conversation), desk.failures(conversation)) == ([NEW], [], 0)


class Skipping(httpx.HTTPTransport):
    """As if the actions had died in the middle of a turn: the question is not asked, and Rasa goes on as if it were."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = super().handle_request(request)
        if "webhook" not in request.url.path:
            return answer
        answer.read()
        self._desk.execute("delete from inbox.turn_action where name like 'action_ask_%'")
        return httpx.Response(200, json=answer.json()[:-1])


@pytest.mark.parametrize(("steps", "digit"), [(TO_THE_STORY, "1"), (TO_THE_STORY[:2], "2")])
def test_a_question_that_nobody_asked_makes_the_turn_not_count(desk: Desk, steps: tuple[str, ...], digit: str) -> None:
    calm, shaken = desk.write("+12025550199", *steps, digit), desk.write(PHONE, *steps)
    desk.drain(calm)
    desk.drain(shaken)
    desk.write(PHONE, digit)
    engine = Engine(desk.hotline.settings, Skipping(desk))
    desk.drain(shaken, engine, times=MAX_FAILURES - 1)
    engine.close()
    assert (desk.states(shaken)[-1], len(desk.heard(shaken))) == (NEW, len(steps) + 1)
    desk.drain(shaken)
    assert desk.heard(shaken) == desk.heard(calm)
