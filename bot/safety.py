"""Before anything else: opt-out and the crisis gate, plain rules over every new message, without engine or order."""

from sqlalchemy import select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot import proof
from bot.hotline import Hotline
from channels import inbox, optout
from channels.models import Conversation, Message, MessageState, Outbox, OutboxState
from channels.say import say
from core import queue
from core.clock import now
from core.errors import Unavailable
from core.failpoints import failpoint
from core.logging import Log
from intents import gate
from translations.detect import detect

log = Log("safety")


def check(hotline: Hotline, conversation_id: int) -> None:
    """Run the gate over all new messages of a conversation. Safe to run twice and beside a running turn."""
    with hotline.db.begin() as session:
        waiting = select(Message).where(
            Message.conversation_id == conversation_id, Message.state == MessageState.NEW, Message.gated.is_(False)
        )
        for message in session.scalars(waiting.order_by(Message.id).with_for_update()):
            _check_safely(session, hotline, message)
            message.gated = True
            release_held(session, conversation_id)
            failpoint("safety.replied")
    failpoint("safety.committed")


def _check_safely(session: Session, hotline: Hotline, message: Message) -> None:
    """Whatever is wrong with one message must not stand before the STOP or the cry that comes after it."""
    try:
        with session.begin_nested():
            _check_one(session, hotline, message)
    except (SQLAlchemyError, Unavailable):  # the whole check is done again
        raise
    except Exception:
        log.failed("not_gated", inbound=message.id, conversation=message.conversation_id)


def release_held(session: Session, conversation_id: int) -> None:
    """The worker is here again: what was held back for a glance at the phone may be sent. A reply wants the code."""
    held = (Outbox.conversation_id == conversation_id, Outbox.state == OutboxState.HELD, Outbox.reply_key_id.is_(None))
    ids = session.scalars(
        update(Outbox).where(*held).values(state=OutboxState.READY, answers=now()).returning(Outbox.id)
    )
    for _ in ids.all()[:1]:
        queue.ring(session, queue.SEND, conversation=conversation_id)


def _check_one(session: Session, hotline: Hotline, message: Message) -> None:
    text = inbox.open_body(message, hotline.keys)
    found = gate.check(text)
    failpoint("safety.read")
    conversation = session.get_one(Conversation, message.conversation_id)
    opt = (message.opt_out_type or "").lower() or found.opt
    if opt in ("stop", "start", "help") and not (opt == "help" and found.crisis):
        _opt(session, conversation, message, opt, text)
        if opt == "stop":
            proof.forget(conversation, hotline.keys)
    elif found.crisis is not None:
        _crisis(session, conversation, message, text)


def _opt(session: Session, conversation: Conversation, message: Message, opt: str, text: str) -> None:
    """Keep our own list. Where the carrier answered by itself (`opt_out_type`) we stay silent."""
    if opt == "stop":
        optout.opt_out(session, conversation)
    elif opt == "start":
        optout.opt_in(session, conversation)
    if message.opt_out_type is None:
        lang = _language(conversation, text)
        say(session, conversation, lang, f"opt.{opt}", source="gate", source_id=message.id, urgent=True, always=True)
    _finish(message)
    log.info("opt", kind=opt, conversation=conversation.id)


def _crisis(session: Session, conversation: Conversation, message: Message, text: str) -> None:
    """Answer at once; the message itself stays queued and becomes part of the conversation."""
    lang = _language(conversation, text)
    came = message.received_at
    say(
        session,
        conversation,
        lang,
        "crisis.now",
        source="gate",
        source_id=message.id,
        urgent=True,
        always=True,
        answers=came,
    )
    log.alarm("crisis", alias=conversation.alias, lang=lang, nobody_on_call=True)


def _language(conversation: Conversation, text: str) -> str:
    if conversation.language:
        return conversation.language
    heard = detect(text)
    return heard.lang if heard else "en"


def _finish(message: Message) -> None:
    message.state, message.done_at = MessageState.DONE, now()
    message.body = message.hour = None
