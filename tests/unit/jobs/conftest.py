"""Job orders for the tests of the register: one row that is right, changed where a test says so."""

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from core.database import Database
from jobs.importer import Report, import_file

TODAY = date(2026, 1, 15)
RIGHT: dict[str, Any] = {
    "case_id": "25474108",
    "case_number": "H-300-25312-390600",
    "case_status": "Determination Issued - Certification",
    "visa_class": "H-2A",
    "job_title": "Beekeeper",
    "basic_rate_from": 16.08,
    "basic_rate_to": 0.0,
    "work_hour_num_basic": "40.0",
    "add_wage_info": "",
    "total_positions": "4",
    "begin_date": "2026-01-08T00:00:00Z",
    "end_date": "2026-11-07T00:00:00Z",
    "pay_range_desc": "Hour",
    "employer_business_name": "Example Bees, LLC",
    "employer_city": "Colquitt",
    "employer_state": "GEORGIA",
    "employer_zip": "39837",
    "worksite_locations": "False",
    "worksite_address": "1 East Pine Street",
    "worksite_city": "Colquitt",
    "worksite_state": "GEORGIA",
    "worksite_zip": "39837",
    "apply_url": "N/A",
    "active_date": "2026-06-08T12:00:00Z",
    "first_seen_snapshot": "2026-01-07",
}


def order(number: int = 0, **changes: object) -> dict[str, Any]:
    """A right row with a case number of its own."""
    case = f"H-300-25312-{390600 + number:06d}"
    return RIGHT | {"case_number": case} | changes


type Import = Callable[..., Report]


@pytest.fixture
def register(db: Callable[[str], Database], clean: None, tmp_path: Path) -> Import:
    """`register(row, row, ..., as_of=...)`: import rows as a file of the API's shape."""

    def of(*rows: object, as_of: date | None = None) -> Report:
        path = tmp_path / "orders.json"
        path.write_text(json.dumps({"value": list(rows)}))
        return import_file(db("operator"), path, as_of)

    return of


@pytest.fixture
def reader(db: Callable[[str], Database]) -> Iterator[Session]:
    """The register as the actions process sees it."""
    with db("actions").begin() as session:
        yield session
