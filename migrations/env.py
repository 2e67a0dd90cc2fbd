"""Alembic's entry: runs on the connection that `amparo migrate` (or a test) hands over."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from core.database import UtcDateTime
from migrations.models import metadata, ours


def render(kind: str, item: Any, _: AutogenContext) -> str | Literal[False]:
    """Migrations must not change when our own types do: write what they are in the database."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata(),
    version_table_schema="public",
    include_schemas=True,
    include_name=ours,
    render_item=render,
    compare_type=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
