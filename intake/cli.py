"""Keys, cases and the audit chain by command line, for operators and readers. Texts are opened here, locally."""

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
from intake.staff import OPERATOR

keys_app = typer.Typer(no_args_is_help=True, help="Key files of readers, made on their own machine.")
cases_app = typer.Typer(no_args_is_help=True, help="Reports, opened with a reader's own key.")
audit_app = typer.Typer(no_args_is_help=True, help="The audit chain.")

KeyOption = Annotated[Path, typer.Option("--key", help="Your key file (AMPARO_PASSPHRASE, or you are asked).")]


@keys_app.command("new")
def keys_new(
    out: Annotated[Path, typer.Option(help="The private half, under a passphrase; FILE.pub is the public.")],
) -> None:
    """Make your own key: send only the .pub file to the operator."""
    with plain_errors():
        public = keyfile.write_new(out, passphrase(confirm=True))
        typer.echo(f"{out} is yours alone; give {out}.pub to the operator. Fingerprint {keyfile.fingerprint(public)}")


@keys_app.command("recovery")
def keys_recovery(public_key: Annotated[Path, typer.Option(help="The .pub file of an offline key.")]) -> None:
    """Wrap every new report to an offline recovery key too."""
    with plain_errors(), operator() as (session, _, _):
        row = staff.add_recovery(session, keyfile.read_public(public_key))
        typer.echo(f"recovery key {row.fingerprint} is in use")


@cases_app.command("list")
def cases_list(as_json: Annotated[bool, typer.Option("--json", help="One JSON array.")] = False) -> None:
    """The clear columns of every case."""
    with plain_errors():
        with operator() as (session, _, _):
            cases = reading.listed(session)
            audit.append(session, OPERATOR, "cases.listed", "cases", count=len(cases))
        lines = ("  ".join(str(value) for value in case.values() if value is not None) for case in cases)
        for line in [json.dumps(cases)] if as_json else lines:
            typer.echo(line)


@cases_app.command("show")
def cases_show(case: Annotated[str, typer.Argument(help="Id or alias.")], key: KeyOption) -> None:
    """Open a case on this machine and print it as JSON. The reading is in the audit chain before a word is printed."""
    with plain_errors():
        private = keyfile.read_private(key, passphrase())
        with operator() as (session, _, _):
            sealed = reading.begin(session, case, private)
        shown = json.dumps(reading.unseal(sealed, private), ensure_ascii=False, indent=2)
        typer.echo(shown.encode("utf-8", "backslashreplace"))  # half of an emoji stays the JSON escape that it is


@audit_app.command("verify")
def audit_verify(head: Annotated[Path | None, typer.Option(help="An exported head to compare with.")] = None) -> None:
    """Walk the whole chain; names the first broken row."""
    with plain_errors():
        with operator() as (session, keys, _):
            exported = audit.read_head(head, keys) if head else None
            result = audit.verify(session, exported)
        if not result.ok:
            typer.echo(f"broken at row {result.broken}: {result.reason} ({result.rows} rows before it hold)", err=True)
            raise typer.Exit(1)
        typer.echo(f"ok: {result.rows} rows")


@audit_app.command("head")
def audit_head() -> None:
    """Print the signed end of the chain; keep it on another machine."""
    with plain_errors(), operator() as (session, keys, _):
        typer.echo(audit.write_head(audit.export_head(session, keys)))


@contextmanager
def operator() -> Iterator[tuple[Session, KeyProvider, Settings]]:
    """One transaction as the operator role, the keys that role may hold, and the settings."""
    settings: Settings = load(os.environ)
    database = Database(settings, "operator", pool_size=1)
    try:
        with database.begin() as session:
            yield session, KeyProvider(settings.keys, "operator"), settings
    finally:
        database.close()


@contextmanager
def plain_errors() -> Iterator[None]:
    """An expected failure is one line on stderr, never a trace: traces show what was in memory."""
    try:
        yield
    except AmparoError as error:
        typer.echo(f"amparo: {error}", err=True)
        raise typer.Exit(1) from None
    except OperationalError:
        typer.echo("amparo: the database does not answer: is `amparo up` or `amparo db` running?", err=True)
        raise typer.Exit(1) from None


def passphrase(confirm: bool = False) -> str:
    """AMPARO_PASSPHRASE, or what the person types."""
    given = os.environ.get("AMPARO_PASSPHRASE")
    if given:
        return given
    if not sys.stdin.isatty():
        raise keyfile.KeyFileFault("set AMPARO_PASSPHRASE, or run this in a terminal to be asked for the passphrase")
    return str(typer.prompt("Passphrase", hide_input=True, confirmation_prompt=confirm, err=True))
