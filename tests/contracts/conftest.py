"""A gateway to call and a way to sign for it; every test runs for every channel found."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text
from twilio.request_validator import RequestValidator
from werkzeug.test import TestResponse

from channels.contract import channels, path_of
from channels.webhooks import create_app
from core.config import Settings

HERE = Path(__file__).parent
FORM = "application/x-www-form-urlencoded"


@dataclass
class Caller:
    """Calls the gateway as the carrier would."""

    client: FlaskClient
    settings: Settings
    owner: Engine
    channel: str

    @property
    def path(self) -> str:
        """Where this channel's messages arrive."""
        return path_of(self.channel)

    @property
    def recorded(self) -> dict[str, Any]:
        """The recorded payloads of this channel."""
        found: dict[str, Any] = json.loads((HERE / self.channel / "inbound.json").read_text())
        return found

    def sign(self, path: str, form: Mapping[str, str]) -> str:
        """The carrier's signature."""
        validator = RequestValidator(self.settings.auth_token)
        return str(validator.compute_signature(self.settings.public_url + path, form))

    def post(self, form: Mapping[str, str], path: str | None = None, signature: str | None = None) -> TestResponse:
        """A signed request; another `signature` may be given."""
        path = path or self.path
        signature = self.sign(path, form) if signature is None else signature
        return self.raw(urlencode(dict(form)), path, {"X-Twilio-Signature": signature})

    def raw(self, body: str | bytes, path: str, headers: Mapping[str, str], kind: str = FORM) -> TestResponse:
        """Any request."""
        return self.client.post(path, data=body, headers=dict(headers), content_type=kind)

    def rows(self, table: str) -> list[dict[str, Any]]:
        """What is in a table."""
        with self.owner.connect() as connection:
            return [dict(row) for row in connection.execute(text(f"select * from {table}")).mappings()]

    def stored(self) -> dict[str, int]:
        """How many rows a request left behind."""
        tables = ("inbox.message", "inbox.conversation", "inbox.contact", "inbox.redaction", "procrastinate_jobs")
        return {table: len(self.rows(table)) for table in tables}


@pytest.fixture(params=sorted(channels()))
def caller(request: pytest.FixtureRequest, clean: None, settings: Settings, owner: Engine) -> Iterator[Caller]:
    app = create_app(settings)
    yield Caller(app.test_client(), settings, owner, request.param)
    app.extensions["gateway"].db.close()


@pytest.fixture
def nothing_stored(caller: Caller) -> Callable[[TestResponse], None]:
    """Check a refusal: 403, an empty body, and not a row anywhere."""

    def check(answer: TestResponse) -> None:
        assert (answer.status_code, answer.data) == (403, b"")
        assert set(caller.stored().values()) == {0}

    return check
