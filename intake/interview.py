"""The questions of a report, in order. Codes only: the words are in the catalogs, the answers in the draft."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.errors import AmparoError

STORY, EMPLOYER, PLACE = "story", "employer", "place"
PARTS = (STORY, EMPLOYER, PLACE)
SKIP = "skip"


class UnknownQuestion(AmparoError):
    """No question has this slot."""


@dataclass(frozen=True)
class Question:
    """One question. `choices` maps digits to codes; with `free_text` the answer is kept sealed under `part`."""

    slot: str
    key: str
    fact: str
    choices: Mapping[str, str] = field(default_factory=dict)
    free_text: bool = False
    hint: str = ""
    part: str | None = None


def _choice(fact: str, *codes: str) -> Question:
    choices = {str(digit): code for digit, code in enumerate(codes, 1)}
    return Question(f"report_{fact}", f"report.ask_{fact}", fact, choices, hint=f"report.hint_{fact}")


def _words(fact: str, code: str) -> Question:
    """Free text; `1` goes on, with the code that says why."""
    slot, key, hint = f"report_{fact}", f"report.ask_{fact}", f"report.hint_{fact}"
    return Question(slot, key, fact, {"1": code}, free_text=True, hint=hint, part=fact)


QUESTIONS: tuple[Question, ...] = (
    _choice("safe", "safe", "unsafe"),
    _words(STORY, "done"),
    _choice("kind", "pay", "papers", "threats", "housing", "hurt", "touched", "fees", "other"),
    _words(EMPLOYER, SKIP),
    _words(PLACE, SKIP),
    _choice("when", "week", "month", "year", "earlier", "unsure"),
    _choice("count", "one", "few", "some", "many"),
    _choice("wish", "advice", "tip", "secret", "named"),
    _choice("code", "receipt", "pin"),
    _choice("confirm", "file", "keep", "erase"),
)
SLOTS: tuple[str, ...] = tuple(question.slot for question in QUESTIONS)


def question(slot: str) -> Question:
    """The question of a slot. Raises UnknownQuestion."""
    for candidate in QUESTIONS:
        if candidate.slot == slot:
            return candidate
    raise UnknownQuestion(f"the interview has no question {slot}")


def previous(slot: str) -> Question | None:
    """The question before this one; None at the first."""
    before = QUESTIONS.index(question(slot)) - 1
    return QUESTIONS[before] if before >= 0 else None


def allowed(fact: str) -> frozenset[str]:
    """The codes a fact may hold; empty for a fact nobody asks."""
    codes = (candidate.choices.values() for candidate in QUESTIONS if candidate.fact == fact)
    return frozenset(code for group in codes for code in group)
