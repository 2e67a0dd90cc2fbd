from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake import deadlines, interview
from intake.deadlines import Clock
from intake.errors import TableFault

TODAY = date(2026, 11, 22)
SOUND = {"id": "x", "kinds": ["pay"], "days": 30, "citation": "29 USC 1", "evidence": "V"}
KINDS = sorted(interview.allowed("kind"))
WHENS = sorted(interview.allowed("when"))


def soonest(**facts: str) -> tuple[str, date]:
    found = deadlines.deadlines(facts, TODAY)[0]
    return found.id, found.day


@pytest.mark.parametrize(
    ("kind", "when", "expected"),
    [
        ("threats", "week", ("osha_retaliation", date(2026, 12, 15))),
        ("threats", "month", ("osha_retaliation", TODAY)),
        ("threats", "unsure", ("osha_retaliation", TODAY)),
        ("threats", "earlier", ("flsa_retaliation", TODAY)),
        ("touched", "week", ("eeoc_charge", date(2027, 5, 14))),
        ("pay", "month", ("flsa_pay", date(2028, 10, 22))),
        ("papers", "week", ("forced_labor_suit", date(2036, 11, 15))),
    ],
)
def test_the_shortest_clock_counts_from_the_earliest_plausible_day(
    kind: str, when: str, expected: tuple[str, date]
) -> None:
    assert soonest(kind=kind, when=when) == expected


def test_an_unanswered_date_counts_like_an_uncertain_one() -> None:
    assert soonest(kind="touched") == soonest(kind="touched", when="unsure")


def test_a_clock_that_has_certainly_run_out_gives_way_to_the_next() -> None:
    running = {found.id for found in deadlines.deadlines({"kind": "threats", "when": "earlier"}, TODAY)}
    assert "osha_retaliation" not in running
    assert "flsa_retaliation" in running


def test_a_report_without_a_kind_has_no_clock() -> None:
    assert deadlines.deadlines({}, TODAY) == []
    assert deadlines.deadlines({"kind": "other"}, TODAY) == []


@given(st.sampled_from(KINDS), st.sampled_from(WHENS), st.dates(date(2024, 1, 1), date(2040, 12, 31)))
def test_no_deadline_lies_in_the_past_and_urgency_is_one_to_three(kind: str, when: str, today: date) -> None:
    facts = {"kind": kind, "when": when}
    days = [found.day for found in deadlines.deadlines(facts, today)]
    assert days == sorted(days)
    assert all(day >= today for day in days)
    assert deadlines.urgency(facts, today) in (1, 2, 3)


@pytest.mark.parametrize(
    ("clock", "event", "end"),
    [
        ({"months": 6}, date(2026, 8, 31), date(2027, 2, 28)),
        ({"years": 2}, date(2024, 2, 29), date(2026, 2, 28)),
        ({"days": 180}, date(2026, 1, 1), date(2026, 6, 30)),
    ],
)
def test_months_and_years_end_on_a_day_that_exists(clock: dict[str, int], event: date, end: date) -> None:
    assert Clock("x", frozenset(), "c", "V", **clock).ends(event) == end


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"kind": "hurt", "when": "week"}, 1),
        ({"kind": "papers", "when": "month"}, 1),
        ({"kind": "touched", "when": "year"}, 2),
        ({"kind": "pay", "when": "earlier"}, 2),
        ({"kind": "pay", "when": "week"}, 3),
        ({}, 3),
    ],
)
def test_urgency_follows_harm_recency_and_the_clock(facts: dict[str, str], expected: int) -> None:
    assert deadlines.urgency(facts, TODAY) == expected


@pytest.mark.parametrize(
    "fault",
    [
        {"kinds": ["taxes"]},
        {"months": 6},
        {"days": 0},
        {"citation": ""},
        {"evidence": "?"},
        {"weeks": 1},
        {"kinds": None},
    ],
)
def test_a_faulty_clock_is_refused(fault: dict[str, object]) -> None:
    with pytest.raises(TableFault):
        deadlines.load([{**SOUND, **fault}])


def test_only_periods_read_on_a_page_count_as_verified() -> None:
    unchecked = {clock.id for clock in deadlines.clocks() if clock.evidence == "M"}
    found = {d.id: d for kind in KINDS for d in deadlines.deadlines({"kind": kind, "when": "week"}, TODAY)}
    assert unchecked
    assert {d.id for d in found.values() if not d.verified} == unchecked & set(found)
    assert found["eeoc_charge"].day - TODAY == timedelta(days=173)
