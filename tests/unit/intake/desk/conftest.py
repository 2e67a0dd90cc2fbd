"""A desk with two readers of one team and a stranger of another."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from core.database import Database
from core.keys import KeyProvider
from tests.unit.intake.desk.office import Browser, Office
from tests.unit.intake.hotline import Hotline


@pytest.fixture
def office(clean: None, db: Callable[[str], Database], keys: Callable[[str], KeyProvider], owner: Engine) -> Office:
    """A hotline with a desk, without staff."""
    return Office(Hotline(db("worker"), db("operator"), keys("worker"), owner), db("console"))


@pytest.fixture
def ana(office: Office) -> Browser:
    """A reader of the intake team."""
    return office.reader("ana@example.org")


@pytest.fixture
def ben(office: Office, ana: Browser) -> Browser:
    """Another reader of the intake team."""
    return office.reader("ben@example.org")


@pytest.fixture
def eve(office: Office, ana: Browser) -> Browser:
    """A reader of another team: holds no wrap of what goes to the intake team."""
    return office.reader("eve@example.org", team="other")
