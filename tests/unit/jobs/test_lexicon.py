"""The lexicon of occupations is whole, and fits the titles of real orders."""

import pytest

from jobs import occupations, places
from jobs.text import fold


def test_there_are_sixty_concepts_in_four_languages() -> None:
    assert len(occupations.concepts()) >= 60
    for concept in occupations.concepts().values():
        assert concept.titles, concept.code
        assert all(concept.words[lang] for lang in occupations.LANGUAGES), concept.code
        assert len(concept.code) <= 20


def test_every_parent_exists_and_no_concept_stands_above_itself() -> None:
    for code, concept in occupations.concepts().items():
        assert concept.parent is None or concept.parent in occupations.concepts()
        assert code not in occupations.with_parents([concept.parent] if concept.parent else [])


def test_every_phrase_is_folded_so_that_it_can_be_found() -> None:
    for concept in occupations.concepts().values():
        phrases = [*concept.titles, *concept.texts, *(word for words in concept.words.values() for word in words)]
        assert all(fold(phrase) == phrase for phrase in phrases), concept.code


@pytest.mark.parametrize(
    ("title", "concept"),
    [
        ("Farmworkers & Laborers, Crop, Nursery, Greenhouse", "nursery"),
        ("AG EQUIPMENT OPERATOR", "equipment"),
        ("Landscape Laborer (Seasonal)", "landscape"),
        ("Range Sheepherder", "sheep"),
        ("Bee Keeper", "bees"),
        ("Seafood Processors / Crab Pickers", "seafood"),
        ("Cattle Herders", "livestock"),
        ("Housekeepers/Maids", "housekeeping"),
        ("Citrus Harvesters", "citrus"),
        ("Strawberry Harvester", "berry"),
        ("Tomatoes", "tomato"),
        ("Line Cooks", "cook"),
        ("Roofers", "roofing"),
    ],
)
def test_real_titles_mean_their_concept(title: str, concept: str) -> None:
    assert concept in occupations.of_title(title)


def test_a_code_stands_for_an_occupation_without_a_telling_title() -> None:
    assert occupations.of_title("Worker II", "45-2091.00") == {"equipment"}
    assert occupations.of_title("Worker II", "45-2091") == {"equipment"}


def test_crops_are_read_out_of_free_text() -> None:
    assert occupations.of_text("Harvest Valencia (fresh): $1.30 per box; also Sweet Potatoes.") == {"citrus", "potato"}


def test_every_state_has_a_position_and_unmistakable_names() -> None:
    names = places.state_names()
    assert len(set(names.values())) >= 54
    for code in set(names.values()):
        lat, lon = places.state_point(code)
        assert -15 < lat < 72
        assert lon < -60 or lon > 140
