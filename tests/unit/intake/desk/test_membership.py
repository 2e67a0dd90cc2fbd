from uuid import UUID

import pytest

from core.envelope import new_pair
from intake import service, staff
from intake.desk import membership, writing
from intake.errors import CheckFirst, NoSuchCase, Refused, WroteFirst
from intake.models import Role, Staff
from intake.sealing import Reader
from tests.unit.intake.desk.office import Browser, Office, epoch_for
from tests.unit.intake.desk.test_granting import give, new_key, regrants, seal_half


def begin(office: Office, who: Browser, case_id: UUID, epoch: int, readers: list[Reader]) -> None:
    public, boxes = epoch_for(case_id, epoch, readers)
    with office.console.begin() as session:
        membership.begin_epoch(session, who.staff_id, case_id, epoch, public, boxes)


def due(office: Office, who: Browser, case_id: UUID) -> list[Reader]:
    return list(office.open(who, case_id).epoch_for)


def disable(office: Office, email: str) -> None:
    with office.hotline.operator.begin() as session:
        staff.disable(session, email)


def holders(office: Office) -> set[tuple[int, str]]:
    with office.hotline.owner.connect() as connection:
        return {(row[0], row[1]) for row in connection.exec_driver_sql("select epoch, reader from intake.case_wrap")}


def test_somebody_who_left_asks_for_an_epoch_they_never_held(office: Office, ana: Browser, ben: Browser) -> None:
    with office.hotline.operator.begin() as session:
        staff.add_recovery(session, bytes(range(1, 33)))
    case_id, conversation = office.filed_by("before")
    office.clear(ana, case_id)
    assert due(office, ana, case_id) == []
    disable(office, "ben@example.org")
    entitled = due(office, ana, case_id)
    assert [one.name for one in entitled] == [ana.name, "recovery:1"]
    begin(office, ana, case_id, 2, entitled)
    assert due(office, ana, case_id) == []
    with office.hotline.worker.begin() as session:
        service.add_to_case(session, conversation, "after")
    opened = office.open(ana, case_id)
    assert ana.texts(opened.sealed)["story"] == ["before", "after"]
    assert [text.epoch for text in opened.sealed.texts] == [1, 1, 2]
    assert holders(office) == {(1, ana.name), (2, ana.name), (1, "recovery:1"), (2, "recovery:1")}
    (row,) = office.rows("case.epoch", case_id)
    assert (row["epoch"], row["readers"]) == (2, f"recovery:1,{ana.name}")


def test_notes_go_to_the_newest_epoch_alone(office: Office, ana: Browser, ben: Browser) -> None:
    case_id = office.filed("before")
    office.clear(ana, case_id)
    disable(office, "ben@example.org")
    old = office.written(case_id, office.open(ana, case_id), "own", "note", "old epoch")
    begin(office, ana, case_id, 2, due(office, ana, case_id))
    with pytest.raises(WroteFirst), office.console.begin() as session:
        writing.note(session, ana.staff_id, case_id, old)
    new = office.written(case_id, office.open(ana, case_id), "own", "note", "new epoch")
    with office.console.begin() as session:
        writing.note(session, ana.staff_id, case_id, new)
    assert office.hotline.read(str(case_id), ana.pair.private)["notes"] == ["new epoch"]


def test_an_epoch_is_begun_once(office: Office, ana: Browser, ben: Browser) -> None:
    case_id = office.filed("before")
    office.clear(ana, case_id)
    disable(office, "ben@example.org")
    entitled = due(office, ana, case_id)
    begin(office, ana, case_id, 2, entitled)
    for epoch in (1, 2, 4):
        with pytest.raises(WroteFirst):
            begin(office, ana, case_id, epoch, entitled)


def test_an_epoch_leaves_nobody_out_and_lets_nobody_in(
    office: Office, ana: Browser, ben: Browser, eve: Browser
) -> None:
    case_id = office.filed("before")
    office.clear(ana, case_id)
    carl = office.reader("carl@example.org", Role.OFFICER)
    me, colleague, stranger = (Reader(who.name, who.pair.public) for who in (ana, ben, eve))
    for readers in ([me], [me, colleague, stranger], [me, colleague, Reader(carl.name, carl.pair.public)], []):
        with pytest.raises(Refused):
            begin(office, ana, case_id, 2, readers)
    assert {epoch for epoch, _ in holders(office)} == {1}


def test_an_epoch_needs_the_check_and_a_wrap_of_the_case(office: Office, ana: Browser, eve: Browser) -> None:
    case_id = office.filed("before")
    for who, error in ((ana, CheckFirst), (eve, NoSuchCase)):
        with pytest.raises(error):
            begin(office, who, case_id, 2, [Reader(ana.name, ana.pair.public)])


def test_a_conflict_asks_for_a_new_epoch_too(office: Office, ana: Browser, ben: Browser) -> None:
    case_id = office.filed("before")
    office.conflict(ben, case_id)
    office.clear(ana, case_id)
    begin(office, ana, case_id, 2, due(office, ana, case_id))
    assert holders(office) == {(1, ana.name), (2, ana.name)}


def test_what_a_lost_key_could_open_stays_marked_until_it_is_given_again(
    office: Office, ana: Browser, ben: Browser
) -> None:
    case_id = office.filed("before")
    office.clear(ana, case_id)
    ben = new_key(office, ben)
    begin(office, ana, case_id, 2, due(office, ana, case_id))
    assert due(office, ana, case_id) == []
    assert (1, f"lost:{ben.staff_id}") in holders(office)
    (offer,) = regrants(office, ana)
    assert set(offer.cases[case_id]) == {1, 2}
    boxes = {
        epoch: seal_half(ana.half(case_id, epoch, box), ben, case_id, epoch)
        for epoch, box in offer.cases[case_id].items()
    }
    give(office, ana, case_id, ben.name, boxes)
    assert office.read(ben, case_id)["story"] == ["before"]
    assert {name for _, name in holders(office)} == {ana.name, ben.name}


def test_a_new_key_that_was_given_the_case_first_still_asks_for_an_epoch(
    office: Office, ana: Browser, ben: Browser
) -> None:
    case_id = office.filed("before")
    office.clear(ana, case_id)
    ben = new_key(office, ben)
    (offer,) = regrants(office, ana)
    half = ana.half(case_id, 1, offer.cases[case_id][1])
    give(office, ana, case_id, ben.name, {1: seal_half(half, ben, case_id, 1)})
    entitled = due(office, ana, case_id)
    assert [one.name for one in entitled] == [ana.name, ben.name]
    begin(office, ana, case_id, 2, entitled)
    assert {name for _, name in holders(office)} == {ana.name, ben.name}
    assert regrants(office, ana) == []


def test_while_nobody_left_nobody_begins_an_epoch(office: Office, ana: Browser, ben: Browser) -> None:
    """What a wrap holds cannot be checked: with one of random bytes a reader would shut a colleague out."""
    case_id = office.filed("before")
    office.clear(ana, case_id)
    both = [Reader(who.name, who.pair.public) for who in (ana, ben)]
    with pytest.raises(Refused):
        begin(office, ana, case_id, 2, both)
    assert {epoch for epoch, _ in holders(office)} == {1}


def test_the_mark_stays_while_the_key_is_reset_and_the_new_one_is_not_made_yet(
    office: Office, ana: Browser, ben: Browser
) -> None:
    case_id = office.filed("before")
    office.clear(ana, case_id)
    with office.console.begin() as session:
        membership.lose(session, ben.staff_id)
        session.get_one(Staff, ben.staff_id).public_key = None
    begin(office, ana, case_id, 2, due(office, ana, case_id))
    assert due(office, ana, case_id) == []
    with office.console.begin() as session:
        session.get_one(Staff, ben.staff_id).public_key = new_pair().public
    (offer,) = regrants(office, ana)
    assert set(offer.cases[case_id]) == {1, 2}
