"""Passkeys: two factors alone only when they verify their holder, bound to person and address."""

import html
import json
import re
from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from console.models import Passkey, WebSession
from core.database import Database
from intake.models import Role
from tests.unit.console.authenticator import Authenticator
from tests.unit.console.conftest import ORIGIN, People, Person
from tests.unit.console.signing import form_token, submit

type Db = Callable[[str], Database]
type Browser = Callable[[], FlaskClient]


def challenge(page: TestResponse) -> tuple[str, dict[str, Any]]:
    """Where the script sends the answer, and the options that it gives to the browser."""
    found = re.search(r'action="([^"]+)" id="passkey-form"[^>]* data-options="([^"]+)"', page.get_data(as_text=True))
    assert found is not None, page.get_data(as_text=True)
    return html.unescape(found[1]), json.loads(html.unescape(found[2]))


def register(person: Person, key: Authenticator, usage: str = "first", name: str = "my key") -> TestResponse:
    page = submit(person.client, "/wan-register", name=name, usage=usage)
    to, options = challenge(page)
    return person.client.post(to, data={"csrf_token": form_token(page), "credential": key.register(options)})


def use(client: FlaskClient, key: Authenticator, path: str = "/wan-signin") -> TestResponse:
    page = submit(client, path)
    to, options = challenge(page)
    return client.post(to, data={"csrf_token": form_token(page), "credential": key.sign_in(options)})


def grow_old(db: Db, person: Person) -> bytes:
    """The last proof is more than a quarter of an hour ago."""
    with db("owner").begin() as session:
        row = session.scalars(select(WebSession).where(WebSession.staff_id == person.id)).one()
        row.data = {**row.data, "fs_paa": row.data["fs_paa"] - 1000}
        return row.id


def test_a_passkey_that_verifies_its_holder_signs_in_alone(people: People, browser: Browser) -> None:
    me, key = people(Role.ADMIN), Authenticator(ORIGIN)
    assert register(me, key).headers["Location"] == "/account"
    assert "my key" in me.client.get("/account").get_data(as_text=True)
    client = browser()
    assert use(client, key).status_code == 302
    assert client.get("/people").status_code == 200


def test_one_that_only_feels_a_touch_does_not(people: People, browser: Browser) -> None:
    me, weak = people(Role.ADMIN), Authenticator(ORIGIN, verifies=False)
    register(me, weak)
    client = browser()
    use(client, weak)
    assert client.get("/people").headers["Location"].startswith("/login")


def test_one_made_for_the_second_factor_does_not_sign_in_alone(people: People, browser: Browser) -> None:
    me, key = people(Role.ADMIN), Authenticator(ORIGIN)
    register(me, key, usage="secondary")
    client = browser()
    use(client, key)
    assert client.get("/api/me").status_code == 401


def test_what_was_signed_for_another_address_is_refused(people: People, browser: Browser, db: Db) -> None:
    me, key = people(Role.ADMIN), Authenticator("https://evil.example.org")
    register(me, key)
    with db("owner").begin() as session:
        assert session.scalars(select(Passkey)).all() == []


def test_somebody_elses_passkey_does_not_step_up_my_session(people: People, db: Db) -> None:
    me, other, key, theirs = people(Role.ADMIN), people(Role.ADMIN), Authenticator(ORIGIN), Authenticator(ORIGIN)
    register(me, key)
    register(other, theirs)
    grow_old(db, me)
    assert use(me.client, theirs, "/wan-verify").headers["Location"] == "/wan-verify"
    assert me.client.get("/change").headers["Location"].startswith("/verify")


def test_it_steps_up_and_the_session_turns_over(people: People, db: Db) -> None:
    me, key = people(Role.ADMIN), Authenticator(ORIGIN)
    register(me, key)
    before = grow_old(db, me)
    assert me.client.get("/change").headers["Location"].startswith("/verify")
    assert use(me.client, key, "/wan-verify?next=/account").headers["Location"] == "/account"
    assert me.client.get("/change").status_code == 200
    with db("owner").begin() as session:
        assert session.scalars(select(WebSession.id).where(WebSession.staff_id == me.id)).one() != before


def test_it_can_be_removed_and_then_opens_nothing(people: People, browser: Browser) -> None:
    me, key = people(Role.ADMIN), Authenticator(ORIGIN)
    register(me, key)
    submit(me.client, "/wan-register", "/wan-delete", name="my key")
    client = browser()
    use(client, key)
    assert client.get("/api/me").status_code == 401


def test_the_sign_in_page_names_no_key_of_anybody(people: People, browser: Browser) -> None:
    me, key = people(Role.ADMIN), Authenticator(ORIGIN)
    register(me, key)
    client = browser()
    _, options = challenge(submit(client, "/wan-signin", identity=me.row.email))
    assert not options.get("allowCredentials")
    assert options["userVerification"] == "required"
