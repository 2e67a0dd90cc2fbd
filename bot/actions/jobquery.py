"""A job search as codes between turns. Words that the register does not know are dropped: they might be a name."""

from dataclasses import asdict, replace
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from jobs.places import Place
from jobs.query import JobQuery
from jobs.search import search

_MOST_WORDS = 3


def to_codes(query: JobQuery) -> dict[str, Any]:
    """Plain JSON of a query."""
    return {
        "work": list(query.occupations),
        "place": asdict(query.place) if query.place else None,
        "month": query.month.isoformat() if query.month else None,
        "visa": query.visa,
        "words": list(query.leftover),
    }


def from_codes(codes: dict[str, Any] | None) -> JobQuery:
    """The query of `to_codes`; an empty one for nothing."""
    if not codes:
        return JobQuery()
    return JobQuery(
        occupations=tuple(codes["work"]),
        place=Place(**codes["place"]) if codes["place"] else None,
        month=date.fromisoformat(codes["month"]) if codes["month"] else None,
        visa=codes["visa"],
        leftover=tuple(codes["words"]),
    )


def merged(before: JobQuery, heard: JobQuery) -> JobQuery:
    """What was said now counts; what was not mentioned stays."""
    return JobQuery(
        occupations=heard.occupations or before.occupations,
        place=heard.place or before.place,
        month=heard.month or before.month,
        visa=heard.visa or before.visa,
        leftover=heard.leftover or before.leftover,
    )


def only_known_words(session: Session, query: JobQuery, today: date) -> JobQuery:
    """The query with only those left-over words that stand in the register's own job titles."""
    known = tuple(word for word in query.leftover[:_MOST_WORDS] if _in_register(session, word, today))
    return replace(query, leftover=known)


def _in_register(session: Session, word: str, today: date) -> bool:
    found = search(session, JobQuery(leftover=(word,)), today=today, limit=1)
    return found.total > 0 and found.widened is None
