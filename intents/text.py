"""Folds what a person typed into plain words, so that rules compare meaning and not spelling habits.

Never raises, whatever arrives, and takes time linear in the length of the text.
"""

import re
import unicodedata

LIMIT = 20_000
_REMEMBERED = 0x20000

_LATIN_MARKS = ((0x0300, 0x036F), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF))
_VARIATION_SELECTORS = (0xFE00, 0xFE0F)
_SPECIAL = {"đ": "d", "ł": "l", "ø": "o", "ı": "i", "æ": "ae", "œ": "oe", "\U0001f198": " sos "}
_UNSPACED = ((0x3040, 0x30FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x20000, 0x2FA1F))
_RUN = re.compile(r"([^\W\d_])\1{2,}")
_NEGATION = re.compile(r"(?<=n)['\u2019\u02bc\u00b4`](?=t\b)", re.IGNORECASE)


class _Characters(dict[int, str]):
    """What one decomposed character becomes; those of the first two planes are remembered."""

    def __missing__(self, code: int) -> str:
        folded = _fold_character(code)
        if code < _REMEMBERED:
            self[code] = folded
        return folded


def normalise(text: str) -> str:
    """The text in lower case without accents, punctuation or invisible characters, one space between words.

    A letter typed three times or more stays twice; `n't` becomes `nt`; every other apostrophe becomes a space.
    """
    return _collapse(_fold(text), keep=2)


def spellings(text: str) -> tuple[str, ...]:
    """The normalised text, and once more with drawn-out letters single ("heeelp" is "heelp" and "help")."""
    folded = _fold(text)
    if not _RUN.search(folded):
        return (_collapse(folded, keep=2),)
    return (_collapse(folded, keep=2), _collapse(folded, keep=1))


def tokens(normalised: str) -> list[str]:
    """The words of a normalised text; in scripts without spaces every character is a word."""
    if normalised.isascii():
        return normalised.split()
    return "".join(f" {c} " if _within(ord(c), _UNSPACED) else c for c in normalised).split()


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text[:LIMIT]).casefold()
    plain = _NEGATION.sub("", plain)
    return unicodedata.normalize("NFD", plain).translate(_CHARACTERS)


def _collapse(folded: str, keep: int) -> str:
    short = _RUN.sub(lambda run: run.group(1) * keep, folded)
    return unicodedata.normalize("NFC", " ".join(short.split()))


def _fold_character(code: int) -> str:
    char = chr(code)
    if char in _SPECIAL:
        return _SPECIAL[char]
    if _within(code, _LATIN_MARKS) or _within(code, (_VARIATION_SELECTORS,)):
        return ""
    category = unicodedata.category(char)
    if category[0] in "LNM":
        return char
    if category[0] == "C" and char not in "\t\n\r\v\f":
        return ""
    return " "


def _within(code: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(low <= code <= high for low, high in ranges)


_CHARACTERS = _Characters()
