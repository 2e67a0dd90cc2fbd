"""Each process role may do what the design gives it, and is denied everything else, table by table."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import ProgrammingError

from amparo import grants
from core.config import Settings
from core.database import ROLES, Database, make_engine

type Db = Callable[[str], Database]
VERBS = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
NEVER = {
    "gateway": ("intake.", "keyring.", "jobs.", "rasa.", "inbox.turn"),
    "actions": (
        "intake.",
        "keyring.",
        "rasa.",
        "inbox.message",
        "inbox.outbox",
        "inbox.contact",
        "inbox.conv",
        "public.",
    ),
    "sender": ("intake.", "keyring.", "jobs.", "rasa.", "inbox.turn", "inbox.message"),
    "console": ("jobs.", "rasa.", "inbox.turn", "inbox.message", "intake.draft_text", "intake.attempt"),
    "engine": ("inbox.", "intake.", "keyring.", "jobs.", "public."),
    "operator": ("inbox.", "rasa.", "public.", "intake.draft", "intake.receipt", "intake.case_link"),
}
"""Written apart from `grants.GRANTS`, from the design: what a role must never touch, whatever the table says."""


def statement(verb: str, table: str, column: str) -> str:
    return {
        "SELECT": f'select "{column}" from {table} where false',
        "INSERT": f"insert into {table} default values",
        "UPDATE": f'update {table} set "{column}" = "{column}" where false',
        "DELETE": f"delete from {table} where false",
    }[verb]


def tables(owner: Engine) -> dict[str, list[str]]:
    query = text(
        "select table_schema || '.' || table_name, array_agg(column_name::text order by ordinal_position) "
        "from information_schema.columns where table_schema = any(:schemas) group by 1"
    )
    schemas = ["inbox", "intake", "keyring", "jobs", "rasa", "console", "public"]
    with owner.connect() as connection:
        return {table: list(columns) for table, columns in connection.execute(query, {"schemas": schemas})}


def holds(owner: Engine, role: str, table: str, verb: str) -> bool:
    """The table itself, or any of its columns."""
    function = (
        "has_any_column_privilege" if verb in ("SELECT", "INSERT", "UPDATE", "REFERENCES") else "has_table_privilege"
    )
    with owner.connect() as connection:
        return bool(connection.scalar(text(f"select {function}('amparo_{role}', '{table}', '{verb}')")))


@pytest.mark.parametrize("role", ROLES)
def test_a_role_holds_exactly_what_is_listed(owner: Engine, role: str) -> None:
    existing = tables(owner)
    listed = grants.privileges(role, list(existing))
    for table in existing:
        for verb in VERBS:
            expected = verb in listed.get(table, "")
            assert holds(owner, role, table, verb) is expected, f"{role} {verb} {table}"


@pytest.mark.parametrize("role", NEVER)
def test_the_database_itself_denies_what_the_design_forbids(owner: Engine, db: Db, role: str) -> None:
    forbidden = {t: c for t, c in tables(owner).items() if t.startswith(NEVER[role])}
    if role == "gateway":
        forbidden = {t: c for t, c in forbidden.items() if not t.startswith("public.")}
    assert forbidden
    for table, columns in forbidden.items():
        for verb in ("SELECT", "INSERT", "UPDATE", "DELETE"):
            with pytest.raises(ProgrammingError, match="permission denied"), db(role).begin() as session:
                session.execute(text(statement(verb, table, columns[0])))


@pytest.mark.parametrize(("table", "column"), [("inbox.outbox", "body"), ("public.procrastinate_jobs", "args")])
def test_the_gateway_cannot_read_what_waits_to_be_sent(db: Db, table: str, column: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), db("gateway").begin() as session:
        session.execute(text(f"select {column} from {table}"))


@pytest.mark.parametrize("column", ["role", "team_id", "email"])
def test_the_console_changes_nobodys_role(db: Db, column: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), db("console").begin() as session:
        session.execute(text(f"update intake.staff set {column} = {column}"))


def test_the_audit_trail_can_only_grow(owner: Engine) -> None:
    for role in ROLES:
        for verb in ("UPDATE", "DELETE", "TRUNCATE"):
            assert not holds(owner, role, "intake.audit", verb)


@pytest.mark.parametrize("role", ROLES)
def test_no_role_makes_tables_or_databases_or_becomes_another(owner: Engine, role: str) -> None:
    with owner.connect() as connection:
        schemas = connection.scalars(text("select nspname from pg_namespace where nspname !~ '^pg_'"))
        able = [
            s
            for s in schemas
            if connection.scalar(text(f"select has_schema_privilege('amparo_{role}', '{s}', 'create')"))
        ]
        assert able == []
        rights = "select rolsuper or rolcreatedb or rolcreaterole or rolreplication or rolbypassrls from pg_roles"
        assert connection.scalar(text(f"{rights} where rolname = 'amparo_{role}'")) is False
        assert not connection.scalar(text(f"select has_database_privilege('amparo_{role}', 'amparo', 'create, temp')"))
        assert not connection.scalar(
            text(f"select exists (select 1 from pg_auth_members where member = 'amparo_{role}'::regrole)")
        )


def test_the_worker_reads_and_cuts_back_what_the_engine_writes(settings: Settings, db: Db) -> None:
    engine = make_engine(settings, "engine", pool_size=1)
    with engine.begin() as connection:
        connection.execute(text("insert into events (sender_id, type_name) values ('c0', 'action')"))
    with db("worker").begin() as session:
        assert session.execute(text("delete from rasa.events where sender_id = 'c0' returning id")).scalar()
    with pytest.raises(ProgrammingError, match="permission denied"), db("worker").begin() as session:
        session.execute(text("insert into rasa.events (sender_id, type_name) values ('c0', 'action')"))
    engine.dispose()


@pytest.mark.parametrize(
    "statement",
    [
        "create trigger t after delete on rasa.events execute function pg_catalog.suppress_redundant_updates_trigger()",
        "create table rasa.mine (id int)",
        "create or replace function rasa.f() returns int language sql as 'select 1'",
        "update rasa.events set data = ''",
        "delete from rasa.events",
    ],
)
def test_the_engine_leaves_nothing_that_would_run_with_the_workers_rights(settings: Settings, statement: str) -> None:
    engine = make_engine(settings, "engine", pool_size=1)
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def test_every_rule_of_the_table_stands_for_a_table(owner: Engine) -> None:
    existing = list(tables(owner))
    for role, rules in grants.GRANTS.items():
        for pattern in rules:
            if pattern != "rasa.*":
                assert any(t == pattern or (pattern.endswith("*") and t.startswith(pattern[:-1])) for t in existing), (
                    role,
                    pattern,
                )


def test_granting_again_changes_nothing_and_takes_back_what_is_not_listed(owner: Engine) -> None:
    with owner.begin() as connection:
        connection.execute(text("grant select on inbox.turn to amparo_gateway"))
        grants.apply(connection)
        grants.apply(connection)
    assert not holds(owner, "gateway", "inbox.turn", "SELECT")
