"""Importing: idempotent, newer wins, counted by reason, never stopped by a row."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from core.database import Database
from jobs import show
from jobs.importer import as_of_file, import_source
from jobs.models import Certification, Employer, ImportRun, JobOrder, Opening, Rejection, Wage, Worksite
from jobs.sample import Sample
from tests.unit.jobs.conftest import TODAY, Import, order


def _count(session: Session, table: type) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_row_becomes_employer_certification_order_worksite_and_wage(register: Import, reader: Session) -> None:
    report = register(order(add_wage_info="H-2A workers will be offered $14.22/hr."))
    assert (report.rows, report.accepted, report.certified) == (1, 1, 1)
    tables = (Employer, Certification, JobOrder, Worksite, Wage, Opening)
    assert [_count(reader, table) for table in tables] == [1, 1, 1, 1, 2, 1]
    certification = reader.scalars(select(Certification)).one()
    assert (certification.case_number, certification.as_of) == ("H-300-25312-390600", date(2026, 1, 7))


def test_the_same_file_twice_changes_nothing(register: Import, reader: Session) -> None:
    register(order(1), order(2), order(3))
    again = register(order(1), order(2), order(3))
    assert (again.accepted, again.merged, again.unchanged) == (0, 0, 3)
    assert _count(reader, Worksite) == 3


def test_a_newer_row_is_merged_and_an_older_one_is_not(register: Import, reader: Session) -> None:
    register(order(total_positions="4"), as_of=date(2026, 1, 7))
    newer = register(order(total_positions="9"), as_of=date(2026, 2, 1))
    older = register(order(total_positions="1"), as_of=date(2025, 12, 1))
    assert (newer.merged, older.older) == (1, 1)
    assert reader.scalars(select(JobOrder.positions)).one() == 9


def test_the_same_row_seen_later_is_fresher(register: Import, reader: Session) -> None:
    register(order(), as_of=date(2026, 1, 7))
    assert register(order(), as_of=date(2026, 2, 1)).unchanged == 1
    assert reader.scalars(select(Certification.as_of)).one() == date(2026, 2, 1)
    register(order(), as_of=date(2026, 1, 1))
    reader.expire_all()
    assert reader.scalars(select(Certification.as_of)).one() == date(2026, 2, 1)


def test_a_case_that_repeats_in_one_file_is_one_order(register: Import, reader: Session) -> None:
    report = register(order(), order(), order(total_positions="7"))
    assert (report.accepted, report.unchanged, report.merged) == (1, 1, 1)
    assert reader.scalars(select(JobOrder.positions)).all() == [7]


def test_an_order_that_is_no_longer_certified_is_no_longer_offered(register: Import, reader: Session) -> None:
    register(order(), as_of=date(2026, 1, 7))
    register(order(case_status="Determination Issued - Certification (Returned)"), as_of=date(2026, 1, 8))
    assert (_count(reader, Opening), _count(reader, JobOrder)) == (0, 1)


def test_a_source_without_spanish_titles_does_not_wipe_them_out(register: Import, reader: Session) -> None:
    register(order(job_title_es="Apicultor", soc_code_id="45-2093.00"), as_of=date(2026, 1, 7))
    register(order(total_positions="9"), as_of=date(2026, 1, 8))
    assert reader.scalars(select(JobOrder.title_es)).one() == "Apicultor"


def test_rejections_are_counted_and_kept_by_reason(register: Import, reader: Session) -> None:
    report = register(order(1), order(case_number="x"), order(2, visa_class=""), "text", order(3, job_title="\ud800"))
    assert (report.accepted, report.rejected) == (1, 4)
    assert report.reasons == {"bad_case_number": 1, "unknown_visa_class": 1, "not_an_object": 1, "no_title": 1}
    kept = reader.execute(select(Rejection.row, Rejection.reason).order_by(Rejection.row)).all()
    assert [tuple(row) for row in kept] == [
        (2, "bad_case_number"), (3, "unknown_visa_class"), (4, "not_an_object"), (5, "no_title"),
    ]  # fmt: skip
    run = reader.scalars(select(ImportRun)).one()
    assert run.report["rejected"] == 4
    assert run.finished_at is not None


def test_flags_are_counted_for_rows_that_were_taken(register: Import) -> None:
    report = register(order(1, end_date="3025-06-20"), order(2, work_hour_num_basic="0"), order(3))
    assert (report.accepted, report.flags) == (3, {"end_date_impossible": 1, "hours_zero": 1})


def test_one_row_that_the_database_refuses_does_not_take_others_with_it(
    register: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(show, "title", lambda printed: printed)  # more than the column holds
    report = register(order(1), order(2, job_title="Bee" * 20), order(3))
    assert (report.accepted, report.rejected, report.reasons) == (2, 1, {"database_refused": 1})


def test_firms_of_one_name_in_two_places_or_forms_stay_apart(register: Import, reader: Session) -> None:
    register(
        order(1, employer_business_name="Jones Farms Inc"),
        order(2, employer_business_name="JONES FARMS, INC."),
        order(3, employer_business_name="Jones Farms LLC"),
        order(4, employer_business_name="Jones Farms Inc", employer_city="Tifton"),
    )
    assert _count(reader, Employer) == 3


def test_the_day_of_a_row_is_the_day_its_source_saw_it(register: Import, reader: Session) -> None:
    register(order(1), order(2, first_seen_snapshot="", dhTimestamp="2025-12-12T11:37:47.89Z"))
    assert set(reader.scalars(select(Certification.as_of))) == {date(2026, 1, 7), date(2025, 12, 12)}


def test_a_file_knows_its_day_by_name_or_by_when_it_was_written(tmp_path: Path) -> None:
    (tmp_path / "jobs_2026-01-13.csv").touch()
    assert as_of_file(tmp_path / "jobs_2026-01-13.csv") == date(2026, 1, 13)
    (tmp_path / "jobs.csv").touch()
    assert as_of_file(tmp_path / "jobs.csv").year >= 2025


def test_the_actions_process_may_not_write(db: Callable[[str], Database], clean: None) -> None:
    with pytest.raises(ProgrammingError), db("actions").begin() as session:
        session.add(ImportRun(file_name="x", kind="csv", report={}))
        session.flush()


def test_the_sample_is_always_ahead_of_today_and_repeats_without_change(
    db: Callable[[str], Database], clean: None, reader: Session
) -> None:
    first = import_source(db("operator"), Sample(TODAY), TODAY)
    again = import_source(db("operator"), Sample(TODAY), TODAY)
    assert first.accepted == again.unchanged == first.rows >= 40
    assert not first.flags
    assert all(begin > TODAY for begin in reader.scalars(select(Opening.begin)))
    assert {"H-2A", "H-2B"} == set(reader.scalars(select(Opening.program)))
