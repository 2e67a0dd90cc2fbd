"""The worker process: `python -m bot.worker`. Hears bells, sweeps, keeps the hourly keys.

Two loops share one queue server: safety bells never wait behind turns, whatever the engine does.
"""

import asyncio
import os
from collections.abc import Callable
from datetime import timedelta

from procrastinate import App, PsycopgConnector
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot import turn
from bot.hotline import Hotline, open_hotline
from bot.safety import check
from channels import expiry, hourly
from channels.models import Conversation, Message, MessageState, Outbox, OutboxState
from channels.say import say
from core import logging, queue
from core.clock import now
from core.config import Settings, load
from core.database import conninfo
from core.keys import KeyProvider
from core.logging import Log
from core.recovery import recover_stalled
from core.workers import run_until_stopped
from intake import receipts, replies, retention
from intents import gate
from translations.catalog import SOURCE

log = Log("worker")
OVERDUE = timedelta(seconds=2)
TELL_AFTER = timedelta(seconds=20)
THREADS = {queue.QUEUES[queue.GATE]: 2, queue.QUEUES[queue.DRAIN]: 4}


def build(settings: Settings, hotline: Hotline) -> App:
    """The Procrastinate app of the worker with its tasks."""
    app = App(connector=PsycopgConnector(conninfo=conninfo(settings, "worker"), timeout=5.0))

    @app.task(name=queue.GATE, queue=queue.QUEUES[queue.GATE])
    def gate_new(conversation: int) -> None:
        check(hotline, conversation)

    @app.task(name=queue.DRAIN, queue=queue.QUEUES[queue.DRAIN])
    def drain(conversation: int) -> None:
        turn.drain(hotline, conversation)

    @app.periodic(cron="* * * * * */2")
    @app.task(name="sweep", queue=queue.QUEUES[queue.GATE])
    async def sweep_bells(timestamp: int) -> None:
        await recover_stalled(app)
        await asyncio.to_thread(sweep, hotline)

    @app.periodic(cron="*/5 * * * *")
    @app.task(name="housekeeping", queue=queue.QUEUES[queue.GATE])
    def keep_house(timestamp: int) -> None:
        housekeeping(hotline)

    return app


def sweep(hotline: Hotline) -> None:
    """Ring again for what is older than two seconds and has no bell; tell workers who wait too long.

    In an outage every sweep sees the same messages: a bell that still waits is not rung again, or a cry would stand
    behind thousands of them.
    """
    with hotline.db.begin() as session:
        late = [Message.state == MessageState.NEW, Message.received_at < now() - OVERDUE]
        for bell, where in ((queue.GATE, [*late, Message.gated.is_(False)]), (queue.DRAIN, late)):
            found = session.scalars(select(Message.conversation_id).where(*where).distinct()).all()
            for conversation_id in set(found) - queue.waiting(session, bell):
                queue.ring(session, bell, conversation=conversation_id)
    _tell_waiting(hotline)
    _tell_held(hotline)
    with hotline.db.begin() as session:
        receipts.grant_wishes(session, hotline.keys)


def _tell_held(hotline: Hotline) -> None:
    """One neutral notice for a conversation whose late answers are held back. A reply only waits for the code again."""
    with hotline.db.begin() as session:
        held = (Outbox.state == OutboxState.HELD, Outbox.reply_key_id.is_(None))
        first = select(func.min(Outbox.id)).where(*held).group_by(Outbox.conversation_id)
        told = select(Outbox.source_id).where(Outbox.source == "held")
        for row in session.scalars(select(Outbox).where(Outbox.id.in_(first), Outbox.id.not_in(told))):
            conversation = session.get_one(Conversation, row.conversation_id)
            say(
                session,
                conversation,
                conversation.language or SOURCE,
                "neutral.waiting",
                source="held",
                source_id=row.id,
            )


def _tell_waiting(hotline: Hotline) -> None:
    """ "We have your message", once per outage: as long as the oldest message waits. Never before the gate."""
    with hotline.db.begin() as session:
        oldest = select(func.min(Message.id)).where(Message.state == MessageState.NEW).group_by(Message.conversation_id)
        long = select(Message).where(Message.id.in_(oldest), Message.gated, Message.received_at < now() - TELL_AFTER)
        for message in session.scalars(long.order_by(Message.id)):
            conversation = session.get_one(Conversation, message.conversation_id, with_for_update=True)
            if conversation.told_waiting_at is None or conversation.told_waiting_at < message.received_at:
                conversation.told_waiting_at = now()
                say(session, conversation, conversation.language or SOURCE, "wait", source="wait", source_id=message.id)


def housekeeping(hotline: Hotline) -> None:
    """Make the next hourly pairs, let things expire, destroy finished hours: each step commits for itself.

    An hour is retired in one transaction and destroyed in the next: a key must never go while its row may come back.
    """
    for name, step in _STEPS.items():
        try:
            with hotline.db.begin() as session:
                step(session, hotline.keys)
        except Exception as error:
            log.alarm("housekeeping_failed", kind=name, error=type(error).__name__)
    log.info("housekeeping")


_STEPS: dict[str, Callable[[Session, KeyProvider], object]] = {
    "make_ahead": hourly.make_ahead,
    "replies": lambda session, keys: replies.put_back(session),
    "mailroom": lambda session, keys: expiry.run(session),
    "reports": retention.run,
    "retire": lambda session, keys: hourly.retire_finished(session),
    "destroy": hourly.destroy_retired,
}


def main() -> None:
    """Run until told to stop."""
    logging.set_up()
    gate.load()
    settings = load(os.environ)
    hotline = open_hotline(settings)
    housekeeping(hotline)
    log.info("worker_up")
    asyncio.run(run_until_stopped(lambda: build(settings, hotline), THREADS))


if __name__ == "__main__":
    main()
