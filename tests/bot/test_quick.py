"""What the engine does once instead of in every turn gives the same results."""

import json
import subprocess

import pytest

from bot.train import ENGINE

pytestmark = pytest.mark.engine
SCRIPT = """
import json, sys
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.events import Event
from rasa.shared.utils.common import all_subclasses
import quick

names = sorted({found.type_name for found in all_subclasses(Event)})
before = [Event.resolve_by_type(name) for name in names]
quick.apply()
after = [Event.resolve_by_type(name) for name in names]

def passes(answer):
    try:
        return RemoteAction("action_x", None)._validate_action_result(answer)
    except ValidationError:
        return False

def known(name):
    try:
        return Event.resolve_by_type(name) is not None
    except ValueError:
        return False

answers = json.loads(sys.argv[1])
print(json.dumps([before == after, len(names), known("zorgon"), [passes(answer) for answer in answers]]))
"""
GOOD = [{"events": [], "responses": []}, {"events": [{"event": "slot", "name": "turn", "value": 1}], "responses": []}]
BAD = [[], "x", {"events": {}}, {"events": [{"event": "slot"}]}, {"events": [{"name": "turn"}]}, {"responses": [1]}]


def test_answers_of_actions_are_checked_and_events_found_as_before() -> None:
    python = str(ENGINE / ".venv" / "bin" / "python")
    done = subprocess.run(
        (python, "-W", "ignore", "-c", SCRIPT, json.dumps(GOOD + BAD)), cwd=ENGINE, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    same, names, unknown, passed = json.loads(done.stdout.splitlines()[-1])
    assert (same, unknown) == (True, False)
    assert names > 20
    assert passed == [True] * len(GOOD) + [False] * len(BAD)
