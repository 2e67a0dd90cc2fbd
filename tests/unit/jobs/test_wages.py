"""Units that cannot be true, and the H-2A rate that hides in free text."""

import pytest

from jobs.wages import Rate, number, rate, short, stated_h2a

OFFER = Rate(13.40, None, "hour", suspicious=False)


@pytest.mark.parametrize(
    ("amount", "unit", "suspicious"),
    [
        (16.08, "Hour", False),
        (2058.31, "Hour", True),
        (17.06, "Month", True),
        (2058.31, "Month", False),
        (14.28, "Year", True),
        (23.33, "Week", True),
        (14.65, "Bi-Weekly", True),
        (15.41, "Piece Rate", False),
        (16.08, "Fortnight", True),
    ],
)
def test_an_amount_that_does_not_fit_its_unit_is_suspicious(amount: float, unit: str, suspicious: bool) -> None:
    found = rate(amount, 0, unit)
    assert found is not None
    assert found.suspicious is suspicious


def test_a_range_that_ends_at_zero_is_no_range() -> None:
    assert rate("16.08", "0.0", "Hour") == Rate(16.08, None, "hour", suspicious=False)
    assert rate("18.09", "22.00", "Hour") == Rate(18.09, 22.0, "hour", suspicious=False)


@pytest.mark.parametrize("amount", ["", None, "nan", "inf", "-3", "0", "free", "1e400"])
def test_without_a_positive_amount_there_is_no_rate(amount: object) -> None:
    assert rate(amount, 0, "Hour") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Wage offer for H-2A workers only is $12.27 per hour", 12.27),
        ("H-2A 12.27", 12.27),
        ("12.27 (Wage offered to H2A workers only)", 12.27),
        ("$12.27/hr (H-2A)", 12.27),
        ("For H-2A Workers: $12.27 ($13.40 per hour for Skill Level 1 minus $1.13 adjustment.)", 12.27),
        ("$12.27 per hour for H-2A workers ($13.40 per hour for Skill Level I minus $1.13 per hour adjustment)", 12.27),
        ("AEWR; US Workers: AR: $13.40; H2A Workers: AR: $12.27", 12.27),
        ("AEWR; US Workers: IA: $14.20, AR: $13.40; H2A Workers: IA: $13.05, AR: $12.27.", 12.27),
        ("H-2A workers will be offered $12.27/hr.\nLa oferta para trabajadores H-2A es de $12.27.", 12.27),
        ("H\N{NO-BREAK SPACE}-2A workers will be paid $12.27", 12.27),
        ("The wage is the same for all H-2A workers: $13.40", 13.40),
    ],
)
def test_a_clearly_stated_h2a_rate_is_read(text: str, expected: float) -> None:
    assert stated_h2a(text, OFFER, "AR") == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "$13.40 per hour guaranteed. Harvest Valencia: $1.30 per box",
        "H-2A workers will be offered $13.40 per hour, based on the adverse compensation adjustment (-$1.13)",
        "AEWR; H2A Workers: IA: $13.05, MO: $12.27.",
        "H-2A workers in Montana $12.68, H-2A workers in California $12.90",
        "H-2A workers may receive a $1.15/hr wage reduction",
        "Wage offer for H-2A workers only is $17.71 per hour",
        "MN: $12.33 US workers. 12.65 US Workers. Wage applicable to foreign H-2A workers",
    ],
)
def test_what_is_not_clear_is_not_guessed(text: str) -> None:
    assert stated_h2a(text, OFFER, "AR") is None


def test_rates_are_short() -> None:
    assert short(16.08, "hour") == "$16.08/h"
    assert short(14.0, "hour") == "$14/h"
    assert short(18.09, "hour", 22.0) == "$18.09-22/h"
    assert short(2058.31, "month") == "$2058/mo"
    assert short(5.0, "other") == "$5"


def test_numbers_are_finite() -> None:
    assert number("$1,200.50") == 1200.5
    assert number("1e9") is None
    assert number(True) is None
