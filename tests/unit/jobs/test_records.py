"""Every trap of the public files, one row at a time: flagged, refused with a reason, never an exception."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.records import Refused, parse_date, read
from tests.unit.jobs.conftest import RIGHT, order

AS_OF = date(2026, 1, 7)


def test_a_right_row_is_taken_without_flags() -> None:
    record = read(order(), AS_OF)
    assert record.flags == []
    assert (record.program, record.site.state, record.site.position) == ("H-2A", "GA", "zip")
    assert (record.begin, record.end, record.apply_until) == (
        date(2026, 1, 8), date(2026, 11, 7), date(2026, 6, 8),
    )  # fmt: skip
    assert record.texts["apply_url"] == ""


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"case_number": ""}, "no_case_number"),
        ({"case_number": None}, "no_case_number"),
        ({"case_number": "12"}, "bad_case_number"),
        ({"visa_class": "H-1B"}, "unknown_visa_class"),
        ({"job_title": " \t\n"}, "no_title"),
        ({"employer_business_name": "\0"}, "no_employer"),
        ({"case_status": ""}, "no_status"),
    ],
)
def test_a_row_without_its_heart_is_refused_with_a_reason(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(Refused) as refusal:
        read(order(**changes), AS_OF)
    assert refusal.value.reason == reason


@pytest.mark.parametrize(
    ("changes", "flag"),
    [
        ({"end_date": "3025-06-20T00:00:00Z"}, "end_date_impossible"),
        ({"end_date": "2025-06-20T00:00:00Z"}, "end_date_impossible"),
        ({"end_date": "2026-02-31T00:00:00Z"}, "end_date_impossible"),
        ({"begin_date": "soon"}, "begin_date_impossible"),
        ({"active_date": "2525-02-04T12:00:00Z"}, "active_date_impossible"),
        ({"work_hour_num_basic": "0.0"}, "hours_zero"),
        ({"work_hour_num_basic": "400"}, "hours_impossible"),
        ({"total_positions": "-4"}, "total_positions_impossible"),
        ({"basic_rate_from": 2058.31}, "wage_unit_impossible"),
        ({"basic_rate_from": 0}, "wage_missing"),
        ({"apply_url": "https://a.example/x or https://b.example/y"}, "apply_url_unusable"),
        ({"apply_url": "jobs@example.org"}, "apply_url_unusable"),
        ({"worksite_state": "GEORGIE"}, "worksite_state_unknown"),
        ({"worksite_zip": "Colquitt"}, "zip_unusable"),
        ({"worksite_zip": "6787167871"}, "zip_unusable"),
    ],
)
def test_a_field_that_cannot_be_believed_is_flagged_and_left_out(changes: dict[str, Any], flag: str) -> None:
    record = read(order(**changes), AS_OF)
    assert flag in record.flags


def test_a_zip_code_is_repaired_only_inside_the_orders_own_state() -> None:
    maine: dict[str, Any] = {"worksite_city": "Bar Harbor", "worksite_state": "MAINE"}
    assert read(order(worksite_zip="4609", **maine), AS_OF).site.zip == "04609"
    assert read(order(worksite_zip="4609"), AS_OF).site.zip is None
    florida: dict[str, Any] = {"worksite_city": "Belle Glade", "worksite_state": "FLORIDA"}
    assert read(order(worksite_zip="334300", **florida), AS_OF).site.zip == "33430"
    assert read(order(worksite_zip="39837-1234"), AS_OF).site.zip == "39837"


def test_a_place_without_a_usable_zip_falls_back_to_city_then_state() -> None:
    by_city = read(order(worksite_zip=""), AS_OF).site
    assert by_city.position == "city"
    assert by_city.lat == pytest.approx(31.17, abs=0.2)
    by_state = read(order(worksite_zip="", worksite_city="5530 N Coloma Rd"), AS_OF)
    assert by_state.site.position == "state"
    assert "position_by_state" in by_state.flags


@pytest.mark.parametrize(
    "coord",
    [
        {"type": "Point", "coordinates": [-84.7, 31.2]},
        "{'type': 'Point', 'coordinates': [-84.7, 31.2], 'crs': None}",
        '{"type": "Point", "coordinates": [-84.7, 31.2]}',
    ],
)
def test_the_sources_own_position_is_taken_in_every_spelling(coord: object) -> None:
    site = read(order(coord=coord), AS_OF).site
    assert (site.lat, site.lon, site.position) == (31.2, -84.7, "source")


@pytest.mark.parametrize("coord", ["{", "{'coordinates': [0]}", [1, 2], {"coordinates": ["a", None]}, "{" * 5000])
def test_a_broken_position_is_no_position(coord: object) -> None:
    assert read(order(coord=coord), AS_OF).site.position == "zip"


def test_newlines_tabs_nul_and_curly_quotes_are_cleaned() -> None:
    row = order(job_title="Equipment\0 Operator\t\nII", employer_business_name="Joe\u2019s \u201cFarm\u201d")
    record = read(row, AS_OF)
    assert (record.title, record.employer) == ("Equipment Operator II", 'Joe\'s "Farm"')


def test_the_h2a_rate_of_the_free_text_is_a_rate_of_its_own() -> None:
    record = read(order(add_wage_info="H-2A workers will be offered $14.22/hr."), AS_OF)
    assert [(pay.basis, pay.amount, pay.source_column) for pay in record.pays] == [
        ("offer", 16.08, "basic_rate_from"),
        ("h2a", 14.22, "add_wage_info"),
    ]
    h2b = read(order(visa_class="H-2B", add_wage_info="H-2A workers will be offered $14.22/hr."), AS_OF)
    assert [pay.basis for pay in h2b.pays] == ["offer"]


def test_masked_and_empty_contacts_are_not_kept() -> None:
    record = read(order(apply_phone="[MASKED]", apply_url="n/a"), AS_OF)
    assert (record.texts["apply_phone"], record.texts["apply_url"]) == ("", "")
    assert read(order(apply_url="www.example.com/jobs"), AS_OF).texts["apply_url"] == "www.example.com/jobs"


def test_a_trade_name_inside_the_name_is_split_off() -> None:
    record = read(order(employer_business_name="Smith LLC dba Green Farm"), AS_OF)
    assert (record.employer, record.trade_name) == ("Smith LLC", "Green Farm")


def test_the_fingerprint_ignores_the_day_but_nothing_else() -> None:
    one, other = read(order(), AS_OF), read(order(), date(2026, 5, 5))
    assert one.fingerprint == other.fingerprint
    assert one.fingerprint != read(order(total_positions="5"), AS_OF).fingerprint


def test_both_spellings_of_a_date_are_read() -> None:
    assert parse_date("2026-01-08T00:00:00Z") == parse_date("1/8/2026") == date(2026, 1, 8)
    assert parse_date("08.01.2026") is None


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=60),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=4,
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from([*RIGHT, "coord", "apply_phone", "job_piece_rate"]), ANYTHING, max_size=6))
def test_no_row_whatever_it_holds_raises_anything_but_a_refusal(changes: dict[str, Any]) -> None:
    try:
        record = read(order() | changes, AS_OF)
    except Refused:
        return
    assert len(record.title) <= 200
    assert len(record.fingerprint) == 32
