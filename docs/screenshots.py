"""`make screenshots`: pictures of every page, taken from a demo of its own, into docs/screenshots/.

Names are fixed, what stands in the pages is invented; aliases, codes and days differ from run to run.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, FrameLocator, Locator, Page, ViewportSize

from amparo.demo_accounts import PASSPHRASE
from tests.browser.chromium import launched, program
from tests.browser.demo import Desk, PhonePage, RunningDemo, a_demo

FOLDER = Path(__file__).with_name("screenshots")
WIDE: ViewportSize = {"width": 1280, "height": 860}
NARROW: ViewportSize = {"width": 360, "height": 740}
STORY, EMPLOYER = "They took my passport", "Granja Tres Robles"


class Camera:
    """Takes each picture at both widths, under the same name."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder

    def take(self, page: Page, name: str, at: Locator | None = None) -> None:
        """The page as it is, wide and narrow; `at` is what must be in sight."""
        for size in (WIDE, NARROW):
            page.set_viewport_size(size)
            if at:
                at.scroll_into_view_if_needed()
            page.wait_for_timeout(400)
            page.screenshot(path=self.folder / f"{name}-{size['width']}.png", animations="disabled")
        page.set_viewport_size(WIDE)


def main() -> None:
    """Start a demo, take the pictures, say what they weigh."""
    executable = program()
    if executable is None:
        raise SystemExit("no Chromium: `make chromium` installs one, or set AMPARO_CHROMIUM to its path")
    camera = Camera(FOLDER)
    with a_demo() as demo, launched(executable) as browser:
        for shoot in (side_by_side, caseworker, administrator, auditor):
            shoot(browser, demo, camera)
    weight = sum(path.stat().st_size for path in FOLDER.glob("*.png"))
    print(f"{len(list(FOLDER.glob('*.png')))} pictures, {weight / 1e6:.1f} MB, in {FOLDER}")  # noqa: T201


def side_by_side(browser: Browser, demo: RunningDemo, camera: Camera) -> None:
    """The page of the demo: a phone in the middle of a story, an opened case beside it."""
    with window(browser) as context:
        phone = PhonePage(context.new_page(), demo)
        phone.take("Jean")
        tell(phone, STORY)
        desk = Desk(context.new_page(), demo)
        desk.sign_in("Ana")
        desk.page.close()
        phone.page.reload()
        phone.page.get_by_role("button", name="Jean").click()
        phone.page.locator("#log li").nth(3).wait_for()
        phone.page.locator("#signin summary").click()
        open_in(phone.page.frame_locator("#desk"))
        camera.take(phone.page, "demo")
        phone.page.locator("#signin summary").click()
        phone.page.get_by_role("button", name="WhatsApp").click()
        phone.send("mwen bezwen travay")
        camera.take(phone.page, "demo-whatsapp")
        phone.page.set_viewport_size(NARROW)
        phone.page.get_by_role("button", name="Desk", exact=True).click()
        phone.page.screenshot(path=camera.folder / "demo-desk-360.png")


def tell(phone: PhonePage, title: str) -> None:
    """A story, step by step, to its end."""
    page = phone.page
    page.get_by_role("button", name=title).click()
    while not page.get_by_text("The story is told.").is_visible():
        page.get_by_role("button", name="Next", exact=True).click()
        page.locator("#next:not([disabled]), #step:has-text('The story is told.')").first.wait_for()


def open_in(frame: FrameLocator) -> None:
    """The case that the phone has just filed, in the frame."""
    new = frame.get_by_role("row").filter(has_text="Haitian Creole").filter(has_text="today").filter(has_text="New")
    new.first.wait_for()
    for alias in new.get_by_role("link").all_text_contents():
        frame.get_by_role("link", name=alias).click()
        unlock(frame)
        frame.get_by_role("button", name="No, open the case").wait_for()
        if frame.get_by_text(EMPLOYER).count():
            break
        frame.locator("#desk").get_by_role("link", name="Queue").click()
        new.first.wait_for()
    frame.get_by_role("button", name="No, open the case").click()
    frame.get_by_role("heading", name="Reply to the worker").wait_for()


def unlock(frame: FrameLocator) -> None:
    """Open the key, when it is asked for."""
    passphrase = frame.get_by_label("Passphrase of your key")
    passphrase.or_(frame.get_by_role("button", name="No, open the case")).first.wait_for()
    if passphrase.count():
        passphrase.fill(PASSPHRASE)
        frame.get_by_role("button", name="Unlock", exact=True).click()


def caseworker(browser: Browser, demo: RunningDemo, camera: Camera) -> None:
    """Every page that a caseworker sees."""
    with window(browser) as context:
        desk = Desk(context.new_page(), demo)
        page = desk.page
        page.goto(demo.desk)
        camera.take(page, "sign-in")
        desk.sign_in("Joseph", between=lambda: camera.take(page, "second-factor"))
        page.get_by_role("row").nth(1).wait_for()
        page.get_by_role("link", name="Key", exact=True).click()
        page.get_by_label("Passphrase of your key").wait_for()
        camera.take(page, "key-locked")
        desk.unlock()
        camera.take(page, "key")
        for name, link in (("queue", "Cases"), ("new-report", "New report")):
            page.get_by_role("link", name=link, exact=True).click()
            desk.settle()
            page.wait_for_timeout(500)
            camera.take(page, name)
        cases(desk, camera)
        page.get_by_role("link", name="Account").click()
        camera.take(page, "account")
        page.goto(f"{demo.desk}/nothing-here")
        camera.take(page, "not-found")


def cases(desk: Desk, camera: Camera) -> None:
    """The conflict check, a new case, and one whose reply waits."""
    page = desk.page
    page.get_by_role("link", name="Cases", exact=True).click()
    desk.find("Granja Piedra Azul")
    camera.take(page, "conflict-check")
    page.get_by_role("button", name="No, open the case").click()
    page.get_by_role("heading", name="Reply to the worker").wait_for()
    camera.take(page, "case")
    page.get_by_role("link", name="Cases", exact=True).click()
    desk.find("Citricos Dos Palmas")
    page.get_by_role("button", name="No, open the case").click()
    reply = page.get_by_label(re.compile("^Your reply"))
    reply.fill("¿El jueves a las 4 te queda bien?")
    camera.take(page, "reply", at=reply)


def administrator(browser: Browser, demo: RunningDemo, camera: Camera) -> None:
    """People, and never a case."""
    with window(browser) as context:
        desk = Desk(context.new_page(), demo)
        desk.sign_in("Admin")
        desk.page.goto(f"{demo.desk}/people")
        camera.take(desk.page, "people")


def auditor(browser: Browser, demo: RunningDemo, camera: Camera) -> None:
    """The log alone."""
    with window(browser) as context:
        desk = Desk(context.new_page(), demo)
        desk.sign_in("Auditor")
        desk.page.goto(f"{demo.desk}/log")
        camera.take(desk.page, "log")


@contextmanager
def window(browser: Browser) -> Iterator[BrowserContext]:
    """A browser without memory, in the light colours."""
    with browser.new_context(viewport=WIDE, color_scheme="light", locale="en-US") as context:
        yield context


if __name__ == "__main__":
    main()
