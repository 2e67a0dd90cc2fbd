"""The made-up staff of a demo home, in a file of that home which only its owner reads. Production has no such file."""

import base64
import json
import os
import secrets
import string
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from intake.models import Role

FILE = "demo-accounts.json"
PASSPHRASE = "demo"  # noqa: S105 - the demo's keys protect nothing, and say so
KEY = "demo-key.json"
_PEOPLE = (("Ana", Role.INTAKE), ("Joseph", Role.INTAKE), ("Admin", Role.ADMIN), ("Auditor", Role.AUDITOR))
_PLACE = "example.org"


@dataclass(frozen=True)
class Account:
    """Somebody who can sign in to the demo's desk. Only caseworkers have a key, and so a passphrase."""

    name: str
    email: str
    role: Role
    password: str = field(repr=False)
    totp: str = field(repr=False)
    passphrase: str | None = field(repr=False)

    def key_file(self, home: Path) -> Path:
        """The first caseworker's key is the one that `amparo cases show` is told of."""
        return home / (KEY if self.name == _PEOPLE[0][0] else f"demo-key-{self.name.lower()}.json")


@dataclass(frozen=True)
class Paper:
    """The code of a sample case, as its worker wrote it on paper."""

    number: str
    code: str = field(repr=False)


def ensure(home: Path) -> tuple[list[Account], bool]:
    """The accounts of this home, and whether they were made just now."""
    if (home / FILE).exists():
        return read(home), False
    accounts = [_made_up(name, role) for name, role in _PEOPLE]
    _write(home, accounts, [])
    return accounts, True


def read(home: Path) -> list[Account]:
    """The accounts of this home."""
    found = json.loads((home / FILE).read_text())["accounts"]
    return [Account(**{**one, "role": Role(one["role"])}) for one in found]


def keep_papers(home: Path, papers: list[Paper]) -> None:
    """Keep what the workers of the sample cases wrote on paper: the demo's page shows it beside their phones."""
    _write(home, read(home), papers)


def shown(accounts: list[Account], home: Path) -> Iterator[str]:
    """What the terminal shows once."""
    yield f"Demo sign-in, shown here once; the page shows it too ({home / FILE}):"
    for one in accounts:
        passphrase = f"  passphrase {one.passphrase}" if one.passphrase else ""
        yield f"  {one.email:<20} {one.role.value:<8} password {one.password}  code secret {one.totp}{passphrase}"
    yield f"  Without a browser: AMPARO_PASSPHRASE={PASSPHRASE} amparo cases show ID --key {home / KEY}"


def _made_up(name: str, role: Role) -> Account:
    words = ("".join(secrets.choice(string.ascii_lowercase) for _ in range(4)) for _ in range(4))
    totp = base64.b32encode(secrets.token_bytes(20)).decode()
    passphrase = PASSPHRASE if role is Role.INTAKE else None
    return Account(name, f"{name.lower()}@{_PLACE}", role, "-".join(words), totp, passphrase)


def _write(home: Path, accounts: list[Account], papers: list[Paper]) -> None:
    held = {"accounts": [asdict(one) for one in accounts], "papers": [asdict(one) for one in papers]}
    draft = home / f".{FILE}.{os.getpid()}"
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        json.dump(held, file, indent=1)
    draft.replace(home / FILE)
