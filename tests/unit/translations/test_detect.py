"""Which language a short, misspelt text is in; nothing is guessed from digits."""

import pytest

from translations.detect import detect

CLEAR = [
    ("en", "i need job in texas"),
    ("en", "they lock us in the house"),
    ("en", "hello good morning"),
    ("es", "ola kiero trabajo"),
    ("es", "no me pagan desde hace 3 semanas"),
    ("es", "hola"),
    ("ht", "mwen pa touche depi 3 semen"),
    ("ht", "bonjou m bezwen travay"),
    ("ht", "patwon an pran paspo m"),
    ("tl", "boss ayaw ibigay passport ko"),
    ("tl", "kumusta po naghahanap ako ng trabaho"),
    ("tl", "di pa kami binabayaran ng amo namin"),
]


@pytest.mark.parametrize(("lang", "text"), CLEAR)
def test_short_real_texts_are_recognised(lang: str, text: str) -> None:
    heard = detect(text)
    assert heard is not None
    assert (heard.lang, heard.sure) == (lang, True)


@pytest.mark.parametrize("text", ["", "12345", "\U0001f600", "?!", "\0"])
def test_a_text_without_words_has_no_language(text: str) -> None:
    assert detect(text) is None


@pytest.mark.parametrize("text", ["Jose", "ok", "Immokalee"])
def test_a_name_alone_is_never_sure(text: str) -> None:
    heard = detect(text)
    assert heard is None or not heard.sure
