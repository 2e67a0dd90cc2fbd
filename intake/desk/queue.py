"""The queue: the cases a reader holds a wrap of, most urgent first, then the next clock, then the oldest."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Select, cast, exists, func, literal, select, text, tuple_
from sqlalchemy.orm import Session, aliased

from intake.desk.access import visible_to
from intake.errors import Refused
from intake.models import DUE, Case, CaseAssignment, CaseCheck, CaseStatus, Staff

PAGE = 50
MOST_COUNTED = 1000
"""Counts stop here: nobody works through more, and a team of thousands of cases keeps a fast queue."""
ALL = "all"
_OVER = (CaseStatus.DECLINED, CaseStatus.CLOSED, CaseStatus.WITHDRAWN)
_STATUS = {"open": Case.status.not_in(_OVER), "closed": Case.status.in_(_OVER)}
STATUSES = (*_STATUS, ALL)
_ORDER = (Case.urgency, DUE, Case.opened, Case.id)
_NEVER = "infinity"


@dataclass(frozen=True)
class Wanted:
    """What the reader asked to see. `after` is the cursor of the page before."""

    status: str = "open"
    mine: bool = False
    urgency: int | None = None
    language: str | None = None
    alias: str = ""
    after: str = ""


@dataclass(frozen=True)
class Row:
    """A case of the queue. `conflict` is None before the check."""

    case: Case
    assigned: Staff | None
    conflict: bool | None


@dataclass(frozen=True)
class Page:
    """A page of the queue; `next` is the cursor of the one after it, None on the last."""

    rows: Sequence[Row]
    next: str | None


def page(session: Session, staff_id: int, wanted: Wanted) -> Page:
    """The next cases that fit. Raises Refused for a cursor that we did not make."""
    _plan_for_this_reader(session)
    query = _shown(staff_id).where(*_filters(staff_id, wanted))
    if wanted.after:
        query = query.where(tuple_(*_ORDER) > tuple_(*_position(wanted.after)))
    found = session.execute(query.order_by(*_ORDER).limit(PAGE + 1)).all()
    rows = [Row(*row) for row in found[:PAGE]]
    return Page(rows, _cursor(rows[-1].case) if len(found) > PAGE else None)


def counts(session: Session, staff_id: int) -> dict[str, int]:
    """How many cases are open, urgent and this reader's own, each up to `MOST_COUNTED`."""
    _plan_for_this_reader(session)
    still_open = _STATUS["open"]
    return {
        "open": _count(session, staff_id, still_open),
        "urgent": _count(session, staff_id, still_open, Case.urgency == 1),
        "mine": _count(session, staff_id, still_open, _mine(staff_id)),
    }


def _plan_for_this_reader(session: Session) -> None:
    """One reader holds every case, another a few: a plan kept for the average reader suits neither."""
    session.execute(text("set local plan_cache_mode = force_custom_plan"))


def _shown(staff_id: int) -> Select[Case, Staff, bool]:
    own_check = (CaseCheck.case_id == Case.id) & (CaseCheck.staff_id == staff_id)
    return (
        select(Case, Staff, CaseCheck.conflict)
        .outerjoin(CaseAssignment, CaseAssignment.case_id == Case.id)
        .outerjoin(Staff, Staff.id == CaseAssignment.staff_id)
        .outerjoin(CaseCheck, own_check)
        .where(visible_to(staff_id))
    )


def _filters(staff_id: int, wanted: Wanted) -> list[ColumnElement[bool]]:
    filters: list[ColumnElement[bool]] = [_STATUS[wanted.status]] if wanted.status in _STATUS else []
    if wanted.mine:
        filters.append(_mine(staff_id))
    if wanted.urgency is not None:
        filters.append(Case.urgency == wanted.urgency)
    if wanted.language is not None:
        filters.append(Case.language == wanted.language)
    if wanted.alias:
        filters.append(Case.alias.startswith(wanted.alias.strip().upper(), autoescape=True))
    return filters


def _mine(staff_id: int) -> ColumnElement[bool]:
    given = aliased(CaseAssignment)
    return exists().where(given.case_id == Case.id, given.staff_id == staff_id)


def _count(session: Session, staff_id: int, *filters: ColumnElement[bool]) -> int:
    some = select(Case.id).where(visible_to(staff_id), *filters).limit(MOST_COUNTED)
    return session.execute(select(func.count()).select_from(some.subquery())).scalar_one()


def _cursor(last: Case) -> str:
    """Where the next page begins: the sorted columns of the last row."""
    due = last.next_deadline.isoformat() if last.next_deadline else _NEVER
    place = [last.urgency, due, last.opened.isoformat(), str(last.id)]
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode()


def _position(cursor: str) -> tuple[ColumnElement[Any], ...]:
    try:
        urgency, due, opened, case_id = json.loads(base64.urlsafe_b64decode(cursor))
        due = due if due == _NEVER else date.fromisoformat(due)
        day = date.fromisoformat(opened)
        return literal(int(urgency)), cast(due, Date), literal(day), literal(UUID(case_id))
    except (ValueError, TypeError, AttributeError):
        raise Refused("this page of the queue does not exist: load the queue again") from None
