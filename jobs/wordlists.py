"""Word lists in YAML, every scalar as text: "no" and "on" are words here, not truth values."""

from pathlib import Path
from typing import Any

import yaml


def load(path: Path) -> dict[str, Any]:
    """Read a list of words; BaseLoader makes nothing but text, lists and maps."""
    loaded: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506
    return loaded
