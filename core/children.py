"""Child processes that never outlive their parent, whatever ends it, and leave no memory on disk when they crash."""

import ctypes
import os
import resource
import signal
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1


def die_with_parent(sign: signal.Signals) -> Callable[[], None]:
    """A `preexec_fn`: the kernel sends `sign` to the child when the thread that started it ends, however it ends.

    Nor will the child or a descendant ever write a core file: it would hold keys and what a worker just wrote.
    """
    libc, parent = ctypes.CDLL(None), os.getpid()

    def arm() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(sign))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if os.getppid() != parent:
            os._exit(1)

    return arm
