"""A filed report. A phone alone may add words; status, replies, who looked and taking it back need the code."""

from datetime import date

from bot.actions.base import Reply, Scene, TurnAction, do, nested, say
from bot.exchange import Args, Line


class CaseStatus(TurnAction):
    """How the case stands whose code was shown. A wrong and an expired code sound the same."""

    called = "action_case_status"

    def act(self, scene: Scene) -> Reply:
        return Reply(case_choice(scene, "status"))


class AddToCase(TurnAction):
    """Words for a filed report; the effect answers, because only it knows whether there is one."""

    called = "action_add_to_case"

    def act(self, scene: Scene) -> Reply:
        return Reply([do("case.add")])


class Withdraw(TurnAction):
    """Stop the work or erase everything."""

    called = "action_withdraw"

    def act(self, scene: Scene) -> Reply:
        return Reply(case_choice(scene, "back"))


def case_choice(scene: Scene, what: str) -> list[Line]:
    """`case:status`, `case:add`, `case:who`, `case:back`, `case:stop`, `case:erase`, `case:undo`: all with a code."""
    case = scene.facts.case
    if case is None:
        return [say("case.ask_code")]
    if case["status"] is None:
        return [say("case.not_found")]
    if what in _EFFECTS:
        return [do(_EFFECTS[what])]
    if what == "who":
        return [_who(case)]
    return [say(_ASKED[what])] if what in _ASKED else _status(case)


_EFFECTS = {"stop": "case.withdraw", "erase": "case.erase", "undo": "case.undo"}
_ASKED = {"add": "case.ask_words", "back": "case.take_back"}


def _status(case: Args) -> list[Line]:
    """What waited leaves first, as messages of its own; the last words say how many they were and what can be done."""
    news = [nested(f"case.status_{case['status']}"), *_promise(case)]
    if case["replies"]:
        news.append(nested("case.replies", count=case["replies"]))
    if case["erased"]:
        news.append(nested("case.erased_on", day=_day(case["erased"])))
    key = "case.erasing" if case["erased"] else "case.status"
    return [do("case.replies"), do("remember", again="case:status"), say(key, news=news)]


def _promise(case: Args) -> list[Args]:
    if not case["promised"]:
        return []
    return [nested("case.promise_late" if case["late"] else "case.promise", day=_day(case["promised"]))]


def _who(case: Args) -> Line:
    if not case["readers"]:
        return say("case.nobody_looked")
    return say("case.looked", count=case["readers"], day=_day(case["last_read"]))


def _day(iso: str) -> str:
    return f"{date.fromisoformat(iso):%m/%d}"
