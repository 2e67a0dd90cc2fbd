"""`make bench`, or `python -m benchmarks [accept|turns|memory|cases ...]`: prints every figure with what made it.

`faults`, `forgeries` and `peer` start what they need themselves and take minutes: they run only when they are named.
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import accept, case_list, faults, forgeries, memory, peer, turns
from tests.functional.hotline import RunningHotline

PARTS: dict[str, Callable[[RunningHotline], dict[str, object]]] = {
    "turns": turns.run,
    "accept": accept.run,
    "memory": memory.run,
    "cases": case_list.run,
}


LONG: dict[str, Callable[[], dict[str, object]]] = {
    "faults": faults.run,
    "forgeries": forgeries.run,
    "peer": peer.run,
}


def main() -> None:
    """Run the parts that were asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", help="default: all but the long ones")
    wanted = parser.parse_args().parts or list(PARTS)
    for name in (name for name in wanted if name in LONG):
        show(name, LONG[name]())
    if short := [name for name in wanted if name not in LONG]:
        with_one_hotline(short)


def with_one_hotline(wanted: list[str]) -> None:
    """Start one hotline, run some parts, stop it."""
    folder = Path(tempfile.mkdtemp(prefix="amparo-bench-"))
    folder.chmod(0o711)
    (folder / "home").mkdir(mode=0o711)
    hotline = RunningHotline(folder / "home")
    began = time.monotonic()
    try:
        hotline.start()
        show("start", {"seconds_to_READY": round(time.monotonic() - began, 1)})
        hotline.amparo("jobs", "import", "--sample")
        hotline.add_reader()
        hotline.unpaced()
        for name in wanted:
            show(name, PARTS[name](hotline))
    finally:
        hotline.stop()
        shutil.rmtree(folder, ignore_errors=True)


def show(name: str, figures: dict[str, object]) -> None:
    """One line of JSON per part."""
    sys.stdout.write(json.dumps({name: figures}) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
