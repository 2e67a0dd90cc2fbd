"""Named places where a test may kill the process like a power cut; in production each is a call of an empty function.

They do nothing unless AMPARO_FAULTS=on stands in the process's own environment, and `amparo up` and `amparo demo` hand
that to nobody. Then AMPARO_FAILPOINT=turn.decided kills at the first pass, `turn.decided:3` at the third, and the path
of a folder kills whoever passes a place whose name is a file there; the file is taken away, so each kills once.
"""

import os
import signal
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path

NAMES = (
    # accept: the gateway saves a message
    "accept.verified",
    "accept.parsed",
    "accept.locked",
    "accept.saved",
    "accept.committed",
    "accept.answered",
    # safety first: the worker's gate
    "safety.read",
    "safety.replied",
    "safety.committed",
    # order, language, understand, decide, answer: one turn of the worker
    "turn.locked",
    "turn.claimed",
    "turn.opened",
    "turn.understood",
    "turn.handed_over",
    "turn.decided",
    "turn.written",
    "turn.committed",
    # decide, in the actions process
    "actions.written",
    "actions.committed",
    # send
    "sender.chosen",
    "sender.claimed",
    "sender.opened",
    "sender.called",
    "sender.recorded",
    "sender.wiped",
    "sender.committed",
    "redaction.leased",
    "redaction.asked",
    # the carrier reports a state to the gateway
    "status.moved",
    "status.committed",
    # the worker's housekeeping: an hour's key is made, and at its end destroyed
    "hour.made",
    "hour.retired",
    "hour.destroyed",
)
"""Every failpoint, in the order of DESIGN section 3. A test finds each exactly once in the code, and no other."""

type Failpoint = Callable[[str], None]


def chosen(env: Mapping[str, str]) -> Failpoint:
    """What `failpoint` is in a process with this environment."""
    wanted = env.get("AMPARO_FAILPOINT", "")
    if env.get("AMPARO_FAULTS") != "on" or not wanted:
        return _nothing
    return _armed_in(Path(wanted)) if "/" in wanted else _armed_for(wanted)


def _nothing(name: str) -> None:
    pass


def _armed_for(wanted: str) -> Failpoint:
    name, _, times = wanted.partition(":")
    passes = count(1)

    def failpoint(passed: str) -> None:
        if passed == name and next(passes) == int(times or 1):
            _die()

    return failpoint


def _armed_in(folder: Path) -> Failpoint:
    def failpoint(passed: str) -> None:
        try:
            (folder / passed).unlink()
        except FileNotFoundError:
            return
        _die()

    return failpoint


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


failpoint = chosen(os.environ)
"""`failpoint("turn.decided")` stands where a process may die."""
