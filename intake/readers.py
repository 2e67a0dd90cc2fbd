"""Who can read reports: active intake staff with a key, by team, and the offline recovery keys."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.models import RecoveryKey, Role, Staff, Team
from intake.routing import DEFAULT_TEAM
from intake.sealing import Reader

STAFF, RECOVERY, LOST = "staff", "recovery", "lost"
MAY_HOLD = (Role.INTAKE, Role.OFFICER)
"""Roles that a colleague may give a case to."""


def name_of(staff_id: int) -> str:
    """A member of staff as reader and as actor of the audit chain."""
    return f"{STAFF}:{staff_id}"


def lost_name(staff_id: int) -> str:
    """Marks what somebody's lost key could open: a wrap under this name opens for nobody."""
    return f"{LOST}:{staff_id}"


def colleagues(session: Session) -> list[Staff]:
    """Everybody who may hold a wrap now: active, with a key, in a role that reads."""
    return [staff for staff in reading_staff(session) if staff.public_key is not None]


def reading_staff(session: Session) -> list[Staff]:
    """Everybody active in a role that reads, also while they have no key."""
    query = select(Staff).where(Staff.role.in_(MAY_HOLD), Staff.disabled_at.is_(None))
    return list(session.scalars(query.order_by(Staff.id)))


def active(session: Session, team: str | None = None) -> list[Reader]:
    """The readers of a team, or of all teams."""
    query = select(Staff).join(Team, Team.id == Staff.team_id).order_by(Staff.id)
    query = query.where(Staff.role == Role.INTAKE, Staff.disabled_at.is_(None))
    if team is not None:
        query = query.where(Team.name == team)
    return [Reader(name_of(row.id), row.public_key) for row in session.scalars(query) if row.public_key]


def recovery(session: Session) -> list[Reader]:
    """The offline recovery keys in use."""
    rows = session.scalars(select(RecoveryKey).where(RecoveryKey.retired_at.is_(None)).order_by(RecoveryKey.id))
    return [Reader(f"{RECOVERY}:{row.id}", row.public_key) for row in rows]


def intake_open(session: Session) -> bool:
    """Can a report be taken now? The default team, which every route may fall back to, needs a reader."""
    return bool(active(session, DEFAULT_TEAM))
