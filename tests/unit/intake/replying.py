"""A caseworker's reply as the browser seals it."""

from uuid import UUID

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from channels import replies
from channels.models import ReplyKey
from core.clock import now
from core.envelope import pad, seal
from core.keys import KeyProvider
from intake.models import CaseReply


def sealed_reply(session: Session, sender: KeyProvider, text: str) -> tuple[ReplyKey, bytes]:
    """A fresh key of the pool, taken, and a text sealed to it."""
    replies.make_ahead(session, sender, 1)
    key = session.scalars(select(ReplyKey).where(ReplyKey.taken_at.is_(None), ReplyKey.destroyed_at.is_(None))).first()
    assert key is not None
    key.taken_at = now()
    return key, seal(pad(text.encode()), key.public, replies.info(key.id))


def write_reply(owner: Engine, sender: KeyProvider, case_id: UUID, text: str) -> int:
    """A reply that waits for the worker's code; its id."""
    with Session(owner) as session, session.begin():
        key, box = sealed_reply(session, sender, text)
        row = CaseReply(case_id=case_id, reply_key_id=key.id, box=box, segments=1)
        session.add(row)
        session.flush()
        return row.id
