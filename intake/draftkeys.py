"""Key files of drafts. Files know no transactions: made before the row is committed, destroyed only after.

What a crash leaves behind (a file without a row) is found by `sweep`.
"""

from uuid import UUID, uuid4

from sqlalchemy import event, select, text
from sqlalchemy.orm import Session

from core.envelope import new_key
from core.keys import KeyProvider
from core.logging import Log
from intake.models import Draft

log = Log("intake")
FOLDER = "draft/"
_WAITING = "amparo.draft_keys_to_destroy"
_LOCK = 7101  # shared by who makes a key file, exclusive for the sweep: it never sees a file whose row is on its way


def name_of(draft_id: UUID) -> str:
    """Name of the key of a draft."""
    return FOLDER + draft_id.hex


def make(session: Session, keys: KeyProvider) -> tuple[UUID, bytes]:
    """A fresh draft id and its key; the file is durable before the row can be."""
    session.execute(text("select pg_advisory_xact_lock_shared(:lock)"), {"lock": _LOCK})
    draft_id, key = uuid4(), new_key()
    keys.put(name_of(draft_id), key)
    return draft_id, key


def destroy_after_commit(session: Session, keys: KeyProvider, draft_id: UUID) -> None:
    """Destroy the key once the session's transaction is committed; a rollback keeps it."""
    if not event.contains(session, "after_commit", _destroy):
        event.listen(session, "after_commit", _destroy)
        event.listen(session, "after_rollback", _forget)
    session.info.setdefault(_WAITING, []).append((keys, name_of(draft_id)))


def sweep(session: Session, keys: KeyProvider) -> list[str]:
    """Destroy the key files that no draft needs: left by a rollback, or by a crash right after a commit."""
    if not session.scalar(text("select pg_try_advisory_xact_lock(:lock)"), {"lock": _LOCK}):
        return []
    live = {name_of(draft_id) for draft_id in session.scalars(select(Draft.id))}
    waiting = {name for _, name in session.info.get(_WAITING, [])}
    orphans = [name for name in keys.names(FOLDER) if name not in live | waiting]
    for name in orphans:
        keys.destroy(name)
    return orphans


def _destroy(session: Session) -> None:
    if session.in_nested_transaction():
        return
    for keys, name in session.info.pop(_WAITING, []):
        try:
            keys.destroy(name)
        except OSError:
            log.alarm("draft_key_kept")


def _forget(session: Session) -> None:
    session.info.pop(_WAITING, None)
