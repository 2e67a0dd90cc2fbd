"""How one message is read: digits and control words need no engine, an interview keeps every word."""

from typing import Any

import pytest

from bot.client import Parsed
from bot.exchange import TurnFacts
from bot.understanding import Understood, understand


class Engine:
    """An engine that reads every text as `intent`, and remembers what it was asked."""

    def __init__(self, intent: str | None = None, confidence: float = 0.9) -> None:
        self.answer, self.asked = Parsed(intent, confidence), []  # type: ignore[var-annotated]

    def parse(self, text: str) -> Parsed:
        self.asked.append(text)
        return self.answer


def read(text: str, engine: Engine | None = None, **facts: Any) -> Understood:
    return understand(text, TurnFacts(intent="", language="en", **facts), engine or Engine("greet"))  # type: ignore[arg-type]


MENU = {"prompt": "menu.main", "choices": {"1": "=find_job", "2": "rights:menu"}}
ASKED = {"prompt": "report.ask_when", "choices": {"1": "week", "2": "month"}}


def test_a_digit_of_the_last_prompt_is_its_choice_without_any_engine() -> None:
    engine = Engine()
    found = read("2", engine, memory=MENU)
    assert (found.intent, found.facts.choice, engine.asked) == ("choose", "rights:menu", [])


def test_a_choice_that_stands_for_an_intent_becomes_that_intent() -> None:
    assert read("1.", memory=MENU).intent == "find_job"


@pytest.mark.parametrize(("digit", "intent"), [("0", "go_back"), ("9", "repeat"), ("8", "not_understood")])
def test_back_and_repeat_mean_the_same_everywhere(digit: str, intent: str) -> None:
    assert read(digit, memory=MENU).intent == intent


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_a_message_without_words_is_nothing(text: str) -> None:
    assert read(text).intent == "nothing"


def test_inside_the_interview_every_text_is_kept_and_the_engine_is_not_asked() -> None:
    engine = Engine("find_job")
    found = read("last tuesday, i want a job", engine, memory=ASKED, draft={"kind": "pay"})
    assert (found.intent, found.keep, engine.asked) == ("tell", "draft:story", [])


def test_the_text_of_this_very_turn_is_counted_in_what_is_read_back() -> None:
    confirm = {"prompt": "report.ask_confirm", "choices": {}}
    assert read("and no water", memory=confirm, draft={"story": 2}).facts.draft == {"story": 3}
    employer = {"prompt": "report.ask_employer", "choices": {}}
    assert read("Rancho Azul", memory=employer, draft={"story": 2}).facts.draft == {"story": 2, "employer": "given"}


def test_an_answer_about_the_employer_is_kept_as_a_party() -> None:
    found = read("Rancho Azul", memory={"prompt": "report.ask_employer", "choices": {}}, draft={})
    assert found.keep == "draft:employer"


def test_an_exact_control_word_leaves_the_interview_and_is_not_kept() -> None:
    found = read("menu", memory=ASKED, draft={})
    assert (found.intent, found.keep) == ("show_menu", None)


def test_a_question_of_an_interview_that_is_over_swallows_nothing() -> None:
    assert read("hello there", memory=ASKED, draft=None).intent == "greet"


@pytest.mark.parametrize("intent", ["report_abuse", "emergency", "ask_documents"])
def test_a_long_message_about_harm_or_rights_waits_as_a_pending_story(intent: str) -> None:
    assert read("the boss keeps my passport", Engine(intent)).keep == "pending"


def test_a_long_message_nobody_understood_waits_too() -> None:
    assert read("blue barn friday no money", Engine("find_job", 0.1)).keep == "pending"


def test_a_short_message_and_a_job_search_leave_nothing_behind() -> None:
    assert read("passport please", Engine("ask_documents")).keep is None
    assert read("i look for harvest work in texas", Engine("find_job")).keep is None


def test_nothing_waits_while_nobody_could_read_it() -> None:
    assert read("the boss keeps my passport", Engine("report_abuse"), intake_open=False).keep is None


def test_words_go_to_the_actions_only_for_searches() -> None:
    assert read("harvest work in texas", Engine("find_job")).facts.words == "harvest work in texas"
    assert read("the boss keeps my passport", Engine("report_abuse")).facts.words == ""


def test_words_answer_a_job_question_whatever_they_look_like() -> None:
    found = read("31768", memory={"prompt": "jobs.ask_place", "choices": {}})
    assert (found.intent, found.facts.words) == ("tell", "31768")


def test_a_receipt_is_looked_up_and_never_handed_on() -> None:
    engine = Engine()
    found = read("4821 7730 9256 1148", engine)
    assert (found.intent, found.code, engine.asked) == ("check_case_status", "4821 7730 9256 1148", [])
    assert "4821" not in str(found.facts)


def test_a_secret_number_is_never_kept_as_text() -> None:
    found = read("482913", memory={"prompt": "report.ask_pin", "choices": {}}, draft={})
    assert (found.keep, found.code, found.facts.choice) == ("pin", "482913", "pin:given")
    wrong = read("48291348", memory={"prompt": "report.ask_pin", "choices": {}}, draft={})
    assert (wrong.keep, wrong.facts.choice) == (None, "pin:bad")


def test_an_unsure_reading_is_not_believed() -> None:
    assert read("bla bla", Engine("withdraw_case", 0.1)).intent == "not_understood"


def test_a_receipt_in_the_middle_of_an_interview_is_a_receipt_and_no_part_of_the_story() -> None:
    found = read("4821 7730 9256 1184", memory=ASKED, draft={})
    assert (found.intent, found.keep) == ("check_case_status", None)


def test_the_words_for_a_case_need_no_engine_and_go_to_no_action() -> None:
    engine, asked = Engine("find_job"), {"prompt": "case.ask_words", "choices": {}}
    found = read("they pay cash now", engine, memory=asked, case={"status": "received"})
    assert (found.intent, found.keep, found.facts.words, engine.asked) == ("add_to_case", None, "", [])
    assert read("they pay cash now", engine, memory=asked).keep == "pending"


@pytest.mark.parametrize(
    "text", ["wrong number", "Numero equivocado!", "número equivocado", "ou twonpe nimewo", "Maling numero"]
)
def test_a_wrong_number_is_known_in_every_language_without_any_model(text: str) -> None:
    engine = Engine("greet")
    assert (read(text, engine, memory=ASKED, draft={}).intent, engine.asked) == ("wrong_number", [])


AWAY = {"memory": ASKED, "draft": {"kind": "pay"}, "away": "short"}


@pytest.mark.parametrize("engine", [Engine("greet"), Engine("thank"), Engine("report_abuse", 0.1), Engine(None)])
def test_after_a_silence_a_greeting_or_unclear_words_are_met_with_a_neutral_question_and_kept(engine: Engine) -> None:
    found = read("who is this", engine, **AWAY)
    assert (found.intent, found.keep) == ("come_back", "draft:story")


def test_an_unclear_answer_after_a_silence_still_answers_its_question_and_a_greeting_does_not() -> None:
    asked = {**AWAY, "memory": {"prompt": "report.ask_employer", "choices": {}}}
    unclear = read("Rancho Azul", Engine(None), **asked)
    assert (unclear.keep, unclear.facts.draft) == ("draft:employer", {"kind": "pay", "employer": "given"})
    assert read("hello", Engine("greet"), **asked).keep == "draft:story"


def test_who_is_clear_after_a_silence_goes_on() -> None:
    assert read("they did not pay us", Engine("report_abuse"), **AWAY).intent == "tell"
    assert read("1", Engine("greet"), **AWAY).facts.choice == "week"


def test_with_nothing_unfinished_a_greeting_after_a_silence_is_a_greeting() -> None:
    assert read("hello", Engine("greet"), away="short").intent == "greet"
    assert read("hello", Engine("greet"), away="short", pending=True).intent == "come_back"
