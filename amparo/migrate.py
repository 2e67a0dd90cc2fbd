"""`amparo migrate`: keys, roles, tables, grants and first rows. Safe at every start and on many hosts at once."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from alembic import command
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from amparo import grants, guards
from channels import hourly
from channels.models import SendingNumber
from core import postgres
from core.config import Settings
from core.database import ROLES, conninfo, make_engine
from core.keys import KeyProvider, ensure_server_keys
from core.logging import Log
from core.postgres_place import ensure_home
from migrations.new import config_for

log = Log("migrate")
_ONE_AT_A_TIME = 7000


def migrate(settings: Settings, patience: float = 30) -> None:
    """Bring keys and database to where this version needs them."""
    ensure_home(settings)
    ensure_server_keys(settings.keys, ROLES)
    if settings.database_url is None:
        _ensure_database(settings, patience)
    else:
        postgres.wait_ready(conninfo(settings, "owner"), patience)
    engine = make_engine(settings, "owner")
    try:
        with _alone(engine):
            _upgrade(engine, KeyProvider(settings.keys, "owner"))
            _first_rows(engine, settings)
    finally:
        engine.dispose()
    log.info("migrated")


def seed_numbers(session: Session, settings: Settings) -> None:
    """The numbers of the environment become rows; rows that are there stay."""
    for channel, address in (("twilio_sms", settings.sms_number), ("twilio_whatsapp", settings.whatsapp_number)):
        known = select(SendingNumber).filter_by(channel=channel, address=address)
        if address and session.scalars(known).first() is None:
            session.add(SendingNumber(channel=channel, address=address))


def _ensure_database(settings: Settings, patience: float) -> None:
    server = psycopg.conninfo.make_conninfo(conninfo(settings, "owner"), dbname="postgres")
    postgres.wait_ready(server, patience)
    with psycopg.connect(server, autocommit=True) as connection:
        if connection.execute("select 1 from pg_database where datname = 'amparo'").fetchone() is None:
            connection.execute("create database amparo")


@contextmanager
def _alone(engine: Engine) -> Iterator[None]:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("select pg_advisory_lock(:key)"), {"key": _ONE_AT_A_TIME})
        yield
        connection.execute(text("select pg_advisory_unlock(:key)"), {"key": _ONE_AT_A_TIME})


def _upgrade(engine: Engine, keys: KeyProvider) -> None:
    with engine.begin() as connection:
        grants.ensure_roles(connection, keys)
    with engine.connect() as connection:
        command.upgrade(config_for(connection), "head")
        connection.commit()
    with engine.begin() as connection:
        grants.apply(connection)
        guards.apply(connection)


def _first_rows(engine: Engine, settings: Settings) -> None:
    with Session(engine) as session, session.begin():
        hourly.make_ahead(session, KeyProvider(settings.keys, "owner"))
        seed_numbers(session, settings)
