"""What the digits of a prompt mean: `prompts.yml`, and the interview's own questions."""

from functools import cache
from pathlib import Path

import yaml

from core.errors import AmparoError
from intake import interview

STORY_MORE = "report.ask_story_more"
_FILE = Path(__file__).with_name("prompts.yml")


class BadPrompts(AmparoError):
    """`prompts.yml` holds something else than digits and choices."""


def choices(key: str) -> dict[str, str]:
    """Digit to choice for a message key; empty when it is no prompt."""
    return dict(_all().get(key, {}))


def known() -> frozenset[str]:
    """Every message key that is a prompt: saying it ends what the digits of the one before meant."""
    return frozenset(_all())


@cache
def _all() -> dict[str, dict[str, str]]:
    content = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    found = {key: _digits(key, table) for key, table in content.items()}
    for question in interview.QUESTIONS:
        found[question.key] = found[question.hint] = dict(question.choices)
    found[STORY_MORE] = dict(interview.question("report_story").choices)
    return found


def _digits(key: str, table: object) -> dict[str, str]:
    if not isinstance(table, dict) or not all(isinstance(d, int) and 1 <= d <= 8 for d in table):
        raise BadPrompts(f"{key}: expected digits 1 to 8 (0 is back and 9 repeats, everywhere)")
    return {str(digit): str(value) for digit, value in table.items()}
