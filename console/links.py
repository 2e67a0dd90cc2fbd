"""Set-up links: made by an administrator or the command line, good once and for 72 hours.

The token is 256 random bits; the table keeps its SHA-256. It travels behind `#`, which no log of a server ever sees.
"""

import secrets
from datetime import timedelta
from hashlib import sha256

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from console.errors import Refused
from console.models import SetupLink
from core.clock import now
from intake import audit
from intake.models import Staff
from intake.readers import name_of

GOOD_FOR = timedelta(hours=72)
INVITED, RESET = "staff.invited", "staff.reset"


def make(
    session: Session, staff: Staff, console_url: str, actor: str, action: str = INVITED, *, new_key: bool = False
) -> str:
    """A link for this person; older ones stop working. `new_key`: the key in use may be replaced."""
    older = update(SetupLink).where(SetupLink.staff_id == staff.id, SetupLink.used_at.is_(None))
    session.execute(older.values(used_at=now()))
    token = secrets.token_urlsafe(32)
    row = SetupLink(token_hash=_digest(token), staff_id=staff.id, expires_at=now() + GOOD_FOR, new_key=new_key)
    session.add(row)
    audit.append(session, actor, action, name_of(staff.id), **({"new_key": 1} if new_key else {}))
    return f"{console_url}/setup#{token}"


def open_link(session: Session, token: str) -> SetupLink:
    """The row of a link that still works, locked until the transaction ends. Raises Refused."""
    row = session.scalars(select(SetupLink).where(SetupLink.token_hash == _digest(token)).with_for_update()).first()
    if row is None or row.used_at is not None or row.expires_at < now():
        raise _spent()
    staff = session.get(Staff, row.staff_id)
    if staff is None or staff.disabled_at is not None:
        raise _spent()
    return row


def _spent() -> Refused:
    return Refused(410, "link_spent", "This link was used already or is too old. Ask your administrator for a new one.")


def _digest(token: str) -> bytes:
    return sha256(token.encode()).digest()
