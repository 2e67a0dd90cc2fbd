"""Members of staff by command line: who may sign in and read. The first administrator begins here."""

from pathlib import Path
from typing import Annotated

import typer

from console import accounts, links
from intake import keyfile, staff
from intake.cli import operator, passphrase, plain_errors
from intake.models import Role
from intake.routing import DEFAULT_TEAM
from intake.staff import OPERATOR

staff_app = typer.Typer(no_args_is_help=True, help="Members of staff: who may sign in to the console and read reports.")
_HAND_OVER = "Give this link to the person yourself, never by e-mail or SMS. It works once, for 72 hours:"


@staff_app.command("add")
def staff_add(
    email: Annotated[str, typer.Option()],
    role: Annotated[Role, typer.Option()],
    public_key: Annotated[Path | None, typer.Option(help="The .pub file of the person's own key.")] = None,
    key_out: Annotated[Path | None, typer.Option(help="Make the key here. For demo and tests only.")] = None,
    team: Annotated[str, typer.Option()] = DEFAULT_TEAM,
) -> None:
    """Add a member of staff. Without a key, prints the one-time link to set up the account."""
    with plain_errors():
        if public_key and key_out:
            raise keyfile.KeyFileFault("give --public-key or --key-out, not both")
        public = keyfile.read_public(public_key) if public_key else None
        phrase = passphrase(confirm=True) if key_out else ""
        link = None
        with operator() as (session, _, settings):
            staff.check(session, email, role)  # before a key file is written that nothing would use
            if key_out:
                typer.echo(
                    "--key-out is for demo and tests: a reader makes a real key with `amparo keys new`", err=True
                )
                public = keyfile.write_new(key_out, phrase)
            row = staff.add(session, email, role, team, public)
            if public is None:
                link = links.make(session, row, settings.console_url, OPERATOR)
        typer.echo(f"added {row.email} ({role.value}, team {team}), key {row.fingerprint or 'none yet'}")
        _show(link)


@staff_app.command("reset-link")
def staff_reset_link(email: Annotated[str, typer.Option()]) -> None:
    """Print a new link for somebody who lost password, phone or passphrase. A new key may be made with it.

    Password and second factor end now. The old key's cases go when the new key is made; the page People takes them at
    once.
    """
    with plain_errors():
        with operator() as (session, _, settings):
            row = staff.find(session, email)
            if row.disabled_at is not None:
                raise staff.StaffFault("this person's access has ended")
            link = links.make(session, row, settings.console_url, OPERATOR, links.RESET, new_key=True)
            accounts.reset(session, row, OPERATOR, key=False)
        _show(link)


@staff_app.command("disable")
def staff_disable(email: Annotated[str, typer.Option()]) -> None:
    """End somebody's access: sign-in, sessions, and wraps of new reports."""
    with plain_errors(), operator() as (session, _, _):
        typer.echo(f"disabled {staff.disable(session, email).email}")


def _show(link: str | None) -> None:
    if link:
        typer.echo(_HAND_OVER, err=True)
        typer.echo(link)
