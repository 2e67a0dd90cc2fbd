"""How an order looks in a text message: short, GSM-safe, each part of a known size."""

import re
from datetime import date

from jobs import wages
from jobs.records import Pay
from jobs.text import gsm, shorten

TITLE, CITY, PAY = 28, 16, 12
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_BRACKETS = re.compile(r"\s*\([^)]*\)?")
_CODES = re.compile(r"\s*[-#]?\s*\b\d{2}-\d{4}(?:\.\d{2})?\b|\s*#\s*\d+")
_SHORTER = (("Agricultural", "Ag"), ("Equipment", "Equip"), (" and ", " & "), ("Maintenance", "Maint"))
_GSM_DOUBLE = str.maketrans({"_": " ", "[": "(", "]": ")", "{": "(", "}": ")", "~": "-", "|": "/", "^": "", "\\": "/"})


def title(printed: str) -> str:
    """A job title in at most 28 characters, without codes and remarks in brackets."""
    plain = _CODES.sub("", _BRACKETS.sub("", gsm(printed.translate(_GSM_DOUBLE)))).strip(" -,/")
    plain = capitals(plain or gsm(printed))
    for long, short in _SHORTER:
        if len(plain) > TITLE:
            plain = re.sub(re.escape(long), short, plain, flags=re.IGNORECASE)
    return shorten(plain, TITLE)


def capitals(text: str) -> str:
    """No shouting, no whispering: "FARM WORKER" and "farm worker" become "Farm Worker"."""
    return text.title().replace("'S", "'s") if text.isupper() or text.islower() else text


def place(city: str, state: str | None) -> str:
    """ "Colquitt GA", at most 19 characters."""
    name = capitals(gsm(city.translate(_GSM_DOUBLE)).strip(" ,."))
    return f"{shorten(name, CITY)} {state or ''}".strip()


def season(begin: date | None, end: date | None) -> str:
    """ "Jan-Nov", with years only when it lasts longer than one."""
    if begin is None or end is None:
        return ""
    if (end - begin).days < 365:
        first, last = _MONTHS[begin.month - 1], _MONTHS[end.month - 1]
        return first if (begin.year, begin.month) == (end.year, end.month) else f"{first}-{last}"
    return f"{_MONTHS[begin.month - 1]}{begin:%y}-{_MONTHS[end.month - 1]}{end:%y}"


def days(begin: date | None, end: date | None) -> str:
    """ "Jan 8 - Nov 7 2026"."""
    if begin is None or end is None:
        return ""
    year = "" if begin.year == end.year else f" {begin.year}"
    return f"{_MONTHS[begin.month - 1]} {begin.day}{year} - {_MONTHS[end.month - 1]} {end.day} {end.year}"


def pay(pays: list[Pay]) -> str:
    """The rate that an H-2 worker would get: the stated H-2A rate, else the offer when its unit can be true."""
    by_basis = {each.basis: each for each in reversed(pays)}
    best = by_basis.get("h2a") or by_basis.get("offer")
    if best is None or best.suspicious:
        return ""
    text = wages.short(best.amount, best.unit, best.amount_to)
    return text if len(text) <= PAY else wages.short(best.amount, best.unit)[:PAY]
