"""What comes in, strictly: JSON objects, base64 without slack, days, ids. Anything else is refused, never guessed."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask import request

from core.errors import AmparoError

LONGEST_BOX = 12_288
"""Letters of base64: the largest bucket with its envelope fits."""
_LARGEST = 2**31 - 1

type Body = Mapping[str, Any]


class BadInput(AmparoError):
    """The page sent something that does not have the agreed form."""


def body() -> Body:
    """The JSON object of the request. Raises BadInput."""
    return an_object(request.get_json(silent=True))


def an_object(value: object) -> Body:
    """A JSON object. Raises BadInput."""
    if not isinstance(value, dict):
        raise BadInput("a JSON object is expected")
    return value


def a_list(given: Body, name: str, most: int) -> Sequence[Body]:
    """A list of at most so many objects. Raises BadInput."""
    value = given.get(name)
    if not isinstance(value, list) or len(value) > most:
        raise BadInput(f"{name} must be a list of at most {most}")
    return [an_object(one) for one in value]


def number(given: Body, name: str) -> int:
    """A number from 0. Raises BadInput."""
    value = given.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _LARGEST:
        raise BadInput(f"{name} must be a number")
    return value


def flag(given: Body, name: str) -> bool:
    """True or false. Raises BadInput."""
    value = given.get(name)
    if not isinstance(value, bool):
        raise BadInput(f"{name} must be true or false")
    return value


def word(given: Body, name: str, longest: int = 40) -> str:
    """A short string. Raises BadInput."""
    value = given.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= longest:
        raise BadInput(f"{name} must be a text of at most {longest} letters")
    return value


def codes(given: Body, name: str) -> dict[str, str]:
    """Codes by name; whoever uses them checks them. Raises BadInput."""
    found = an_object(given.get(name))
    if len(found) > 40 or not all(isinstance(value, str) and len(value) <= 20 for value in found.values()):
        raise BadInput(f"{name} must be codes by name")
    return dict(found)


def box(given: Body, name: str = "box") -> bytes:
    """Bytes in strict base64. Raises BadInput."""
    value = given.get(name)
    if not isinstance(value, str) or len(value) > LONGEST_BOX:
        raise BadInput(f"{name} must be base64 of at most {LONGEST_BOX} letters")
    try:
        return base64.b64decode(value.encode("ascii"), validate=True)
    except (binascii.Error, ValueError):
        raise BadInput(f"{name} must be base64") from None


def boxes(given: Body, name: str, most: int = 200) -> dict[str, bytes]:
    """Bytes by name, such as wraps by reader. Raises BadInput."""
    found = an_object(given.get(name))
    if len(found) > most:
        raise BadInput(f"{name} must have at most {most} entries")
    return {key: box(found, key) for key in found}


def day(given: Body, name: str) -> date | None:
    """A day as YYYY-MM-DD, or null. Raises BadInput."""
    value = given.get(name)
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise BadInput(f"{name} must be a day such as 2026-11-30, or null") from None


def an_id(given: Body, name: str) -> UUID:
    """A UUID. Raises BadInput."""
    try:
        return UUID(given.get(name))
    except (TypeError, ValueError, AttributeError):
        raise BadInput(f"{name} must be a UUID") from None
