"""The contract of the desk over HTTP: signed-in people, CSRF tokens, JSON in and out, opened by keys of the test."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text
from werkzeug.test import TestResponse

from core.clock import now
from core.database import Database
from core.envelope import KeyPair, new_pair, pad, seal, unseal
from core.keys import KeyProvider
from intake import staff
from intake.models import Role
from intake.sealing import Place, Reader, Seat, Told, open_item, seal_item
from tests.unit.console.conftest import People, Person, csrf
from tests.unit.intake.desk.office import Office, epoch_for
from tests.unit.intake.hotline import Hotline

SECRET = "the boss keeps our passports in the safe"


@dataclass
class Page:
    """A browser page of one reader: what it sends and opens."""

    person: Person
    pair: KeyPair
    token: str

    @property
    def client(self) -> FlaskClient:
        return self.person.client

    @property
    def name(self) -> str:
        return f"staff:{self.person.id}"

    def post(self, path: str, body: object = None) -> TestResponse:
        return self.client.post(path, json=body or {}, headers={"X-CSRFToken": self.token})

    def cleared(self, case_id: UUID) -> dict[str, Any]:
        """Check and open a case."""
        assert self.post(f"/api/cases/{case_id}/parties").status_code == 200
        assert self.post(f"/api/cases/{case_id}/check", {"conflict": False}).status_code == 200
        return self.opened(case_id)

    def opened(self, case_id: UUID) -> dict[str, Any]:
        answer = self.post(f"/api/cases/{case_id}/open")
        assert answer.status_code == 200, answer.get_json()
        found: dict[str, Any] = answer.get_json()
        return found

    def halves(self, answer: dict[str, Any]) -> dict[int, bytes]:
        case_id = UUID(answer["case"])
        assert answer["reader"] == self.name
        return {
            wrap["epoch"]: unseal(raw(wrap["box"]), self.pair.private, Seat(case_id, wrap["epoch"], self.name).info)
            for wrap in answer["wraps"]
        }

    def texts(self, answer: dict[str, Any]) -> list[tuple[str, str]]:
        case_id, halves = UUID(answer["case"]), self.halves(answer)
        places = [Place(case_id, i["epoch"], i["seq"], i["direction"], i["part"]) for i in answer["items"]]
        boxes = zip(answer["items"], places, strict=True)
        return [(place.part, open_item(raw(i["box"]), halves[place.epoch], place).text) for i, place in boxes]


def raw(value: str) -> bytes:
    return base64.b64decode(value)


def b64(value: bytes) -> str:
    return base64.b64encode(value).decode()


def item(answer: dict[str, Any], direction: str, part: str, words: str) -> dict[str, object]:
    """The next item of an opened case, as a page sends it."""
    epoch = max(map(int, answer["publics"]))
    seq = 1 + max(found["seq"] for found in answer["items"])
    place = Place(UUID(answer["case"]), epoch, seq, direction, part)
    box = seal_item(Told(now(), words), raw(answer["publics"][str(epoch)]), place)
    return {"seq": seq, "epoch": epoch, "box": b64(box)}


@pytest.fixture
def office(clean: None, db: Callable[[str], Database], keys: Callable[[str], KeyProvider], owner: Engine) -> Office:
    return Office(Hotline(db("worker"), db("operator"), keys("worker"), owner), db("console"))


@pytest.fixture
def page(people: People, owner: Engine, office: Office) -> Callable[..., Page]:
    """`page()`: a reader of the intake team with a key of which the test holds both halves."""

    def of(role: Role = Role.INTAKE, team: str = "intake", fresh: bool = True) -> Page:
        person, pair = people(role, team=team, fresh=fresh), new_pair()
        with owner.begin() as connection:
            change = text("update intake.staff set public_key = :key where id = :id")
            connection.execute(change, {"key": pair.public, "id": person.id})
        return Page(person, pair, csrf(person.client))

    return of


type Pages = Callable[..., Page]


def test_from_the_queue_to_the_words_in_the_page(office: Office, page: Pages) -> None:
    ana = page()
    case_id = office.filed(SECRET, employer="Green Acres", kind="papers", when="week")
    (row,) = ana.client.get("/api/cases").get_json()["cases"]
    assert (row["id"], row["status"], row["urgency"], row["checked"], row["assigned"]) == (
        str(case_id),
        "received",
        1,
        None,
        None,
    )
    assert ana.post(f"/api/cases/{case_id}/open").status_code == 409
    parties = ana.post(f"/api/cases/{case_id}/parties").get_json()
    assert ana.texts(parties) == [("employer", "Green Acres")]
    opened = ana.cleared(case_id)
    assert ("story", SECRET) in ana.texts(opened)
    assert opened["steps"] == [
        {"n": 1, "status": "received", "day": row["opened"], "promised": opened["steps"][0]["promised"]}
    ]
    assert (opened["reachable"], opened["needs_epoch"], opened["epoch_for"], opened["alias"]) == (
        True,
        False,
        [],
        row["alias"],
    )
    (again,) = ana.client.get("/api/cases").get_json()["cases"]
    assert again["checked"] == "clear"


def test_no_answer_of_the_server_holds_a_word_of_the_case(office: Office, page: Pages) -> None:
    ana = page()
    case_id = office.filed(SECRET, employer="Green Acres")
    answers = [
        ana.client.get(path).data for path in ("/queue", f"/cases/{case_id}", "/reports/new", "/key", "/api/cases")
    ]
    answers += [ana.post(f"/api/cases/{case_id}/{verb}").data for verb in ("parties", "open")]
    ana.post(f"/api/cases/{case_id}/check", {"conflict": False})
    answers.append(ana.post(f"/api/cases/{case_id}/open").data)
    assert all(b"passports" not in answer and b"Green Acres" not in answer for answer in answers)
    assert all(b64(b"passports").encode()[:8] not in answer for answer in answers)


PATHS = ["parties", "check", "open", "advice", "notes", "replies", "status", "assign", "grants", "epochs", "exports"]
BODIES: dict[str, object] = {
    "check": {"conflict": False},
    "advice": {"facts": {}},
    "notes": {"seq": 3, "epoch": 1, "box": b64(b"\x01" + bytes(304))},
    "replies": {
        "key": 1,
        "box": b64(b"\x01" + bytes(304)),
        "segments": 1,
        "copy": {"seq": 3, "epoch": 1, "box": b64(b"\x01" + bytes(304))},
    },
    "status": {"status": "accepted", "promised": None},
    "assign": {"staff": None},
    "grants": {"reader": "staff:1", "wraps": [{"epoch": 1, "box": b64(b"\x01" * 81)}]},
    "epochs": {"epoch": 2, "public": b64(bytes(32)), "wraps": {"staff:1": b64(b"\x01" * 81)}},
}


def test_a_foreign_case_and_a_missing_one_answer_the_same(office: Office, page: Pages) -> None:
    page()
    eve = page(team="other")
    case_id = office.filed(SECRET)
    for verb in PATHS:
        foreign = eve.post(f"/api/cases/{case_id}/{verb}", BODIES.get(verb))
        missing = eve.post(f"/api/cases/{uuid4()}/{verb}", BODIES.get(verb))
        assert (foreign.status_code, missing.status_code) == (404, 404), verb
        assert foreign.get_json() == missing.get_json()
    assert eve.post(f"/api/cases/{case_id}/replies/1/take-back").status_code == 404
    assert eve.client.get(f"/api/changes?mark=0&case={case_id}").status_code == 404
    assert eve.client.get("/api/cases").get_json()["cases"] == []


def test_a_conflict_closes_the_case_and_the_last_reader_stays(office: Office, page: Pages) -> None:
    ana, ben = page(), page()
    case_id = office.filed(SECRET)
    for who in (ana, ben):
        assert who.post(f"/api/cases/{case_id}/parties").status_code == 200
    assert ana.post(f"/api/cases/{case_id}/check", {"conflict": True}).get_json() == {"checked": "conflict"}
    assert ana.post(f"/api/cases/{case_id}/parties").status_code == 404
    last = ben.post(f"/api/cases/{case_id}/check", {"conflict": True})
    assert (last.status_code, last.get_json()["error"]) == (409, "last_reader")
    opened = ben.cleared(case_id)
    assert opened["needs_epoch"]
    readers = [Reader(one["name"], raw(one["public"])) for one in opened["epoch_for"]]
    public, wraps = epoch_for(case_id, 2, readers)
    body = {"epoch": 2, "public": b64(public), "wraps": {name: b64(box) for name, box in wraps.items()}}
    assert ben.post(f"/api/cases/{case_id}/epochs", body).get_json() == {"epoch": 2}
    again = ben.opened(case_id)
    assert (again["needs_epoch"], set(again["publics"]), set(ben.halves(again))) == (False, {"1", "2"}, {1, 2})


def test_advice_names_bodies_and_clocks_for_codes_alone(office: Office, page: Pages) -> None:
    ana = page()
    case_id = office.filed(SECRET)
    ana.cleared(case_id)
    found = ana.post(f"/api/cases/{case_id}/advice", {"facts": {"kind": "papers", "when": "week"}}).get_json()
    assert [body["id"] for body in found["route"]["lead"]] == ["nhth", "doj"]
    assert found["deadlines"][0]["verified"] in (True, False)
    wrong = ana.post(f"/api/cases/{case_id}/advice", {"facts": {"kind": "a long story"}})
    assert (wrong.status_code, wrong.get_json()["error"]) == (400, "bad_input")


def test_a_note_a_reply_and_a_late_one(office: Office, page: Pages) -> None:
    ana, ben = page(), page()
    (pair,) = office.reply_keys(1)
    case_id = office.filed(SECRET)
    opened, seen_by_ben = ana.cleared(case_id), ben.cleared(case_id)
    assert ana.post(f"/api/cases/{case_id}/notes", item(opened, "own", "note", "ring the clinic")).status_code == 200
    opened = ana.opened(case_id)
    key = ana.client.get("/api/reply-key").get_json()
    assert raw(key["public"]) == pair.public
    box = seal(pad(b"we called"), raw(key["public"]), f"amparo|reply|{key['id']}".encode())
    body = {"key": key["id"], "box": b64(box), "segments": 1}
    late = ben.post(f"/api/cases/{case_id}/replies", {**body, "copy": item(seen_by_ben, "out", "reply", "we called")})
    assert (late.status_code, late.get_json()["error"]) == (409, "somebody wrote first")
    kept = ana.post(f"/api/cases/{case_id}/replies", {**body, "copy": item(opened, "out", "reply", "we called")})
    assert kept.status_code == 200, kept.get_json()
    assert ana.client.get("/api/reply-key").status_code == 503
    shown = ana.opened(case_id)
    assert [(reply["state"], reply["seq"]) for reply in shown["replies"]] == [("waiting", 4)]
    assert ana.texts(shown)[-2:] == [("note", "ring the clinic"), ("reply", "we called")]
    back = f"/api/cases/{case_id}/replies/{kept.get_json()['id']}/take-back"
    assert ana.post(back).status_code == 200
    assert ana.post(back).status_code == 400


def test_nobody_to_reach_is_gone(office: Office, page: Pages) -> None:
    ana = page()
    office.reply_keys(1)
    case_id = office.filed(SECRET)
    opened = ana.cleared(case_id)
    office.execute("delete from intake.case_link")
    body = {"key": 1, "box": b64(b"\x01" + bytes(304)), "segments": 1, "copy": item(opened, "out", "reply", "x")}
    answer = ana.post(f"/api/cases/{case_id}/replies", body)
    assert (answer.status_code, answer.get_json()["error"]) == (410, "cannot be reached")


def test_status_promise_and_assignment(office: Office, page: Pages) -> None:
    ana = page()
    case_id = office.filed(SECRET)
    ana.cleared(case_id)
    body = {"status": "accepted", "promised": now().date().isoformat()}
    assert ana.post(f"/api/cases/{case_id}/status", body).get_json() == {"status": "accepted"}
    assert ana.post(f"/api/cases/{case_id}/status", {"status": "received", "promised": None}).status_code == 400
    assert ana.post(f"/api/cases/{case_id}/status", {"status": "lost"}).status_code == 400
    assert ana.post(f"/api/cases/{case_id}/assign", {"staff": ana.person.id}).status_code == 200
    assert ana.opened(case_id)["assigned"]["staff"] == ana.person.id
    assert len(ana.client.get("/api/cases?mine=1").get_json()["cases"]) == 1


def test_a_case_is_given_to_a_colleague_after_a_fresh_proof(office: Office, page: Pages) -> None:
    ana, eve, stale = page(), page(team="other"), page(fresh=False)
    case_id = office.filed(SECRET)
    opened = ana.cleared(case_id)
    target = next(one for one in opened["colleagues"] if one["reader"] == eve.name)
    assert not target["holds"]
    wraps = [
        {"epoch": epoch, "box": b64(seal(half, raw(target["public"]), Seat(case_id, epoch, eve.name).info))}
        for epoch, half in ana.halves(opened).items()
    ]
    body = {"reader": eve.name, "wraps": wraps}
    refused = stale.post(f"/api/cases/{case_id}/grants", body)
    assert (refused.status_code, refused.get_json()["error"]) == (401, "step_up")
    assert ana.post(f"/api/cases/{case_id}/grants", body).status_code == 200
    assert ("story", SECRET) in eve.texts(eve.cleared(case_id))
    assert ana.post(f"/api/cases/{case_id}/exports").status_code == 200
    actions = [entry["action"] for entry in ana.opened(case_id)["log"]]
    assert actions[0:2] == ["case.exported", "case.read"]


def test_a_colleague_with_a_new_key_gets_the_cases_again(office: Office, page: Pages) -> None:
    ana, ben = page(), page()
    case_id = office.filed(SECRET)
    ana.cleared(case_id)
    office.execute("update console.account set new_key = true where staff_id = :id", id=ben.person.id)
    fresh = new_pair()
    fields = {"v": 1, "kdf": "argon2id", "salt": "", "memory_kib": 65536, "box": "", "public": b64(fresh.public)}
    sent = ben.client.put(
        "/api/key", json={"file": json.dumps(fields), "public": b64(fresh.public)}, headers={"X-CSRFToken": ben.token}
    )
    assert sent.status_code == 200, sent.get_json()
    ben.pair = fresh
    assert ben.post(f"/api/cases/{case_id}/open").status_code == 404
    (offer,) = ana.client.get("/api/regrants").get_json()
    assert (offer["reader"], raw(offer["public"])) == (ben.name, fresh.public)
    ((case,), wraps) = offer["cases"], []
    for wrap in case["epochs"]:
        half = unseal(raw(wrap["box"]), ana.pair.private, Seat(case_id, wrap["epoch"], ana.name).info)
        box = seal(half, fresh.public, Seat(case_id, wrap["epoch"], ben.name).info)
        wraps.append({"epoch": wrap["epoch"], "box": b64(box)})
    assert ana.post(f"/api/cases/{case['id']}/grants", {"reader": ben.name, "wraps": wraps}).status_code == 200
    assert ana.client.get("/api/regrants").get_json() == []
    assert ("story", SECRET) in ben.texts(ben.cleared(case_id))
    assert ana.opened(case_id)["needs_epoch"]


def entered(ana: Page, *, team: str = "") -> dict[str, Any]:
    """A report as the form makes it."""
    people = ana.client.get("/api/readers").get_json()
    hour = ana.client.get("/api/hour").get_json()
    case_id, readers = uuid4(), [Reader(one["name"], raw(one["public"])) for one in people["readers"]]
    public, wraps = epoch_for(case_id, 1, readers)
    facts = {"kind": "pay", "when": "month"}
    told = enumerate([("story", SECRET), ("facts", json.dumps(facts))], 1)
    items = [
        {"seq": n, "part": part, "box": b64(seal_item(Told(now(), words), public, Place(case_id, 1, n, "in", part)))}
        for n, (part, words) in told
    ]
    info = f"amparo|hour|{hour['id']}|receipt_wish|{case_id.hex}".encode()
    receipt = {"hour": hour["id"], "body": b64(seal(pad(b"1234567890123456"), raw(hour["public"]), info))}
    return {
        "case_id": str(case_id),
        "public": b64(public),
        "team": team or people["team"],
        "language": "ht",
        "state": "FL",
        "facts": facts,
        "wraps": {name: b64(box) for name, box in wraps.items()},
        "items": items,
        "receipt": receipt,
    }


def test_a_report_taken_by_phone_is_filed_and_opens(page: Pages) -> None:
    ana = page()
    report = entered(ana)
    filed = ana.post("/api/reports", report)
    assert filed.status_code == 200, filed.get_json()
    assert filed.get_json()["id"] == report["case_id"]
    opened = ana.cleared(UUID(report["case_id"]))
    assert ana.texts(opened)[0] == ("story", SECRET)
    assert (opened["reachable"], opened["alias"], opened["state"]) == (False, filed.get_json()["alias"], "FL")
    assert ana.post("/api/reports", report).status_code == 409


def test_a_report_for_another_team_names_the_right_one(page: Pages) -> None:
    ana = page()
    answer = ana.post("/api/reports", entered(ana, team="night"))
    assert (answer.status_code, answer.get_json()["error"], answer.get_json()["team"]) == (409, "other_team", "intake")


@pytest.mark.parametrize("name", ["case_id", "public", "team", "language", "facts", "wraps", "items", "receipt"])
@pytest.mark.parametrize("value", [None, 7, "no base64 \u00e9", [], {"kind": 1}])
def test_a_report_of_another_form_is_refused(page: Pages, name: str, value: object) -> None:
    ana = page()
    answer = ana.post("/api/reports", {**entered(ana), name: value})
    assert (answer.status_code, answer.get_json().keys() >= {"error", "say"}) in ((400, True), (409, True))


@pytest.mark.parametrize("body", [[], "x", 1])
def test_a_body_that_is_no_object_is_refused(office: Office, page: Pages, body: object) -> None:
    ana = page()
    case_id = office.filed(SECRET)
    sent = ana.client.post(f"/api/cases/{case_id}/check", json=body, headers={"X-CSRFToken": ana.token})
    assert (sent.status_code, sent.get_json()["error"]) == (400, "bad_input")


def test_changes_are_cheap_to_ask_for(office: Office, page: Pages) -> None:
    ana = page()
    case_id = office.filed(SECRET)
    mark = ana.client.get("/api/cases").get_json()["mark"]
    assert ana.client.get(f"/api/changes?mark={mark}").status_code == 304
    opened = ana.cleared(case_id)
    later = ana.client.get(f"/api/changes?mark={mark}").get_json()["mark"]
    assert later == opened["mark"] > mark
    assert ana.client.get(f"/api/changes?mark={mark}&case={case_id}").status_code == 304
    ana.post(f"/api/cases/{case_id}/notes", item(opened, "own", "note", "x"))
    changed = ana.client.get(f"/api/changes?mark={mark}&case={case_id}").get_json()
    assert changed == {"mark": later + 1}


def test_a_strange_queue_is_refused(page: Pages) -> None:
    ana = page()
    assert ana.client.get("/api/cases?status=secret").status_code == 400
    assert ana.client.get("/api/cases?after=x").status_code == 400


@pytest.mark.parametrize("role", [Role.ADMIN, Role.AUDITOR, Role.CAMPAIGNER])
def test_who_does_not_read_finds_no_desk(office: Office, page: Pages, people: People, role: Role) -> None:
    page()
    case_id, other = office.filed(SECRET), people(role)
    token = csrf(other.client)
    for path in (
        "/queue",
        f"/cases/{case_id}",
        "/reports/new",
        "/key",
        "/api/cases",
        "/api/regrants",
        "/api/reply-key",
    ):
        assert other.client.get(path).status_code == 404, path
    for verb in PATHS:
        sent = other.client.post(
            f"/api/cases/{case_id}/{verb}", json=BODIES.get(verb, {}), headers={"X-CSRFToken": token}
        )
        assert sent.status_code == 404, verb


def test_the_reading_is_committed_before_the_answer_is_made(
    office: Office, page: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = page()
    case_id = office.filed(SECRET)
    seen: list[int] = []

    def watched(*_: object) -> dict[str, object]:
        seen.append(len(office.rows("case.parties", case_id)))
        return {}

    monkeypatch.setattr("console.desk.answers.sealed", watched)
    assert ana.post(f"/api/cases/{case_id}/parties").status_code == 200
    assert seen == [1]


def test_staff_who_were_disabled_meanwhile_are_out(office: Office, page: Pages) -> None:
    ana = page()
    case_id = office.filed(SECRET)
    with office.hotline.operator.begin() as session:
        staff.disable(session, ana.person.row.email)
    assert ana.post(f"/api/cases/{case_id}/parties").status_code in (401, 404)
