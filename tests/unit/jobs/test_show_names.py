"""Short forms for a text message, and names compared."""

from datetime import date

import pytest

from jobs import names, show


@pytest.mark.parametrize(
    ("printed", "short"),
    [
        ("Beekeeper", "Beekeeper"),
        ("FARM WORKER", "Farm Worker"),
        ("Agricultural Equipment Operator", "Ag Equipment Operator"),
        ("Farmworkers and Laborers, Crop (45-2092.02)", "Farmworkers & Laborers, Crop"),
        ("Farmworkers, Farm, Ranch, and Aquacultural Animals", "Farmworkers, Farm, Ranch"),
        ("Jardinero \u2013 a\u00f1o \u201cI\u201d", 'Jardinero - a\u00f1o "I"'),
        ("(x)", "(X)"),
    ],
)
def test_titles_are_short_and_plain(printed: str, short: str) -> None:
    assert show.title(printed) == short
    assert len(show.title(printed)) <= show.TITLE


def test_seasons() -> None:
    assert show.season(date(2026, 1, 8), date(2026, 11, 7)) == "Jan-Nov"
    assert show.season(date(2026, 1, 8), date(2026, 1, 30)) == "Jan"
    assert show.season(date(2026, 1, 30), date(2029, 1, 1)) == "Jan26-Jan29"
    assert show.season(None, date(2029, 1, 1)) == ""
    assert show.days(date(2025, 12, 1), date(2026, 3, 1)) == "Dec 1 2025 - Mar 1 2026"


def test_places() -> None:
    assert show.place("COLQUITT,", "GA") == "Colquitt GA"
    assert len(show.place("Saint Augustine Beach Villas", "FL")) <= 19
    assert show.place("", None) == ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Jones Farms, Inc.", "JONES FARMS"),
        ("BK&M Farms, LLC", "BK & M Farms"),
        ("Boisvert Farms, L.L.C.", "boisvert farms"),
        ("Melton's Concessions", "Meltons Concessions"),
        ("The Green Co.", "Green"),
        ("Smith and Sons LP", "Smith & Sons"),
    ],
)
def test_one_name_in_many_spellings(one: str, other: str) -> None:
    assert names.name_key(one) == names.name_key(other)


def test_legal_forms_tell_firms_apart() -> None:
    assert names.legal_key("Jones Farms Inc") != names.legal_key("Jones Farms LLC")
    assert names.legal_key("Jones Farms Inc") == names.legal_key("JONES FARMS, INC.")
    assert names.name_key("LLC") == "llc"
