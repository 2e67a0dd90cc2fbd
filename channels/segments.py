"""SMS segments: GSM-7 with its extension table, UCS-2 in UTF-16 units, and a form of a text that stays in GSM-7."""

import unicodedata

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")
_LOOKALIKES = str.maketrans(
    {
        "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "‚": "'", "′": "'", "`": "'", "´": "'",
        "–": "-", "—": "-", "‑": "-", "−": "-", "…": "...", "•": "-", "·": "-", "\u00a0": " ", "\u202f": " ",
        "\u2009": " ", "\u200b": "", "\u200d": "", "\ufeff": "", "\t": " ", "ç": "c", "œ": "oe", "Œ": "OE",
        "ª": "a", "º": "o", "×": "x", "½": "1/2",
    }
)  # fmt: skip


def encoding(text: str) -> str:
    """`GSM-7` when every character is in the alphabet or its extension, else `UCS-2`."""
    return "GSM-7" if all(char in _BASIC or char in _EXTENDED for char in text) else "UCS-2"


def segments(text: str) -> int:
    """How many SMS segments the carrier bills; an empty text counts as one."""
    if encoding(text) == "GSM-7":
        return _count([2 if char in _EXTENDED else 1 for char in text], single=160, part=153)
    return _count([2 if ord(char) > 0xFFFF else 1 for char in text], single=70, part=67)


def _count(widths: list[int], single: int, part: int) -> int:
    """Pack characters into parts; one that takes two units is never split between parts."""
    if sum(widths) <= single:
        return 1
    count, used = 1, 0
    for width in widths:
        if used + width > part:
            count, used = count + 1, 0
        used += width
    return count


def gsm_safe(text: str) -> str:
    """The same words in letters of GSM-7 where a fold exists (á becomes a); other scripts are left alone."""
    text = unicodedata.normalize("NFC", text).translate(_LOOKALIKES)
    return "".join(char if char in _BASIC or char in _EXTENDED else _fold(char) for char in text)


def _fold(char: str) -> str:
    """The base letter without its marks, if that is in the alphabet; else the character itself."""
    base = "".join(part for part in unicodedata.normalize("NFD", char) if not unicodedata.combining(part))
    return base if base and all(part in _BASIC for part in base) else char


def units(text: str) -> int:
    """Length as carriers count it, in UTF-16 units."""
    return sum(2 if ord(char) > 0xFFFF else 1 for char in text)
