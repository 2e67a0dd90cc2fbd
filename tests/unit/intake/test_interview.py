import pytest

from intake import interview
from intake.interview import QUESTIONS, Question


def test_the_questions_stand_in_the_agreed_order() -> None:
    names = ("safe", "story", "kind", "employer", "place", "when", "count", "wish", "code", "confirm")
    assert [question.fact for question in QUESTIONS] == list(names)
    assert list(interview.SLOTS) == [f"report_{name}" for name in names]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.slot)
def test_every_question_can_be_answered_by_a_digit_from_one_to_eight(question: Question) -> None:
    assert list(question.choices) == [str(digit) for digit in range(1, len(question.choices) + 1)]
    assert 1 <= len(question.choices) <= 8
    assert question.key.startswith("report.")
    assert question.hint


def test_free_text_is_kept_under_a_part_and_nothing_else_is() -> None:
    assert {question.part for question in QUESTIONS if question.free_text} == set(interview.PARTS)
    assert {question.part for question in QUESTIONS if not question.free_text} == {None}


def test_one_files_the_report() -> None:
    assert interview.question("report_confirm").choices["1"] == "file"


def test_previous_walks_back_to_the_first() -> None:
    before = interview.previous("report_story")
    assert before is not None
    assert before.slot == "report_safe"
    assert interview.previous("report_safe") is None


def test_an_unknown_slot_is_named() -> None:
    with pytest.raises(interview.UnknownQuestion):
        interview.question("report_phone")
