"""Every route, as every kind of person, on one's own and on somebody else's object: nothing unexpected.

EXPECTED is written apart from `console.rules`, from the design: a route that is new, or whose rule was changed, fails
here until somebody has thought about it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from channels.models import ReplyKey
from console.models import Account
from console.rules import RULES
from core.database import Database
from core.envelope import new_key, new_pair, public_of, seal
from intake import audit, service
from intake.models import Case, CaseCheck, CaseKey, CaseReply, CaseShred, CaseWrap, Role, Staff
from intake.readers import name_of
from intake.sealing import Seat, shred_layer_on
from tests.unit.console.conftest import TEAM, People, Person, console_client, csrf, signed_in

EVERYBODY = frozenset(Role)
READERS, ADMIN, LOG = {Role.INTAKE, Role.OFFICER}, {Role.ADMIN}, {Role.ADMIN, Role.AUDITOR}
PUBLIC = "public"
EXPECTED: dict[str, object] = {
    "static": PUBLIC,
    "healthz": PUBLIC,
    "setup.show": PUBLIC,
    "setup.use": PUBLIC,
    "security.login": PUBLIC,
    "security.tf_select": PUBLIC,
    "security.two_factor_setup": PUBLIC,
    "security.two_factor_token_validation": PUBLIC,
    "security.mf_recovery": PUBLIC,
    "security.wan_signin": PUBLIC,
    "security.wan_signin_response": PUBLIC,
    "pages.index": EVERYBODY,
    "pages.account": EVERYBODY,
    "me.show": EVERYBODY,
    "security.logout": EVERYBODY,
    "security.verify": EVERYBODY,
    "security.change_password": EVERYBODY,
    "security.mf_recovery_codes": EVERYBODY,
    "security.wan_register": EVERYBODY,
    "security.wan_register_response": EVERYBODY,
    "security.wan_delete": EVERYBODY,
    "security.wan_verify": EVERYBODY,
    "security.wan_verify_response": EVERYBODY,
    "people.show": ADMIN,
    "people.add": ADMIN,
    "people.disable": ADMIN,
    "people.reset": ADMIN,
    "log.show": LOG,
    "log.verify": LOG,
    "log.head": LOG,
    "me.put_key": READERS,
    **{
        f"desk.{name}": READERS
        for name in (
            *("queue", "case", "new_report", "key", "list_cases", "changes", "parties", "check", "open_case", "advice"),
            *("notes", "replies", "take_back", "status", "assign", "grants", "epochs", "exports", "regrants"),
            *("reply_key", "readers", "hour", "reports"),
        )
    },
}
CLOSED = {"security.two_factor_rescue", "security.two_factor_setup_validate"}
"""Routes of Flask-Security that the console has no use for: they have no rule, so they are not there."""
FRESH = {
    *("security.change_password", "security.mf_recovery_codes", "security.wan_register", "security.wan_delete"),
    *("security.wan_register_response", "people.add", "people.disable", "people.reset", "me.put_key"),
    *("desk.grants", "desk.exports"),
}
WRITES = {"POST", "PUT", "PATCH", "DELETE"}
type Db = Callable[[str], Database]


@dataclass
class Objects:
    """One case with a waiting reply, and a colleague."""

    case: UUID
    reply: int
    staff: int

    def path(self, rule: Rule) -> str:
        found = rule.rule
        values = {"case_id": self.case, "reply_id": self.reply, "staff_id": self.staff}
        for name, kind in (("case_id", "uuid:"), ("reply_id", "int:"), ("staff_id", "int:")):
            found = found.replace(f"<{kind}{name}>", str(values[name]))
        return found.replace("<token>", "token").replace("<path:filename>", "account.js")


def routes(app: Flask) -> Iterator[tuple[str, str, Rule]]:
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule.endpoint, method, rule


def object_of(session: Session, reader: Staff | None, colleague: Staff) -> Objects:
    """A case; with a reader it is theirs, and they have checked it for a conflict."""
    case_id, private, shred = uuid4(), new_pair().private, new_key()
    key = ReplyKey(public=new_pair().public)
    session.add_all(
        [
            Case(id=case_id, alias=uuid4().hex[:8], team=TEAM, language="en", urgency=2, opened=date(2026, 11, 1)),
            key,
        ]
    )
    session.flush()
    reply = CaseReply(case_id=case_id, reply_key_id=key.id, box=b"\x01box", segments=1)
    session.add_all(
        [CaseKey(case_id=case_id, epoch=1, public=public_of(private)), CaseShred(case_id=case_id, key=shred), reply]
    )
    for person in filter(None, (reader, colleague)):
        seat = Seat(case_id, 1, name_of(person.id))
        box = shred_layer_on(seal(private, person.public_key or b"", seat.info), seat, shred)
        session.add(CaseWrap(case_id=case_id, epoch=1, reader=seat.reader, box=box))
    audit.append(session, "test", service.FILED, str(case_id), epoch=1, public=public_of(private).hex())
    if reader:
        session.add(CaseCheck(case_id=case_id, staff_id=reader.id, conflict=False))
    session.flush()
    return Objects(case_id, reply.id, colleague.id)


def call(client: FlaskClient, method: str, path: str, token: str | None) -> TestResponse:
    headers = {"X-CSRFToken": token} if token else {}
    if method == "GET":
        return client.get(path, headers=headers)
    if path.startswith("/api/"):
        return client.open(path, method=method, headers=headers, json={})
    return client.open(path, method=method, headers=headers, data={"csrf_token": token or ""})


def is_sign_in(answer: TestResponse) -> bool:
    to = answer.headers.get("Location", "")
    return answer.status_code == 401 or (answer.status_code == 302 and to.startswith("/login?next="))


def token_of(client: FlaskClient) -> str | None:
    answer = client.get("/api/me")
    if answer.status_code == 200:
        return str(answer.get_json()["csrf"])
    page = client.get("/login").get_data(as_text=True)
    return page.split('name="csrf_token" value="')[1].split('"')[0]


@pytest.fixture
def colleague(people: People) -> Person:
    return people(Role.INTAKE)


def test_every_route_has_a_rule_or_is_closed_on_purpose(app: Flask) -> None:
    found = {endpoint for endpoint, _, _ in routes(app)}
    assert found - set(RULES) == CLOSED
    assert set(EXPECTED) == found - CLOSED
    assert set(RULES) == set(EXPECTED)


def test_a_route_without_a_rule_is_not_there(app: Flask, people: People) -> None:
    admin = people(Role.ADMIN)
    assert admin.client.get("/tf-rescue").status_code == 404


@pytest.mark.parametrize("role", list(Role))
def test_each_role_gets_what_is_its_own_and_nothing_else(
    app: Flask, people: People, db: Db, colleague: Person, role: Role
) -> None:
    me, unexpected = people(role), []
    reads = me.row if role in READERS else None
    with db("owner").begin() as session:
        own, foreign = object_of(session, reads, colleague.row), object_of(session, None, colleague.row)
        uniquifier = session.get_one(Account, me.id).fs_uniquifier
    for endpoint, method, rule in routes(app):
        for kind, objects in (("own", own), ("foreign", foreign)):
            client = signed_in(app, db("owner"), uniquifier, me.row)
            answer = call(client, method, objects.path(rule), token_of(client))
            if not fits(endpoint, role, rule, kind, answer):
                unexpected.append((method, rule.rule, kind, answer.status_code, answer.headers.get("Location")))
    assert unexpected == []


def fits(endpoint: str, role: Role, rule: Rule, kind: str, answer: TestResponse) -> bool:
    allowed = EXPECTED.get(endpoint, frozenset())
    if allowed == PUBLIC:
        return answer.status_code < 500 and answer.status_code != 404
    if role not in allowed:  # type: ignore[operator]
        return answer.status_code == 404
    if kind == "foreign" and "case_id" in rule.arguments and rule.rule.startswith("/api/"):
        return answer.status_code in (400, 404)  # the page of a case holds no word of it; a body is parsed first
    return answer.status_code < 500 and answer.status_code not in (401, 403, 404, 405) and not is_sign_in(answer)


@pytest.mark.parametrize("kind", ["anonymous", "disabled", "no second factor", "other role since"])
def test_who_is_not_signed_in_with_both_factors_gets_the_public_pages_alone(
    app: Flask, people: People, db: Db, colleague: Person, kind: str
) -> None:
    with db("owner").begin() as session:
        objects = object_of(session, None, colleague.row)
    unexpected = []
    me = people(Role.INTAKE, totp=kind != "no second factor", key=False)
    with db("owner").begin() as session:
        row, uniquifier = session.get_one(Staff, me.id), session.get_one(Account, me.id).fs_uniquifier
        if kind == "disabled":
            row.disabled_at = row.created_at
        if kind == "other role since":
            row.role = Role.ADMIN
    for endpoint, method, rule in routes(app):
        client = console_client(app) if kind == "anonymous" else signed_in(app, db("owner"), uniquifier, me.row)
        answer = call(client, method, objects.path(rule), token_of(client))
        public, closed = EXPECTED.get(endpoint) == PUBLIC, endpoint in CLOSED
        right = answer.status_code not in (401, 404, 500) if public else is_sign_in(answer)
        if not (answer.status_code == 404 if closed else right):
            unexpected.append((method, rule.rule, answer.status_code, answer.headers.get("Location")))
    assert unexpected == []


@pytest.mark.parametrize("role", [Role.ADMIN, Role.INTAKE, Role.AUDITOR])
def test_what_cannot_be_taken_back_wants_a_fresh_proof(
    app: Flask, people: People, db: Db, colleague: Person, role: Role
) -> None:
    me = people(role, fresh=False)
    with db("owner").begin() as session:
        objects = object_of(session, me.row if role in READERS else None, colleague.row)
    asked = set()
    token = token_of(me.client)
    for endpoint, method, rule in routes(app):
        if endpoint in ("security.logout", *CLOSED) or role not in EXPECTED[endpoint]:  # type: ignore[operator]
            continue
        answer = call(me.client, method, objects.path(rule), token)
        stepped = answer.status_code == 302 and answer.headers["Location"].startswith("/verify?next=")
        if stepped or (answer.status_code == 401 and answer.get_json()["error"] == "step_up"):
            asked.add(endpoint)
    assert asked == {endpoint for endpoint in FRESH if role in EXPECTED[endpoint]}  # type: ignore[operator]


@pytest.mark.parametrize("role", [None, *Role])
def test_no_write_without_a_csrf_token(
    app: Flask, people: People, db: Db, colleague: Person, role: Role | None
) -> None:
    client = people(role).client if role else console_client(app)
    with db("owner").begin() as session:
        objects = object_of(session, None, colleague.row)
    passed = []
    for endpoint, method, rule in routes(app):
        allowed = EXPECTED.get(endpoint, frozenset())
        if method in WRITES and (allowed == PUBLIC or (role and role in allowed)):  # type: ignore[operator]
            answer = call(client, method, objects.path(rule), None)
            wrong = call(client, method, objects.path(rule), "not-a-token")
            passed += [(method, rule.rule)] if {answer.status_code, wrong.status_code} != {400} else []
    assert passed == []


def test_a_write_sent_by_another_site_is_refused(people: People) -> None:
    admin = people(Role.ADMIN)
    token = csrf(admin.client)
    for headers in ({"Origin": "https://evil.example.org"}, {"Sec-Fetch-Site": "same-site"}):
        answer = admin.client.post("/log/verify", data={"csrf_token": token}, headers=headers)
        assert answer.status_code == 400
    good = {"Origin": "http://127.0.0.1:8081", "Sec-Fetch-Site": "same-origin"}
    assert admin.client.post("/log/verify", data={"csrf_token": token}, headers=good).status_code == 200


def test_a_request_for_another_host_is_refused(people: People) -> None:
    admin = people(Role.ADMIN)
    assert admin.client.get("/people", base_url="http://rebound.example.org:8081").status_code == 400
    assert admin.client.get("/healthz", base_url="http://10.0.0.1:8081").status_code == 200
