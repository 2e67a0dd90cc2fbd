"""Is this employer or case number in the register? "Not found" never accuses, and one name may mean several firms."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from jobs import names, places, show
from jobs.models import Certification, Employer
from jobs.query import without_question
from jobs.statuses import kind
from jobs.text import clean, gsm

SHOWN = 5
LONGEST = 200
_CASE = re.compile(r"\bH\W?(\d{3})\W?(\d{5})\W?(\d{6})\b", re.IGNORECASE)
_ALIKE = 0.5  # trigram similarity from which a name is offered as a guess
_SHORTEST = 4  # letters; shorter names are compared as they are


@dataclass(frozen=True)
class Found:
    """An employer at a place, with its newest order. Several firms may bear one name: show the place."""

    employer: str
    place: str  # of the employer, "Colquitt GA"
    case_number: str
    status: str  # "certified", "returned", "pending" or "other"
    orders: int  # certified orders of this employer that are not over
    dates: str  # of the newest order, "Jan-Nov"
    exact: bool  # the case number, or the name but for spaces, signs and legal suffix
    as_of: date


@dataclass(frozen=True)
class CheckAnswer:
    """What the register holds for these words. Empty `found` says nothing against anybody."""

    found: tuple[Found, ...]
    as_of: date | None  # of the register when nothing was found, else of the oldest entry shown
    kind: str = "name"  # "case" when the words held a case number
    total: int = 0


def check(session: Session, words: str, today: date) -> CheckAnswer:
    """Look up a case number, else the name of an employer: equal names first, then names that begin so or look alike.

    A name may be followed by a place ("Jones Farms, Georgia"): firms of that state come first.
    """
    text = clean(words)[:LONGEST]
    number = _CASE.search(text)
    if number:
        found = _by_case(session, "H-{}-{}-{}".format(*number.groups()), today)
        return _answer(session, found, "case")
    name, state = _name_and_state(text)
    for candidate in dict.fromkeys((name, without_question(name))):
        key = names.name_key(candidate)
        found = _by_name(session, key, state, today) if key else []
        if found:
            return _answer(session, found, "name")
    return _answer(session, [], "name")


def _name_and_state(text: str) -> tuple[str, str | None]:
    """ "Jones Farms, Georgia" -> ("Jones Farms", "GA"); a legal suffix after the comma stays with the name."""
    name, _, rest = text.rpartition(",")
    state = places.state_code(rest.strip()) if name else None
    return (name, state) if state else (text, None)


def _by_case(session: Session, number: str, today: date) -> list[Found]:
    rows = session.execute(_entries(today).where(Certification.case_number == number.upper()))
    return [_found(row, exact=True) for row in rows]


def _by_name(session: Session, key: str, state: str | None, today: date) -> list[Found]:
    """Equal names if there are any, else guesses."""
    equal = or_(Employer.name_key == key, Employer.trade_key == key, Employer.legal_key == key)
    for condition, exact in ((equal, True), (_begins(key), False), (_alike(key), False)):
        ids = _employers(session, condition, key, state)
        if ids:
            return [_found(row, exact) for row in _newest(session, ids, today)]
    return []


def _begins(key: str) -> ColumnElement[bool]:
    if len(key) < _SHORTEST:
        return Employer.name_key == key
    return or_(Employer.name_key.startswith(key, autoescape=True), Employer.trade_key.startswith(key, autoescape=True))


def _alike(key: str) -> ColumnElement[bool]:
    if len(key) < _SHORTEST:
        return Employer.name_key == key
    near = or_(Employer.name_key.bool_op("%")(key), Employer.trade_key.bool_op("%")(key))
    return and_(near, _similarity(key) >= _ALIKE)


def _similarity(key: str) -> ColumnElement[float]:
    return func.greatest(func.similarity(Employer.name_key, key), func.similarity(Employer.trade_key, key))


def _employers(session: Session, condition: ColumnElement[bool], key: str, state: str | None) -> list[int]:
    in_state = case((Employer.state == (state or ""), 0), else_=1)
    found = select(Employer.id).where(condition).order_by(in_state, _similarity(key).desc(), Employer.id)
    return list(session.scalars(found.limit(50)))


def _entries(today: date) -> Select[Any]:
    """Certifications with their employer and how many of its orders are on offer today."""
    other = Certification.__table__.alias("other")
    open_orders = (
        select(func.count())
        .select_from(other)
        .where(other.c.employer_id == Employer.id, other.c.certified, other.c.end > today)
        .scalar_subquery()
    )
    return select(Employer, Certification, open_orders).join(Employer, Employer.id == Certification.employer_id)


def _newest(session: Session, ids: list[int], today: date) -> list[Any]:
    """One entry for each employer, in the order of `ids`: a certified case before others, the latest end first."""
    newest = (
        _entries(today)
        .where(Employer.id.in_(ids))
        .ext(distinct_on(Employer.id))
        .order_by(Employer.id, Certification.certified.desc(), Certification.end.desc().nulls_last())
    )
    place = {id: position for position, id in enumerate(ids)}
    return sorted(session.execute(newest), key=lambda row: place[row[0].id])


def _found(row: Any, exact: bool) -> Found:
    employer, certification, orders = row
    return Found(
        employer=gsm(employer.name),
        place=show.place(employer.city, employer.state),
        case_number=certification.case_number,
        status=kind(certification.status),
        orders=orders,
        dates=show.season(certification.begin, certification.end),
        exact=exact,
        as_of=certification.as_of,
    )


def _answer(session: Session, found: list[Found], looked_for: str) -> CheckAnswer:
    shown = tuple(found[:SHOWN])
    if shown:
        return CheckAnswer(shown, min(each.as_of for each in shown), looked_for, len(found))
    return CheckAnswer((), session.scalar(select(func.max(Certification.as_of))), looked_for, 0)
