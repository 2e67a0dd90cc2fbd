"""`python -m amparo.demo`: what a demo home needs beside empty tables: sample jobs, made-up staff and sample cases."""

import os
import sys
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from amparo import demo_accounts, demo_cases
from amparo.demo_accounts import Account
from channels.models import SendingNumber
from console import accounts
from console.models import KeyFile
from core import logging
from core.clock import shifted, today
from core.config import Settings, load
from core.database import Database
from core.errors import AmparoError
from core.keys import KeyProvider
from core.logging import Log
from intake import keyfile, staff
from intake.models import Staff
from intake.routing import DEFAULT_TEAM
from jobs.importer import import_source
from jobs.sample import Sample

log = Log("demo")
DEMO_PACE = 100
LONG_AGO = timedelta(days=90)


def fill(settings: Settings) -> None:
    """Sample jobs, staff and cases, once; a second start adds nothing."""
    operator, owner = Database(settings, "operator", pool_size=2), Database(settings, "owner", pool_size=1)
    try:
        log.info("sample", accepted=import_source(operator, Sample(today()), today()).accepted)
        _people_and_cases(owner, settings)
        _hurry(owner)
    finally:
        operator.close()
        owner.close()


def _people_and_cases(owner: Database, settings: Settings) -> None:
    people, _ = demo_accounts.ensure(settings.home)
    keys = KeyProvider(settings.keys, "owner")
    with owner.begin() as session:
        if session.scalar(select(Staff.id).where(Staff.email == people[0].email)) is not None:
            return
        with shifted(-LONG_AGO):
            for one in people:
                _add(session, keys, settings.home, one)
        papers = demo_cases.add_all(session, keys)
    demo_accounts.keep_papers(settings.home, papers)


def _hurry(owner: Database) -> None:
    """The local carrier takes what a real one would not: nobody at a demo waits a second for each segment."""
    with owner.begin() as session:
        session.execute(update(SendingNumber).values(segments_per_second=DEMO_PACE))


def _add(session: Session, keys: KeyProvider, home: Path, one: Account) -> None:
    path = one.key_file(home)
    row = staff.add(session, one.email, one.role, DEFAULT_TEAM, _new_key(path, one.passphrase))
    accounts.create(session, keys, row.id, one.password, one.totp)
    if one.passphrase:
        session.add(KeyFile(staff_id=row.id, file=path.read_text(encoding="ascii")))


def _new_key(path: Path, passphrase: str | None) -> bytes | None:
    """A pair for somebody who reads; a file from a start that was broken off goes."""
    if passphrase is None:
        return None
    for left_over in (path, path.with_name(f"{path.name}.pub")):
        left_over.unlink(missing_ok=True)
    return keyfile.write_new(path, passphrase)


def main() -> None:
    """Fill the home of the environment."""
    logging.set_up()
    fill(load(os.environ))


if __name__ == "__main__":
    try:
        main()
    except AmparoError as error:
        sys.exit(str(error))
