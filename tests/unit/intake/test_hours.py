"""When the team is there, and which days offices work."""

from datetime import UTC, date, datetime

import pytest

from core.hours import parse
from intake.deadlines import Deadline
from intake.hours import Opening, is_holiday, next_opening, working_day

HOURS = parse("mon-fri 09:00-17:00 America/New_York")
NINE = HOURS.opens


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2027-11-22T13:59", Opening(False, date(2027, 11, 22), NINE)),  # Monday, 8:59 in New York
        ("2027-11-22T14:00", Opening(True, date(2027, 11, 22), NINE)),
        ("2027-11-22T22:00", Opening(False, date(2027, 11, 23), NINE)),
        ("2027-11-24T23:00", Opening(False, date(2027, 11, 26), NINE)),  # over Thanksgiving
        ("2027-11-26T23:00", Opening(False, date(2027, 11, 29), NINE)),  # over a weekend
        ("2027-07-01T13:00", Opening(True, date(2027, 7, 1), NINE)),  # daylight saving time
        ("2027-12-23T23:00", Opening(False, date(2027, 12, 27), NINE)),  # Christmas is observed on Friday
    ],
)
def test_the_next_opening_skips_nights_weekends_and_federal_holidays(moment: str, expected: Opening) -> None:
    assert next_opening(HOURS, datetime.fromisoformat(moment).replace(tzinfo=UTC)) == expected


def test_a_week_may_begin_anywhere() -> None:
    night = parse("sat-mon 18:00-23:30 America/Los_Angeles")
    wednesday = datetime(2027, 11, 24, 12, tzinfo=UTC)
    assert next_opening(night, wednesday).day == date(2027, 11, 27)
    assert next_opening(parse("tue 09:00-12:00 UTC"), wednesday).day == date(2027, 11, 30)


@pytest.mark.parametrize(
    ("day", "before"),
    [
        ("2027-11-23", "2027-11-23"),
        ("2027-11-28", "2027-11-26"),
        ("2027-11-25", "2027-11-24"),
        ("2028-01-01", "2027-12-30"),
    ],
)
def test_a_last_day_on_which_offices_are_closed_means_the_working_day_before(day: str, before: str) -> None:
    assert working_day(date.fromisoformat(day)) == date.fromisoformat(before)
    assert Deadline("x", date.fromisoformat(day), "cite", "source").act_by == date.fromisoformat(before)


def test_a_new_year_that_is_observed_in_december_counts() -> None:
    assert is_holiday(date(2027, 12, 31))
