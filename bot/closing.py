"""How a turn closes: texts are kept, effects applied, lines rendered into the outbox, everything of the turn wiped."""

from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from bot import effects, memory, prompts, proof
from bot.exchange import Args, Line
from bot.models import Turn, TurnAction, TurnInput, TurnLine
from bot.opening import LONG, Settled
from bot.understanding import Understood
from channels import inbox
from channels.models import Conversation, Message, MessageState
from channels.say import say
from core.clock import now
from core.errors import AmparoError, Unavailable
from core.keys import KeyProvider
from core.logging import Log
from intake import draft, receipts, service
from intake.routing import DEFAULT_TEAM
from translations.catalog import SOURCE, entries, languages, placeholders

log = Log("turn")
LANGUAGE_MENU = "language.menu"
NOT_FOUND = {"status": None, "limited": False}
FAREWELL = "opt.stop"
"""The one answer that leaves after an opt-out: it says how to come back."""
UNHELPFUL = frozenset({"menu.main", "chat.not_understood"})


class Overtaken(Unavailable):
    """Another attempt took this turn over; this one must leave no trace."""


class BrokenAnswer(AmparoError):
    """The dialogue uttered an ordinal that no action wrote, or nothing at all."""


def same_attempt(session: Session, turn: Turn) -> Turn:
    """The turn's row, locked, while this is still its attempt: every effect asks here first. Raises Overtaken."""
    row = session.get(Turn, turn.id, with_for_update=True)
    if row is None or row.attempt != turn.attempt or not row.in_progress:
        raise Overtaken("another attempt is answering this message, or has answered it")
    return row


def keep_text(scene: effects.Scene, understood: Understood) -> None:
    """Seal the worker's words where they belong before anything else happens to them."""
    keep, conversation = understood.keep, scene.conversation.id
    if understood.facts.away == LONG:
        service.unlink(scene.session, conversation)
    if understood.facts.case == NOT_FOUND:
        service.wrong_code(scene.session, conversation)
    if understood.fresh and understood.proved is not None:
        proof.keep(scene.session, scene.memory, conversation, understood.proved)
    if keep == "pending":
        effects.start_afresh(scene)
        draft.keep_pending(scene.session, scene.keys, conversation, scene.text)
    elif keep == "pin":
        service.set_pin(scene.session, scene.keys, conversation, understood.code or "")
    elif keep is not None:
        draft.keep_text(scene.session, scene.keys, conversation, scene.text, keep.removeprefix("draft:"))


def perform(scene: effects.Scene, said: list[str], lines: dict[int, Line]) -> list[Line]:
    """Apply the `do` lines in order and gather what is to be said, in the order of the dialogue."""
    out: list[Line] = []
    todo = sorted(ordinal for ordinal, line in lines.items() if line.kind == "do")
    for text in said:
        if not text.startswith("#"):
            out.append(Line("say", text))
            continue
        ordinal = int(text[1:])
        if ordinal not in lines:
            raise BrokenAnswer("the dialogue uttered a line that does not exist")
        while todo and todo[0] < ordinal:
            out += _do(scene, lines[todo.pop(0)])
        out.append(lines[ordinal])
    for ordinal in todo:
        out += _do(scene, lines[ordinal])
    if not out:
        raise BrokenAnswer("the dialogue said nothing: silence is no answer")
    return out


def _do(scene: effects.Scene, line: Line) -> list[Line]:
    return effects.apply(scene, line.key, line.args)


def with_greeting(lines: list[Line], scene: effects.Scene, settled: Settled) -> list[Line]:
    """The first reply says what the carrier can see; an unclear first contact ends in the language menu."""
    if settled.ask and scene.conversation.language is None:
        lines = [line for line in lines if line.key not in UNHELPFUL] + [Line("say", LANGUAGE_MENU)]
    elif not settled.ask and not scene.conversation.language_chosen:
        scene.conversation.language = settled.lang
    if not scene.memory.get("welcomed"):
        scene.memory["welcomed"] = True
        lines = [Line("say", "welcome"), *lines]
    return lines


def speak(scene: effects.Scene, turn: Turn, lines: list[Line], answers: Message) -> None:
    """Render every line into the outbox and remember what the digits of the last prompt mean."""
    for ordinal, line in enumerate(lines):
        if "choices" in line.args or line.key in prompts.known() or line.key == LANGUAGE_MENU:
            scene.memory |= {"prompt": line.key, "choices": _choices(line), "last": _repeatable(line)}
        say(
            scene.session,
            scene.conversation,
            scene.language,
            line.key,
            _arguments(line),
            source="turn",
            source_id=turn.id,
            ordinal=ordinal,
            always=line.key == FAREWELL,
            answers=answers.received_at,
        )


def _arguments(line: Line) -> Args:
    """What the words need: the line's own arguments, and those that are the same for everybody."""
    standing: Args = {
        "lines": [f"{language.number} {language.name}" for language in languages().values()],
        "team": {"key": f"report.team_{DEFAULT_TEAM}"},
    }
    needed = placeholders(entries(SOURCE)[line.key].msgstr) if line.key in entries(SOURCE) else set()
    own = {name: value for name, value in line.args.items() if name != "choices"}
    return {name: value for name, value in standing.items() if name in needed} | own


def _choices(line: Line) -> dict[str, str]:
    if line.key == LANGUAGE_MENU:
        return {language.number: f"lang:{language.code}" for language in languages().values()}
    found: dict[str, str] = line.args.get("choices") or prompts.choices(line.key)
    return found


def _repeatable(line: Line) -> Args | None:
    """A prompt without arguments can be said again from its key; one with arguments is made anew by its action."""
    arguments: dict[str, Any] = {name: value for name, value in line.args.items() if name != "choices"}
    return {"key": line.key} if not arguments else None


def close(session: Session, keys: KeyProvider, scene: effects.Scene, turn: Turn, message: Message) -> None:
    """Save the memory, wipe the body and every trace of the turn."""
    scene.memory[memory.AT] = message.received_at.isoformat()
    memory.save(scene.conversation, keys, scene.memory)
    message.state, message.done_at = MessageState.DONE, now()
    message.body = message.hour = None
    forget(session, turn)


def _rescue(session: Session, keys: KeyProvider, message: Message) -> None:
    """Seal a text that no turn could answer as a pending story. What cannot be opened or sealed is gone: an alarm.

    Bare digits are an answer, a receipt or a secret number: no story, and nothing that staff may read.
    """
    try:
        with session.begin_nested():
            text = inbox.open_body(message, keys)
            if text.strip() and receipts.digits_of(text) is None:
                draft.keep_pending(session, keys, message.conversation_id, text)
    except AmparoError:
        log.alarm("parked_text_lost", inbound=message.id, conversation=message.conversation_id)


def forget(session: Session, turn: Turn) -> None:
    """Delete the turn and what actions wrote for it."""
    for table in (TurnLine, TurnAction, TurnInput):
        session.execute(delete(table).where(table.turn_id == turn.id))
    session.delete(turn)


def park(session: Session, keys: KeyProvider, turn: Turn, message: Message) -> None:
    """Put a message aside that fails again and again and tell the worker.

    Its words move to the draft, where a report adopts them: an hourly key must not live on for one message.
    """
    conversation = session.get_one(Conversation, message.conversation_id)
    _rescue(session, keys, message)
    message.body = message.hour = None
    say(session, conversation, conversation.language or "en", "chat.trouble", source="parked", source_id=message.id)
    message.state = MessageState.PARKED
    forget(session, turn)
