"""The application as it starts: its alarm, its health, its gunicorn settings."""

import logging
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from console import gunicorn_conf
from console.app import warn_of_lonely_teams
from intake.models import Role
from tests.unit.console.conftest import People, csrf
from tests.unit.console.signing import submit


def alarms(caplog: pytest.LogCaptureFixture) -> list[tuple[str, object]]:
    found = [record for record in caplog.records if record.levelno == logging.ERROR]
    return [(record.getMessage(), getattr(record, "fields", {}).get("rows")) for record in found]


def test_at_the_start_a_team_under_two_readers_is_an_alarm(
    app: Flask, people: People, caplog: pytest.LogCaptureFixture
) -> None:
    people(Role.INTAKE)
    people(Role.INTAKE, key=False)
    warn_of_lonely_teams(app)
    assert alarms(caplog) == [("team_under_two_readers", 1)]


def test_two_readers_are_enough(app: Flask, people: People, caplog: pytest.LogCaptureFixture) -> None:
    people(Role.INTAKE)
    people(Role.INTAKE)
    warn_of_lonely_teams(app)
    assert alarms(caplog) == []


def test_health_says_nothing_and_needs_no_session(browser: Callable[[], FlaskClient]) -> None:
    answer = browser().get("/healthz", base_url="http://any.example.org")
    assert (answer.status_code, answer.get_data(as_text=True)) == (200, "ok\n")
    assert "Set-Cookie" not in answer.headers


def test_gunicorn_keeps_no_addresses_and_is_one_process() -> None:
    assert gunicorn_conf.accesslog is None
    assert gunicorn_conf.workers == 1
    assert gunicorn_conf.threads > 8


@pytest.mark.parametrize(
    "path",
    ["/api/cases?q=%00", "/api/cases?language=%00", "/api/cases?urgency=99999999999999999999", "/api/readers?team=%00"],
)
def test_what_the_database_cannot_take_is_the_askers_mistake_and_no_alarm(
    people: People, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert people(Role.INTAKE).client.get(path).status_code == 400
    assert alarms(caplog) == []


def test_a_zero_byte_at_the_sign_in_is_no_failure_of_the_server(browser: Callable[[], FlaskClient]) -> None:
    assert submit(browser(), "/login", email="a\0@example.org", password="x" * 20).status_code == 400


def test_json_that_is_nested_too_deep_is_refused(people: People) -> None:
    me = people(Role.INTAKE)
    headers = {"X-CSRFToken": csrf(me.client), "Content-Type": "application/json"}
    assert me.client.put("/api/key", data="[" * 100_000, headers=headers).status_code == 400
