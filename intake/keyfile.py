"""Key files of readers: the private half under a passphrase (Argon2id), the public half beside it.

The command-line twin of what the browser does; the file never leaves the reader's own machine.
"""

import base64
import hashlib
import json
import os
import secrets
from pathlib import Path

from core.envelope import CannotOpen, lock, new_pair, public_of, slow_hash, unlock
from core.errors import AmparoError

_PUBLIC = "amparo-x25519"
_MEMORY_KIB = 65_536
_MOST_MEMORY_KIB = 1_048_576


class KeyFileFault(AmparoError):
    """The key file cannot be written or read; the text says why."""


def write_new(path: Path, passphrase: str) -> bytes:
    """Make a pair: `path` (mode 0600) and `path`.pub. Returns the public half. Never overwrites."""
    beside = path.with_name(path.name + ".pub")
    for existing in (path, beside):
        if existing.exists():
            raise KeyFileFault(f"{existing} exists already and is not overwritten")
    pair, salt = new_pair(), secrets.token_bytes(16)
    box = lock(pair.private, slow_hash(passphrase, salt, _MEMORY_KIB), _context(pair.public))
    fields = {"salt": _text(salt), "memory_kib": _MEMORY_KIB, "box": _text(box), "public": _text(pair.public)}
    _write(path, json.dumps({"v": 1, "kdf": "argon2id", **fields}) + "\n", 0o600)
    _write(beside, f"{_PUBLIC} {_text(pair.public)}\n", 0o644)
    return pair.public


def read_private(path: Path, passphrase: str) -> bytes:
    """The private half. Raises KeyFileFault for a wrong passphrase or a file that is none."""
    try:
        fields = json.loads(path.read_text(encoding="ascii"))
        salt, box, public = (base64.b64decode(fields[name], validate=True) for name in ("salt", "box", "public"))
        memory = int(fields["memory_kib"])
    except FileNotFoundError:
        raise KeyFileFault(f"there is no key file {path}") from None
    except (OSError, ValueError, KeyError, TypeError):
        raise KeyFileFault(f"{path} is not a key file made by `amparo keys new`") from None
    if not 8 <= memory <= _MOST_MEMORY_KIB:
        raise KeyFileFault(f"{path} asks for an impossible amount of memory")
    return _unlocked(box, slow_hash(passphrase, salt, memory), public)


def read_public(path: Path) -> bytes:
    """The public half of a `.pub` file. Raises KeyFileFault."""
    try:
        label, value = path.read_text(encoding="ascii").split()
        public = base64.b64decode(value, validate=True)
    except (OSError, ValueError):
        raise KeyFileFault(f"{path} cannot be read as a public key") from None
    if label != _PUBLIC or len(public) != 32:
        raise KeyFileFault(f"{path} is not a public key made by `amparo keys new`")
    return public


def fingerprint(public: bytes) -> str:
    """What people compare by voice: 128 bits in eight groups of four."""
    digest = hashlib.sha256(public).hexdigest()[:32]
    return "-".join(digest[start : start + 4] for start in range(0, 32, 4))


def _unlocked(box: bytes, key: bytes, public: bytes) -> bytes:
    try:
        private = unlock(box, key, _context(public))
    except CannotOpen:
        raise KeyFileFault("this passphrase does not open the key file") from None
    if public_of(private) != public:
        raise KeyFileFault("the two halves in the key file do not belong together")
    return private


def _context(public: bytes) -> bytes:
    return b"amparo|keyfile|" + public


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _write(path: Path, content: str, mode: int) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except OSError as error:
        raise KeyFileFault(f"{path} cannot be written: {error.strerror}") from None
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
