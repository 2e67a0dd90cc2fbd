"""A database of one's own: the owner need not be a superuser, and every process has a password of its own."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from amparo.migrate import migrate
from core import postgres
from core.config import Settings, load
from core.database import ROLES, Database
from core.errors import Unavailable

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def external() -> Iterator[Settings]:
    """A server that asks our roles for passwords, and a database whose owner is no superuser."""
    folder = Path(tempfile.mkdtemp(prefix="amparo-own-"))
    embedded = load({"AMPARO_HOME": str(folder / "server")})
    folder.chmod(0o755)
    server = postgres.start(embedded, durable=False)
    address = f"host={embedded.socket_dir} user=postgres"
    postgres.wait_ready(f"{address} dbname=postgres")
    with psycopg.connect(f"{address} dbname=postgres", autocommit=True) as admin:
        admin.execute("create role hotline login createrole")
        admin.execute("create database hotline owner hotline")
        hba = folder / "server/pg/pg_hba.conf"
        names = ",".join(f"amparo_{role}" for role in ROLES)
        hba.write_text(f"local all {names} scram-sha-256\n{hba.read_text()}")
        admin.execute("select pg_reload_conf()")
    with psycopg.connect(f"{address} dbname=hotline", autocommit=True) as admin:
        admin.execute("create extension earthdistance cascade")  # not a trusted extension: an administrator makes it
    url = f"postgresql://hotline@/hotline?host={embedded.socket_dir}"
    settings = load({"AMPARO_HOME": str(folder / "home"), "DATABASE_URL": url})
    yield settings
    server.stop()
    shutil.rmtree(folder)


def test_it_migrates_twice_and_every_role_signs_in_with_its_own_password(external: Settings) -> None:
    migrate(external)
    migrate(external)
    for role in ROLES:
        database = Database(external, role, pool_size=1)
        with database.begin() as session:
            assert session.scalar(text("select current_user")) == f"amparo_{role}"
        database.close()


def test_another_roles_password_does_not_fit(external: Settings) -> None:
    keys = external.keys
    wrong = Path(tempfile.mkdtemp(prefix="amparo-wrong-"))
    shutil.copy(keys / "db-worker", wrong / "db-gateway")
    stranger = load(
        {"AMPARO_HOME": str(external.home), "AMPARO_KEYS": str(wrong), "DATABASE_URL": external.database_url or ""}
    )
    database = Database(stranger, "gateway", pool_size=1)
    with pytest.raises(OperationalError, match="password authentication failed"), database.begin() as session:
        session.execute(text("select 1"))
    database.close()
    shutil.rmtree(wrong)


def test_a_database_that_does_not_answer_is_said(tmp_path: Path) -> None:
    settings = load({"AMPARO_HOME": str(tmp_path), "DATABASE_URL": f"postgresql://x@/y?host={tmp_path}"})
    with pytest.raises(Unavailable, match="does not answer"):
        migrate(settings, patience=0.2)
