"""The set-up link: once, for 72 hours, for one person; what it begins and what it ends."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from typer.testing import CliRunner

from console import links
from console.cli import staff_app
from console.models import Account, SetupLink
from core.clock import shifted
from core.config import Settings
from core.database import Database
from intake import audit, staff
from intake.models import Role, Staff
from intake.readers import name_of
from intake.routing import DEFAULT_TEAM
from tests.unit.console.conftest import ORIGIN, PASSWORD, People
from tests.unit.console.signing import code_at, first_factor, submit

type Db = Callable[[str], Database]
type Browser = Callable[[], FlaskClient]


@pytest.fixture
def link(db: Db, clean: None) -> str:
    with db("owner").begin() as session:
        row = staff.add(session, "ana@example.org", Role.INTAKE, DEFAULT_TEAM, None)
        return links.make(session, row, ORIGIN, "operator")


def begun(client: FlaskClient, link: str) -> None:
    """Password, then the authenticator: the whole way of a first day."""
    answer = submit(client, "/setup", token=link.partition("#")[2], password=PASSWORD, again=PASSWORD)
    assert answer.headers["Location"] == "/tf-setup"
    page = submit(client, "/tf-setup", setup="authenticator").get_data(as_text=True)
    found = re.search(r'<code class="mono">([^<]+)</code>', page)
    assert found is not None
    assert "<svg" in page and "data:" not in page
    assert submit(client, "/tf-validate", code=code_at(secret=found[1].replace("-", ""))).status_code == 302


def test_from_the_link_to_recovery_codes_and_then_the_key(link: str, browser: Browser) -> None:
    client = browser()
    begun(client, link)
    assert client.get("/").headers["Location"] == "/mf-recovery-codes"
    codes = re.findall(
        r"<li>([0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4})</li>", submit(client, "/mf-recovery-codes").get_data(as_text=True)
    )
    assert len(set(codes)) == 8
    assert client.get("/").headers["Location"] == "/key"


def test_the_token_stands_behind_the_hash_and_only_its_own_hash_is_kept(link: str, db: Db) -> None:
    assert link.startswith(f"{ORIGIN}/setup#")
    token = link.partition("#")[2]
    with db("owner").begin() as session:
        kept = session.scalars(select(SetupLink)).one().token_hash
    assert token.encode() not in kept


def test_without_scripts_the_page_says_what_is_needed(browser: Browser) -> None:
    page = browser().get("/setup").get_data(as_text=True)
    assert re.search(r"<noscript>.*JavaScript.*</noscript>", page, re.S)


def test_a_used_link_says_to_ask_for_a_new_one(link: str, browser: Browser) -> None:
    begun(browser(), link)
    answer = submit(browser(), "/setup", token=link.partition("#")[2], password=PASSWORD, again=PASSWORD)
    assert answer.status_code == 410
    assert "Ask your administrator" in answer.get_data(as_text=True)


@pytest.mark.parametrize("token", ["", "made-up"])
def test_a_token_that_never_was_is_refused_alike(browser: Browser, token: str) -> None:
    assert submit(browser(), "/setup", token=token, password=PASSWORD, again=PASSWORD).status_code == 410


def test_a_link_is_good_for_72_hours(link: str, browser: Browser, db: Db) -> None:
    with shifted(timedelta(hours=73)):
        assert (
            submit(browser(), "/setup", token=link.partition("#")[2], password=PASSWORD, again=PASSWORD).status_code
            == 410
        )
    with shifted(timedelta(hours=71)):
        answer = submit(browser(), "/setup", token=link.partition("#")[2], password=PASSWORD, again=PASSWORD)
        assert answer.headers["Location"] == "/tf-setup"


def test_a_new_link_ends_the_one_before(link: str, browser: Browser, db: Db) -> None:
    with db("owner").begin() as session:
        links.make(session, session.scalars(select(Staff)).one(), ORIGIN, "operator")
    assert (
        submit(browser(), "/setup", token=link.partition("#")[2], password=PASSWORD, again=PASSWORD).status_code == 410
    )


def test_the_link_of_somebody_whose_access_has_ended_is_refused(link: str, browser: Browser, db: Db) -> None:
    with db("operator").begin() as session:
        staff.disable(session, "ana@example.org")
    assert (
        submit(browser(), "/setup", token=link.partition("#")[2], password=PASSWORD, again=PASSWORD).status_code == 410
    )


@pytest.mark.parametrize(
    ("password", "again", "said"),
    [
        ("thirteen char", "thirteen char", "at least 14"),
        (PASSWORD, "another", "not the same"),
        ("x" * 300, "x" * 300, "longer"),
    ],
)
def test_a_password_that_will_not_do_leaves_the_link_good(
    link: str, browser: Browser, password: str, again: str, said: str
) -> None:
    client = browser()
    token = link.partition("#")[2]
    assert said in submit(client, "/setup", token=token, password=password, again=again).get_data(as_text=True)
    assert submit(client, "/setup", token=token, password=PASSWORD, again=PASSWORD).headers["Location"] == "/tf-setup"


def test_a_passphrase_of_six_random_words_is_offered_and_is_long_enough(browser: Browser) -> None:
    found = [
        re.search(r'id="suggestion"[^>]*>([^<]+)<', browser().get("/setup").get_data(as_text=True)) for _ in range(2)
    ]
    one, two = (match[1] for match in found if match)
    assert one != two
    assert len(one.split()) == 6
    assert len(one) >= 14


def test_without_the_second_factor_the_link_opens_nothing(link: str, browser: Browser) -> None:
    client = browser()
    submit(client, "/setup", token=link.partition("#")[2], password=PASSWORD, again=PASSWORD)
    assert client.get("/api/me").status_code == 401
    assert client.get("/queue").headers["Location"].startswith("/login")
    other = browser()
    assert first_factor(other, "ana@example.org", PASSWORD).headers["Location"].startswith("/tf-setup")


def test_a_reset_ends_sessions_second_factor_recovery_codes_and_password(
    people: People, browser: Browser, db: Db
) -> None:
    me = people(Role.INTAKE)
    with db("console").begin() as session:
        link = links.make(session, session.get_one(Staff, me.id), ORIGIN, "staff:99", links.RESET, new_key=True)
    client = browser()
    assert submit(client, "/setup", token=link.partition("#")[2], password=PASSWORD, again=PASSWORD).status_code == 302
    assert me.client.get("/api/me").status_code == 401
    with db("owner").begin() as session:
        row = session.get_one(Account, me.id)
        assert (row.tf_totp_secret, row.mf_recovery_codes, row.new_key) == (None, None, True)
        assert audit.recorded(session, "staff.reset", name_of(me.id)) == [{"new_key": 1}]
        assert audit.recorded(session, "account.begun", name_of(me.id)) == [{}]


@pytest.fixture
def operator_env(settings: Settings, clean: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMPARO_HOME", str(settings.home))
    for name in ("DATABASE_URL", "AMPARO_KEYS", "AMPARO_CONSOLE_URL"):
        monkeypatch.delenv(name, raising=False)


def run(*arguments: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(staff_app, list(arguments))
    return done.exit_code, done.stdout, done.stderr


def test_staff_add_prints_a_link_that_works(operator_env: None, browser: Browser) -> None:
    code, out, err = run("add", "--email", "new@example.org", "--role", "admin")
    assert code == 0
    assert "never by e-mail" in err
    begun(browser(), out.splitlines()[-1])


def test_reset_link_ends_the_sign_in_of_before(operator_env: None, people: People, db: Db) -> None:
    me = people(Role.INTAKE)
    code, out, _ = run("reset-link", "--email", me.row.email)
    assert code == 0 and f"{ORIGIN}/setup#" in out
    assert me.client.get("/api/me").status_code == 401
    with db("owner").begin() as session:
        row = session.get_one(Account, me.id)
        assert (row.password, row.tf_totp_secret, row.mf_recovery_codes) == (None, None, None)


def test_reset_link_wants_somebody_who_is_there(operator_env: None) -> None:
    run("add", "--email", "new@example.org", "--role", "intake")
    assert run("reset-link", "--email", "nobody@example.org")[0] == 1
    code, out, _ = run("reset-link", "--email", "new@example.org")
    assert (code, out.startswith(f"{ORIGIN}/setup#")) == (0, True)
    run("disable", "--email", "new@example.org")
    assert run("reset-link", "--email", "new@example.org")[0] == 1
