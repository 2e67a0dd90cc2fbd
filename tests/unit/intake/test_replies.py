"""Replies wait for the code, leave once, and wait again when they could not leave."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot import safety
from channels import optout
from channels.models import Conversation, Outbox, OutboxState
from core.clock import now, shifted
from core.envelope import KeyPair
from core.keys import KeyProvider
from intake import replies
from intake.models import Case, CaseReply, ReplyState
from tests.unit.intake.hotline import Hotline
from tests.unit.intake.replying import write_reply

WAITING, RELEASED = ReplyState.WAITING, ReplyState.RELEASED


@pytest.fixture
def case(hotline: Hotline, ana: KeyPair, keys: Callable[[str], KeyProvider]) -> UUID:
    """A filed report with two replies."""
    hotline.file(hotline.told("story"))
    with Session(hotline.owner) as session:
        found = session.scalars(select(Case.id)).one()
    for text in ("first", "second"):
        write_reply(hotline.owner, keys("sender"), found, text)
    return found


def release(hotline: Hotline, case: UUID, conversation: int) -> int:
    with hotline.worker.begin() as session:
        return replies.release(session, case, session.get_one(Conversation, conversation), now())


def states(hotline: Hotline) -> list[ReplyState]:
    with Session(hotline.owner) as session:
        return list(session.scalars(select(CaseReply.state).order_by(CaseReply.id)))


def held(hotline: Hotline, attempt: int = 0) -> None:
    with Session(hotline.owner) as session, session.begin():
        session.execute(update(Outbox).values(state=OutboxState.HELD, attempt=attempt))


def test_what_waits_leaves_once_in_order_and_the_case_keeps_no_copy(hotline: Hotline, case: UUID) -> None:
    phone, another = hotline.conversation(), hotline.conversation()
    assert (release(hotline, case, phone), release(hotline, case, another)) == (2, 0)
    with Session(hotline.owner) as session:
        rows = session.scalars(select(Outbox).order_by(Outbox.id)).all()
        assert [(row.conversation_id, row.source, row.hour) for row in rows] == [(phone, "reply", None)] * 2
        assert [row.source_id for row in rows] == sorted(row.source_id for row in rows)
        assert session.scalars(select(CaseReply.box)).all() == [None, None]
    assert states(hotline) == [RELEASED] * 2


def test_after_stop_the_replies_go_on_waiting(hotline: Hotline, case: UUID) -> None:
    phone = hotline.conversation()
    with hotline.worker.begin() as session:
        optout.opt_out(session, session.get_one(Conversation, phone))
    assert release(hotline, case, phone) == 0
    assert states(hotline) == [WAITING] * 2


def test_a_reply_that_could_not_leave_for_long_waits_for_the_code_again(hotline: Hotline, case: UUID) -> None:
    phone = hotline.conversation()
    release(hotline, case, phone)
    held(hotline)
    with hotline.worker.begin() as session:
        assert replies.put_back(session) == 0
    with shifted(timedelta(minutes=91)), hotline.worker.begin() as session:
        assert replies.put_back(session) == 2
    assert states(hotline) == [WAITING] * 2
    assert release(hotline, case, phone) == 2


def test_what_silence_held_back_leaves_with_the_code_alone(hotline: Hotline, case: UUID) -> None:
    phone, another = hotline.conversation(), hotline.conversation()
    release(hotline, case, phone)
    held(hotline)
    with hotline.worker.begin() as session:
        safety.release_held(session, phone)  # whoever has the phone wrote something
    assert release(hotline, case, another) == 0
    with Session(hotline.owner) as session:
        assert set(session.scalars(select(Outbox.state))) == {OutboxState.HELD}
    assert release(hotline, case, phone) == 2
    with Session(hotline.owner) as session:
        assert set(session.scalars(select(Outbox.state))) == {OutboxState.READY}


def test_one_that_the_carrier_may_have_never_comes_twice(hotline: Hotline, case: UUID) -> None:
    release(hotline, case, hotline.conversation())
    held(hotline, attempt=1)
    with shifted(timedelta(minutes=91)), hotline.worker.begin() as session:
        assert replies.put_back(session) == 0


def test_what_has_not_left_for_a_wrong_number_is_called_back(hotline: Hotline, case: UUID) -> None:
    phone = hotline.conversation()
    release(hotline, case, phone)
    with hotline.worker.begin() as session:
        assert replies.call_back(session, hotline.conversation()) == 0
        assert replies.call_back(session, phone) == 2
        assert replies.waiting(session, case) == 2
