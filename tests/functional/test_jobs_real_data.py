"""The register on the real public file: counts and answers that this test works out from the file by itself."""

import csv
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from core.database import Database
from jobs.check import check
from jobs.details import JobDetails, details
from jobs.importer import Report, import_file
from jobs.models import Certification, JobOrder, Wage
from jobs.query import understand
from jobs.search import SearchAnswer, search

TODAY = date(2026, 1, 15)
NAME = "jobs/seasonaljobs_2026-01-13.csv"
CERTIFIED = {
    "Determination Issued - Certification",
    "Determination Issued - Partial Certification",
    "Determination Issued - Certification (Change Request - Assigned)",
    "Determination Issued - Certification (Other/Amendment - In Review)",
}
LIMITS = {
    "Hour": (5, 100),
    "Week": (150, 4_000),
    "Bi-Weekly": (300, 8_000),
    "Month": (700, 16_000),
    "Year": (8_000, 2e5),
}
type Row = dict[str, str]


@pytest.fixture(scope="module")
def rows(data_dir: Path) -> list[Row]:
    """The file as the standard library reads it."""
    with (data_dir / NAME).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def report(db: Callable[[str], Database], owner_tables: None, data_dir: Path) -> Report:
    """The file imported once."""
    return import_file(db("operator"), data_dir / NAME)


@pytest.fixture(scope="module")
def owner_tables(db: Callable[[str], Database]) -> None:
    """An empty register."""
    with db("owner").begin() as session:
        session.execute(text("truncate jobs.employer, jobs.import_run restart identity cascade"))


@pytest.fixture
def session(db: Callable[[str], Database], report: Report) -> Iterator[Session]:
    """The register as the actions process sees it."""
    with db("actions").begin() as opened:
        yield opened


def _days(row: Row, name: str) -> date:
    return date.fromisoformat(row[name][:10])


def _offered(rows: list[Row]) -> list[Row]:
    """Certified, not over, and with an end that can be true."""
    return [
        row
        for row in rows
        if row["case_status"] in CERTIFIED and _days(row, "end_date") > TODAY and int(row["end_date"][:4]) < 2100
    ]


def _titled(rows: list[Row], pattern: str, state: str = "") -> set[str]:
    wanted = re.compile(pattern, re.IGNORECASE)
    return {
        r["case_number"]
        for r in rows
        if wanted.search(r["job_title"]) and r["worksite_state"] in (state, state or r["worksite_state"])
    }


def _ask(session: Session, words: str, lang: str, limit: int = 500) -> SearchAnswer:
    return search(session, understand(words, lang, TODAY), today=TODAY, limit=limit)


def _details(session: Session, answer: SearchAnswer) -> list[JobDetails]:
    found = [details(session, line.order_id, TODAY) for line in answer.results]
    return [each for each in found if each is not None]


def _cases(session: Session, answer: SearchAnswer) -> list[str]:
    return [each.case_number for each in _details(session, answer)]


def test_every_row_is_counted_once(rows: list[Row], report: Report) -> None:
    assert report.rows == len(rows) == 10_138
    assert report.accepted + report.merged + report.unchanged + report.older + report.rejected == report.rows
    assert report.accepted == len({row["case_number"] for row in rows})
    assert report.certified == sum(row["case_status"] in CERTIFIED for row in rows)


def test_flags_by_reason_are_those_of_the_file(rows: list[Row], report: Report) -> None:
    flags = report.flags
    zips = Counter(bool(re.fullmatch(r"\d{5}(-\d{4})?", row["worksite_zip"])) for row in rows)
    assert flags["zip_unusable"] + flags["zip_repaired"] == zips[False]
    assert flags["hours_zero"] == sum(float(row["work_hour_num_basic"]) == 0 for row in rows)
    assert flags["end_date_impossible"] == sum(
        (_days(r, "end_date") - _days(r, "begin_date")).days > 1_200 for r in rows
    )
    assert flags["active_date_impossible"] == sum(row["active_date"] > "2100" for row in rows)
    assert flags["wage_unit_impossible"] == sum(
        not LIMITS.get(row["pay_range_desc"], (0, math.inf))[0]
        <= float(row["basic_rate_from"])
        <= LIMITS.get(row["pay_range_desc"], (0, math.inf))[1]
        for row in rows
    )
    spaced = [row for row in rows if " " in row["apply_url"].strip()]
    assert flags["apply_url_unusable"] == len(spaced)


def test_the_same_file_again_changes_nothing(db: Callable[[str], Database], data_dir: Path, report: Report) -> None:
    again = import_file(db("operator"), data_dir / NAME)
    assert (again.unchanged, again.accepted, again.merged) == (report.rows, 0, 0)


def test_the_api_form_of_the_same_register_is_read_too(
    db: Callable[[str], Database], data_dir: Path, report: Report
) -> None:
    path = data_dir / "jobs/seasonaljobs_api_raw.json"
    with db("owner").begin() as session:
        before = set(session.scalars(select(Certification.case_number)))
    first = import_file(db("operator"), path)
    assert (first.kind, first.rows, first.rejected) == ("json", 42, 0)
    with db("owner").begin() as session:
        added = set(session.scalars(select(Certification.case_number))) - before
        assert len(added) == first.accepted
        spanish = select(JobOrder.title_es).join(Certification, Certification.id == JobOrder.certification_id)
        assert all(session.scalars(spanish.where(Certification.case_number.in_(added))))
        unwanted = select(Certification.id).where(Certification.case_number.in_(added))
        session.execute(delete(JobOrder).where(JobOrder.certification_id.in_(unwanted)))
        session.execute(delete(Certification).where(Certification.case_number.in_(added)))


def test_a_plainly_stated_h2a_rate_is_the_one_in_the_register(rows: list[Row], session: Session) -> None:
    plain = re.compile(r"^(?:The )?[Ww]age offer for H-?2A workers only is \$(\d+\.\d{2}) per hour\.? *$")
    stated = {
        row["case_number"]: float(found[1])
        for row in rows
        if (found := plain.match(row["add_wage_info"])) and float(found[1]) <= float(row["basic_rate_from"])
    }
    assert len(stated) > 300
    held = session.execute(
        select(Certification.case_number, Wage.amount)
        .join(JobOrder, JobOrder.certification_id == Certification.id)
        .join(Wage, Wage.job_order_id == JobOrder.id)
        .where(Wage.basis == "h2a", Certification.case_number.in_(stated))
    )
    assert {row.case_number: row.amount for row in held} == stated


def test_housekeeping_in_colorado(rows: list[Row], session: Session) -> None:
    expected = _titled(_offered(rows), r"housekeep|room attendant|\bmaid|laundry|house ?person", "COLORADO")
    answer = _ask(session, "housekeeping job colorado", "en")
    assert expected
    assert (set(_cases(session, answer)), answer.widened) == (expected, None)


def test_sheep_in_wyoming_in_misspelt_spanish(rows: list[Row], session: Session) -> None:
    expected = _titled(_offered(rows), r"sheep|lamb(er|ing)|shear|wool|goat|fleece|kidding", "WYOMING")
    answer = _ask(session, "kiero trabajo de borreguero en Wayoming", "es")
    found = _cases(session, answer)
    assert len(expected) > 5
    assert set(found[: len(expected)]) == expected
    assert answer.widened is None


def test_crab_in_maryland_in_april_with_its_visa(rows: list[Row], session: Session) -> None:
    fitting = [
        row
        for row in _offered(rows)
        if row["visa_class"] == "H-2B"
        and _days(row, "begin_date") <= date(2026, 4, 30)
        and _days(row, "end_date") >= date(2026, 4, 1)
    ]
    expected = _titled(fitting, r"crab|seafood|shrimp|oyster|deckhand|fish", "MARYLAND")
    answer = _ask(session, "jaiba en Merilan en abril h2b", "es")
    assert expected
    assert (set(_cases(session, answer)), answer.widened) == (expected, None)


def test_any_work_in_puerto_rico(rows: list[Row], session: Session) -> None:
    expected = {row["case_number"] for row in _offered(rows) if row["worksite_state"] == "PUERTO RICO"}
    for words, lang in (
        ("trabajo en Puerto Rico", "es"),
        ("travay nan Pòtoriko", "ht"),
        ("trabaho sa puerto rico", "tl"),
    ):
        answer = _ask(session, words, lang)
        assert (set(_cases(session, answer)), answer.total) == (expected, len(expected))


def test_landscaping_near_denver_nearest_first(rows: list[Row], session: Session, data_dir: Path) -> None:
    miles = _miles_from("80202", data_dir)
    landscape = re.compile(r"landscap|lawn|grounds|garden|golf|yard|mowing|hardscape", re.IGNORECASE)
    near = {
        row["case_number"]: miles[row["worksite_zip"][:5]]
        for row in _offered(rows)
        if landscape.search(row["job_title"]) and miles.get(row["worksite_zip"][:5], 999) < 100
    }
    answer = _ask(session, "landscaping near Denver", "en")
    found = _cases(session, answer)
    assert {case for case, away in near.items() if away < 50} <= set(found) <= {c for c, a in near.items() if a < 70}
    distances = [near[case] for case in found]
    assert all(later > earlier - 10 for earlier, later in pairwise(distances))
    assert answer.results[0].miles is not None
    assert abs(answer.results[0].miles - distances[0]) < 10


def test_beekeeping_titles_come_first_everywhere(rows: list[Row], session: Session) -> None:
    expected = _titled(_offered(rows), r"\bbees?\b|beekeep|apiar|honey|\bqueen")
    answer = _ask(session, "trabajo con abejas", "es")
    assert len(expected) > 50
    assert set(_cases(session, answer)[: len(expected)]) == expected


def _miles_from(zip_code: str, data_dir: Path) -> dict[str, float]:
    """Miles of every ZIP code from one of them, by the shared gazetteer and not by ours."""
    with (data_dir / "geo/us_zip_city_county_latlon.csv").open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    names = {name.lower(): name for name in table[0]}
    zip_name = next(names[n] for n in names if "zip" in n or "postal" in n)
    lat_name = next(names[n] for n in names if n.startswith("lat"))
    lon_name = next(names[n] for n in names if n.startswith(("lon", "lng")))
    at = {
        row[zip_name].zfill(5): (math.radians(float(row[lat_name])), math.radians(float(row[lon_name])))
        for row in table
    }
    here = at[zip_code]
    return {code: _haversine(here, there) for code, there in at.items()}


def _haversine(one: tuple[float, float], other: tuple[float, float]) -> float:
    half = math.sin((other[0] - one[0]) / 2) ** 2
    half += math.cos(one[0]) * math.cos(other[0]) * math.sin((other[1] - one[1]) / 2) ** 2
    return 7_918 * math.asin(math.sqrt(half))


def test_every_result_is_certified_not_over_and_shows_its_day(rows: list[Row], session: Session) -> None:
    by_case = {row["case_number"]: row for row in rows}
    for words in ("farm work", "hotel", "landscape in Texas", "oranges in Florida in march"):
        answer = _ask(session, words, "en", limit=30)
        for found in _details(session, answer):
            row = by_case[found.case_number]
            assert row["case_status"] in CERTIFIED
            assert _days(row, "end_date") > TODAY
            assert found.as_of == date.fromisoformat(row["first_seen_snapshot"])


def test_what_is_shown_is_gsm_safe_and_short_for_every_certified_order(session: Session) -> None:
    held = session.execute(text("select short_title, place, pay from jobs.opening"))
    for title, place, pay in held:
        assert title
        assert all(
            part.encode("ascii", "ignore").decode() == part or "\u00f1" in part.lower() for part in (title, place)
        )
        assert len(title) <= 28
        assert len(place) <= 19
        assert len(pay) <= 12


def test_every_case_number_of_the_file_is_found(rows: list[Row], session: Session) -> None:
    for row in rows[::500]:
        answer = check(session, f"is {row['case_number'].lower()} real", TODAY)
        assert [found.case_number for found in answer.found] == [row["case_number"]]
        assert (answer.found[0].status == "certified") is (row["case_status"] in CERTIFIED)


def test_employers_are_found_by_name_without_punctuation(rows: list[Row], session: Session) -> None:
    for row in rows[::400]:
        words = re.sub(r"[^\w\s&]", " ", row["employer_business_name"])
        answer = check(session, words, TODAY)
        assert answer.found, words
        assert any(found.exact for found in answer.found), words
