from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from channels import hourly
from core.clock import today
from intake import routing, service, staff, steps
from intake.desk import entering
from intake.desk.entering import Entered, Item
from intake.errors import IntakeClosed, NotACode, OtherTeam, Refused, WroteFirst
from intake.models import Case, CaseLink, ReceiptWish
from intake.sealing import Reader
from tests.unit.intake.desk.office import Browser, Office, epoch_for


def file(office: Office, who: Browser, entered: Entered) -> Case:
    with office.console.begin() as session:
        return entering.file(session, who.staff_id, entered)


def test_a_report_that_was_entered_opens_like_any_other(office: Office, ana: Browser, ben: Browser) -> None:
    entered = office.entered(office.readers(), kind="threats", when="week", count="few")
    filed = file(office, ana, entered)
    assert (filed.team, filed.language, filed.state, filed.urgency) == ("intake", "ht", "FL", 1)
    assert filed.next_deadline is not None and filed.next_deadline > today()
    assert office.read(ben, filed.id)["story"] == ["told on the phone"]
    printed = office.hotline.read(filed.alias, ana.pair.private)
    assert printed["facts"] == {"kind": "threats", "when": "week", "count": "few"}
    (row,) = office.rows("case.filed", filed.id)
    names = ",".join([ana.name, ben.name])
    assert row == {"epoch": 1, "public": entered.public.hex(), "readers": names, "entered_by": ana.name}


def test_it_has_a_first_step_and_no_phone(office: Office, ana: Browser) -> None:
    filed = file(office, ana, office.entered(office.readers(), kind="pay"))
    with office.hotline.worker.begin() as session:
        step = steps.latest(session, filed.id)
        assert step is not None and (step.n, step.promised) == (1, steps.first_promise(today()))
        assert session.scalars(select(CaseLink)).all() == []
    office.clear(ana, filed.id)
    assert not office.open(ana, filed.id).reachable


def test_the_receipt_waits_sealed_to_the_hour(office: Office, ana: Browser) -> None:
    filed = file(office, ana, office.entered(office.readers(), kind="pay"))
    with office.hotline.worker.begin() as session:
        wish = session.get_one(ReceiptWish, filed.id)
        context = f"receipt_wish|{filed.id.hex}"
        assert hourly.open_text(wish.body, wish.hour, context, office.hotline.keys) == "1234 5678 9012 3456"


def test_every_reader_and_recovery_key_gets_a_wrap_and_nobody_else(office: Office, ana: Browser, ben: Browser) -> None:
    with office.hotline.operator.begin() as session:
        staff.add_recovery(session, bytes(range(1, 33)))
    readers = office.readers()
    assert [one.name for one in readers] == [ana.name, ben.name, "recovery:1"]
    for few_or_many in (readers[:2], [*readers, Reader("staff:99", bytes(range(1, 33)))], []):
        with pytest.raises(Refused):
            file(office, ana, office.entered(few_or_many, kind="pay"))


def test_it_goes_to_the_team_of_the_route_if_that_has_readers(
    office: Office, ana: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    night = office.reader("night@example.org", team="night")
    monkeypatch.setattr(entering, "route", lambda facts: replace(routing.route(facts), team="night"))
    with pytest.raises(OtherTeam) as caught:
        file(office, ana, office.entered(office.readers(), kind="pay"))
    assert caught.value.team == "night"
    filed = file(office, ana, office.entered(office.readers("night"), team="night", kind="pay"))
    assert office.read(night, filed.id)["story"] == ["told on the phone"]
    with office.hotline.operator.begin() as session:
        staff.disable(session, "night@example.org")
    assert file(office, ana, office.entered(office.readers("night"), kind="pay")).team == "intake"


def test_without_readers_no_report_is_taken(office: Office, ana: Browser) -> None:
    with office.hotline.operator.begin() as session:
        staff.disable(session, "ana@example.org")
    with pytest.raises(IntakeClosed):
        office.readers()


def test_a_report_is_filed_once(office: Office, ana: Browser) -> None:
    entered = office.entered(office.readers(), kind="pay")
    file(office, ana, entered)
    with pytest.raises(WroteFirst):
        file(office, ana, entered)


def test_the_hour_of_the_receipt_must_live(office: Office, ana: Browser) -> None:
    entered = office.entered(office.readers(), kind="pay")
    with pytest.raises(WroteFirst):
        file(office, ana, replace(entered, hour="2001010101"))
    office.execute("update inbox.hourly_key set destroyed_at = now()")
    with pytest.raises(WroteFirst):
        file(office, ana, entered)


BOX = b"\x01" + bytes(304)
ITEMS: list[list[Item]] = [
    [],
    [Item(1, "story", BOX)],
    [Item(2, "facts", BOX)],
    [Item(1, "facts", BOX), Item(2, "facts", BOX)],
    [Item(1, "facts", BOX), Item(2, "note", BOX)],
    [Item(1, "facts", BOX[:-1])],
    [Item(1, "facts", BOX), *(Item(seq, "story", BOX) for seq in range(2, 62))],
]
FAULTS: list[dict[str, Any]] = [{"items": items} for items in ITEMS]
FAULTS += [{"public": bytes(31)}, {"wraps": {"staff:1": b"\x01" * 80}}]


@pytest.mark.parametrize("fault", FAULTS)
def test_what_does_not_have_the_agreed_form_is_refused(office: Office, ana: Browser, fault: dict[str, Any]) -> None:
    entered = office.entered(office.readers(), kind="pay")
    with pytest.raises(Refused):
        file(office, ana, replace(entered, **fault))
    with office.hotline.worker.begin() as session:
        assert session.scalars(select(Case)).all() == []


@pytest.mark.parametrize("codes", [{"kind": "a word"}, {"name": "Maria"}, {"state": "Florida"}])
def test_only_codes_go_in_clear(office: Office, ana: Browser, codes: dict[str, str]) -> None:
    entered = office.entered(office.readers(), kind="pay")
    with pytest.raises(NotACode):
        file(office, ana, replace(entered, state=None, facts=codes))


def test_the_codes_that_came_in_clear_are_not_kept(office: Office, ana: Browser) -> None:
    filed = file(office, ana, office.entered(office.readers(), kind="touched", wish="secret"))
    with office.hotline.owner.connect() as connection:
        for table in ("case", "audit", "case_text", "case_step", "receipt_wish"):
            dump = connection.exec_driver_sql(f"select string_agg(t::text, ' ') from intake.\"{table}\" t").scalar()
            assert "touched" not in (dump or "") and "secret" not in (dump or ""), table
    assert filed.urgency == 2


def test_a_pair_of_another_case_does_not_open_it(office: Office, ana: Browser) -> None:
    """The wraps are bound to the case: what was made for another id fails in the page, not silently."""
    entered = office.entered(office.readers(), kind="pay")
    public, wraps = epoch_for(office.entered(office.readers()).case_id, 1, office.readers())
    filed = file(office, ana, replace(entered, public=public, wraps=wraps))
    office.clear(ana, filed.id)
    opened = office.open(ana, filed.id)
    with pytest.raises(Exception, match="does not open"):
        ana.halves(opened.sealed)
    assert service.FACTS in {text.part for text in opened.sealed.texts}
