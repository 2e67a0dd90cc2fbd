"""CPU time of every process of a running hotline: what a message costs, whatever else the machine does meanwhile."""

from contextlib import suppress

import psutil

from tests.functional.hotline import RunningHotline

NAMES = ("db", "actions", "engine", "worker", "sender", "gateway")


def seconds(hotline: RunningHotline) -> dict[str, float]:
    """Seconds of each process with its children, so far."""
    return {name: _tree(hotline.pid(name)) for name in NAMES}


def spent(before: dict[str, float], after: dict[str, float], times: int) -> dict[str, float]:
    """Milliseconds per message, and their sum."""
    each = {name: round((after[name] - before[name]) / times * 1000, 1) for name in before}
    return {**each, "all_ms": round(sum(each.values()), 1)}


def _tree(pid: int) -> float:
    total, top = 0.0, psutil.Process(pid)
    for process in (top, *top.children(recursive=True)):
        with suppress(psutil.Error):
            times = process.cpu_times()
            total += times.user + times.system
    return total
