"""`python -m amparo.demo`: what a demo home needs beside empty tables: sample jobs and one reader of reports."""

import os
import sys
from pathlib import Path

from sqlalchemy import func, select, update

from amparo.up import DEMO_PASSPHRASE, demo_key
from channels.models import SendingNumber
from core import logging
from core.clock import today
from core.config import Settings, load
from core.database import Database
from core.errors import AmparoError
from core.logging import Log
from intake import keyfile, staff
from intake.models import Role, Staff
from intake.routing import DEFAULT_TEAM
from jobs.importer import import_source
from jobs.sample import Sample

log = Log("demo")
DEMO_PACE = 100
READER = "demo@intake.example.org"


def fill(settings: Settings) -> None:
    """Sample jobs and a reader, once; a second start adds nothing."""
    database = Database(settings, "operator", pool_size=2)
    try:
        log.info("sample", accepted=import_source(database, Sample(today()), today()).accepted)
        _add_reader(database, demo_key(settings.home))
    finally:
        database.close()
    _hurry(settings)


def _hurry(settings: Settings) -> None:
    """The local carrier takes what a real one would not: nobody at a demo waits a second for each segment."""
    owner = Database(settings, "owner", pool_size=1)
    with owner.begin() as session:
        session.execute(update(SendingNumber).values(segments_per_second=DEMO_PACE))
    owner.close()


def _add_reader(database: Database, key: Path) -> None:
    with database.begin() as session:
        if session.scalar(select(func.count()).select_from(Staff).where(Staff.email == READER)):
            return
        for left_over in (key, key.with_name(f"{key.name}.pub")):
            left_over.unlink(missing_ok=True)
        staff.add(session, READER, Role.INTAKE, DEFAULT_TEAM, keyfile.write_new(key, DEMO_PASSPHRASE))


def main() -> None:
    """Fill the home of the environment."""
    logging.set_up()
    fill(load(os.environ))


if __name__ == "__main__":
    try:
        main()
    except AmparoError as error:
        sys.exit(str(error))
