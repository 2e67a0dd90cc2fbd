"""Members of staff and recovery keys: public halves only, and every change in the audit chain."""

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import now
from core.errors import AmparoError
from intake import audit
from intake.bodies import is_enforcement
from intake.keyfile import fingerprint
from intake.models import RecoveryKey, Role, Staff, Team
from intake.readers import name_of

OPERATOR = "operator"
_TAKEN = "this e-mail address is already in use"
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class StaffFault(AmparoError):
    """This member of staff cannot be added or changed; the text says why."""


def add(session: Session, email: str, role: Role, team: str, public: bytes | None, actor: str = OPERATOR) -> Staff:
    """Add somebody, or give the key to somebody who has none yet. A key in use is never replaced here."""
    email, staff = check(session, email, role)
    _refuse_used(session, public)
    if staff is not None and public is None:
        raise StaffFault(_TAKEN)
    if staff is None:
        staff = Staff(email=email, role=role, team_id=_team(session, team).id)
        session.add(staff)
    if public is not None:
        staff.public_key, staff.fingerprint = public, fingerprint(public)
    session.flush()
    key = public.hex() if public else ""
    audit.append(session, actor, "staff.added", name_of(staff.id), role=role.value, team=staff.team_id, key=key)
    return staff


def check(session: Session, email: str, role: Role) -> tuple[str, Staff | None]:
    """The address as it is stored, and the keyless row it has already. Raises StaffFault."""
    email = _checked(email)
    staff = session.scalars(select(Staff).where(Staff.email == email)).one_or_none()
    if staff is not None and (staff.public_key is not None or staff.disabled_at is not None or staff.role is not role):
        raise StaffFault(_TAKEN)
    return email, staff


def find(session: Session, email: str) -> Staff:
    """Somebody by e-mail address. Raises StaffFault."""
    staff = session.scalars(select(Staff).where(Staff.email == email.strip().lower())).one_or_none()
    if staff is None:
        raise StaffFault("nobody on the staff has this e-mail address")
    return staff


def disable(session: Session, email: str, actor: str = OPERATOR) -> Staff:
    """Nothing is wrapped to this person from now on, and they read no case through this server."""
    staff = find(session, email)
    if staff.disabled_at is None:
        staff.disabled_at = now()
        audit.append(session, actor, "staff.disabled", name_of(staff.id))
    return staff


def set_key(session: Session, staff: Staff, public: bytes) -> None:
    """Somebody's own new key, made in their browser. Raises StaffFault for a key that somebody uses already."""
    _refuse_used(session, public)
    staff.public_key, staff.fingerprint = public, fingerprint(public)
    session.flush()
    audit.append(session, name_of(staff.id), "staff.key", name_of(staff.id), key=public.hex())


def add_recovery(session: Session, public: bytes) -> RecoveryKey:
    """Wrap every new report to this offline key too."""
    _refuse_used(session, public)
    row = RecoveryKey(public_key=public, fingerprint=fingerprint(public))
    session.add(row)
    session.flush()
    audit.append(session, OPERATOR, "recovery.added", f"recovery:{row.id}", key=public.hex())
    return row


def _checked(email: str) -> str:
    email = email.strip().lower()
    if not _EMAIL.fullmatch(email) or len(email) > 254:
        raise StaffFault("this is not an e-mail address")
    if is_enforcement(email.partition("@")[2]):
        raise StaffFault("nobody of immigration enforcement can be a member of staff")
    return email


def _refuse_used(session: Session, public: bytes | None) -> None:
    """One key, one reader: who opened what must stay clear."""
    if public is None:
        return
    staff = select(Staff.id).where(Staff.public_key == public)
    recovery = select(RecoveryKey.id).where(RecoveryKey.public_key == public)
    if any(session.scalar(query) is not None for query in (staff, recovery)):
        raise StaffFault("this key is already in use")


def _team(session: Session, name: str) -> Team:
    team = session.scalars(select(Team).where(Team.name == name)).one_or_none()
    if team is None:
        team = Team(name=name)
        session.add(team)
        session.flush()
    return team
