"""What every test may use: a home with keys, a real PostgreSQL that is migrated, and the shared public data."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from amparo import grants
from amparo.migrate import migrate, seed_numbers
from channels import hourly
from core import postgres
from core.config import Settings, load
from core.database import SCHEMAS, Database, make_engine
from core.keys import KeyProvider

ENVIRONMENT = {
    "AMPARO_PUBLIC_URL": "https://hotline.example.org",
    "AMPARO_SMS_NUMBER": "+15005550006",
    "AMPARO_WHATSAPP_NUMBER": "+15005550007",
    "TWILIO_ACCOUNT_SID": "AC00000000000000000000000000000001",
    "TWILIO_AUTH_TOKEN": "a test token",
    "AMPARO_ENGINE_TOKEN": "a test token of the engine",
}


@pytest.fixture(scope="session")
def home() -> Iterator[Path]:
    """A home with server keys and a migrated embedded PostgreSQL; removed when the session ends."""
    folder = Path(tempfile.mkdtemp(prefix="amparo-test-"))
    settings = _settings(folder)
    server = postgres.start(settings, durable=False)
    try:
        migrate(settings)
        yield folder
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def settings(home: Path) -> Settings:
    """The settings of the test home: two sending numbers and a made-up Twilio account."""
    return _settings(home)


@pytest.fixture(scope="session")
def db(settings: Settings) -> Iterator[Callable[[str], Database]]:
    """`db("gateway")`: the database as one process role sees it ("owner" sees everything)."""
    made: dict[str, Database] = {}

    def of(role: str) -> Database:
        if role not in made:
            made[role] = Database(settings, role)
        return made[role]

    yield of
    for database in made.values():
        database.close()


@pytest.fixture(scope="session")
def owner(settings: Settings) -> Iterator[Engine]:
    """A plain engine for the owner of the database."""
    engine = make_engine(settings, "owner", pool_size=2)
    yield engine
    engine.dispose()


@pytest.fixture
def keys(settings: Settings) -> Callable[[str], KeyProvider]:
    """`keys("sender")`: the keys that one process role may hold."""
    return lambda role: KeyProvider(settings.keys, role)


@pytest.fixture
def clean(settings: Settings, owner: Engine) -> None:
    """Empty tables, one pair per hour ahead and the two sending numbers (ids 1 and 2)."""
    with owner.begin() as connection:
        connection.execute(text("set local lock_timeout = '10s'"))
        connection.execute(text(f"truncate {', '.join(_filled(owner))} restart identity cascade"))
    with Session(owner) as session, session.begin():
        hourly.make_ahead(session, KeyProvider(settings.keys, "owner"))
        seed_numbers(session, settings)


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The shared public data: `../shared/data` beside the checkout, or AMPARO_TEST_DATA."""
    beside = Path(__file__).parents[2] / "shared" / "data"
    folder = Path(os.environ.get("AMPARO_TEST_DATA") or beside)
    if not folder.is_dir():
        pytest.skip(f"the shared public data is not at {folder}; set AMPARO_TEST_DATA")
    return folder


def _settings(folder: Path) -> Settings:
    return load({**ENVIRONMENT, "AMPARO_HOME": str(folder)})


def _filled(owner: Engine) -> list[str]:
    names = [*SCHEMAS, "public"]
    with owner.connect() as connection:
        found = [table for table in grants.tables(connection) if table != "public.alembic_version"]
    return [table for table in found if table.split(".")[0] in names]
