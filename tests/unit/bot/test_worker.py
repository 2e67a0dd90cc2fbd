"""What the sweep tells workers who wait."""

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine as SqlEngine
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from bot import memory, proof
from bot.hotline import Hotline, open_hotline
from bot.safety import check
from bot.worker import sweep
from channels import inbox
from channels.contract import InboundMessage
from channels.models import Conversation, Outbox, OutboxState, ReplyKey
from core.clock import shifted
from core.config import Settings
from core.database import Database
from core.keys import KeyProvider


@pytest.fixture
def hotline(settings: Settings, clean: None) -> Iterator[Hotline]:
    made = open_hotline(settings)
    yield made
    made.engine.close()
    made.db.close()
    made.locks.close()


@pytest.fixture
def write(hotline: Hotline, db: Callable[[str], Database], keys: Callable[[str], KeyProvider]) -> Callable[..., int]:
    """A message that nobody answers; the conversation's id."""

    def one(body: str = "hello") -> int:
        sid = f"SM{os.urandom(16).hex()}"
        message = InboundMessage("twilio_sms", sid, "+12025550191", "+15005550006", body, "text", None)
        with db("gateway").begin() as session:
            assert inbox.accept(session, message, keys("gateway"))
        with hotline.db.begin() as session:
            conversation = session.scalars(select(Conversation.id)).one()
        check(hotline, conversation)
        return conversation

    return one


def told(owner: SqlEngine) -> int:
    with Session(owner) as session:
        return len(session.scalars(select(Outbox.id).filter_by(source="wait")).all())


def swept_after(hotline: Hotline, seconds: int) -> None:
    with shifted(timedelta(seconds=seconds)):
        sweep(hotline)


def test_who_waits_for_twenty_seconds_is_told_once_however_long_it_takes_and_whatever_they_add(
    hotline: Hotline, write: Callable[[], int], owner: SqlEngine
) -> None:
    write()
    swept_after(hotline, 15)
    assert told(owner) == 0
    swept_after(hotline, 21)
    with shifted(timedelta(seconds=60)):
        write()
    for seconds in (62, 90, 300):
        swept_after(hotline, seconds)
    assert told(owner) == 1


def test_the_next_outage_is_told_again(hotline: Hotline, write: Callable[[], int], owner: SqlEngine) -> None:
    write()
    swept_after(hotline, 21)
    with owner.begin() as connection:
        connection.execute(text("update inbox.message set state = 'done'"))
    with shifted(timedelta(seconds=60)):
        write()
    swept_after(hotline, 70)
    assert told(owner) == 1
    swept_after(hotline, 90)
    assert told(owner) == 2


def test_stop_ends_the_ten_minutes_of_a_code(
    hotline: Hotline, write: Callable[..., int], keys: Callable[[str], KeyProvider]
) -> None:
    phone = write()
    with hotline.db.begin() as session:
        conversation = session.get_one(Conversation, phone)
        remembered: dict[str, object] = {}
        proof.keep(session, remembered, phone, UUID(int=5))
        memory.save(conversation, keys("worker"), remembered)
    write("STOP")
    with hotline.db.begin() as session:
        assert memory.load(session.get_one(Conversation, phone), keys("worker")) == {}


def test_a_held_reply_is_not_announced_and_no_word_but_the_code_frees_it(
    hotline: Hotline, write: Callable[..., int], owner: SqlEngine
) -> None:
    phone = write()
    with Session(owner) as session, session.begin():
        key = ReplyKey(public=bytes(32))
        session.add(key)
        session.flush()
        held = {"source": "reply", "source_id": 1, "ordinal": 0, "segments": 1, "state": OutboxState.HELD}
        session.add(Outbox(conversation_id=phone, reply_key_id=key.id, body=b"sealed", **held))
    sweep(hotline)
    write("9")
    with Session(owner) as session:
        rows = session.execute(select(Outbox.source, Outbox.state)).all()
    assert [tuple(row) for row in rows] == [("reply", OutboxState.HELD)]
