"""A supervisor over two harmless processes, for tests: `python supervised.py HOME [BROKEN]`."""

import sys
from pathlib import Path

from amparo.processes import Process
from amparo.supervisor import Supervisor
from core.errors import AmparoError

SLEEPER = "import pathlib, sys, time; pathlib.Path(sys.argv[1]).touch(); time.sleep(600)"
GRANDCHILD = "import subprocess, sys, time; subprocess.Popen(['sleep', '600']); " + SLEEPER


def sleeper(home: Path, name: str, script: str = SLEEPER) -> Process:
    mark = home / f"{name}.mark"
    return Process(name, (sys.executable, "-c", script, str(mark)), {}, f"{name} to wake", mark.exists, patience=10)


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main(home: Path, broken: bool) -> None:
    (home / "run").mkdir(exist_ok=True)
    once = Process("once", (sys.executable, "-c", f"raise SystemExit({int(broken)})"), {}, "one thing", bool, once=True)
    processes = [sleeper(home, "first"), once, sleeper(home, "second", GRANDCHILD)]
    Supervisor(home, processes, say).run("READY")


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]), "BROKEN" in sys.argv)
    except AmparoError as error:
        sys.exit(str(error))
