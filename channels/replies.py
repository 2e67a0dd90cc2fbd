"""Pairs for replies, made ahead by the sender: a browser seals to the public half, and only the sender can open.

The private half is a file `reply/<id>`. `destroyed_at` is committed first and the file goes after it, so no row that
may still be sent ever names a key that is gone. What a crash leaves behind is found by `destroy_left_over`.
"""

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from channels.models import Outbox, ReplyKey
from core.clock import now
from core.database import Database
from core.envelope import new_pair, unpad, unseal
from core.keys import KeyProvider

FOLDER = "reply/"
AHEAD = 50
_LOCK = 7003  # whoever makes a file holds it until its row is committed; the search for left-overs waits for that
_FREE = (ReplyKey.taken_at.is_(None), ReplyKey.destroyed_at.is_(None))


def name_of(key_id: int) -> str:
    """Name of the private half."""
    return f"{FOLDER}{key_id}"


def info(key_id: int) -> bytes:
    """The context a reply is bound to."""
    return f"amparo|reply|{key_id}".encode()


def open_text(box: bytes, key_id: int, keys: KeyProvider) -> str:
    """The words of a reply. Raises KeyMissing once it has left, CannotOpen for another key's box."""
    return unpad(unseal(box, keys.get(name_of(key_id)), info(key_id))).decode("utf-8", "replace")


def make_ahead(session: Session, keys: KeyProvider, n: int = AHEAD) -> None:
    """Fill the pool up to `n` free pairs. Each file is durable before its row is committed."""
    session.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    free = session.scalar(select(func.count()).select_from(ReplyKey).where(*_FREE)) or 0
    for _ in range(n - free):
        pair = new_pair()
        row = ReplyKey(public=pair.public)
        session.add(row)
        session.flush()
        keys.destroy(name_of(row.id))  # a file without its row is left over from a start that was killed
        keys.put(name_of(row.id), pair.private)


def finish(db: Database, keys: KeyProvider) -> None:
    """Destroy the keys of replies that the carrier has, or that will never leave: their text is wiped already."""
    wiped = select(Outbox.reply_key_id).where(Outbox.reply_key_id.is_not(None), Outbox.body.is_(None))
    done = update(ReplyKey).where(ReplyKey.destroyed_at.is_(None), ReplyKey.id.in_(wiped))
    with db.begin() as session:
        gone = session.scalars(done.values(destroyed_at=now()).returning(ReplyKey.id)).all()
    for key_id in gone:
        keys.destroy(name_of(key_id))


def destroy_left_over(session: Session, keys: KeyProvider) -> list[str]:
    """Destroy the files of keys that are over: retired by somebody else, or without a row."""
    if not session.scalar(text("select pg_try_advisory_xact_lock(:lock)"), {"lock": _LOCK}):
        return []
    live = {name_of(key_id) for key_id in session.scalars(select(ReplyKey.id).where(ReplyKey.destroyed_at.is_(None)))}
    orphans = [name for name in keys.names(FOLDER) if name not in live]
    for name in orphans:
        keys.destroy(name)
    return orphans


def keep_house(db: Database, keys: KeyProvider) -> None:
    """What the sender does every few seconds, each step in a transaction of its own."""
    finish(db, keys)
    with db.begin() as session:
        make_ahead(session, keys)
    with db.begin() as session:
        destroy_left_over(session, keys)
