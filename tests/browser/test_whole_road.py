"""The whole road in a browser: a report filed on a phone in Creole, opened and answered at the desk, read on the phone.

Every response of the console is recorded. What the worker wrote and what the caseworker wrote back is in none of them:
it is in the pages alone.
"""

import json
from base64 import b64encode
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from channels.segments import gsm_safe
from tests.browser.demo import RECEIPT, Desk, PhonePage, RunningDemo, a_demo
from tests.browser.recorder import Exchanged, recording
from translations.catalog import entries

pytestmark = pytest.mark.timeout(600)

REPORT = "mwen vle rapote patwon mwen, li pran paspo nou zarapit"
STORY = "li di l ap remet nou yo le sezon an fini kolibriwouj"
EMPLOYER, PLACE = "Bwa Tijiyan Vencejo", "Immokalee Martinet"
REPLY = "Bonjou. Nou li mesaj ou. Rele nou jedi apremidi gorrionverdin."
SECRETS = (REPORT, STORY, EMPLOYER, PLACE, REPLY)
WORDS = ("zarapit", "kolibriwouj", "Vencejo", "Martinet", "gorrionverdin")
NOTICE = gsm_safe(entries("ht")["case.notice"].msgstr)


def forms(text: str) -> list[bytes]:
    """A text as it might leak: plain, as JSON, in a URL, in hex, in base64 at any of its three offsets."""
    raw = text.encode()
    encoded = [b64encode(b"\0" * skip + raw)[4 if skip else 0 : -4] for skip in range(3)]
    return [raw, json.dumps(text)[1:-1].encode(), quote(text).encode(), raw.hex().encode(), *encoded]


@pytest.mark.parametrize("before", ["", "x", "xy", "xyz"])
def test_the_search_finds_a_word_however_it_is_written(before: str) -> None:
    said = f"{before}paspò nou{before}, epi yo fèmen nou"
    for written in (said.encode(), json.dumps(said).encode(), said.encode().hex().encode(), b64encode(said.encode())):
        assert any(form in written for form in forms("paspò nou")), written


@pytest.fixture(scope="module")
def demo() -> Iterator[RunningDemo]:
    """A demo with every process."""
    with a_demo() as running:
        yield running


def file_a_report(phone: PhonePage) -> str:
    """The Creole worker's report, with the notice allowed; the code."""
    phone.take("Jean")
    for text in (REPORT, "1", STORY, "2", EMPLOYER, PLACE):
        phone.send(text)
    for _ in range(12):
        said = "\n".join(phone.send("1"))
        if found := RECEIPT.search(said):
            return found.group()
    raise AssertionError(f"no code came; the last words were: {said}")


@pytest.mark.slow
@pytest.mark.engine
def test_a_report_in_creole_is_opened_and_answered_and_no_response_of_the_console_holds_a_word_of_it(
    demo: RunningDemo, chromium: Browser
) -> None:
    with recording() as recorder, chromium.new_context() as worker:
        phone = PhonePage(worker.new_page(), demo)
        code = file_a_report(phone)
        with chromium.new_context(proxy={"server": recorder.address}) as caseworker:
            desk = Desk(caseworker.new_page(), demo)
            desk.sign_in("Ana")
            read_and_answer(desk, desk.page)
        worker_gets_the_answer(phone, code)
        nothing_leaked(recorder.of(demo.desk))


def read_and_answer(desk: Desk, page: Page) -> None:
    """Unlock, look at the names, answer the conflict check, read, reply."""
    desk.find(EMPLOYER)
    assert STORY not in page.inner_text("body")  # the names alone, before the check
    page.get_by_role("button", name="No, open the case").click()
    expect(page.get_by_text(STORY)).to_be_visible()
    expect(page.get_by_text(REPORT)).to_be_visible()
    expect(page.get_by_text(PLACE).first).to_be_visible()
    desk.reply(REPLY)
    expect(page.get_by_text(REPLY).first).to_be_visible()


def worker_gets_the_answer(phone: PhonePage, code: str) -> None:
    """A notice that says nothing of what this is about; the code brings the reply."""
    phone.wait_for(NOTICE)
    assert gsm_safe(REPLY) not in "\n".join(phone.heard())
    phone.send(code)
    phone.wait_for(gsm_safe(REPLY))


def nothing_leaked(seen: list[Exchanged]) -> None:
    """Neither what the console answered nor what it was sent; and the recorder did see what the desk works with."""
    answers = b"".join(one.answered for one in seen)
    assert b'"wraps"' in answers and b'"items"' in answers and b"<html" in answers
    assert {"POST", "GET"} <= {one.method for one in seen}
    for one in seen:
        for secret in (*SECRETS, *WORDS):
            leaks = [form for form in forms(secret) if form in one.answered + one.asked + one.url.encode()]
            assert not leaks, f"{one.method} {one.url} holds what somebody wrote"
