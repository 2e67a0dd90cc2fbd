"""The pages of the desk, in a real browser on the real console: what caseworkers do, and that everybody can do it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from channels.segments import encoding, segments
from core.envelope import unpad, unseal
from intake.models import Role
from tests.browser.desk import PASSPHRASE, Desk, Person, faults, open_case, overflow, unlock

STORY = "Bos la pran paspò nou depi mas"
WIDE, NARROW = (1280, 900), (360, 740)


@pytest.fixture(params=[WIDE, NARROW], ids=["wide", "narrow"])
def sized(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[BrowserContext]:
    """A browser window, wide and narrow."""
    width, height = request.param
    with chromium.new_context(viewport={"width": width, "height": height}) as context:
        yield context


@pytest.fixture
def window(chromium: Browser) -> Iterator[BrowserContext]:
    """A wide browser window."""
    with chromium.new_context(viewport={"width": WIDE[0], "height": WIDE[1]}) as context:
        yield context


@pytest.fixture
def ana(desk: Desk) -> Person:
    """A reader."""
    return desk.person("ana")


def sound(page: Page) -> None:
    """Nothing serious for axe, nothing to scroll sideways, one first heading."""
    assert faults(page) == []
    assert overflow(page) == 0
    expect(page.locator("h1")).to_have_count(1)


def test_every_page_of_a_reader_is_accessible_and_fits(desk: Desk, sized: BrowserContext, ana: Person) -> None:
    desk.person("joseph")
    case_id = desk.office.filed(STORY, "e yo di n ap tounen", employer="Green Acres", kind="papers", when="week")
    desk.office.reply_keys(2)
    page = desk.page(sized, ana)
    expect(page.get_by_role("row")).to_have_count(2)
    sound(page)
    page.get_by_role("link", name="Key locked").click()
    expect(page.get_by_label("Passphrase of your key")).to_be_visible()
    sound(page)
    unlock(page)
    sound(page)
    page.get_by_role("link", name="Cases").click()
    page.get_by_role("row").nth(1).get_by_role("link").click()
    expect(page.get_by_text("Green Acres")).to_be_visible()
    sound(page)
    page.get_by_role("button", name="No, open the case").click()
    expect(page.get_by_text("18 USC 1592")).to_be_visible()
    page.get_by_label("Your reply").fill("Nou li sa ou ekri a. ě")
    sound(page)
    page.get_by_role("button", name="Export").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    sound(page)
    page.keyboard.press("Escape")
    assert page.url.endswith(str(case_id))


def test_every_step_of_a_new_report_is_accessible_and_fits(desk: Desk, sized: BrowserContext, ana: Person) -> None:
    page = desk.page(sized, ana, "/reports/new")
    unlock(page)
    for _ in range(3):
        sound(page)
        page.get_by_role("button", name="Go on").or_(page.get_by_role("button", name="Yes")).first.click()
        if page.get_by_label("The answer").is_visible():
            page.get_by_label("The answer").fill(STORY)


@pytest.mark.parametrize(("role", "path"), [(Role.ADMIN, "/people"), (Role.AUDITOR, "/log"), (Role.INTAKE, "/account")])
def test_the_other_pages_are_accessible_and_fit(desk: Desk, sized: BrowserContext, role: Role, path: str) -> None:
    desk.person("ana")
    page = desk.page(sized, desk.person(f"{role.value}-somebody", role), path)
    sound(page)


def test_the_sign_in_page_is_accessible_and_fits(desk: Desk, sized: BrowserContext) -> None:
    page = sized.new_page()
    page.goto(f"{desk.origin}/login")
    sound(page)


def test_the_check_for_accessibility_can_fail(desk: Desk, window: BrowserContext) -> None:
    page = window.new_page()
    page.goto(f"{desk.origin}/login")
    page.evaluate("document.querySelector('label').remove()")
    assert any(fault.startswith("label") for fault in faults(page))


def test_dark_pages_have_enough_contrast(desk: Desk, chromium: Browser, ana: Person) -> None:
    case_id = desk.office.filed(STORY, kind="papers", when="week")
    desk.office.reply_keys(1)
    with chromium.new_context(color_scheme="dark") as context:
        page = desk.page(context, ana)
        expect(page.get_by_role("row")).to_have_count(2)
        assert faults(page) == []
        open_case(desk, page, case_id)
        expect(page.get_by_text("18 USC 1592")).to_be_visible()
        assert faults(page) == []


def test_the_story_is_in_the_page_after_the_check_and_in_no_answer(
    desk: Desk, window: BrowserContext, ana: Person
) -> None:
    case_id = desk.office.filed(STORY, employer="Green Acres", kind="papers")
    page = desk.page(window, ana, f"/cases/{case_id}")
    unlock(page)
    expect(page.get_by_text("Green Acres")).to_be_visible()
    assert STORY not in page.content()
    page.get_by_role("button", name="No, open the case").click()
    expect(page.get_by_text(STORY)).to_be_visible()
    expect(page.get_by_text("Papers held back")).to_be_visible()
    served = desk.served()
    assert "amparo" in served.lower()
    assert STORY not in served
    assert "Green Acres" not in served


def test_a_declared_conflict_closes_the_case(desk: Desk, window: BrowserContext, ana: Person) -> None:
    desk.person("joseph")
    case_id = desk.office.filed(STORY, employer="Green Acres")
    page = desk.page(window, ana, f"/cases/{case_id}")
    unlock(page)
    page.get_by_role("button", name="Yes, I have a conflict").click()
    page.get_by_role("button", name="I have a conflict: close it to me").click()
    expect(page.get_by_text("No report waits")).to_be_visible()
    page.goto(f"{desk.origin}/cases/{case_id}")
    unlock(page)
    expect(page.get_by_role("alert")).to_contain_text("not yours to see")


def test_a_conflict_is_refused_while_nobody_else_could_read(desk: Desk, window: BrowserContext, ana: Person) -> None:
    case_id = desk.office.filed(STORY)
    page = desk.page(window, ana, f"/cases/{case_id}")
    unlock(page)
    page.get_by_role("button", name="Yes, I have a conflict").click()
    page.get_by_role("button", name="I have a conflict: close it to me").click()
    expect(page.get_by_role("alert")).to_contain_text("Nobody else could read this case")


def test_an_item_that_does_not_open_is_named(desk: Desk, window: BrowserContext, ana: Person) -> None:
    case_id = desk.office.filed(STORY, "dezyèm mesaj")
    desk.office.execute(
        "update intake.case_text set box = set_byte(box, 40, 7) where case_id = :id and seq = 1", id=case_id
    )
    page = desk.page(window, ana)
    open_case(desk, page, case_id)
    expect(page.get_by_text("Item 1 could not be opened.").first).to_be_visible()
    expect(page.get_by_text("dezyèm mesaj")).to_be_visible()


def test_a_reply_leaves_sealed_and_a_copy_stands_in_the_timeline(
    desk: Desk, window: BrowserContext, ana: Person
) -> None:
    case_id = desk.office.filed(STORY)
    pairs = desk.office.reply_keys(1)
    page = desk.page(window, ana)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.post_data or ""))
    open_case(desk, page, case_id)
    page.get_by_label("Your reply").fill("Guarda las fotos.")
    page.get_by_role("button", name="Seal and leave it").click()
    expect(page.get_by_text("Waiting for the worker's code")).to_be_visible()
    expect(page.locator(".entry.reply")).to_contain_text("ana to the worker")
    expect(page.locator(".entry.reply")).to_contain_text("Guarda las fotos.")
    expect(page.locator(".entry.reply")).to_be_focused()
    expect(page.get_by_label("Your reply")).to_have_value("")
    assert not any("Guarda" in body for body in sent)
    with desk.office.hotline.owner.connect() as connection:
        key_id, box = connection.exec_driver_sql("select reply_key_id, box from intake.case_reply").one()
    assert unpad(unseal(box, pairs[0].private, f"amparo|reply|{key_id}".encode())).decode() == "Guarda las fotos."


def test_a_waiting_reply_is_taken_back(desk: Desk, window: BrowserContext, ana: Person) -> None:
    case_id = desk.office.filed(STORY)
    desk.office.reply_keys(1)
    page = desk.page(window, ana)
    open_case(desk, page, case_id)
    page.get_by_label("Your reply").fill("Llama hoy.")
    page.get_by_role("button", name="Seal and leave it").click()
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("Taken back before it was collected")).to_be_visible()


def test_somebody_wrote_first_keeps_the_text_and_shows_the_newer_item(
    desk: Desk, window: BrowserContext, chromium: Browser, ana: Person
) -> None:
    joseph, case_id = desk.person("joseph"), desk.office.filed(STORY)
    desk.office.reply_keys(2)
    page = desk.page(window, ana)
    open_case(desk, page, case_id)
    with chromium.new_context() as other:
        second = desk.page(other, joseph)
        open_case(desk, second, case_id)
        second.get_by_label("For colleagues only").fill("I call her tonight.")
        second.get_by_role("button", name="Seal the note").click()
        expect(second.locator(".entry.note")).to_be_visible()
    page.get_by_label("Your reply").fill("Te llamamos hoy.")
    page.get_by_role("button", name="Seal and leave it").click()
    expect(page.get_by_text("Somebody wrote first.")).to_be_visible()
    expect(page.get_by_text("I call her tonight.")).to_be_visible()
    expect(page.get_by_label("Your reply")).to_have_value("Te llamamos hoy.")
    page.get_by_role("button", name="Seal and leave it").click()
    expect(page.get_by_text("Waiting for the worker's code")).to_be_visible()


def test_a_worker_who_left_meanwhile_cannot_be_reached_and_the_text_stays(
    desk: Desk, window: BrowserContext, ana: Person
) -> None:
    case_id = desk.office.filed(STORY)
    desk.office.reply_keys(1)
    page = desk.page(window, ana)
    open_case(desk, page, case_id)
    desk.office.execute("delete from intake.case_link where case_id = :id", id=case_id)
    page.get_by_label("Your reply").fill("Te llamamos hoy.")
    page.get_by_role("button", name="Seal and leave it").click()
    expect(page.get_by_role("alert").last).to_contain_text("cannot be reached")
    expect(page.get_by_label("Your reply")).to_have_value("Te llamamos hoy.")


def test_segments_are_counted_as_the_carrier_counts_them(desk: Desk, window: BrowserContext, ana: Person) -> None:
    case_id = desk.office.filed(STORY)
    page = desk.page(window, ana)
    open_case(desk, page, case_id)
    for text in ("", "a" * 161, "¿Qué día?", "é" * 160, "á" * 71, "{" * 81, "paspò 😀" * 12, "ñ" * 153 + "[" * 4):
        page.get_by_label("Your reply").fill(text)
        count = segments(text)
        many = "" if count == 1 else "s"
        expect(page.locator(".meter p").first).to_contain_text(f"{count} text message{many} ({encoding(text)})")


def test_a_ready_text_is_put_in_to_be_edited_and_written_plainly(
    desk: Desk, window: BrowserContext, ana: Person
) -> None:
    case_id = desk.office.filed(STORY)
    page = desk.page(window, ana)
    open_case(desk, page, case_id)
    page.get_by_label("Ready text").select_option("facts")
    page.get_by_role("button", name="Put it in").click()
    assert "¿Qué día pasó?" in page.get_by_label("Your reply").input_value()
    page.get_by_role("button", name="Write them plainly").click()
    assert "¿Qué dia paso?" in page.get_by_label("Your reply").input_value()


def test_a_session_that_ends_while_writing_loses_no_word_and_leaves_none_open(
    desk: Desk, window: BrowserContext, ana: Person
) -> None:
    case_id = desk.office.filed(STORY)
    desk.office.reply_keys(1)
    page = desk.page(window, ana)
    open_case(desk, page, case_id)
    page.get_by_label("Your reply").fill("Tenemos un abogado para ti.")
    desk.sign_out_everywhere()
    page.get_by_role("button", name="Seal and leave it").click()
    expect(page.get_by_role("dialog")).to_contain_text("Your session ended")
    expect(page.get_by_text("Key locked")).to_be_visible()
    expect(page.get_by_text(STORY)).to_have_count(0)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_label("E-mail")).to_be_visible()
    assert "abogado" not in page.evaluate("JSON.stringify([{...sessionStorage}, {...localStorage}])")
    desk.sign_in(window, ana)
    page.goto(f"{desk.origin}/cases/{case_id}")
    unlock(page)
    expect(page.get_by_label("Your reply")).to_have_value("Tenemos un abogado para ti.")


def test_the_key_locks_after_fifteen_idle_minutes_with_a_countdown(
    desk: Desk, window: BrowserContext, ana: Person
) -> None:
    case_id = desk.office.filed(STORY)
    page = window.new_page()
    page.clock.install()
    desk.sign_in(window, ana)
    open_case(desk, page, case_id)
    page.get_by_label("For colleagues only").fill("half a note")
    page.clock.run_for(1_000)
    page.clock.fast_forward("14:10")
    expect(page.get_by_text("You have been away. The key locks in")).to_be_visible()
    page.clock.fast_forward("01:00")
    expect(page.get_by_role("heading", name="Unlock your key")).to_be_visible()
    assert STORY not in page.content()
    unlock(page)
    expect(page.get_by_label("For colleagues only")).to_have_value("half a note")


def test_status_with_a_promise_and_who_answers_are_kept(desk: Desk, window: BrowserContext, ana: Person) -> None:
    case_id = desk.office.filed(STORY)
    page = desk.page(window, ana)
    open_case(desk, page, case_id)
    day = page.get_by_label("Promise to write by").get_attribute("min") or ""
    page.get_by_label("Promise to write by").fill(day)
    page.get_by_role("button", name="Save the status").click()
    expect(page.locator(".entry.step").last).to_contain_text("Accepted, a message promised by")
    page.get_by_label("Assigned to").select_option(str(ana.staff_id))
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("link", name="Cases").click()
    expect(page.get_by_role("row").nth(1)).to_contain_text("Accepted")
    expect(page.get_by_role("row").nth(1)).to_contain_text("You")


def test_the_passphrase_opens_nothing_when_it_is_wrong_and_says_what_to_do(
    desk: Desk, window: BrowserContext, ana: Person
) -> None:
    page = desk.page(window, ana, "/key")
    page.get_by_label("Passphrase of your key").fill(PASSPHRASE.upper())
    page.get_by_role("button", name="Unlock", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Check capital letters")
