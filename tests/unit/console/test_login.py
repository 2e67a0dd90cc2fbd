"""Signing in: both factors, each code once, one answer for every failure, slower but never locked out."""

import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import quote, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from console import accounts, throttle
from console.models import Account, LoginTry, WebSession
from core.clock import shifted
from core.database import Database
from core.keys import KeyProvider
from intake import audit, staff
from intake.models import Role, Staff
from intake.readers import name_of
from intake.routing import DEFAULT_TEAM
from tests.unit.console.conftest import PASSWORD
from tests.unit.console.signing import SECRET, code_at, first_factor, form_token, sign_in, submit

type Db = Callable[[str], Database]
type Browser = Callable[[], FlaskClient]
GENERIC = "Authentication failed"
STEP = timedelta(seconds=30)


@pytest.fixture
def ana(db: Db, keys: Callable[[str], KeyProvider], clean: None) -> Staff:
    with db("owner").begin() as session:
        row = staff.add(session, "ana@example.org", Role.ADMIN, DEFAULT_TEAM, None)
        accounts.create(session, keys("console"), row.id, PASSWORD, SECRET)
    return row


def test_both_factors_open_the_console_and_the_sign_in_is_audited(ana: Staff, browser: Browser, db: Db) -> None:
    client = browser()
    assert sign_in(client, ana.email, PASSWORD).headers["Location"] == "/"
    assert client.get("/people").status_code == 200
    with db("owner").begin() as session:
        assert audit.recorded(session, "session.began", name_of(ana.id)) == [{}]
        assert session.get_one(Account, ana.id).last_sign_in is not None


def test_the_password_alone_opens_nothing(ana: Staff, browser: Browser) -> None:
    client = browser()
    first_factor(client, ana.email, PASSWORD)
    assert client.get("/people").headers["Location"].startswith("/login")
    assert client.get("/api/me").status_code == 401


def test_the_address_is_found_however_it_is_typed(ana: Staff, browser: Browser) -> None:
    assert sign_in(browser(), "  Ana@Example.ORG ", PASSWORD).headers["Location"] == "/"


def test_wrong_password_unknown_address_and_ended_access_look_the_same(ana: Staff, browser: Browser, db: Db) -> None:
    answers = [
        first_factor(browser(), ana.email, "a wrong password, long enough"),
        first_factor(browser(), "nobody@example.org", PASSWORD),
    ]
    with db("owner").begin() as session:
        staff.disable(session, ana.email)
    answers.append(first_factor(browser(), ana.email, PASSWORD))
    pages = {answer.get_data(as_text=True).replace(form_token(answer), "") for answer in answers}
    pages = {page.replace(ana.email, "").replace("nobody@example.org", "") for page in pages}
    assert len(pages) == 1
    assert GENERIC in pages.pop()


def test_an_unknown_address_takes_as_long_as_a_wrong_password(ana: Staff, browser: Browser, db: Db) -> None:
    def took(email: str) -> float:
        with db("owner").begin() as session:
            session.execute(LoginTry.__table__.delete())  # type: ignore[attr-defined]
        client = browser()
        token = form_token(client.get("/login"))
        before = time.perf_counter()
        client.post("/login", data={"csrf_token": token, "email": email, "password": "wrong"})
        return time.perf_counter() - before

    known = [took(ana.email) for _ in range(7)]
    unknown = [took("nobody@example.org") for _ in range(7)]
    assert min(unknown) > 0.5 * min(known)
    assert statistics.median(unknown) > 0.02  # Argon2 was done


def test_a_wrong_code_is_refused(ana: Staff, browser: Browser) -> None:
    client = browser()
    first_factor(client, ana.email, PASSWORD)
    answer = submit(client, "/tf-validate", code="000000")
    assert "Invalid code" in answer.get_data(as_text=True)
    assert client.get("/api/me").status_code == 401


def test_a_code_works_once(ana: Staff, browser: Browser) -> None:
    sign_in(browser(), ana.email, PASSWORD)
    second = browser()
    assert "Invalid code" in sign_in(second, ana.email, PASSWORD).get_data(as_text=True)
    assert second.get("/api/me").status_code == 401
    assert submit(second, "/tf-validate", code=code_at(STEP)).headers["Location"] == "/"


def test_an_older_code_than_the_last_one_used_is_refused(ana: Staff, browser: Browser) -> None:
    sign_in(browser(), ana.email, PASSWORD, STEP)
    assert "Invalid code" in sign_in(browser(), ana.email, PASSWORD).get_data(as_text=True)


@pytest.mark.parametrize("steps", [-3, 3])
def test_a_code_of_another_minute_is_refused(ana: Staff, browser: Browser, steps: int) -> None:
    assert "Invalid code" in sign_in(browser(), ana.email, PASSWORD, steps * STEP).get_data(as_text=True)


def test_of_two_requests_with_the_same_code_one_wins(ana: Staff, app: Flask, db: Db) -> None:
    """Both have verified it before either noted it: the table decides."""
    totp = app.extensions["security"]._totp_factory
    with app.app_context(), db("owner").begin() as first, db("owner").begin() as second:
        one, two = first.get_one(Account, ana.id), second.get_one(Account, ana.id)
        code = code_at()
        assert totp.verify_totp(code, one.tf_totp_secret, one, window=30)
        two.tf_counter = None
        assert not totp.verify_totp(code, two.tf_totp_secret, two, window=30)
        second.expire(two)


def test_secrets_of_the_second_factor_are_not_readable_in_the_table(ana: Staff, db: Db, browser: Browser) -> None:
    client = browser()
    sign_in(client, ana.email, PASSWORD)
    codes = submit(client, "/mf-recovery-codes").get_data(as_text=True)
    with db("owner").begin() as session:
        row = session.get_one(Account, ana.id)
        assert SECRET not in str(row.tf_totp_secret)
        assert row.mf_recovery_codes
        assert not [code for code in row.mf_recovery_codes if code in codes]
        assert PASSWORD not in str(row.password)


def test_a_recovery_code_signs_in_once(ana: Staff, browser: Browser) -> None:
    client = browser()
    sign_in(client, ana.email, PASSWORD)
    page = submit(client, "/mf-recovery-codes").get_data(as_text=True)
    code = page.split('<ul class="codes mono"><li>')[1].split("<")[0]
    for expected in (302, 200):
        other = browser()
        first_factor(other, ana.email, PASSWORD)
        assert submit(other, "/mf-recovery", code=code).status_code == expected


def test_guessing_slows_down_and_says_how_long(ana: Staff, browser: Browser) -> None:
    client = browser()
    for _ in range(throttle.FREE):
        assert GENERIC in first_factor(client, ana.email, "wrong").get_data(as_text=True)
    slowed = first_factor(client, ana.email, PASSWORD)
    assert slowed.status_code == 429
    assert 1 <= int(slowed.headers["Retry-After"]) <= throttle.LONGEST


def test_whoever_waits_gets_in_so_nobody_is_locked_out(ana: Staff, browser: Browser) -> None:
    client = browser()
    for _ in range(throttle.FREE):
        first_factor(client, ana.email, "wrong")
    with shifted(timedelta(seconds=throttle.LONGEST + 1)):
        assert first_factor(client, ana.email, PASSWORD).headers["Location"].startswith("/tf-validate")


def test_guessing_at_one_account_slows_down_no_other_and_no_known_device(ana: Staff, browser: Browser, db: Db) -> None:
    at_home = browser()
    sign_in(at_home, ana.email, PASSWORD)
    submit(at_home, "/account", "/logout")
    stranger = browser()
    for _ in range(throttle.FREE + 1):
        last = first_factor(stranger, ana.email, "wrong")
    assert last.status_code == 429
    assert GENERIC in first_factor(stranger, "other@example.org", "wrong").get_data(as_text=True)
    assert first_factor(at_home, ana.email, PASSWORD).headers["Location"].startswith("/tf-validate")


def test_the_mark_of_a_device_is_good_for_its_own_account_alone(ana: Staff, app: Flask, browser: Browser) -> None:
    client = browser()
    with app.test_request_context():
        client.set_cookie("amparo-device", throttle.new_device("other@example.org"), domain="127.0.0.1")
    for _ in range(throttle.FREE):
        first_factor(client, ana.email, "wrong")
    assert first_factor(browser(), ana.email, PASSWORD).status_code == 429


def test_a_storm_over_many_accounts_slows_unknown_devices_to_one_a_second(ana: Staff, browser: Browser, db: Db) -> None:
    with db("owner").begin() as session:
        session.add_all(LoginTry(bucket=bytes([n]) * 32) for n in range(throttle.BUSY))
    answer = first_factor(browser(), ana.email, PASSWORD)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1")
    with shifted(timedelta(seconds=2)):
        assert first_factor(browser(), ana.email, PASSWORD).headers["Location"].startswith("/tf-validate")


def test_codes_are_throttled_too(ana: Staff, browser: Browser) -> None:
    client = browser()
    first_factor(client, ana.email, PASSWORD)
    for _ in range(throttle.FREE):
        submit(client, "/tf-validate", code="000000")
    token = form_token(client.get("/tf-validate"))
    assert client.post("/tf-validate", data={"csrf_token": token, "code": code_at()}).status_code == 429


def test_a_right_password_forgets_the_wrong_ones_and_old_tries_go(ana: Staff, browser: Browser, db: Db) -> None:
    client = browser()
    first_factor(client, ana.email, "wrong")
    sign_in(client, ana.email, PASSWORD)
    with db("owner").begin() as session:
        assert session.scalar(select(func.count()).select_from(LoginTry)) == 0


def test_no_cookie_outlives_the_session(ana: Staff, browser: Browser) -> None:
    client = browser()
    page = client.get("/login")
    client.post(
        "/login",
        data={"csrf_token": form_token(page), "email": ana.email, "password": PASSWORD, "remember": "y"},
    )
    answer = submit(client, "/tf-validate", code=code_at())
    names = [cookie.split("=")[0] for cookie in answer.headers.getlist("Set-Cookie")]
    assert sorted(names) == ["amparo", "amparo-device"]


@pytest.mark.parametrize("to", ["https://evil.example.org/", "//evil.example.org", "/\\evil.example.org"])
def test_after_signing_in_nobody_is_sent_elsewhere(ana: Staff, browser: Browser, to: str) -> None:
    client = browser()
    answer = submit(client, "/login", email=ana.email, password=PASSWORD, next=to)
    assert "evil" not in answer.headers["Location"]
    answer = submit(client, "/tf-validate", f"/tf-validate?next={quote(to)}", code=code_at())
    assert urlsplit(answer.headers["Location"]).netloc == ""
    assert not answer.headers["Location"].startswith(("//", "/\\"))


def test_a_changed_password_ends_every_other_session(ana: Staff, browser: Browser) -> None:
    here, elsewhere, new = browser(), browser(), "eight quiet horses cross the river"
    sign_in(elsewhere, ana.email, PASSWORD)
    sign_in(here, ana.email, PASSWORD, STEP)
    answer = submit(here, "/change", password=PASSWORD, new_password=new, new_password_confirm=new)
    assert answer.headers["Location"] == "/account"
    assert here.get("/api/me").status_code == 200
    assert elsewhere.get("/api/me").status_code == 401


def test_a_short_password_is_refused(ana: Staff, browser: Browser) -> None:
    client = browser()
    sign_in(client, ana.email, PASSWORD)
    page = submit(
        client, "/change", password=PASSWORD, new_password="thirteen char", new_password_confirm="thirteen char"
    )
    assert "at least 14" in page.get_data(as_text=True)


def test_a_new_authenticator_ends_every_other_session(ana: Staff, browser: Browser) -> None:
    here, elsewhere = browser(), browser()
    sign_in(elsewhere, ana.email, PASSWORD)
    sign_in(here, ana.email, PASSWORD, STEP)
    page = submit(here, "/tf-setup", setup="authenticator").get_data(as_text=True)
    key = page.split('<code class="mono">')[1].split("<")[0].replace("-", "")
    answer = submit(here, "/tf-validate", code=code_at(secret=key, later=2 * STEP))
    assert answer.status_code == 200  # not before the last code that was used
    with shifted(3 * STEP):
        assert submit(here, "/tf-validate", code=code_at(secret=key)).headers["Location"] == "/account"
        assert elsewhere.get("/api/me").status_code == 401
        assert here.get("/api/me").status_code == 200


def test_stepping_up_wants_password_and_a_new_code(ana: Staff, browser: Browser, db: Db) -> None:
    client = browser()
    sign_in(client, ana.email, PASSWORD)
    with db("owner").begin() as session:
        row = session.scalars(select(WebSession).where(WebSession.staff_id == ana.id)).one()
        row.data = {**row.data, "fs_paa": row.data["fs_paa"] - 16 * 60}
    assert client.get("/mf-recovery-codes").headers["Location"].startswith("/verify")
    for password, code in ((PASSWORD, "000000"), ("wrong", code_at(STEP)), (PASSWORD, ""), (PASSWORD, code_at())):
        page = submit(client, "/verify?next=/account", password=password, code=code).get_data(as_text=True)
        assert "not right" in page
    answer = submit(client, "/verify?next=/account", password=PASSWORD, code=code_at(STEP))
    assert answer.headers["Location"] == "/account"
    assert client.get("/mf-recovery-codes").status_code == 200
