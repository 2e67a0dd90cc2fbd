"""Rights cards: what the law says, since when we know it, whether it is enforced today and by whom.

`cards/<topic>.yml` holds codes and sources; the sentences are in the catalogs. A topic without a file has no card yet.
`facts` and `advice` together are the English words of the card: a test fails when a sentence of law has no source.
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
_FIELDS = {"intent", "as_of", "status", "enforced_by", "citations", "facts", "advice", "body", "more"}


class BadCard(AmparoError):
    """A card file is malformed; the message names the file and what is wrong."""


class Status(enum.StrEnum):
    """Is the rule in force, and does the agency enforce it?"""

    ENFORCED = "enforced"
    NOT_ENFORCED = "in_force_not_enforced"
    ENJOINED = "enjoined"
    PROPOSED = "proposed"


class Evidence(enum.StrEnum):
    """How we know a rule. What is known from memory alone has no code here: it is not shown."""

    PRIMARY = "V"
    SECONDARY = "V2"


@dataclass(frozen=True)
class Citation:
    """A rule, its address, for which visas it holds, and the page where its substance was read."""

    text: str
    url: str
    visas: tuple[str, ...]
    evidence: Evidence
    read: str

    @property
    def sure(self) -> bool:
        """Was it read on a page of the law or of the agency? If not, the worker is told to ask."""
        return self.evidence is Evidence.PRIMARY


@dataclass(frozen=True)
class Fact:
    """A sentence of the card that states law, in English, and the rules behind it."""

    says: str
    cite: tuple[str, ...]


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
    facts: tuple[Fact, ...]
    advice: tuple[str, ...]
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
    facts = tuple(_fact(path, entry, citations) for entry in content["facts"])
    return Card(
        topic=path.stem,
        intent=content["intent"],
        as_of=content["as_of"],
        status=Status(content["status"]),
        enforced_by=Body(**content["enforced_by"]),
        citations=citations,
        facts=facts,
        advice=tuple(content["advice"]),
        body=content["body"],
        more=content["more"],
    )


def _citation(path: Path, entry: Mapping[str, Any]) -> Citation:
    found = Citation(**{**entry, "visas": tuple(entry["visas"]), "evidence": Evidence(entry["evidence"])})
    if not (found.url.startswith("https://") and found.read.startswith("https://")):
        raise BadCard(f"{path.name}: {found.text} needs the https addresses of the rule and of the page that was read")
    return found


def _fact(path: Path, entry: Mapping[str, Any], citations: tuple[Citation, ...]) -> Fact:
    fact = Fact(entry["says"], tuple(entry["cite"]))
    if not fact.cite or set(fact.cite) - {citation.text for citation in citations}:
        raise BadCard(f"{path.name}: {fact.says} must name citations of the card")
    return fact
