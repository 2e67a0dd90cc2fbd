"""Rights cards: what the law says, since when we know it, whether it is enforced today and by whom.

`cards/<topic>.yml` holds codes and sources; the sentences are in the catalogs. A topic without a file has no card yet.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from core.errors import AmparoError

FOLDER = Path(__file__).parent / "cards"
_FIELDS = {"intent", "as_of", "status", "enforced_by", "citations", "body", "more"}


class BadCard(AmparoError):
    """A card file is malformed; the message names the file and what is wrong."""


class Status(enum.StrEnum):
    """Is the rule in force, and does the agency enforce it?"""

    ENFORCED = "enforced"
    NOT_ENFORCED = "in_force_not_enforced"
    ENJOINED = "enjoined"
    PROPOSED = "proposed"


@dataclass(frozen=True)
class Citation:
    """A rule, where it can be read, and for which visas it holds."""

    text: str
    url: str
    visas: tuple[str, ...]


@dataclass(frozen=True)
class Body:
    """Who enforces the rule."""

    name: str
    phone: str


@dataclass(frozen=True)
class Card:
    """One topic. `body` and `more` are message keys."""

    topic: str
    intent: str
    as_of: date
    status: Status
    enforced_by: Body
    citations: tuple[Citation, ...]
    body: str
    more: str


@cache
def load() -> dict[str, Card]:
    """Every card by topic."""
    return {path.stem: _card(path) for path in sorted(FOLDER.glob("*.yml"))}


def find(topic: str) -> Card | None:
    """The card of a topic."""
    return load().get(topic)


def for_intent(intent: str) -> Card | None:
    """The card that answers an intent."""
    return next((card for card in load().values() if card.intent == intent), None)


def read(path: Path) -> Card:
    """One card file, checked. Raises BadCard."""
    return _card(path)


def _card(path: Path) -> Card:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(content, dict) or set(content) != _FIELDS:
        raise BadCard(f"{path.name}: expected exactly {', '.join(sorted(_FIELDS))}")
    try:
        return _checked(path, content)
    except (TypeError, ValueError, KeyError) as error:
        raise BadCard(f"{path.name}: {error}") from error


def _checked(path: Path, content: Mapping[str, Any]) -> Card:
    if not isinstance(content["as_of"], date):
        raise BadCard(f"{path.name}: as_of must be a date such as 2026-11-22")
    citations = tuple(_citation(path, entry) for entry in content["citations"])
    if not citations:
        raise BadCard(f"{path.name}: a card without a citation is an opinion")
    return Card(
        topic=path.stem,
        intent=content["intent"],
        as_of=content["as_of"],
        status=Status(content["status"]),
        enforced_by=Body(**content["enforced_by"]),
        citations=citations,
        body=content["body"],
        more=content["more"],
    )


def _citation(path: Path, entry: Mapping[str, Any]) -> Citation:
    citation = Citation(entry["text"], entry["url"], tuple(entry["visas"]))
    if not citation.url.startswith("https://"):
        raise BadCard(f"{path.name}: {citation.text} needs the https address where it can be read")
    return citation
