"""What an answer to a question of the interview amounts to. Pure: a question and the turn's facts in, a verdict out."""

import enum
from dataclasses import dataclass

from bot.exchange import TurnFacts
from intake import interview
from intake.interview import Question

PIN, PIN_GIVEN, PIN_BAD = "pin", "pin:given", "pin:bad"
_AGAIN = frozenset({"repeat", "resume", "report_abuse"})
_MISFIT = frozenset({"tell", "deny", "skip", "nothing", "not_understood"})
_MUST_ANSWER = frozenset({"report_safe", "report_story", "report_code", "report_confirm"})
_ENDS = frozenset({"keep", "erase"})


class Kind(enum.Enum):
    """What to do with the question now."""

    GIVEN = "given"  # answered, perhaps with a coded value
    SKIPPED = "skipped"
    BACK = "back"  # to the question before
    AGAIN = "again"  # ask it once more as it is
    MISFIT = "misfit"  # ask it once more, with the hint
    PIN = "pin"  # ask for the PIN itself
    LEAVE = "leave"  # this is nothing for the interview


@dataclass(frozen=True)
class Verdict:
    """`value` is the code for the draft, None for free text (it is already kept) and everything but GIVEN."""

    kind: Kind
    value: str | None = None


def judge(question: Question, facts: TurnFacts) -> Verdict:
    """Read the facts of a turn as the answer to a question."""
    if facts.draft is None:
        return Verdict(Kind.LEAVE)
    if facts.intent == "choose":
        return _chosen(question, facts.choice or "")
    if facts.intent == "go_back":
        return Verdict(Kind.BACK if interview.previous(question.slot) else Kind.LEAVE)
    if facts.intent in _AGAIN:
        return Verdict(Kind.AGAIN)
    return _said(question, facts)


def _chosen(question: Question, choice: str) -> Verdict:
    if question.slot == "report_code" and choice in (PIN, PIN_GIVEN, PIN_BAD):
        return {PIN: Verdict(Kind.PIN), PIN_GIVEN: Verdict(Kind.GIVEN, PIN), PIN_BAD: Verdict(Kind.PIN)}[choice]
    if choice in _ENDS and question.slot == "report_confirm":
        return Verdict(Kind.LEAVE)
    if choice == interview.SKIP and choice in question.choices.values():
        return Verdict(Kind.SKIPPED, choice)
    return Verdict(Kind.GIVEN, choice) if choice in question.choices.values() else Verdict(Kind.LEAVE)


def _said(question: Question, facts: TurnFacts) -> Verdict:
    """Words instead of a digit: yes is 1, no is "unsafe" or nothing, free text answers a question that wants it."""
    if facts.intent == "affirm":
        return _chosen(question, question.choices["1"])
    if facts.intent == "deny" and question.slot == "report_safe":
        return Verdict(Kind.GIVEN, question.choices["2"])
    if facts.intent == "tell" and question.free_text:
        return Verdict(Kind.GIVEN)
    if facts.intent == "skip" and question.slot not in _MUST_ANSWER:
        return Verdict(Kind.SKIPPED, interview.SKIP if interview.SKIP in question.choices.values() else None)
    return Verdict(Kind.MISFIT if facts.intent in _MISFIT else Kind.LEAVE)
