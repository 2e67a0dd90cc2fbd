"""The page of the demo: a telephone in the browser, on loopback alone, and nowhere in production."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from channels import webhooks
from channels.simulator import page
from core.config import Settings
from tests.unit.channels.line import PHONE, Line

HERE = "127.0.0.1:8080"
STATIC = Path(page.__file__).with_name("static")


class Here(FlaskClient):
    """A browser that was pointed at this machine."""

    def open(self, *args: Any, **more: Any) -> Any:
        return super().open(*args, **{"base_url": f"http://{HERE}", **more})


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "run").mkdir()
    return tmp_path


@pytest.fixture
def client(settings: Settings, place: Path) -> Iterator[FlaskClient]:
    app = page.create_app(replace(settings, home=place, public_url=f"http://{HERE}"))
    app.test_client_class = Here
    with app.test_client() as client:
        yield client
    app.extensions["gateway"].db.close()
    app.extensions["page"].http.close()


@pytest.fixture
def reached(client: FlaskClient, place: Path, line: Line) -> FlaskClient:
    (place / "run" / "state.json").write_text(json.dumps({"carrier_url": line.carrier_url}))
    return client


def test_production_serves_no_such_page(settings: Settings) -> None:
    paths = {rule.rule for rule in webhooks.create_app(settings).url_map.iter_rules()}
    assert paths == {
        "/twilio/sms", "/twilio/whatsapp", "/twilio/status", "/healthz", "/readyz", "/metrics",
    }  # fmt: skip


def test_the_demo_serves_the_same_webhooks(client: FlaskClient) -> None:
    assert client.post("/twilio/sms", data={"Body": "hola"}).status_code == 403


@pytest.mark.parametrize("host", ["evil.example.org:8080", "127.0.0.1:9", "demo.example"])
@pytest.mark.parametrize("path", ["/", "/demo/accounts", "/demo/setup", f"/demo/phone/{PHONE}/log"])
def test_a_name_of_another_machine_gets_nothing(client: FlaskClient, host: str, path: str) -> None:
    answer = client.get(path, base_url=f"http://{host}")
    assert (answer.status_code, answer.data) == (421, b"")


def test_localhost_is_sent_to_the_address_that_the_desk_frames(client: FlaskClient) -> None:
    answer = client.get("/", base_url="http://localhost:8080")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"http://{HERE}/")


def test_the_page_runs_only_its_own_scripts_and_frames_only_the_desk(client: FlaskClient) -> None:
    answer = client.get("/")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy
    assert "frame-src http://127.0.0.1:8081;" in policy
    assert "unsafe" not in policy
    html = answer.get_data(as_text=True)
    assert "<title>Amparo demo" in html
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+=", html)


def test_every_file_that_the_page_names_is_served(client: FlaskClient) -> None:
    named = set(re.findall(r"/demo/static/([\w.]+)", "".join(path.read_text() for path in STATIC.iterdir())))
    named |= {match for path in STATIC.glob("*.js") for match in re.findall(r'from "\./([\w.]+)"', path.read_text())}
    for name in named:
        with client.get(f"/demo/static/{name}") as answer:
            assert answer.status_code == 200, name
    assert named | {"index.html"} == {path.name for path in STATIC.iterdir()}


@pytest.mark.parametrize(
    ("moment", "code"), [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")]
)
def test_codes_are_those_of_rfc_6238(moment: int, code: str) -> None:
    assert page.one_time_code("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", moment) == code


def test_the_accounts_come_with_the_code_of_now(client: FlaskClient, place: Path) -> None:
    assert client.get("/demo/accounts").status_code == 404
    person = {"name": "Ana", "totp": "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"}
    (place / page.ACCOUNTS).write_text(json.dumps({"accounts": [person], "papers": []}))
    shown = client.get("/demo/accounts").get_json()
    assert re.fullmatch(r"\d{6}", shown["accounts"][0]["code"])
    assert 1 <= shown["seconds"] <= 30


def test_what_is_typed_travels_through_the_carrier_to_the_webhook(reached: FlaskClient, line: Line) -> None:
    sent = reached.post(f"/demo/phone/{PHONE}/send", json={"text": "hola ñandú", "channel": "twilio_sms"})
    assert sent.status_code == 200
    assert len(line.messages()) == 1
    shown = reached.get(f"/demo/phone/{PHONE}/log").get_json()["messages"]
    assert [(m["mine"], m["text"], m["state"], m["encoding"], m["segments"]) for m in shown] == [
        (True, "hola ñandú", "delivered", "UCS-2", 1)
    ]


def test_the_states_of_an_answer_reach_the_screen(reached: FlaskClient, line: Line) -> None:
    reached.post(f"/demo/phone/{PHONE}/send", json={"text": "hola", "channel": "twilio_whatsapp"})
    before = reached.get(f"/demo/phone/{PHONE}/log").get_json()["version"]
    line.say("buenos días")
    line.send()

    def is_read() -> bool:
        log = reached.get(f"/demo/phone/{PHONE}/log?after={before}&wait=1").get_json()
        return [(m["mine"], m["text"], m["state"]) for m in log["messages"]] == [(False, "buenos días", "read")]

    line.eventually(is_read)


def test_a_screen_that_is_up_to_date_gets_nothing_and_one_from_before_a_start_gets_everything(
    reached: FlaskClient,
) -> None:
    reached.post(f"/demo/phone/{PHONE}/send", json={"text": "hola", "channel": "twilio_sms"})
    log = reached.get(f"/demo/phone/{PHONE}/log").get_json()
    assert reached.get(f"/demo/phone/{PHONE}/log?after={log['version']}").get_json()["messages"] == []
    assert len(reached.get(f"/demo/phone/{PHONE}/log?after={log['version'] + 1000}").get_json()["messages"]) == 1


def test_one_phone_does_not_see_the_other(reached: FlaskClient) -> None:
    reached.post(f"/demo/phone/{PHONE}/send", json={"text": "hola", "channel": "twilio_sms"})
    assert reached.get("/demo/phone/+12025550199/log").get_json()["messages"] == []


def test_a_form_of_another_site_cannot_send(reached: FlaskClient, line: Line) -> None:
    answer = reached.post(f"/demo/phone/{PHONE}/send", data={"text": "hola", "channel": "twilio_sms"})
    assert answer.status_code == 415
    assert line.messages() == []


@pytest.mark.parametrize("number", ["hello", "+1202/../../control", "+", "12025550101"])
def test_only_a_number_is_passed_on(reached: FlaskClient, number: str) -> None:
    assert reached.get(f"/demo/phone/{number}/log").status_code == 404


def test_without_a_carrier_the_page_says_so(client: FlaskClient) -> None:
    assert client.get(f"/demo/phone/{PHONE}/log").status_code == 502


def test_those_who_wait_leave_threads_for_webhooks(reached: FlaskClient) -> None:
    waiting = reached.application.extensions["page"].waiting
    while waiting.acquire(blocking=False):
        pass
    assert reached.get(f"/demo/phone/{PHONE}/log?wait=60").status_code == 200


def test_every_story_has_words_in_every_language_of_the_phones() -> None:
    stories = json.loads((STATIC / "stories.json").read_text())
    assert [story["title"] for story in stories][-2:] == ["Danger now", "STOP"]
    for step in (step for story in stories for step in story["steps"] if not isinstance(step, str)):
        assert set(step["say"]) == {"es", "ht", "tl", "en"}
