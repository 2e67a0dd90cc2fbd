"""Named places where a test may kill the process. Without AMPARO_FAILPOINT in the environment they do nothing.

`AMPARO_FAILPOINT=turn.decided` kills at the first pass; `turn.decided:3` at the third.
"""

import os
import signal
from itertools import count

_wanted, _, _times = os.environ.get("AMPARO_FAILPOINT", "").partition(":")
_passes = count(1)


def failpoint(name: str) -> None:
    """Kill this process like a power cut (SIGKILL) when the environment names this place."""
    if name == _wanted and next(_passes) == int(_times or 1):
        os.kill(os.getpid(), signal.SIGKILL)
