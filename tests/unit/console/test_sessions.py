"""Sessions: only a hash is stored, they end, they turn over when who or how fresh changes, and they can be revoked."""

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from console.app import create_app
from console.models import Account, WebSession
from console.sessions import IDLE, LONGEST
from core.clock import shifted
from core.config import Settings, load
from core.database import Database
from intake import staff
from intake.models import Role, Staff
from tests.unit.console.conftest import People, csrf
from tests.unit.console.signing import submit

type Db = Callable[[str], Database]
MINUTE = timedelta(minutes=1)


def cookie_of(client: FlaskClient) -> str:
    cookie = client.get_cookie("amparo", domain="127.0.0.1")
    assert cookie is not None
    return cookie.value


def test_the_table_holds_the_hash_of_256_random_bits(browser: Callable[[], FlaskClient], db: Db) -> None:
    client = browser()
    client.get("/login")
    token = cookie_of(client)
    assert len(token) == 43
    with db("owner").begin() as session:
        assert session.scalars(select(WebSession.id)).all() == [sha256(token.encode()).digest()]


def test_a_look_at_a_page_that_is_not_there_leaves_no_row(browser: Callable[[], FlaskClient], db: Db) -> None:
    client = browser()
    for path in ("/nothing", "/healthz", "/static/account.js", "/api/me", "/people"):
        client.get(path)
    with db("owner").begin() as session:
        assert session.scalar(select(func.count()).select_from(WebSession)) == 0


def test_it_ends_after_half_an_hour_without_a_request(people: People) -> None:
    me = people()
    with shifted(IDLE - MINUTE):
        assert me.client.get("/api/me").status_code == 200
    with shifted(2 * IDLE - 3 * MINUTE):
        assert me.client.get("/api/me").status_code == 200
    with shifted(3 * IDLE):
        assert me.client.get("/api/me").status_code == 401


def test_a_page_that_only_polls_does_not_keep_it_alive(people: People) -> None:
    me = people()
    for minutes in range(5, 30, 5):
        with shifted(minutes * MINUTE):
            assert me.client.get("/api/changes?mark=0").status_code in (200, 304)
    with shifted(IDLE + MINUTE):
        assert me.client.get("/api/changes?mark=0").status_code == 401


def test_a_queue_that_renews_itself_does_not_keep_it_alive(people: People) -> None:
    me = people()
    for minutes in range(5, 30, 5):
        with shifted(minutes * MINUTE):
            assert me.client.get("/api/cases").status_code == 200
    with shifted(IDLE + MINUTE):
        assert me.client.get("/api/cases").status_code == 401


def test_it_ends_after_eight_hours_however_busy(people: People) -> None:
    me = people()
    for step in range(1, 20):
        with shifted(step * 25 * MINUTE):
            expected = 200 if step * 25 * MINUTE < LONGEST else 401
            assert me.client.get("/api/me").status_code == expected


def test_it_gets_a_new_id_at_both_steps_of_signing_in_and_the_old_one_is_dead(
    app: Flask, people: People, db: Db
) -> None:
    me = people(Role.ADMIN)
    before = cookie_of(me.client)
    with shifted(MINUTE), me.client.session_transaction(base_url="http://127.0.0.1:8081") as inside:
        inside["fs_paa"] = inside["fs_paa"] + 60  # what a step-up does
    after = cookie_of(me.client)
    assert after != before
    me.client.set_cookie("amparo", before, domain="127.0.0.1")
    assert me.client.get("/api/me").status_code == 401


def test_stepping_up_does_not_make_the_eight_hours_longer(people: People, db: Db) -> None:
    me = people(Role.ADMIN)
    with db("owner").begin() as session:
        began = session.scalars(select(WebSession.began_at)).one()
    with shifted(20 * MINUTE), me.client.session_transaction(base_url="http://127.0.0.1:8081") as inside:
        inside["fs_paa"] = inside["fs_paa"] + 1200
    with db("owner").begin() as session:
        assert session.scalars(select(WebSession.began_at)).one() == began


def test_signing_out_ends_it_here_and_on_the_server(people: People, db: Db) -> None:
    me = people(Role.ADMIN)
    token = cookie_of(me.client)
    answer = submit(me.client, "/account", "/logout")
    assert answer.headers["Location"] == "/login"
    assert '"storage"' in answer.headers["Clear-Site-Data"]
    assert me.client.get_cookie("amparo", domain="127.0.0.1") is None
    me.client.set_cookie("amparo", token, domain="127.0.0.1")
    assert me.client.get("/api/me").status_code == 401


def test_signing_out_cannot_be_done_by_a_link(people: People) -> None:
    me = people(Role.ADMIN)
    assert me.client.get("/logout").status_code == 405
    assert me.client.post("/logout").status_code == 400
    assert me.client.get("/api/me").status_code == 200


def test_whose_access_has_ended_is_out_at_the_next_request(people: People, db: Db) -> None:
    me = people()
    with db("operator").begin() as session:
        staff.disable(session, me.row.email)
    assert me.client.get("/api/me").get_json()["error"] == "sign_in"


def test_a_changed_role_ends_the_session(people: People, db: Db) -> None:
    me = people(Role.AUDITOR)
    with db("owner").begin() as session:
        session.get_one(Staff, me.id).role = Role.ADMIN
    assert me.client.get("/api/me").status_code == 401
    with db("owner").begin() as session:
        assert session.scalar(select(func.count()).select_from(WebSession)) == 0


def test_a_session_whose_second_factor_was_taken_away_is_over(people: People, db: Db) -> None:
    me = people(Role.ADMIN)
    with db("owner").begin() as session:
        session.get_one(Account, me.id).tf_totp_secret = None
    assert me.client.get("/people").headers["Location"].startswith("/login")
    assert me.client.get("/login").status_code == 200


def test_nobody_can_plant_a_session_before_somebody_signs_in(
    people: People, browser: Callable[[], FlaskClient]
) -> None:
    client = browser()
    client.set_cookie("amparo", "planted", domain="127.0.0.1")
    client.get("/login")
    assert cookie_of(client) != "planted"


def test_the_cookie_is_for_this_site_and_no_script(browser: Callable[[], FlaskClient]) -> None:
    (cookie,) = browser().get("/login").headers.getlist("Set-Cookie")
    assert cookie.endswith("; HttpOnly; Path=/; SameSite=Strict")


def test_over_https_the_cookie_is_bound_to_the_host(settings: Settings, clean: None) -> None:
    env = {"AMPARO_HOME": str(settings.home), "AMPARO_CONSOLE_URL": "https://desk.example.org"}
    app = create_app(load(env), env=env)
    answer = app.test_client().get("/login", base_url="https://desk.example.org")
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-amparo=")
    assert {"Secure", "HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=63072000")
    app.extensions["console"].db.close()


def test_a_token_of_flask_security_opens_nothing(
    app: Flask, people: People, browser: Callable[[], FlaskClient], db: Db
) -> None:
    """Its tokens live beside the session table: none is made, and one that is made all the same is not read."""
    me = people(Role.ADMIN)
    with app.test_request_context(), db("owner").begin() as session:
        token = str(session.get_one(Account, me.id).get_auth_token())
    assert browser().get("/people", headers={"Authentication-Token": token}).status_code == 302
    assert browser().get(f"/people?auth_token={token}").status_code == 302


@pytest.mark.parametrize("path", ["/account", "/api/me", "/login"])
def test_nothing_is_kept_by_the_browser(people: People, path: str) -> None:
    assert people().client.get(path).headers["Cache-Control"] == "no-store"


def test_an_unknown_or_foreign_csrf_token_is_refused(people: People) -> None:
    one, other = people(Role.ADMIN), people(Role.ADMIN)
    assert one.client.post("/log/verify", data={"csrf_token": csrf(other.client)}).status_code == 400
    assert one.client.post("/log/verify", data={"csrf_token": csrf(one.client)}).status_code == 200
