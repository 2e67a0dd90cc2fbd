"""When somebody of the team is there, and which days are working days: weekends and federal holidays are not."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache

import holidays

from core.hours import Hours

_SATURDAY = 5


@dataclass(frozen=True)
class Opening:
    """Is somebody there now, and since or from when."""

    open_now: bool
    day: date
    at: time


def next_opening(hours: Hours, moment: datetime) -> Opening:
    """The opening that `moment` lies in, else the next one, in the team's own time zone."""
    here = moment.astimezone(hours.zone)
    day, hour = here.date(), here.time()
    if _open_on(hours, day) and hour < hours.closes:
        return Opening(hour >= hours.opens, day, hours.opens)
    day += timedelta(days=1)
    while not _open_on(hours, day):
        day += timedelta(days=1)
    return Opening(False, day, hours.opens)


def working_day(day: date) -> date:
    """The day itself or, on a weekend or federal holiday, the last working day before it."""
    while day.weekday() >= _SATURDAY or is_holiday(day):
        day -= timedelta(days=1)
    return day


def is_holiday(day: date) -> bool:
    """A holiday of the federal government, on the day on which it is observed."""
    return day in _federal(day.year)


@cache
def _federal(year: int) -> frozenset[date]:
    return frozenset(day for day in holidays.country_holidays("US", years=year) if day.year == year)


def _open_on(hours: Hours, day: date) -> bool:
    return hours.includes(day.weekday()) and not is_holiday(day)
