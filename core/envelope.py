"""Every envelope of Amparo: the only module that imports `cryptography`.

Each envelope starts with a version byte. HPKE is RFC 9180 with X25519, HKDF-SHA256 and AES-256-GCM; the context
of an envelope (what it is, whose it is) is bound through `info` or `aad`, so a box moved elsewhere does not open.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from core.errors import AmparoError

VERSION = b"\x01"
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_BUCKETS = (256, 512, 1024, 2048, 4096, 8192)
_SEALED = 1 + 32 + 16  # version, encapsulated key, tag
_RAW = serialization.Encoding.Raw


class CannotOpen(AmparoError):
    """Wrong key, wrong context, or a damaged envelope."""


@dataclass(frozen=True)
class KeyPair:
    """A raw X25519 pair, 32 bytes each."""

    public: bytes
    private: bytes

    def __repr__(self) -> str:
        return "KeyPair(...)"


def new_pair() -> KeyPair:
    """A fresh X25519 pair."""
    key = X25519PrivateKey.generate()
    public = key.public_key().public_bytes(_RAW, serialization.PublicFormat.Raw)
    return KeyPair(public, key.private_bytes_raw())


def public_of(private: bytes) -> bytes:
    """The public half of a raw private half."""
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes(_RAW, serialization.PublicFormat.Raw)


def seal(plain: bytes, public: bytes, info: bytes) -> bytes:
    """HPKE-seal `plain` to a public key; `info` binds the context. Returns version | enc | ciphertext."""
    return VERSION + _SUITE.encrypt(plain, X25519PublicKey.from_public_bytes(public), info=info)


def unseal(box: bytes, private: bytes, info: bytes) -> bytes:
    """Open what `seal` made. Raises CannotOpen."""
    _check_version(box)
    try:
        return _SUITE.decrypt(box[1:], X25519PrivateKey.from_private_bytes(private), info=info)
    except (InvalidTag, ValueError) as error:
        raise CannotOpen("the envelope does not open with this key and context") from error


def is_sealed(box: bytes, size: int) -> bool:
    """Could this be what `seal` makes of so many bytes? Nothing of it is opened."""
    return box[:1] == VERSION and len(box) == _SEALED + size


def is_padded(box: bytes) -> bool:
    """Could this be what `seal` makes of a padded text that fits one of the fixed buckets?"""
    return any(is_sealed(box, size) for size in _BUCKETS)


def lock(plain: bytes, key: bytes, aad: bytes) -> bytes:
    """AES-256-GCM under a key we hold. Returns version | nonce | ciphertext."""
    nonce = secrets.token_bytes(12)
    return VERSION + nonce + AESGCM(key).encrypt(nonce, plain, aad)


def unlock(box: bytes, key: bytes, aad: bytes) -> bytes:
    """Open what `lock` made. Raises CannotOpen."""
    _check_version(box)
    try:
        return AESGCM(key).decrypt(box[1:13], box[13:], aad)
    except (InvalidTag, ValueError) as error:
        raise CannotOpen("the envelope does not open with this key and context") from error


def _check_version(box: bytes) -> None:
    if box[:1] != VERSION:
        raise CannotOpen("unknown envelope version")


def pad(plain: bytes) -> bytes:
    """Length header (4 bytes) and zeros up to a fixed bucket, so that the size of a box says little."""
    framed = len(plain).to_bytes(4, "big") + plain
    size = next((b for b in _BUCKETS if b >= len(framed)), -(-len(framed) // 8192) * 8192)
    return framed.ljust(size, b"\0")


def unpad(padded: bytes) -> bytes:
    """What `pad` framed. Raises CannotOpen when the header does not fit."""
    size = int.from_bytes(padded[:4], "big")
    if len(padded) < 4 or size > len(padded) - 4:
        raise CannotOpen("the padding is damaged")
    return padded[4 : 4 + size]


def keyed_hash(key: bytes, label: str, value: str) -> bytes:
    """HMAC-SHA-256 of a labelled value: 32 bytes, for look-up without the value."""
    return hmac.new(key, f"{label}|{value}".encode(), hashlib.sha256).digest()


def slow_hash(secret: str, salt: bytes, memory_kib: int = 65_536) -> bytes:
    """Argon2id (64 MiB, t=2, one lane), 32 bytes: for receipts, PINs and passphrases."""
    kdf = Argon2id(salt=salt, length=32, iterations=2, lanes=1, memory_cost=memory_kib)
    return kdf.derive(secret.encode())


def new_key() -> bytes:
    """32 random bytes."""
    return secrets.token_bytes(32)
