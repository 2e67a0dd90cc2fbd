"""Register of jobs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "employer",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("trade_name", sa.String(length=200), nullable=False),
        sa.Column("legal_key", sa.String(length=200), nullable=False),
        sa.Column("name_key", sa.String(length=200), nullable=False),
        sa.Column("trade_key", sa.String(length=200), nullable=False),
        sa.Column("city", sa.String(length=100), nullable=False),
        sa.Column("city_key", sa.String(length=100), nullable=False),
        sa.Column("state", sa.String(length=2), nullable=False),
        sa.Column("zip", sa.String(length=5), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employer")),
        sa.UniqueConstraint("legal_key", "city_key", "state", name=op.f("uq_employer_legal_key_city_key_state")),
        schema="jobs",
    )
    op.create_index(
        "ix_employer_name",
        "employer",
        ["name_key"],
        unique=False,
        schema="jobs",
        postgresql_using="gin",
        postgresql_ops={"name_key": "gin_trgm_ops"},
    )
    op.create_index(
        "ix_employer_trade",
        "employer",
        ["trade_key"],
        unique=False,
        schema="jobs",
        postgresql_using="gin",
        postgresql_ops={"trade_key": "gin_trgm_ops"},
    )
    op.create_table(
        "import_run",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("report", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
        schema="jobs",
    )
    op.create_table(
        "certification",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("case_number", sa.String(length=30), nullable=False),
        sa.Column("program", sa.String(length=4), nullable=False),
        sa.Column("status", sa.String(length=120), nullable=False),
        sa.Column("certified", sa.Boolean(), nullable=False),
        sa.Column("begin", sa.Date(), nullable=True),
        sa.Column("end", sa.Date(), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("employer_id", sa.BigInteger(), nullable=False),
        sa.Column("fingerprint", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["employer_id"], ["jobs.employer.id"], name=op.f("fk_certification_employer_id_employer")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certification")),
        sa.UniqueConstraint("case_number", name=op.f("uq_certification_case_number")),
        schema="jobs",
    )
    op.create_index(op.f("ix_certification_as_of"), "certification", ["as_of"], unique=False, schema="jobs")
    op.create_index(op.f("ix_certification_employer_id"), "certification", ["employer_id"], unique=False, schema="jobs")
    op.create_table(
        "rejection",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("case_number", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["jobs.import_run.id"], name=op.f("fk_rejection_run_id_import_run"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rejection")),
        schema="jobs",
    )
    op.create_index(op.f("ix_rejection_run_id"), "rejection", ["run_id"], unique=False, schema="jobs")
    op.create_table(
        "job_order",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("certification_id", sa.BigInteger(), nullable=False),
        sa.Column("source_id", sa.String(length=30), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("title_es", sa.String(length=200), nullable=False),
        sa.Column("soc_code", sa.String(length=10), nullable=False),
        sa.Column("naics_code", sa.String(length=10), nullable=False),
        sa.Column("crop", sa.String(length=200), nullable=False),
        sa.Column("duties", sa.Text(), nullable=False),
        sa.Column("duties_es", sa.Text(), nullable=False),
        sa.Column("begin", sa.Date(), nullable=True),
        sa.Column("end", sa.Date(), nullable=True),
        sa.Column("apply_until", sa.Date(), nullable=True),
        sa.Column("positions", sa.Integer(), nullable=True),
        sa.Column("hours", sa.Float(), nullable=True),
        sa.Column("schedule", sa.String(length=60), nullable=False),
        sa.Column("overtime", sa.Boolean(), nullable=True),
        sa.Column("experience_months", sa.SmallInteger(), nullable=True),
        sa.Column("requirements", sa.Text(), nullable=False),
        sa.Column("education", sa.String(length=60), nullable=False),
        sa.Column("apply_phone", sa.String(length=40), nullable=False),
        sa.Column("apply_url", sa.String(length=300), nullable=False),
        sa.Column("flags", postgresql.ARRAY(sa.String(length=40)), nullable=False),
        sa.ForeignKeyConstraint(
            ["certification_id"], ["jobs.certification.id"], name=op.f("fk_job_order_certification_id_certification")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_order")),
        sa.UniqueConstraint("certification_id", name=op.f("uq_job_order_certification_id")),
        schema="jobs",
    )
    op.create_table(
        "opening",
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("program", sa.String(length=4), nullable=False),
        sa.Column("begin", sa.Date(), nullable=False),
        sa.Column("end", sa.Date(), nullable=False),
        sa.Column("apply_until", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=2), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("concepts", postgresql.ARRAY(sa.String(length=20)), nullable=False),
        sa.Column("title_concepts", postgresql.ARRAY(sa.String(length=20)), nullable=False),
        sa.Column("words", postgresql.TSVECTOR(), nullable=False),
        sa.Column("short_title", sa.String(length=28), nullable=False),
        sa.Column("place", sa.String(length=19), nullable=False),
        sa.Column("pay", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["jobs.job_order.id"], name=op.f("fk_opening_order_id_job_order"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_opening")),
        schema="jobs",
    )
    op.create_index("ix_opening_begin", "opening", ["begin"], unique=False, schema="jobs")
    op.create_index("ix_opening_concepts", "opening", ["concepts"], unique=False, schema="jobs", postgresql_using="gin")
    op.create_index(
        "ix_opening_earth",
        "opening",
        [sa.literal_column("ll_to_earth(lat, lon)")],
        unique=False,
        schema="jobs",
        postgresql_using="gist",
    )
    op.create_index("ix_opening_state_begin", "opening", ["state", "begin"], unique=False, schema="jobs")
    op.create_index("ix_opening_words", "opening", ["words"], unique=False, schema="jobs", postgresql_using="gin")
    op.create_table(
        "wage",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("job_order_id", sa.BigInteger(), nullable=False),
        sa.Column("basis", sa.String(length=10), nullable=False),
        sa.Column("amount", sa.Numeric(precision=12, scale=4, asdecimal=False), nullable=False),
        sa.Column("amount_to", sa.Numeric(precision=12, scale=4, asdecimal=False), nullable=True),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("source_column", sa.String(length=40), nullable=False),
        sa.Column("suspicious", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["job_order_id"], ["jobs.job_order.id"], name=op.f("fk_wage_job_order_id_job_order"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wage")),
        schema="jobs",
    )
    op.create_index(op.f("ix_wage_job_order_id"), "wage", ["job_order_id"], unique=False, schema="jobs")
    op.create_table(
        "worksite",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("job_order_id", sa.BigInteger(), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("city", sa.String(length=100), nullable=False),
        sa.Column("state", sa.String(length=2), nullable=True),
        sa.Column("zip", sa.String(length=5), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("position", sa.String(length=8), nullable=False),
        sa.Column("more_sites", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["job_order_id"], ["jobs.job_order.id"], name=op.f("fk_worksite_job_order_id_job_order"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worksite")),
        schema="jobs",
    )
    op.create_index(op.f("ix_worksite_job_order_id"), "worksite", ["job_order_id"], unique=False, schema="jobs")


def downgrade() -> None:
    op.drop_index(op.f("ix_worksite_job_order_id"), table_name="worksite", schema="jobs")
    op.drop_table("worksite", schema="jobs")
    op.drop_index(op.f("ix_wage_job_order_id"), table_name="wage", schema="jobs")
    op.drop_table("wage", schema="jobs")
    op.drop_index("ix_opening_words", table_name="opening", schema="jobs", postgresql_using="gin")
    op.drop_index("ix_opening_state_begin", table_name="opening", schema="jobs")
    op.drop_index("ix_opening_earth", table_name="opening", schema="jobs", postgresql_using="gist")
    op.drop_index("ix_opening_concepts", table_name="opening", schema="jobs", postgresql_using="gin")
    op.drop_index("ix_opening_begin", table_name="opening", schema="jobs")
    op.drop_table("opening", schema="jobs")
    op.drop_table("job_order", schema="jobs")
    op.drop_index(op.f("ix_rejection_run_id"), table_name="rejection", schema="jobs")
    op.drop_table("rejection", schema="jobs")
    op.drop_index(op.f("ix_certification_employer_id"), table_name="certification", schema="jobs")
    op.drop_index(op.f("ix_certification_as_of"), table_name="certification", schema="jobs")
    op.drop_table("certification", schema="jobs")
    op.drop_table("import_run", schema="jobs")
    op.drop_index(
        "ix_employer_trade",
        table_name="employer",
        schema="jobs",
        postgresql_using="gin",
        postgresql_ops={"trade_key": "gin_trgm_ops"},
    )
    op.drop_index(
        "ix_employer_name",
        table_name="employer",
        schema="jobs",
        postgresql_using="gin",
        postgresql_ops={"name_key": "gin_trgm_ops"},
    )
    op.drop_table("employer", schema="jobs")
