"""Schemas, PostgreSQL's own extensions in `ext`, and Procrastinate's tables in `public`."""

from typing import Any

from alembic import op
from procrastinate.schema import SchemaManager

from core.database import SCHEMAS

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

EXTENSIONS = ("pg_trgm", "unaccent", "fuzzystrmatch", "cube", "earthdistance")
RASA_EVENTS = """
    create table rasa.events (
        id bigserial primary key, sender_id varchar(255) not null, type_name varchar(255) not null,
        timestamp double precision, intent_name varchar(255), action_name varchar(255), data text
    )
"""
"""What Rasa 3.6.21's SQL tracker store would make for itself. It must not own it: the worker reads and deletes here,
and a trigger of the engine's on a table of its own would run with the worker's rights."""
PATH = '"$user", public, ext'


def upgrade() -> None:
    for schema in (*SCHEMAS, "ext"):
        op.execute(f"create schema {schema}")
    op.execute("grant usage on schema ext to public")
    for extension in EXTENSIONS:
        op.execute(f"create extension if not exists {extension} schema ext")
    op.execute(RASA_EVENTS)
    op.execute("create index ix_events_sender_id on rasa.events (sender_id)")
    _driver().execute(SchemaManager.get_schema())
    database = op.get_bind().exec_driver_sql("select quote_ident(current_database())").scalar()
    op.execute(f"alter database {database} set search_path = {PATH}")
    op.execute(f"set search_path = {PATH}")  # for the revisions that follow in this session


def downgrade() -> None:
    raise NotImplementedError("the first revision is the ground: drop the database instead")


def _driver() -> Any:
    """The driver's connection: Procrastinate's schema is many statements with percent signs in them."""
    return op.get_bind().connection.driver_connection
