"""What a turn does, apart from speaking: every `do` line by name, applied in the transaction that ends the turn."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bot import proof, tracker
from bot.exchange import Args, Line
from bot.memory import LOCKED
from channels import addresses, optout, outbox
from channels.models import Conversation
from core.clock import now
from core.errors import AmparoError
from core.keys import KeyProvider
from intake import draft, erasure, replies, service
from intake.errors import NoReaders

ANSWER_ONLY = timedelta(hours=1)
"""How long the number of a stranger is kept: until the answer has left."""


class UnknownEffect(AmparoError):
    """An action asked for something no effect does."""


@dataclass
class Scene:
    """The open transaction of a turn, the worker's words, and what effects change.

    `proved` is the case whose code was sent in this turn, which `came` then, or a few minutes before it.
    """

    session: Session
    keys: KeyProvider
    conversation: Conversation
    memory: Args
    language: str
    text: str = ""
    proved: UUID | None = None
    came: datetime = field(default_factory=now)


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
    scene.memory[proof.KEY] = None


def _opt_in(scene: Scene, args: Args) -> None:
    optout.opt_in(scene.session, scene.conversation)


def start_afresh(scene: Scene) -> None:
    """Behind the lock may lie the words of whoever had this number before: nothing is added to them."""
    if scene.memory.get(LOCKED):
        draft.erase_draft(scene.session, scene.keys, scene.conversation.id)
        scene.memory[LOCKED] = None


def _draft_open(scene: Scene, args: Args) -> None:
    start_afresh(scene)
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
        return [Line("say", key) for key in ("report.waits", "person.numbers", "report.kept")]
    if filed.receipt is not None:
        return [Line("say", "report.filed"), Line("say", "report.receipt", {"code": filed.receipt})]
    return [Line("say", "report.filed"), *([] if filed.pin_set else [Line("say", "report.ask_pin")])]


def _draft_erase(scene: Scene, args: Args) -> None:
    draft.erase_draft(scene.session, scene.keys, scene.conversation.id)


def _draft_keep(scene: Scene, args: Args) -> None:
    draft.extend(scene.session, scene.keys, scene.conversation.id)


def _case_add(scene: Scene, args: Args) -> list[Line]:
    """A filed report takes the words of this message; without one they wait as the beginning of a new report."""
    added = service.add_to_case(scene.session, scene.conversation.id, scene.text, scene.proved)
    return [Line("say", "case.added" if added else "case.none")]


def _case_replies(scene: Scene, args: Args) -> None:
    """What waited for the code leaves, before the lines of this turn."""
    if scene.proved is not None:
        replies.release(scene.session, scene.proved, scene.conversation, scene.came)


def _case_withdraw(scene: Scene, args: Args) -> list[Line]:
    done = scene.proved is not None and service.withdraw(scene.session, scene.proved)
    return [Line("say", "case.withdrawn" if done else "case.ask_code")]


def _case_erase(scene: Scene, args: Args) -> list[Line]:
    """Says until when it can be undone, and what cannot be called back."""
    asked = erasure.ask(scene.session, scene.proved) if scene.proved else None
    if asked is None or scene.proved is None:
        return [Line("say", "case.ask_code")]
    copies = erasure.copies(scene.session, scene.proved)
    told = {"key": "case.copies", "args": {"count": copies}} if copies else {"key": "case.no_copies"}
    return [Line("say", "case.erase_asked", {"day": f"{asked.due_at:%m/%d}", "told": told})]


def _case_undo(scene: Scene, args: Args) -> list[Line]:
    done = scene.proved is not None and erasure.undo(scene.session, scene.proved)
    return [Line("say", "case.stays" if done else "case.ask_code")]


def _forget_phone(scene: Scene, args: Args) -> None:
    """A wrong number: nothing here belongs to whoever answers this phone. Cases stay, reachable by their code."""
    conversation = scene.conversation.id
    replies.call_back(scene.session, conversation)
    outbox.drop_unsent(scene.session, conversation)
    service.unlink(scene.session, conversation)
    draft.erase_draft(scene.session, scene.keys, conversation)
    addresses.shorten(scene.session, conversation, now() + ANSWER_ONLY)
    tracker.forget_after(scene.session, tracker.name_of(conversation), 0)
    scene.memory.clear()
    scene.memory["welcomed"] = True


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
    "case.replies": _case_replies,
    "case.withdraw": _case_withdraw,
    "case.erase": _case_erase,
    "case.undo": _case_undo,
    "forget_phone": _forget_phone,
}
