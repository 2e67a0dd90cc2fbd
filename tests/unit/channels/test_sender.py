"""Never twice, never out of order, never lost; against the local carrier and the real database."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from channels import optout
from channels.claims import CATCH_UP, claim_next, settle
from channels.errors import SendError, TextTooLong
from channels.models import Contact, Conversation, OptOut, Outbox, OutboxState
from channels.sender import Pumps
from core.clock import shifted
from core.keys import KeyProvider
from tests.unit.channels.line import PHONE, Line

DONE = {OutboxState.ACCEPTED, OutboxState.SENT, OutboxState.DELIVERED, OutboxState.READ}


@pytest.fixture
def talk(line: Line) -> Line:
    """A worker has written once."""
    assert line.text("hola").status_code == 200
    return line


def due(line: Line) -> None:
    """Do not wait for a back-off."""
    with line.owner.begin() as connection:
        connection.execute(text("update inbox.outbox set run_at = now() - interval '1 second'"))


def claim(line: Line) -> None:
    """Claim the next message and die."""
    with line.sender.db.begin() as session:
        claim_next(session, 1)


def test_messages_leave_in_order_and_urgent_ones_first(talk: Line) -> None:
    for n in range(5):
        talk.say(f"line {n}", ordinal=n)
    talk.say("danger", ordinal=9, urgent=True)
    talk.send()
    assert talk.heard() == ["danger", *(f"line {n}" for n in range(5))]


def test_the_same_cause_never_speaks_twice(talk: Line) -> None:
    for _ in range(3):
        talk.say("once")
    talk.send()
    talk.send()
    assert talk.heard() == ["once"]


def test_many_bells_at_once_send_each_message_once_and_in_order(talk: Line) -> None:
    phones = [f"+1202555{n:04d}" for n in range(200, 206)]
    for phone in phones:
        talk.text("hi", phone=phone)
    for n in range(5):
        for conversation in range(2, 8):
            talk.say(f"{n}", ordinal=n, conversation=conversation)
    threads = [threading.Thread(target=talk.send, args=(c,)) for c in range(2, 8) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [talk.heard(phone) for phone in phones] == [["0", "1", "2", "3", "4"]] * 6


def test_a_crash_before_the_call_sends_once(talk: Line) -> None:
    talk.say("one", ordinal=0)
    talk.say("two", ordinal=1)
    claim(talk)
    talk.send()
    assert talk.heard() == []  # nothing overtakes a message whose outcome is unknown
    talk.sender.recover()
    talk.send()
    assert talk.heard() == ["one", "two"]


def test_a_crash_after_the_call_is_reconciled_and_sends_once(talk: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    talk.exchange.reports = False  # no callback comes to help
    talk.say("one", ordinal=0)
    talk.say("one", ordinal=1)  # the same words again: the list alone cannot tell them apart
    monkeypatch.setattr(type(talk.sender), "_accepted", lambda *_: None)
    with talk.sender.db.begin() as session:
        found = claim_next(session, 1)
    talk.sender.deliver(found)  # type: ignore[arg-type]
    monkeypatch.undo()
    assert talk.states() == [OutboxState.SENDING, OutboxState.READY]
    talk.sender.recover()
    talk.send()
    assert talk.heard() == ["one", "one"]
    assert {row.provider_id is not None for row in talk.outbox()} == {True}


def test_a_callback_finishes_what_a_crash_left_open(talk: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(talk.sender), "_accepted", lambda *_: None)
    talk.say("one")
    talk.send()
    talk.eventually(lambda: talk.states() == [OutboxState.DELIVERED])
    monkeypatch.undo()
    talk.sender.recover()
    talk.send()
    assert talk.heard() == ["one"]
    assert talk.outbox()[0].body is None


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_5xx_is_looked_up_before_it_is_sent_again(talk: Line, status: int) -> None:
    talk.fault(status=status, code=20500, accept=True)
    talk.say("taken all the same")
    talk.exchange.reports = False
    talk.send()
    assert talk.states() == [OutboxState.READY]
    due(talk)
    talk.send()
    assert talk.heard() == ["taken all the same"]
    assert talk.states() == [OutboxState.ACCEPTED]


def test_a_5xx_that_was_not_taken_is_sent_again(talk: Line) -> None:
    talk.fault(status=500, times=2)
    talk.say("one", ordinal=0)
    talk.say("two", ordinal=1)
    for _ in range(3):
        talk.send()
        due(talk)
    assert talk.heard() == ["one", "two"]


def test_a_failed_look_up_stays_doubtful(talk: Line) -> None:
    talk.fault(status=500, accept=True)
    talk.fault(method="list", status=429, code=20429)
    talk.exchange.reports = False
    talk.say("one")
    for _ in range(3):
        talk.send()
        due(talk)
    assert talk.heard() == ["one"]


def test_too_fast_backs_off_with_jitter(talk: Line) -> None:
    talk.fault(status=429, code=20429)
    talk.say("later")
    talk.send()
    (row,) = talk.outbox()
    assert (row.state, row.error_code, row.attempt) == (OutboxState.READY, 20429, 1)
    assert row.run_at > row.created_at + timedelta(seconds=0.9)
    assert row.body is not None
    due(talk)
    talk.send()
    assert talk.heard() == ["later"]


def test_a_carrier_that_cannot_be_reached_loses_nothing(talk: Line) -> None:
    carrier = talk.sender.carriers["twilio_sms"]
    http = carrier._client.http_client  # type: ignore[attr-defined]
    base, http.base = http.base, "http://127.0.0.1:9"
    talk.say("later")
    talk.send()
    assert talk.states() == [OutboxState.READY]
    http.base = base
    due(talk)
    talk.send()
    assert talk.heard() == ["later"]


def test_a_time_out_waits_for_the_carriers_word(talk: Line) -> None:
    carrier = talk.sender.carriers["twilio_sms"]
    carrier._client.http_client.timeout = 0.2  # type: ignore[attr-defined]
    talk.fault(status=200, delay=0.6)
    talk.say("slow")
    talk.send()
    assert talk.states() == [OutboxState.SENDING]
    talk.eventually(lambda: talk.heard() == ["slow"])
    talk.eventually(lambda: talk.states() == [OutboxState.DELIVERED])
    assert talk.heard() == ["slow"]


def test_what_the_carrier_said_is_written_when_the_database_is_back(
    talk: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk.exchange.reports = False
    outages = [OperationalError("away", None, Exception()) for _ in range(2)]

    def flaky(row: Outbox, state: OutboxState, code: int | None = None) -> None:
        if outages:
            raise outages.pop()
        settle(row, state, code)

    monkeypatch.setattr("channels.sender.settle", flaky)
    talk.say("one")
    talk.send()
    assert talk.states() == [OutboxState.ACCEPTED]
    assert talk.heard() == ["one"]


def test_a_refused_message_fails_for_good_and_the_next_one_leaves(talk: Line) -> None:
    talk.fault(status=400, code=21614)
    talk.say("bad", ordinal=0)
    talk.say("good", ordinal=1)
    talk.send()
    first, second = talk.outbox()
    assert (first.state, first.error_code, first.body) == (OutboxState.FAILED, 21614, None)
    assert second.state in DONE
    assert talk.heard() == ["good"]


def test_blocked_at_the_carrier_becomes_our_opt_out(talk: Line) -> None:
    talk.exchange.unsubscribed.add((PHONE, "+15005550006"))
    talk.say("one", ordinal=0)
    talk.say("two", ordinal=1)
    talk.send()
    assert [(row.state, row.error_code) for row in talk.outbox()] == [
        (OutboxState.FAILED, 21610),
        (OutboxState.SUPPRESSED, None),
    ]


def test_after_stop_only_the_answer_to_it_leaves(talk: Line, owner: Engine) -> None:
    with Session(owner) as session, session.begin():
        conversation = session.query(Conversation).one()
        for _ in range(2):
            optout.opt_out(session, conversation)
        assert optout.is_opted_out(session, conversation)
    talk.say("news", ordinal=0)
    talk.say("You will get no more messages.", ordinal=1, even_if_opted_out=True)
    talk.send()
    assert talk.heard() == ["You will get no more messages."]
    assert talk.outbox()[0].body is None
    with Session(owner) as session, session.begin():
        conversation = session.query(Conversation).one()
        optout.opt_in(session, conversation)
        assert not optout.is_opted_out(session, conversation)
    talk.say("back", ordinal=2)
    talk.send()
    assert talk.heard()[-1] == "back"


def test_opt_out_outlives_the_contact(talk: Line, owner: Engine) -> None:
    with Session(owner) as session, session.begin():
        optout.opt_out(session, session.query(Conversation).one())
        session.query(Contact).delete()
        assert session.query(OptOut).count() == 1


def test_an_expired_number_is_never_dialled(talk: Line) -> None:
    talk.say("too late")
    with shifted(timedelta(days=31)):
        talk.send()
    (row,) = talk.outbox()
    assert (row.state, row.error_code, row.body) == (OutboxState.FAILED, 1, None)
    assert talk.heard() == []


def test_whatsapp_takes_free_text_for_24_hours(line: Line) -> None:
    assert line.text("bonjou", channel="twilio_whatsapp").status_code == 200
    line.say("wi", ordinal=0)
    line.send()
    assert line.heard() == ["wi"]
    line.say("too late", ordinal=1)
    with shifted(timedelta(hours=25)):
        line.send()
    late = line.outbox()[1]
    assert (late.state, late.error_code, late.body) == (OutboxState.FAILED, 63016, None)


def test_a_late_answer_is_held_back_and_does_not_stop_the_next(talk: Line, owner: Engine) -> None:
    with Session(owner) as session:
        came = session.query(Conversation).one().last_inbound_at
    talk.say("about your report", ordinal=0, answers=came)
    talk.say("neutral", ordinal=1)
    with shifted(timedelta(minutes=31)):
        talk.send()
    assert talk.heard() == ["neutral"]
    assert talk.outbox()[0].state is OutboxState.HELD
    assert talk.outbox()[0].body is not None


def test_a_destroyed_key_fails_the_message_and_not_the_queue(talk: Line) -> None:
    talk.say("one", ordinal=0)
    keys = KeyProvider(talk.settings.keys, "owner")
    hour = talk.outbox()[0].hour
    private = keys.get(f"hour/{hour}")
    keys.destroy(f"hour/{hour}")
    talk.send()
    keys.put(f"hour/{hour}", private)
    talk.say("two", ordinal=1)
    talk.send()
    assert (talk.outbox()[0].state, talk.outbox()[0].error_code) == (OutboxState.FAILED, 3)
    assert talk.heard() == ["two"]


def test_nothing_is_tried_for_ever(talk: Line) -> None:
    talk.fault(status=503, times=99)
    talk.say("never")
    talk.send()
    with shifted(timedelta(hours=5)):
        talk.send()
    (row,) = talk.outbox()
    assert (row.state, row.error_code, row.body) == (OutboxState.FAILED, 2, None)


def test_the_pace_is_kept_in_segments(talk: Line, owner: Engine) -> None:
    with owner.begin() as connection:
        connection.execute(text("update inbox.sending_number set segments_per_second = 20"))
    for n in range(5):
        talk.say("x" * 161, ordinal=n)  # two segments each
    talk.send()
    times = [message.created for message in talk.exchange.phones[PHONE]]
    assert times[-1] - times[0] > timedelta(seconds=0.4) - CATCH_UP


def test_an_urgent_message_does_not_wait_for_the_pace(talk: Line, owner: Engine) -> None:
    with owner.begin() as connection:
        connection.execute(text("update inbox.sending_number set next_free_at = now() + interval '1 hour'"))
    talk.say("danger", urgent=True)
    talk.send()
    assert talk.heard() == ["danger"]


def test_too_long_a_text_never_reaches_the_outbox(talk: Line) -> None:
    with pytest.raises(TextTooLong):
        talk.say("😀" * 801)
    assert talk.outbox() == []


def test_no_transaction_is_open_during_the_call(talk: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    carrier = talk.sender.carriers["twilio_sms"]
    send, seen = carrier.send, []

    def watched(message: object) -> str:
        seen.append(talk.sender.db.engine.pool.checkedout())  # type: ignore[attr-defined]
        return send(message)  # type: ignore[arg-type]

    monkeypatch.setattr(carrier, "send", watched)
    talk.say("one")
    talk.send()
    assert seen == [0]


def test_the_sweep_rings_for_what_was_left_lying(talk: Line, owner: Engine) -> None:
    talk.say("one")
    with owner.begin() as connection:
        connection.execute(text("delete from procrastinate_jobs"))
    talk.sender.sweep()
    count = text("select count(*) from procrastinate_jobs where task_name = 'send'")
    with owner.connect() as connection:
        assert connection.scalar(count) == 0
    with owner.begin() as connection:
        connection.execute(update(Outbox).values(run_at=text("now() - interval '3 seconds'")))
    talk.sender.sweep()
    with owner.connect() as connection:
        assert connection.scalar(count) == 1


def test_inbound_texts_are_redacted_at_the_carrier(talk: Line) -> None:
    talk.say("one")
    talk.send()
    talk.fault(method="update", status=500)
    talk.eventually(lambda: talk.states() == [OutboxState.DELIVERED])
    talk.redactor.run()
    assert [m.body for m in talk.exchange.messages.values()] == ["hola", "one"]  # refused once: later
    with shifted(timedelta(minutes=10)):
        talk.redactor.run()
    assert [m.body for m in talk.exchange.messages.values()] == ["", ""]
    assert not talk.redactor.is_due()


def test_a_message_in_transit_is_redacted_later(talk: Line) -> None:
    next(iter(talk.exchange.messages.values())).status = "receiving"
    talk.redactor.run()
    next(iter(talk.exchange.messages.values())).status = "received"
    assert not talk.redactor.is_due()
    with shifted(timedelta(minutes=1)):
        talk.redactor.run()
    assert [m.body for m in talk.exchange.messages.values()] == [""]


def test_a_bell_that_finds_the_pumps_busy_is_not_lost() -> None:
    pumps = Pumps(1)
    assert pumps.enter(1)
    assert not pumps.enter(1)
    assert not pumps.leave(1)  # look once more
    assert pumps.leave(1)
    assert pumps.enter(1)
    pumps.fail(1)
    assert pumps.enter(1)


def test_errors_of_the_carrier_carry_no_text_and_no_number(talk: Line) -> None:
    carrier = talk.sender.carriers["twilio_sms"]
    talk.fault(status=400, code=21211)
    talk.say("secret words")
    with talk.sender.db.begin() as session:
        found = claim_next(session, 1)
    with pytest.raises(SendError) as caught:
        carrier.send(talk.sender._open(found))  # type: ignore[arg-type]
    error = caught.value
    assert "secret" not in repr(error)
    assert PHONE not in repr(error)
    assert error.__cause__ is None
    assert error.__suppress_context__
