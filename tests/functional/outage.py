"""Ways to take parts of a running hotline away for a while. Each gives back a hotline with every process."""

import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import psycopg

from bot import engine_process
from bot.client import Engine
from core.config import Settings, load
from tests.functional.hotline import OPEN, RunningHotline

BACK_WITHIN = 90.0


@contextmanager
def unattended(hotline: RunningHotline) -> Iterator[None]:
    """The supervisor looks away: what dies meanwhile stays dead until the end of the block."""
    os.kill(hotline.supervisor, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(hotline.supervisor, signal.SIGCONT)


@contextmanager
def frozen(hotline: RunningHotline, *names: str) -> Iterator[None]:
    """Processes that are there and do nothing."""
    groups = [hotline.pid(name) for name in names]
    for group in groups:
        os.killpg(group, signal.SIGSTOP)
    try:
        yield
    finally:
        for group in groups:
            os.killpg(group, signal.SIGCONT)


@contextmanager
def without(hotline: RunningHotline, *names: str) -> Iterator[None]:
    """Processes that are dead and are started again at the end of the block, which waits for them."""
    old = {name: hotline.pid(name) for name in names}
    with unattended(hotline):
        for group in old.values():
            os.killpg(group, signal.SIGKILL)
        yield
    end = time.monotonic() + BACK_WITHIN
    while any(pid_now(hotline, name) in (group, None) for name, group in old.items()):
        assert time.monotonic() < end, "a process was not started again"
        time.sleep(0.05)


def no_database(hotline: RunningHotline) -> None:
    """PostgreSQL outlives its owner for a moment: wait until it refuses."""
    end = time.monotonic() + BACK_WITHIN
    with suppress(psycopg.OperationalError):
        while time.monotonic() < end:
            hotline.rows("select 1")
            time.sleep(0.02)
        raise AssertionError("the database did not stop")


def pid_now(hotline: RunningHotline, name: str) -> int | None:
    """The process id of a process, or of the PostgreSQL that `db` owns; None while there is none."""
    try:
        if name == "postmaster":
            return int((hotline.home / "pg/postmaster.pid").read_text().split()[0])
        found: int | None = json.loads((hotline.home / "run/state.json").read_text())["processes"][name]
    except (FileNotFoundError, IndexError):
        return None
    return found


@contextmanager
def other_engine(hotline: RunningHotline, models: Path) -> Iterator[None]:
    """The engine with models from another folder, in the place of the real one."""
    settings = engine_settings(hotline)
    with without(hotline, "engine"):
        child = engine_process.start(settings, models)
        assert child.stdout is not None
        reading = threading.Thread(target=engine_process.follow, args=(child.stdout,))
        reading.start()
        try:
            wait_for_engine(settings)
            yield
        finally:
            child.terminate()
            child.wait(20)
            reading.join()
            child.stdout.close()
    wait_for_engine(settings)


def engine_settings(hotline: RunningHotline) -> Settings:
    """The settings of the hotline with the addresses of this start."""
    state = json.loads((hotline.home / "run/state.json").read_text())
    settings = load({**hotline.env, **state["engine"]})
    return replace(settings, actions_url=f"http://127.0.0.1:{state['ports']['actions']}")


def wait_for_engine(settings: Settings) -> None:
    """Wait until the engine has loaded its model."""
    engine, end = Engine(settings), time.monotonic() + BACK_WITHIN
    while not engine.healthy():
        assert time.monotonic() < end, "the engine did not become ready"
        time.sleep(0.2)
    engine.close()


def at_rest(hotline: RunningHotline) -> None:
    """Wait until every message is answered and every answer is at the carrier, whatever else comes back meanwhile."""
    end = time.monotonic() + BACK_WITHIN
    while True:
        with suppress(psycopg.OperationalError):
            if hotline.rows(OPEN) == [(0,)]:
                return
        assert time.monotonic() < end, "the hotline did not come to rest"
        time.sleep(0.05)
