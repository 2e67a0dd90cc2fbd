"""One running hotline for all functional tests: starting Rasa takes half a minute."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.functional.hotline import Phone, RunningHotline, a_hotline


@pytest.fixture(scope="session")
def hotline() -> Iterator[RunningHotline]:
    """A hotline with sample jobs and one caseworker (`hotline.key`)."""
    with a_hotline() as running:
        yield running


@pytest.fixture(scope="session")
def shaken() -> Iterator[RunningHotline]:
    """A second one for the tests that kill, stop and replace its processes; each leaves it with all of them."""
    with a_hotline() as running:
        yield running


@pytest.fixture(scope="session")
def shaken_key(shaken: RunningHotline) -> Path:
    """The key of its caseworker."""
    return shaken.add_reader()


@pytest.fixture(scope="session")
def key(hotline: RunningHotline) -> Path:
    """The key of the one caseworker."""
    return hotline.add_reader()


@pytest.fixture
def phone(hotline: RunningHotline, key: Path) -> Phone:
    """A telephone nobody used yet, at a hotline that takes reports."""
    return hotline.phone()
