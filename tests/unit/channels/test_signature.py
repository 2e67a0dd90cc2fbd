"""Signatures against the vectors of Twilio's own libraries, and the traps of RequestValidator."""

import json
from pathlib import Path
from typing import Any

import pytest
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from channels.contract import SignedRequest
from channels.errors import Forged
from channels.twilio.signature import tokens, verify

URL = "https://hotline.example.org/twilio/sms"


def request(url: str, form: Any, signature: str, body: str | None = None, settings: str = "") -> SignedRequest:
    return SignedRequest(url, MultiDict(form or {}), body, signature, settings)


def is_valid(found: SignedRequest, token: str) -> bool:
    try:
        verify(found, token)
    except Forged:
        return False
    return True


def test_the_vectors_of_twilio(data_dir: Path) -> None:
    vectors = json.loads((data_dir / "twilio" / "twilio_signature_vectors.json").read_text())
    assert len(vectors) >= 11
    for vector in vectors:
        pairs = [tuple(pair) for pair in vector.get("params", [])]
        found = request(vector["url"], pairs, vector["signature"], vector.get("body"))
        assert is_valid(found, vector["token"]) is vector["valid"], vector["name"]


@pytest.mark.parametrize("token", ["", " ", ",", " , "])
def test_no_token_means_nothing_is_valid(token: str) -> None:
    signature = RequestValidator(token).compute_signature(URL, {"a": "b"})
    assert not is_valid(request(URL, {"a": "b"}, signature), token)


def test_current_and_next_token_are_both_good() -> None:
    assert tokens("one, two") == ("one", "two")
    for token in ("one", "two"):
        signature = RequestValidator(token).compute_signature(URL, {"a": "b"})
        assert is_valid(request(URL, {"a": "b"}, signature), "one, two")
    assert not is_valid(request(URL, {"a": "b"}, RequestValidator("three").compute_signature(URL, {})), "one, two")


def test_a_missing_header_is_no_error() -> None:
    assert not is_valid(request(URL, {"a": "b"}, ""), "token")


def test_the_hash_function_is_the_one_that_the_header_names() -> None:
    signature = RequestValidator("token").compute_signature(URL, {"a": "b"}, "HMAC_SHA256")
    named = "key=webhooks_sharedkey_1,algorithm=HMAC_SHA256"
    assert is_valid(request(URL, {"a": "b"}, signature, settings=named), "token")
    assert not is_valid(request(URL, {"a": "b"}, signature), "token")
    assert not is_valid(request(URL, {"a": "b"}, signature, settings="algorithm=HMAC_MD5"), "token")


def test_a_body_is_valid_only_with_its_hash_in_the_address() -> None:
    signature = RequestValidator("token").compute_signature(URL, {})
    assert not is_valid(request(URL, None, signature, body="{}"), "token")
    wrong = f"{URL}?bodySHA256={'0' * 64}"
    signed = RequestValidator("token").compute_signature(wrong, {})
    assert not is_valid(request(wrong, None, signed, body="{}"), "token")


def test_a_parameter_named_like_the_hash_does_not_open_the_door() -> None:
    url = f"{URL}?xbodySHA256=1"
    signed = RequestValidator("token").compute_signature(url, {})
    assert not is_valid(request(url, None, signed, body="{}"), "token")


def test_repr_shows_neither_signature_nor_text() -> None:
    assert "secret words" not in repr(request(URL, {"Body": "secret words"}, "sig", body="secret words"))
