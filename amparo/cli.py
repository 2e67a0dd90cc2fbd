"""The command line `amparo`: our own commands, and those of the areas, loaded when they are called."""

import os
import sys
from collections.abc import Callable
from importlib import import_module
from json import dumps
from pathlib import Path
from typing import Annotated, Any

import typer

from amparo.running import demo_home, engine_address
from core import logging
from core.config import Settings, load
from core.errors import AmparoError

AREAS: dict[str, str] = {
    "jobs": "jobs.cli:app",
    "staff": "console.cli:staff_app",
    "keys": "intake.cli:keys_app",
    "cases": "intake.cli:cases_app",
    "audit": "intake.cli:audit_app",
    "chat": "channels.simulator.chat:chat",
}
"""Commands of the areas: where their typer app or command is."""


app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    help="Amparo: a hotline that answers by text.\n\n"
    "Try it: `amparo demo`, then `amparo chat` in a second terminal.\n\n"
    "Run it: set AMPARO_SMS_NUMBER, AMPARO_PUBLIC_URL, TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN, then `amparo up`.",
)

Port = Annotated[int, typer.Option(min=1, max=65534, help="Port of the webhooks; the console gets the next one.")]
Home = Annotated[Path | None, typer.Option(help="Folder of data and keys (default: AMPARO_HOME, else ./var).")]


@app.command()
def up(
    port: Port = 8080,
    home: Home = None,
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 behind no proxy.")] = "127.0.0.1",
    console_host: Annotated[str, typer.Option(help="The same for the console, which is on PORT + 1.")] = "127.0.0.1",
) -> None:
    """Run the hotline: every process, supervised, until Ctrl-C.

    Example: `amparo up --port 8080 --home /srv/amparo`
    """
    from amparo.up import up as run

    _set_home(home)
    run(os.environ, host, port, _say, console_host)


@app.command()
def demo(port: Port = 8080, home: Home = None) -> None:
    """Run everything on this machine with sample jobs and a local carrier; no Twilio account is needed.

    Example: `amparo demo --port 8090`, then `amparo chat`
    """
    from amparo.up import demo as run

    _set_home(home)
    run(os.environ, port, _say)


@app.command()
def db() -> None:
    """Run the embedded PostgreSQL alone, in the foreground (`amparo up` does this for you)."""
    from amparo.db import main as run

    raise typer.Exit(run())


@app.command()
def migrate() -> None:
    """Make keys, roles and tables, or bring them to this version. Safe to repeat; needs the database."""
    from amparo.migrate import migrate as run

    run(_settings())


@app.command()
def train(force: Annotated[bool, typer.Option(help="Even if nothing it is made of has changed.")] = False) -> None:
    """Train the language model of the engine (a few minutes), unless the one that is there fits."""
    from bot.train import train as run

    run(_say, force=force)


@app.command()
def understand() -> None:
    """Read JSON lines `{"text", "lang"?}`, write `{"intent", "confidence", "lang", "crisis"}`.

    Uses the engine of AMPARO_ENGINE_URL and AMPARO_ENGINE_TOKEN, else the one that runs in this home.

    Example: `echo '{"text": "busco trabajo"}' | amparo understand`
    """
    from bot.understand import run

    os.environ.update(engine_address(os.environ))
    run()


@app.command()
def doctor() -> None:
    """Look at configuration, keys, database, engine and staff, and say what to mend.

    Example: `AMPARO_HOME=/srv/amparo amparo doctor`
    """
    from amparo.doctor import examine

    worst = 0
    for finding in examine(os.environ):
        worst = max(worst, finding.level)
        _say(str(finding))
    raise typer.Exit(1 if worst > 1 else 0)


@app.command()
def holdings(json: Annotated[bool, typer.Option(help="As JSON.")] = False) -> None:
    """Print what the live database holds, who could open it, how long it lives, and what can be handed over.

    Example: `amparo holdings --json`
    """
    from amparo import holdings as found
    from core.database import Database

    database = Database(_settings(), "owner", pool_size=1)
    try:
        with database.engine.connect() as connection:
            findings = found.examine(found.live(connection))
    finally:
        database.close()
    _say(dumps(found.as_json(findings), indent=2) if json else "\n".join(found.as_text(findings)))
    raise typer.Exit(1 if findings.unclassified or findings.gone else 0)


def _set_home(home: Path | None) -> None:
    if home is not None:
        os.environ["AMPARO_HOME"] = str(home)


def _settings() -> Settings:
    return load(os.environ)


def _say(line: str) -> None:
    typer.echo(line)
    sys.stdout.flush()


def attach(words: list[str]) -> str | None:
    """Load the commands of the area that is called, or of all of them when no command is: so each starts fast."""
    called = next((word for word in words if not word.startswith("-")), None)
    for name, place in AREAS.items():
        if called in (None, name):
            module, _, attribute = place.partition(":")
            _add(name, getattr(import_module(module), attribute))
    return called


def _add(name: str, found: typer.Typer | Callable[..., Any]) -> None:
    if isinstance(found, typer.Typer):
        app.add_typer(found, name=name)
    else:
        app.command(name)(found)


def main() -> None:
    """Entry of the console script: an expected failure is one message on stderr and exit code 2."""
    logging.set_up()
    called = attach(sys.argv[1:])
    if called in {*AREAS, "understand", "doctor", "holdings"} and (home := demo_home(os.environ)):
        typer.echo(f"amparo: using the running demo in {home}", err=True)
        _set_home(home)
    try:
        app()
    except AmparoError as error:
        typer.echo(f"amparo: {error}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
