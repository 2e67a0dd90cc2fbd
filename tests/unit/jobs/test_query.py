"""What workers write, in four languages and in their own spelling."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.query import JobQuery, understand, without_question

TODAY = date(2026, 1, 15)


def _ask(words: str, lang: str) -> JobQuery:
    return understand(words, lang, TODAY)


def _where(query: JobQuery) -> str:
    return f"{query.place.name} {query.place.state}" if query.place else ""


@pytest.mark.parametrize(
    ("lang", "words", "occupation", "place", "month"),
    [
        ("es", "kiero trabajo en la pizca de naranja en florida en marzo", "citrus", "Florida FL", 3),
        ("ht", "travay nan fèm nan Georgia", "farm", "Georgia GA", None),
        ("en", "housekeeping job colorado", "housekeeping", "Colorado CO", None),
        ("tl", "trabaho sa hotel sa Texas", "hotel", "Texas TX", None),
        ("es", "busco chamba de yardero en Carolina del Norte", "landscape", "North Carolina NC", None),
        ("es", "pisca de mansana washington", "apple", "Washington WA", None),
        ("es", "lanscaping tejas", "landscape", "Texas TX", None),
        ("es", "borreguero en Wayoming", "sheep", "Wyoming WY", None),
        ("es", "construcion en Luisiana", "construction", "Louisiana LA", None),
        ("es", "avejas montana", "bees", "Montana MT", None),
        ("es", "jaiba en Merilan", "seafood", "Maryland MD", None),
        ("es", "TRABAJO EN LA PIZCA DE FRESA EN CALIFORNIA", "berry", "California CA", None),
        ("ht", "travay otel nan Florid nan mwa me", "hotel", "Florida FL", 5),
        ("ht", "netwaye chanm otel nan Kolorado", "housekeeping", "Colorado CO", None),
        ("ht", "mwen bezwen travay nan konstriksyon nan Nou Yòk", "construction", "New York NY", None),
        ("ht", "travay keyi zoranj", "citrus", "", None),
        ("tl", "gusto ko magtrabaho sa bukid sa California sa Hunyo", "farm", "California CA", 6),
        ("tl", "pag-aani ng mansanas sa Washington sa Setyembre", "apple", "Washington WA", 9),
        ("tl", "drayber ng trak sa north dakota", "driver", "North Dakota ND", None),
        ("en", "orange picking in plant city, florida", "citrus", "Plant City FL", None),
        ("en", "farm work in ga", "farm", "Georgia GA", None),
        ("en", "crab picker maryland april", "seafood", "Maryland MD", 4),
        ("es", "naranja 33801", "citrus", "Lakeland FL", None),
    ],
)
def test_occupation_place_and_month(lang: str, words: str, occupation: str, place: str, month: int | None) -> None:
    query = _ask(words, lang)
    assert query.occupations == (occupation,)
    assert _where(query) == place
    assert (query.month.month if query.month else None) == month
    assert query.leftover == ()


def test_other_languages_than_the_workers_own_are_understood_too() -> None:
    assert _ask("camarista en Texas", "en").occupations == ("housekeeping",)
    assert _ask("housekeeping sa Texas", "es").occupations == ("housekeeping",)


@pytest.mark.parametrize("words", ["h2{} naranja", "naranja H-2{}", "visa h 2 {} naranja", "naranja (H2-{})"])
@pytest.mark.parametrize("kind", ["A", "b"])
def test_the_visa_is_read_in_every_spelling(words: str, kind: str) -> None:
    query = _ask(words.format(kind), "es")
    assert (query.visa, query.occupations) == (f"H-2{kind.upper()}", ("citrus",))


def test_a_month_that_is_over_is_next_years() -> None:
    assert understand("trabajo en enero", "es", date(2026, 3, 1)).month == date(2027, 1, 1)
    assert understand("trabajo en marzo", "es", date(2026, 3, 31)).month == date(2026, 3, 1)


def test_now_and_next_month() -> None:
    assert understand("trabajo ahorita", "es", date(2026, 12, 5)).month == date(2026, 12, 1)
    assert understand("jobs next month", "en", date(2026, 12, 5)).month == date(2027, 1, 1)


@pytest.mark.parametrize(
    ("lang", "words"), [("en", "may I work"), ("es", "quiero mas trabajo"), ("ht", "mwen vle me"), ("en", "work out")]
)
def test_a_word_that_also_names_a_month_is_no_month_by_itself(lang: str, words: str) -> None:
    assert _ask(words, lang).month is None


@pytest.mark.parametrize("words", ["trabajo de la pizca", "para mi o en el campo", "work for me or in ok pay"])
def test_small_words_are_no_states(words: str) -> None:
    assert _ask(words, "es").place is None


def test_a_home_country_is_no_place_to_work() -> None:
    assert _where(_ask("soy de mexico busco trabajo en nuevo mexico", "es")) == "New Mexico NM"
    assert _ask("vengo de Guatemala", "es").place is None


def test_the_larger_city_of_a_name_is_meant_unless_a_state_is_named() -> None:
    assert _where(_ask("work in springfield", "en")) == "Springfield IL"
    assert _where(_ask("work in Springfield MA", "en")) == "Springfield MA"


def test_the_narrower_of_two_occupations_counts() -> None:
    assert _ask("farm work picking oranges", "en").occupations == ("citrus",)


def test_words_nobody_knows_are_kept() -> None:
    assert _ask("astronaut in Nebraska", "en").leftover == ("astronaut",)


@pytest.mark.parametrize("words", ["", " ", "\0", "\U0001f600" * 400, "hola quiero trabajo", "مرحبا"])
def test_words_without_a_wish_are_an_empty_query(words: str) -> None:
    assert _ask(words, "es").is_empty


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300), st.sampled_from(["en", "es", "ht", "tl", "xx", ""]))
def test_no_text_raises(words: str, lang: str) -> None:
    understand(words, lang, TODAY)


def test_the_name_is_taken_out_of_a_question() -> None:
    assert without_question("is Jones Farms real?") == "Jones Farms"
    assert without_question("¿es real la empresa Jones Farms?") in ("Jones Farms", "real la empresa Jones Farms")
    assert without_question("eske konpayi Jones Farms vre") == "Jones Farms"
