"""What a carrier may send us, and what it may not."""

import base64
import hashlib
import hmac
import random
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from sqlalchemy import Engine, text
from werkzeug.test import TestResponse

from channels import addresses, hourly
from channels.contract import channels
from channels.inbox import context
from core.keys import KeyProvider
from tests.contracts.conftest import FORM, Caller


def opened(row: dict[str, Any], keys: KeyProvider) -> str:
    return hourly.open_text(row["body"], row["hour"], context(row["conversation_id"]), keys)


type Check = Callable[[TestResponse], None]
REQUIRED = ("MessageSid", "AccountSid", "From", "To", "Body", "NumMedia")


def test_recorded_payloads_are_accepted_and_kept_word_for_word(caller: Caller) -> None:
    keys = KeyProvider(caller.settings.keys, "owner")
    recorded = caller.recorded
    for n, row in enumerate(recorded["accepted"]):
        sid = f"SM{n:032x}"
        form = recorded["valid"] | row["change"] | {"MessageSid": sid}
        answer = caller.post(form)
        assert answer.status_code == 200, row["name"]
        assert answer.data.endswith(b"<Response/>")
        stored = max(caller.rows("inbox.message"), key=lambda found: found["id"])
        kept = (stored["kind"], stored["opt_out_type"], opened(stored, keys))
        assert kept == (row["kind"], row["opt_out_type"], form["Body"]), row["name"]


def test_only_hashes_and_sealed_values_are_kept(caller: Caller) -> None:
    form = caller.recorded["valid"]
    assert caller.post(form).status_code == 200
    everything = repr([caller.rows(table) for table in caller.stored()])
    for name in ("Body", "From", "MessageSid", "ProfileName", "WaId", "FromCity"):
        if form.get(name):
            value = form[name].removeprefix(channels()[caller.channel].scheme)
            assert value not in everything, name
            assert value.encode().hex() not in everything, name
    keys = KeyProvider(caller.settings.keys, "owner")
    (contact,), (conversation,) = caller.rows("inbox.contact"), caller.rows("inbox.conversation")
    assert addresses.open_number(contact["address"], contact["conversation_id"], keys) == "+12025550101"
    assert conversation["phone_hash"] == addresses.phone_hash("+12025550101", keys)
    (redaction,) = caller.rows("inbox.redaction")
    assert addresses.open_provider(redaction["provider_id"], keys) == (caller.channel, form["MessageSid"])


def test_one_message_rings_the_gate_and_the_turn_and_the_next_one_only_the_gate(caller: Caller) -> None:
    for n in range(3):
        caller.post(caller.recorded["valid"] | {"MessageSid": f"SM{n:032x}"})
    bells = sorted(job["task_name"] for job in caller.rows("procrastinate_jobs"))
    assert bells == ["drain", "gate", "gate", "gate"]
    arguments = [job["args"] for job in caller.rows("procrastinate_jobs")]
    assert {key for found in arguments for key in found} == {"conversation"}


def test_the_same_message_four_times_is_one_message(caller: Caller) -> None:
    answers = [caller.post(caller.recorded["valid"]).status_code for _ in range(4)]
    assert answers == [200] * 4
    assert caller.stored()["inbox.message"] == caller.stored()["inbox.redaction"] == 1
    assert caller.stored()["procrastinate_jobs"] == 2


def test_a_short_code_or_a_name_is_nobody(caller: Caller) -> None:
    for row in caller.recorded["nobody"]:
        assert caller.post(caller.recorded["valid"] | row["change"]).status_code == 200, row["name"]
    assert set(caller.stored().values()) == {0}


@pytest.mark.parametrize("name", REQUIRED)
def test_a_missing_parameter_is_refused(caller: Caller, nothing_stored: Check, name: str) -> None:
    form = caller.recorded["valid"]
    nothing_stored(caller.post({key: value for key, value in form.items() if key != name}))


@pytest.mark.parametrize("name", ["Caribou", "hiFrom", "body", "", "From ", "x" * 200, "\x00"])
def test_an_unknown_parameter_is_refused(caller: Caller, nothing_stored: Check, name: str) -> None:
    nothing_stored(caller.post(caller.recorded["valid"] | {name: "1"}))


def test_a_shifted_parameter_signs_alike_and_is_refused(caller: Caller, nothing_stored: Check) -> None:
    form = caller.recorded["valid"]
    shifted = {key: value for key, value in form.items() if key != "From"}
    before = max(key for key in form if key < "From")
    shifted[before] += "From" + form["From"]
    assert caller.sign(caller.path, shifted) == caller.sign(caller.path, form)
    nothing_stored(caller.post(shifted))


def test_a_repeated_parameter_is_refused(caller: Caller, nothing_stored: Check) -> None:
    form = caller.recorded["valid"]
    signature = {"X-Twilio-Signature": caller.sign(caller.path, form)}
    nothing_stored(caller.raw(urlencode([*form.items(), ("Body", form["Body"])]), caller.path, signature))


@pytest.mark.parametrize("signature", ["", "x", "RSOYDt4T1cUTdK1PDd93/VVr8B8=", "é", "=" * 10_000])
def test_a_wrong_or_missing_signature_is_refused(caller: Caller, nothing_stored: Check, signature: str) -> None:
    nothing_stored(caller.post(caller.recorded["valid"], signature=signature.encode().decode("latin-1")))
    nothing_stored(caller.raw(urlencode(caller.recorded["valid"]), caller.path, {}))


def test_a_signature_under_an_empty_key_is_refused(caller: Caller, nothing_stored: Check) -> None:
    form, url = caller.recorded["valid"], caller.settings.public_url + caller.path
    signed = url + "".join(name + form[name] for name in sorted(form))
    mac = base64.b64encode(hmac.new(b"", signed.encode(), hashlib.sha1).digest()).decode()
    nothing_stored(caller.post(form, signature=mac))


def test_what_client_or_proxy_say_about_the_address_does_not_matter(caller: Caller, nothing_stored: Check) -> None:
    form = caller.recorded["valid"]
    headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http"}
    signature = {"X-Twilio-Signature": caller.sign(caller.path, form)}
    forged = caller.sign(caller.path, form).replace("A", "B")
    nothing_stored(caller.raw(urlencode(form), caller.path, headers | {"X-Twilio-Signature": f"{forged}x"}))
    assert caller.raw(urlencode(form), caller.path, headers | signature).status_code == 200


@pytest.mark.parametrize("query", ["?n=%C3%B1+o", "?a=1&b=&a=2", "?x=%7e~"])
def test_the_query_is_signed_as_it_came_over_the_wire(caller: Caller, nothing_stored: Check, query: str) -> None:
    form, path = caller.recorded["valid"], caller.path + query
    signature = {"X-Twilio-Signature": caller.sign(path, form)}
    nothing_stored(caller.raw(urlencode(form), caller.path, signature))
    answer = caller.client.post(
        path, data=urlencode(form), headers=signature, content_type=FORM, environ_overrides={"RAW_URI": path}
    )
    assert answer.status_code == 200


def test_json_is_checked_by_its_hash_and_is_no_message(caller: Caller, nothing_stored: Check) -> None:
    body = '{"Body": "hi"}'
    path = f"{caller.path}?bodySHA256={hashlib.sha256(body.encode()).hexdigest()}"
    signature = {"X-Twilio-Signature": caller.sign(path, {})}
    nothing_stored(caller.raw(body, path, signature, "application/json"))
    nothing_stored(caller.raw(body + " ", path, signature, "application/json"))
    plain = {"X-Twilio-Signature": caller.sign(caller.path, {})}
    nothing_stored(caller.raw(body, caller.path, plain, "application/json"))


def test_other_content_types_are_refused(caller: Caller, nothing_stored: Check) -> None:
    form = caller.recorded["valid"]
    signature = {"X-Twilio-Signature": caller.sign(caller.path, form)}
    for kind in ("multipart/form-data; boundary=x", "text/plain", "application/json", ""):
        nothing_stored(caller.raw(urlencode(form), caller.path, signature, kind))


def test_a_body_above_64_kib_is_413(caller: Caller) -> None:
    answer = caller.post(caller.recorded["valid"] | {"Body": "x" * 65_536})
    assert (answer.status_code, answer.data) == (413, b"")
    assert set(caller.stored().values()) == {0}


def test_broken_utf8_is_kept_with_marks_and_never_an_error(caller: Caller) -> None:
    form = caller.recorded["valid"] | {"Body": "\ufffd(bad"}
    body = urlencode(form).replace("%EF%BF%BD", "%FF")
    assert caller.raw(body, caller.path, {"X-Twilio-Signature": caller.sign(caller.path, form)}).status_code == 200
    assert caller.stored()["inbox.message"] == 1


def test_another_account_is_refused(caller: Caller, nothing_stored: Check) -> None:
    nothing_stored(caller.post(caller.recorded["valid"] | {"AccountSid": "AC" + "9" * 32}))


def test_a_number_that_is_not_ours_yet_is_for_later(caller: Caller, owner: Engine) -> None:
    scheme = channels()[caller.channel].scheme
    assert caller.post(caller.recorded["valid"] | {"To": f"{scheme}+15005559999"}).status_code == 503
    assert set(caller.stored().values()) == {0}


def test_without_an_hourly_key_nothing_is_stored_and_the_carrier_tries_again(caller: Caller, owner: Engine) -> None:
    with owner.begin() as connection:
        connection.execute(text("delete from inbox.hourly_key"))
    answer = caller.post(caller.recorded["valid"])
    assert (answer.status_code, answer.data) == (503, b"")
    assert set(caller.stored().values()) == {0}
    assert caller.client.get("/readyz").status_code == 503
    assert caller.client.get("/healthz").status_code == 200


def test_get_and_unknown_addresses_say_nothing(caller: Caller) -> None:
    assert [caller.client.get(caller.path).status_code, caller.client.post("/twilio/fax").status_code] == [405, 404]
    assert caller.client.post("/twilio/fax").data == b""


def test_mutated_requests_are_never_accepted_and_never_an_error(caller: Caller) -> None:
    form = caller.recorded["valid"]
    good, body = caller.sign(caller.path, form), urlencode(form)
    chance = random.Random(7)
    for _ in range(300):
        at = chance.randrange(len(body))
        mutated = body[:at] + chance.choice("%&=+\x00Aé;") + body[at + chance.randrange(3) :]
        if parse_qsl(mutated, True, encoding="latin-1") != parse_qsl(body, True, encoding="latin-1"):
            answer = caller.raw(mutated.encode("latin-1"), caller.path, {"X-Twilio-Signature": good})
            assert answer.status_code == 403
    assert set(caller.stored().values()) == {0}
