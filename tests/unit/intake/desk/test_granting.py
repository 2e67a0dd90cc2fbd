from uuid import UUID

import pytest

from core.envelope import seal
from intake import staff
from intake.desk import granting, membership
from intake.desk.granting import Regrant
from intake.errors import CheckFirst, NoSuchCase, Refused
from intake.models import Role
from intake.sealing import Seat
from tests.unit.intake.desk.office import Browser, Office, Wraps


def give(office: Office, who: Browser, case_id: UUID, to: str, boxes: Wraps) -> None:
    with office.console.begin() as session:
        granting.grant(session, who.staff_id, case_id, to, boxes)


def wraps(office: Office, who: Browser, case_id: UUID, to: Browser) -> Wraps:
    office.clear(who, case_id)
    return who.wraps_for(office.open(who, case_id).sealed, to)


def regrants(office: Office, who: Browser) -> list[Regrant]:
    with office.console.begin() as session:
        return granting.regrants(session, who.staff_id)


def new_key(office: Office, who: Browser) -> Browser:
    """A reset: the wraps go with the old key."""
    fresh = office.reader(f"new{who.staff_id}@example.org").pair
    office.execute("delete from intake.staff where email = :e", e=f"new{who.staff_id}@example.org")
    with office.console.begin() as session:
        membership.lose(session, who.staff_id)
    office.execute("update intake.staff set public_key = :k where id = :id", k=fresh.public, id=who.staff_id)
    return Browser(who.staff_id, fresh)


@pytest.mark.parametrize("role", [Role.INTAKE, Role.OFFICER])
def test_a_case_that_was_given_opens_for_the_colleague(office: Office, ana: Browser, role: Role) -> None:
    case_id = office.filed("the story", employer="Green Acres")
    carl = office.reader("carl@example.org", role, team="other")
    give(office, ana, case_id, carl.name, wraps(office, ana, case_id, carl))
    assert office.read(carl, case_id)["story"] == ["the story"]
    (row,) = office.rows("case.granted", case_id)
    assert row == {"reader": carl.name, "epochs": "1", "key": carl.pair.public.hex()}


@pytest.mark.parametrize("role", [Role.ADMIN, Role.AUDITOR, Role.CAMPAIGNER])
def test_a_case_is_never_given_to_a_role_that_does_not_read(office: Office, ana: Browser, role: Role) -> None:
    case_id = office.filed("the story")
    dora = office.reader("dora@example.org", role)
    with pytest.raises(Refused):
        give(office, ana, case_id, dora.name, wraps(office, ana, case_id, dora))


def test_a_case_is_not_given_to_who_left_has_no_key_or_has_a_conflict(
    office: Office, ana: Browser, ben: Browser, eve: Browser
) -> None:
    case_id = office.filed("the story")
    office.conflict(ben, case_id)
    with office.hotline.operator.begin() as session:
        staff.disable(session, "eve@example.org")
        keyless = staff.add(session, "fred@example.org", Role.INTAKE, "intake", None)
    boxes = wraps(office, ana, case_id, eve)
    for name in (eve.name, ben.name, f"staff:{keyless.id}", "recovery:1", "nobody"):
        with pytest.raises(Refused):
            give(office, ana, case_id, name, boxes)
    assert office.rows("case.granted", case_id) == []


def test_who_cannot_read_a_case_cannot_give_it(office: Office, ana: Browser, eve: Browser) -> None:
    case_id = office.filed("the story")
    boxes = wraps(office, ana, case_id, eve)
    with pytest.raises(NoSuchCase):
        give(office, eve, case_id, eve.name, boxes)


@pytest.mark.parametrize("boxes", [{}, {2: b"\x01" * 81}, {1: b"\x01" * 80}, {1: b"\x02" * 81}])
def test_a_grant_of_another_epoch_or_form_is_refused(office: Office, ana: Browser, eve: Browser, boxes: Wraps) -> None:
    case_id = office.filed("the story")
    with pytest.raises(Refused):
        give(office, ana, case_id, eve.name, boxes)


def test_a_wrap_that_works_is_not_replaced(office: Office, ana: Browser, ben: Browser) -> None:
    case_id = office.filed("the story")
    with pytest.raises(Refused):
        give(office, ana, case_id, ben.name, {1: b"\x01" * 81})
    assert office.read(ben, case_id)["story"] == ["the story"]


def test_after_a_reset_a_colleague_gives_everything_again(office: Office, ana: Browser, ben: Browser) -> None:
    first, second = office.filed("one"), office.filed("two")
    assert regrants(office, ben) == []
    ana = new_key(office, ana)
    with pytest.raises(NoSuchCase):
        office.clear(ana, first)
    (offer,) = regrants(office, ben)
    assert (offer.staff.id, set(offer.cases)) == (ana.staff_id, {first, second})
    for case_id, epochs in offer.cases.items():
        halves = {epoch: ben.half(case_id, epoch, box) for epoch, box in epochs.items()}
        boxes = {epoch: seal_half(half, ana, case_id, epoch) for epoch, half in halves.items()}
        give(office, ben, case_id, ana.name, boxes)
    assert regrants(office, ben) == []
    assert office.read(ana, first)["story"] == ["one"]
    assert office.read(ana, second)["story"] == ["two"]


def seal_half(half: bytes, to: Browser, case_id: UUID, epoch: int) -> bytes:

    return seal(half, to.pair.public, Seat(case_id, epoch, to.name).info)


def test_only_who_can_read_a_lost_case_is_asked_to_give_it(
    office: Office, ana: Browser, ben: Browser, eve: Browser
) -> None:
    office.filed("one")
    new_key(office, ana)
    assert regrants(office, eve) == []
    assert [offer.staff.id for offer in regrants(office, ben)] == [ana.staff_id]


def test_a_case_left_for_a_conflict_is_not_offered_again(office: Office, ana: Browser, ben: Browser) -> None:
    case_id = office.filed("one")
    office.conflict(ana, case_id)
    new_key(office, ana)
    assert regrants(office, ben) == []


def test_a_draft_does_not_become_a_case_of_a_lost_key(office: Office, ana: Browser, ben: Browser) -> None:
    conversation = office.hotline.told("one")
    new_key(office, ana)
    filed = office.hotline.file(conversation)
    assert office.hotline.read(filed.alias, ben.pair.private)["story"] == ["one"]
    with office.hotline.owner.connect() as connection:
        names = connection.exec_driver_sql("select reader from intake.case_wrap").scalars().all()
    assert names == [ben.name]


def test_an_export_is_written_down_and_needs_the_check(office: Office, ana: Browser) -> None:
    case_id = office.filed("one")
    with pytest.raises(CheckFirst), office.console.begin() as session:
        granting.export(session, ana.staff_id, case_id)
    office.clear(ana, case_id)
    with office.console.begin() as session:
        granting.export(session, ana.staff_id, case_id)
    assert office.rows("case.exported", case_id) == [{}]
