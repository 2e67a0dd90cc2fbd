"""Details of an order, and the check of an employer: honest about what is not known."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from jobs.check import check
from jobs.details import details
from jobs.query import JobQuery
from jobs.search import search
from tests.unit.jobs.conftest import TODAY, Import, order


def _only(session: Session, on: date = TODAY) -> int:
    return search(session, JobQuery(), today=on).results[0].order_id


def test_details_show_pay_as_printed_beside_the_stated_h2a_rate(register: Import, reader: Session) -> None:
    register(order(add_wage_info="H-2A workers will be offered $14.22/hr.", apply_phone="+1 (202) 555-0101"))
    found = details(reader, _only(reader), TODAY)
    assert found is not None
    assert (found.pay_printed, found.pay_h2a, found.pay_unclear) == ("$16.08/h", "$14.22/h", False)
    assert (found.case_number, found.place, found.dates) == (
        "H-300-25312-390600", "Colquitt GA", "Jan 8 - Nov 7 2026",
    )  # fmt: skip
    assert (found.hours, found.housing, found.apply_phone) == ("40", "free", "+1 (202) 555-0101")
    assert (found.offered, found.as_of) == (True, date(2026, 1, 7))


def test_details_say_when_pay_is_unclear_or_cannot_be_true(register: Import, reader: Session) -> None:
    unclear = "H-2A workers: $14.22; H-2A drivers: $13.11"
    register(order(basic_rate_from=17.06, pay_range_desc="Month", add_wage_info=unclear))
    found = details(reader, _only(reader), TODAY)
    assert found is not None
    assert (found.pay_suspicious, found.pay_unclear, found.pay_h2a) == (True, True, "")
    assert found.pay_printed == "$17.06/mo"


def test_an_order_that_ended_is_still_shown_but_not_offered(register: Import, reader: Session) -> None:
    register(order())
    found = details(reader, _only(reader), date(2026, 12, 1))
    assert found is not None
    assert not found.offered


def test_an_unknown_order_is_none(reader: Session, clean: None) -> None:
    assert details(reader, 12345, TODAY) is None


@pytest.mark.parametrize("words", ["H-300-25312-390600", "case h300 25312 390600 please", "H30025312390600"])
def test_a_case_number_is_found_in_every_spelling(register: Import, reader: Session, words: str) -> None:
    register(order())
    answer = check(reader, words, TODAY)
    assert (answer.kind, answer.total) == ("case", 1)
    assert (answer.found[0].status, answer.found[0].orders, answer.found[0].exact) == ("certified", 1, True)


@pytest.mark.parametrize(
    ("words", "exact"),
    [
        ("Example Bees", True),
        ("EXAMPLE BEES L.L.C.", True),
        ("example-bees llc", True),
        ("is Example Bees real?", True),
        ("Example Bees, Georgia", True),
        ("exampel bees", False),
        ("Example Be", False),
    ],
)
def test_an_employer_is_found_however_the_name_is_written(
    register: Import, reader: Session, words: str, exact: bool
) -> None:
    register(order())
    answer = check(reader, words, TODAY)
    assert [(found.employer, found.place, found.exact) for found in answer.found] == [
        ("Example Bees, LLC", "Colquitt GA", exact)
    ]


def test_firms_that_share_a_name_are_all_listed_with_their_place(register: Import, reader: Session) -> None:
    register(
        order(1, employer_business_name="Jones Farms Inc"),
        order(2, employer_business_name="Jones Farms LLC", employer_city="Tulare", employer_state="CALIFORNIA"),
        order(3, employer_business_name="Jones Farms"),
    )
    answer = check(reader, "jones farms, california", TODAY)
    assert answer.total == 3
    assert answer.found[0].place == "Tulare CA"


@pytest.mark.parametrize("words", ["Nobody Here LLC", "H-300-00000-000000", "", "  ", "%", "\0", "x" * 5000, "LLC"])
def test_not_found_is_only_that(register: Import, reader: Session, words: str) -> None:
    register(order())
    answer = check(reader, words, TODAY)
    assert (answer.found, answer.total) == ((), 0)
    assert answer.as_of == date(2026, 1, 7)


def test_the_status_is_one_of_four_codes(register: Import, reader: Session) -> None:
    register(order(1, case_status="Acceptance Issued"))
    assert check(reader, "example bees", TODAY).found[0].status == "pending"
    register(order(1, case_status="Determination Issued - Certification (Returned)"), as_of=date(2026, 2, 1))
    reader.expire_all()
    found = check(reader, "example bees", TODAY).found[0]
    assert (found.status, found.orders) == ("returned", 0)
