"""The hours in which a team can be reached, as the operator writes them: `mon-fri 09:00-17:00 America/New_York`."""

import re
from dataclasses import dataclass
from datetime import time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DEFAULT = "mon-fri 09:00-17:00 America/New_York"
_DAY = "|".join(DAYS)
_FORM = re.compile(rf"({_DAY})(?:-({_DAY}))? (\d\d):(\d\d)-(\d\d):(\d\d) (\S+)")


@dataclass(frozen=True)
class Hours:
    """`first` and `last` are weekdays, 0 for Monday; the same for a team that is there on one day."""

    first: int
    last: int
    opens: time
    closes: time
    zone: ZoneInfo

    def includes(self, weekday: int) -> bool:
        """Is this a day of the week on which somebody is there?"""
        return (weekday - self.first) % 7 <= (self.last - self.first) % 7


def parse(text: str) -> Hours:
    """Read the setting. Raises ValueError for anything else."""
    found = _FORM.fullmatch(text.strip())
    if found is None:
        raise ValueError("expected days, hours and a time zone")
    first, last, opens_h, opens_m, closes_h, closes_m, zone = found.groups()
    opens, closes = time(int(opens_h), int(opens_m)), time(int(closes_h), int(closes_m))
    if opens >= closes:
        raise ValueError("the hours end before they begin")
    try:
        place = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, OSError):
        raise ValueError("no such time zone") from None
    return Hours(DAYS.index(first), DAYS.index(last or first), opens, closes, place)
