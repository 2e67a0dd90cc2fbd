"""A filed report: status, more words, taking it back. A phone alone may add; anything else needs the code."""

from bot.actions.base import Reply, Scene, TurnAction, do, nested, say


class CaseStatus(TurnAction):
    """The state of a case whose code was sent in this turn. A wrong and an expired code sound the same."""

    called = "action_case_status"

    def act(self, scene: Scene) -> Reply:
        case = scene.facts.case
        if case is None:
            return Reply([say("case.ask_code")])
        status = case.get("status")
        return Reply([say("case.status", status=nested(f"case.status_{status}")) if status else say("case.not_found")])


class AddToCase(TurnAction):
    """Words for a filed report; the effect answers, because only it knows whether there is one."""

    called = "action_add_to_case"

    def act(self, scene: Scene) -> Reply:
        return Reply([do("case.add")])


class Withdraw(TurnAction):
    """Taking a report back needs its code and a person."""

    called = "action_withdraw"

    def act(self, scene: Scene) -> Reply:
        return Reply([say("case.withdraw")])
