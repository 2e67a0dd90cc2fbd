"""Words compared and words shown: folding for look-up, sound keys for misspelling, GSM-safe text for SMS."""

import re
import unicodedata
from functools import lru_cache

_NOT_WORD = re.compile(r"[^a-z0-9]+")
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_TYPOGRAPHY = str.maketrans(
    {"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "\u00a0": " ", "`": "'"}
)
_SOUNDS = (
    (re.compile(r"ph"), "f"),
    (re.compile(r"qu(?=[ei])|[qc]k|q"), "k"),
    (re.compile(r"c(?=[ei])|[zx]"), "s"),
    (re.compile(r"c(?!h)"), "k"),
    (re.compile(r"(?<![cs])h"), ""),
    (re.compile(r"v"), "b"),
    (re.compile(r"ll"), "y"),
    (re.compile(r"j(?=[ei])"), "g"),
    (re.compile(r"w"), "u"),
    (re.compile(r"(.)\1+"), r"\1"),
)


def clean(value: object) -> str:
    """One line of text without NUL, control characters and doubled spaces."""
    text = str(value).translate(_TYPOGRAPHY) if value is not None else ""
    if not text.isprintable():
        text = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(text.split())


@lru_cache(maxsize=20_000)
def fold(text: str) -> str:
    """Lower case, no accents, only letters, digits and single spaces."""
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return _NOT_WORD.sub(" ", plain).strip()


@lru_cache(maxsize=20_000)
def sound(word: str) -> str:
    """A rough key of how a folded word sounds, so that `kiero` meets `quiero` and `piska` meets `pizca`."""
    for pattern, to in _SOUNDS:
        word = pattern.sub(to, word)
    return word


def gsm(text: str) -> str:
    """The text in the GSM-7 basic set, where every character costs one: other letters lose their accent."""
    return "".join(c if c in _GSM else _plain(c) for c in clean(text))


def _plain(character: str) -> str:
    plain = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    return "".join(c if c in _GSM else " " for c in plain)


def shorten(text: str, size: int) -> str:
    """At most `size` characters, cut between words where that keeps most of the text."""
    if len(text) <= size:
        return text
    cut = text[:size].rsplit(" ", 1)[0] if " " in text[size // 2 : size] else text[:size]
    return cut.rstrip(" ,-/(&;:")
