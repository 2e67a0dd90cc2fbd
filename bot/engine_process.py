"""The engine's process: picks an undamaged model, builds command and environment, runs Rasa and filters what it says.

`python -m bot.engine_process` runs it in the foreground until SIGTERM. The engine holds no key of ours: its environment
is made from nothing, with its database address, its token and where the actions are.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from bot.train import ENGINE, MODELS, NAMES, intact
from core.children import die_with_parent
from core.config import Settings, load
from core.database import url_for
from core.errors import AmparoError
from core.logging import Log, set_up

log = Log("engine")
OURS = "amparo:"
_KNOWN = frozenset({"loading", "ready", "no_model", "stopped"})
_THREADS = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "TF_NUM_INTRAOP_THREADS": "1"}


class NoModel(AmparoError):
    """Neither model can be used."""


def choose_model(models: Path = MODELS) -> Path:
    """The model to serve. A missing or damaged one is replaced by the menus, with an alarm. Raises NoModel."""
    full, menus = NAMES
    if intact(models, full):
        return models / full
    log.alarm("model_damaged", model=full, serving=menus)
    if intact(models, menus):
        return models / menus
    raise NoModel("no model of the engine is usable; run `amparo train`")


def command(settings: Settings, model: Path) -> list[str]:
    """How the engine is started. Secrets are in the environment, not here where every user can read them."""
    port = urlsplit(settings.engine_url).port or 5005
    return [str(ENGINE / ".venv" / "bin" / "python"), "-u", str(ENGINE / "serve.py"), str(model), str(port)]


def environment(settings: Settings, folder: Path) -> dict[str, str]:
    """Everything the engine knows."""
    return {
        **_THREADS,
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "HOME": str(folder),
        "TMPDIR": str(folder / "tmp"),
        "MPLCONFIGDIR": str(folder / "tmp"),
        "PYTHONPATH": str(ENGINE),
        "PYTHONDONTWRITEBYTECODE": "1",
        "LOG_LEVEL": "CRITICAL",
        "LOG_LEVEL_LIBRARIES": "CRITICAL",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "RASA_TELEMETRY_ENABLED": "false",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "AMPARO_ENGINE_TOKEN": settings.engine_token,
        "AMPARO_ENGINE_DATABASE": database(settings),
        "AMPARO_ACTIONS_WEBHOOK": f"{settings.actions_url}/webhook",
    }


def database(settings: Settings) -> str:
    """The engine's database address for SQLAlchemy 1.4 and psycopg2, with schema rasa first."""
    url = url_for(settings, "engine").set(drivername="postgresql+psycopg2")
    url = url.update_query_dict({"options": "-csearch_path=rasa", "application_name": "amparo-engine"})
    return url.render_as_string(hide_password=False)


def start(settings: Settings, models: Path = MODELS) -> "subprocess.Popen[bytes]":
    """Start the engine; its outputs are one pipe that the caller must read with `follow`."""
    folder = _folder(settings)
    return subprocess.Popen(
        command(settings, choose_model(models)),
        cwd=ENGINE,
        env=environment(settings, folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        preexec_fn=die_with_parent(signal.SIGKILL),
    )


def follow(lines: Iterable[bytes]) -> None:
    """Log the few lines we know and drop everything else: Rasa may print what a worker wrote."""
    for line in lines:
        text = line.decode("ascii", "ignore").strip()
        word = text.removeprefix(OURS).split(" ")[0]
        if text.startswith(OURS) and word in _KNOWN:
            log.info("engine", state=word)
        elif text.startswith(f"{OURS}failed "):
            log.alarm("engine_failed", error=_identifier(text))


def main() -> int:
    """Run the engine until it ends or SIGTERM comes."""
    set_up()
    child = start(load(os.environ))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: child.terminate())
    follow(child.stdout or ())
    return child.wait()


def _folder(settings: Settings) -> Path:
    """The engine's own corner of the home; what an earlier run unpacked there is thrown away."""
    folder = settings.home / "engine"
    shutil.rmtree(folder / "tmp", ignore_errors=True)
    (folder / "tmp").mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _identifier(text: str) -> str:
    name = text.rpartition(" ")[2]
    return name if name.isidentifier() else "unknown"


if __name__ == "__main__":
    sys.exit(main())
