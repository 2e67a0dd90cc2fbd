import pytest
from hypothesis import given
from hypothesis import strategies as st

from intents.text import normalise, spellings, tokens

any_text = st.text(alphabet=st.characters(exclude_categories=()), max_size=400)


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("  ¿Qué   TAL?! ", "que tal"),
        ("can't DON’T", "cant dont"),
        ("m'ap mouri", "m ap mouri"),
        ("st\u200bop\x00", "stop"),
        ("ｈｅｌｐ", "help"),
        ("heeeeelp", "heelp"),
        ("Đừng đi", "dung di"),
        ("मुझे बचाओ", "मुझे बचाओ"),
        ("1000 dollars", "1000 dollars"),
        ("🆘🆘", "sos sos"),
        ("", ""),
    ],
)
def test_spelling_habits_are_folded(typed: str, plain: str) -> None:
    assert normalise(typed) == plain


def test_drawn_out_letters_have_a_second_spelling() -> None:
    assert spellings("heeeelp") == ("heelp", "help")
    assert spellings("feel") == ("feel",)


def test_chinese_characters_are_words() -> None:
    assert tokens(normalise("救命! help")) == ["救", "命", "help"]


@given(any_text)
def test_any_text_folds_to_a_fixed_form(text: str) -> None:
    once = normalise(text)
    assert once == " ".join(once.split())
    assert all(char.isprintable() or not char.isascii() for char in once)


@pytest.mark.parametrize(
    "text", ["😀" * 1600, "\ud800" * 50, "\x00" * 1600, "\u202eabc\u202c", "\ufdfa" * 20_000, "a" * 10**6]
)
def test_hostile_text_is_bounded(text: str) -> None:
    assert len(normalise(text)) < 20 * 20_000
