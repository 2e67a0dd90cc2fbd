"""A failpoint is nothing in production, whatever else the environment says."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from core.failpoints import NAMES, chosen

KILLED = -signal.SIGKILL
PASS = "import sys; from core.failpoints import failpoint; [failpoint(name) for name in sys.argv[1:]]"
ROOT = Path(__file__).parents[3]


def passing(env: dict[str, str], *names: str) -> int:
    """The exit code of a process that passes some failpoints."""
    return subprocess.run((sys.executable, "-c", PASS, *names), env=env, cwd=ROOT, check=False).returncode


@pytest.mark.parametrize("faults", [{}, {"AMPARO_FAULTS": ""}, {"AMPARO_FAULTS": "off"}, {"AMPARO_FAULTS": "1"}])
def test_without_faults_on_no_failpoint_kills(faults: dict[str, str]) -> None:
    assert passing({**faults, "AMPARO_FAILPOINT": "turn.decided"}, *NAMES) == 0


def test_faults_on_alone_kills_nobody() -> None:
    assert passing({"AMPARO_FAULTS": "on"}, *NAMES) == 0


def test_without_faults_a_failpoint_is_one_empty_function() -> None:
    assert chosen({}) is chosen({"AMPARO_FAILPOINT": "turn.decided"})
    assert chosen({}).__code__.co_code == (lambda name: None).__code__.co_code


@pytest.mark.parametrize(
    ("wanted", "passes", "code"),
    [
        ("turn.decided", ["turn.opened"], 0),
        ("turn.decided", ["turn.decided"], KILLED),
        ("turn.decided:2", ["turn.decided", "turn.opened"], 0),
        ("turn.decided:2", ["turn.decided", "turn.opened", "turn.decided"], KILLED),
    ],
)
def test_a_name_kills_at_its_own_place_and_time(wanted: str, passes: list[str], code: int) -> None:
    assert passing({"AMPARO_FAULTS": "on", "AMPARO_FAILPOINT": wanted}, *passes) == code


def test_a_folder_kills_once_for_each_file_in_it(tmp_path: Path) -> None:
    env = {"AMPARO_FAULTS": "on", "AMPARO_FAILPOINT": str(tmp_path)}
    for name in ("turn.decided", "turn.opened"):
        (tmp_path / name).touch()
    assert passing(env, "turn.locked") == 0
    assert [passing(env, "turn.opened", "turn.decided") for _ in range(3)] == [KILLED, KILLED, 0]
    assert list(tmp_path.iterdir()) == []
