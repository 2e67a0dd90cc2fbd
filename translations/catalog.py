"""Message catalogs: a folder per language, found by scanning. A key and its arguments become a sentence here only.

`translations/<lang>/messages.po` holds `msgid` = key and `msgstr` = text with `{placeholders}`; the comment
`status: draft` or `status: reviewed by NAME` says who answers for the words.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import polib

from core.errors import AmparoError

ROOT = Path(__file__).parent
SOURCE = "en"
_PLACE = re.compile(r"\{(\w+)\}")


class CatalogError(AmparoError):
    """A language folder is incomplete or damaged; the message names file and key."""


@dataclass(frozen=True)
class Language:
    """What `language.toml` says: `number` is its digit in the language menu, `sms` is "gsm" or "ucs2".

    `markers` are frequent words that give the language away in texts too short or too misspelt for a detector.
    """

    code: str
    name: str
    number: str
    script: str
    sms: str
    markers: str


@cache
def languages() -> dict[str, Language]:
    """Every language that has a folder, in the order of the language menu."""
    found = [_language(path) for path in sorted(ROOT.glob("*/language.toml"))]
    return {language.code: language for language in sorted(found, key=lambda item: int(item.number))}


def _language(path: Path) -> Language:
    try:
        return Language(code=path.parent.name, **tomllib.loads(path.read_text(encoding="utf-8")))
    except (TypeError, tomllib.TOMLDecodeError) as error:
        raise CatalogError(f"translations/{path.parent.name}/language.toml: {error}") from error


@cache
def entries(lang: str) -> dict[str, polib.POEntry]:
    """The catalog of a language by key."""
    path = ROOT / lang / "messages.po"
    try:
        return {entry.msgid: entry for entry in polib.pofile(str(path), encoding="utf-8", check_for_duplicates=True)}
    except (OSError, ValueError) as error:
        raise CatalogError(f"translations/{lang}/messages.po cannot be read: {error}") from error


def status(lang: str, key: str) -> str:
    """`draft` or `reviewed by NAME` of one string."""
    match = re.search(r"status: (.+)", entries(lang)[key].comment)
    return match.group(1).strip() if match else "draft"


def placeholders(text: str) -> set[str]:
    """Names of the `{placeholders}` in a template."""
    return set(_PLACE.findall(text))


def render(lang: str, key: str, args: Mapping[str, Any] | None = None) -> str:
    """The sentence of `key` in `lang`.

    An argument is a string or number, `{"key": ..., "args": ...}` for a nested message, or a list of either (one per
    line). A key that the language lacks falls back to English. Raises CatalogError for an unknown key or argument.
    """
    entry = entries(lang).get(key) or entries(SOURCE).get(key)
    if entry is None:
        raise CatalogError(f"no catalog has the key {key}")
    values = {name: _value(lang, value) for name, value in (args or {}).items()}
    try:
        return _PLACE.sub(lambda match: values[match.group(1)], entry.msgstr)
    except KeyError as error:
        raise CatalogError(f"{key} needs the argument {error}") from error


def _value(lang: str, value: Any) -> str:
    if isinstance(value, Mapping):
        return render(lang, value["key"], value.get("args"))
    if isinstance(value, list | tuple):
        return "\n".join(_value(lang, item) for item in value)
    return str(value)
