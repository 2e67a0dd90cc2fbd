"""What is held: every column of the live database is classified, in the words that the thief of the tests goes by."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest
import yaml
from sqlalchemy import Engine, text

from amparo import holdings
from amparo.holdings import Kind
from core.config import Settings
from core.keys import HOLDERS, PAIRS, SECRETS
from intake.models import Case
from tests.functional import thief

BYTES = text(
    "select table_schema || '.' || table_name || '.' || column_name from information_schema.columns "
    "where data_type = 'bytea' and table_schema not in ('pg_catalog', 'information_schema')"
)
PLAIN = {Kind.CLEAR, Kind.LOCKED, Kind.SERVER, Kind.SLOW_HASH}
"""Kinds that may stand in a column of text: the console keeps its hashes and sealed secrets in base64."""
STRANGER = "alter table inbox.contact add column nickname text"


def look(engine: Engine, *before: str) -> holdings.Findings:
    """What is found after some statements, which are taken back."""
    with engine.connect() as connection, connection.begin() as transaction:
        for statement in before:
            connection.execute(text(statement))
        found = holdings.examine(holdings.live(connection))
        transaction.rollback()
    return found


def test_every_column_of_the_live_database_is_classified_and_none_is_gone(owner: Engine) -> None:
    found = look(owner)
    assert found.unclassified == (), "say in amparo/holdings.yml what these hold"
    assert found.gone == ()


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        (STRANGER, "inbox.contact.nickname"),
        ("create table intake.diary (page text)", "intake.diary.page"),
        ("create schema attic; create table attic.box (thing text)", "attic.box.thing"),
        ("create view intake.window as select alias as who from intake.case", "intake.window.who"),
    ],
)
def test_what_nobody_classified_is_named(owner: Engine, statement: str, named: str) -> None:
    found = look(owner, statement)
    assert found.unclassified == (named,)
    assert any(line.startswith(f"NOT CLASSIFIED: {named} ") for line in holdings.as_text(found))
    assert holdings.as_json(found)["unclassified"] == [named]


def test_what_is_classified_but_gone_is_named(owner: Engine) -> None:
    found = look(owner, "alter table inbox.contact drop column expires_at")
    assert found.gone == ("inbox.contact.expires_at",)


def test_bytes_are_never_called_clear_and_only_known_kinds_stand_in_text(owner: Engine) -> None:
    with owner.connect() as connection:
        binary = frozenset(connection.scalars(BYTES))
    said = holdings.holdings()
    assert not binary & said.columns({Kind.CLEAR})
    assert binary >= said.columns(set(Kind) - PLAIN)


def test_the_thief_of_the_tests_has_a_context_for_everything_that_is_called_sealed(owner: Engine) -> None:
    said = holdings.holdings()
    with owner.connect() as connection:
        binary = frozenset(connection.scalars(BYTES))
    assert binary & said.columns(holdings.OPENED_WITH_KEYS) == thief.CONTEXTS.keys() - {thief.KEYS}
    assert said.columns({Kind.KEY}) == {thief.KEYS}


SEALED_NAMES = {"body", "box", "facts", "memory", "provider_id"}


def test_no_column_with_the_name_of_a_sealed_one_is_called_a_hash_or_public() -> None:
    """The thief skips what is called a hash: nobody may hide a sealed text there."""
    skipped = holdings.holdings().columns(set(Kind) - holdings.OPENED_WITH_KEYS)
    assert [column for column in skipped if column.rpartition(".")[2] in SEALED_NAMES] == []


def test_the_clear_columns_of_a_case_are_those_of_the_model() -> None:
    clear = holdings.holdings().columns({Kind.CLEAR})
    assert {f"intake.case.{column.name}" for column in Case.__table__.columns} <= clear


def test_every_key_of_the_server_is_explained() -> None:
    made = {*SECRETS, *(f"{name}.key" for name in PAIRS), "db-"}
    folders = {grant for grants in HOLDERS.values() for grant in grants if grant.endswith("/")}
    assert set(holdings.holdings().keys) == made | folders


def test_every_key_that_a_column_names_exists() -> None:
    said = holdings.holdings()
    named = {key for table in said.tables.values() for column in table.columns for key in column.keys}
    assert named <= {*said.keys, "case_shred"}


def test_who_holds_a_key_comes_from_the_key_provider(owner: Engine) -> None:
    lines = list(holdings.as_text(look(owner)))
    (address,) = (line for line in lines if line.split()[:2] == ["address", "server"])
    assert address.endswith("the key contact.key (sender)")
    assert not [line for line in lines if "()" in line]


def test_no_word_of_it_promises_what_nobody_can_promise() -> None:
    said = (holdings._FILE).read_text(encoding="utf-8").lower()
    assert "canary" not in said
    assert "impossible" not in said


def _content() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(holdings._FILE.read_text(encoding="utf-8"))
    return content


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: content["kinds"].pop("dying"),
        lambda content: content["tables"]["inbox.contact"].pop("ends"),
        lambda content: content["tables"]["inbox.contact"].update(secret=["address"]),
        lambda content: content["tables"]["inbox.contact"].update(public=["address"]),
        lambda content: content.pop("not_held"),
    ],
)
def test_a_malformed_classification_is_refused(spoil: Any) -> None:
    content = _content()
    assert holdings.load(content).tables
    spoil(content)
    with pytest.raises(holdings.HoldingsFault, match=r"holdings\.yml"):
        holdings.load(content)


def test_the_command_prints_json_and_fails_on_a_stranger(settings: Settings, owner: Engine) -> None:
    done = _command(settings, "--json")
    assert done.returncode == 0, done.stderr
    printed = json.loads(done.stdout)
    body = printed["tables"]["inbox.message"]["columns"]["body"]
    assert (body["kind"], body["keys"]) == ("dying", ["hour/"])
    assert printed["not_held"]
    with owner.begin() as connection:
        connection.execute(text(STRANGER))
    try:
        done = _command(settings)
    finally:
        with owner.begin() as connection:
            connection.execute(text("alter table inbox.contact drop column nickname"))
    assert done.returncode == 1
    assert "NOT CLASSIFIED: inbox.contact.nickname" in done.stdout


def _command(settings: Settings, *options: str) -> subprocess.CompletedProcess[str]:
    env = {"PATH": os.defpath, "HOME": "/", "AMPARO_HOME": str(settings.home)}
    command = [sys.executable, "-m", "amparo.cli", "holdings", *options]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)
