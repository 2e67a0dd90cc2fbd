"""Fixtures of tests with a real browser. Without a Chromium they are skipped, and say how to get one."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import Engine

from core.config import Settings
from core.database import Database
from core.keys import KeyProvider
from tests.browser.chromium import Vault, launched, program, served
from tests.browser.desk import Desk, running
from tests.unit.intake.desk.office import Office
from tests.unit.intake.hotline import Hotline

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever asks for the browser carries the marker `browser`."""
    for item in items:
        if HERE in item.path.parents and "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser for the tests of one file: Playwright's event loop must be gone before other files run theirs."""
    executable = program()
    if executable is None:
        pytest.skip("no Chromium: `make chromium` installs one, or set AMPARO_CHROMIUM to its path")
    with launched(executable) as browser:
        yield browser


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A fresh page without cookies."""
    with chromium.new_context() as context:
        yield context.new_page()


@pytest.fixture(scope="session")
def bundles() -> Iterator[str]:
    """The address of a server with the console's bundles and blank pages under the console's policy."""
    with served() as address:
        yield address


@pytest.fixture(scope="module")
def blank(chromium: Browser, bundles: str) -> Iterator[tuple[Page, list[str]]]:
    """One page for the crypto tests of a file, which leave nothing behind in it, and what it complained about."""
    complaints: list[str] = []
    with chromium.new_context() as context:
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(bundles)
        yield page, complaints


@pytest.fixture
def vault(blank: tuple[Page, list[str]]) -> Iterator[Vault]:
    """The shipped crypto in a page with the console's policy. The page may not complain about anything."""
    page, complaints = blank
    complaints.clear()
    yield Vault(page)
    assert complaints == []


@pytest.fixture
def desk(
    clean: None,
    settings: Settings,
    db: Callable[[str], Database],
    keys: Callable[[str], KeyProvider],
    owner: Engine,
    tmp_path: Path,
) -> Iterator[Desk]:
    """The real console on the real database, without staff and without cases."""
    office = Office(Hotline(db("worker"), db("operator"), keys("worker"), owner), db("console"))
    with running(settings, office, tmp_path) as found:
        yield found
        assert found.complaints == []
