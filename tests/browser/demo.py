"""A whole demo in a home of its own, and hands in a browser: a worker's at the phone, a caseworker's at the desk."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from amparo.demo_accounts import PASSPHRASE
from channels.simulator.page import ACCOUNTS, STEP, one_time_code

ROOT = Path(__file__).parents[2]
START, PATIENCE = 240.0, 60_000
RECEIPT = re.compile(r"\b\d{4} \d{4} \d{4} \d{4}\b")


class RunningDemo:
    """`amparo demo` with every process, on ports that are free."""

    def __init__(self, home: Path) -> None:
        self.home, self.port = home, _two_ports()
        self.url, self.desk = f"http://127.0.0.1:{self.port}", f"http://127.0.0.1:{self.port + 1}"
        self._used: dict[str, int] = {}

    def start(self) -> None:
        """Start it and wait for READY."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        command = (sys.executable, "-m", "amparo.cli", "demo", "--port", str(self.port))
        with self.output.open("wb") as out:
            self._up = subprocess.Popen(
                command, env={**kept, "AMPARO_HOME": str(self.home)}, cwd=ROOT, stdout=out, stderr=out
            )
        end = time.monotonic() + START
        while f"READY {self.url}" not in self.output.read_text():
            assert self._up.poll() is None and time.monotonic() < end, self.output.read_text()
            time.sleep(0.2)

    def stop(self) -> None:
        """A clean stop."""
        self._up.send_signal(signal.SIGTERM)
        self._up.wait(60)

    @property
    def output(self) -> Path:
        """What the terminal of the demo showed."""
        return self.home.parent / "demo.out"

    def account(self, name: str) -> dict[str, Any]:
        """One of the made-up people."""
        found: list[dict[str, Any]] = json.loads((self.home / ACCOUNTS).read_text())["accounts"]
        return next(one for one in found if one["name"] == name)

    def code(self, name: str) -> str:
        """A code of this person's authenticator that was not used yet: each works once."""
        while int(time.time()) // STEP <= self._used.get(name, 0):
            time.sleep(0.5)
        moment = time.time()
        self._used[name] = int(moment) // STEP
        return one_time_code(self.account(name)["totp"], moment)


class Desk:
    """A caseworker at the console, in a page of their own."""

    def __init__(self, page: Page, demo: RunningDemo) -> None:
        self.page, self.demo = page, demo
        page.set_default_timeout(PATIENCE)

    def sign_in(self, name: str, between: Callable[[], None] = lambda: None) -> None:
        """Password, then the code; `between` is called while the code is asked for."""
        account = self.demo.account(name)
        self.page.goto(self.demo.desk)
        self.page.get_by_label("E-mail").fill(account["email"])
        self.page.get_by_label("Password").fill(account["password"])
        self.page.get_by_role("button", name="Go on").click()
        self.page.get_by_label("Six digits").wait_for()
        between()
        self.page.get_by_label("Six digits").fill(self.demo.code(name))
        self.page.get_by_role("button", name="Sign in").click()
        expect(self.page).not_to_have_url(re.compile("login|tf-"))

    def unlock(self) -> None:
        """Open the key in the page."""
        self.page.get_by_label("Passphrase of your key").fill(PASSPHRASE)
        self.page.get_by_role("button", name="Unlock", exact=True).click()
        expect(self.page.get_by_label("Passphrase of your key")).to_have_count(0, timeout=PATIENCE)

    def open(self, alias: str) -> None:
        """From the queue to a case, through the key and the conflict check when they are asked for."""
        self.page.get_by_role("link", name=alias).click()
        self.settle()
        if self.page.get_by_label("Passphrase of your key").is_visible():
            self.unlock()
            self.page.get_by_role("button", name=re.compile("No, open the case|Export")).wait_for()
        no_tie = self.page.get_by_role("button", name="No, open the case")
        if no_tie.is_visible():
            no_tie.click()
        self.page.get_by_role("heading", name="Reply to the worker").wait_for()

    def find(self, employer: str) -> None:
        """The new case that names this employer, opened as far as the conflict check."""
        self.page.get_by_role("row").nth(1).wait_for()
        for alias in self.page.get_by_role("row").filter(has_text="New").get_by_role("link").all_text_contents():
            self.page.get_by_role("link", name=alias).click()
            self.settle()
            if self.page.get_by_label("Passphrase of your key").is_visible():
                self.unlock()
            self.page.get_by_role("button", name="No, open the case").wait_for()
            if employer in self.page.inner_text("#desk"):
                return
            self.page.locator("#desk").get_by_role("link", name="Queue").click()
            self.page.get_by_role("row").nth(1).wait_for()
        raise AssertionError("no new case names this employer")

    def reply(self, text: str) -> None:
        """Write, seal and leave a reply."""
        self.page.get_by_label(re.compile("^Your reply")).fill(text)
        with self.page.expect_response(re.compile(r"/api/cases/[^/]+/replies$")) as kept:
            self.page.get_by_role("button", name="Seal and leave it").click()
        assert kept.value.ok, kept.value.text()

    def settle(self) -> None:
        """Wait until the screen has its heading."""
        self.page.locator("#desk:not([aria-busy=true]) h1").first.wait_for()


class PhonePage:
    """A worker at the demo's page."""

    def __init__(self, page: Page, demo: RunningDemo) -> None:
        self.page = page
        page.set_default_timeout(PATIENCE)
        page.goto(demo.url)
        page.get_by_role("button", name="Rosa").wait_for()

    def take(self, name: str) -> None:
        """Take somebody's phone, with a number that nobody used yet."""
        self.page.get_by_role("group", name="Whose phone").get_by_role("button", name=name).click()
        self.page.get_by_role("button", name="Start over").click()
        expect(self.page.get_by_role("log").locator("li")).to_have_count(0)

    def send(self, text: str) -> list[str]:
        """Send a text; the answers, once there is one and no more come."""
        before = len(self.heard())
        self.page.get_by_label("Your message").fill(text)
        self.page.get_by_role("button", name="Send", exact=True).click()
        expect(self.page.locator("#log li.theirs").nth(before)).to_be_visible(timeout=PATIENCE)
        return self.quiet(before)

    def quiet(self, before: int, calm: float = 1.2) -> list[str]:
        """The answers after the first `before`, once it has been quiet for a while."""
        found, since = len(self.heard()), time.monotonic()
        while time.monotonic() - since < calm:
            self.page.wait_for_timeout(100)
            if len(self.heard()) != found:
                found, since = len(self.heard()), time.monotonic()
        return self.heard()[before:]

    def wait_for(self, words: str | re.Pattern[str]) -> None:
        """Wait until the hotline says this."""
        self.page.locator("#log li.theirs").filter(has_text=words).first.wait_for()

    def heard(self) -> list[str]:
        """Everything the hotline said on the screen."""
        return [
            text.removeprefix("Amparo: ") for text in self.page.locator("#log li.theirs .words").all_text_contents()
        ]


@contextmanager
def a_demo() -> Iterator[RunningDemo]:
    """A demo that is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="amparo-demo-"))
    folder.chmod(0o711)  # as root, PostgreSQL runs as another account and must get to its files
    (folder / "home").mkdir(mode=0o711)
    running = RunningDemo(folder / "home")
    try:
        running.start()
        yield running
    finally:
        running.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _two_ports() -> int:
    """A free port whose next one is free too."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = int(first.getsockname()[1])
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port
