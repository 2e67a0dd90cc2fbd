"""Tables of the register (schema jobs), in the field's own words: employer, certification, order, worksite, wage."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Float, ForeignKey, Index, Numeric, SmallInteger, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from core.clock import now
from core.database import Base

SCHEMA = {"schema": "jobs"}


class Employer(Base):
    """A firm at its own address. Firms of one name in two places, or `Inc` beside `LLC`, are two employers."""

    __tablename__ = "employer"
    __table_args__ = (
        UniqueConstraint("legal_key", "city_key", "state"),
        Index("ix_employer_name", "name_key", postgresql_using="gin", postgresql_ops={"name_key": "gin_trgm_ops"}),
        Index("ix_employer_trade", "trade_key", postgresql_using="gin", postgresql_ops={"trade_key": "gin_trgm_ops"}),
        SCHEMA,
    )
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    trade_name: Mapped[str] = mapped_column(String(200))
    legal_key: Mapped[str] = mapped_column(String(200))  # letters and digits with the legal suffix: tells firms apart
    name_key: Mapped[str] = mapped_column(String(200))  # without it: finds them
    trade_key: Mapped[str] = mapped_column(String(200))
    city: Mapped[str] = mapped_column(String(100))
    city_key: Mapped[str] = mapped_column(String(100))
    state: Mapped[str] = mapped_column(String(2))
    zip: Mapped[str | None] = mapped_column(String(5))


class Certification(Base):
    """A case of the Department of Labor as it stood on `as_of`. `fingerprint` tells whether a row says anything new."""

    __tablename__ = "certification"
    __table_args__ = (SCHEMA,)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    case_number: Mapped[str] = mapped_column(String(30), unique=True)
    program: Mapped[str] = mapped_column(String(4))  # "H-2A" or "H-2B"
    status: Mapped[str] = mapped_column(String(120))  # as the source prints it
    certified: Mapped[bool]
    begin: Mapped[date | None]
    end: Mapped[date | None]
    as_of: Mapped[date] = mapped_column(index=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey(Employer.id), index=True)
    fingerprint: Mapped[str] = mapped_column(String(32))


class JobOrder(Base):
    """What the employer offers under a certification."""

    __tablename__ = "job_order"
    __table_args__ = (SCHEMA,)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    certification_id: Mapped[int] = mapped_column(ForeignKey(Certification.id), unique=True)
    source_id: Mapped[str] = mapped_column(String(30))
    title: Mapped[str] = mapped_column(String(200))
    title_es: Mapped[str] = mapped_column(String(200))
    soc_code: Mapped[str] = mapped_column(String(10))
    naics_code: Mapped[str] = mapped_column(String(10))
    crop: Mapped[str] = mapped_column(String(200))
    duties: Mapped[str] = mapped_column(Text)
    duties_es: Mapped[str] = mapped_column(Text)
    begin: Mapped[date | None]
    end: Mapped[date | None]
    apply_until: Mapped[date | None]  # the source's active_date: until then US workers are referred
    positions: Mapped[int | None]
    hours: Mapped[float | None] = mapped_column(Float)  # a week
    schedule: Mapped[str] = mapped_column(String(60))
    overtime: Mapped[bool | None]
    experience_months: Mapped[int | None] = mapped_column(SmallInteger)
    requirements: Mapped[str] = mapped_column(Text)
    education: Mapped[str] = mapped_column(String(60))
    apply_phone: Mapped[str] = mapped_column(String(40))
    apply_url: Mapped[str] = mapped_column(String(300))
    flags: Mapped[list[str]] = mapped_column(ARRAY(String(40)))  # fields that could not be believed


class Worksite(Base):
    """Where the work is. `position` says how exact latitude and longitude are: source, zip, city or state."""

    __tablename__ = "worksite"
    __table_args__ = (SCHEMA,)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    job_order_id: Mapped[int] = mapped_column(ForeignKey(JobOrder.id, ondelete="CASCADE"), index=True)
    address: Mapped[str] = mapped_column(String(300))
    city: Mapped[str] = mapped_column(String(100))
    state: Mapped[str | None] = mapped_column(String(2))
    zip: Mapped[str | None] = mapped_column(String(5))
    lat: Mapped[float | None] = mapped_column(Float)
    lon: Mapped[float | None] = mapped_column(Float)
    position: Mapped[str] = mapped_column(String(8))
    more_sites: Mapped[bool]  # the order names further worksites that this record does not hold


class Wage(Base):
    """One rate, as printed in one field of the source. `suspicious`: amount and unit do not fit each other."""

    __tablename__ = "wage"
    __table_args__ = (SCHEMA,)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    job_order_id: Mapped[int] = mapped_column(ForeignKey(JobOrder.id, ondelete="CASCADE"), index=True)
    basis: Mapped[str] = mapped_column(String(10))  # "offer", "h2a", "overtime" or "piece"
    amount: Mapped[float] = mapped_column(Numeric(12, 4, asdecimal=False))
    amount_to: Mapped[float | None] = mapped_column(Numeric(12, 4, asdecimal=False))
    unit: Mapped[str] = mapped_column(String(20))
    source_column: Mapped[str] = mapped_column(String(40))
    suspicious: Mapped[bool]
    note: Mapped[str] = mapped_column(Text)  # the free text beside the amount


class Opening(Base):
    """The search table: one narrow row for each certified order whose end is known. Rebuilt with its order."""

    __tablename__ = "opening"
    __table_args__ = (
        Index("ix_opening_concepts", "concepts", postgresql_using="gin"),
        Index("ix_opening_words", "words", postgresql_using="gin"),
        Index("ix_opening_state_begin", "state", "begin"),
        Index("ix_opening_begin", "begin"),
        Index("ix_opening_earth", text("ll_to_earth(lat, lon)"), postgresql_using="gist"),
        SCHEMA,
    )
    order_id: Mapped[int] = mapped_column(ForeignKey(JobOrder.id, ondelete="CASCADE"), primary_key=True)
    program: Mapped[str] = mapped_column(String(4))
    begin: Mapped[date]
    end: Mapped[date]
    apply_until: Mapped[date | None]
    state: Mapped[str | None] = mapped_column(String(2))
    lat: Mapped[float | None] = mapped_column(Float)
    lon: Mapped[float | None] = mapped_column(Float)
    concepts: Mapped[list[str]] = mapped_column(ARRAY(String(20)))  # of title, SOC code and text, with parents
    title_concepts: Mapped[list[str]] = mapped_column(ARRAY(String(20)))  # of the title alone, with parents
    words: Mapped[str] = mapped_column(TSVECTOR)
    short_title: Mapped[str] = mapped_column(String(28))
    place: Mapped[str] = mapped_column(String(19))
    pay: Mapped[str] = mapped_column(String(12))


class ImportRun(Base):
    """One file that was read, with its report."""

    __tablename__ = "import_run"
    __table_args__ = (SCHEMA,)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    file_name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20))
    as_of: Mapped[date | None]
    started_at: Mapped[datetime] = mapped_column(default=now)
    finished_at: Mapped[datetime | None]
    report: Mapped[dict[str, object]] = mapped_column(JSONB)


class Rejection(Base):
    """A row that was not taken, and why. At most the first thousand of a run are kept; the report counts them all."""

    __tablename__ = "rejection"
    __table_args__ = (SCHEMA,)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey(ImportRun.id, ondelete="CASCADE"), index=True)
    row: Mapped[int]
    reason: Mapped[str] = mapped_column(String(40))
    case_number: Mapped[str] = mapped_column(String(40))
