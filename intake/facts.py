"""The coded facts a draft may hold. Codes only: a value nobody listed is refused, so no free text slips in."""

import re

from intake import interview
from intake.errors import NotACode

VISAS = frozenset({"h2a", "h2b", "j1", "a3", "g5", "b1", "tn", "h1b", "other", "unsure"})
_STATE = re.compile(r"[A-Z]{2}")

type Facts = dict[str, str | int]


def check(name: str, value: str) -> None:
    """Raises NotACode for a name or value that is not on the list."""
    known = (name == "visa" and value in VISAS) or (name == "state" and _STATE.fullmatch(value))
    if not known and value not in interview.allowed(name):
        raise NotACode("a fact of a draft must be a known code")


def with_parts(stored: dict[str, str], counts: dict[str, int]) -> Facts:
    """The facts as dialogue may know them: how many messages tell the story, which names were given."""
    facts: Facts = dict(stored)
    if counts.get(interview.STORY) or interview.STORY in stored:
        facts[interview.STORY] = counts.get(interview.STORY, 0)
    for part in (interview.EMPLOYER, interview.PLACE):
        if counts.get(part):
            facts[part] = "given"
    return facts
