"""Rates of pay: units, what cannot be true, and the H-2A rate that hides in free text."""

import math
import re
from dataclasses import dataclass

from jobs.text import clean

UNITS = {
    "hour": "hour", "week": "week", "bi-weekly": "biweek", "biweekly": "biweek", "month": "month", "year": "year",
    "piece rate": "piece", "piece": "piece", "day": "day",
}  # fmt: skip
SHORT = {"hour": "h", "week": "wk", "biweek": "2wk", "month": "mo", "year": "yr", "piece": "piece", "day": "day"}
# Below or above these an amount does not fit its unit: "Hour" at 2,058.31, "Month" at 17.06, "Year" at 14.28.
_PLAUSIBLE = {"hour": (5, 100), "day": (40, 800), "week": (150, 4_000), "biweek": (300, 8_000),
              "month": (700, 16_000), "year": (8_000, 200_000)}  # fmt: skip
_LOWEST, _HIGHEST = 5.0, 60.0

_H2A = re.compile(r"\bh\s?-?\s?2\s?-?\s?a\b", re.IGNORECASE)
_AMOUNT = r"\$?\s?(\d{1,2}\.\d{2})(?!\d)"
_PER = r"(?:\s*(?:per|an|a|/)\s*(?:h(?:ou)?r)\b\.?)?"
_LINK = r"(?:[\s,(\-]|wages?|rates?|offer(?:ed)?|specified|hourly|applicable|to|for|if|all|the|foreign|will|be){0,16}"
_BEFORE = re.compile(_AMOUNT + _PER + _LINK + r"\bh2a\b", re.IGNORECASE)
_AFTER = re.compile(r"h2a\b([^\d;]{0,160}?)" + _AMOUNT, re.IGNORECASE)
_BY_STATE = re.compile(r"h2a workers?:\s*((?:[A-Z]{2}:\s*\$?\d+\.\d{2}[^,;$]{0,12}[,;.]?\s*)+)", re.IGNORECASE)
_STATE_RATE = re.compile(r"\b([A-Z]{2}):\s*\$?(\d+\.\d{2})")
_NOT_H2A = re.compile(
    r"u\.?\s?s\.? workers|domestic|minus|adjustment|deduct|overtime|piece|skill level|\($", re.IGNORECASE
)
_LOWERED = re.compile(r"adjust|minus", re.IGNORECASE)


@dataclass(frozen=True)
class Rate:
    """An amount with its unit, and whether the two can belong together."""

    amount: float
    to: float | None
    unit: str
    suspicious: bool


def number(text: object) -> float | None:
    """A finite number out of "$1,200.50" or 16.08, else None."""
    try:
        value = float(str(text).replace("$", "").replace(",", "").strip())
    except ValueError:
        return None
    return value if math.isfinite(value) and abs(value) < 1e8 else None


def rate(amount: object, to: object, unit: object) -> Rate | None:
    """The printed offer. `to` of 0 means that there is no range. None without a positive amount."""
    low, high = number(amount), number(to)
    if low is None or low <= 0:
        return None
    kind = UNITS.get(clean(unit).lower(), "other")
    return Rate(low, high if high is not None and high > low else None, kind, not _plausible(low, kind))


def _plausible(amount: float, unit: str) -> bool:
    if unit == "piece":
        return True
    low, high = _PLAUSIBLE.get(unit, (0, 0))
    return low <= amount <= high


def short(amount: float, unit: str, to: float | None = None) -> str:
    """ "$16.08/h", "$18-21.50/h": at most 12 characters for usual hourly rates."""
    figures = f"{_figure(amount)}-{_figure(to)}" if to else _figure(amount)
    return f"${figures}/{SHORT[unit]}" if unit in SHORT else f"${figures}"


def _figure(amount: float) -> str:
    text = f"{amount:.2f}" if amount < 1_000 else f"{amount:.0f}"
    return text.removesuffix(".00")


def names_h2a(text: str) -> bool:
    """Does the free text speak of pay of H-2A workers?"""
    return bool(_H2A.search(text)) and bool(re.search(r"\d\.\d{2}", text))


def stated_h2a(text: str, printed: Rate | None, state: str | None) -> float | None:
    """The hourly rate that the text states for H-2A workers, only when it states exactly one believable rate.

    A list by state ("H2A Workers: MO: $13.28; TN: $10.84") is read for the state of the worksite.
    """
    plain = _H2A.sub("h2a", clean(text))
    by_state = _BY_STATE.search(plain)
    if by_state:
        found = {float(value) for code, value in _STATE_RATE.findall(by_state[1]) if code.upper() == state}
    else:
        found = _found(_BEFORE, plain) | _found(_AFTER, plain)
    return _only(found, printed, plain)


def _only(found: set[float], printed: Rate | None, text: str) -> float | None:
    """The one rate that is left when the printed offer itself is set aside."""
    offer = printed.amount if printed else None
    if len(found) > 1 or (offer in found and _LOWERED.search(text)):
        found = found - {offer}
    if len(found) != 1:
        return None
    value = found.pop()
    return value if _LOWEST <= value <= _highest(printed) else None


def _found(pattern: re.Pattern[str], text: str) -> set[float]:
    return {
        float(match[match.lastindex or 1])
        for match in pattern.finditer(text)
        if not _NOT_H2A.search(_between(match).rstrip()) and float(match[match.lastindex or 1]) >= _LOWEST
    }


def _between(match: re.Match[str]) -> str:
    return match[1] if (match.lastindex or 1) > 1 else ""


def _highest(printed: Rate | None) -> float:
    """The lower H-2A rate cannot be above the hourly offer to everybody."""
    return printed.amount if printed and printed.unit == "hour" and not printed.suspicious else _HIGHEST
