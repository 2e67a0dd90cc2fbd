"""The owner of the embedded PostgreSQL: one small process starts the server, waits for it and stops it.

The lock on `pg.lock` is inherited by the server and all its backends, so the kernel itself says whether any of them
still lives; pid files are never trusted. The server dies with its owner, and rows survive kill -9 of both.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import psycopg

from core.children import die_with_parent
from core.config import Settings
from core.errors import Unavailable
from core.postgres_place import Place, PostgresError, prepare

MAJOR = "18"
_SETTINGS = (
    "listen_addresses=",
    "unix_socket_permissions=0700",
    "timezone=UTC",
    "log_timezone=UTC",
    "jit=off",
    # the log must never hold what a worker wrote: no statements, no parameters, no values of failed rows
    "log_statement=none",
    "log_min_messages=log",
    "log_min_error_statement=panic",
    "log_error_verbosity=terse",
    "log_parameter_max_length=0",
    "log_parameter_max_length_on_error=0",
)
_FAST = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")


class Server:
    """A running embedded server. Start it from the main thread of a process that lives as long as it should."""

    def __init__(self, place: Place, process: subprocess.Popen[bytes], lock: IO[str]) -> None:
        self.place = place
        self.process = process
        self._lock = lock

    def stop(self, patience: float = 15) -> int:
        """Shut down and wait for it. PostgreSQL 18 may hang when it is asked during crash recovery: then insist.

        SIGQUIT and SIGKILL lose nothing either, they only cost a recovery at the next start.
        """
        for sign in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            self.process.send_signal(sign)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(patience)
                break
        self._lock.close()
        return self.process.wait()


def start(settings: Settings, *, durable: bool = True, patience: float = 20) -> Server:
    """Start the server of this home, making its data folder the first time. `durable=False` is for tests only.

    Raises PostgresError when another owner or server is running here.
    """
    place = prepare(settings)
    lock = _claim(place, patience)
    _make_data(place, lock, durable)
    options = [part for setting in _SETTINGS + (() if durable else _FAST) for part in ("-c", setting)]
    command = [str(place.programs / "postgres"), "-D", str(place.data), "-k", str(place.sockets), *options]
    process = subprocess.Popen(command, start_new_session=True, **_as_child(place, lock, signal.SIGQUIT))
    return Server(place, process, lock)


def run(settings: Settings) -> int:
    """`amparo db`: own the server in the foreground until a signal or its end. Returns the exit code."""
    server = start(settings)
    signals = {signal.SIGTERM, signal.SIGINT, signal.SIGCHLD}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    while (code := server.process.poll()) is None:
        heard = signal.sigtimedwait(signals, 1)
        if heard is not None and heard.si_signo != signal.SIGCHLD:
            return server.stop()
    return code


def wait_ready(conninfo: str, patience: float = 30) -> None:
    """Wait until the server answers. Raises Unavailable."""
    end = time.monotonic() + patience
    while True:
        try:
            psycopg.connect(conninfo, connect_timeout=3).close()
            return
        except psycopg.OperationalError as error:
            if time.monotonic() > end:
                raise Unavailable(
                    "the database does not answer: is `amparo db` running, is DATABASE_URL right?"
                ) from error
            time.sleep(0.05)


def _claim(place: Place, patience: float) -> IO[str]:
    """Take the lock for life, then clear what a killed server left behind."""
    lock = open(place.home / "pg.lock", "a", opener=_private)  # noqa: SIM115 - held as long as the server runs
    end = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            if time.monotonic() > end:
                lock.close()
                raise PostgresError(f"another `amparo db` or PostgreSQL is already running on {place.home}") from None
            time.sleep(0.02)
    for stale in (place.data / "postmaster.pid", place.sockets / ".s.PGSQL.5432.lock", place.sockets / ".s.PGSQL.5432"):
        stale.unlink(missing_ok=True)
    return lock


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _make_data(place: Place, lock: IO[str], durable: bool) -> None:
    """initdb into `pg.new`, then rename: one that was killed half-way is never taken for a data folder."""
    if place.data.exists():
        _check_version(place.data)
    else:
        _init(place, lock, durable)


def _init(place: Place, lock: IO[str], durable: bool) -> None:
    draft = place.home / "pg.new"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    if place.account.is_other:
        os.chown(draft, place.account.uid, place.account.gid)
    options = ["-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--auth=trust", "-k"] + ([] if durable else ["-N"])
    command = [str(place.programs / "initdb"), "-D", str(draft), *options]
    done = subprocess.run(command, check=False, **_as_child(place, lock, signal.SIGKILL, subprocess.DEVNULL))
    if done.returncode != 0:
        raise PostgresError(f"the database could not be made in {place.home} (initdb ended with {done.returncode})")
    draft.rename(place.data)


def _check_version(data: Path) -> None:
    found = (data / "PG_VERSION").read_text().strip()
    if found != MAJOR:
        raise PostgresError(f"{data} was made by PostgreSQL {found}, this is {MAJOR}: export it with pg_dump first")


def _as_child(place: Place, lock: IO[str], sign: signal.Signals, out: Any = None) -> dict[str, Any]:
    """Arguments for a child that holds the lock, dies with us and runs as the server's account."""
    return {
        "stdin": subprocess.DEVNULL,
        "stdout": sys.stderr if out is None else out,
        "stderr": sys.stderr,
        "cwd": "/",
        "env": {"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
        "pass_fds": (lock.fileno(),),
        "preexec_fn": die_with_parent(sign),
        **place.account.options(),
    }
