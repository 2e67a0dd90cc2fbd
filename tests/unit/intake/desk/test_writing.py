import threading
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from channels.models import Conversation, Outbox, ReplyKey
from channels.optout import opt_out
from core.clock import today
from core.envelope import unpad, unseal
from intake import audit, steps
from intake.desk import writing
from intake.desk.writing import Written
from intake.errors import CannotReach, CheckFirst, NoReplyKey, NoSuchCase, Refused, WroteFirst
from intake.models import CaseReply, CaseStatus, ReplyState
from tests.unit.intake.desk.office import Browser, Office


def note(office: Office, who: Browser, case_id: UUID, written: Written) -> None:
    with office.console.begin() as session:
        writing.note(session, who.staff_id, case_id, written)


def status(office: Office, who: Browser, case_id: UUID, new: CaseStatus, days: int | None = None) -> None:
    promised = None if days is None else today() + timedelta(days=days)
    with office.console.begin() as session:
        writing.set_status(session, who.staff_id, case_id, new, promised)


def replies(office: Office) -> list[tuple[ReplyState, bytes | None]]:
    with office.hotline.worker.begin() as session:
        return [(row.state, row.box) for row in session.scalars(select(CaseReply).order_by(CaseReply.id))]


def test_a_note_is_read_by_colleagues_and_on_the_command_line(office: Office, ana: Browser, ben: Browser) -> None:
    case_id = office.filed("the story")
    office.clear(ana, case_id)
    note(office, ana, case_id, office.written(case_id, office.open(ana, case_id), "own", "note", "call the clinic"))
    assert office.read(ben, case_id)["note"] == ["call the clinic"]
    assert office.hotline.read(str(case_id), ben.pair.private)["notes"] == ["call the clinic"]
    assert office.rows("case.noted", case_id) == [{"seq": 3}]


def test_a_note_in_a_place_that_is_taken_is_refused(office: Office, ana: Browser, ben: Browser) -> None:
    case_id = office.filed("the story")
    office.clear(ana, case_id)
    office.clear(ben, case_id)
    mine = office.written(case_id, office.open(ana, case_id), "own", "note", "mine")
    theirs = office.written(case_id, office.open(ben, case_id), "own", "note", "theirs")
    note(office, ana, case_id, mine)
    for late in (theirs, replace(theirs, seq=9), replace(theirs, seq=4, epoch=2)):
        with pytest.raises(WroteFirst):
            note(office, ben, case_id, late)


@pytest.mark.parametrize("box", [b"", b"\x01" * 300, b"\x02" + bytes(304), b"\x01" + bytes(305)])
def test_an_item_of_no_known_size_or_version_is_refused(office: Office, ana: Browser, box: bytes) -> None:
    case_id = office.filed("the story")
    office.clear(ana, case_id)
    with pytest.raises(Refused):
        note(office, ana, case_id, Written(3, 1, box))


def test_nothing_is_written_before_the_check_or_into_a_foreign_case(office: Office, ana: Browser, eve: Browser) -> None:
    case_id = office.filed("the story")
    written = Written(3, 1, b"\x01" + bytes(304))
    for who, error in ((ana, CheckFirst), (eve, NoSuchCase)):
        with pytest.raises(error):
            note(office, who, case_id, written)
        with pytest.raises(error):
            status(office, who, case_id, CaseStatus.ACCEPTED)
        with pytest.raises(error), office.console.begin() as session:
            writing.assign(session, who.staff_id, case_id, ana.staff_id)
        with pytest.raises(error), office.console.begin() as session:
            writing.take_back(session, who.staff_id, case_id, 1)
        with pytest.raises(error), office.console.begin() as session:
            writing.reply(session, who.staff_id, case_id, writing.Reply(1, written.box, 1), written)


def test_a_reply_waits_sealed_to_the_key_that_the_sender_holds(office: Office, ana: Browser) -> None:
    (pair,) = office.reply_keys(1)
    case_id = office.filed("the story")
    office.clear(ana, case_id)
    office.reply(ana, case_id, "we called the agency")
    ((state, box),) = replies(office)
    assert state is ReplyState.WAITING
    assert unpad(unseal(box or b"", pair.private, b"amparo|reply|1")).decode() == "we called the agency"
    opened = office.open(ana, case_id)
    assert ana.texts(opened.sealed)["reply"] == ["we called the agency"]
    (shown,) = opened.sealed.replies
    assert (shown.state, shown.seq) == (ReplyState.WAITING, 3)
    printed: Any = office.hotline.read(str(case_id), ana.pair.private)["replies"]
    assert [reply["text"] for reply in printed] == ["we called the agency"]


def test_without_a_free_key_it_is_said(office: Office, ana: Browser) -> None:
    with pytest.raises(NoReplyKey), office.console.begin() as session:
        writing.free_reply_key(session)
    office.reply_keys(1)
    case_id = office.filed("the story")
    office.clear(ana, case_id)
    office.reply(ana, case_id, "one")
    with pytest.raises(NoReplyKey), office.console.begin() as session:
        writing.free_reply_key(session)


def test_of_two_replies_at_once_one_is_kept(office: Office, ana: Browser, ben: Browser) -> None:
    office.reply_keys(2)
    case_id = office.filed("the story")
    for who in (ana, ben):
        office.clear(who, case_id)
    opened = {who.staff_id: office.open(who, case_id) for who in (ana, ben)}
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def write(who: Browser) -> None:
        start.wait()
        try:
            office.reply(who, case_id, f"from {who.name}", opened[who.staff_id])
            outcomes.append("kept")
        except WroteFirst:
            outcomes.append("late")

    threads = [threading.Thread(target=write, args=(who,)) for who in (ana, ben)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["kept", "late"]
    assert len(replies(office)) == 1
    with office.hotline.worker.begin() as session:
        assert len(session.scalars(select(ReplyKey).where(ReplyKey.taken_at.is_not(None))).all()) == 1


def test_a_key_seals_one_reply(office: Office, ana: Browser) -> None:
    office.reply_keys(1)
    case_id = office.filed("the story")
    office.clear(ana, case_id)
    sealed = office.sealed_reply("one")
    for expected in (None, WroteFirst):
        copy = office.written(case_id, office.open(ana, case_id), "out", "reply", "one")
        with office.console.begin() as session:
            if expected is None:
                writing.reply(session, ana.staff_id, case_id, sealed, copy)
            else:
                with pytest.raises(expected):
                    writing.reply(session, ana.staff_id, case_id, sealed, copy)
                session.rollback()


def forget_link(office: Office, conversation: int) -> None:
    office.execute("delete from intake.case_link where conversation_id = :c", c=conversation)


def let_contact_expire(office: Office, conversation: int) -> None:
    office.execute("update inbox.contact set expires_at = now() where conversation_id = :c", c=conversation)


def say_stop(office: Office, conversation: int) -> None:
    with office.hotline.worker.begin() as session:
        opt_out(session, session.get_one(Conversation, conversation))


def ask_to_erase(office: Office, conversation: int) -> None:
    office.execute(
        "insert into intake.erasure (case_id, asked_at, due_at)"
        " select case_id, now(), now() + interval '72 hours' from intake.case_link where conversation_id = :c",
        c=conversation,
    )


def withdraw(office: Office, conversation: int) -> None:
    office.execute('update intake."case" set status = :withdrawn', withdrawn="withdrawn")


@pytest.mark.parametrize("lose", [forget_link, let_contact_expire, say_stop, ask_to_erase, withdraw])
def test_nobody_to_reach_is_said_and_nothing_is_kept(office: Office, ana: Browser, lose: object) -> None:
    office.reply_keys(1)
    case_id, conversation = office.filed_by("the story")
    office.clear(ana, case_id)
    opened = office.open(ana, case_id)
    assert opened.reachable
    lose(office, conversation)  # type: ignore[operator]
    with pytest.raises(CannotReach):
        office.reply(ana, case_id, "hello", opened)
    assert replies(office) == []
    assert not office.open(ana, case_id).reachable


def notices(office: Office) -> list[tuple[str, int]]:
    with office.hotline.worker.begin() as session:
        return [(row.source, row.source_id) for row in session.scalars(select(Outbox))]


def test_the_notice_goes_only_to_a_phone_that_may_get_it(office: Office, ana: Browser) -> None:
    office.reply_keys(2)
    safe, unsafe = office.filed("one", safe="safe"), office.filed("two", safe="unsafe")
    for case_id in (safe, unsafe):
        office.clear(ana, case_id)
    told = office.reply(ana, safe, "hello")
    office.reply(ana, unsafe, "hello")
    assert notices(office) == [("notice", told)]


def test_a_reply_that_waits_can_be_taken_back_and_its_key_is_given_up(office: Office, ana: Browser) -> None:
    office.reply_keys(1)
    case_id, other = office.filed("one"), office.filed("two")
    for each in (case_id, other):
        office.clear(ana, each)
    reply_id = office.reply(ana, case_id, "hello")
    with pytest.raises(Refused), office.console.begin() as session:
        writing.take_back(session, ana.staff_id, other, reply_id)
    with office.console.begin() as session:
        writing.take_back(session, ana.staff_id, case_id, reply_id)
    assert replies(office) == [(ReplyState.TAKEN_BACK, None)]
    with office.hotline.worker.begin() as session:
        assert session.get_one(ReplyKey, 1).destroyed_at is not None
    with pytest.raises(Refused), office.console.begin() as session:
        writing.take_back(session, ana.staff_id, case_id, reply_id)


def test_a_reply_that_left_cannot_be_taken_back(office: Office, ana: Browser) -> None:
    office.reply_keys(1)
    case_id = office.filed("one")
    office.clear(ana, case_id)
    reply_id = office.reply(ana, case_id, "hello")
    office.execute("update intake.case_reply set state = 'released', box = null")
    with pytest.raises(Refused), office.console.begin() as session:
        writing.take_back(session, ana.staff_id, case_id, reply_id)


def test_a_case_goes_through_its_steps(office: Office, ana: Browser) -> None:
    case_id = office.filed("the story")
    office.clear(ana, case_id)
    status(office, ana, case_id, CaseStatus.RECEIVED, days=3)
    status(office, ana, case_id, CaseStatus.ACCEPTED, days=0)
    status(office, ana, case_id, CaseStatus.ACCEPTED, days=60)
    status(office, ana, case_id, CaseStatus.CLOSED)
    status(office, ana, case_id, CaseStatus.ACCEPTED)
    with office.hotline.worker.begin() as session:
        found = [(step.n, step.status.value) for step in steps.every(session, case_id)]
        last = steps.latest(session, case_id)
    assert found == [(1, "received"), (2, "received"), (3, "accepted"), (4, "accepted"), (5, "closed"), (6, "accepted")]
    assert last is not None and last.promised is None
    assert office.rows("case.status", case_id)[2] == {
        "n": 4,
        "status": "accepted",
        "promised": (today() + timedelta(days=60)).isoformat(),
    }
    printed = office.hotline.read(str(case_id), ana.pair.private)
    assert [step["status"] for step in printed["steps"]][-1] == "accepted"  # type: ignore[attr-defined]
    assert printed["status"] == "accepted"


REFUSED = [
    (CaseStatus.RECEIVED, CaseStatus.CLOSED),
    (CaseStatus.RECEIVED, CaseStatus.RECEIVED),
    (CaseStatus.RECEIVED, CaseStatus.WITHDRAWN),
    (CaseStatus.ACCEPTED, CaseStatus.DECLINED),
    (CaseStatus.ACCEPTED, CaseStatus.RECEIVED),
    (CaseStatus.DECLINED, CaseStatus.ACCEPTED),
    (CaseStatus.CLOSED, CaseStatus.RECEIVED),
    (CaseStatus.WITHDRAWN, CaseStatus.ACCEPTED),
]


@pytest.mark.parametrize(("before", "after"), REFUSED)
def test_a_step_that_does_not_follow_is_refused(
    office: Office, ana: Browser, before: CaseStatus, after: CaseStatus
) -> None:
    case_id = office.filed("the story")
    office.clear(ana, case_id)
    office.execute('update intake."case" set status = :s', s=before.value)
    with pytest.raises(Refused):
        status(office, ana, case_id, after)
    assert office.rows("case.status", case_id) == []


@pytest.mark.parametrize("days", [-1, 61])
def test_a_promise_is_near(office: Office, ana: Browser, days: int) -> None:
    case_id = office.filed("the story")
    office.clear(ana, case_id)
    with pytest.raises(Refused):
        status(office, ana, case_id, CaseStatus.ACCEPTED, days=days)


def assigned(office: Office, who: Browser, case_id: UUID) -> str | None:
    found = office.open(who, case_id).assigned
    return found.email if found else None


def assign(office: Office, who: Browser, case_id: UUID, to: Browser | None) -> None:
    with office.console.begin() as session:
        writing.assign(session, who.staff_id, case_id, to.staff_id if to else None)


def test_somebody_answers_for_a_case_and_only_who_reads_it(
    office: Office, ana: Browser, ben: Browser, eve: Browser
) -> None:
    case_id = office.filed("the story")
    office.clear(ana, case_id)
    assign(office, ana, case_id, ben)
    assert assigned(office, ana, case_id) == "ben@example.org"
    assign(office, ana, case_id, ana)
    assert assigned(office, ana, case_id) == "ana@example.org"
    with pytest.raises(Refused):
        assign(office, ana, case_id, eve)
    assign(office, ana, case_id, None)
    assert assigned(office, ana, case_id) is None
    assert [row["to"] for row in office.rows("case.assigned", case_id)] == [ben.name, ana.name, ""]


def test_who_declares_a_conflict_answers_for_the_case_no_more(office: Office, ana: Browser, ben: Browser) -> None:
    case_id = office.filed("the story")
    office.clear(ana, case_id)
    assign(office, ana, case_id, ben)
    office.conflict(ben, case_id)
    assert assigned(office, ana, case_id) is None


def test_what_is_written_is_in_the_log_of_the_same_transaction(office: Office, ana: Browser) -> None:
    """A write whose audit row fails is no write."""
    case_id = office.filed("the story")
    office.clear(ana, case_id)
    written = office.written(case_id, office.open(ana, case_id), "own", "note", "x")

    class Failed(Exception):
        pass

    def fail(*_: object, **__: object) -> int:
        raise Failed

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(audit, "append", fail)
        with pytest.raises(Failed):
            note(office, ana, case_id, written)
    note(office, ana, case_id, written)


def test_the_first_promise_is_two_working_days_ahead() -> None:
    assert steps.first_promise(date(2026, 11, 20)) == date(2026, 11, 24)  # a Friday
    assert steps.first_promise(date(2026, 11, 25)) == date(2026, 11, 30)  # before Thanksgiving and a weekend
