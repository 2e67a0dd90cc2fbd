"""Writes records into the register in batches: new cases added, newer ones merged, the same ones left alone."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import JSONB, Insert
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from core.database import Base
from jobs import names, occupations, show
from jobs.models import Certification, Employer, JobOrder, Opening, Wage, Worksite
from jobs.records import Record
from jobs.statuses import is_certified
from jobs.text import fold

NEW, MERGED, UNCHANGED, OLDER = "accepted", "merged", "unchanged", "older"
_LOCK = text("select pg_advisory_xact_lock(7002)")
# Texts of the API that the CSV form lacks: an empty one never wipes out what is known.
_KEPT = ("title_es", "soc_code", "naics_code", "crop", "duties", "duties_es", "apply_phone")
_PLAIN = (
    "source_id", "title", "begin", "end", "apply_until", "positions", "hours", "overtime", "experience_months", "flags",
)  # fmt: skip
_TEXTS = (*_KEPT, "schedule", "requirements", "education", "apply_url")


def save(session: Session, records: Sequence[Record]) -> list[str]:
    """Save a batch in the caller's transaction and say what became of each record. A newer as-of date wins."""
    session.execute(_LOCK)
    known = _known(session, {record.case_number for record in records})
    outcomes: list[str] = []
    changed: dict[str, Record] = {}
    touched: dict[str, Record] = {}
    for record in records:
        outcome = _compare(record, known.get(record.case_number))
        outcomes.append(outcome)
        if outcome in (NEW, MERGED):
            changed[record.case_number] = record
            known[record.case_number] = (record.fingerprint, record.as_of)
        elif outcome == UNCHANGED and record.case_number not in changed:
            touched[record.case_number] = record
    _touch(session, touched.values())
    _write(session, list(changed.values()))
    return outcomes


def _known(session: Session, cases: set[str]) -> dict[str, tuple[str, Any]]:
    columns = (Certification.case_number, Certification.fingerprint, Certification.as_of)
    rows = session.execute(select(*columns).where(Certification.case_number.in_(cases)))
    return {case: (fingerprint, as_of) for case, fingerprint, as_of in rows}


def _compare(record: Record, known: tuple[str, Any] | None) -> str:
    if known is None:
        return NEW
    fingerprint, as_of = known
    if fingerprint == record.fingerprint:
        return UNCHANGED
    return OLDER if record.as_of < as_of else MERGED


def _touch(session: Session, records: Iterable[Record]) -> None:
    """A source that says the same on a later day makes what we know fresher."""
    newer = update(Certification).where(
        Certification.case_number == bindparam("case"), Certification.as_of < bindparam("day")
    )
    rows = [{"case": record.case_number, "day": record.as_of} for record in records]
    if rows:
        session.connection().execute(newer.values(as_of=bindparam("day")), rows)


def _write(session: Session, records: list[Record]) -> None:
    if not records:
        return
    employers = _employers(session, records)
    certifications = _certifications(session, records, employers)
    orders = _orders(session, records, certifications)
    ids = [order.id for order in orders.values()]
    for column in (Worksite.job_order_id, Wage.job_order_id, Opening.order_id):
        session.execute(delete(column.class_).where(column.in_(ids)))
    _insert(session, Worksite, [_worksite(record, orders[record.case_number].id) for record in records])
    _insert(session, Wage, [row for record in records for row in _wages(record, orders[record.case_number].id)])
    _openings(session, records, orders)


def _rows(table: type[Base], rows: list[dict[str, Any]]) -> Insert:
    """`insert into table ... select` from one JSON parameter: a batch costs one short statement, whatever its size."""
    names = list(rows[0])
    given = bindparam("rows", [_as_json(row) for row in rows], JSONB)
    empty = text(f"null::{table.__table__.schema}.{table.__tablename__}")
    source = func.jsonb_populate_recordset(empty, given).table_valued(*names)
    given_rows = source.alias("given")
    return upsert(table).from_select(names, select(*(given_rows.c[name] for name in names)))


def _as_json(row: dict[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, date) else value for name, value in row.items()}


def _insert(session: Session, table: type[Base], rows: list[dict[str, Any]]) -> None:
    if rows:
        session.execute(_rows(table, rows))


def _employer(record: Record) -> dict[str, Any]:
    return {
        "name": record.employer,
        "trade_name": record.trade_name,
        "legal_key": names.legal_key(record.employer) or fold(record.employer) or record.employer,
        "name_key": names.name_key(record.employer),
        "trade_key": names.name_key(record.trade_name) if record.trade_name else "",
        "city": record.employer_city,
        "city_key": fold(record.employer_city),
        "state": record.employer_state,
        "zip": record.employer_zip,
    }


def _employers(session: Session, records: list[Record]) -> dict[tuple[str, str, str], int]:
    rows = {_identity(row): row for row in map(_employer, records)}
    statement = _rows(Employer, list(rows.values()))
    kept = {
        "name": statement.excluded.name,
        "zip": func.coalesce(statement.excluded.zip, Employer.zip),
        "trade_name": func.coalesce(func.nullif(statement.excluded.trade_name, ""), Employer.trade_name),
        "trade_key": func.coalesce(func.nullif(statement.excluded.trade_key, ""), Employer.trade_key),
    }
    statement = statement.on_conflict_do_update(index_elements=["legal_key", "city_key", "state"], set_=kept)
    returned = session.execute(statement.returning(Employer.id, Employer.legal_key, Employer.city_key, Employer.state))
    return {(legal, city, state): id for id, legal, city, state in returned}


def _identity(row: dict[str, Any]) -> tuple[str, str, str]:
    return row["legal_key"], row["city_key"], row["state"]


def _certifications(
    session: Session, records: list[Record], employers: dict[tuple[str, str, str], int]
) -> dict[str, int]:
    rows = [
        {
            "case_number": record.case_number,
            "program": record.program,
            "status": record.status,
            "certified": is_certified(record.status),
            "begin": record.begin,
            "end": record.end,
            "as_of": record.as_of,
            "employer_id": employers[_identity(_employer(record))],
            "fingerprint": record.fingerprint,
        }
        for record in records
    ]
    statement = _rows(Certification, rows)
    replaced = {name: statement.excluded[name] for name in rows[0] if name != "case_number"}
    statement = statement.on_conflict_do_update(index_elements=["case_number"], set_=replaced)
    return {case: id for id, case in session.execute(statement.returning(Certification.id, Certification.case_number))}


def _orders(session: Session, records: list[Record], certifications: dict[str, int]) -> dict[str, Row[Any]]:
    rows = [
        {"certification_id": certifications[record.case_number]}
        | {name: getattr(record, name) for name in _PLAIN}
        | {name: record.texts[name] for name in _TEXTS}
        for record in records
    ]
    statement = _rows(JobOrder, rows)
    replaced: dict[str, Any] = {n: statement.excluded[n] for n in rows[0] if n != "certification_id"}
    replaced |= {n: func.coalesce(func.nullif(statement.excluded[n], ""), getattr(JobOrder, n)) for n in _KEPT}
    statement = statement.on_conflict_do_update(index_elements=["certification_id"], set_=replaced)
    returned = session.execute(
        statement.returning(JobOrder.certification_id, JobOrder.id, *(getattr(JobOrder, name) for name in _KEPT))
    )
    cases = {id: case for case, id in certifications.items()}
    return {cases[row.certification_id]: row for row in returned}


def _worksite(record: Record, order: int) -> dict[str, Any]:
    return asdict(record.site) | {"job_order_id": order}


def _wages(record: Record, order: int) -> list[dict[str, Any]]:
    return [asdict(pay) | {"job_order_id": order} for pay in record.pays]


def _openings(session: Session, records: list[Record], orders: dict[str, Row[Any]]) -> None:
    """Only certified orders whose begin and end are known may ever be offered."""
    rows = [
        _opening(record, orders[record.case_number])
        for record in records
        if is_certified(record.status) and record.begin and record.end
    ]
    _insert(session, Opening, rows)


def _opening(record: Record, order: Row[Any]) -> dict[str, Any]:
    in_title = occupations.of_title(record.title, order.soc_code)
    free_text = " ".join((order.crop, record.texts["wage_note"], record.texts["requirements"], order.duties))
    all_concepts = in_title | occupations.of_title(order.crop) | _crops(in_title, free_text)
    said = " ".join((record.title, order.title_es, order.crop, record.employer, record.trade_name, record.site.city))
    return {
        "order_id": order.id,
        "program": record.program,
        "begin": record.begin,
        "end": record.end,
        "apply_until": record.apply_until,
        "state": record.site.state,
        "lat": record.site.lat,
        "lon": record.site.lon,
        "concepts": sorted(occupations.with_parents(all_concepts)),
        "title_concepts": sorted(occupations.with_parents(in_title)),
        "words": fold(said),  # folded words are lexemes already
        "short_title": show.title(record.title),
        "place": show.place(record.site.city, record.site.state),
        "pay": show.pay(record.pays),
    }


def _crops(in_title: frozenset[str], free_text: str) -> frozenset[str]:
    """Crops that a text names count for field work only: a housekeeper's order may speak of apples too."""
    on_farm = "farm" in occupations.with_parents(in_title)
    return occupations.of_text(free_text) if on_farm else frozenset()
