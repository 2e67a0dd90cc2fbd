"""A choice of the last prompt that stands for no intent: `job:12`, `rights:wages:law`, `lang:es`, `erase:yes`."""

from collections.abc import Callable

from bot.actions import case, jobs, rights
from bot.actions.base import Reply, Scene, TurnAction, do, say
from bot.exchange import Line


class Choose(TurnAction):
    """Resolves the choice."""

    called = "action_choose"

    def act(self, scene: Scene) -> Reply:
        return Reply(resolve(scene, scene.facts.choice or ""))


def resolve(scene: Scene, choice: str) -> list[Line]:
    """The lines of a choice; one that is no longer known shows the menu."""
    kind, _, rest = choice.partition(":")
    known = CHOICES.get(kind)
    return known(scene, rest) if known else [say("menu.main")]


def _language(scene: Scene, code: str) -> list[Line]:
    return [do("language", lang=code), say("menu.main")]


def _erase(scene: Scene, sure: str) -> list[Line]:
    if sure != "yes":
        return [say("erase.ask")]
    return [do("draft.erase"), say("erase.done")]


def _keep(scene: Scene, rest: str) -> list[Line]:
    return [do("draft.extend"), say("report.kept")] if scene.facts.draft is not None else [say("menu.main")]


def _stop(scene: Scene, rest: str) -> list[Line]:
    return [do("opt_out"), say("opt.stop")]


def _pin(scene: Scene, what: str) -> list[Line]:
    """A PIN that came after the report was filed; inside the interview the form takes it."""
    return [say("report.pin_set" if what == "given" else "report.ask_pin")]


CHOICES: dict[str, Callable[[Scene, str], list[Line]]] = {
    "apply": jobs.apply_choice,
    "case": case.case_choice,
    "erase": _erase,
    "job": jobs.job_choice,
    "jobs": jobs.jobs_choice,
    "keep": _keep,
    "lang": _language,
    "pin": _pin,
    "rights": rights.rights_choice,
    "stop": _stop,
}
