"""Reads a file into the register: streamed, in batches, with a report. No bad row ever stops it."""

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path

from sqlalchemy import insert, text, update
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from core.clock import now, today
from core.database import Database
from core.logging import Log
from jobs import records, register, sources
from jobs.models import ImportRun, Rejection
from jobs.statuses import is_certified

log = Log("jobs")
BATCH = 500
_KEPT_REJECTIONS = 1_000
_DAY_IN_NAME = re.compile(r"(20\d{2})-(\d{2})-(\d{2})")

type Progress = Callable[[int], None]
type Item = tuple[int, dict[str, object] | str]


@dataclass
class Report:
    """What became of every row. `flags` counts fields that could not be believed in rows that were taken."""

    file: str
    kind: str
    rows: int = 0
    accepted: int = 0
    merged: int = 0
    unchanged: int = 0
    older: int = 0
    rejected: int = 0
    certified: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    flags: Counter[str] = field(default_factory=Counter)
    missing_columns: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def as_json(self) -> dict[str, object]:
        """Plain values for JSON."""
        counted = {"reasons": dict(self.reasons.most_common()), "flags": dict(self.flags.most_common())}
        return asdict(self) | counted


@dataclass
class _Batch:
    """Rows read, sorted into records and refusals."""

    size: int = 0
    read: list[tuple[int, records.Record]] = field(default_factory=list)
    refused: list[tuple[int, str, str]] = field(default_factory=list)


def import_file(database: Database, path: Path, as_of: date | None = None, progress: Progress | None = None) -> Report:
    """Import one file. Raises sources.NotOrders when it is not what it should be; never because of a row."""
    return import_source(database, sources.recognise(path), as_of, progress)


def import_source(
    database: Database, source: sources.Source, as_of: date | None = None, progress: Progress | None = None
) -> Report:
    """Import the rows of a recognised source; rows that know no day of their own get the file's."""
    report = Report(source.path.name, source.kind, missing_columns=source.missing)
    fallback = as_of_file(source.path)
    started = time.monotonic()
    run = _start(database, report, as_of)
    rows = source.rows()
    while chunk := list(islice(rows, BATCH)):
        batch = _read(chunk, as_of, fallback)
        with database.begin() as session:
            _save(session, run, batch, report)
        if progress:
            progress(report.rows)
    report.seconds = round(time.monotonic() - started, 2)
    _finish(database, run, report)
    return report


def as_of_file(path: Path) -> date:
    """The day in the file's name, else the day it was written."""
    found = _DAY_IN_NAME.search(path.name)
    named = records.parse_date(found[0]) if found else None
    return named or datetime.fromtimestamp(path.stat().st_mtime, UTC).date()


def _as_of(row: dict[str, object], explicit: date | None, fallback: date) -> date:
    """When the status was seen: as told, else the row's own day. Sources that only append let a status go stale."""
    if explicit:
        return explicit
    for name in ("first_seen_snapshot", "dhTimestamp"):
        seen = records.parse_date(str(row.get(name) or row.get(name.lower()) or ""))
        if seen and seen <= today():
            return seen
    return fallback


def _read(chunk: list[Item], as_of: date | None, fallback: date) -> _Batch:
    batch = _Batch(size=len(chunk))
    for number, row in chunk:
        if isinstance(row, str):
            batch.refused.append((number, row, ""))
            continue
        try:
            batch.read.append((number, records.read(row, _as_of(row, as_of, fallback))))
        except records.Refused as refusal:
            batch.refused.append((number, refusal.reason, str(row.get("case_number") or "")))
    return batch


def _save(session: Session, run: int, batch: _Batch, report: Report) -> None:
    for record, outcome in _saved(session, batch):
        setattr(report, outcome, getattr(report, outcome) + 1)
        report.flags.update(set(record.flags))
        report.certified += is_certified(record.status)
    report.rows += batch.size
    _reject(session, run, batch.refused, report)


def _saved(session: Session, batch: _Batch) -> Iterator[tuple[records.Record, str]]:
    """Save together; when the database refuses something, one by one, so that a single row is lost and said."""
    together = [record for _, record in batch.read]
    try:
        with session.begin_nested():
            outcomes = register.save(session, together)
    except (DataError, IntegrityError):
        log.failed("job_batch_refused", rows=len(together))
    else:
        yield from zip(together, outcomes, strict=True)
        return
    for number, record in batch.read:
        try:
            with session.begin_nested():
                outcome = register.save(session, [record])[0]
        except (DataError, IntegrityError):
            batch.refused.append((number, "database_refused", record.case_number))
        else:
            yield record, outcome


def _reject(session: Session, run: int, refused: list[tuple[int, str, str]], report: Report) -> None:
    room = max(0, _KEPT_REJECTIONS - report.rejected)
    rows = [
        {"run_id": run, "row": row, "reason": reason, "case_number": _printable(case)}
        for row, reason, case in refused[:room]
    ]
    if rows:
        session.execute(insert(Rejection), rows)
    report.rejected += len(refused)
    report.reasons.update(reason for _, reason, _ in refused)


def _printable(case: str) -> str:
    return "".join(c for c in case if c.isascii() and c.isprintable())[:40]


def _start(database: Database, report: Report, as_of: date | None) -> int:
    with database.begin() as session:
        run = ImportRun(file_name=report.file[:200], kind=report.kind, as_of=as_of, report={})
        session.add(run)
        session.flush()
        return run.id


def _finish(database: Database, run: int, report: Report) -> None:
    with database.begin() as session:
        done = update(ImportRun).where(ImportRun.id == run)
        session.execute(done.values(finished_at=now(), report=report.as_json()))
        session.execute(text("analyze jobs.opening, jobs.employer, jobs.certification"))
    log.info("jobs_imported", run=run, rows=report.rows, rejected=report.rejected)
