"""Opting out and in, erasing, a wrong number, and when a person is there."""

from bot.actions.base import Office, Reply, Scene, TurnAction, do, nested, say
from bot.actions.case import case_choice
from bot.exchange import Args, Line
from bot.memory import LOCKED
from core.clock import now
from core.hours import DAYS, Hours
from intake.hours import next_opening


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
    """What can be erased from this phone is the unfinished report; a filed one needs its code.

    What may be a stranger's is erased without a word of it.
    """

    called = "action_erase_ask"

    def act(self, scene: Scene) -> Reply:
        if scene.facts.draft is not None or scene.facts.pending:
            return Reply([say("erase.ask")])
        if scene.facts.case is not None:
            return Reply(case_choice(scene, "back"))
        locked = [do("draft.erase")] if scene.facts.memory.get(LOCKED) else []
        return Reply([*locked, say("erase.nothing")])


class WrongNumber(TurnAction):
    """Somebody else has this phone: nothing joins it to anything here any more."""

    called = "action_wrong_number"

    def act(self, scene: Scene) -> Reply:
        return Reply([do("forget_phone"), say("chat.removed")])


class Person(TurnAction):
    """When our team is there, and numbers that are answered at other hours."""

    called = "action_person"

    def __init__(self, office: Office) -> None:
        super().__init__(office)
        self._hours = office.hours

    def act(self, scene: Scene) -> Reply:
        return Reply([_reachable(self._hours), say("person.numbers")])


def _reachable(hours: Hours) -> Line:
    opening = next_opening(hours, now())
    when: Args = {
        "days": _days(hours),
        "hours": f"{hours.opens:%-H:%M}-{hours.closes:%-H:%M}",
        "zone": hours.zone.key.rpartition("/")[2].replace("_", " "),
    }
    if opening.open_now:
        return say("person.there_now", **when)
    day = nested(f"day.{DAYS[opening.day.weekday()]}")
    return say("person.hours", **when, day=day, date=f"{opening.day:%m/%d}", time=f"{opening.at:%-H:%M}")


def _days(hours: Hours) -> Args:
    first, last = (nested(f"day.{DAYS[day]}") for day in (hours.first, hours.last))
    return first if hours.first == hours.last else nested("day.range", first=first, last=last)
