"""Keeps the processes of one home running: starts them in order, restarts what dies, stops them in reverse.

It decides nothing about messages: any process may die at any moment and nothing is lost (DESIGN rule 1).
"""

import fcntl
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from amparo.processes import Process
from core.children import die_with_parent
from core.errors import AmparoError
from core.logging import Log

log = Log("supervisor")
FIRST_DELAY, LONGEST_DELAY, STEADY = 0.2, 30.0, 60.0
LARGEST_LOG = 10_000_000
_TICK = 0.1

type Say = Callable[[str], None]


class StartFailed(AmparoError):
    """A process did not become ready; everything was stopped again."""


class Stopped(Exception):
    """A signal asked us to stop while we were starting."""


@dataclass
class Child:
    """One process and its fate so far."""

    process: Process
    running: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    delay: float = FIRST_DELAY
    due: float = 0.0
    restarts: int = 0

    @property
    def pid(self) -> int | None:
        """Its process id while it lives."""
        return self.running.pid if self.running and self.running.poll() is None else None


@dataclass
class Supervisor:
    """Owns the children of one home. `facts` go into `run/state.json` beside the process ids."""

    home: Path
    processes: list[Process]
    say: Say
    facts: dict[str, object] = field(default_factory=dict)
    children: list[Child] = field(default_factory=list)
    stopping: bool = False

    def run(self, ready: str) -> None:
        """Start everything, say `ready`, tend until a signal, stop. Raises StartFailed or AmparoError."""
        lock = claim(self.home)
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, self._ask_to_stop)
        try:
            for process in self.processes:
                self._bring_up(process)
            self.say(ready)
            while not self.stopping:
                self._tend()
                time.sleep(_TICK)
        except Stopped:
            pass
        finally:
            self._stop_all()
            lock.close()

    def _ask_to_stop(self, *_: object) -> None:
        self.stopping = True

    def _bring_up(self, process: Process) -> None:
        self.say(f"{process.name}: waiting for {process.waits_for}")
        child = Child(process)
        self._start(child)
        if not process.once:
            self.children.append(child)
            self._save_state()
        end = time.monotonic() + process.patience
        while not _is_ready(child):
            if self.stopping:
                raise Stopped
            if time.monotonic() > end or (process.once and child.pid is None):
                raise StartFailed(self._why(child))
            self._tend()
            time.sleep(_TICK)

    def _why(self, child: Child) -> str:
        name, file = child.process.name, self._log_file(child.process)
        last = file.read_text(errors="replace").strip().splitlines()[-8:]
        return "\n".join([f"{name} did not become ready; {file} ends with:", *(f"  {line}" for line in last)])

    def _tend(self) -> None:
        """Notice who died, start again whose time has come."""
        moment = time.monotonic()
        for child in self.children:
            try:
                self._tend_one(child, moment)
            except OSError as error:  # a full disk or a log that somebody removed must not end the hotline
                log.alarm("cannot_tend", process=child.process.name, error=type(error).__name__)
                child.due = moment + child.delay

    def _tend_one(self, child: Child, moment: float) -> None:
        if child.running is not None and child.running.poll() is not None:
            self._plan_restart(child, child.running, moment)
        if child.running is None and moment >= child.due:
            child.restarts += 1
            self._start(child)
            self._save_state()
        _keep_small(self._log_file(child.process))

    def _plan_restart(self, child: Child, died: subprocess.Popen[bytes], moment: float) -> None:
        if moment - child.started > STEADY:
            child.delay = FIRST_DELAY
        log.alarm("process_died", process=child.process.name, code=died.returncode, restart_in=child.delay)
        _kill_group(died)  # what it started must not hold its port
        child.running, child.due = None, moment + child.delay
        child.delay = min(child.delay * 2, LONGEST_DELAY)

    def _start(self, child: Child) -> None:
        with _open_log(self._log_file(child.process)) as out:
            child.running = subprocess.Popen(
                child.process.command,
                env=dict(child.process.environment),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGTERM),
            )
        child.started = time.monotonic()

    def _stop_all(self) -> None:
        for child in reversed(self.children):
            if child.running is not None:
                _stop(child.running, child.process.stop_after)
        (self.home / "run" / "state.json").unlink(missing_ok=True)

    def _log_file(self, process: Process) -> Path:
        return self.home / "log" / f"{process.name}.log"

    def _save_state(self) -> None:
        """Ports and process ids for `amparo chat`, `amparo doctor` and tests; replaced whole."""
        state = {**self.facts, "pid": os.getpid(), "processes": {c.process.name: c.pid for c in self.children}}
        state["restarts"] = {c.process.name: c.restarts for c in self.children}
        draft = self.home / "run" / "state.new"
        draft.unlink(missing_ok=True)
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(state, file)
        draft.replace(draft.with_name("state.json"))


def claim(home: Path) -> IO[str]:
    """The right to supervise this home, held until the file is closed. Raises AmparoError."""
    lock = open(home / "up.lock", "a", opener=_private)  # noqa: SIM115 - held as long as we run
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise AmparoError(f"Amparo is already running on {home}: stop it first, or choose another --home") from None
    return lock


def _is_ready(child: Child) -> bool:
    if child.process.once:
        return child.running is not None and child.running.poll() == 0
    return child.pid is not None and child.process.ready()


def _stop(running: subprocess.Popen[bytes], patience: float) -> None:
    """Ask, wait, then insist; what is left of its group goes with it."""
    try:
        running.terminate()
        running.wait(patience)
    except subprocess.TimeoutExpired:
        log.alarm("process_killed", pid=running.pid)
    finally:
        _kill_group(running)


def _kill_group(running: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(running.pid, signal.SIGKILL)
    running.wait()


def _open_log(path: Path) -> IO[bytes]:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    return open(path, "ab", opener=_private)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _keep_small(path: Path) -> None:
    """One older copy is kept; the children append, so cutting the file under them is safe."""
    if path.exists() and path.stat().st_size > LARGEST_LOG:
        path.with_suffix(".1.log").write_bytes(path.read_bytes())
        os.truncate(path, 0)
