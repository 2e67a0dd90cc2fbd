"""The supervisor keeps its children running, and leaves none behind."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from amparo import supervisor
from amparo.processes import Process
from amparo.supervisor import Child, Supervisor

SCRIPT = Path(__file__).with_name("supervised.py")
type Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started: list[subprocess.Popen[str]] = []

    def run(*arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, str(SCRIPT), str(tmp_path), *arguments]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()


def until(condition: Callable[[], object], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def ready(process: subprocess.Popen[str]) -> list[str]:
    lines = []
    assert process.stdout is not None
    for line in process.stdout:
        lines.append(line.strip())
        if line.startswith("READY"):
            break
    return lines


def state(home: Path) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = json.loads((home / "run/state.json").read_text())
    return found


def gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_it_starts_in_order_and_says_what_it_waits_for(start: Start) -> None:
    assert ready(start()) == [
        "first: waiting for first to wake",
        "once: waiting for one thing",
        "second: waiting for second to wake",
        "READY",
    ]


def test_a_killed_child_comes_back_and_the_others_keep_running(start: Start, tmp_path: Path) -> None:
    ready(start())
    before = state(tmp_path)["processes"]
    os.kill(before["first"], signal.SIGKILL)
    until(lambda: state(tmp_path)["processes"]["first"] not in (None, before["first"]))
    assert state(tmp_path)["processes"]["second"] == before["second"]
    assert state(tmp_path)["restarts"] == {"first": 1, "second": 0}


def test_what_a_dead_child_started_is_gone_before_it_comes_back(start: Start, tmp_path: Path) -> None:
    ready(start())
    pid = state(tmp_path)["processes"]["second"]
    until(lambda: psutil.Process(pid).children())
    grandchild = psutil.Process(pid).children()[0].pid
    os.kill(pid, signal.SIGKILL)
    until(lambda: state(tmp_path)["restarts"]["second"] == 1)
    assert gone(grandchild)


def test_a_second_supervisor_of_the_same_home_is_refused(start: Start) -> None:
    ready(start())
    _, words = start().communicate(timeout=10)
    assert "already running" in words


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_everything_cleanly(start: Start, tmp_path: Path, sign: signal.Signals) -> None:
    process = start()
    ready(process)
    pids = state(tmp_path)["processes"].values()
    process.send_signal(sign)
    assert process.wait(15) == 0
    assert all(gone(pid) for pid in pids)
    assert not (tmp_path / "run/state.json").exists()


def test_the_children_die_with_a_killed_supervisor_and_it_can_start_again(start: Start, tmp_path: Path) -> None:
    process = start()
    ready(process)
    pids = list(state(tmp_path)["processes"].values())
    process.kill()
    process.wait()
    until(lambda: all(gone(pid) for pid in pids))
    assert ready(start())[-1] == "READY"


def test_a_failed_start_says_where_to_look_and_stops_the_rest(start: Start, tmp_path: Path) -> None:
    _, words = start("BROKEN").communicate(timeout=15)
    assert "once did not become ready" in words
    assert "once.log" in words
    assert not (tmp_path / "run/state.json").exists()


def test_the_state_is_for_our_own_account_alone(start: Start, tmp_path: Path) -> None:
    ready(start())
    assert (tmp_path / "run/state.json").stat().st_mode & 0o777 == 0o600


def test_restarts_wait_longer_each_time_until_a_process_was_steady(tmp_path: Path) -> None:
    process = Process("x", ("false",), {}, "nothing", lambda: True)
    one = Supervisor(tmp_path, [process], lambda line: None)
    child = Child(process, started=100.0)
    dead = subprocess.Popen(["true"], start_new_session=True)
    dead.wait()
    for _ in range(12):
        one._plan_restart(child, dead, 101.0)
    assert child.delay == supervisor.LONGEST_DELAY
    one._plan_restart(child, dead, 100.0 + supervisor.STEADY + 1)
    assert child.due == 100.0 + supervisor.STEADY + 1 + supervisor.FIRST_DELAY


def test_a_large_log_is_cut_and_one_older_copy_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "LARGEST_LOG", 10)
    log = tmp_path / "x.log"
    log.write_text("more than ten bytes")
    supervisor._keep_small(log)
    assert log.read_text() == ""
    assert (tmp_path / "x.1.log").read_text() == "more than ten bytes"
