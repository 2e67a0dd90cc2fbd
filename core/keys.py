"""The key provider: files of mode 0400, and a list of who may hold which (DESIGN section 2, "Who holds which key")."""

import os
import re
import threading
from pathlib import Path

from core.envelope import new_key, new_pair, public_of
from core.errors import AmparoError, Denied

_NAME = re.compile(r"[a-z0-9][a-z0-9.\-/]*")

KEY_BYTES = 32
SECRETS = ("pepper", "receipt", "memory", "audit", "console")
PAIRS = ("contact",)
_PUBLIC = ("contact.pub",)
HOLDERS: dict[str, tuple[str, ...]] = {
    "gateway": ("pepper", *_PUBLIC),
    "worker": ("pepper", "receipt", "memory", "hour/", "draft/", *_PUBLIC),
    "actions": ("hour/",),
    "sender": ("contact.key", "hour/", "reply/", *_PUBLIC),
    "console": ("audit", "console", *_PUBLIC),
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
        if len(value) != KEY_BYTES:
            raise KeyMissing(f"key {name} is damaged: restore it from the back-up of AMPARO_KEYS")
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
        draft = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
        try:
            _write_durably(draft, value)
            os.link(draft, path)  # a name stands for a whole key or for none
        finally:
            draft.unlink(missing_ok=True)
        _sync_folder(path.parent)

    def destroy(self, name: str) -> None:
        """Forget a key for good; destroying it twice is no error."""
        self._path(name).unlink(missing_ok=True)

    def names(self, folder: str) -> list[str]:
        """Names of the keys in a folder such as `hour/`, sorted."""
        return sorted(f"{folder}{path.name}" for path in self._path(folder).glob("[!.]*"))

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
            keys.put(f"{name}.key", new_pair().private)
        if not keys.exists(f"{name}.pub"):
            keys.put(f"{name}.pub", public_of(keys.get(f"{name}.key")))


def _write_durably(path: Path, value: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(handle, "wb") as file:
        file.write(value)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """A new name is durable once its folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
