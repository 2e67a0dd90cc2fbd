"""What every answer says to the browser, whatever it is: pages, JSON, errors, static files."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from console.addresses import frame_of, refuse_plain_http
from console.app import create_app
from core.config import ConfigError, Settings, load
from intake.models import Role
from tests.unit.console.conftest import ORIGIN, People

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
}


def policy(headers: object) -> set[str]:
    return set(headers["Content-Security-Policy"].split("; "))  # type: ignore[index]


@pytest.mark.parametrize(
    "path", ["/login", "/setup", "/nothing", "/api/me", "/static/account.js", "/healthz", "/logout"]
)
def test_every_answer_has_the_strict_policy(browser: Callable[[], FlaskClient], path: str) -> None:
    headers = browser().get(path).headers
    assert policy(headers) == POLICY
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Embedder-Policy"] == "require-corp"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "geolocation=()" in headers["Permissions-Policy"]
    assert "Server" not in headers


@pytest.mark.parametrize("path", ["/queue", "/key", "/reports/new", "/cases/00000000-0000-4000-8000-000000000000"])
def test_only_a_page_that_unlocks_a_key_may_run_webassembly(people: People, path: str) -> None:
    headers = people(Role.INTAKE).client.get(path).headers
    assert policy(headers) == POLICY - {"script-src 'self'"} | {
        "script-src 'self' 'wasm-unsafe-eval'",
        "worker-src 'self'",
    }


@pytest.mark.parametrize("path", ["/account", "/api/me", "/api/cases"])
def test_no_other_page_may(people: People, path: str) -> None:
    assert policy(people(Role.INTAKE).client.get(path).headers) == POLICY


ACCOUNT_PAGES = (
    "/people",
    "/log",
    "/account",
    "/mf-recovery-codes",
    "/wan-register",
    "/tf-setup",
    "/change",
    "/verify",
)


def test_no_page_needs_what_the_policy_forbids(people: People, browser: Callable[[], FlaskClient]) -> None:
    admin, reader = people(Role.ADMIN).client, people(Role.INTAKE).client
    answers = [admin.get(path) for path in ACCOUNT_PAGES]
    answers += [browser().get(path) for path in ("/login", "/setup", "/wan-signin", "/nothing")]
    answers += [reader.get(path) for path in ("/queue", "/key", "/reports/new")]
    for page in (answer.get_data(as_text=True) for answer in answers):
        assert "<h1" in page or "<main" in page
        assert not [word for word in (" style=", "<style", " onclick=", "javascript:", "data:") if word in page]
        assert page.count("<script") == len(re.findall(r'<script [^>]*src="/static/[^>]*></script>', page))


def test_the_demo_page_alone_may_show_the_console_in_a_frame(settings: Settings, clean: None) -> None:
    app = create_app(settings, env={"AMPARO_CONSOLE_FRAME": "http://127.0.0.1:8080"})
    headers = app.test_client().get("/login", base_url=ORIGIN).headers
    assert "frame-ancestors http://127.0.0.1:8080 'self'" in policy(headers)
    assert "X-Frame-Options" not in headers
    app.extensions["console"].db.close()


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example.org",
        "http://192.0.2.1:80",
        "http://127.0.0.1.evil.org",
        "http://127.0.0.1:1/x",
        "*",
        "https://127.0.0.1",
    ],
)
def test_a_frame_from_elsewhere_is_refused_at_the_start(settings: Settings, origin: str) -> None:
    with pytest.raises(ConfigError, match="AMPARO_CONSOLE_FRAME"):
        create_app(settings, env={"AMPARO_CONSOLE_FRAME": origin})
    assert frame_of({}) is None


@pytest.mark.parametrize("url", ["http://desk.example.org", "http://0.0.0.0:8081", "http://192.168.1.5:8081"])
def test_the_console_itself_refuses_plain_http_from_other_machines(settings: Settings, url: str) -> None:
    chosen = load({"AMPARO_HOME": str(settings.home), "AMPARO_CONSOLE_URL": url})
    with pytest.raises(ConfigError, match="https"):
        create_app(chosen, env={})


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9", "http://[::1]:9", "http://localhost:9", "https://desk.example.org"]
)
def test_this_machine_and_https_are_fine(settings: Settings, url: str) -> None:
    refuse_plain_http(load({"AMPARO_HOME": str(settings.home), "AMPARO_CONSOLE_URL": url}))


def test_an_error_tells_a_script_and_a_reader_what_to_do_and_nothing_of_the_inside(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    me = people(Role.INTAKE)

    def broken(*_: object) -> None:
        raise RuntimeError("a secret of the inside")

    monkeypatch.setattr("console.accounts.readers_of", broken)
    answer = me.client.get("/api/me")
    assert (answer.status_code, answer.get_json()["error"]) == (500, "unexpected")
    assert "secret" not in answer.get_data(as_text=True)
    page = me.client.get("/nothing")
    assert (page.status_code, "Go back to the start page" in page.get_data(as_text=True)) == (404, True)
