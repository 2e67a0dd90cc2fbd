"""All tables of all areas: the metadata that migrations and the test "head equals models" compare with."""

from collections.abc import MutableMapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from sqlalchemy import MetaData

from core.database import SCHEMAS, Base

AREAS = ("channels", "bot", "intake", "jobs", "rights", "outreach", "console")


def metadata() -> MetaData:
    """The metadata with every area's `models.py` loaded."""
    for area in AREAS:
        if find_spec(area) and find_spec(f"{area}.models"):
            import_module(f"{area}.models")
    return Base.metadata


def ours(name: str | None, kind: str, parents: MutableMapping[Any, Any]) -> bool:
    """Does Alembic compare this? Our schemas only: `rasa` and `public` belong to Rasa and Procrastinate."""
    return kind != "schema" or (name in SCHEMAS and name != "rasa")
