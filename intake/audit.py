"""The audit chain: every read, grant, export and change of a report, each row hashed onto the one before.

Only appended to. Somebody who can rewrite the table can rewrite the whole chain: an exported head, signed under the
audit key, shows that too. Rows hold random ids, codes and fingerprints, never a text or a number of a person.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core.clock import now
from core.envelope import keyed_hash
from core.errors import AmparoError
from core.keys import KeyProvider
from intake.models import Audit

_LOCK = 7102
_FIRST = bytes(32)
_ROWS = select(Audit.n, Audit.at, Audit.actor, Audit.action, Audit.object, Audit.detail, Audit.hash)


class BadHead(AmparoError):
    """An exported head was not signed with this audit key."""


@dataclass(frozen=True)
class Head:
    """The end of the chain at a moment, signed: kept elsewhere, it shows a chain that was cut or rewritten."""

    n: int
    hash: str
    at: str
    mac: str


@dataclass(frozen=True)
class VerifyResult:
    """`broken` is the number of the first row that does not fit, `reason` a code."""

    rows: int
    broken: int | None = None
    reason: str = ""

    @property
    def ok(self) -> bool:
        """Does the whole chain hold?"""
        return self.broken is None


def append(session: Session, actor: str, action: str, object_id: str, **detail: str | int) -> int:
    """Add a row in the caller's transaction; other appenders wait until it ends. Returns its number."""
    session.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    last = _last(session)
    row = Audit(n=last.n + 1 if last else 1, at=now(), actor=actor, action=action, object=object_id, detail=detail)
    fields = [row.n, row.at, row.actor, row.action, row.object, row.detail]
    row.hash = _link(last.hash if last else _FIRST, fields)
    session.add(row)
    session.flush()
    return row.n


def verify(session: Session, head: Head | None = None) -> VerifyResult:
    """Walk the chain from its first row; with an exported head, also compare with what was signed."""
    with closing(session.execute(_ROWS.order_by(Audit.n).execution_options(yield_per=2000))) as rows:
        return _walk(rows, head)


def export_head(session: Session, keys: KeyProvider) -> Head:
    """The signed end of the chain, to be kept on another machine or on paper."""
    last = _last(session)
    n, digest = (last.n, last.hash.hex()) if last else (0, _FIRST.hex())
    at = now().isoformat(timespec="seconds")
    return Head(n, digest, at, _mac(keys, n, digest, at))


def read_head(path: Path, keys: KeyProvider) -> Head:
    """An exported head whose signature holds. Raises BadHead."""
    try:
        head = Head(**json.loads(path.read_text(encoding="ascii")))
        if hmac.compare_digest(head.mac, _mac(keys, head.n, head.hash, head.at)):
            return head
    except (OSError, ValueError, TypeError):
        pass
    raise BadHead(f"{path} is not a head signed with the audit key of this installation")


def write_head(head: Head) -> str:
    """The head as one line of JSON."""
    return json.dumps(asdict(head))


def recorded(session: Session, action: str, object_id: str) -> list[dict[str, Any]]:
    """The details of an action on an object, oldest first."""
    query = select(Audit).where(Audit.action == action, Audit.object == object_id).order_by(Audit.n)
    return [row.detail for row in session.scalars(query)]


def _walk(rows: Iterable[Any], head: Head | None) -> VerifyResult:
    before, n, agrees = _FIRST, 0, head is None or head.n == 0
    for *fields, found in rows:
        if fields[0] != n + 1:
            return VerifyResult(n, n + 1, "missing")
        n, before = n + 1, _link(before, fields)
        if not hmac.compare_digest(before, found):
            return VerifyResult(n - 1, n, "changed")
        if head is not None and n == head.n:
            if found.hex() != head.hash:
                return VerifyResult(n - 1, n, "rewritten")
            agrees = True
    return VerifyResult(n) if agrees else VerifyResult(n, n + 1, "cut")


def _last(session: Session) -> Audit | None:
    return session.scalars(select(Audit).order_by(Audit.n.desc()).limit(1)).first()


def _link(before: bytes, fields: list[Any]) -> bytes:
    """Hash one row (every column but the hash, in the table's order) onto the one before."""
    canonical = json.dumps(fields, sort_keys=True, separators=(",", ":"), default=_moment)
    return hashlib.sha256(before + b"|" + canonical.encode()).digest()


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")


def _mac(keys: KeyProvider, n: int, digest: str, at: str) -> str:
    return keyed_hash(keys.get("audit"), "audit-head", f"{n}|{digest}|{at}").hex()
