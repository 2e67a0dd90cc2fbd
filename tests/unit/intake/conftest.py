"""An empty hotline, and one with a reader."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from core.database import Database
from core.envelope import KeyPair
from core.keys import KeyProvider
from tests.unit.intake.hotline import Hotline


@pytest.fixture
def hotline(clean: None, db: Callable[[str], Database], keys: Callable[[str], KeyProvider], owner: Engine) -> Hotline:
    """An empty hotline without staff."""
    found = Hotline(db("worker"), db("operator"), keys("worker"), owner)
    for name in found.draft_keys():
        found.keys.destroy(name)
    return found


@pytest.fixture
def ana(hotline: Hotline) -> KeyPair:
    """The key of Ana, who reads for the default team."""
    return hotline.reader()
