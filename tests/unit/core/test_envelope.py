"""An envelope opens with its own key in its own place, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import envelope
from core.envelope import CannotOpen

PAIR = envelope.new_pair()


@given(st.binary(max_size=400))
def test_what_is_sealed_opens_again(plain: bytes) -> None:
    assert envelope.unseal(envelope.seal(plain, PAIR.public, b"here"), PAIR.private, b"here") == plain


@given(st.binary(max_size=400))
def test_what_is_locked_opens_again(plain: bytes) -> None:
    key = envelope.new_key()
    assert envelope.unlock(envelope.lock(plain, key, b"here"), key, b"here") == plain


@pytest.mark.parametrize(
    "change",
    [
        lambda b: b[:-1] + bytes([b[-1] ^ 1]),
        lambda b: b[:10],
        lambda b: b"",
        lambda b: b"\x02" + b[1:],
        lambda b: b + b"x",
    ],
)
def test_a_damaged_envelope_does_not_open(change: object) -> None:
    assert callable(change)
    key = envelope.new_key()
    with pytest.raises(CannotOpen):
        envelope.unseal(change(envelope.seal(b"words", PAIR.public, b"")), PAIR.private, b"")
    with pytest.raises(CannotOpen):
        envelope.unlock(change(envelope.lock(b"words", key, b"")), key, b"")


def test_an_envelope_moved_elsewhere_does_not_open() -> None:
    key = envelope.new_key()
    with pytest.raises(CannotOpen):
        envelope.unseal(envelope.seal(b"words", PAIR.public, b"case 1"), PAIR.private, b"case 2")
    with pytest.raises(CannotOpen):
        envelope.unlock(envelope.lock(b"words", key, b"row 1"), key, b"row 2")


def test_another_key_does_not_open_it() -> None:
    with pytest.raises(CannotOpen):
        envelope.unseal(envelope.seal(b"words", PAIR.public, b""), envelope.new_pair().private, b"")


@given(st.binary(max_size=20_000))
def test_padding_comes_off_again(plain: bytes) -> None:
    assert envelope.unpad(envelope.pad(plain)) == plain


@pytest.mark.parametrize(("size", "padded"), [(0, 256), (252, 256), (253, 512), (8188, 8192), (8189, 16384)])
def test_sizes_are_hidden_in_steps(size: int, padded: int) -> None:
    assert len(envelope.pad(b"x" * size)) == padded


@pytest.mark.parametrize("padded", [b"", b"\0\0\0", b"\0\0\1\0" + b"x" * 10])
def test_damaged_padding_is_noticed(padded: bytes) -> None:
    with pytest.raises(CannotOpen):
        envelope.unpad(padded)


def test_a_keyed_hash_depends_on_key_label_and_value() -> None:
    one = envelope.keyed_hash(b"k" * 32, "phone", "+1")
    others = {
        envelope.keyed_hash(*a)
        for a in ((b"j" * 32, "phone", "+1"), (b"k" * 32, "id", "+1"), (b"k" * 32, "phone", "+2"))
    }
    assert one == envelope.keyed_hash(b"k" * 32, "phone", "+1")
    assert one not in others
    assert len(one) == 32


def test_a_slow_hash_depends_on_its_salt() -> None:
    made = {envelope.slow_hash("1234", salt, memory_kib=64) for salt in (b"a" * 16, b"b" * 16)}
    assert len(made) == 2


def test_a_pair_never_shows_its_private_half() -> None:
    assert repr(PAIR) == "KeyPair(...)"
