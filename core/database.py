"""PostgreSQL through SQLAlchemy: the declarative base, UTC times, and one engine per process role."""

import enum
import select
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import DateTime, Dialect, Engine, Enum, MetaData, TypeDecorator, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker

from core.config import Settings
from core.keys import KeyProvider

SCHEMAS = ("inbox", "intake", "keyring", "jobs", "outreach", "rasa", "console")
ROLES = ("gateway", "worker", "actions", "sender", "console", "engine", "operator")
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


_CONNECTION = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "options": "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3",
}
"""A host that loses power must not hold a conversation's lock for hours: both ends notice within half a minute."""


class UtcDateTime(TypeDecorator[datetime]):
    """`timestamptz` that refuses naive datetimes and always answers in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a time without a zone."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a datetime without a time zone reached the database layer")
        return value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Whatever zone the session speaks, answer in UTC."""
        return value.astimezone(UTC) if value is not None else None


def codes(kind: type[enum.StrEnum]) -> Enum:
    """A column of codes, stored by value as plain text: a new code needs no change of type."""
    return Enum(kind, native_enum=False, length=20, values_callable=lambda found: [member.value for member in found])


class Base(DeclarativeBase):
    """Base of every table; each area sets its own schema."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar = {datetime: UtcDateTime()}


def url_for(settings: Settings, role: str) -> URL:
    """The address to reach the database as `role` ("owner" or one of ROLES). Holds a password: never log it."""
    if settings.database_url is None:
        user = "postgres" if role == "owner" else f"amparo_{role}"
        query = {"host": str(settings.socket_dir)}
        return URL.create("postgresql+psycopg", username=user, database="amparo", query=query)
    url = make_url(settings.database_url).set(drivername="postgresql+psycopg")
    if role == "owner":
        return url
    password = KeyProvider(settings.keys, role).get(f"db-{role}").hex()
    return url.set(username=f"amparo_{role}", password=password)


def conninfo(settings: Settings, role: str) -> str:
    """The same address for psycopg and Procrastinate."""
    return url_for(settings, role).set(drivername="postgresql").render_as_string(hide_password=False)


def make_engine(settings: Settings, role: str, **options: Any) -> Engine:
    """An engine for one process role. Parameters never appear in its exceptions or logs."""
    options.setdefault("pool_size", 8)
    engine = create_engine(
        url_for(settings, role),
        hide_parameters=True,
        connect_args={"application_name": f"amparo-{role}", **_CONNECTION},
        **options,
    )
    event.listen(engine, "checkout", _refuse_dead)
    return engine


def _refuse_dead(connection: Any, *_: object) -> None:
    """A pooled connection on which something waits to be read was ended by its server: a new one is made.

    This finds what a ping finds, without asking the server before every transaction.
    """
    if connection.closed or _has_news(connection.fileno()):
        raise InvalidatePoolError


def _has_news(fileno: int) -> bool:
    poll = select.poll()
    poll.register(fileno, select.POLLIN)
    return bool(poll.poll(0))


class Database:
    """Sessions for one process role."""

    def __init__(self, settings: Settings, role: str, **options: Any) -> None:
        self.role = role
        self.engine = make_engine(settings, role, **options)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """One transaction: committed when the block ends, rolled back when it raises."""
        with self._sessions.begin() as session:
            yield session

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()
