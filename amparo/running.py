"""What runs in a home right now: `run/state.json`, written by the supervisor, readable by its own account alone."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.config import Settings, load
from core.errors import AmparoError

ENGINE = ("AMPARO_ENGINE_URL", "AMPARO_ENGINE_TOKEN")


def state(settings: Settings) -> dict[str, Any]:
    """The state of this home. Raises AmparoError when nothing runs there."""
    try:
        found: dict[str, Any] = json.loads(_file(settings.home).read_text())
        return found
    except (FileNotFoundError, ValueError):
        raise AmparoError(f"nothing runs in {settings.home}: start `amparo demo`, or set AMPARO_HOME") from None


def demo_home(env: Mapping[str, str]) -> Path | None:
    """The running demo's home, when no home or database was chosen and nothing else runs in the default one."""
    default = Path("var").absolute()
    chosen = env.get("AMPARO_HOME") or env.get("DATABASE_URL")
    return default / "demo" if not chosen and not _file(default).exists() and _file(default / "demo").exists() else None


def _file(home: Path) -> Path:
    return home / "run" / "state.json"


def engine_address(env: Mapping[str, str]) -> dict[str, str]:
    """Address and token of the engine: those of the environment, else of what runs here."""
    if env.get("AMPARO_ENGINE_TOKEN"):
        return {}
    address: dict[str, str] = state(load(env))["engine"]
    return address
