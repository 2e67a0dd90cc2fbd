"""Status reports in any order, twice, late, forged or about nothing of ours."""

from itertools import permutations

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from channels import addresses
from channels.models import Conversation, OptOut, Outbox, OutboxState
from channels.outbox import say_text
from core.keys import KeyProvider
from tests.contracts.conftest import Caller

SID = "SM" + "a" * 32
WORDS = ("queued", "sent", "delivered", "read")


@pytest.fixture
def outbox_id(caller: Caller, owner: Engine) -> int:
    """A message of ours that is being sent."""
    caller.post(caller.recorded["valid"])
    with Session(owner) as session, session.begin():
        conversation = session.scalars(select(Conversation)).one().id
        say_text(session, conversation, "hello", source="test", source_id=1, ordinal=0)
        session.execute(update(Outbox).values(state=OutboxState.SENDING, attempt=1))
        return session.scalars(select(Outbox)).one().id


def report(caller: Caller, outbox_id: object, word: str, **more: str) -> int:
    form = {"MessageSid": SID, "MessageStatus": word, "AccountSid": "AC1", "RawDlrDoneDate": "2611220000"} | more
    return caller.post(form, path=f"/twilio/status?o={outbox_id}").status_code


def row(owner: Engine) -> Outbox:
    with Session(owner) as session:
        return session.scalars(select(Outbox)).one()


def test_the_last_state_wins_in_every_order_and_with_doubles(caller: Caller, owner: Engine, outbox_id: int) -> None:
    for order in permutations(WORDS):
        with Session(owner) as session, session.begin():
            session.execute(update(Outbox).values(state=OutboxState.SENDING))
        assert {report(caller, outbox_id, word) for word in (*order, *order)} == {200}
        assert row(owner).state is OutboxState.READ


def test_a_report_wipes_the_text_and_keeps_the_id_sealed(caller: Caller, owner: Engine, outbox_id: int) -> None:
    assert report(caller, outbox_id, "queued") == 200
    found = row(owner)
    assert (found.state, found.body, found.hour) == (OutboxState.ACCEPTED, None, None)
    opened = addresses.open_provider(found.provider_id or b"", KeyProvider(caller.settings.keys, "owner"))
    assert opened == (caller.channel, SID)


def test_an_error_code_that_was_moved_into_another_parameter_is_refused(
    caller: Caller, owner: Engine, outbox_id: int
) -> None:
    before = row(owner).state
    assert report(caller, outbox_id, "failed", ApiVersion="2010-04-01ErrorCode21610") == 403
    assert report(caller, outbox_id, "failed", ErrorCode="21610From+12025550101") == 403
    assert row(owner).state is before
    assert report(caller, outbox_id, "failed", ErrorCode="") == 200
    assert (row(owner).state, row(owner).error_code) == (OutboxState.FAILED, None)


def test_a_late_report_changes_nothing(caller: Caller, owner: Engine, outbox_id: int) -> None:
    report(caller, outbox_id, "undelivered", ErrorCode="30003")
    report(caller, outbox_id, "delivered")
    report(caller, outbox_id, "sent")
    assert (row(owner).state, row(owner).error_code) == (OutboxState.FAILED, 30003)


def test_blocked_by_the_worker_becomes_an_opt_out(caller: Caller, owner: Engine, outbox_id: int) -> None:
    report(caller, outbox_id, "failed", ErrorCode="21610")
    with Session(owner) as session:
        assert session.scalars(select(OptOut)).one()


@pytest.mark.parametrize("bad", ["", "0", "-1", "x", "1;2", "9" * 40, "１"])
def test_a_report_without_a_message_of_ours_is_refused(caller: Caller, outbox_id: int, bad: str) -> None:
    assert report(caller, bad, "sent") == 403


def test_a_report_about_an_unknown_message_is_no_error(caller: Caller, outbox_id: int) -> None:
    assert report(caller, 999_999, "sent") == 200


def test_an_unknown_state_is_refused(caller: Caller, owner: Engine, outbox_id: int) -> None:
    assert report(caller, outbox_id, "teleported") == 403
    assert row(owner).state is OutboxState.SENDING


def test_a_report_for_one_message_is_not_valid_for_another(caller: Caller, owner: Engine, outbox_id: int) -> None:
    form = {"MessageSid": SID, "MessageStatus": "failed"}
    signature = caller.sign("/twilio/status?o=999", form)
    assert caller.post(form, f"/twilio/status?o={outbox_id}", signature).status_code == 403
    assert row(owner).state is OutboxState.SENDING
