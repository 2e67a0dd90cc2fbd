"""Keys, the queue, reports by phone and giving access, in a real browser on the real console."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select, update

from console.models import Account, KeyFile, WebSession
from core.clock import now
from intake import facts, interview, keyfile, staff
from intake.reading import begin, unseal
from tests.browser.desk import PASSPHRASE, Desk, Person, faults, open_case, overflow, unlock
from translations.catalog import languages

SOURCES = Path(__file__).parents[2] / "console" / "web" / "src" / "desk"
STORY = "El patrón tiene mi pasaporte"
NEW = "seven green boats wait outside"


@pytest.fixture
def window(chromium: Browser) -> Iterator[BrowserContext]:
    """A browser window."""
    with chromium.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True) as context:
        yield context


@pytest.fixture
def ana(desk: Desk) -> Person:
    """A reader."""
    return desk.person("ana")


def fill_passphrase(page: Page, first: str, again: str) -> None:
    """The form that makes a key."""
    page.get_by_label("Passphrase", exact=True).fill(first)
    page.get_by_label("The same passphrase again").fill(again)
    page.get_by_label("I have it on paper").check()
    page.get_by_role("button", name="Make my key").click()


def test_a_key_made_here_opens_on_the_command_line(desk: Desk, window: BrowserContext, tmp_path: Path) -> None:
    person = desk.person("ana", key=False)
    page = desk.page(window, person, "/key")
    assert faults(page) == []
    fill_passphrase(page, "too short", "too short")
    expect(page.get_by_role("alert")).to_contain_text("Make it longer")
    fill_passphrase(page, NEW, NEW + "!")
    expect(page.get_by_role("alert")).to_contain_text("not the same")
    fill_passphrase(page, NEW, NEW)
    expect(page.get_by_text("Read these eight groups to a colleague")).to_be_visible()
    assert faults(page) == []
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the key file").click()
    path = tmp_path / "saved.json"
    download.value.save_as(path)
    assert len(keyfile.read_private(path, NEW)) == 32
    shown = "-".join(page.locator(".groups span").all_inner_texts())
    with desk.office.hotline.operator.begin() as session:
        assert staff.find(session, person.email).fingerprint == shown


def test_a_key_of_the_command_line_is_loaded_and_kept(desk: Desk, window: BrowserContext) -> None:
    person = desk.person("ana", kept=False)
    assert person.key is not None
    page = desk.page(window, person, "/key")
    page.get_by_label("Key file").set_input_files(person.key)
    page.get_by_label("Passphrase of your key").fill(PASSPHRASE)
    page.get_by_role("button", name="Load and unlock").click()
    expect(page.get_by_role("link", name="Key unlocked")).to_be_visible()
    with desk.app.extensions["console"].db.begin() as session:
        assert session.get_one(KeyFile, person.staff_id).file == person.key.read_text()


def test_the_lock_button_forgets_the_key_and_what_it_opened(desk: Desk, window: BrowserContext, ana: Person) -> None:
    case_id = desk.office.filed(STORY)
    page = desk.page(window, ana)
    open_case(desk, page, case_id)
    page.get_by_role("button", name="Lock", exact=True).click()
    expect(page.get_by_role("heading", name="Unlock your key")).to_be_visible()
    assert STORY not in page.content()


def test_the_queue_is_walked_with_the_keyboard(desk: Desk, window: BrowserContext, ana: Person) -> None:
    for _ in range(3):
        desk.office.filed(STORY)
    page = desk.page(window, ana)
    links = page.locator("tbody a")
    expect(links).to_have_count(3)
    page.keyboard.press("j")
    expect(links.nth(0)).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("j")
    expect(links.nth(1)).to_be_focused()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("jjj?")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("searchbox").fill("")
    links.nth(1).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Unlock your key")).to_be_focused()


def test_shortcuts_are_listed_and_can_be_switched_off(desk: Desk, window: BrowserContext, ana: Person) -> None:
    desk.office.filed(STORY)
    page = desk.page(window, ana)
    expect(page.locator("tbody a")).to_have_count(1)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Search by case name")
    page.get_by_role("button", name="Switch shortcuts off").click()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.locator("tbody a")).not_to_be_focused()
    page.get_by_role("button", name="Keyboard shortcuts").click()
    page.get_by_role("button", name="Switch shortcuts on").click()


def test_the_queue_is_filtered_and_searched_and_the_choice_stands_in_the_address(
    desk: Desk, window: BrowserContext, ana: Person
) -> None:
    urgent = desk.office.filed(STORY, kind="papers", when="week")
    other = desk.office.filed(STORY, kind="pay", when="month")
    page = desk.page(window, ana)
    page.get_by_role("radio", name="Urgent 1").check()
    expect(page.locator("tbody a")).to_have_count(1)
    expect(page.locator("tbody a")).to_have_attribute("href", f"/cases/{urgent}")
    assert page.url.endswith("view=urgent")
    page.reload()
    expect(page.locator("tbody a")).to_have_attribute("href", f"/cases/{urgent}")
    page.get_by_role("radio", name="All open 2").check()
    alias = page.locator(f"a[href='/cases/{other}']").inner_text()
    page.get_by_role("searchbox").fill(alias.lower())
    expect(page.locator("tbody a")).to_have_count(1)
    expect(page.locator("tbody a")).to_have_text(alias)
    page.get_by_role("searchbox").fill("")
    page.get_by_label("Language").select_option("ht")
    expect(page.get_by_text("No report waits")).to_be_visible()


def test_a_new_report_appears_without_moving_the_focus(desk: Desk, window: BrowserContext, ana: Person) -> None:
    desk.office.filed(STORY)
    page = desk.page(window, ana)
    expect(page.locator("tbody a")).to_have_count(1)
    page.keyboard.press("j")
    expect(page.locator("tbody a").first).to_be_focused()
    desk.office.filed(STORY, kind="papers", when="week")
    expect(page.get_by_role("button", name="Show 1 new")).to_be_visible(timeout=10_000)
    expect(page.locator("tbody a")).to_have_count(1)
    expect(page.locator("tbody a").first).to_be_focused()
    page.get_by_role("button", name="Show 1 new").click()
    expect(page.locator("tbody a")).to_have_count(2)


def test_the_queue_shows_fifty_and_then_more(desk: Desk, window: BrowserContext, ana: Person) -> None:
    for _ in range(52):
        desk.office.filed(STORY)
    page = desk.page(window, ana)
    expect(page.locator("tbody a")).to_have_count(50)
    page.get_by_role("button", name="Show more").click()
    expect(page.locator("tbody a")).to_have_count(52)
    expect(page.locator("tbody a").nth(50)).to_be_focused()


def test_a_change_of_a_case_is_told_and_marked_until_it_was_looked_at(
    desk: Desk, window: BrowserContext, chromium: Browser, ana: Person
) -> None:
    joseph, case_id = desk.person("joseph"), desk.office.filed(STORY)
    page = desk.page(window, ana)
    open_case(desk, page, case_id)
    with chromium.new_context() as other:
        second = desk.page(other, joseph)
        open_case(desk, second, case_id)
        second.get_by_label("For colleagues only").fill("She has a cousin in town.")
        second.get_by_role("button", name="Seal the note").click()
        expect(second.locator(".entry.note")).to_be_visible()
    expect(page.get_by_text("Something changed in this case.")).to_be_visible(timeout=10_000)
    page.get_by_role("link", name="Cases").click()
    expect(page.get_by_role("row").nth(1)).to_contain_text("Changed")
    page.go_back()
    expect(page.get_by_text("She has a cousin in town.")).to_be_visible()
    page.get_by_role("link", name="Cases").click()
    expect(page.get_by_role("row").nth(1)).not_to_contain_text("Changed")


def answer(page: Page, question: interview.Question) -> None:
    """Answer a question: the first digit, or some words."""
    if question.part:
        page.get_by_label("The answer").fill(f"about the {question.part}")
        page.get_by_role("button", name="Go on").click()
    else:
        shown = page.locator(".choice kbd").all_inner_texts()
        assert shown == list(question.choices)
        page.keyboard.press("1")


def test_a_report_by_phone_asks_the_same_questions_and_is_read_by_its_readers_alone(
    desk: Desk, window: BrowserContext, ana: Person
) -> None:
    page = desk.page(window, ana, "/reports/new")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.post_data or ""))
    unlock(page)
    page.get_by_label("Language of the worker").select_option("ht")
    page.get_by_label("State of the job").select_option("FL")
    page.get_by_role("button", name="Go on").click()
    for question in interview.QUESTIONS:
        if question.fact not in ("code", "confirm"):
            answer(page, question)
    expect(page.get_by_role("heading", name="Read it back to the worker")).to_be_focused()
    expect(page.get_by_text("Only 1 reader of the team intake")).to_be_visible()
    assert faults(page) == []
    page.get_by_role("button", name="Seal and file").click()
    expect(page.get_by_role("heading", name="Filed. Now the code")).to_be_focused()
    assert faults(page) == []
    receipt = " ".join(page.locator(".receipt .groups span").all_inner_texts())
    assert re.fullmatch(r"\d{4}( \d{4}){3}", receipt)
    page.get_by_label("type what you hear").fill(receipt)
    expect(page.get_by_text("The same: the worker has it right.")).to_be_visible()
    assert not any("about the" in body or receipt.replace(" ", "") in body for body in sent)
    alias = page.get_by_role("link", name=re.compile("Open [A-Z]{3}-")).inner_text().removeprefix("Open ")
    case = read(desk, ana, alias)
    assert case["story"] == ["about the story"]
    assert case["parties"] == {"employer": ["about the employer"], "place": ["about the place"]}
    assert (case["language"], case["state"], case["urgency"]) == ("ht", "FL", 3)
    assert case["facts"]["kind"] == "pay"
    assert case["facts"]["state"] == "FL"


def read(desk: Desk, person: Person, alias: str) -> Any:
    """A case as the command line opens it."""
    with desk.office.hotline.operator.begin() as session:
        sealed = begin(session, alias, person.private)
    return unseal(sealed, person.private)


def test_an_unfinished_report_waits_sealed_in_the_tab(desk: Desk, window: BrowserContext, ana: Person) -> None:
    page = desk.page(window, ana, "/reports/new")
    unlock(page)
    page.get_by_role("button", name="Go on").click()
    page.keyboard.press("1")
    page.get_by_label("The answer").fill(STORY)
    page.get_by_role("button", name="Lock", exact=True).click()
    expect(page.get_by_role("heading", name="Unlock your key")).to_be_visible()
    assert "pasaporte" not in page.evaluate("JSON.stringify({...sessionStorage})")
    unlock(page)
    expect(page.get_by_label("The answer")).to_have_value(STORY)


def grow_old(desk: Desk, fresh: bool) -> None:
    """Every session proved itself half an hour ago, or just now."""
    proved = now() - timedelta(minutes=0 if fresh else 29)
    with desk.app.extensions["console"].db.begin() as session:
        for row in session.scalars(select(WebSession)):
            row.data = {**row.data, "fs_paa": proved.timestamp()}


def test_a_colleague_gets_a_case_after_comparing_and_a_fresh_sign_in(
    desk: Desk, window: BrowserContext, chromium: Browser, ana: Person
) -> None:
    case_id = desk.office.filed(STORY)
    joseph = desk.person("joseph")
    page = desk.page(window, ana)
    open_case(desk, page, case_id)
    grow_old(desk, fresh=False)
    page.get_by_role("button", name="Give joseph access").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Ask them to read the eight groups")
    dialog.get_by_role("button", name="Give joseph access").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Compare the groups first")
    dialog.get_by_label("We compared all eight groups").check()
    dialog.get_by_role("button", name="Give joseph access").click()
    expect(page.get_by_role("dialog", name="Sign in again first")).to_be_visible()
    grow_old(desk, fresh=True)
    page.get_by_role("button", name="I have signed in: go on").click()
    expect(page.get_by_role("heading", name="Who can read it")).to_be_focused()
    with chromium.new_context() as other:
        second = desk.page(other, joseph)
        open_case(desk, second, case_id)
        expect(second.get_by_text(STORY)).to_be_visible()


def test_a_colleague_with_a_new_key_gets_the_cases_again(
    desk: Desk, window: BrowserContext, chromium: Browser, ana: Person
) -> None:
    joseph = desk.person("joseph")
    case_id = desk.office.filed(STORY)
    with desk.app.extensions["console"].db.begin() as session:
        session.execute(update(Account).where(Account.staff_id == joseph.staff_id).values(new_key=True))
    with chromium.new_context() as other:
        second = desk.page(other, joseph, "/key")
        fill_passphrase(second, NEW, NEW)
        expect(second.get_by_text("Read these eight groups to a colleague")).to_be_visible()
        page = desk.page(window, ana)
        page.get_by_role("link", name="Key locked").click()
        unlock(page)
        page.get_by_role("link", name="Cases").click()
        page.get_by_role("button", name="Give joseph their cases again (1)").click()
        page.get_by_label("We compared all eight groups").check()
        page.get_by_role("dialog").get_by_role("button", name="Give joseph their cases again (1)").click()
        expect(page.locator(".notice.good")).to_contain_text("joseph can read 1 case again.")
        second.get_by_role("link", name="Go to the queue").click()
        second.locator(f"a[href='/cases/{case_id}']").click()
        second.get_by_role("button", name="No, open the case").click()
        expect(second.get_by_text(STORY)).to_be_visible()


def test_a_new_epoch_begins_by_itself_when_somebody_left(desk: Desk, window: BrowserContext, ana: Person) -> None:
    joseph, case_id = desk.person("joseph"), desk.office.filed(STORY)
    with desk.office.hotline.operator.begin() as session:
        staff.disable(session, joseph.email)
    page = desk.page(window, ana)
    open_case(desk, page, case_id)
    expect(page.locator(".entry.event")).to_contain_text("ana renewed the key of the case")
    page.get_by_label("For colleagues only").fill("Written after joseph left.")
    page.get_by_role("button", name="Seal the note").click()
    expect(page.locator(".entry.note")).to_contain_text("Written after joseph left.")
    with desk.office.hotline.owner.connect() as connection:
        assert connection.exec_driver_sql("select epoch from intake.case_text where part = 'note'").scalar() == 2


def test_an_export_is_made_in_the_page_and_written_down(desk: Desk, window: BrowserContext, ana: Person) -> None:
    case_id = desk.office.filed(STORY, employer="Green Acres", kind="papers")
    page = desk.page(window, ana)
    open_case(desk, page, case_id)
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Data (JSON)").click()
    data = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    assert data["parties"]["employer"] == ["Green Acres"]
    assert STORY in [line.get("text") for line in data["timeline"]]
    assert data["route"]["citation"] == "18 USC 1592"
    assert len(desk.office.rows("case.exported", case_id)) == 1


def test_without_javascript_the_page_says_what_is_needed(desk: Desk, chromium: Browser, ana: Person) -> None:
    with chromium.new_context(java_script_enabled=False) as context:
        page = desk.page(context, ana)
        expect(page.get_by_role("alert")).to_contain_text("Turn on JavaScript")


def test_every_code_of_the_interview_has_words() -> None:
    words = json.loads((SOURCES / "facts.json").read_text(encoding="utf-8"))
    for question in interview.QUESTIONS:
        assert list(words[question.fact]["codes"]) == list(question.choices.values())
    assert set(words["visa"]["codes"]) == facts.VISAS


def test_every_language_has_every_ready_text() -> None:
    canned = json.loads((SOURCES / "canned.json").read_text(encoding="utf-8"))
    assert list(canned["texts"]) == list(languages())
    for texts in canned["texts"].values():
        assert list(texts) == list(canned["names"])


def test_a_narrow_window_scrolls_only_down(desk: Desk, chromium: Browser, ana: Person) -> None:
    desk.office.filed("a" * 300, employer="b" * 80)
    with chromium.new_context(viewport={"width": 320, "height": 700}) as context:
        page = desk.page(context, ana)
        expect(page.locator("tbody a")).to_have_count(1)
        assert overflow(page) == 0
        page.locator("tbody a").click()
        unlock(page)
        page.get_by_role("button", name="No, open the case").click()
        expect(page.get_by_role("heading", name="Story and timeline")).to_be_visible()
        assert overflow(page) == 0
