"""`make bench`, or `python -m benchmarks [accept|turns|memory|jobs ...]`: prints every figure with what made it."""

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import accept, memory, turns
from tests.functional.hotline import RunningHotline

PARTS: dict[str, Callable[[RunningHotline], dict[str, object]]] = {
    "turns": turns.run,
    "accept": accept.run,
    "memory": memory.run,
}


def main() -> None:
    """Start one hotline, run the parts that were asked for, stop it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", help="default: all")
    wanted = parser.parse_args().parts or list(PARTS)
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
