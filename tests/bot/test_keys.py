"""Every message key the dialogue can utter is in the catalog."""

import re

import yaml

from bot import prompts, train
from bot.effects import EFFECTS
from intake import interview
from jobs.search import WIDENINGS
from translations.catalog import SOURCE, entries

_LITERAL = re.compile(r'(?:say|nested)\(\s*"([a-z_.]+)"')
_CHOSEN = re.compile(r'"((?:menu|chat|jobs|employer|rights|report|case|erase|opt|crisis|person)\.[a-z_]+)"')


def test_every_key_of_actions_and_rules_is_in_the_catalog() -> None:
    actions = [path.read_text() for path in (train.ENGINE.parent / "actions").glob("*.py")]
    said = {key for source in actions for key in [*_LITERAL.findall(source), *_CHOSEN.findall(source)]}
    for path in (train.ENGINE / "domain").glob("*.yml"):
        said |= {texts[0]["text"] for texts in yaml.safe_load(path.read_text()).get("responses", {}).values()}
    assert sorted(said - set(entries(SOURCE)) - set(EFFECTS)) == []


def test_every_prompt_and_question_is_in_the_catalog() -> None:
    codes = {
        f"report.{question.fact}_{code}"
        for question in interview.QUESTIONS
        for code in question.choices.values()
        if question.fact in ("kind", "when", "count", "wish")
    }
    widened = {f"jobs.widened_{name}" for name in WIDENINGS}
    assert sorted((prompts.known() | codes | widened) - set(entries(SOURCE))) == []
