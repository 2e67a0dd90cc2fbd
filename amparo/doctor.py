"""`amparo doctor`: looks at everything an operator can get wrong, and says what to mend."""

import os
import shutil
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from alembic.script import ScriptDirectory
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from amparo.up import missing_to_send
from channels import hourly
from console.accounts import ENOUGH, readers_by_team
from console.addresses import is_loopback
from core.config import ConfigError, Settings, load
from core.database import Database
from core.errors import AmparoError
from intake.models import Role, Staff
from migrations.new import config_for

GOOD, WARNING, FAULT = 0, 1, 2
_MARKS = {GOOD: "ok     ", WARNING: "warning", FAULT: "FAULT  "}
_LOW_DISK = 2_000_000_000


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `level` is GOOD, WARNING or FAULT."""

    level: int
    what: str

    def __str__(self) -> str:
        return f"{_MARKS[self.level]} {self.what}"


def examine(env: Mapping[str, str]) -> Iterator[Finding]:
    """Every check, in the order in which a first start needs them."""
    try:
        settings = load(env)
    except ConfigError as error:
        yield from (Finding(FAULT, fault) for fault in error.faults)
        return
    for check in (_sending, _address, _console, _account, _keys, _disk, _engine, _database):
        yield from check(settings)


def _sending(settings: Settings) -> Iterator[Finding]:
    missing = missing_to_send(settings)
    yield from (Finding(WARNING, fault) for fault in missing)
    if not missing:
        yield Finding(GOOD, "a sending number and Twilio's credentials are set")


def _address(settings: Settings) -> Iterator[Finding]:
    if settings.public_url.startswith("https://"):
        yield Finding(GOOD, f"Twilio's webhooks come to {settings.public_url}")
    else:
        yield Finding(WARNING, "AMPARO_PUBLIC_URL should be the https address that Twilio calls")


def _console(settings: Settings) -> Iterator[Finding]:
    parts = urlsplit(settings.console_url)
    if parts.scheme == "https":
        yield Finding(GOOD, f"staff reach the console at {settings.console_url}")
    elif is_loopback(parts.hostname):
        yield Finding(
            WARNING, "the console is reached from this machine only: set AMPARO_CONSOLE_URL to an https address"
        )
    else:
        yield Finding(FAULT, "AMPARO_CONSOLE_URL must be an https address: the console does not start without")


def _account(settings: Settings) -> Iterator[Finding]:
    if os.geteuid() == 0:
        yield Finding(WARNING, "Amparo runs as root: give it a system account of its own (deploy/ has a unit file)")


def _keys(settings: Settings) -> Iterator[Finding]:
    if not settings.keys.is_dir():
        yield Finding(WARNING, f"no keys in {settings.keys} yet: `amparo migrate` makes them")
        return
    open_to_others = [path for path in _tree(settings.keys) if stat.S_IMODE(path.stat().st_mode) & 0o077]
    if open_to_others:
        yield Finding(
            FAULT,
            f"{len(open_to_others)} key files or folders are open to other accounts: chmod -R go= {settings.keys}",
        )
    else:
        yield Finding(GOOD, f"keys in {settings.keys} are for this account alone")
    if settings.keys.is_relative_to(settings.home):
        yield Finding(
            WARNING, "the keys lie inside the home, so they are in every copy of it: set AMPARO_KEYS to another place"
        )


def _tree(folder: Path) -> list[Path]:
    return [folder, *folder.rglob("*")]


def _disk(settings: Settings) -> Iterator[Finding]:
    place = next(folder for folder in (settings.home, *settings.home.parents) if folder.exists())
    free = shutil.disk_usage(place).free
    level = GOOD if free > _LOW_DISK else WARNING
    yield Finding(level, f"{free / 1e9:.0f} GB free for {settings.home}")


def _engine(settings: Settings) -> Iterator[Finding]:
    from bot import train

    if not (Path(train.__file__).parent / "engine" / ".venv").is_dir():
        yield Finding(FAULT, "the engine's environment is missing: run `make setup`")
    try:
        fits = train.up_to_date(train.MODELS, train.inputs_hash())
    except (AmparoError, OSError):
        fits = False
    yield (
        Finding(GOOD, "a trained model is there")
        if fits
        else Finding(FAULT, "no model fits this version: run `make train`")
    )


def _database(settings: Settings) -> Iterator[Finding]:
    database = Database(settings, "owner", pool_size=1)
    try:
        yield _revision(database)
        yield _hour(database)
        yield from _readers(database)
    except (DBAPIError, psycopg.Error):
        yield Finding(FAULT, "the database does not answer or is empty: start `amparo up`, then ask again")
    finally:
        database.close()


def _revision(database: Database) -> Finding:
    with database.engine.connect() as connection:
        here = connection.scalar(text("select version_num from alembic_version"))
        head = ScriptDirectory.from_config(config_for(connection)).get_current_head()
    if here == head:
        return Finding(GOOD, f"the database is at revision {head}")
    return Finding(FAULT, f"the database is at revision {here}, this version needs {head}: run `amparo migrate`")


def _hour(database: Database) -> Finding:
    try:
        with database.begin() as session:
            return Finding(GOOD, f"messages are sealed to the hour {hourly.current(session).id}")
    except hourly.NoHourlyKey as error:
        return Finding(FAULT, str(error))


def _readers(database: Database) -> Iterator[Finding]:
    with database.begin() as session:
        counts = readers_by_team(session)
        has_admin = session.scalar(
            select(Staff.id).where(Staff.role == Role.ADMIN, Staff.disabled_at.is_(None)).limit(1)
        )
    if not any(count for _, count in counts):
        yield Finding(WARNING, "nobody can read reports, so none are taken: `amparo staff add --role intake`")
    for team, count in counts:
        if count >= ENOUGH:
            yield Finding(GOOD, f"team {team}: {count} members of staff can read reports")
        else:
            yield Finding(
                WARNING, f"team {team} has {count} readers: with fewer than two, a lost passphrase loses its cases"
            )
    if has_admin is None:
        yield Finding(WARNING, "the console has no administrator: `amparo staff add --role admin --email YOU`")
