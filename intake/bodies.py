"""The closed list of receivers. There is no road from here to immigration enforcement, under any name."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from intake import yamlfile
from intake.errors import TableFault

SHARES = ("no", "unknown", "by_law")

# The Department of Homeland Security and its parts, by acronym, by name in our languages, by tip line.
_ACRONYMS = re.compile(r"\b((us)?(dhs|ice|cbp|cis|hsi|tsa)|ero|usbp|opla|sevp|uscg|usss|cisa|fema|obim)\b")
_NAMES = re.compile(
    r"homeland|seguridad nacional|seguridad del territorio|seguranca interna|sekirite enterye|sekirite teritwa|"
    r"immigration and naturali|immigration (and )?customs|customs (and )?border|border (patrol|protection)|"
    r"citizenship (and )?immigration|enforcement (and )?removal|removal operations|immigration enforcement|"
    r"patrulla fronteriza|proteccion fronteriza|control de aduanas|aduanas y proteccion|federal protective|"
    r"\bmigra\b|deport|\b287 ?g\b"
)
_DIGITS = ("8663472423", "8773278255")
_DOTTED = re.compile(r"\b(?:\w[.\s-]+){1,5}\w\b")


@dataclass(frozen=True)
class Body:
    """A receiver. `by_default` only if it is verified not to share with immigration enforcement."""

    id: str
    name: str
    shares_with_immigration: str
    source: str
    evidence: str
    phone: str | None = None
    phone_evidence: str | None = None

    @property
    def by_default(self) -> bool:
        """May it be offered without a consent of its own that names the risk?"""
        return self.shares_with_immigration == "no" and self.evidence in yamlfile.VERIFIED


def is_enforcement(value: str) -> bool:
    """Does a name, address or number stand for the Department of Homeland Security or a part of it?"""
    text = _folded(value)
    joined = _DOTTED.sub(lambda match: re.sub(r"[.\s-]", "", match.group()), text)
    digits = re.sub(r"\D", "", value)
    return bool(
        _ACRONYMS.search(re.sub(r"[\W_]+", " ", f"{text} {joined}"))
        or _NAMES.search(re.sub(r"[\W_]+", " ", text))
        or any(number in digits for number in _DIGITS)
    )


def load(table: Mapping[str, Mapping[str, Any]]) -> dict[str, Body]:
    """The bodies of a table. Raises TableFault for a fault, and for immigration enforcement under any name."""
    return {body_id: _body(body_id, dict(fields)) for body_id, fields in table.items()}


@cache
def bodies() -> Mapping[str, Body]:
    """The closed list."""
    return load(yamlfile.read("bodies.yml"))


def _body(body_id: str, fields: dict[str, Any]) -> Body:
    for value in (body_id, *(str(fields[key]) for key in ("name", "phone", "email", "url") if key in fields)):
        if is_enforcement(value):
            raise TableFault("bodies.yml: immigration enforcement can never be a receiver")
    try:
        body = Body(id=body_id, **fields)
    except TypeError:
        raise TableFault(f"bodies.yml: {body_id} has missing or unknown fields") from None
    if body.shares_with_immigration not in SHARES or not body.source or body.evidence not in yamlfile.EVIDENCE:
        raise TableFault(f"bodies.yml: {body_id} must say what it shares, with a source and its evidence")
    return body


def _folded(value: str) -> str:
    plain = unicodedata.normalize("NFKD", value).casefold()
    return "".join(character for character in plain if not unicodedata.combining(character))
