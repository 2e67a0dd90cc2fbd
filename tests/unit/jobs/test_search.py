"""Search: what may be offered, in which order, and what is given up when nothing fits."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from jobs import search as searching
from jobs.query import understand
from jobs.search import SearchAnswer, search
from tests.unit.jobs.conftest import TODAY, Import, order

GSM_LINE = 71
ARCADIA = {"worksite_city": "Arcadia", "worksite_state": "FLORIDA", "worksite_zip": "34266"}
CITRUS = {"job_title": "Citrus Harvester", **ARCADIA}


def _find(session: Session, words: str, lang: str = "en", **options: int) -> SearchAnswer:
    return search(session, understand(words, lang, TODAY), today=TODAY, **options)


def _titles(answer: SearchAnswer) -> list[str]:
    return [line.short_title for line in answer.results]


@pytest.mark.parametrize(
    ("status", "offered"),
    [
        ("Determination Issued - Certification", True),
        ("Determination Issued - Partial Certification", True),
        ("Determination Issued - Certification (Change Request - Assigned)", True),
        ("Determination Issued - Certification (Other/Amendment - In Review)", True),
        ("Determination Issued - Certification (Returned)", False),
        ("Determination Issued - Certification (Something new)", False),
        ("Determination Issued - Denied", False),
        ("Acceptance Issued", False),
        ("Notice of Acceptance Issued - Pending Recruitment Report", False),
        ("Post-Cert Assigned", False),
    ],
)
def test_only_certified_orders_are_offered(register: Import, reader: Session, status: str, offered: bool) -> None:
    register(order(case_status=status))
    assert bool(_find(reader, "beekeeper").total) is offered


@pytest.mark.parametrize(("end", "offered"), [("2026-01-15", False), ("2026-01-16", True), ("3025-01-01", False)])
def test_only_orders_that_are_not_over_are_offered(register: Import, reader: Session, end: str, offered: bool) -> None:
    register(order(begin_date="2025-12-01", end_date=end))
    assert bool(_find(reader, "beekeeper").total) is offered


def test_an_order_past_its_us_recruitment_is_still_offered(register: Import, reader: Session) -> None:
    register(order(active_date="2026-01-10"))
    assert _find(reader, "beekeeper").total == 1


def test_the_answer_shows_the_oldest_day_of_what_it_shows(register: Import, reader: Session) -> None:
    register(order(1, first_seen_snapshot="2026-01-07"), order(2, first_seen_snapshot="2026-01-12"))
    assert _find(reader, "beekeeper").as_of == date(2026, 1, 7)
    assert _find(reader, "beekeeper", limit=1, offset=1).as_of in (date(2026, 1, 7), date(2026, 1, 12))


def test_an_occupation_in_the_title_comes_before_one_in_the_text(register: Import, reader: Session) -> None:
    register(
        order(1, job_title="Farmworker", special_req="Harvest of oranges", **ARCADIA),
        order(2, **CITRUS),
        order(3, job_title="Housekeeper", special_req="oranges at breakfast"),
    )
    answer = _find(reader, "oranges")
    assert (_titles(answer), answer.total, answer.widened) == (["Citrus Harvester", "Farmworker"], 2, None)


def test_near_a_city_the_nearest_comes_first_with_its_distance(register: Import, reader: Session) -> None:
    register(
        order(1, worksite_city="Albany", worksite_zip="31701"),
        order(2, worksite_city="Colquitt", worksite_zip="39837"),
        order(3, worksite_city="Savannah", worksite_zip="31401"),
    )
    answer = _find(reader, "beekeeper near Bainbridge GA")
    assert [line.place for line in answer.results] == ["Colquitt GA", "Albany GA"]
    assert answer.results[0].miles is not None
    assert answer.results[0].miles < 30


def test_a_state_means_exactly_the_state(register: Import, reader: Session) -> None:
    register(order(1), order(2, worksite_city="Dothan", worksite_state="ALABAMA", worksite_zip="36301"))
    answer = _find(reader, "beekeeper in Alabama")
    assert [line.place for line in answer.results] == ["Dothan AL"]


def test_a_month_means_a_season_that_touches_it(register: Import, reader: Session) -> None:
    register(
        order(1, job_title="Beekeeper one", begin_date="2026-02-01", end_date="2026-02-28"),
        order(2, job_title="Beekeeper two", begin_date="2026-02-20", end_date="2026-03-01"),
        order(3, job_title="Beekeeper three", begin_date="2026-04-01", end_date="2026-06-01"),
    )
    assert _titles(_find(reader, "beekeeper in march")) == ["Beekeeper two"]


def test_without_a_month_the_soonest_start_comes_first(register: Import, reader: Session) -> None:
    for number, days in enumerate((90, 3, 30)):
        register(order(number, job_title=f"Beekeeper {days}", begin_date=str(TODAY + timedelta(days=days))))
    assert _titles(_find(reader, "beekeeper")) == ["Beekeeper 3", "Beekeeper 30", "Beekeeper 90"]


@pytest.mark.parametrize(
    ("words", "widened"),
    [
        ("oranges in florida", None),
        ("oranges in florida in december", "month"),
        ("oranges in florida h2b", "visa"),
        ("oranges in florida in december h2b", "visa"),
        ("oranges in Orlando", "near"),
        ("apples in florida", "occupation"),
        ("beekeeper in Alaska", "occupation"),
        ("oranges in Georgia", "state"),
        ("housekeeping in florida", "occupation"),
        ("xylophone oranges in florida", None),
        ("xylophone in florida", "words"),
    ],
)
def test_what_is_given_up_is_said(register: Import, reader: Session, words: str, widened: str | None) -> None:
    register(order(1, end_date="2026-06-30", **CITRUS))
    answer = _find(reader, words)
    assert (_titles(answer), answer.widened) == (["Citrus Harvester"], widened)


def test_the_same_occupation_elsewhere_comes_before_other_work(register: Import, reader: Session) -> None:
    register(order(1, **CITRUS), order(2, job_title="Housekeeper", visa_class="H-2B"))
    answer = _find(reader, "hotel housekeeping in Florida")
    assert (_titles(answer), answer.widened) == (["Housekeeper"], "state")
    assert answer.results[0].miles is not None


def test_unknown_words_are_looked_up_in_titles_and_employers(register: Import, reader: Session) -> None:
    register(order(1, employer_business_name="Zumbro Apiaries"), order(2))
    assert _find(reader, "zumbro").total == 1


def test_an_empty_register_answers_nothing(reader: Session, clean: None) -> None:
    assert _find(reader, "oranges in florida") == SearchAnswer((), 0, None)


def test_pages_do_not_overlap(register: Import, reader: Session) -> None:
    register(*(order(number) for number in range(8)))
    ids = [line.order_id for offset in (0, 3, 6) for line in _find(reader, "beekeeper", offset=offset).results]
    assert len(ids) == len(set(ids)) == 8


def test_pages_do_not_overlap_where_very_many_fit(
    register: Import, reader: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "COUNTED", 5)
    starts = [TODAY + timedelta(days=9 * number) for number in range(12)]
    register(*(order(n, begin_date=str(day), end_date=str(day + timedelta(days=90))) for n, day in enumerate(starts)))
    ids = [line.order_id for offset in range(0, 12, 3) for line in _find(reader, "beekeeper", offset=offset).results]
    assert len(ids) == len(set(ids)) == 12


def test_words_cannot_break_the_query(register: Import, reader: Session) -> None:
    register(order())
    for words in ("'; drop table jobs.opening; --", "a & | ! ( <-> :*", "%_\\", "\0"):
        assert _find(reader, words).total <= 1


def test_three_results_fit_two_gsm_segments_with_their_introduction(register: Import, reader: Session) -> None:
    register(
        *(
            order(
                number,
                job_title="Farmworkers, Farm, Ranch and Aquacultural Animals \u2013 Livestock (45-2093)",
                worksite_city="Saint Augustine Beach Villas",
                basic_rate_from=18.09,
                basic_rate_to=22.55,
                visa_class="H-2B",
            )
            for number in range(3)
        )
    )
    lines = [
        f"{n} {r.short_title}, {r.place}, {r.pay}, {r.dates}" for n, r in enumerate(_find(reader, "farm").results, 1)
    ]
    assert len(lines) == 3
    assert all(len(line) <= GSM_LINE + 3 and line.isascii() for line in lines)
    assert len("\n".join(lines)) <= 306 - 80
