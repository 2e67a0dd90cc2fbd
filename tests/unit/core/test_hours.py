"""The operator's hours are read strictly: a team that is never there must not be promised."""

import pytest

from core import hours
from core.config import ConfigError, load


def test_days_and_times_are_read() -> None:
    found = hours.parse("sat-mon 08:30-12:00 America/Chicago")
    assert [day for day in range(7) if found.includes(day)] == [0, 5, 6]
    assert (found.opens.isoformat(), found.zone.key) == ("08:30:00", "America/Chicago")


@pytest.mark.parametrize(
    "text",
    [
        "every day",
        "mon-fri 9-5 America/New_York",
        "mon-fri 17:00-09:00 America/New_York",
        "mon-fri 09:00-25:00 America/New_York",
        "mon-fri 09:00-17:00 America/Nowhere",
        "mon-fri 09:00-17:00 ../../etc",
        "mon-fri 09:00-17:00",
    ],
)
def test_anything_else_stops_the_start_and_says_how_it_is_written(text: str) -> None:
    with pytest.raises(ConfigError, match="AMPARO_HOURS must look like mon-fri 09:00"):
        load({"AMPARO_HOURS": text})


def test_without_the_setting_it_is_office_hours_in_new_york() -> None:
    assert load({}).hours == hours.parse(hours.DEFAULT)
