"""One turn, top to bottom: the next message of a conversation becomes lines in the outbox, exactly once.

`drain` holds the conversation's lock; `_claim` takes a message under an attempt number; `_answer` opens it, reads it,
asks the engine; `_commit` compares the attempt and does everything at once: kept text, effects, outbox, wiped body.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from bot import closing, opening, tracker
from bot.client import EngineAway, EngineBroke, EngineFailed, EngineSilent
from bot.effects import Scene
from bot.exchange import TurnFacts, confirmed, get_lines, put_facts
from bot.hotline import Hotline
from bot.models import Turn
from bot.opening import Settled
from bot.safety import check
from bot.understanding import Understood, understand
from channels import inbox
from channels.models import Conversation, Message, MessageState
from core.clock import now
from core.errors import AmparoError, Unavailable
from core.failpoints import failpoint
from core.logging import Log

log = Log("turn")
CALL_TIMEOUT = timedelta(seconds=12)
MAX_FAILURES = 5


class Later(Unavailable):
    """This message cannot be answered now; the sweep rings again."""


class EndsTheProcess(AmparoError):
    """Attempt after attempt at this message ended without a word: it is not tried again."""


class ActionsMissing(AmparoError):
    """Rasa went on without an action it needed: the turn does not count."""


@dataclass(frozen=True)
class Opened:
    """A claimed message: its text, its language, and what is known about the conversation."""

    turn: Turn
    text: str
    settled: Settled
    facts: TurnFacts


def drain(hotline: Hotline, conversation_id: int) -> None:
    """Answer every waiting message of a conversation in order; leave when somebody else holds it."""
    try:
        while _waiting(hotline, conversation_id):
            with hotline.alone(conversation_id) as held:
                if not held:
                    return
                failpoint("turn.locked")
                _drain_held(hotline, conversation_id)
    except (Unavailable, OperationalError) as reason:
        log.info("turn_waits", conversation=conversation_id, reason=type(reason).__name__)


def _drain_held(hotline: Hotline, conversation_id: int) -> None:
    with hotline.db.begin() as session:
        session.get_one(Conversation, conversation_id).rung = False
    while True:
        check(hotline, conversation_id)
        turn = _claim(hotline, conversation_id)
        if turn is None:
            return
        try:
            _answer(hotline, turn)
        except Unavailable:
            _not_its_fault(hotline, turn)
            raise
        except EngineSilent:
            _silent(hotline, turn)
        except Exception:
            _failed(hotline, turn)


def _waiting(hotline: Hotline, conversation_id: int) -> bool:
    with hotline.db.begin() as session:
        return _next(session, conversation_id) is not None


def _next(session: Session, conversation_id: int) -> Message | None:
    query = select(Message).where(Message.conversation_id == conversation_id, Message.state == MessageState.NEW)
    return session.scalars(query.order_by(Message.id).limit(1)).first()


def _claim(hotline: Hotline, conversation_id: int) -> Turn | None:
    """Claim the next message under a new attempt; a call that may still be running is given its time first.

    The attempt counts as a failure until it has ended: a message that ends the process must not do it for ever.
    """
    with hotline.db.begin() as session:
        message = _next(session, conversation_id)
        if message is None or not message.gated:  # one that came after the gate: the caller looks again
            return None
        turn = session.scalars(select(Turn).where(Turn.message_id == message.id)).first()
        turn = _new(session, message) if turn is None else _again(session, turn)
        turn.attempt += 1
        turn.called_at = None
        message.failures += 1
        return turn


def _new(session: Session, message: Message) -> Turn:
    mark = tracker.last_event(session, tracker.name_of(message.conversation_id))
    turn = Turn(conversation_id=message.conversation_id, message_id=message.id, attempt=0, mark=mark)
    session.add(turn)
    return turn


def _again(session: Session, turn: Turn) -> Turn:
    if turn.called_at is not None and now() < turn.called_at + CALL_TIMEOUT:
        raise Later("an earlier call to the engine may still be running")
    tracker.forget_after(session, tracker.name_of(turn.conversation_id), turn.mark)
    return turn


def _answer(hotline: Hotline, turn: Turn) -> None:
    failpoint("turn.claimed")
    opened = _open(hotline, turn)
    failpoint("turn.opened")
    understood = understand(opened.text, opened.facts, hotline.engine)
    understood = opening.look_up_code(hotline, turn.conversation_id, understood)
    failpoint("turn.understood")
    _hand_over(hotline, turn, understood)
    failpoint("turn.handed_over")
    said = _ask(hotline, turn, understood.intent)
    failpoint("turn.decided")
    _commit(hotline, opened, understood, said)
    failpoint("turn.committed")
    log.info("turn_done", turn=turn.id, conversation=turn.conversation_id, attempt=turn.attempt)


def _open(hotline: Hotline, turn: Turn) -> Opened:
    with hotline.db.begin() as session:
        message = session.get_one(Message, turn.message_id)
        if message.failures > MAX_FAILURES:
            raise EndsTheProcess("no attempt at this message ever ended")
        text = inbox.open_body(message, hotline.keys)
        conversation = session.get_one(Conversation, turn.conversation_id)
        settled, facts = opening.facts_before(session, hotline.keys, conversation, text, message.received_at)
    return Opened(turn, text, settled, facts)


def _hand_over(hotline: Hotline, turn: Turn, understood: Understood) -> None:
    """Seal the facts for the actions and note when the engine is called."""
    with hotline.db.begin() as session:
        row = closing.same_attempt(session, turn)
        row.called_at = now()
        put_facts(session, row, understood.facts)


def _ask(hotline: Hotline, turn: Turn, intent: str) -> list[str]:
    """Let the dialogue decide. A turn counts only when every action it needed has confirmed itself."""
    name = tracker.name_of(turn.conversation_id)
    try:
        said = hotline.engine.turn(name, intent, turn.ticket)
    except EngineBroke:
        raise
    except (EngineAway, EngineFailed):
        with hotline.db.begin() as session:
            closing.same_attempt(session, turn).called_at = None
        raise
    with hotline.db.begin() as session:
        closing.same_attempt(session, turn).called_at = None
        steps = tracker.steps(session, name, turn.mark)
        complete = steps.recorded and not steps.unconfirmed(confirmed(session, turn))
    if not complete:
        raise ActionsMissing("an action of this turn did not run") if hotline.actions_up() else Later("no actions")
    return said


def _commit(hotline: Hotline, opened: Opened, understood: Understood, said: list[str]) -> None:
    """The transaction that ends the turn: everything it does happens here or not at all."""
    with hotline.db.begin() as session:
        turn = closing.same_attempt(session, opened.turn)
        message = session.get_one(Message, turn.message_id)
        scene = _scene(session, hotline, opened, understood, message)
        closing.keep_text(scene, understood)
        lines = closing.perform(scene, said, get_lines(session, turn, hotline.keys))
        closing.speak(scene, turn, closing.with_greeting(lines, scene, opened.settled), message)
        closing.close(session, hotline.keys, scene, turn, message)
        tracker.prune(session, tracker.name_of(turn.conversation_id))
        failpoint("turn.written")


def _scene(session: Session, hotline: Hotline, opened: Opened, understood: Understood, message: Message) -> Scene:
    return Scene(
        session=session,
        keys=hotline.keys,
        conversation=session.get_one(Conversation, opened.turn.conversation_id),
        memory=understood.facts.memory,
        language=opened.settled.lang,
        text=opened.text,
        proved=understood.proved,
        came=message.received_at,
    )


def _not_its_fault(hotline: Hotline, turn: Turn) -> None:
    """The message only waits: take back what `_claim` counted."""
    with hotline.db.begin() as session:
        fewer = update(Message).where(Message.id == turn.message_id, Message.state == MessageState.NEW)
        session.execute(fewer.values(failures=Message.failures - 1))


def _silent(hotline: Hotline, turn: Turn) -> None:
    """An engine that answers nobody hangs, and the message waits; one that answers others failed at this message."""
    if hotline.engine.healthy():
        return _failed(hotline, turn)
    _not_its_fault(hotline, turn)
    raise Later("the engine hangs")


def _failed(hotline: Hotline, turn: Turn) -> None:
    """A message that fails again and again is parked, and somebody is told. Raises Later before."""
    log.failed("turn_failed", turn=turn.id, conversation=turn.conversation_id, attempt=turn.attempt)
    with hotline.db.begin() as session:
        row = closing.same_attempt(session, turn)
        message = session.get_one(Message, turn.message_id, with_for_update=True)
        parked = message.failures >= MAX_FAILURES
        if parked:
            tracker.forget_after(session, tracker.name_of(turn.conversation_id), turn.mark)
            closing.park(session, hotline.keys, row, message)
    if not parked:
        raise Later("the turn failed and will be tried again")
    log.alarm("message_parked", turn=turn.id, conversation=turn.conversation_id)
