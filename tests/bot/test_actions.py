"""Actions against the interview, the prompts and the domain they belong to."""

from dataclasses import replace

import pytest
import yaml

from bot import prompts, tracker, train
from bot.actions.answers import Kind, Verdict, judge
from bot.actions.base import Office
from bot.actions_process import all_actions
from bot.exchange import TurnFacts
from intake import interview

FACTS = TurnFacts("choose", "en", draft={})


def _domain(section: str) -> dict[str, object] | list[str]:
    found: list[str] = []
    for path in (train.ENGINE / "domain").glob("*.yml"):
        found += list(yaml.safe_load(path.read_text()).get(section, []))
    return found


def test_the_domain_and_the_actions_are_the_same_set() -> None:
    names = [action.called for action in all_actions(Office(None, None))]  # type: ignore[arg-type]
    assert len(names) == len(set(names))
    assert set(names) == set(_domain("actions"))


def test_the_form_asks_the_questions_of_the_interview_in_order() -> None:
    content = yaml.safe_load((train.ENGINE / "domain" / "report.yml").read_text())
    assert content["forms"]["report_form"]["required_slots"] == list(interview.SLOTS)


def test_every_form_is_validated_and_can_be_left() -> None:
    forms = set(_domain("forms"))
    assert forms == set(tracker.VALIDATED_BY) == set(train.FORMS)


def test_every_intent_behind_a_digit_exists() -> None:
    keys = prompts.known()
    wanted = {value[1:] for key in keys for value in prompts.choices(key).values() if value.startswith("=")}
    assert wanted <= set(train.domain_intents())


def test_questions_and_their_hints_share_their_digits() -> None:
    for question in interview.QUESTIONS:
        assert prompts.choices(question.key) == prompts.choices(question.hint) == dict(question.choices)


def test_a_key_that_is_no_prompt_has_no_digits() -> None:
    assert prompts.choices("chat.goodbye") == {}


@pytest.mark.parametrize(
    ("slot", "facts", "verdict"),
    [
        ("report_kind", {"choice": "fees"}, Verdict(Kind.GIVEN, "fees")),
        ("report_kind", {"choice": "rights:wages:law"}, Verdict(Kind.LEAVE)),
        ("report_kind", {"intent": "tell", "told": True}, Verdict(Kind.MISFIT)),
        ("report_employer", {"intent": "tell", "told": True}, Verdict(Kind.GIVEN)),
        ("report_employer", {"choice": "skip"}, Verdict(Kind.SKIPPED, "skip")),
        ("report_employer", {"intent": "skip"}, Verdict(Kind.SKIPPED, "skip")),
        ("report_count", {"intent": "skip"}, Verdict(Kind.SKIPPED)),
        ("report_code", {"intent": "skip"}, Verdict(Kind.MISFIT)),
        ("report_code", {"choice": "pin"}, Verdict(Kind.PIN)),
        ("report_code", {"choice": "pin:given"}, Verdict(Kind.GIVEN, "pin")),
        ("report_confirm", {"choice": "file"}, Verdict(Kind.GIVEN, "file")),
        ("report_confirm", {"choice": "keep"}, Verdict(Kind.LEAVE)),
        ("report_safe", {"intent": "deny"}, Verdict(Kind.GIVEN, "unsafe")),
        ("report_safe", {"intent": "go_back"}, Verdict(Kind.LEAVE)),
        ("report_story", {"intent": "go_back"}, Verdict(Kind.BACK)),
        ("report_story", {"intent": "nothing"}, Verdict(Kind.MISFIT)),
        ("report_when", {"intent": "repeat"}, Verdict(Kind.AGAIN)),
        ("report_when", {"intent": "talk_to_person"}, Verdict(Kind.LEAVE)),
        ("report_when", {"choice": "week", "draft": None}, Verdict(Kind.LEAVE)),
    ],
)
def test_an_answer_is_judged(slot: str, facts: dict[str, object], verdict: Verdict) -> None:
    assert judge(interview.question(slot), replace(FACTS, **facts)) == verdict  # type: ignore[arg-type]
