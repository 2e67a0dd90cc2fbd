"""Segments as carriers bill them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.segments import encoding, gsm_safe, segments, units

ALPHABET = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("ñ" * 160, 1),
        ("á" * 70, 1),
        ("á" * 71, 2),
        ("á" * 134, 2),
        ("á" * 135, 3),
        ("á" * 1600, 24),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 152 + "€" + "a" * 10, 2),
        ("€" * 153, 3),  # 76 whole ones fit into a part of 153: the escape is never split from its sign
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("😀" * 66, 2),
        ("😀" * 67, 3),  # 33 whole ones fit into a part of 67
        ("a" * 66 + "😀" * 3, 2),
        ("“quoted”", 1),
        ("{" * 80, 1),
        ("\f" * 81, 2),
    ],
)
def test_known_counts(text: str, count: int) -> None:
    assert segments(text) == count


def test_the_alphabet_has_127_letters_and_each_is_gsm_and_one_unit() -> None:
    assert len(ALPHABET) == len(set(ALPHABET)) == 127
    assert encoding(ALPHABET) == "GSM-7"
    assert all(segments(char * 160) == 1 for char in ALPHABET)


@pytest.mark.parametrize("char", "áíóúÁÍÓÚÀÈÒçêôîœâãõ“”’—…•`ạ你")
def test_these_force_ucs2(char: str) -> None:
    assert encoding(f"hello {char}") == "UCS-2"


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("¿Dónde está? ¡Aquí!", "¿Donde esta? ¡Aqui!"),
        ("niño é ü à è ò É Ü Ñ", "niño é ü à è ò É Ü Ñ"),
        ("ÀÈÒ ç ê", "AEO c e"),
        ("“hi” ‘there’ — now… • a\u00a0b", "\"hi\" 'there' - now... - a b"),
        ("ma\u0301s", "mas"),
        ("nin\u0303o", "niño"),
        ("नमस्ते 你好", "नमस्ते 你好"),
        ("😀", "😀"),
    ],
)
def test_the_safe_form(text: str, safe: str) -> None:
    assert gsm_safe(text) == safe


@given(st.text(max_size=400))
def test_the_safe_form_is_stable_and_never_longer_in_segments(text: str) -> None:
    safe = gsm_safe(text)
    assert gsm_safe(safe) == safe


@given(st.text(max_size=600))
def test_counts_follow_the_sizes_of_parts(text: str) -> None:
    count, single = segments(text), 160 if encoding(text) == "GSM-7" else 70
    size = sum(2 if char in "\f^{}\\[~]|€" else 1 for char in text) if single == 160 else units(text)
    assert (count == 1) == (size <= single)
    part = 153 if single == 160 else 67
    assert count >= -(-size // part) or count == 1
    assert count <= -(-size // (part - 1)) or count == 1


@given(st.text(max_size=200), st.text(max_size=200))
def test_more_text_is_never_fewer_segments(first: str, second: str) -> None:
    assert segments(first + second) >= segments(first)
