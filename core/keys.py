"""The key provider: files of mode 0400, and a list of who may hold which (DESIGN section 2, "Who holds which key")."""

import os
import re
from pathlib import Path

from core.envelope import KeyPair, new_key, new_pair
from core.errors import AmparoError, Denied

_NAME = re.compile(r"[a-z0-9][a-z0-9.\-/]*")

SECRETS = ("pepper", "receipt", "memory", "audit")
PAIRS = ("contact",)
_PUBLIC = ("contact.pub",)
HOLDERS: dict[str, tuple[str, ...]] = {
    "gateway": ("pepper", *_PUBLIC),
    "worker": ("pepper", "receipt", "memory", "hour/", "draft/", *_PUBLIC),
    "actions": ("hour/",),
    "sender": ("contact.key", "hour/", *_PUBLIC),
    "console": ("audit", *_PUBLIC),
    "operator": ("audit", *_PUBLIC),
    "engine": (),
    "owner": ("",),
}


class KeyMissing(AmparoError):
    """The key is not there: never made, or already destroyed."""


class KeyProvider:
    """Reads, makes and destroys the keys that one process role may hold."""

    def __init__(self, directory: Path, role: str) -> None:
        self.directory = directory
        self.role = role
        self._cache: dict[str, bytes] = {}

    def allows(self, name: str) -> bool:
        """May this process hold the key `name`? A trailing slash in the table grants a folder."""
        own = HOLDERS[self.role] + (f"db-{self.role}",)
        return any(name == grant or (grant.endswith("/") and name.startswith(grant)) or grant == "" for grant in own)

    def get(self, name: str) -> bytes:
        """The raw key. Raises Denied for a key this process may not hold, KeyMissing when it is gone."""
        path = self._path(name)
        if name in self._cache:
            return self._cache[name]
        try:
            value = path.read_bytes()
        except FileNotFoundError:
            raise KeyMissing(f"key {name} does not exist; run `amparo migrate` or check AMPARO_KEYS") from None
        if "/" not in name:  # keys in folders are short-lived: they must be gone when their file is
            self._cache[name] = value
        return value

    def exists(self, name: str) -> bool:
        """Is the key there?"""
        return self._path(name).exists()

    def put(self, name: str, value: bytes) -> None:
        """Write a key once, mode 0400, durable before it is used. An existing key is never overwritten."""
        path = self._path(name)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
        with os.fdopen(handle, "wb") as file:
            file.write(value)
            file.flush()
            os.fsync(file.fileno())

    def destroy(self, name: str) -> None:
        """Forget a key for good; destroying it twice is no error."""
        self._path(name).unlink(missing_ok=True)

    def names(self, folder: str) -> list[str]:
        """Names of the keys in a folder such as `hour/`, sorted."""
        return sorted(f"{folder}{path.name}" for path in self._path(folder).glob("*"))

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name) or ".." in name:
            raise KeyMissing("this is not the name of a key")
        if not self.allows(name):
            raise Denied(f"the {self.role} process may not hold the key {name.split('/')[0]}")
        return self.directory / name


def ensure_server_keys(directory: Path, roles: tuple[str, ...]) -> None:
    """Make every long-lived server key that is missing (first start)."""
    keys = KeyProvider(directory, "owner")
    for name in (*SECRETS, *(f"db-{role}" for role in roles)):
        if not keys.exists(name):
            keys.put(name, new_key())
    for name in PAIRS:
        if not keys.exists(f"{name}.key"):
            _put_pair(keys, name, new_pair())


def _put_pair(keys: KeyProvider, name: str, pair: KeyPair) -> None:
    keys.put(f"{name}.key", pair.private)
    keys.put(f"{name}.pub", pair.public)
