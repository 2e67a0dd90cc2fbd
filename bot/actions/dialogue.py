"""Menu, repeating, and leaving a form."""

from bot.actions import choose
from bot.actions.base import Event, Reply, Scene, TurnAction, say, slot


class Menu(TurnAction):
    """The main menu, with a word about what is unfinished."""

    called = "action_menu"

    def act(self, scene: Scene) -> Reply:
        unfinished = [say("menu.unfinished")] if scene.facts.draft is not None else []
        return Reply([*unfinished, say("menu.main")])


class ComeBack(TurnAction):
    """After a silence anybody may hold the phone: a question that names nothing."""

    called = "action_come_back"

    def act(self, scene: Scene) -> Reply:
        return Reply([say("neutral.back")])


class Repeat(TurnAction):
    """The last prompt again: from its key, or from the choice that made it."""

    called = "action_repeat"

    def act(self, scene: Scene) -> Reply:
        last, again = scene.memory.get("last"), scene.memory.get("again")
        if last:
            return Reply([say(last["key"], **last.get("args", {}))])
        if again:
            return Reply(choose.resolve(scene, again))
        return Reply([say("menu.main")])


class LeaveForm(TurnAction):
    """A form was left: give the message back to the dialogue, which answers it as if there had been no form."""

    called = "action_leave_form"

    def act(self, scene: Scene) -> Reply:
        return Reply([], leaving(scene))


def leaving(scene: Scene) -> list[Event]:
    """The events that close the form and hear the same message again."""
    message = scene.tracker.latest_message
    return [
        {"event": "active_loop", "name": None, "timestamp": None},
        slot("requested_slot", None),
        {"event": "action", "name": "action_listen", "policy": None, "confidence": None, "timestamp": None},
        {
            "event": "user",
            "text": message.get("text"),
            "parse_data": {key: message.get(key) for key in ("intent", "entities", "text")},
            "input_channel": None,
            "timestamp": None,
        },
    ]
