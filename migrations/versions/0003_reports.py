"""Reports."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("object", sa.String(length=60), nullable=False),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_audit")),
        schema="intake",
    )
    op.create_table(
        "recovery_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("fingerprint", sa.String(length=39), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_key")),
        sa.UniqueConstraint("public_key", name=op.f("uq_recovery_key_public_key")),
        schema="intake",
    )
    op.create_table(
        "team",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
        sa.UniqueConstraint("name", name=op.f("uq_team_name")),
        schema="intake",
    )
    op.create_table(
        "case_shred",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_shred")),
        schema="keyring",
    )
    op.create_table(
        "case",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("alias", sa.String(length=12), nullable=False),
        sa.Column("team", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=2), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("urgency", sa.SmallInteger(), nullable=False),
        sa.Column(
            "status",
            sa.Enum("received", "accepted", "declined", "closed", name="casestatus", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("opened", sa.Date(), nullable=False),
        sa.Column("next_deadline", sa.Date(), nullable=True),
        sa.CheckConstraint("urgency between 1 and 3", name=op.f("ck_case_urgency")),
        sa.ForeignKeyConstraint(["team"], ["intake.team.name"], name=op.f("fk_case_team_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case")),
        sa.UniqueConstraint("alias", name=op.f("uq_case_alias")),
        schema="intake",
    )
    op.create_table(
        "staff",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column(
            "role",
            sa.Enum("admin", "intake", "officer", "auditor", "campaigner", name="role", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(length=32), nullable=True),
        sa.Column("fingerprint", sa.String(length=39), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["team_id"], ["intake.team.id"], name=op.f("fk_staff_team_id_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("email", name=op.f("uq_staff_email")),
        sa.UniqueConstraint("public_key", name=op.f("uq_staff_public_key")),
        schema="intake",
    )
    op.create_table(
        "attempt",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["inbox.conversation.id"], name=op.f("fk_attempt_conversation_id_conversation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
        schema="intake",
    )
    op.create_index(op.f("ix_attempt_at"), "attempt", ["at"], unique=False, schema="intake")
    op.create_index("ix_attempt_conversation", "attempt", ["conversation_id", "at"], unique=False, schema="intake")
    op.create_table(
        "case_key",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.SmallInteger(), nullable=False),
        sa.Column("public", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["intake.case.id"], name=op.f("fk_case_key_case_id_case")),
        sa.PrimaryKeyConstraint("case_id", "epoch", name=op.f("pk_case_key")),
        schema="intake",
    )
    op.create_table(
        "case_link",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["intake.case.id"], name=op.f("fk_case_link_case_id_case")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["inbox.conversation.id"], name=op.f("fk_case_link_conversation_id_conversation")
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_link")),
        schema="intake",
    )
    op.create_index(
        op.f("ix_case_link_conversation_id"), "case_link", ["conversation_id"], unique=False, schema="intake"
    )
    op.create_table(
        "case_text",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("epoch", sa.SmallInteger(), nullable=False),
        sa.Column("direction", sa.String(length=3), nullable=False),
        sa.Column("part", sa.String(length=20), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["intake.case.id"], name=op.f("fk_case_text_case_id_case")),
        sa.PrimaryKeyConstraint("case_id", "seq", name=op.f("pk_case_text")),
        schema="intake",
    )
    op.create_table(
        "case_wrap",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.SmallInteger(), nullable=False),
        sa.Column("reader", sa.String(length=20), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["intake.case.id"], name=op.f("fk_case_wrap_case_id_case")),
        sa.PrimaryKeyConstraint("case_id", "epoch", "reader", name=op.f("pk_case_wrap")),
        schema="intake",
    )
    op.create_table(
        "draft",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Enum("pending", "open", name="draftstate", native_enum=False, length=20), nullable=False),
        sa.Column("idle_days", sa.SmallInteger(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("case_public", sa.LargeBinary(length=32), nullable=False),
        sa.Column("epoch", sa.SmallInteger(), nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.Column("pin_lookup", sa.LargeBinary(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["inbox.conversation.id"], name=op.f("fk_draft_conversation_id_conversation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("conversation_id", name=op.f("uq_draft_conversation_id")),
        schema="intake",
    )
    op.create_index(op.f("ix_draft_expires_at"), "draft", ["expires_at"], unique=False, schema="intake")
    op.create_table(
        "receipt",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("lookup", sa.LargeBinary(length=32), nullable=False),
        sa.Column("kind", sa.Enum("receipt", "pin", name="receiptkind", native_enum=False, length=20), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["intake.case.id"], name=op.f("fk_receipt_case_id_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        schema="intake",
    )
    op.create_index(op.f("ix_receipt_lookup"), "receipt", ["lookup"], unique=False, schema="intake")
    op.create_index(
        "uq_receipt_receipt",
        "receipt",
        ["lookup"],
        unique=True,
        schema="intake",
        postgresql_where=sa.text("kind = 'receipt'"),
    )
    op.create_table(
        "draft_text",
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("part", sa.String(length=20), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["intake.draft.id"], name=op.f("fk_draft_text_draft_id_draft"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("draft_id", "seq", name=op.f("pk_draft_text")),
        schema="intake",
    )
    op.create_table(
        "draft_wrap",
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("reader", sa.String(length=20), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["intake.draft.id"], name=op.f("fk_draft_wrap_draft_id_draft"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("draft_id", "reader", name=op.f("pk_draft_wrap")),
        schema="intake",
    )


def downgrade() -> None:
    op.drop_table("draft_wrap", schema="intake")
    op.drop_table("draft_text", schema="intake")
    op.drop_index(
        "uq_receipt_receipt", table_name="receipt", schema="intake", postgresql_where=sa.text("kind = 'receipt'")
    )
    op.drop_index(op.f("ix_receipt_lookup"), table_name="receipt", schema="intake")
    op.drop_table("receipt", schema="intake")
    op.drop_index(op.f("ix_draft_expires_at"), table_name="draft", schema="intake")
    op.drop_table("draft", schema="intake")
    op.drop_table("case_wrap", schema="intake")
    op.drop_table("case_text", schema="intake")
    op.drop_index(op.f("ix_case_link_conversation_id"), table_name="case_link", schema="intake")
    op.drop_table("case_link", schema="intake")
    op.drop_table("case_key", schema="intake")
    op.drop_index("ix_attempt_conversation", table_name="attempt", schema="intake")
    op.drop_index(op.f("ix_attempt_at"), table_name="attempt", schema="intake")
    op.drop_table("attempt", schema="intake")
    op.drop_table("staff", schema="intake")
    op.drop_table("case", schema="intake")
    op.drop_table("case_shred", schema="keyring")
    op.drop_table("team", schema="intake")
    op.drop_table("recovery_key", schema="intake")
    op.drop_table("audit", schema="intake")
