"""What a turn does, apart from speaking: every `do` line by name, applied in the transaction that ends the turn."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from bot.exchange import Args, Line
from channels import optout
from channels.models import Conversation
from core.errors import AmparoError
from core.keys import KeyProvider
from intake import draft, service
from intake.errors import NoReaders


class UnknownEffect(AmparoError):
    """An action asked for something no effect does."""


@dataclass
class Scene:
    """The open transaction of a turn, the worker's words, and what effects change."""

    session: Session
    keys: KeyProvider
    conversation: Conversation
    memory: Args
    language: str
    text: str = ""


def apply(scene: Scene, name: str, args: Args) -> list[Line]:
    """Apply one effect; returns the lines it adds. Raises UnknownEffect."""
    effect = EFFECTS.get(name)
    if effect is None:
        raise UnknownEffect(f"no effect is called {name}")
    return effect(scene, args) or []


def _remember(scene: Scene, args: Args) -> None:
    scene.memory.update(args)


def _language(scene: Scene, args: Args) -> None:
    scene.conversation.language = scene.language = args["lang"]
    scene.conversation.language_chosen = True


def _opt_out(scene: Scene, args: Args) -> None:
    optout.opt_out(scene.session, scene.conversation)


def _opt_in(scene: Scene, args: Args) -> None:
    optout.opt_in(scene.session, scene.conversation)


def _draft_open(scene: Scene, args: Args) -> None:
    draft.open_draft(scene.session, scene.keys, scene.conversation.id)


def _draft_fact(scene: Scene, args: Args) -> None:
    draft.set_fact(scene.session, scene.keys, scene.conversation.id, args["name"], args["value"])


def _draft_file(scene: Scene, args: Args) -> list[Line]:
    """The report becomes a case. The receipt is a message of its own; a PIN is asked for when none was set.

    While nobody is left who could read it, the draft is kept and the worker gets the numbers of others.
    """
    try:
        filed = service.file_draft(scene.session, scene.keys, scene.conversation.id, scene.language)
    except NoReaders:
        draft.extend(scene.session, scene.keys, scene.conversation.id)
        return [Line("say", "person.numbers"), Line("say", "report.kept")]
    if filed.receipt is not None:
        return [Line("say", "report.filed"), Line("say", "report.receipt", {"code": filed.receipt})]
    return [Line("say", "report.filed"), *([] if filed.pin_set else [Line("say", "report.ask_pin")])]


def _draft_erase(scene: Scene, args: Args) -> None:
    draft.erase_draft(scene.session, scene.keys, scene.conversation.id)


def _draft_keep(scene: Scene, args: Args) -> None:
    draft.extend(scene.session, scene.keys, scene.conversation.id)


def _case_add(scene: Scene, args: Args) -> list[Line]:
    """A filed report takes the words of this message; without one they wait as the beginning of a new report."""
    added = service.add_to_case(scene.session, scene.conversation.id, scene.text)
    return [Line("say", "case.added" if added else "case.none")]


EFFECTS: dict[str, Callable[[Scene, Args], Any]] = {
    "remember": _remember,
    "language": _language,
    "opt_out": _opt_out,
    "opt_in": _opt_in,
    "draft.open": _draft_open,
    "draft.fact": _draft_fact,
    "draft.file": _draft_file,
    "draft.erase": _draft_erase,
    "draft.extend": _draft_keep,
    "case.add": _case_add,
}
