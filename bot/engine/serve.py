"""The engine's server: Rasa with a model, on loopback. Started by `bot/engine_process.py`.

Rasa and its libraries print what they were given when something goes wrong, so everything they write goes nowhere:
the two outputs are closed before Rasa is imported. Our own lines leave through a copy and begin with `amparo:`.
"""

import ctypes
import logging
import os
import resource
import signal
import sys
import warnings
from typing import Any, Callable

_PR_SET_PDEATHSIG = 1


def silence() -> Callable[[str], None]:
    """Send both outputs nowhere; returns the one way to say something."""
    voice = os.fdopen(os.dup(1), "w", buffering=1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for output in (1, 2):
        os.dup2(nowhere, output)
    warnings.simplefilter("ignore")
    return lambda text: print(f"amparo:{text}", file=voice, flush=True)


def die_with_parent() -> None:
    """No orphan keeps the port, and a crash leaves no memory on disk."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def main(model: str, port: int) -> int:
    """Serve until stopped."""
    die_with_parent()
    say = silence()
    say("loading")
    try:
        _serve(model, port, say)
    except BaseException as error:
        say(f"failed {type(error).__name__}")
        return 1
    say("stopped")
    return 0


def _serve(model: str, port: int, say: Callable[[str], None]) -> None:
    import quick
    from rasa.core.run import serve_application
    from rasa.core.utils import AvailableEndpoints
    from rasa.utils.common import configure_logging_and_warnings
    from rasa.utils.log_utils import configure_structlog

    quick.apply()
    configure_logging_and_warnings(logging.CRITICAL)
    configure_structlog(logging.CRITICAL)
    logging.disable(logging.CRITICAL)

    async def ready(app: Any, loop: Any) -> None:
        loaded = getattr(app.ctx, "agent", None)
        say("ready" if loaded is not None and loaded.is_ready() else "no_model")

    serve_application(
        model_path=model,
        interface="127.0.0.1",
        port=port,
        credentials="credentials.yml",
        auth_token=os.environ["AMPARO_ENGINE_TOKEN"],
        enable_api=True,
        endpoints=AvailableEndpoints.read_endpoints("endpoints.yml"),
        server_listeners=[(ready, "after_server_start")],
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
