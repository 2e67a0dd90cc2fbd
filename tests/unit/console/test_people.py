"""The pages of administrators and auditors: what they show, what they change, and that all of it is audited."""

import json
from collections.abc import Callable
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from console.models import Account, KeyFile, SetupLink
from console.secrets import hash_password, lock_totp
from core.database import Database
from core.keys import KeyProvider
from intake import audit, readers
from intake.desk import granting
from intake.models import Audit, CaseWrap, Role, Staff
from intake.readers import lost_name, name_of
from tests.unit.console.conftest import ORIGIN, PASSWORD, TEAM, People, Person, csrf
from tests.unit.console.signing import SECRET, first_factor, sign_in
from tests.unit.console.test_rules import object_of

type Db = Callable[[str], Database]
type Browser = Callable[[], FlaskClient]


def post(person: Person, path: str, **fields: str) -> TestResponse:
    return person.client.post(path, data={"csrf_token": csrf(person.client), **fields})


def test_the_list_shows_everybody_with_fingerprint_and_last_day(people: People) -> None:
    admin, ana = people(Role.ADMIN), people(Role.INTAKE)
    page = admin.client.get("/people").get_data(as_text=True)
    assert ana.row.email in page
    assert str(ana.row.fingerprint) in page
    assert "never" in page


def test_a_team_under_two_readers_is_an_alarm(people: People) -> None:
    admin = people(Role.ADMIN)
    people(Role.INTAKE)
    assert f"Team {TEAM} has 1 reader " in admin.client.get("/people").get_data(as_text=True)
    people(Role.INTAKE)
    assert "Team" not in admin.client.get("/people").get_data(as_text=True).split("<table")[0]


def test_adding_somebody_shows_the_link_once_and_is_audited(people: People, db: Db) -> None:
    admin = people(Role.ADMIN)
    page = post(admin, "/people", email="New@Example.org", role="officer", team="north").get_data(as_text=True)
    assert f"{ORIGIN}/setup#" in page
    assert f"{ORIGIN}/setup#" not in admin.client.get("/people").get_data(as_text=True)
    with db("owner").begin() as session:
        row = session.scalars(select(Staff).where(Staff.email == "new@example.org")).one()
        actors = session.scalars(
            text("select actor from intake.audit where object = :who").bindparams(who=name_of(row.id))
        )
        assert set(actors) == {admin_name(admin)}
        assert session.scalars(select(SetupLink.staff_id)).all() == [row.id]


def admin_name(admin: Person) -> str:
    return name_of(admin.id)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"email": "x", "role": "intake"}, "not an e-mail"),
        ({"email": "a@example.org", "role": "root"}, "not a role"),
        ({"email": "agent@ice.dhs.gov", "role": "intake"}, "immigration enforcement"),
        ({"email": "a@example.org", "role": "intake", "team": "x" * 41}, "at most 40"),
    ],
)
def test_what_cannot_be_added_is_said_and_changes_nothing(
    people: People, db: Db, fields: dict[str, str], said: str
) -> None:
    admin = people(Role.ADMIN)
    assert said in post(admin, "/people", **fields).get_data(as_text=True)
    with db("owner").begin() as session:
        assert session.scalars(select(Staff.id)).all() == [admin.id]


def test_ending_access_works_at_once_and_is_audited(people: People, db: Db) -> None:
    admin, ana = people(Role.ADMIN), people(Role.INTAKE)
    post(admin, f"/people/{ana.id}/disable")
    assert ana.client.get("/api/me").status_code == 401
    with db("owner").begin() as session:
        row = session.execute(text("select actor from intake.audit where action = 'staff.disabled'")).one()
        assert row.actor == admin_name(admin)


def test_nobody_locks_themselves_out(people: People, db: Db) -> None:
    admin = people(Role.ADMIN)
    assert "another administrator" in post(admin, f"/people/{admin.id}/disable").get_data(as_text=True)
    assert admin.client.get("/people").status_code == 200


def test_a_reset_shows_a_link_ends_sessions_and_is_audited(people: People, db: Db) -> None:
    admin, ana = people(Role.ADMIN), people(Role.INTAKE)
    assert f"{ORIGIN}/setup#" in post(admin, f"/people/{ana.id}/reset").get_data(as_text=True)
    assert ana.client.get("/api/me").status_code == 401
    with db("owner").begin() as session:
        assert session.scalars(select(SetupLink.new_key)).all() == [False]
        assert audit.recorded(session, "staff.reset", name_of(ana.id)) == [{}]


@pytest.mark.parametrize("fields", [{}, {"key": "1"}])
def test_whoever_has_password_and_authenticator_of_before_does_not_get_in_after_a_reset(
    people: People, db: Db, keys: Callable[[str], KeyProvider], browser: Browser, fields: dict[str, str]
) -> None:
    admin, ana = people(Role.ADMIN), people(Role.INTAKE)
    with db("owner").begin() as session:
        account = session.get_one(Account, ana.id)
        account.password = hash_password(keys("console"), PASSWORD)
        account.tf_totp_secret = lock_totp(keys("console"), SECRET)
    assert sign_in(browser(), ana.row.email, PASSWORD).status_code == 302
    post(admin, f"/people/{ana.id}/reset", **fields)
    assert first_factor(browser(), ana.row.email, PASSWORD).status_code == 200
    with db("owner").begin() as session:
        row = session.get_one(Account, ana.id)
        assert (row.password, row.tf_totp_secret, row.mf_recovery_codes, row.webauthn) == (None, None, None, [])


def test_a_reset_of_the_sign_in_leaves_key_and_cases(people: People, db: Db) -> None:
    admin, ana, ben = people(Role.ADMIN), people(Role.INTAKE), people(Role.INTAKE)
    with db("owner").begin() as session:
        case = object_of(session, ana.row, ben.row).case
    post(admin, f"/people/{ana.id}/reset")
    assert readers_of(db, case) == {name_of(ana.id), name_of(ben.id)}
    with db("owner").begin() as session:
        assert session.get_one(Staff, ana.id).public_key is not None


def test_a_reset_of_the_key_closes_its_cases_at_once_and_nothing_is_sealed_to_it_again(people: People, db: Db) -> None:
    """Not only when the new key comes: until then whoever has the old one could open what is written meanwhile."""
    admin, ana, ben = people(Role.ADMIN), people(Role.INTAKE), people(Role.INTAKE)
    with db("owner").begin() as session:
        case = object_of(session, ana.row, ben.row).case
        session.add(KeyFile(staff_id=ana.id, file="{}"))
    post(admin, f"/people/{ana.id}/reset", key="1")
    assert readers_of(db, case) == {lost_name(ana.id), name_of(ben.id)}
    with db("owner").begin() as session:
        row = session.get_one(Staff, ana.id)
        assert (row.public_key, row.fingerprint, session.get(KeyFile, ana.id)) == (None, None, None)
        assert [reader.name for reader in readers.active(session, TEAM)] == [name_of(ben.id)]
        assert granting.regrants(session, ben.id) == [], "the old key is not offered as a new one"
        actors = select(Audit.actor).where(Audit.action == "staff.key_lost")
        assert session.scalars(actors).all() == [name_of(admin.id)]
        assert audit.recorded(session, "staff.reset", name_of(ana.id)) == [{"new_key": 1}]


def readers_of(db: Db, case: UUID) -> set[str]:
    with db("owner").begin() as session:
        return set(session.scalars(select(CaseWrap.reader).where(CaseWrap.case_id == case)))


@pytest.mark.parametrize("what", ["disable", "reset"])
def test_somebody_who_is_not_there_is_404(people: People, what: str) -> None:
    assert post(people(Role.ADMIN), f"/people/999999/{what}").status_code == 404


def test_the_log_is_shown_newest_first_in_pages(people: People, db: Db) -> None:
    auditor = people(Role.AUDITOR)
    with db("owner").begin() as session:
        for n in range(120):
            audit.append(session, "test", "test.row", f"row-{n}")
    page = auditor.client.get("/log").get_data(as_text=True)
    assert page.index("row-119") < page.index("row-60")
    assert "row-5<" not in page
    older = page.split('href="/log?before=')[1].split('"')[0]
    assert "row-5<" in auditor.client.get(f"/log?before={older}").get_data(as_text=True)
    assert auditor.client.get("/log?before=x").status_code == 200


def test_a_changed_row_of_the_log_is_found(people: People, db: Db) -> None:
    auditor = people(Role.AUDITOR)
    with db("owner").begin() as session:
        audit.append(session, "test", "test.row", "one")
        audit.append(session, "test", "test.row", "two")
    assert "chain holds" in post(auditor, "/log/verify").get_data(as_text=True)
    with db("owner").begin() as session:
        session.execute(text("update intake.audit set object = 'other' where object = 'one'"))
    assert "broken at row" in post(auditor, "/log/verify").get_data(as_text=True)


def test_the_signed_end_can_be_taken_away_and_verified(
    people: People, db: Db, keys: Callable[[str], KeyProvider], tmp_path: object
) -> None:
    auditor = people(Role.AUDITOR)
    answer = post(auditor, "/log/head")
    assert "attachment" in answer.headers["Content-Disposition"]
    head = audit.Head(**json.loads(answer.get_data(as_text=True)))
    assert head.mac == audit._mac(keys("operator"), head.n, head.hash, head.at)
    with db("owner").begin() as session:
        assert audit.verify(session, head).ok
