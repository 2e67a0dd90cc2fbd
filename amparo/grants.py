"""Which process role may do what in the database. `amparo migrate` applies this table anew every time.

A role gets exactly what is listed here and nothing by default. `schema.*` stands for the tables of a schema that the
role's own list does not name; an empty string takes one out. Sequences follow INSERT.
"""

from collections.abc import Iterator

from sqlalchemy import Connection, text

from core.database import ROLES, SCHEMAS
from core.keys import KeyProvider

_READ = "SELECT"
_ADD = "SELECT, INSERT"
_ALL = "SELECT, INSERT, UPDATE, DELETE"
_QUEUE = {"public.procrastinate_*": _ALL}
_RING = {"public.procrastinate_jobs": "INSERT, SELECT (id)", "public.procrastinate_events": "INSERT"}

GRANTS: dict[str, dict[str, str]] = {
    "gateway": {
        "inbox.sending_number": _READ,
        "inbox.conversation": "SELECT, INSERT, UPDATE (rung, last_inbound_at)",
        "inbox.contact": "SELECT, INSERT, UPDATE",
        "inbox.message": _ADD,
        "inbox.redaction": "INSERT, SELECT (id)",
        "inbox.hourly_key": _READ,
        "inbox.opt_out": _ADD,
        "inbox.outbox": (
            "SELECT (id, conversation_id, state, provider_id, error_code), "
            "UPDATE (state, error_code, provider_id, body, hour, sending_since)"
        ),
        **_RING,
    },
    "worker": {
        "inbox.*": _ALL,
        "intake.staff": _READ,
        "intake.team": _READ,
        "intake.recovery_key": _READ,
        "intake.*": _ALL,
        "intake.audit": _ADD,
        "keyring.*": "INSERT, DELETE, SELECT (case_id)",
        "jobs.*": _READ,
        "rasa.events": "SELECT, DELETE",
        **_QUEUE,
    },
    "actions": {
        "inbox.turn": _READ,
        "inbox.turn_input": _READ,
        "inbox.turn_line": _ADD,
        "inbox.turn_action": _ADD,
        "inbox.hourly_key": _READ,
        "jobs.*": _READ,
    },
    "sender": {
        "inbox.outbox": "SELECT, UPDATE",
        "inbox.contact": _READ,
        "inbox.conversation": _READ,
        "inbox.sending_number": "SELECT, UPDATE",
        "inbox.opt_out": _ADD,
        "inbox.redaction": _ALL,
        "inbox.hourly_key": _READ,
        "inbox.reply_key": "SELECT, INSERT, UPDATE",
        **_QUEUE,
    },
    "console": {
        "console.*": _ALL,
        "intake.staff": "SELECT, INSERT, UPDATE (public_key, fingerprint, disabled_at)",
        "intake.team": _ADD,
        "intake.recovery_key": _READ,
        "intake.draft_wrap": "SELECT (reader), DELETE",
        "intake.case": "SELECT, INSERT, UPDATE (status)",
        "intake.case_key": _ADD,
        "intake.case_wrap": "SELECT, INSERT, DELETE",
        "intake.case_text": _ADD,
        "intake.case_link": _READ,
        "intake.case_step": _ADD,
        "intake.case_reply": "SELECT, INSERT, UPDATE (state, box)",
        "intake.case_assignment": _ALL,
        "intake.case_check": _ALL,
        "intake.erasure": _READ,
        "intake.receipt_wish": _ADD,
        "intake.audit": _ADD,
        "keyring.*": _ADD,
        "inbox.reply_key": "SELECT, UPDATE (taken_at, destroyed_at)",
        "inbox.conversation": "SELECT (id, sending_number_id, phone_hash, language)",
        "inbox.sending_number": "SELECT (id, channel)",
        "inbox.contact": "SELECT (conversation_id, expires_at)",
        "inbox.opt_out": _READ,
        "inbox.hourly_key": _READ,
        "inbox.outbox": "SELECT (id, source, source_id, ordinal), INSERT",
        **_RING,
    },
    "engine": {"rasa.events": _ADD},
    "operator": {
        "intake.staff": "SELECT, INSERT, UPDATE",
        "intake.team": "SELECT, INSERT, UPDATE",
        "intake.recovery_key": "SELECT, INSERT, UPDATE",
        "intake.case": _READ,
        "intake.case_key": _READ,
        "intake.case_wrap": _READ,
        "intake.case_text": _READ,
        "intake.case_step": _READ,
        "intake.case_reply": "SELECT (id, case_id, state, created_at)",
        "intake.audit": _ADD,
        "keyring.*": _READ,
        "console.*": _ALL,
        "jobs.*": _ALL,
    },
}


def ensure_roles(connection: Connection, keys: KeyProvider) -> None:
    """Make the roles that are missing and set their passwords, hashed here so that no server log can hold them."""
    existing = set(connection.scalars(text("select rolname from pg_roles")))
    pg = connection.connection.driver_connection.pgconn  # type: ignore[union-attr]
    for role in ROLES:
        name = f"amparo_{role}"
        verb = "alter" if name in existing else "create"
        secret = pg.encrypt_password(keys.get(f"db-{role}").hex().encode(), name.encode(), b"scram-sha-256").decode()
        connection.exec_driver_sql(f"{verb} role {name} login password '{secret}'")


def apply(connection: Connection) -> None:
    """Take everything back from every role, then grant what the table says, in the caller's transaction."""
    for statement in _statements(connection):
        connection.exec_driver_sql(statement)


def privileges(role: str, tables: list[str]) -> dict[str, str]:
    """The privileges of a role, by table, for the tables that exist. A longer pattern wins over a shorter one."""
    found = {}
    for table in tables:
        patterns = [p for p in GRANTS[role] if p == table or (p.endswith("*") and table.startswith(p[:-1]))]
        if patterns and (rights := GRANTS[role][max(patterns, key=len)]):
            found[table] = rights
    return found


def tables(connection: Connection) -> list[str]:
    """Every table of our schemas and of the queue, as `schema.table`."""
    query = text("select schemaname || '.' || tablename from pg_tables where schemaname = any(:names) order by 1")
    return list(connection.scalars(query, {"names": [*SCHEMAS, "public"]}))


def _statements(connection: Connection) -> Iterator[str]:
    database = connection.dialect.identifier_preparer.quote(connection.engine.url.database or "amparo")
    yield "revoke all on schema public from public"
    yield f"revoke all on database {database} from public"
    yield f"alter role amparo_engine in database {database} set search_path = rasa"
    existing = tables(connection)
    for role in ROLES:
        yield f"grant connect on database {database} to amparo_{role}"
        yield from _of_role(connection, f"amparo_{role}", privileges(role, existing))


def _of_role(connection: Connection, name: str, rights: dict[str, str]) -> Iterator[str]:
    for schema in (*SCHEMAS, "public"):
        yield f"revoke all on all tables in schema {schema} from {name}"
        yield f"revoke all on all sequences in schema {schema} from {name}"
        yield f"revoke all on schema {schema} from {name}"
    for schema in sorted({table.split(".")[0] for table in rights}):
        yield f"grant usage on schema {schema} to {name}"
    for table, right in rights.items():
        yield f"grant {right} on {table} to {name}"
        if "INSERT" in right:
            yield from (f"grant usage on sequence {sequence} to {name}" for sequence in _sequences(connection, table))


def _sequences(connection: Connection, table: str) -> list[str]:
    query = text(
        "select s.oid::regclass::text from pg_class s join pg_depend d on d.objid = s.oid and d.deptype in ('a', 'i') "
        "where s.relkind = 'S' and d.refclassid = 'pg_class'::regclass and d.refobjid = cast(:table as regclass)"
    )
    return list(connection.scalars(query, {"table": table}))
