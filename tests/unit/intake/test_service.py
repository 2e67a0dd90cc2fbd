from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from channels.models import Contact
from core import clock
from core.clock import today
from core.envelope import CannotOpen, KeyPair, lock, new_pair, unlock
from core.errors import Denied
from intake import draft, reading, receipts, retention, routing, service, staff
from intake.errors import KeySwapped, NoDraft, NoReaders
from intake.models import Case, CaseKey, CaseLink, CaseShred, CaseText, CaseWrap, Role
from intake.sealing import CASE_LAYER, Seat
from tests.unit.intake.hotline import Hotline


def test_a_filed_report_opens_with_the_readers_key(hotline: Hotline, ana: KeyPair) -> None:
    conversation = hotline.told("Nou pa touche\ndepi 3 semèn", "mwen gen papye", kind="pay", when="month", count="few")
    with hotline.worker.begin() as session:
        draft.keep_text(session, hotline.keys, conversation, "Green Acres", "employer")
    filed = hotline.file(conversation, "ht")
    opened = hotline.read(filed.alias, ana.private)
    assert opened["story"] == ["Nou pa touche\ndepi 3 semèn", "mwen gen papye"]
    assert opened["facts"] == {"kind": "pay", "when": "month", "count": "few"}
    assert opened["parties"] == {"employer": ["Green Acres"], "place": []}
    assert (opened["alias"], opened["team"], opened["language"]) == (filed.alias, "intake", "ht")
    assert opened["damaged"] == []
    assert hotline.draft_keys() == []


def test_a_filed_report_can_be_read_by_its_id_too(hotline: Hotline, ana: KeyPair) -> None:
    filed = hotline.file(hotline.told("story"))
    with hotline.operator.begin() as session:
        case_id = session.scalar(select(Case.id).where(Case.alias == filed.alias))
    assert hotline.read(str(case_id), ana.private)["alias"] == filed.alias


def test_the_recovery_key_opens_too(hotline: Hotline, ana: KeyPair) -> None:
    recovery = new_pair()
    with hotline.operator.begin() as session:
        staff.add_recovery(session, recovery.public)
    assert hotline.read(hotline.file(hotline.told("story")).alias, recovery.private)["story"] == ["story"]


def test_filing_twice_is_refused(hotline: Hotline, ana: KeyPair) -> None:
    conversation = hotline.told("story")
    hotline.file(conversation)
    with pytest.raises(NoDraft):
        hotline.file(conversation)


def test_a_pending_story_alone_is_not_filed(hotline: Hotline, ana: KeyPair) -> None:
    conversation = hotline.conversation()
    with hotline.worker.begin() as session:
        draft.keep_pending(session, hotline.keys, conversation, "story")
    with pytest.raises(NoDraft):
        hotline.file(conversation)


def test_filing_with_no_readers_left_is_refused_and_keeps_the_draft(hotline: Hotline, ana: KeyPair) -> None:
    conversation = hotline.told("story")
    with hotline.operator.begin() as session:
        staff.disable(session, "ana@example.org")
    hotline.reader("late@example.org")  # came after the draft began: holds no wrap
    with pytest.raises(NoReaders):
        hotline.file(conversation)
    with hotline.worker.begin() as session:
        assert service.team_for(session, hotline.keys, conversation) is None
        assert draft.facts(session, hotline.keys, conversation) == {"story": 1}


def routed_to(monkeypatch: pytest.MonkeyPatch, team: str) -> None:
    monkeypatch.setattr(service, "route", lambda facts: replace(routing.route(facts), team=team))


def test_only_the_team_of_the_route_keeps_a_wrap(
    hotline: Hotline, ana: KeyPair, monkeypatch: pytest.MonkeyPatch
) -> None:
    night = hotline.reader("night@example.org", team="night")
    routed_to(monkeypatch, "night")
    conversation = hotline.told("story")
    with hotline.worker.begin() as session:
        assert service.team_for(session, hotline.keys, conversation) == "night"
    filed = hotline.file(conversation)
    assert filed.team == "night"
    assert hotline.read(filed.alias, night.private)["story"] == ["story"]
    with pytest.raises(Denied):
        hotline.read(filed.alias, ana.private)


def test_a_team_without_readers_leaves_the_report_to_the_default_team(
    hotline: Hotline, ana: KeyPair, monkeypatch: pytest.MonkeyPatch
) -> None:
    routed_to(monkeypatch, "nobody")
    assert hotline.file(hotline.told("story")).team == "intake"


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.INTAKE])
def test_only_intake_staff_are_readers(hotline: Hotline, role: Role) -> None:
    hotline.reader(role=role)
    with hotline.worker.begin() as session:
        assert not service.intake_open(session)


def test_a_disabled_reader_reads_nothing(hotline: Hotline, ana: KeyPair) -> None:
    filed = hotline.file(hotline.told("story"))
    with hotline.operator.begin() as session:
        staff.disable(session, "ana@example.org")
    with pytest.raises(Denied):
        hotline.read(filed.alias, ana.private)


def test_a_stranger_and_a_missing_case_get_the_same_answer(hotline: Hotline, ana: KeyPair) -> None:
    bob = hotline.reader("bob@example.org", team="other")
    filed = hotline.file(hotline.told("story"))
    answers = []
    for reference in (filed.alias, "XXX-0000", "no such thing"):
        with pytest.raises(Denied) as error:
            hotline.read(reference, bob.private)
        answers.append(str(error.value))
    assert len(set(answers)) == 1


def test_a_wrap_moved_to_another_case_does_not_open(hotline: Hotline, ana: KeyPair) -> None:
    one, two = hotline.file(hotline.told("of one")), hotline.file(hotline.told("of two"))
    with Session(hotline.owner) as session, session.begin():
        first, second = session.query(CaseWrap).all()
        first.box, second.box = second.box, first.box
    for filed in (one, two):
        with pytest.raises(CannotOpen):
            hotline.read(filed.alias, ana.private)


def test_a_wrap_and_its_shred_key_moved_together_do_not_open(hotline: Hotline, ana: KeyPair) -> None:
    """An attacker with the database re-locks the inner layer for another case: the inner layer is bound as well."""
    hotline.file(hotline.told("of one"))
    two = hotline.file(hotline.told("of two"))
    with Session(hotline.owner) as session, session.begin():
        target = session.query(Case).filter_by(alias=two.alias).one().id
        wraps = {wrap.case_id: wrap for wrap in session.query(CaseWrap)}
        keys = {row.case_id: row.key for row in session.query(CaseShred)}
        source = next(case_id for case_id in wraps if case_id != target)
        seat = Seat(source, 1, wraps[source].reader)
        inner = unlock(wraps[source].box, keys[source], seat.layer(CASE_LAYER))
        moved = Seat(target, 1, wraps[target].reader)
        wraps[target].box = lock(inner, keys[target], moved.layer(CASE_LAYER))
    with pytest.raises(CannotOpen):
        hotline.read(two.alias, ana.private)


def test_a_message_moved_between_cases_or_reordered_does_not_open(hotline: Hotline, ana: KeyPair) -> None:
    one, two = hotline.file(hotline.told("a", "b")), hotline.file(hotline.told("c", "d"))
    with Session(hotline.owner) as session, session.begin():
        boxes = {row.seq: row for row in session.query(CaseText).join(Case).filter(Case.alias == one.alias)}
        other = {row.seq: row for row in session.query(CaseText).join(Case).filter(Case.alias == two.alias)}
        other[1].box = boxes[1].box
        boxes[1].box, boxes[2].box = boxes[2].box, boxes[1].box
    assert hotline.read(one.alias, ana.private)["damaged"] == [1, 2]
    assert hotline.read(two.alias, ana.private)["story"] == ["d"]


def test_a_swapped_case_key_is_found(hotline: Hotline, ana: KeyPair) -> None:
    filed = hotline.file(hotline.told("story"))
    with Session(hotline.owner) as session, session.begin():
        session.query(CaseKey).one().public = new_pair().public
    with pytest.raises(KeySwapped):
        hotline.read(filed.alias, ana.private)


def test_without_the_shred_key_nothing_opens(hotline: Hotline, ana: KeyPair) -> None:
    filed = hotline.file(hotline.told("story"))
    with Session(hotline.owner) as session, session.begin():
        session.query(CaseShred).delete()
    with pytest.raises(Denied):
        hotline.read(filed.alias, ana.private)


def test_a_phone_alone_may_add_and_order_is_kept(hotline: Hotline, ana: KeyPair) -> None:
    conversation = hotline.told("first", "second")
    filed = hotline.file(conversation)
    with hotline.worker.begin() as session:
        assert service.has_case(session, conversation)
        assert service.add_to_case(session, conversation, "third")
        assert service.add_to_case(session, conversation, "fourth")
    assert hotline.read(filed.alias, ana.private)["story"] == ["first", "second", "third", "fourth"]


def test_what_is_added_goes_to_the_newest_open_case_of_this_phone_only(hotline: Hotline, ana: KeyPair) -> None:
    conversation, stranger = hotline.told("old"), hotline.conversation()
    hotline.file(conversation)
    with hotline.worker.begin() as session:
        draft.open_draft(session, hotline.keys, conversation)
        draft.keep_text(session, hotline.keys, conversation, "new", "story")
    filed = hotline.file(conversation)
    with hotline.worker.begin() as session:
        assert service.add_to_case(session, conversation, "more")
        assert not service.add_to_case(session, stranger, "not mine")
    assert hotline.read(filed.alias, ana.private)["story"] == ["new", "more"]


def test_a_receipt_answers_with_the_status(hotline: Hotline, ana: KeyPair) -> None:
    conversation = hotline.told("story", code="receipt")
    filed = hotline.file(conversation)
    assert filed.receipt is not None
    another_phone = hotline.conversation()
    with hotline.worker.begin() as session:
        assert service.case_status(session, hotline.keys, another_phone, filed.receipt) == service.Status("received")
        assert service.case_status(session, hotline.keys, conversation, "1234 5678 9012 3456") == service.Status()
    assert filed.receipt not in repr(filed)


def test_a_pin_chosen_before_filing_protects_the_case_in_its_own_conversation(hotline: Hotline, ana: KeyPair) -> None:
    conversation = hotline.told("story", code="pin")
    with hotline.worker.begin() as session:
        assert not service.set_pin(session, hotline.keys, conversation, "12")
        assert service.set_pin(session, hotline.keys, conversation, "4821")
    filed = hotline.file(conversation)
    assert filed.receipt is None
    assert filed.pin_set
    with hotline.worker.begin() as session:
        assert service.case_status(session, hotline.keys, conversation, "4821").status == "received"
        assert service.case_status(session, hotline.keys, hotline.conversation(), "4821").status is None


def test_a_phone_alone_never_sets_a_pin_on_a_protected_case(hotline: Hotline, ana: KeyPair) -> None:
    waiting, protected = hotline.told("story", code="pin"), hotline.told("story")
    assert not hotline.file(waiting).pin_set
    hotline.file(protected)
    with hotline.worker.begin() as session:
        assert service.set_pin(session, hotline.keys, waiting, "4821")
        assert not service.set_pin(session, hotline.keys, waiting, "9999")
        assert not service.set_pin(session, hotline.keys, protected, "9999")


def test_the_clear_columns_say_urgency_and_the_next_deadline(hotline: Hotline, ana: KeyPair) -> None:
    hotline.file(hotline.told("story", kind="threats", when="week"))
    hotline.file(hotline.told("story", kind="pay", when="month"))
    with hotline.operator.begin() as session:
        urgent, normal = reading.listed(session)
    assert (urgent["urgency"], urgent["next_deadline"]) == (1, str(today() - timedelta(days=7) + timedelta(days=30)))
    assert normal["urgency"] == 3
    assert set(urgent) == {column.key for column in Case.__table__.columns}


def test_the_worker_process_cannot_read_a_shred_key_or_change_the_audit_chain(hotline: Hotline, ana: KeyPair) -> None:
    hotline.file(hotline.told("story"))
    for statement in ("select * from keyring.case_shred", "delete from intake.audit", "update intake.audit set n = n"):
        with pytest.raises(ProgrammingError, match="permission denied"), hotline.worker.begin() as session:
            session.execute(text(statement))


def test_who_reads_a_case_never_learns_its_conversation(hotline: Hotline) -> None:
    for statement in ("select * from intake.case_link", "select * from intake.draft", "select * from inbox.contact"):
        with pytest.raises(ProgrammingError, match="permission denied"), hotline.operator.begin() as session:
            session.execute(text(statement))


def test_the_link_to_the_phone_goes_with_the_contact(hotline: Hotline, ana: KeyPair) -> None:
    gone, alive = hotline.told("story"), hotline.told("story")
    for conversation in (gone, alive):
        hotline.file(conversation)
    with Session(hotline.owner) as session, session.begin():
        session.query(Contact).filter_by(conversation_id=gone).delete()
    with hotline.worker.begin() as session:
        assert retention.run(session, hotline.keys) == retention.Ended(drafts=0, links=1, receipts=0, keys=0)
        assert list(session.scalars(select(CaseLink.conversation_id))) == [alive]
        assert not service.add_to_case(session, gone, "more")


def test_retention_ends_drafts_receipts_and_counted_tries(hotline: Hotline, ana: KeyPair) -> None:
    conversation = hotline.told("story")
    filed = hotline.file(conversation)
    hotline.told("another")
    with hotline.worker.begin() as session:
        service.case_status(session, hotline.keys, conversation, "wrong")
    later = clock.shifted(receipts.LIFE + timedelta(hours=1))
    with later, hotline.worker.begin() as session:
        assert filed.receipt is not None
        assert service.case_status(session, hotline.keys, conversation, filed.receipt) == service.Status()
        assert retention.run(session, hotline.keys) == retention.Ended(drafts=1, links=1, receipts=1, keys=0)
        assert retention.run(session, hotline.keys) == retention.Ended(drafts=0, links=0, receipts=0, keys=0)
    assert hotline.draft_keys() == []


@pytest.mark.parametrize(("answer", "push"), [({"safe": "safe"}, True), ({"safe": "unsafe"}, False), ({}, False)])
def test_only_a_phone_that_is_safe_to_write_to_gets_the_neutral_notice(
    hotline: Hotline, ana: KeyPair, answer: dict[str, str], push: bool
) -> None:
    hotline.file(hotline.told("story", **answer))
    with hotline.worker.begin() as session:
        assert session.scalars(select(CaseLink.push)).one() is push


def test_an_unlinked_phone_adds_to_nothing_and_the_code_still_opens(hotline: Hotline, ana: KeyPair) -> None:
    conversation, other = hotline.told("story", code="receipt"), hotline.told("of another")
    filed = hotline.file(conversation)
    hotline.file(other)
    with hotline.worker.begin() as session:
        assert service.unlink(session, conversation) == 1
        assert not service.has_case(session, conversation) and service.has_case(session, other)
        found = service.case_status(session, hotline.keys, conversation, filed.receipt or "")
        assert service.add_to_case(session, conversation, "with the code", found.case_id)
    assert hotline.read(filed.alias, ana.private)["story"] == ["story", "with the code"]


def test_a_phone_alone_adds_nothing_to_a_case_that_was_taken_back(hotline: Hotline, ana: KeyPair) -> None:
    conversation = hotline.told("story")
    hotline.file(conversation)
    with hotline.worker.begin() as session:
        service.withdraw(session, session.scalars(select(Case.id)).one())
        assert not service.add_to_case(session, conversation, "more")
