from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session

from core import clock
from core.envelope import CannotOpen
from core.errors import Denied
from intake import audit, staff
from intake.desk import live, membership, opening
from intake.errors import CheckFirst, KeySwapped, LastReader, NoSuchCase
from intake.reading import SealedCase
from tests.unit.intake.desk.office import Browser, Office


def test_party_names_are_handed_out_alone_and_written_down_first(office: Office, ana: Browser) -> None:
    case_id = office.filed("the story", employer="Green Acres", kind="pay")
    with office.console.begin() as session:
        sealed = opening.parties(session, ana.staff_id, case_id)
    assert ana.texts(sealed) == {"employer": ["Green Acres"]}
    assert office.rows("case.parties", case_id) == [{"items": 1}]
    assert office.rows("case.read", case_id) == []


def test_a_case_opens_only_after_a_clear_check(office: Office, ana: Browser) -> None:
    case_id = office.filed("the story")
    with pytest.raises(CheckFirst):
        office.open(ana, case_id)
    with office.console.begin() as session:
        opening.parties(session, ana.staff_id, case_id)
    with pytest.raises(CheckFirst):
        office.open(ana, case_id)
    assert office.rows("case.read", case_id) == []
    office.clear(ana, case_id)
    assert ana.texts(office.open(ana, case_id).sealed)["story"] == ["the story"]
    assert office.rows("case.read", case_id) == [{"items": 2}]
    assert office.rows("case.checked", case_id) == [{"conflict": 0}]


def test_a_check_without_having_seen_the_names_is_none(office: Office, ana: Browser, ben: Browser) -> None:
    case_id = office.filed("the story")
    with office.console.begin() as session:
        opening.parties(session, ben.staff_id, case_id)
    with pytest.raises(CheckFirst), office.console.begin() as session:
        opening.check(session, ana.staff_id, case_id, conflict=False)


def test_a_foreign_and_a_missing_case_get_the_same_answer(office: Office, ana: Browser, eve: Browser) -> None:
    case_id = office.filed("the story")
    texts = set()
    for who, wanted in ((eve, case_id), (ana, uuid4())):
        for call in (opening.parties, opening.open_case):
            with pytest.raises(NoSuchCase) as caught, office.console.begin() as session:
                call(session, who.staff_id, wanted)
            texts.add(str(caught.value))
        with pytest.raises(NoSuchCase), office.console.begin() as session:
            opening.check(session, who.staff_id, wanted, conflict=False)
    assert len(texts) == 1
    assert office.rows("case.parties", case_id) == []


def test_a_conflict_takes_the_wraps_away_for_good(office: Office, ana: Browser, ben: Browser) -> None:
    case_id = office.filed("the story")
    office.conflict(ana, case_id)
    for call in (opening.parties, opening.open_case):
        with pytest.raises(NoSuchCase), office.console.begin() as session:
            call(session, ana.staff_id, case_id)
    assert office.rows("case.checked", case_id) == [{"conflict": 1}]
    assert office.read(ben, case_id)["story"] == ["the story"]
    assert [found.staff.email for found in office.open(ben, case_id).colleagues] == ["ben@example.org"]


def test_the_last_reader_cannot_leave_a_case_to_nobody(office: Office, ana: Browser, ben: Browser) -> None:
    case_id = office.filed("the story")
    with office.hotline.operator.begin() as session:
        staff.add_recovery(session, bytes(range(32)))
    office.conflict(ana, case_id)
    with pytest.raises(LastReader):
        office.conflict(ben, case_id)
    assert office.read(ben, case_id)["story"] == ["the story"]


def test_a_disabled_colleague_is_nobody_to_leave_a_case_to(office: Office, ana: Browser, ben: Browser) -> None:
    case_id = office.filed("the story")
    with office.hotline.operator.begin() as session:
        staff.disable(session, "ben@example.org")
    with pytest.raises(LastReader):
        office.conflict(ana, case_id)


def test_a_wrap_moved_to_another_case_does_not_open(office: Office, ana: Browser) -> None:
    first, second = office.filed("one"), office.filed("two")
    office.clear(ana, second)
    for case_id in (first, second):
        assert ana.halves(sealed_of(office, ana, case_id))
    office.execute(
        "update intake.case_wrap set box = (select box from intake.case_wrap where case_id = :a) where case_id = :b",
        a=first,
        b=second,
    )
    sealed = office.open(ana, second).sealed
    with pytest.raises(CannotOpen):
        ana.halves(sealed)


def sealed_of(office: Office, who: Browser, case_id: UUID) -> SealedCase:
    with office.console.begin() as session:
        return opening.parties(session, who.staff_id, case_id)


def test_a_swapped_public_half_is_an_alarm_not_a_case(office: Office, ana: Browser) -> None:
    case_id = office.filed("the story")
    office.clear(ana, case_id)
    office.execute("update intake.case_key set public = :half where case_id = :id", half=bytes(32), id=case_id)
    with pytest.raises(KeySwapped):
        office.open(ana, case_id)


def test_a_second_record_of_an_epoch_is_an_alarm_too(office: Office, ana: Browser) -> None:
    case_id = office.filed("the story")
    office.clear(ana, case_id)
    office.execute("update intake.case_key set public = :half where case_id = :id", half=bytes(32), id=case_id)
    with office.hotline.operator.begin() as session:
        audit.append(session, "staff:1", "case.epoch", str(case_id), epoch=1, public=bytes(32).hex())
    with pytest.raises(KeySwapped):
        office.open(ana, case_id)


def test_a_destroyed_case_is_not_there(office: Office, ana: Browser) -> None:
    case_id = office.filed("the story")
    office.clear(ana, case_id)
    office.execute("delete from keyring.case_shred where case_id = :id", id=case_id)
    with pytest.raises(Denied):
        office.open(ana, case_id)


def test_an_opened_case_shows_who_looked_and_who_could_be_given_it(
    office: Office, ana: Browser, ben: Browser, eve: Browser
) -> None:
    case_id = office.filed("the story")
    office.clear(ben, case_id)
    office.open(ben, case_id)
    office.clear(ana, case_id)
    opened = office.open(ana, case_id)
    assert [(entry.email, entry.action) for entry in opened.log] == [
        ("ana@example.org", "case.checked"),
        ("ana@example.org", "case.parties"),
        ("ben@example.org", "case.read"),
        ("ben@example.org", "case.checked"),
        ("ben@example.org", "case.parties"),
        (None, "case.filed"),
    ]
    holds = {colleague.staff.email: colleague.holds for colleague in opened.colleagues}
    assert holds == {"ana@example.org": True, "ben@example.org": True, "eve@example.org": False}
    assert [(step.n, step.status) for step in opened.sealed.steps] == [(1, "received")]
    assert opened.epoch_for == ()


def test_a_worker_who_can_be_reached_is_said_to_be(office: Office, ana: Browser) -> None:
    case_id = office.filed("the story")
    office.clear(ana, case_id)
    assert office.open(ana, case_id).reachable
    with clock.shifted(timedelta(days=31)):
        assert not office.open(ana, case_id).reachable


def test_a_look_is_no_change_of_a_case(office: Office, ana: Browser, ben: Browser, eve: Browser) -> None:
    case_id = office.filed("the story")

    def mark(session: Session) -> int:
        return live.mark(session)

    with office.console.begin() as session:
        before = mark(session)
    office.clear(ben, case_id)
    office.open(ben, case_id)
    with office.console.begin() as session:
        assert mark(session) > before
        assert not live.changed(session, ana.staff_id, case_id, before)
        membership.lose(session, ben.staff_id)
        audit.append(session, "staff:1", "case.noted", str(case_id), seq=3)
        assert live.changed(session, ana.staff_id, case_id, before)
    with pytest.raises(NoSuchCase), office.console.begin() as session:
        live.changed(session, eve.staff_id, case_id, before)
