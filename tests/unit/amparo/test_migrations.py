"""The tables that migrations make are the tables that the models describe, and migrating again changes nothing."""

import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, text

import migrations
from amparo.migrate import migrate
from core.config import Settings
from core.database import url_for
from migrations.models import metadata, ours
from migrations.new import config_for

VERSIONS = Path(migrations.__file__).parent / "versions"


@pytest.fixture
def empty(settings: Settings) -> Iterator[Connection]:
    """A database of its own, without tables."""
    server = f"host={settings.socket_dir} user=postgres dbname=postgres"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute("drop database if exists migrating with (force)")
        admin.execute("create database migrating")
    engine = create_engine(url_for(settings, "owner").set(database="migrating"))
    with engine.connect() as connection:
        yield connection
    engine.dispose()
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute("drop database migrating with (force)")


def differences(connection: Connection) -> list[object]:
    options = {"include_schemas": True, "include_name": ours, "compare_type": True}
    context = MigrationContext.configure(connection, opts={**options, "version_table_schema": "public"})
    return list(compare_metadata(context, metadata()))


def test_head_equals_the_models(empty: Connection) -> None:
    command.upgrade(config_for(empty), "head")
    assert differences(empty) == []


def test_every_revision_goes_down_and_up_again(empty: Connection) -> None:
    config = config_for(empty)
    command.upgrade(config, "head")
    command.downgrade(config, "0001")
    command.upgrade(config, "head")
    assert differences(empty) == []


def test_there_is_one_head_and_names_follow_numbers(empty: Connection) -> None:
    script = ScriptDirectory.from_config(config_for(empty))
    assert len(script.get_heads()) == 1
    for revision in script.walk_revisions():
        assert re.fullmatch(rf"{revision.revision}_[a-z_]+\.py", Path(revision.path).name)
    assert len(list(VERSIONS.glob("0*.py"))) == len(list(script.walk_revisions()))


def test_migrating_again_changes_no_row(settings: Settings, owner: Engine, clean: None) -> None:
    count = text("select (select count(*) from inbox.sending_number), (select count(*) from inbox.hourly_key)")
    with owner.connect() as connection:
        before = connection.execute(count).one()
    migrate(settings)
    with owner.connect() as connection:
        assert connection.execute(count).one() == before
    assert before[0] == 2
    assert before[1] >= 3
