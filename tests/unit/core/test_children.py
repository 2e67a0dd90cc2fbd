import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import psutil
import pytest

from core.children import die_with_parent

LIMIT = "import resource; print(resource.getrlimit(resource.RLIMIT_CORE))"


@pytest.fixture
def cores_wanted() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (before[1], before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_CORE, before)


@pytest.mark.usefixtures("cores_wanted")
def test_a_child_writes_no_core_file_even_where_the_shell_wants_them() -> None:
    arm = die_with_parent(signal.SIGTERM)
    done = subprocess.run([sys.executable, "-c", LIMIT], capture_output=True, text=True, check=True, preexec_fn=arm)
    assert done.stdout.strip() == "(0, 0)"


def test_a_child_dies_with_the_process_that_started_it() -> None:
    script = (
        "import os, signal, subprocess, sys\n"
        "from core.children import die_with_parent\n"
        "arm = die_with_parent(signal.SIGTERM)\n"
        "child = subprocess.Popen(['sleep', '60'], stdout=subprocess.DEVNULL, preexec_fn=arm)\n"
        "print(child.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    parent = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=30)
    assert parent.returncode == -signal.SIGKILL
    assert _ends(int(parent.stdout))


def _ends(pid: int) -> bool:
    end = time.monotonic() + 10
    while time.monotonic() < end:
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.02)
    return False
