"""Erasing a filed case leaves a random id in the audit chain, and nothing else of it anywhere."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.orm import Session

from channels.models import Conversation, Outbox, OutboxState, ReplyKey
from core.clock import now, shifted, today
from core.database import Base
from core.envelope import KeyPair
from core.errors import Denied
from core.keys import KeyProvider
from intake import audit, erasure, replies, retention, service, standing
from intake.erasure import WAIT
from intake.models import Audit, Case, CaseAssignment, CaseCheck, CaseLink, CaseShred, CaseStatus, CaseStep, Staff
from intake.service import Filed
from intake.standing import Standing
from tests.unit.intake.hotline import Hotline
from tests.unit.intake.replying import write_reply


@pytest.fixture
def filed(hotline: Hotline, ana: KeyPair) -> Filed:
    return hotline.file(hotline.told("story", code="receipt"))


@pytest.fixture
def case(hotline: Hotline, filed: Filed) -> UUID:
    with Session(hotline.owner) as session:
        return session.scalars(select(Case.id).where(Case.alias == filed.alias)).one()


def everywhere(hotline: Hotline, case: UUID) -> dict[str, int]:
    """In how many rows of each table the case stands."""
    found = {}
    with Session(hotline.owner) as session:
        for table in Base.metadata.tables.values():
            names = [c for c in table.columns if c.name == "case_id" or (table.name == "case" and c.name == "id")]
            for column in names:
                where = select(func.count()).select_from(table).where(column == case)
                found[table.fullname] = session.scalar(where) or 0
    return found


def stands(hotline: Hotline, case: UUID) -> Standing:
    with hotline.worker.begin() as session:
        found = standing.of(session, case)
    assert found is not None
    return found


def fill(hotline: Hotline, case: UUID, sender: KeyProvider) -> None:
    """A row in every table that can hold one."""
    write_reply(hotline.owner, sender, case, "a reply")
    with Session(hotline.owner) as session, session.begin():
        staff = session.scalars(select(Staff.id)).one()
        session.add(CaseAssignment(case_id=case, staff_id=staff))
        session.add(CaseCheck(case_id=case, staff_id=staff, conflict=False))
        hour = session.scalar(text("select min(id) from inbox.hourly_key"))
        session.execute(text("insert into intake.receipt_wish values (:c, :h, 'x')"), {"c": case, "h": hour})


def test_after_three_days_nothing_names_the_case_but_the_chain(
    hotline: Hotline, case: UUID, filed: Filed, ana: KeyPair, keys: Callable[[str], KeyProvider]
) -> None:
    fill(hotline, case, keys("sender"))
    with hotline.worker.begin() as session:
        assert erasure.ask(session, case) is not None
    assert set(everywhere(hotline, case).values()) == {1, 2}, "a table is empty: this test would not see it"
    with shifted(WAIT - timedelta(minutes=1)), hotline.worker.begin() as session:
        assert retention.run(session, hotline.keys).cases == 0
    with shifted(WAIT + timedelta(minutes=1)), hotline.worker.begin() as session:
        assert retention.run(session, hotline.keys).cases == 1
    assert set(everywhere(hotline, case).values()) == {0}
    with pytest.raises(Denied):
        hotline.read(str(case), ana.private)
    with hotline.worker.begin() as session:
        assert service.case_status(session, hotline.keys, 1, filed.receipt or "") == service.Status()
        assert audit.verify(session).ok
        assert audit.recorded(session, "case.erased", str(case)) == [{}]
        assert session.scalars(select(ReplyKey.destroyed_at)).one() is not None


def test_other_cases_stay(hotline: Hotline, case: UUID, ana: KeyPair) -> None:
    other = hotline.file(hotline.told("another story"))
    with hotline.worker.begin() as session:
        erasure.ask(session, case)
    with shifted(WAIT * 2), hotline.worker.begin() as session:
        assert erasure.run(session) == 1
    assert hotline.read(other.alias, ana.private)["story"] == ["another story"]


def test_a_reply_that_is_on_its_way_does_not_leave_any_more(
    hotline: Hotline, case: UUID, keys: Callable[[str], KeyProvider]
) -> None:
    write_reply(hotline.owner, keys("sender"), case, "a reply")
    phone = hotline.conversation()
    with hotline.worker.begin() as session:
        replies.release(session, case, session.get_one(Conversation, phone), now())
        erasure.ask(session, case)
    with shifted(WAIT * 2), hotline.worker.begin() as session:
        erasure.run(session)
        assert session.scalars(select(Outbox)).all() == []


def settle(hotline: Hotline) -> None:
    """The carrier has it, and the sender destroyed the key."""
    with Session(hotline.owner) as session, session.begin():
        session.execute(update(Outbox).values(state=OutboxState.ACCEPTED, body=None))
        session.execute(update(ReplyKey).values(destroyed_at=now()))


def joined(hotline: Hotline) -> list[tuple[int, int]]:
    """Messages that name a reply, and so would join a phone to the audit rows of a case."""
    about = select(Outbox.conversation_id, Outbox.source_id).where(Outbox.source.in_(("reply", "notice")))
    with Session(hotline.owner) as session:
        return [(row[0], row[1]) for row in session.execute(about)]


def test_messages_that_were_sent_about_it_do_not_join_the_phone_to_the_chain(
    hotline: Hotline, case: UUID, keys: Callable[[str], KeyProvider]
) -> None:
    write_reply(hotline.owner, keys("sender"), case, "a reply")
    with hotline.worker.begin() as session:
        phone = session.scalars(select(CaseLink.conversation_id)).one()
        replies.release(session, case, session.get_one(Conversation, phone), now())
        erasure.ask(session, case)
    settle(hotline)
    with hotline.worker.begin() as session:
        retention.run(session, hotline.keys)
    assert len(joined(hotline)) == 1, "while the link stands it says no more than the link"
    with shifted(WAIT * 2), hotline.worker.begin() as session:
        retention.run(session, hotline.keys)
    assert joined(hotline) == []
    with Session(hotline.owner) as session:
        details = session.scalars(select(Audit.detail).where(Audit.object == str(case))).all()
    assert not any("reply" in detail for detail in details)


def test_after_a_wrong_number_no_message_joins_that_phone_to_the_case(
    hotline: Hotline, case: UUID, keys: Callable[[str], KeyProvider]
) -> None:
    write_reply(hotline.owner, keys("sender"), case, "a reply")
    with hotline.worker.begin() as session:
        phone = session.scalars(select(CaseLink.conversation_id)).one()
        replies.release(session, case, session.get_one(Conversation, phone), now())
    settle(hotline)
    with hotline.worker.begin() as session:
        service.unlink(session, phone)
        retention.run(session, hotline.keys)
    assert joined(hotline) == []


def test_it_can_be_undone_until_then_and_asking_twice_does_not_move_the_day(hotline: Hotline, case: UUID) -> None:
    with hotline.worker.begin() as session:
        first = erasure.ask(session, case)
        assert first is not None
        due = first.due_at
    with shifted(timedelta(hours=5)), hotline.worker.begin() as session:
        again = erasure.ask(session, case)
        assert again is not None and again.due_at == due
    assert stands(hotline, case).erased == due.date()
    with hotline.worker.begin() as session:
        assert erasure.undo(session, case)
        assert not erasure.undo(session, case)
    with shifted(WAIT * 2), hotline.worker.begin() as session:
        assert erasure.run(session) == 0


def test_the_worker_process_destroys_a_shred_key_but_never_reads_one(hotline: Hotline, case: UUID) -> None:
    with hotline.worker.begin() as session:
        session.execute(delete(CaseShred).where(CaseShred.case_id == case))
        with pytest.raises(Exception, match="permission denied"):
            session.execute(select(CaseShred.key))
        session.rollback()


def test_taking_back_stops_the_work_and_the_team_sees_it(hotline: Hotline, case: UUID) -> None:
    with hotline.worker.begin() as session:
        assert service.withdraw(session, case)
        assert service.withdraw(session, case)
    with Session(hotline.owner) as session:
        steps = session.scalars(select(CaseStep.status).where(CaseStep.case_id == case).order_by(CaseStep.n)).all()
    assert steps == [CaseStatus.RECEIVED, CaseStatus.WITHDRAWN]
    assert stands(hotline, case).status == "withdrawn"


def test_the_promise_is_told_until_it_is_kept_and_a_broken_one_is_called_late(
    hotline: Hotline, case: UUID, keys: Callable[[str], KeyProvider]
) -> None:
    promised = stands(hotline, case).promised
    assert isinstance(promised, date) and promised > today()
    assert not stands(hotline, case).late
    with shifted(timedelta(days=10)):
        assert stands(hotline, case).late
    write_reply(hotline.owner, keys("sender"), case, "a reply")
    assert (stands(hotline, case).promised, stands(hotline, case).replies) == (None, 1)


def test_who_looked_are_people_and_each_counts_once(hotline: Hotline, case: UUID, ana: KeyPair) -> None:
    assert (stands(hotline, case).readers, stands(hotline, case).last_read) == (0, None)
    for _ in range(2):
        hotline.read(str(case), ana.private)
    with hotline.worker.begin() as session:
        audit.append(session, "staff:77", "case.parties", str(case))
        audit.append(session, "hotline", "case.read", str(case))
        audit.append(session, "staff:78", "case.read", "another")
        audit.append(session, "staff:77", "case.exported", str(case))
    found = stands(hotline, case)
    assert (found.readers, found.last_read, found.copies) == (2, today(), 1)
