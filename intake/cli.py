"""Staff, keys, cases and the audit chain by command line, for operators and readers. Texts are opened here, locally."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from core.config import Settings, load
from core.database import Database
from core.errors import AmparoError
from core.keys import KeyProvider
from intake import audit, keyfile, reading, staff
from intake.models import Role
from intake.routing import DEFAULT_TEAM
from intake.staff import OPERATOR

staff_app = typer.Typer(no_args_is_help=True, help="Members of staff: who may read reports.")
keys_app = typer.Typer(no_args_is_help=True, help="Key files of readers, made on their own machine.")
cases_app = typer.Typer(no_args_is_help=True, help="Reports, opened with a reader's own key.")
audit_app = typer.Typer(no_args_is_help=True, help="The audit chain.")

KeyOption = Annotated[Path, typer.Option("--key", help="Your key file (AMPARO_PASSPHRASE, or you are asked).")]


@staff_app.command("add")
def staff_add(
    email: Annotated[str, typer.Option()],
    role: Annotated[Role, typer.Option()],
    public_key: Annotated[Path | None, typer.Option(help="The .pub file of the person's own key.")] = None,
    key_out: Annotated[Path | None, typer.Option(help="Make the key here. For demo and tests only.")] = None,
    team: Annotated[str, typer.Option()] = DEFAULT_TEAM,
) -> None:
    """Add a member of staff. Only role `intake` with a key reads reports."""
    with _plain_errors():
        if public_key and key_out:
            raise keyfile.KeyFileFault("give --public-key or --key-out, not both")
        public = keyfile.read_public(public_key) if public_key else None
        passphrase = _passphrase(confirm=True) if key_out else ""
        with _session() as (session, _):
            staff.check(session, email, role)  # before a key file is written that nothing would use
            if key_out:
                typer.echo(
                    "--key-out is for demo and tests: a reader makes a real key with `amparo keys new`", err=True
                )
                public = keyfile.write_new(key_out, passphrase)
            row = staff.add(session, email, role, team, public)
        typer.echo(f"added {row.email} ({role.value}, team {team}), key {row.fingerprint or 'none yet'}")


@staff_app.command("disable")
def staff_disable(email: Annotated[str, typer.Option()]) -> None:
    """Stop somebody from reading: no new report is wrapped to them."""
    with _plain_errors(), _session() as (session, _):
        typer.echo(f"disabled {staff.disable(session, email).email}")


@keys_app.command("new")
def keys_new(
    out: Annotated[Path, typer.Option(help="The private half, under a passphrase; FILE.pub is the public.")],
) -> None:
    """Make your own key: send only the .pub file to the operator."""
    with _plain_errors():
        public = keyfile.write_new(out, _passphrase(confirm=True))
        typer.echo(f"{out} is yours alone; give {out}.pub to the operator. Fingerprint {keyfile.fingerprint(public)}")


@keys_app.command("recovery")
def keys_recovery(public_key: Annotated[Path, typer.Option(help="The .pub file of an offline key.")]) -> None:
    """Wrap every new report to an offline recovery key too."""
    with _plain_errors(), _session() as (session, _):
        row = staff.add_recovery(session, keyfile.read_public(public_key))
        typer.echo(f"recovery key {row.fingerprint} is in use")


@cases_app.command("list")
def cases_list(as_json: Annotated[bool, typer.Option("--json", help="One JSON array.")] = False) -> None:
    """The clear columns of every case."""
    with _plain_errors():
        with _session() as (session, _):
            cases = reading.listed(session)
            audit.append(session, OPERATOR, "cases.listed", "cases", count=len(cases))
        lines = ("  ".join(str(value) for value in case.values() if value is not None) for case in cases)
        for line in [json.dumps(cases)] if as_json else lines:
            typer.echo(line)


@cases_app.command("show")
def cases_show(case: Annotated[str, typer.Argument(help="Id or alias.")], key: KeyOption) -> None:
    """Open a case on this machine and print it as JSON. The reading is in the audit chain before a word is printed."""
    with _plain_errors():
        private = keyfile.read_private(key, _passphrase())
        with _session() as (session, _):
            sealed = reading.begin(session, case, private)
        shown = json.dumps(reading.unseal(sealed, private), ensure_ascii=False, indent=2)
        typer.echo(shown.encode("utf-8", "backslashreplace"))  # half of an emoji stays the JSON escape that it is


@audit_app.command("verify")
def audit_verify(head: Annotated[Path | None, typer.Option(help="An exported head to compare with.")] = None) -> None:
    """Walk the whole chain; names the first broken row."""
    with _plain_errors():
        with _session() as (session, keys):
            exported = audit.read_head(head, keys) if head else None
            result = audit.verify(session, exported)
        if not result.ok:
            typer.echo(f"broken at row {result.broken}: {result.reason} ({result.rows} rows before it hold)", err=True)
            raise typer.Exit(1)
        typer.echo(f"ok: {result.rows} rows")


@audit_app.command("head")
def audit_head() -> None:
    """Print the signed end of the chain; keep it on another machine."""
    with _plain_errors(), _session() as (session, keys):
        typer.echo(audit.write_head(audit.export_head(session, keys)))


@contextmanager
def _session() -> Iterator[tuple[Session, KeyProvider]]:
    """One transaction as the operator role, and the keys that role may hold."""
    settings: Settings = load(os.environ)
    database = Database(settings, "operator", pool_size=1)
    try:
        with database.begin() as session:
            yield session, KeyProvider(settings.keys, "operator")
    finally:
        database.close()


@contextmanager
def _plain_errors() -> Iterator[None]:
    """An expected failure is one line on stderr, never a trace: traces show what was in memory."""
    try:
        yield
    except AmparoError as error:
        typer.echo(f"amparo: {error}", err=True)
        raise typer.Exit(1) from None
    except OperationalError:
        typer.echo("amparo: the database does not answer: is `amparo up` or `amparo db` running?", err=True)
        raise typer.Exit(1) from None


def _passphrase(confirm: bool = False) -> str:
    given = os.environ.get("AMPARO_PASSPHRASE")
    if given:
        return given
    if not sys.stdin.isatty():
        raise keyfile.KeyFileFault("set AMPARO_PASSPHRASE, or run this in a terminal to be asked for the passphrase")
    return str(typer.prompt("Passphrase", hide_input=True, confirmation_prompt=confirm, err=True))
