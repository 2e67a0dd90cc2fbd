"""The sender process: `python -m channels.sender_process`. Hears the bells of the outbox and sweeps."""

import asyncio
import os

from procrastinate import App, PsycopgConnector

from channels import replies
from channels.contract import channels
from channels.redaction import Redactor
from channels.sender import Sender
from core import logging
from core.config import Settings, load
from core.database import Database, conninfo
from core.keys import KeyProvider
from core.logging import Log
from core.queue import QUEUES, REDACT, SEND, ring
from core.recovery import recover_stalled
from core.workers import run_until_stopped

log = Log("sender")
QUEUE = QUEUES[SEND]
CONCURRENCY = 10


def build(settings: Settings, sender: Sender, redactor: Redactor) -> App:
    """The Procrastinate app of the sender with its tasks."""
    app = App(connector=PsycopgConnector(conninfo=conninfo(settings, "sender"), timeout=5.0))

    @app.task(name=SEND, queue=QUEUE)
    def send(conversation: int) -> None:
        sender.send_for(conversation)

    @app.task(name=REDACT, queue=QUEUE)
    def redact() -> None:
        redactor.run()

    @app.periodic(cron="* * * * * */2")
    @app.task(name="sweep_sending", queue=QUEUE)
    async def sweep_sending(timestamp: int) -> None:
        await recover_stalled(app)
        await asyncio.to_thread(sweep, sender, redactor)

    @app.periodic(cron="* * * * * */10")
    @app.task(name="keep_replies", queue=QUEUE)
    def keep_replies(timestamp: int) -> None:
        replies.keep_house(sender.db, sender.keys)

    return app


def sweep(sender: Sender, redactor: Redactor) -> None:
    """Ring for what was left lying, ask about what is unknown, redact what is due."""
    sender.sweep()
    sender.recover()
    if redactor.is_due():
        with redactor.db.begin() as session:
            ring(session, REDACT)


def open_sender(settings: Settings) -> tuple[Sender, Redactor]:
    """Sender and redactor with the database role and the keys of this process."""
    db = Database(settings, "sender", pool_size=CONCURRENCY + 2)
    keys = KeyProvider(settings.keys, "sender")
    carriers = {name: channel.carrier(settings) for name, channel in channels().items()}
    return Sender(db, keys, carriers, settings.public_url), Redactor(db, keys, carriers)


def main() -> None:
    """Run until told to stop."""
    logging.set_up()
    settings = load(os.environ)
    sender, redactor = open_sender(settings)
    log.info("sender_up")
    asyncio.run(run_until_stopped(lambda: build(settings, sender, redactor), {QUEUE: CONCURRENCY}))


if __name__ == "__main__":
    main()
