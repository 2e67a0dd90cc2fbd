"""`amparo jobs`: import, sync, search and check from the command line."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.orm import Session

from core import clock
from core.config import load
from core.database import Database
from core.errors import AmparoError, Unavailable
from jobs import importer
from jobs.check import check
from jobs.details import details
from jobs.importer import Report
from jobs.query import JobQuery, understand
from jobs.sample import Sample
from jobs.search import JobLine, SearchAnswer, search
from jobs.sync import address, fetch

app = typer.Typer(no_args_is_help=True, help="The register of certified job orders.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Instead of today, YYYY-MM-DD.")]


@app.command("import")
def import_(
    files: Annotated[list[Path] | None, typer.Argument(help="JSON or CSV files of SeasonalJobs orders.")] = None,
    as_of: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day on which the files were true.")
    ] = None,
    sample: Annotated[bool, typer.Option("--sample", help="The invented orders of the demo.")] = False,
    as_json: AsJson = False,
) -> None:
    """Read files into the register; the same file twice changes nothing, a newer one wins.

    Example: `amparo jobs import seasonaljobs.json --as-of 2026-01-13`
    """
    if not files and not sample:
        raise typer.BadParameter("name at least one file, or use --sample")
    day = as_of.date() if as_of else None
    with _database() as database:
        for path in files or []:
            with _bar(path.name, as_json) as progress:
                report = importer.import_file(database, path, day, progress)
            _print_report(report, as_json)
        if sample:
            _print_report(importer.import_source(database, Sample(clock.today()), clock.today()), as_json)


@app.command()
def sync(as_json: AsJson = False) -> None:
    """Fetch the register from AMPARO_JOBS_URL and import it as of today."""
    url = address(os.environ)
    with _database() as database:
        path = fetch(url, load(os.environ).home / "jobs")
        with _bar(path.name, as_json) as progress:
            _print_report(importer.import_file(database, path, clock.today(), progress), as_json)


@app.command("search")
def search_(
    text: str,
    lang: Annotated[str, typer.Option(help="Language of the words: en, es, ht or tl.")] = "en",
    limit: Annotated[int, typer.Option(min=1, max=50)] = 3,
    offset: Annotated[int, typer.Option(min=0)] = 0,
    today: Day = None,
    as_json: AsJson = False,
) -> None:
    """Search as a worker would.

    Example: `amparo jobs search "pizca de naranja en florida" --lang es`
    """
    day = today.date() if today else clock.today()
    query = understand(text, lang, day)
    with _database() as database, database.begin() as session:
        answer = search(session, query, today=day, offset=offset, limit=limit)
        if as_json:
            _print_json(_search_json(session, query, answer, day))
        else:
            _print_search(answer)


@app.command("check")
def check_(text: str, today: Day = None, as_json: AsJson = False) -> None:
    """Is this employer or case number in the register?

    Example: `amparo jobs check "H-300-25312-390600"`
    """
    day = today.date() if today else clock.today()
    with _database() as database, database.begin() as session:
        answer = check(session, text, day)
    if as_json:
        _print_json(asdict(answer))
        return
    for found in answer.found:
        where = f"{found.employer}, {found.place}"
        typer.echo(f"{found.case_number}  {found.status:<9}  {where}  ({found.orders} on offer)")
    typer.echo(f"{answer.total} found, as of {answer.as_of}. A name that is not here proves nothing.")


@contextmanager
def _database() -> Iterator[Database]:
    database = Database(load(os.environ), "operator", pool_size=2)
    try:
        yield database
    except OperationalError:
        raise Unavailable(
            "the database cannot be reached: start it with `amparo up` (or `amparo db`), or set DATABASE_URL"
        ) from None
    except ProgrammingError:
        raise AmparoError("the tables of the register are not there yet: run `amparo migrate`") from None
    finally:
        database.close()


@contextmanager
def _bar(name: str, quiet: bool) -> Iterator[importer.Progress | None]:
    """A progress bar on stderr where a person looks at it."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:,} rows"))
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True)) as progress:
        task = progress.add_task(name, total=None)
        yield lambda rows: progress.update(task, completed=rows)


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, default=str))


def _print_report(report: Report, as_json: bool) -> None:
    if as_json:
        _print_json(report.as_json())
        return
    table = Table(title=f"{report.file} ({report.kind}, {report.seconds:.1f} s)", show_header=False)
    for name in ("rows", "accepted", "merged", "unchanged", "older", "rejected"):
        table.add_row(name, f"{getattr(report, name):,}")
    for reason, count in report.reasons.most_common():
        table.add_row(f"  rejected: {reason}", f"{count:,}")
    for flag, count in report.flags.most_common():
        table.add_row(f"  taken, but: {flag}", f"{count:,}")
    if report.missing_columns:
        table.add_row("columns not in the file", ", ".join(report.missing_columns))
    Console().print(table)


def _search_json(session: Session, query: JobQuery, answer: SearchAnswer, today: date) -> dict[str, Any]:
    return {
        "query": asdict(query),
        "results": [_result_json(session, line, today) for line in answer.results],
        "total": answer.total,
        "as_of": answer.as_of,
        "widened": answer.widened,
    }


def _result_json(session: Session, line: JobLine, today: date) -> dict[str, Any]:
    whole = details(session, line.order_id, today)
    return (asdict(whole) if whole else {}) | asdict(line)


def _print_search(answer: SearchAnswer) -> None:
    for number, line in enumerate(answer.results, 1):
        away = f"  {line.miles} mi" if line.miles is not None else ""
        typer.echo(f"{number}  {line.short_title:<28}  {line.place:<19}  {line.pay:<12}  {line.dates}{away}")
    widened = f", widened: {answer.widened}" if answer.widened else ""
    typer.echo(f"{answer.total} found{widened}, as of {answer.as_of}")
