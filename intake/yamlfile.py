"""Reads a table in YAML that stands beside the code."""

from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
VERIFIED = ("V", "V2")
EVIDENCE = (*VERIFIED, "M")


def read(name: str) -> Any:
    """The content of `intake/<name>`."""
    return yaml.safe_load((HERE / name).read_text(encoding="utf-8"))
