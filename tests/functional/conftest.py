"""One running hotline for all functional tests: starting Rasa takes half a minute."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.functional.hotline import Phone, RunningHotline


@pytest.fixture(scope="session")
def hotline() -> Iterator[RunningHotline]:
    """A hotline with sample jobs and one caseworker (`hotline.key`)."""
    folder = Path(tempfile.mkdtemp(prefix="amparo-functional-"))
    folder.chmod(0o711)  # as root, PostgreSQL runs as another account and must get to its files
    (folder / "home").mkdir(mode=0o711)
    running = RunningHotline(folder / "home")
    try:
        running.start()
        running.amparo("jobs", "import", "--sample")
        running.unpaced()
        yield running
    finally:
        running.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def key(hotline: RunningHotline) -> Path:
    """The key of the one caseworker."""
    return hotline.add_reader()


@pytest.fixture
def phone(hotline: RunningHotline, key: Path) -> Phone:
    """A telephone nobody used yet, at a hotline that takes reports."""
    return hotline.phone()
