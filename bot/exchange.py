"""What worker and actions hand each other during one turn: `TurnFacts` in, lines out. Codes, never stories."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.models import ATTEMPTS, Turn, TurnAction, TurnInput, TurnLine
from channels import hourly
from core.errors import AmparoError
from core.keys import KeyProvider

type Args = dict[str, Any]


class NotInProgress(AmparoError):
    """This turn is over, or another attempt took its place: the action must do nothing."""


@dataclass(frozen=True)
class TurnFacts:
    """The parsed facts of a turn. `words` only for job search and employer check, empty for anything else."""

    intent: str
    language: str
    choice: str | None = None  # value of the digit or word chosen from the last prompt, e.g. "job:123"
    told: bool = False  # free text was given (it is already kept wherever it belongs)
    words: str = ""
    memory: Args = field(default_factory=dict)  # codes remembered between turns, see bot/memory.py
    draft: Args | None = None  # coded facts of the open draft: {"kind": "wages", "employer": "given", "story": 3}
    pending: bool = False  # a story told before the report was opened is waiting
    case: Args | None = None  # how the case stands whose code was sent in this turn or a few minutes ago
    away: str = ""  # "short": more than half an hour of silence before this message; "long": more than 45 days
    filed: bool = False  # this phone has a filed report, to which it may add
    intake_open: bool = True  # an intake team can read reports


@dataclass(frozen=True)
class Line:
    """`say` a message key, or `do` a named effect; the arguments are plain JSON."""

    kind: str
    key: str
    args: Args = field(default_factory=dict)


def put_facts(session: Session, turn: Turn, facts: TurnFacts) -> None:
    """Seal the facts for the actions, replacing those of an earlier attempt."""
    hour = hourly.current(session)
    body = hourly.seal_text(json.dumps(asdict(facts)), hour, f"turn_input|{turn.id}")
    session.merge(TurnInput(turn_id=turn.id, attempt=turn.attempt, hour=hour.id, body=body))


def get_facts(session: Session, ticket: int, keys: KeyProvider) -> tuple[Turn, TurnFacts]:
    """The turn in progress that a ticket names, and its facts. Raises NotInProgress, also for an earlier attempt."""
    turn_id, attempt = divmod(ticket, ATTEMPTS)
    query = select(Turn, TurnInput).join(TurnInput, TurnInput.turn_id == Turn.id)
    query = query.where(Turn.id == turn_id, Turn.in_progress, Turn.attempt == TurnInput.attempt)
    row = session.execute(query).one_or_none()
    if row is None or row.Turn.attempt % ATTEMPTS != attempt:
        raise NotInProgress("this attempt at this turn is not in progress")
    sealed = row.TurnInput
    return row.Turn, TurnFacts(**json.loads(hourly.open_text(sealed.body, sealed.hour, f"turn_input|{turn_id}", keys)))


def put_lines(session: Session, turn_id: int, attempt: int, action: str, lines: list[Line]) -> list[int]:
    """Write the lines of one action and the proof that it ran; returns the ordinals to utter for the `say` lines."""
    last = func.coalesce(func.max(TurnLine.ordinal), -1)
    where = (TurnLine.turn_id == turn_id, TurnLine.attempt == attempt)
    first = session.scalar(select(last).where(*where)) + 1  # type: ignore[operator]
    hour = hourly.current(session)
    for ordinal, line in enumerate(lines, first):
        body = hourly.seal_text(json.dumps(line.args), hour, f"turn_line|{turn_id}|{ordinal}")
        session.add(
            TurnLine(
                turn_id=turn_id, attempt=attempt, ordinal=ordinal, kind=line.kind, key=line.key, hour=hour.id, body=body
            )
        )
    session.add(TurnAction(turn_id=turn_id, attempt=attempt, name=action))
    return [ordinal for ordinal, line in enumerate(lines, first) if line.kind == "say"]


def get_lines(session: Session, turn: Turn, keys: KeyProvider) -> dict[int, Line]:
    """The lines of this attempt by ordinal."""
    rows = session.scalars(
        select(TurnLine).where(TurnLine.turn_id == turn.id, TurnLine.attempt == turn.attempt).order_by(TurnLine.ordinal)
    )
    return {
        row.ordinal: Line(
            row.kind,
            row.key,
            json.loads(hourly.open_text(row.body, row.hour, f"turn_line|{turn.id}|{row.ordinal}", keys)),
        )
        for row in rows
    }


def confirmed(session: Session, turn: Turn) -> list[str]:
    """Names of the actions that ran in this attempt."""
    where = (TurnAction.turn_id == turn.id, TurnAction.attempt == turn.attempt)
    return list(session.scalars(select(TurnAction.name).where(*where).order_by(TurnAction.id)))
