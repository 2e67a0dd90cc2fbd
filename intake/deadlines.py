"""Which clocks may run out first. An uncertain date counts as the earliest one it may mean; nothing is "too late"."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from intake import hours, interview, yamlfile
from intake.errors import TableFault

GRAVE = frozenset({"papers", "threats", "hurt", "touched"})
_RECENT = frozenset({"week", "month"})
_SOON = timedelta(days=30)

# How many days ago the event may lie, by the answer to "when": at the earliest, at the latest.
_WINDOWS = {"week": (7, 0), "month": (31, 0), "year": (365, 0), "earlier": (1095, 365), "unsure": (365, 0)}


@dataclass(frozen=True)
class Clock:
    """A limitation period of the table."""

    id: str
    kinds: frozenset[str]
    citation: str
    evidence: str
    days: int = 0
    months: int = 0
    years: int = 0

    def ends(self, event: date) -> date:
        """The last day, counted from the day of the event; a day that the month lacks becomes its last one."""
        month = event.month - 1 + self.months + 12 * self.years
        year, month = event.year + month // 12, month % 12 + 1
        return date(year, month, min(event.day, monthrange(year, month)[1])) + timedelta(days=self.days)


@dataclass(frozen=True)
class Deadline:
    """The day on which a clock may run out. `verified` is false for a period that nobody has checked yet."""

    id: str
    day: date
    citation: str
    evidence: str

    @property
    def act_by(self) -> date:
        """The day itself or, on a weekend or holiday, the working day before it: offices are closed on the last day."""
        return hours.working_day(self.day)

    @property
    def verified(self) -> bool:
        """Was the period read on a primary or secondary page?"""
        return self.evidence in yamlfile.VERIFIED


def deadlines(facts: Mapping[str, object], today: date) -> list[Deadline]:
    """The clocks of a report, soonest first. One that may have run out by now is due today: somebody must look."""
    earliest, latest = _WINDOWS[str(facts.get("when") or "unsure")]
    running = [
        Deadline(clock.id, max(clock.ends(today - timedelta(days=earliest)), today), clock.citation, clock.evidence)
        for clock in clocks()
        if facts.get("kind") in clock.kinds and clock.ends(today - timedelta(days=latest)) >= today
    ]
    return sorted(running, key=lambda deadline: deadline.day)


def urgency(facts: Mapping[str, object], today: date) -> int:
    """1 look today, 2 look this week, 3 in turn: 1 for a grave and recent harm, 2 for a grave or nearly late one."""
    grave = facts.get("kind") in GRAVE
    if grave and facts.get("when") in _RECENT:
        return 1
    return 2 if grave or any(found.day <= today + _SOON for found in deadlines(facts, today)) else 3


@cache
def clocks() -> tuple[Clock, ...]:
    """The table, checked."""
    return load(yamlfile.read("deadlines.yml"))


def load(table: Sequence[Mapping[str, Any]]) -> tuple[Clock, ...]:
    """The clocks of a table. Raises TableFault."""
    return tuple(_clock(dict(entry)) for entry in table)


def _clock(entry: dict[str, Any]) -> Clock:
    try:
        clock = Clock(**{**entry, "kinds": frozenset(entry["kinds"])})
    except (KeyError, TypeError):
        raise TableFault(f"deadlines.yml: {entry.get('id')} has missing or unknown fields") from None
    sound = clock.kinds <= interview.allowed("kind") and clock.evidence in yamlfile.EVIDENCE and clock.citation
    if not sound or sum(map(bool, (clock.days, clock.months, clock.years))) != 1:
        raise TableFault(f"deadlines.yml: {clock.id} needs known kinds, one period, a citation and its evidence")
    return clock
