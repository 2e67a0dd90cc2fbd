"""A gateway and a local carrier on loopback, a sender in this process, all on the real database."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, update
from werkzeug.serving import make_server

from channels.contract import Carrier, channels
from channels.models import SendingNumber
from channels.redaction import Redactor
from channels.sender import Sender
from channels.simulator import app as simulator
from channels.webhooks import create_app
from core.config import Settings
from core.database import Database
from core.keys import KeyProvider
from tests.unit.channels.line import Line

FAST = 200


@pytest.fixture
def rate(clean: None, owner: Engine) -> Callable[[int], None]:
    """Set the pace of every sending number."""

    def of(segments_per_second: int) -> None:
        with owner.begin() as connection:
            connection.execute(update(SendingNumber).values(segments_per_second=segments_per_second))

    return of


@pytest.fixture
def line(settings: Settings, owner: Engine, rate: Callable[[int], None]) -> Iterator[Line]:
    """The road, with a fast number."""
    rate(FAST)
    gateway_app = create_app(settings)
    gateway = make_server("127.0.0.1", 0, gateway_app, threaded=True)
    config = replace(simulator.config_of(settings, f"http://127.0.0.1:{gateway.server_port}"), retries=2)
    carrier = simulator.make(config)
    for server in (gateway, carrier):
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    url = f"http://127.0.0.1:{carrier.server_port}"
    db = Database(settings, "sender")
    sender, redactor = _sender(replace(settings, twilio_api=url), db)
    here = carrier.app.extensions["carrier"]  # type: ignore[attr-defined]
    yield Line(settings, owner, here.exchange, url, sender, redactor)
    here.pool.shutdown(wait=True)
    for server in (carrier, gateway):
        server.shutdown()
        server.server_close()
    here.caller.close()
    db.close()
    gateway_app.extensions["gateway"].db.close()


def _sender(settings: Settings, db: Database) -> tuple[Sender, Redactor]:
    keys = KeyProvider(settings.keys, "sender")
    carriers: dict[str, Carrier] = {name: channel.carrier(settings) for name, channel in channels().items()}
    return Sender(db, keys, carriers, settings.public_url, unknown_after=timedelta(0)), Redactor(db, keys, carriers)
