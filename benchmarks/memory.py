"""Memory of every process of a running hotline: proportional set size, so that shared pages count once."""

import psutil

from tests.functional.hotline import RunningHotline


def run(hotline: RunningHotline) -> dict[str, object]:
    """Megabytes per process with its children, and the sum."""
    names = ("db", "actions", "engine", "worker", "sender", "gateway")
    found = {name: _tree(hotline.pid(name)) for name in names}
    return {**found, "all_pss_mb": round(sum(each["pss_mb"] for each in found.values()))}


def _tree(pid: int) -> dict[str, float]:
    top = psutil.Process(pid)
    infos = [process.memory_full_info() for process in (top, *top.children(recursive=True))]
    return {
        "pss_mb": round(sum(info.pss for info in infos) / 1e6),
        "rss_mb": round(sum(info.rss for info in infos) / 1e6),
    }
