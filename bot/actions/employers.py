"""Is this employer real? What the register holds, and never a word against anybody who is not in it."""

from typing import Any

from bot.actions.base import Reply, Scene, TurnAction, do, nested, say
from jobs.check import Found, check

MOST = 3


class CheckEmployer(TurnAction):
    """Looks up a name or a case number."""

    called = "action_check_employer"

    def act(self, scene: Scene) -> Reply:
        if not scene.facts.words.strip():
            return Reply([say("employer.ask_name")])
        answer = check(scene.session, scene.facts.words, scene.today)
        as_of = answer.as_of.isoformat() if answer.as_of else ""
        if not answer.found:
            return Reply([do("remember", again=None), say("employer.not_found", as_of=as_of)])
        lines = [_line(found) for found in answer.found[:MOST]]
        key = "employer.found" if any(found.exact for found in answer.found) else "employer.similar"
        return Reply([do("remember", again=None), say(key, lines=lines, as_of=as_of)])


def _line(found: Found) -> dict[str, Any]:
    status = nested(f"employer.status_{found.status}")
    return nested("employer.line", employer=found.employer, place=found.place, status=status, dates=found.dates)
