"""Places of the United States: states, cities and ZIP codes with their position (docs/decisions/0003-gazetteer.md)."""

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any

import zipcodes

from jobs import wordlists
from jobs.text import fold

type Point = tuple[float, float]

_STATES = Path(__file__).with_name("states.yml")
_FIVE = re.compile(r"^\d{5}")


@dataclass(frozen=True)
class Place:
    """A whole state, or a point (city or ZIP) with its state."""

    name: str
    state: str
    lat: float | None = None
    lon: float | None = None

    @property
    def is_point(self) -> bool:
        """A city or ZIP with a position, not a whole state."""
        return self.lat is not None and self.lon is not None


@dataclass(frozen=True)
class City:
    """A city of the gazetteer; `zips` says how large it is."""

    name: str
    state: str
    point: Point
    zips: int


@cache
def state_names() -> dict[str, str]:
    """Folded spelling in any of our languages -> two-letter code."""
    return {fold(name): code for code, names in _states().items() for name in names}


@cache
def state_name(code: str) -> str:
    """The English name of a state."""
    return _states()[code][0]


@cache
def _states() -> dict[str, list[str]]:
    return wordlists.load(_STATES)


def state_code(text: str) -> str | None:
    """The code of a state given as a code or a full name in any spelling we know."""
    folded = fold(text)
    code = folded.upper()
    return code if code in _states() else state_names().get(folded)


@cache
def cities() -> dict[str, tuple[City, ...]]:
    """Folded city name -> the cities of that name, largest first. About 30,000 cities, built once per process."""
    found: dict[str, list[City]] = defaultdict(list)
    for code in _states():
        for (folded, name), points in _points_by_city(code).items():
            found[folded].append(City(name, code, _middle(points), len(points)))
    return {name: tuple(sorted(same, key=lambda city: -city.zips)) for name, same in found.items()}


def _points_by_city(code: str) -> dict[tuple[str, str], list[Point]]:
    points: dict[tuple[str, str], list[Point]] = defaultdict(list)
    for row in _rows(code):
        points[fold(row["city"]), row["city"]].append((float(row["lat"]), float(row["long"])))
    return points


def _rows(state: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = zipcodes.filter_by(state=state)  # type: ignore[no-untyped-call]
    return found


def _middle(points: list[Point]) -> Point:
    return round(median(p[0] for p in points), 4), round(median(p[1] for p in points), 4)


def find_city(name: str, state: str | None = None) -> City | None:
    """The largest city of this name, in the state when one is given."""
    same = cities().get(fold(name), ())
    return next((city for city in same if state in (None, city.state)), None)


@cache
def state_point(code: str) -> Point:
    """The middle of a state's ZIP codes."""
    return _middle([point for points in _points_by_city(code).values() for point in points])


def find_zip(code: str) -> Place | None:
    """A ZIP code, or None when there is no such code."""
    if not _FIVE.match(code):
        return None
    rows: list[dict[str, Any]] = zipcodes.matching(code[:5])  # type: ignore[no-untyped-call]
    if not rows or rows[0]["state"] not in _states():
        return None
    return Place(rows[0]["city"], rows[0]["state"], float(rows[0]["lat"]), float(rows[0]["long"]))


def repair_zip(text: str, state: str | None) -> tuple[str | None, bool]:
    """A five-digit ZIP from what a source printed, and whether it had to be repaired. (None, True) when it cannot be.

    Sources lose leading zeros ("3069"), double a digit ("334300") and put a city there. A repair is taken
    only when the repaired code lies in the order's own state.
    """
    digits = text.strip()
    if re.fullmatch(r"\d{5}(-?\d{4})?", digits):
        plausible = len(digits) == 5 or _in_state(digits, state)
        return (digits[:5], False) if plausible else (None, True)
    if not digits.isdigit():
        return None, True
    candidates = [digits.zfill(5)] if len(digits) < 5 else _shorter(digits)
    return next((zip_code for zip_code in candidates if _in_state(zip_code, state)), None), True


def _shorter(digits: str) -> list[str]:
    """Five-digit codes left when one digit of a six-digit number is taken out, the last digit first."""
    return [digits[:i] + digits[i + 1 :] for i in reversed(range(6))] if len(digits) == 6 else []


def _in_state(zip_code: str, state: str | None) -> bool:
    place = find_zip(zip_code)
    return place is not None and place.state == state
