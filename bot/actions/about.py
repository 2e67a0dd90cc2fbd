"""Opting out and in, and erasing."""

from bot.actions.base import Reply, Scene, TurnAction, do, say


class OptOut(TurnAction):
    """No more messages? The gate obeys the exact words at once; a model's reading only asks."""

    called = "action_opt_out"

    def act(self, scene: Scene) -> Reply:
        return Reply([say("opt.ask")])


class OptIn(TurnAction):
    """Messages again."""

    called = "action_opt_in"

    def act(self, scene: Scene) -> Reply:
        return Reply([do("opt_in"), say("opt.start"), say("menu.main")])


class EraseAsk(TurnAction):
    """What can be erased from this phone is the unfinished report; a filed one needs its code."""

    called = "action_erase_ask"

    def act(self, scene: Scene) -> Reply:
        unfinished = scene.facts.draft is not None or scene.facts.pending
        return Reply([say("erase.ask" if unfinished else "erase.nothing")])
