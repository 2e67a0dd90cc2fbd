"""Mailroom and turns."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hourly_key",
        sa.Column("id", sa.String(length=10), nullable=False),
        sa.Column("public", sa.LargeBinary(length=32), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hourly_key")),
        schema="inbox",
    )
    op.create_table(
        "redaction",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("provider_id", sa.LargeBinary(), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redaction")),
        schema="inbox",
    )
    op.create_table(
        "sending_number",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("address", sa.String(length=40), nullable=False),
        sa.Column("segments_per_second", sa.SmallInteger(), nullable=False),
        sa.Column("next_free_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sending_number")),
        sa.UniqueConstraint("channel", "address", name=op.f("uq_sending_number_channel_address")),
        schema="inbox",
    )
    op.create_table(
        "conversation",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("sending_number_id", sa.Integer(), nullable=False),
        sa.Column("phone_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("alias", sa.String(length=12), nullable=False),
        sa.Column("rung", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("language_chosen", sa.Boolean(), nullable=False),
        sa.Column("memory", sa.LargeBinary(), nullable=True),
        sa.Column("last_inbound_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_waiting_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["sending_number_id"],
            ["inbox.sending_number.id"],
            name=op.f("fk_conversation_sending_number_id_sending_number"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation")),
        sa.UniqueConstraint("alias", name=op.f("uq_conversation_alias")),
        sa.UniqueConstraint(
            "sending_number_id", "phone_hash", name=op.f("uq_conversation_sending_number_id_phone_hash")
        ),
        schema="inbox",
    )
    op.create_table(
        "opt_out",
        sa.Column("sending_number_id", sa.Integer(), nullable=False),
        sa.Column("phone_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["sending_number_id"], ["inbox.sending_number.id"], name=op.f("fk_opt_out_sending_number_id_sending_number")
        ),
        sa.PrimaryKeyConstraint("sending_number_id", "phone_hash", name=op.f("pk_opt_out")),
        schema="inbox",
    )
    op.create_table(
        "contact",
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["inbox.conversation.id"], name=op.f("fk_contact_conversation_id_conversation")
        ),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_contact")),
        schema="inbox",
    )
    op.create_table(
        "message",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("provider_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("opt_out_type", sa.String(length=8), nullable=True),
        sa.Column("hour", sa.String(length=10), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column(
            "state", sa.Enum("new", "done", "parked", name="messagestate", native_enum=False, length=20), nullable=False
        ),
        sa.Column("gated", sa.Boolean(), nullable=False),
        sa.Column("failures", sa.SmallInteger(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["inbox.conversation.id"], name=op.f("fk_message_conversation_id_conversation")
        ),
        sa.ForeignKeyConstraint(["hour"], ["inbox.hourly_key.id"], name=op.f("fk_message_hour_hourly_key")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("channel", "provider_hash", name=op.f("uq_message_channel_provider_hash")),
        schema="inbox",
    )
    op.create_index(
        "ix_message_hour",
        "message",
        ["hour"],
        unique=False,
        schema="inbox",
        postgresql_where=sa.text("hour is not null"),
    )
    op.create_index(
        "ix_message_open",
        "message",
        ["conversation_id", "id"],
        unique=False,
        schema="inbox",
        postgresql_where=sa.text("state = 'new'"),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("source_id", sa.BigInteger(), nullable=False),
        sa.Column("ordinal", sa.SmallInteger(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("even_if_opted_out", sa.Boolean(), nullable=False),
        sa.Column("hour", sa.String(length=10), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("segments", sa.SmallInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "ready",
                "held",
                "sending",
                "accepted",
                "sent",
                "delivered",
                "read",
                "failed",
                "suppressed",
                name="outboxstate",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("attempt", sa.SmallInteger(), nullable=False),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sending_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answers", sa.DateTime(timezone=True), nullable=True),
        sa.Column("provider_id", sa.LargeBinary(), nullable=True),
        sa.Column("error_code", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["inbox.conversation.id"], name=op.f("fk_outbox_conversation_id_conversation")
        ),
        sa.ForeignKeyConstraint(["hour"], ["inbox.hourly_key.id"], name=op.f("fk_outbox_hour_hourly_key")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("source", "source_id", "ordinal", name=op.f("uq_outbox_source_source_id_ordinal")),
        schema="inbox",
    )
    op.create_index(
        "ix_outbox_hour", "outbox", ["hour"], unique=False, schema="inbox", postgresql_where=sa.text("hour is not null")
    )
    op.create_index(
        "ix_outbox_open",
        "outbox",
        ["conversation_id", "id"],
        unique=False,
        schema="inbox",
        postgresql_where=sa.text("state in ('ready', 'held', 'sending')"),
    )
    op.create_table(
        "turn",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("mark", sa.BigInteger(), nullable=False),
        sa.Column("in_progress", sa.Boolean(), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["inbox.conversation.id"], name=op.f("fk_turn_conversation_id_conversation")
        ),
        sa.ForeignKeyConstraint(["message_id"], ["inbox.message.id"], name=op.f("fk_turn_message_id_message")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_turn")),
        sa.UniqueConstraint("message_id", name=op.f("uq_turn_message_id")),
        schema="inbox",
    )
    op.create_table(
        "turn_action",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("turn_id", sa.BigInteger(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["turn_id"], ["inbox.turn.id"], name=op.f("fk_turn_action_turn_id_turn")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_turn_action")),
        schema="inbox",
    )
    op.create_table(
        "turn_input",
        sa.Column("turn_id", sa.BigInteger(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("hour", sa.String(length=10), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["hour"], ["inbox.hourly_key.id"], name=op.f("fk_turn_input_hour_hourly_key")),
        sa.ForeignKeyConstraint(["turn_id"], ["inbox.turn.id"], name=op.f("fk_turn_input_turn_id_turn")),
        sa.PrimaryKeyConstraint("turn_id", name=op.f("pk_turn_input")),
        schema="inbox",
    )
    op.create_table(
        "turn_line",
        sa.Column("turn_id", sa.BigInteger(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.String(length=4), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("hour", sa.String(length=10), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["hour"], ["inbox.hourly_key.id"], name=op.f("fk_turn_line_hour_hourly_key")),
        sa.ForeignKeyConstraint(["turn_id"], ["inbox.turn.id"], name=op.f("fk_turn_line_turn_id_turn")),
        sa.PrimaryKeyConstraint("turn_id", "attempt", "ordinal", name=op.f("pk_turn_line")),
        schema="inbox",
    )


def downgrade() -> None:
    op.drop_table("turn_line", schema="inbox")
    op.drop_table("turn_input", schema="inbox")
    op.drop_table("turn_action", schema="inbox")
    op.drop_table("turn", schema="inbox")
    op.drop_index(
        "ix_outbox_open",
        table_name="outbox",
        schema="inbox",
        postgresql_where=sa.text("state in ('ready', 'held', 'sending')"),
    )
    op.drop_index("ix_outbox_hour", table_name="outbox", schema="inbox", postgresql_where=sa.text("hour is not null"))
    op.drop_table("outbox", schema="inbox")
    op.drop_index("ix_message_open", table_name="message", schema="inbox", postgresql_where=sa.text("state = 'new'"))
    op.drop_index("ix_message_hour", table_name="message", schema="inbox", postgresql_where=sa.text("hour is not null"))
    op.drop_table("message", schema="inbox")
    op.drop_table("contact", schema="inbox")
    op.drop_table("opt_out", schema="inbox")
    op.drop_table("conversation", schema="inbox")
    op.drop_table("sending_number", schema="inbox")
    op.drop_table("redaction", schema="inbox")
    op.drop_table("hourly_key", schema="inbox")
