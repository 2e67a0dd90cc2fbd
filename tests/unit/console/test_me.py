"""Who am I, and my key: set once, kept as it came, replaced only after a reset, and never for an administrator."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError
from werkzeug.test import TestResponse

from console.models import Account
from core.database import Database
from intake import audit, keyfile
from intake.models import CaseWrap, Role, Staff
from intake.readers import lost_name, name_of
from tests.unit.console.conftest import People, Person, csrf
from tests.unit.console.test_rules import object_of

type Db = Callable[[str], Database]


def key_file(folder: Path) -> dict[str, object]:
    path = folder / uuid4().hex
    keyfile.write_new(path, "six plain words")
    found: dict[str, object] = json.loads(path.read_text())
    return found


def put(person: Person, file: object, public: object = None) -> TestResponse:
    body = {"file": json.dumps(file) if isinstance(file, dict) else file}
    body["public"] = public or (file["public"] if isinstance(file, dict) else None)
    return person.client.put("/api/key", json=body, headers={"X-CSRFToken": csrf(person.client)})


def test_me_says_who_i_am_and_whether_my_team_has_two_readers(people: People) -> None:
    me = people(Role.INTAKE)
    found = me.client.get("/api/me").get_json()
    assert (found["staff"], found["reader"], found["role"]) == (me.id, name_of(me.id), "intake")
    assert found["key"]["public"] == base64.b64encode(me.row.public_key or b"").decode()
    assert (found["key"]["fingerprint"], found["key"]["file"], found["key"]["replace"]) == (
        me.row.fingerprint,
        None,
        False,
    )
    assert found["two_readers"] is False
    people(Role.INTAKE)
    assert me.client.get("/api/me").get_json()["two_readers"] is True


def test_an_officer_is_no_second_reader_of_new_reports(people: People) -> None:
    me = people(Role.INTAKE)
    people(Role.OFFICER)
    people(Role.INTAKE, key=False)
    people(Role.INTAKE, team="other")
    assert me.client.get("/api/me").get_json()["two_readers"] is False


def test_the_first_key_is_kept_as_it_came_and_stands_in_the_audit_chain(people: People, db: Db, tmp_path: Path) -> None:
    me, file = people(key=False), key_file(tmp_path)
    assert put(me, file).status_code == 200
    shown = me.client.get("/api/me").get_json()["key"]
    assert json.loads(shown["file"]) == file
    public = base64.b64decode(str(file["public"]))
    assert shown["fingerprint"] == keyfile.fingerprint(public)
    with db("owner").begin() as session:
        assert audit.recorded(session, "staff.key", name_of(me.id)) == [{"key": public.hex()}]


def test_a_key_in_use_is_not_replaced(people: People, tmp_path: Path) -> None:
    me = people(key=False)
    put(me, key_file(tmp_path))
    answer = put(me, key_file(tmp_path))
    assert (answer.status_code, answer.get_json()["error"]) == (409, "key_in_use")


def test_the_same_key_under_another_passphrase_is_kept(people: People, tmp_path: Path) -> None:
    me, file = people(key=False), key_file(tmp_path)
    put(me, file)
    assert put(me, {**file, "salt": base64.b64encode(bytes(16)).decode()}).status_code == 200


def test_after_a_reset_a_new_key_takes_the_old_wraps_away_and_leaves_a_mark_for_colleagues(
    people: People, db: Db, tmp_path: Path
) -> None:
    me, colleague = people(Role.INTAKE), people(Role.INTAKE)
    with db("owner").begin() as session:
        case = object_of(session, me.row, colleague.row).case
        session.get_one(Account, me.id).new_key = True
    assert me.client.get("/api/me").get_json()["key"]["replace"] is True
    assert put(me, key_file(tmp_path)).status_code == 200
    with db("owner").begin() as session:
        readers = set(session.scalars(select(CaseWrap.reader).where(CaseWrap.case_id == case)))
        assert readers == {lost_name(me.id), name_of(colleague.id)}
        assert audit.recorded(session, "staff.key_lost", name_of(me.id)) == [{"wraps": 1}]
    assert put(me, key_file(tmp_path)).status_code == 409  # once


def test_somebody_elses_key_is_refused(people: People, tmp_path: Path) -> None:
    one, two, file = people(key=False), people(key=False), key_file(tmp_path)
    put(one, file)
    assert put(two, file).get_json()["error"] == "key_taken"


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"kdf": "pbkdf2"},
        {"memory_kib": 8},
        {"memory_kib": "much"},
        {"private": "leaked"},
        {"public": base64.b64encode(bytes(32)).decode()},
        {"public": "!"},
        {"box": "A" * 5000},
    ],
)
def test_what_is_no_key_file_is_refused(people: People, tmp_path: Path, change: dict[str, object]) -> None:
    answer = put(people(key=False), {**key_file(tmp_path), **change})
    assert (answer.status_code, answer.get_json()["error"]) == (400, "no_key_file")


@pytest.mark.parametrize("file", [None, "", "[]", "null", "1", "not json"])
def test_other_json_is_refused(people: People, file: object) -> None:
    assert put(people(key=False), file, "AAAA").status_code == 400


@pytest.mark.parametrize("public", ["", "AAAA", base64.b64encode(bytes(range(32))).decode()])
def test_a_public_half_that_is_not_the_files_own_is_refused(people: People, tmp_path: Path, public: str) -> None:
    assert put(people(key=False), key_file(tmp_path), public or "x").status_code == 400


@pytest.mark.parametrize("role", [Role.ADMIN, Role.AUDITOR, Role.CAMPAIGNER])
def test_the_database_refuses_a_wrap_for_whoever_may_not_read(people: People, db: Db, role: Role) -> None:
    me, reader = people(role), people(Role.INTAKE)
    with db("owner").begin() as session:
        case = object_of(session, reader.row, people(Role.INTAKE).row).case
    for process in ("console", "owner"):
        with pytest.raises(DBAPIError, match="may not hold a wrap"), db(process).begin() as session:
            session.add(CaseWrap(case_id=case, epoch=1, reader=name_of(me.id), box=b"\x01"))


def test_nobody_becomes_administrator_while_they_hold_a_wrap(people: People, db: Db) -> None:
    me, other = people(Role.INTAKE), people(Role.INTAKE)
    with db("owner").begin() as session:
        object_of(session, me.row, other.row)
    with pytest.raises(DBAPIError, match="holds wraps"), db("owner").begin() as session:
        session.get_one(Staff, me.id).role = Role.ADMIN


def test_the_guards_cannot_be_called_or_dropped_by_a_process(owner: Engine, db: Db, clean: None) -> None:
    for role in ("console", "worker", "operator"):
        with pytest.raises(DBAPIError), db(role).begin() as session:
            session.execute(text("alter table intake.case_wrap disable trigger all"))
