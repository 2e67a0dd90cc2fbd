"""Rendering: nested messages, lists, fallbacks and clear faults."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from translations import catalog
from translations.catalog import CatalogError, render


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    for lang, number, text in (
        ("en", 1, 'msgid "hi"\nmsgstr "Hi {name}"\n\nmsgid "bye"\nmsgstr "Bye"\n'),
        ("es", 2, 'msgid "hi"\nmsgstr "Hola {name}"\n'),
    ):
        (tmp_path / lang).mkdir()
        (tmp_path / lang / "messages.po").write_text(text)
        (tmp_path / lang / "language.toml").write_text(
            f'name = "{lang}"\nnumber = "{number}"\nscript = "Latn"\nsms = "gsm"\nmarkers = ""\n'
        )
    monkeypatch.setattr(catalog, "ROOT", tmp_path)
    catalog.entries.cache_clear()
    catalog.languages.cache_clear()
    yield tmp_path
    catalog.entries.cache_clear()
    catalog.languages.cache_clear()


def test_a_key_becomes_the_words_of_the_language(book: Path) -> None:
    assert render("es", "hi", {"name": "Ana"}) == "Hola Ana"


def test_a_string_the_language_lacks_falls_back_to_english(book: Path) -> None:
    assert render("es", "bye") == "Bye"


def test_arguments_may_be_messages_and_lists(book: Path) -> None:
    nested = {"key": "hi", "args": {"name": "Bo"}}
    assert render("es", "hi", {"name": [nested, 3]}) == "Hola Hola Bo\n3"


def test_braces_in_an_argument_are_plain_text(book: Path) -> None:
    assert render("en", "hi", {"name": "{other}"}) == "Hi {other}"


@pytest.mark.parametrize(("key", "args"), [("nobody", {}), ("hi", {})])
def test_an_unknown_key_or_a_missing_argument_is_a_clear_error(book: Path, key: str, args: dict[str, str]) -> None:
    with pytest.raises(CatalogError, match=key):
        render("en", key, args)


def test_languages_are_found_by_scanning_in_menu_order(book: Path) -> None:
    assert list(catalog.languages()) == ["en", "es"]


def test_a_damaged_language_folder_names_its_file(book: Path) -> None:
    (book / "es" / "language.toml").write_text("name = ")
    catalog.languages.cache_clear()
    with pytest.raises(CatalogError, match=r"es/language\.toml"):
        catalog.languages()
