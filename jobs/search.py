"""The search for certified job orders that are not over: ranked, and widened in a said order when nothing fits."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, String, and_, case, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from jobs import occupations, places, show
from jobs.models import Certification, JobOrder, Opening
from jobs.places import Place
from jobs.query import JobQuery

NEAR, FAR = 60.0, 200.0  # miles around a city: asked for, and widened
SOON = 21  # days around the wanted start
COUNTED = 1_000  # `total` stops counting here
_METRES = 1_609.344
WIDENINGS = ("words", "month", "visa", "near", "occupation", "state")


@dataclass(frozen=True)
class JobLine:
    """One result, short enough that three fit two GSM-7 segments. Every text is GSM-safe."""

    order_id: int
    short_title: str  # at most 28 characters
    place: str  # "Colquitt GA", at most 19 characters
    pay: str  # "$16.08/h", at most 12 characters; empty when it is not clear
    dates: str  # "Jan-Nov"
    miles: int | None = None  # distance to the city or ZIP asked for


@dataclass(frozen=True)
class SearchAnswer:
    """A page of results. `widened` is the last thing given up to find any (see `plan`), None for an exact answer.

    `as_of` is the oldest day on which one of the shown orders was seen to be certified.
    """

    results: tuple[JobLine, ...]
    total: int
    as_of: date | None
    widened: str | None = None


def search(session: Session, query: JobQuery, *, today: date, offset: int = 0, limit: int = 3) -> SearchAnswer:
    """Certified orders whose end lies after today, best first: occupation, distance, month, start."""
    for widened, attempt in plan(query):
        total = _count(session, attempt, today)
        if total:
            lines = tuple(_line(row) for row in _rows(session, attempt, query, today, total, offset, limit))
            return SearchAnswer(lines, total, _as_of(session, lines), widened)
    return SearchAnswer((), 0, session.scalar(select(func.max(Certification.as_of))), None)


@dataclass(frozen=True)
class Attempt:
    """One way to read the query; every field that is set is a condition."""

    occupations: tuple[str, ...]
    place: Place | None
    month: date | None
    visa: str | None
    words: tuple[str, ...]
    miles: float = NEAR


def plan(query: JobQuery) -> Iterator[tuple[str | None, Attempt]]:
    """The query as asked, then with one thing after another given up, each named:

    words nobody knew, month, visa, near (200 miles or the city's state), occupation (the wider one, in the
    place), state (the occupation asked for anywhere, nearest first), occupation again (any in the place, then any).
    """
    words = () if query.occupations else query.leftover
    attempt = Attempt(query.occupations, query.place, query.month, query.visa, words)
    yield None, attempt
    for name, wider in _wider(query, attempt):
        if wider != attempt:
            attempt = wider
            yield name, wider


def _wider(query: JobQuery, asked: Attempt) -> Iterator[tuple[str, Attempt]]:
    plain = replace(asked, words=())
    yield "words", plain
    plain = replace(plain, month=None)
    yield "month", plain
    plain = replace(plain, visa=None)
    yield "visa", plain
    far = replace(plain, miles=FAR)
    if query.place and query.place.is_point:
        yield "near", far
    for broader in _broader(query.occupations):
        yield "occupation", replace(far, occupations=broader)
    if query.place and query.occupations:
        yield "state", replace(plain, place=None)
    yield "occupation", replace(far, occupations=())
    yield "occupation", replace(far, occupations=(), place=None)


def _broader(codes: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    while codes := occupations.widened(codes):
        yield codes


def _conditions(attempt: Attempt, today: date) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [Opening.end > today]
    if attempt.occupations:
        found.append(Opening.concepts.overlap(_codes(attempt.occupations)))
    if attempt.month:
        found.append(_in_month(attempt.month))
    if attempt.visa:
        found.append(Opening.program == attempt.visa)
    if attempt.words:
        any_word = " | ".join(f"{word}:*" for word in attempt.words)
        found.append(Opening.words.bool_op("@@")(func.to_tsquery("simple", any_word)))
    if attempt.place:
        found.append(_near(attempt.place, attempt.miles))
    return found


def _codes(codes: tuple[str, ...]) -> ColumnElement[Any]:
    return literal(list(codes), ARRAY(String(20)))


def _in_month(month: date) -> ColumnElement[bool]:
    """The season overlaps the month."""
    following = (month + timedelta(days=32)).replace(day=1)
    return and_(Opening.begin < following, Opening.end >= month)


def _near(place: Place, miles: float) -> ColumnElement[bool]:
    """In the state; or around the point, by the index on the earth, then exactly."""
    if not place.is_point:
        return Opening.state == place.state
    around = _earth(place)
    box = func.earth_box(around, miles * _METRES)
    inside = and_(box.bool_op("@>")(_where()), func.earth_distance(_where(), around) <= miles * _METRES)
    return or_(inside, Opening.state == place.state) if miles > NEAR else inside


def _earth(place: Place) -> ColumnElement[float]:
    lat, lon = (place.lat, place.lon) if place.is_point else places.state_point(place.state)
    return func.ll_to_earth(lat, lon)


def _where() -> ColumnElement[float]:
    return func.ll_to_earth(Opening.lat, Opening.lon)


def _count(session: Session, attempt: Attempt, today: date) -> int:
    some = select(literal(1)).select_from(Opening).where(*_conditions(attempt, today)).limit(COUNTED)
    return session.scalar(select(func.count()).select_from(some.subquery())) or 0


def _rows(
    session: Session, attempt: Attempt, query: JobQuery, today: date, total: int, offset: int, limit: int
) -> Sequence[Row[Opening, float]]:
    """One page. Where a thousand orders fit, those that start about now come first: an index finds them at once."""
    if total < COUNTED:
        return session.execute(_page(attempt, query, today).offset(offset).limit(limit)).all()
    soon = Opening.begin.between(*_about(query.month or today))
    page = _page(attempt, query, today, soon)
    found = session.execute(page.where(soon).offset(offset).limit(limit)).all()
    return found if len(found) == limit else session.execute(page.offset(offset).limit(limit)).all()


def _about(day: date) -> tuple[date, date]:
    return day - timedelta(days=SOON), day + timedelta(days=SOON)


def _page(
    attempt: Attempt, query: JobQuery, today: date, first: ColumnElement[bool] | None = None
) -> Select[Opening, float]:
    """Order: what must be `first`, all concepts in the title, any in the title, distance, wanted month, start."""
    ranks: list[ColumnElement[object]] = [case((first, 0), else_=1)] if first is not None else []
    if attempt.occupations:
        codes = _codes(attempt.occupations)
        ranks.append(
            case((Opening.title_concepts.contains(codes), 0), (Opening.title_concepts.overlap(codes), 1), else_=2)
        )
    metres: ColumnElement[float] = literal(None)
    if query.place and (query.place.is_point or attempt.place is None):
        metres = func.earth_distance(_where(), _earth(query.place))
        ranks.append(metres.asc().nulls_last())
    if query.month:
        ranks.append(case((_in_month(query.month), 0), else_=1))
    ranks.append(func.abs(Opening.begin - (query.month or today)))
    return select(Opening, metres).where(*_conditions(attempt, today)).order_by(*ranks, Opening.order_id)


def _line(row: Row[Opening, float]) -> JobLine:
    opening, metres = row
    miles = round(metres / _METRES) if metres is not None else None
    dates = show.season(opening.begin, opening.end)
    return JobLine(opening.order_id, opening.short_title, opening.place, opening.pay, dates, miles)


def _as_of(session: Session, lines: tuple[JobLine, ...]) -> date | None:
    ids = [line.order_id for line in lines]
    oldest = select(func.min(Certification.as_of)).join(JobOrder, JobOrder.certification_id == Certification.id)
    return session.scalar(oldest.where(JobOrder.id.in_(ids)))
