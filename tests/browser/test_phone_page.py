"""The demo's page in a browser: a telephone at a local carrier whose gateway always says yes."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import BaseWSGIServer, make_server

from amparo import demo_accounts
from amparo.demo_accounts import Paper
from channels.segments import encoding, segments
from channels.simulator import app as carrier_app
from channels.simulator import page as phone_page
from channels.simulator.exchange import CarrierMessage, Exchange
from core.config import load
from tests.functional.hotline import free_port

SMS, ROSA, ESTER = "+15005550006", "+15125550111", "+18635550115"
CODE = "1234 5678 9012 3458"
CLIPBOARD = ["clipboard-read", "clipboard-write"]
ENVIRONMENT = {
    "AMPARO_SMS_NUMBER": SMS,
    "AMPARO_WHATSAPP_NUMBER": "+15005550007",
    "TWILIO_ACCOUNT_SID": "AC1",
    "TWILIO_AUTH_TOKEN": "a test token",
}


@dataclass
class Booth:
    """The page's address, and the carrier behind it."""

    url: str
    exchange: Exchange

    def text(self, number: str, words: str, *states: str) -> CarrierMessage:
        """The hotline sends a text, which goes through these states."""
        message = self.exchange.accept(number, SMS, words, None)
        for state in states:
            self.exchange.move(message, state)
        return message

    def sent(self) -> list[str]:
        """What telephones sent."""
        return [message.text for message in self.exchange.messages.values() if message.direction == "inbound"]


@contextmanager
def serving(server: BaseWSGIServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def booth(tmp_path: Path) -> Iterator[Booth]:
    gateway = Flask("gateway", static_folder=None)
    gateway.add_url_rule("/<path:path>", view_func=lambda path: "", methods=["POST"])
    taken = make_server("127.0.0.1", 0, gateway, threaded=True)
    settings = load(
        {**ENVIRONMENT, "AMPARO_HOME": str(tmp_path), "AMPARO_PUBLIC_URL": f"http://127.0.0.1:{free_port()}"}
    )
    carrier = carrier_app.make(carrier_app.config_of(settings, f"http://127.0.0.1:{taken.port}"))
    (tmp_path / "run").mkdir()
    (tmp_path / "run/state.json").write_text(json.dumps({"carrier_url": f"http://127.0.0.1:{carrier.port}"}))
    demo_accounts.ensure(tmp_path)
    demo_accounts.keep_papers(tmp_path, [Paper(ESTER, CODE)])
    app = phone_page.create_app(settings)
    page = make_server("127.0.0.1", urlsplit(settings.public_url).port or 0, app, threaded=True)
    here = carrier.app.extensions["carrier"]  # type: ignore[attr-defined]
    with serving(taken), serving(carrier), serving(page):
        yield Booth(settings.public_url, here.exchange)
    here.caller.close()
    app.extensions["gateway"].db.close()
    app.extensions["page"].http.close()


@pytest.fixture
def rosa(booth: Booth, chromium: Browser) -> Iterator[Page]:
    """The page with Rosa's telephone in use. It may not complain about anything of its own."""
    complaints: list[str] = []
    with chromium.new_context(viewport={"width": 1280, "height": 860}, permissions=CLIPBOARD) as context:
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text) if "Security" in message.text else None)
        page.goto(booth.url)
        expect(page.get_by_role("button", name="Rosa")).to_have_attribute("aria-pressed", "true")
        yield page
        assert complaints == []


def bubbles(page: Page) -> Any:
    return page.get_by_role("log").get_by_role("listitem")


def test_a_text_goes_out_with_enter_and_the_answer_comes_with_its_states_segments_and_price(
    rosa: Page, booth: Booth
) -> None:
    rosa.get_by_label("Your message").fill("hola ñandú")
    rosa.keyboard.press("Enter")
    expect(bubbles(rosa)).to_have_count(1)
    expect(bubbles(rosa).first).to_contain_text("Delivered · 1 segment UCS-2 · $0.0083")
    message = booth.text(ROSA, "x" * 161, "sent")
    expect(bubbles(rosa).nth(1)).to_contain_text("Sent · 2 segments GSM-7 · $0.0166")
    booth.exchange.move(message, "delivered")
    expect(bubbles(rosa).nth(1)).to_contain_text("Delivered")
    expect(rosa.locator("#costs")).to_contain_text("3 segments")


def test_what_failed_says_so(rosa: Page, booth: Booth) -> None:
    booth.text(ROSA, "hola", "undelivered")
    expect(bubbles(rosa).first).to_contain_text("Not delivered")


def test_markup_in_a_message_is_words(rosa: Page, booth: Booth) -> None:
    booth.text(ROSA, "<b onclick=alert(1)>hola</b><img src=x>")
    expect(bubbles(rosa).first).to_contain_text("<b onclick=alert(1)>hola</b><img src=x>")
    assert rosa.locator("#log b, #log img").count() == 0


def test_whatsapp_is_a_conversation_of_its_own(rosa: Page, booth: Booth) -> None:
    rosa.get_by_role("button", name="WhatsApp").click()
    rosa.get_by_label("Your message").fill("hola")
    rosa.get_by_role("button", name="Send", exact=True).click()
    expect(bubbles(rosa).first).to_contain_text("$0.0050")
    assert [m.sender for m in booth.exchange.messages.values()] == [f"whatsapp:{ROSA}"]
    rosa.get_by_role("button", name="SMS").click()
    expect(bubbles(rosa)).to_have_count(0)


def test_a_reload_loses_nothing_and_starting_over_is_a_new_number(rosa: Page, booth: Booth) -> None:
    booth.text(ROSA, "hola", "delivered")
    expect(bubbles(rosa)).to_have_count(1)
    rosa.reload()
    expect(bubbles(rosa)).to_have_count(1)
    rosa.get_by_role("button", name="Start over").click()
    expect(bubbles(rosa)).to_have_count(0)
    expect(rosa.locator("#me")).not_to_have_text("(512) 555-0111")
    rosa.get_by_role("button", name="Language").click()
    expect(bubbles(rosa)).to_have_count(1)
    number = next(m.phone for m in booth.exchange.messages.values() if m.direction == "inbound")
    assert number != ROSA
    assert number[5:10] == "55501"


def test_a_number_is_added_with_the_keyboard(rosa: Page) -> None:
    rosa.get_by_role("button", name="+ Number").press("Enter")
    rosa.get_by_label("Name on the tab").fill("Marie")
    rosa.get_by_label("Stories are told in").select_option("ht")
    rosa.keyboard.press("Enter")
    expect(rosa.get_by_role("button", name="Marie Kreyòl")).to_have_attribute("aria-pressed", "true")


def test_the_code_on_paper_is_one_press_away(rosa: Page, booth: Booth) -> None:
    expect(rosa.get_by_role("button", name="Send the code")).to_be_hidden()
    booth.text(ROSA, "7043 1188 2905 6631\nEscríbelo en papel")
    rosa.get_by_role("button", name="Send the code").click()
    expect(bubbles(rosa)).to_have_count(2)
    rosa.get_by_role("button", name="Ester has a code").click()
    rosa.get_by_role("button", name="Send the code").click()
    expect(bubbles(rosa)).to_have_count(1)
    assert booth.sent() == ["7043 1188 2905 6631", CODE]


def test_a_story_is_told_step_by_step_in_the_language_of_the_phone_until_its_code_comes(
    rosa: Page, booth: Booth
) -> None:
    rosa.get_by_role("button", name="They took my passport").click()
    following = rosa.get_by_role("button", name="Next", exact=True)
    for step in range(8):
        following.click()
        expect(bubbles(rosa)).to_have_count(2 * step + 1)
        booth.text(ROSA, "7043 1188 2905 6631" if step == 7 else "?")
        expect(bubbles(rosa)).to_have_count(2 * step + 2)
        if step < 7:
            expect(following).to_be_enabled()
    expect(rosa.get_by_text("The story is told.")).to_be_visible()
    assert booth.sent()[0].startswith("quiero reportar")
    assert booth.sent()[-2:] == ["1", "1"]


def test_values_of_the_sign_in_panel_are_copied_by_pressing_them(rosa: Page) -> None:
    rosa.get_by_role("button", name="ana@example.org").click()
    expect(rosa.get_by_role("status")).to_have_text("E-mail copied")
    assert rosa.evaluate("navigator.clipboard.readText()") == "ana@example.org"


def test_the_conversation_is_a_log_that_says_who_speaks(rosa: Page, booth: Booth) -> None:
    booth.text(ROSA, "hola")
    assert "Amparo: hola" in bubbles(rosa).first.text_content()
    assert rosa.get_by_role("log").get_attribute("aria-live") == "polite"


@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_window(rosa: Page, booth: Booth, width: int) -> None:
    booth.text(ROSA, "7043 1188 2905 6631", "delivered")
    rosa.get_by_role("button", name="STOP").click()
    rosa.set_viewport_size({"width": width, "height": 800})
    for side in ("Phone", "Desk") if width == 360 else ("",):
        if side:
            rosa.get_by_role("button", name=side, exact=True).click()
        found = Axe().run(rosa, options={"iframes": False}).response["violations"]
        assert [(fault["id"], fault["nodes"][0]["target"]) for fault in found] == []
        assert rosa.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(
    "text",
    ["", "hola", "x" * 160, "x" * 161, "[" * 80, "[" * 81, "ñandú", "á" * 70, "á" * 71, "😀" * 35, "😀" * 36,
     "x" * 152 + "[" + "x" * 20, "Ω\n€", "ñ" * 306, "ñ" * 307],
)  # fmt: skip
def test_typing_counts_segments_as_the_carrier_does(rosa: Page, text: str) -> None:
    script = """async (text) => {
        const { measure, encoding } = await import("/demo/static/segments.js");
        return [measure(text).segments, encoding(text)];
    }"""
    assert rosa.evaluate(script, text) == [segments(text), encoding(text)]
