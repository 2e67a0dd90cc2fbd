from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from core import clock
from core.envelope import CannotOpen, KeyPair, unlock, unseal
from intake import draft, draftkeys, service
from intake.errors import IntakeClosed, NoDraft, NotACode
from intake.models import Draft, DraftText, DraftWrap
from intake.sealing import DRAFT_LAYER, Place, Seat
from tests.unit.intake.hotline import Hotline


def rows(hotline: Hotline, table: str) -> int:
    with hotline.owner.connect() as connection:
        return connection.scalar(text(f"select count(*) from intake.{table}")) or 0


def test_with_no_intake_key_nothing_is_taken(hotline: Hotline) -> None:
    conversation = hotline.conversation()
    with hotline.worker.begin() as session:
        assert not service.intake_open(session)
        assert not draft.keep_pending(session, hotline.keys, conversation, "he keeps my passport")
        with pytest.raises(IntakeClosed):
            draft.open_draft(session, hotline.keys, conversation)
    assert hotline.draft_keys() == []


def test_a_pending_story_is_adopted_in_order_when_a_report_is_opened(hotline: Hotline, ana: KeyPair) -> None:
    conversation = hotline.conversation()
    with hotline.worker.begin() as session:
        assert draft.keep_pending(session, hotline.keys, conversation, "first")
        assert draft.keep_pending(session, hotline.keys, conversation, "second")
        assert draft.has_pending(session, hotline.keys, conversation)
        assert draft.facts(session, hotline.keys, conversation) is None
    with hotline.worker.begin() as session:
        draft.open_draft(session, hotline.keys, conversation)
        draft.keep_text(session, hotline.keys, conversation, "third", "story")
        assert not draft.has_pending(session, hotline.keys, conversation)
        assert draft.facts(session, hotline.keys, conversation) == {"story": 3}
    filed = hotline.file(conversation)
    assert hotline.read(filed.alias, ana.private)["story"] == ["first", "second", "third"]


def test_a_story_told_outside_the_interview_joins_the_open_draft(hotline: Hotline, ana: KeyPair) -> None:
    conversation = hotline.told("first")
    with hotline.worker.begin() as session:
        assert draft.keep_pending(session, hotline.keys, conversation, "second")
        assert draft.facts(session, hotline.keys, conversation) == {"story": 2}


def test_read_back_shows_codes_and_counts_in_the_order_of_the_questions(hotline: Hotline, ana: KeyPair) -> None:
    conversation = hotline.told("one", "two", "three", when="month", kind="pay", place="skip")
    with hotline.worker.begin() as session:
        draft.keep_text(session, hotline.keys, conversation, "Green Acres Farm LLC", "employer")
        answered = draft.read_back(session, hotline.keys, conversation)
    assert list(answered.items()) == [
        ("story", 3),
        ("kind", "pay"),
        ("employer", "given"),
        ("place", "skip"),
        ("when", "month"),
    ]


def test_a_fact_can_be_changed_and_taken_back(hotline: Hotline, ana: KeyPair) -> None:
    conversation = hotline.told(kind="pay", when="week")
    with hotline.worker.begin() as session:
        draft.set_fact(session, hotline.keys, conversation, "kind", "fees")
        draft.set_fact(session, hotline.keys, conversation, "when", None)
        assert draft.facts(session, hotline.keys, conversation) == {"kind": "fees"}


@pytest.mark.parametrize(("name", "value"), [("kind", "my boss is Mr. Smith"), ("employer", "Smith"), ("name", "x")])
def test_free_text_never_slips_in_as_a_fact(hotline: Hotline, ana: KeyPair, name: str, value: str) -> None:
    conversation = hotline.told("story")
    with hotline.worker.begin() as session, pytest.raises(NotACode):
        draft.set_fact(session, hotline.keys, conversation, name, value)


def test_an_unknown_part_is_refused(hotline: Hotline, ana: KeyPair) -> None:
    conversation = hotline.told("story")
    with hotline.worker.begin() as session, pytest.raises(NotACode):
        draft.keep_text(session, hotline.keys, conversation, "x", "phone")


def test_without_a_draft_nothing_is_kept(hotline: Hotline, ana: KeyPair) -> None:
    conversation = hotline.conversation()
    with hotline.worker.begin() as session:
        assert draft.facts(session, hotline.keys, conversation) is None
        assert not draft.erase_draft(session, hotline.keys, conversation)
        for call in (draft.extend, draft.read_back):
            with pytest.raises(NoDraft):
                call(session, hotline.keys, conversation)


def test_server_keys_alone_open_no_text_of_a_draft(hotline: Hotline, ana: KeyPair) -> None:
    """Every key file of the server is tried on the texts and, after the outer layer, on the wraps."""
    hotline.told("the cook has not been paid since May")
    with Session(hotline.owner) as session:
        found = session.query(DraftText).one()
        wrap = session.query(DraftWrap).one()
        row = session.query(Draft).one()
        place = Place(row.id, 1, found.seq, "in", "story")
        seat = Seat(row.id, 1, wrap.reader)
        inner = unlock(wrap.box, draft.key_of(row, hotline.keys), seat.layer(DRAFT_LAYER))
        for path in hotline.keys.directory.rglob("*"):
            if path.is_file() and path.stat().st_size == 32:
                for box, info in ((found.box, place.info), (inner, seat.info)):
                    with pytest.raises(CannotOpen):
                        unseal(box, path.read_bytes(), info)


def test_a_staff_key_alone_opens_no_unfiled_draft(hotline: Hotline, ana: KeyPair) -> None:
    hotline.told("the cook has not been paid since May")
    with Session(hotline.owner) as session:
        wrap, row = session.query(DraftWrap).one(), session.query(Draft).one()
    seat = Seat(row.id, 1, wrap.reader)
    with pytest.raises(CannotOpen):
        unseal(wrap.box, ana.private, seat.info)
    inner = unlock(wrap.box, hotline.keys.get(draftkeys.name_of(row.id)), seat.layer(DRAFT_LAYER))
    assert len(unseal(inner, ana.private, seat.info)) == 32  # both together do: the test above tried the right box


def test_a_text_moved_to_another_draft_or_place_does_not_open(hotline: Hotline, ana: KeyPair) -> None:
    one, two = hotline.told("of one"), hotline.told("of two")
    with Session(hotline.owner) as session, session.begin():
        first, second = (
            session.query(DraftText).join(Draft, Draft.id == DraftText.draft_id).order_by(Draft.conversation_id)
        )
        first.box, second.box = second.box, first.box
    for conversation in (one, two):
        opened = hotline.read(hotline.file(conversation).alias, ana.private)
        assert opened["story"] == []
        assert opened["damaged"] == [1]


def test_a_rolled_back_transaction_keeps_the_draft_and_its_key(hotline: Hotline, ana: KeyPair) -> None:
    conversation = hotline.told("story")
    before = hotline.draft_keys()
    for action in (draft.erase_draft, lambda s, k, c: service.file_draft(s, k, c, "en")):
        with pytest.raises(RuntimeError), hotline.worker.begin() as session:
            action(session, hotline.keys, conversation)
            raise RuntimeError
    assert hotline.draft_keys() == before
    assert hotline.read(hotline.file(conversation).alias, ana.private)["story"] == ["story"]


def test_a_commit_that_fails_keeps_the_key(hotline: Hotline, ana: KeyPair) -> None:
    conversation = hotline.told("story")
    with pytest.raises(OperationalError), hotline.worker.begin() as session:
        draft.erase_draft(session, hotline.keys, conversation)
        pid = session.scalar(text("select pg_backend_pid()"))
        with hotline.owner.begin() as connection:
            connection.execute(text("select pg_terminate_backend(:pid)"), {"pid": pid})
    assert hotline.read(hotline.file(conversation).alias, ana.private)["story"] == ["story"]


def test_a_savepoint_that_ends_destroys_nothing_yet(hotline: Hotline, ana: KeyPair) -> None:
    conversation = hotline.told("story")
    with hotline.worker.begin() as session:
        with session.begin_nested():
            draft.erase_draft(session, hotline.keys, conversation)
        assert len(hotline.draft_keys()) == 1
    assert hotline.draft_keys() == []


def test_after_erase_nothing_opens(hotline: Hotline, ana: KeyPair) -> None:
    conversation = hotline.told("story")
    with Session(hotline.owner) as session:
        wrap, row = session.query(DraftWrap).one(), session.query(Draft).one()
    with hotline.worker.begin() as session:
        assert draft.erase_draft(session, hotline.keys, conversation)
    assert (rows(hotline, "draft"), rows(hotline, "draft_text"), rows(hotline, "draft_wrap")) == (0, 0, 0)
    assert hotline.draft_keys() == []
    with pytest.raises(CannotOpen):  # a back-up of the rows and the staff key are of no use without the draft's key
        unseal(wrap.box, ana.private, Seat(row.id, 1, wrap.reader).info)


@pytest.mark.parametrize(
    ("days", "kept"), [(timedelta(days=13, hours=23), True), (timedelta(days=14, minutes=1), False)]
)
def test_a_draft_lives_for_fourteen_idle_days(hotline: Hotline, ana: KeyPair, days: timedelta, kept: bool) -> None:
    hotline.told("story")
    with clock.shifted(days), hotline.worker.begin() as session:
        assert draft.expire_drafts(session, hotline.keys) == (not kept)
    assert len(hotline.draft_keys()) == kept


def test_a_draft_the_worker_chose_to_resume_lives_for_sixty_idle_days(hotline: Hotline, ana: KeyPair) -> None:
    conversation = hotline.told("story")
    with hotline.worker.begin() as session:
        draft.extend(session, hotline.keys, conversation)
    with clock.shifted(timedelta(days=59)), hotline.worker.begin() as session:
        draft.set_fact(session, hotline.keys, conversation, "kind", "pay")
    with clock.shifted(timedelta(days=59 + 61)), hotline.worker.begin() as session:
        assert draft.expire_drafts(session, hotline.keys) == 1


def test_a_pending_story_lives_for_a_day(hotline: Hotline, ana: KeyPair) -> None:
    conversation = hotline.conversation()
    with hotline.worker.begin() as session:
        draft.keep_pending(session, hotline.keys, conversation, "first")
    with clock.shifted(timedelta(hours=25)), hotline.worker.begin() as session:
        assert not draft.has_pending(session, hotline.keys, conversation)
        draft.open_draft(session, hotline.keys, conversation)
        assert draft.facts(session, hotline.keys, conversation) == {}
    assert len(hotline.draft_keys()) == 1


def test_a_draft_whose_key_is_gone_is_no_draft_and_does_not_stop_the_next(hotline: Hotline, ana: KeyPair) -> None:
    conversation = hotline.told("story")
    hotline.keys.destroy(hotline.draft_keys()[0])
    with hotline.worker.begin() as session:
        assert draft.facts(session, hotline.keys, conversation) is None
        draft.open_draft(session, hotline.keys, conversation)
        assert draft.facts(session, hotline.keys, conversation) == {}


def test_the_sweep_destroys_left_over_key_files_only(hotline: Hotline, ana: KeyPair) -> None:
    hotline.told("story")
    live = hotline.draft_keys()
    with pytest.raises(RuntimeError), hotline.worker.begin() as session:
        draft.open_draft(session, hotline.keys, hotline.conversation())
        raise RuntimeError
    assert len(hotline.draft_keys()) == 2
    with hotline.worker.begin() as session:
        assert len(draftkeys.sweep(session, hotline.keys)) == 1
    assert hotline.draft_keys() == live


def test_the_sweep_leaves_a_draft_alone_that_is_being_opened(hotline: Hotline, ana: KeyPair) -> None:
    conversation = hotline.conversation()
    with hotline.worker.begin() as opening:
        draft.open_draft(opening, hotline.keys, conversation)
        with hotline.worker.begin() as sweeping:
            assert draftkeys.sweep(sweeping, hotline.keys) == []
    assert len(hotline.draft_keys()) == 1


@pytest.mark.parametrize(
    "words", ["", "\0 nul", "😱" * 1600, "\ud83d half an emoji", "\u202eright to left", "x" * 40_000]
)
def test_any_text_comes_back_word_for_word(hotline: Hotline, ana: KeyPair, words: str) -> None:
    filed = hotline.file(hotline.told(words))
    assert hotline.read(filed.alias, ana.private)["story"] == [words]
