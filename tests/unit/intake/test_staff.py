import pytest

from core.envelope import KeyPair, new_pair
from intake import audit, readers, staff
from intake.models import Role
from intake.staff import StaffFault
from tests.unit.intake.hotline import Hotline


def test_a_person_without_a_key_gets_one_later_and_never_another(hotline: Hotline) -> None:
    pair = new_pair()
    with hotline.operator.begin() as session:
        staff.add(session, "Ana@Example.org", Role.INTAKE, "intake", None)
        assert not readers.intake_open(session)
        staff.add(session, "ana@example.org", Role.INTAKE, "intake", pair.public)
        assert readers.intake_open(session)
        with pytest.raises(StaffFault):
            staff.add(session, "ana@example.org", Role.INTAKE, "intake", new_pair().public)


@pytest.mark.parametrize("email", ["", "ana", "ana@", "a b@example.org", "x" * 250 + "@example.org"])
def test_an_address_that_is_none_is_refused(hotline: Hotline, email: str) -> None:
    with hotline.operator.begin() as session, pytest.raises(StaffFault):
        staff.add(session, email, Role.INTAKE, "intake", None)


@pytest.mark.parametrize("email", ["agent@ice.dhs.gov", "x@cbp.gov", "x@mail.uscis.gov", "x@hsi.example.org"])
def test_nobody_of_immigration_enforcement_is_staff(hotline: Hotline, email: str) -> None:
    with hotline.operator.begin() as session, pytest.raises(StaffFault, match="enforcement"):
        staff.add(session, email, Role.INTAKE, "intake", None)


def test_one_key_has_one_reader(hotline: Hotline, ana: KeyPair) -> None:
    with hotline.operator.begin() as session:
        with pytest.raises(StaffFault, match="key is already"):
            staff.add(session, "bob@example.org", Role.INTAKE, "intake", ana.public)
        with pytest.raises(StaffFault, match="key is already"):
            staff.add_recovery(session, ana.public)


def test_who_was_disabled_does_not_come_back_by_being_added_again(hotline: Hotline, ana: KeyPair) -> None:
    with hotline.operator.begin() as session:
        staff.disable(session, "ana@example.org")
        staff.disable(session, "ana@example.org")
        assert not readers.intake_open(session)
        with pytest.raises(StaffFault):
            staff.add(session, "ana@example.org", Role.INTAKE, "intake", None)
        with pytest.raises(StaffFault):
            staff.disable(session, "nobody@example.org")


def test_every_change_is_in_the_audit_chain(hotline: Hotline, ana: KeyPair) -> None:
    with hotline.operator.begin() as session:
        staff.disable(session, "ana@example.org")
        row = staff.add_recovery(session, new_pair().public)
        assert len(audit.recorded(session, "staff.added", "staff:1")) == 1
        assert len(audit.recorded(session, "staff.disabled", "staff:1")) == 1
        assert len(audit.recorded(session, "recovery.added", f"recovery:{row.id}")) == 1
