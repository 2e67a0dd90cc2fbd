"""The rules and forms of Rasa, driven through a real engine and real actions."""

import pytest

from tests.bot.conftest import Phone

pytestmark = pytest.mark.engine


@pytest.mark.parametrize(
    ("intent", "key"),
    [
        ("greet", "menu.main"),
        ("show_menu", "menu.main"),
        ("go_back", "menu.main"),
        ("goodbye", "chat.goodbye"),
        ("thank", "chat.thanks"),
        ("out_of_scope", "chat.out_of_scope"),
        ("not_understood", "chat.not_understood"),
        ("nothing", "chat.words_only"),
        ("change_language", "language.menu"),
        ("ask_who_we_are", "about.who"),
        ("ask_confidential", "about.confidential"),
        ("come_back", "neutral.back"),
        ("wrong_number", "chat.removed"),
        ("withdraw_case", "case.ask_code"),
        ("emergency", "crisis.numbers"),
        ("ask_union", "rights.not_yet"),
        ("check_case_status", "case.ask_code"),
        ("check_employer", "employer.ask_name"),
    ],
)
def test_an_intent_has_its_answer(phone: Phone, intent: str, key: str) -> None:
    assert phone.keys_of(intent) == [key]


def test_the_quick_road_of_a_report_is_pressing_one(phone: Phone) -> None:
    asked = phone.keys_of("report_abuse")
    assert asked == ["report.ask_safe"]
    assert phone.digit("1") == ["report.ask_story"]
    assert phone.tell() == ["report.ask_kind"]
    assert phone.digit("1") == ["report.ask_employer"]
    assert phone.tell("employer") == ["report.ask_place"]
    assert phone.tell("place") == ["report.ask_when"]
    assert phone.digit("1") == ["report.ask_count"]
    assert phone.digit("2") == ["report.ask_wish"]
    assert phone.digit("1") == ["report.ask_code"]
    assert phone.digit("1") == ["report.ask_confirm"]
    assert phone.digit("1") == []
    assert phone.done[-1].key == "draft.file"


def _at(phone: Phone, slot: str) -> None:
    """Answer every question before `slot` by pressing 1."""
    phone.keys_of("report_abuse")
    while phone.memory["prompt"] != f"report.ask_{slot}":
        phone.digit("1")


def test_words_where_a_digit_is_asked_are_answered_with_the_hint(phone: Phone) -> None:
    _at(phone, "kind")
    assert phone.tell() == ["report.hint_kind"]
    assert phone.digit("1") == ["report.ask_employer"]


def test_a_story_told_before_only_needs_a_one(phone: Phone) -> None:
    phone.keys_of("report_abuse")
    assert phone.keys_of("choose", choice="safe", pending=True) == ["report.ask_story_more"]
    assert phone.digit("1") == ["report.ask_kind"]


def test_back_unanswers_the_question_before(phone: Phone) -> None:
    _at(phone, "when")
    assert phone.keys_of("go_back") == ["report.ask_place"]
    assert phone.keys_of("go_back") == ["report.ask_employer"]
    assert phone.tell("employer") == ["report.ask_place"]


def test_back_at_the_first_question_shows_the_menu(phone: Phone) -> None:
    phone.keys_of("report_abuse")
    assert phone.keys_of("go_back") == ["menu.unfinished", "menu.main"]


def test_repeat_asks_the_same_question(phone: Phone) -> None:
    _at(phone, "when")
    assert phone.keys_of("repeat") == ["report.ask_when"]


def test_an_unsafe_phone_is_warned_and_the_interview_goes_on(phone: Phone) -> None:
    phone.keys_of("report_abuse")
    assert phone.digit("2") == ["report.unsafe", "report.ask_story"]


@pytest.mark.parametrize(
    ("intent", "keys"),
    [
        ("show_menu", ["menu.unfinished", "menu.main"]),
        ("cancel", ["menu.unfinished", "menu.main"]),
        ("come_back", ["neutral.back"]),
        ("change_language", ["language.menu"]),
        ("delete_my_data", ["erase.ask"]),
        ("emergency", ["crisis.numbers"]),
        ("stop_messages", ["opt.ask"]),
        ("check_case_status", ["case.ask_code"]),
        ("ask_wages", ["rights.wages"]),
    ],
)
def test_a_report_can_be_left_and_taken_up_where_it_stood(phone: Phone, intent: str, keys: list[str]) -> None:
    _at(phone, "count")
    assert phone.keys_of(intent) == keys
    assert phone.keys_of("resume") == ["report.ask_count"]


def test_memory_lost_in_the_middle_of_an_interview_is_made_up_from_the_draft(phone: Phone) -> None:
    _at(phone, "count")
    phone.forget()
    assert phone.tell() == ["report.ask_count"]


def test_a_turn_tried_again_finds_the_form_as_it_was(phone: Phone) -> None:
    _at(phone, "when")
    mark = phone.mark()
    before = dict(phone.draft or {}), dict(phone.memory)
    assert phone.digit("1") == ["report.ask_count"]
    phone.forget(mark)
    phone.draft, phone.memory = before
    assert phone.digit("1") == ["report.ask_count"]


def test_a_second_report_starts_with_no_answers(phone: Phone) -> None:
    _at(phone, "confirm")
    phone.digit("1")
    assert phone.keys_of("report_abuse") == ["report.ask_safe"]
    assert phone.digit("1") == ["report.ask_story"]


def test_a_pin_of_ones_own_is_asked_for_and_asked_again_when_it_does_not_fit(phone: Phone) -> None:
    _at(phone, "code")
    assert phone.digit("2") == ["report.ask_pin"]
    assert phone.keys_of("choose", choice="pin:bad") == ["report.ask_pin"]
    assert phone.keys_of("choose", choice="pin:given") == ["report.ask_confirm"]


def test_read_back_shows_codes_only(phone: Phone) -> None:
    phone.keys_of("report_abuse")
    phone.digit("1")
    for part in ("story", "employer"):
        phone.tell(part)
        if part == "story":
            phone.digit("1")
    while phone.memory["prompt"] != "report.ask_confirm":
        phone.digit("1")
    line = phone.send("repeat")[0]
    assert line.args["story"] == 1
    assert line.args["employer"] == {"key": "report.given", "args": {}}
    assert line.args["place"] == {"key": "report.not_given", "args": {}}
    assert line.args["kind"] == {"key": "report.kind_pay", "args": {}}


def test_the_end_can_be_put_off_or_erased(phone: Phone) -> None:
    _at(phone, "confirm")
    assert phone.digit("2") == ["report.kept"]
    assert phone.digit("1") == ["report.ask_confirm"]
    assert phone.digit("3") == ["erase.ask"]
    assert phone.digit("1") == ["erase.done"]
    assert phone.draft is None
    assert phone.keys_of("resume") == ["report.nothing_open", "menu.main"]


def test_without_an_intake_team_no_report_is_opened(phone: Phone) -> None:
    phone.intake_open = False
    assert phone.keys_of("report_abuse") == ["report.closed"]
    assert phone.keys_of("greet") == ["menu.main"]


def test_yes_no_and_skip_are_answers(phone: Phone) -> None:
    phone.keys_of("report_abuse")
    assert phone.keys_of("affirm") == ["report.ask_story"]
    assert phone.keys_of("skip") == ["report.hint_story"]
    phone.tell()
    assert phone.keys_of("skip") == ["report.ask_employer"]
    assert phone.keys_of("skip") == ["report.ask_place"]
    assert phone.draft is not None and phone.draft["employer"] == "skip"


def test_rasa_remembers_no_answer(phone: Phone) -> None:
    _at(phone, "confirm")
    slots = {name for name in phone.slots() if name.startswith("report_")}
    assert {phone.slots()[name] for name in slots} <= {"given", "skipped", True, None}


def test_a_card_has_more_the_law_and_a_way_to_report(phone: Phone) -> None:
    assert phone.keys_of("ask_documents") == ["rights.documents"]
    assert phone.digit("1") == ["rights.documents_more"]
    assert phone.digit("2") == ["rights.law"]
    assert phone.keys_of("repeat") == ["rights.law"]
    assert phone.digit("3") == ["report.ask_safe"]


def test_the_menu_leads_to_everything(phone: Phone) -> None:
    leads_to = {"1": "jobs.ask_work", "2": "rights.menu", "4": "employer.ask_name", "5": "case.ask_code"}
    for digit, key in leads_to.items():
        phone.keys_of("show_menu")
        assert phone.digit(digit) == [key]


def test_a_language_is_chosen_by_digit(phone: Phone) -> None:
    assert phone.keys_of("choose", choice="lang:es") == ["menu.main"]
    assert phone.done[-1].args == {"lang": "es"}


def test_an_action_refuses_a_turn_that_is_over(phone: Phone) -> None:
    phone.keys_of("greet")
    with phone.closed_turn() as (name, turn_id, mark):
        phone.running.engine.turn(name, "greet", turn_id)
        assert phone.unconfirmed(mark) == ["action_menu"]


def test_jobs_are_asked_for_searched_and_shown(phone: Phone) -> None:
    assert phone.keys_of("find_job") == ["jobs.ask_work"]
    assert phone.keys_of("tell", told=True, words="landscaping") == ["jobs.ask_place"]
    assert phone.keys_of("tell", told=True, words="zzzzqq")[0] == "jobs.place_unknown"
    assert phone.keys_of("tell", told=True, words="Georgia") == ["jobs.none"]


def test_a_job_search_that_names_everything_asks_nothing(phone: Phone) -> None:
    assert phone.keys_of("find_job", words="landscaping in Georgia") == ["jobs.none"]


def test_any_work_anywhere(phone: Phone) -> None:
    phone.keys_of("find_job")
    assert phone.digit("1") == ["jobs.ask_place"]
    assert phone.digit("1") == ["jobs.none"]


def test_another_wish_leaves_the_job_search(phone: Phone) -> None:
    phone.keys_of("find_job")
    assert phone.keys_of("ask_wages") == ["rights.wages"]
    assert phone.keys_of("find_job") == ["jobs.ask_work"]
    assert phone.keys_of("report_abuse") == ["report.ask_safe"]


def test_a_long_conversation_stays_short_in_rasas_memory_and_keeps_its_place(phone: Phone) -> None:
    _at(phone, "count")
    for _ in range(12):
        assert phone.keys_of("repeat") == ["report.ask_count"]
        assert phone.tell() == ["report.hint_count"]
        phone.prune()
        assert phone.events() < 80
    assert phone.digit("1") == ["report.ask_wish"]
    assert phone.keys_of("go_back") == ["report.ask_count"]


def test_a_turn_that_began_a_new_session_can_be_tried_again(phone: Phone) -> None:
    _at(phone, "kind")
    for _ in range(8):
        mark = phone.mark()
        before = dict(phone.memory)
        assert phone.keys_of("repeat") == ["report.ask_kind"]
        phone.forget(mark)
        phone.memory = before
        assert phone.keys_of("repeat") == ["report.ask_kind"]
    assert phone.digit("1") == ["report.ask_employer"]


def test_a_person_is_there_now_or_at_the_next_opening(phone: Phone) -> None:
    phone.keys_of("show_menu")
    for first, numbers in (phone.keys_of("talk_to_person"), phone.digit("6")):
        assert first in ("person.hours", "person.there_now")
        assert numbers == "person.numbers"


CASE = {"status": "received", "promised": None, "late": False, "replies": 0, "readers": 0, "last_read": None}
CASE |= {"copies": 0, "erased": None}


def test_with_the_code_the_digits_of_the_answer_lead_on(phone: Phone) -> None:
    assert phone.keys_of("check_case_status", case=CASE) == ["case.status"]
    for choice, key in {"add": "case.ask_words", "who": "case.nobody_looked", "back": "case.take_back"}.items():
        assert phone.keys_of("choose", choice=f"case:{choice}", case=CASE) == [key]
    for choice, effect in {"stop": "case.withdraw", "erase": "case.erase", "undo": "case.undo"}.items():
        phone.keys_of("choose", choice=f"case:{choice}", case=CASE)
        assert phone.done[-1].key == effect


@pytest.mark.parametrize("choice", ["status", "add", "who", "back", "stop", "erase", "undo"])
def test_without_the_code_nothing_of_a_case_is_told_or_done(phone: Phone, choice: str) -> None:
    assert phone.keys_of("choose", choice=f"case:{choice}") == ["case.ask_code"]
    assert phone.done == []


def test_the_answer_to_a_code_says_everything_in_one_message(phone: Phone) -> None:
    promised = {**CASE, "promised": "2027-11-25", "replies": 2}
    (line,) = phone.send("check_case_status", case=promised)
    assert [news["key"] for news in line.args["news"]] == ["case.status_received", "case.promise", "case.replies"]
    assert line.args["news"][1]["args"] == {"day": "11/25"}
    (line,) = phone.send("check_case_status", case={**promised, "late": True, "erased": "2027-11-26"})
    assert line.key == "case.erasing"
    assert [news["key"] for news in line.args["news"]][1::2] == ["case.promise_late", "case.erased_on"]


def test_the_answer_can_be_said_again_while_the_code_holds(phone: Phone) -> None:
    phone.keys_of("check_case_status", case=CASE)
    assert phone.keys_of("repeat", case=CASE) == ["case.status"]
    assert phone.keys_of("repeat") == ["case.ask_code"]


def test_what_waits_before_a_report_was_opened_can_be_gone_on_with(phone: Phone) -> None:
    assert phone.keys_of("resume", pending=True) == ["report.ask_safe"]


def test_what_may_be_a_strangers_is_not_gone_on_with_but_can_be_erased_unseen(phone: Phone) -> None:
    phone.memory["locked"] = True
    assert phone.keys_of("resume") == ["case.ask_code"]
    assert phone.keys_of("delete_my_data") == ["erase.nothing"]
    assert phone.done[-1].key == "draft.erase"
