"""The gateway beside its webhooks: health, metrics, and what happens without a database."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from twilio.request_validator import RequestValidator

from channels import inbox
from channels.webhooks import create_app
from core.config import Settings

FORM = {
    "MessageSid": "SM" + "1" * 32,
    "AccountSid": "AC00000000000000000000000000000001",
    "From": "+12025550101",
    "To": "+15005550006",
    "Body": "secret words",
    "NumMedia": "0",
}


@pytest.fixture
def app(settings: Settings, clean: None) -> Iterator[Flask]:
    made = create_app(settings)
    yield made
    made.extensions["gateway"].db.close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def signed(settings: Settings) -> dict[str, str]:
    signature = RequestValidator(settings.auth_token).compute_signature(f"{settings.public_url}/twilio/sms", FORM)
    return {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}


def test_health_and_readiness(client: FlaskClient) -> None:
    assert [client.get(path).status_code for path in ("/healthz", "/readyz")] == [200, 200]


def test_without_a_database_the_carrier_tries_again(
    settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    nowhere = replace(settings, database_url=None, home=tmp_path)
    client = create_app(nowhere).test_client()
    answer = client.post("/twilio/sms", data=urlencode(FORM), headers=signed(settings))
    assert (answer.status_code, answer.data) == (503, b"")
    assert [client.get(path).status_code for path in ("/healthz", "/readyz")] == [200, 503]
    assert client.post("/twilio/sms", data=urlencode(FORM)).status_code == 403
    assert "secret" not in caplog.text
    assert "2025550101" not in caplog.text


def test_without_keys_nothing_is_accepted(settings: Settings, clean: None, tmp_path: Path) -> None:
    app = create_app(replace(settings, keys=tmp_path))
    assert app.test_client().post("/twilio/sms", data=urlencode(FORM), headers=signed(settings)).status_code == 503
    app.extensions["gateway"].db.close()


def test_an_unexpected_failure_is_a_503_without_a_word(
    client: FlaskClient, settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> bool:
        raise RuntimeError("secret words")

    monkeypatch.setattr(inbox, "accept", broken)
    answer = client.post("/twilio/sms", data=urlencode(FORM), headers=signed(settings))
    assert (answer.status_code, answer.data) == (503, b"")
    assert "secret" not in "".join(record.getMessage() for record in caplog.records)


def test_metrics_count_by_outcome_and_name_nobody(client: FlaskClient, settings: Settings) -> None:
    for _ in range(2):
        client.post("/twilio/sms", data=urlencode(FORM), headers=signed(settings))
    client.post("/twilio/sms", data=urlencode(FORM))
    client.get("/+12025550101")
    page = client.get("/metrics").get_data(as_text=True)
    for outcome in ("accepted", "duplicate", "forged"):
        assert f'amparo_webhooks_total{{outcome="{outcome}",path="/twilio/sms"}} 1.0' in page
    assert 'amparo_messages{state="new"} 1.0' in page
    assert "12025550101" not in page


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "Via", "X-Real-Ip"])
def test_metrics_are_for_this_machine_only(client: FlaskClient, header: str) -> None:
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 404
    assert client.get("/metrics", headers={header: "192.0.2.7"}).status_code == 404
