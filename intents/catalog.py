"""The typed catalog of intents, and the examples and words of each language found by scanning folders."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from core.errors import AmparoError

HERE = Path(__file__).parent
GROUPS = ("dialogue", "about", "jobs", "reports", "rights")
CRISIS_KINDS = ("collapse", "weapon", "self_harm", "trafficking", "locked_in", "danger_now")
"""Most specific first: the first kind found chooses the reply."""

CONTROL_INTENTS = (
    "show_menu",
    "go_back",
    "repeat",
    "skip",
    "affirm",
    "deny",
    "cancel",
    "change_language",
    "delete_my_data",
    "talk_to_person",
    "resume",
    "wrong_number",
)

type Phrases = tuple[str, ...]


class CatalogError(AmparoError):
    """A catalog, example or word file is missing or malformed."""


@dataclass(frozen=True, slots=True)
class Intent:
    """One thing a worker can mean, and where it ends."""

    name: str
    group: str
    meaning: str
    boundary: str


@dataclass(frozen=True, slots=True)
class Words:
    """The exact words and the crisis patterns of one language."""

    control: Mapping[str, Phrases]
    stop: Phrases
    start: Phrases
    help: Phrases
    crisis: Mapping[str, Phrases]


@cache
def load_catalog() -> dict[str, Intent]:
    """All intents by name, in the order of `catalog.yml`."""
    path = HERE / "catalog.yml"
    content = _read(path)
    if not isinstance(content, list):
        raise CatalogError(f"{path.name}: expected a list of intents")
    catalog = {intent.name: intent for intent in map(_intent, content)}
    if len(catalog) != len(content):
        raise CatalogError(f"{path.name}: an intent is defined twice")
    return catalog


@cache
def languages() -> tuple[str, ...]:
    """The language folders, sorted."""
    return tuple(sorted(f.name for f in HERE.iterdir() if f.is_dir() and f.name.isalpha()))


@cache
def examples(lang: str) -> dict[str, list[str]]:
    """What people say for each intent, in one language."""
    found: dict[str, list[str]] = {}
    for group in GROUPS:
        path = _folder(lang) / f"{group}.yml"
        for name, utterances in _mapping(path).items():
            _expect_group(path, name, group)
            found[name] = list(_phrases(path, name, utterances))
    return found


@cache
def words(lang: str) -> Words:
    """The control, opt and crisis words of one language."""
    path = _folder(lang) / "words.yml"
    content = _mapping(path)
    if set(content) != {"control", "stop", "start", "help", "crisis"}:
        raise CatalogError(f"{_name(path)}: expected exactly control, stop, start, help and crisis")
    return Words(
        control=_table(path, content["control"], CONTROL_INTENTS),
        stop=_phrases(path, "stop", content["stop"]),
        start=_phrases(path, "start", content["start"]),
        help=_phrases(path, "help", content["help"]),
        crisis=_table(path, content["crisis"], CRISIS_KINDS),
    )


def _intent(entry: object) -> Intent:
    if not isinstance(entry, dict) or set(entry) != {"name", "group", "meaning", "boundary"}:
        raise CatalogError(f"catalog.yml: expected name, group, meaning and boundary in {entry!r}")
    intent = Intent(**entry)
    if intent.group not in GROUPS:
        raise CatalogError(f"catalog.yml: {intent.name} is in unknown group {intent.group}")
    return intent


def _expect_group(path: Path, name: str, group: str) -> None:
    intent = load_catalog().get(name)
    if intent is None:
        raise CatalogError(f"{_name(path)}: unknown intent {name}")
    if intent.group != group:
        raise CatalogError(f"{_name(path)}: {name} belongs in {intent.group}.yml")


def _table(path: Path, content: object, allowed: Phrases) -> dict[str, Phrases]:
    if not isinstance(content, dict) or not set(content) <= set(allowed):
        raise CatalogError(f"{_name(path)}: expected a mapping with keys among {', '.join(allowed)}")
    return {key: _phrases(path, key, value) for key, value in content.items()}


def _phrases(path: Path, key: str, content: object) -> Phrases:
    if not isinstance(content, list) or not all(isinstance(item, str) and item.strip() for item in content):
        raise CatalogError(f"{_name(path)}: {key} must be a list of texts (quote words such as 'no' or 'on')")
    return tuple(content)


def _folder(lang: str) -> Path:
    if lang not in languages():
        raise CatalogError(f"no intents in language {lang!r}")
    return HERE / lang


def _mapping(path: Path) -> dict[str, object]:
    content = _read(path)
    if not isinstance(content, dict):
        raise CatalogError(f"{_name(path)}: expected a mapping")
    return content


def _read(path: Path) -> object:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise CatalogError(f"{_name(path)}: {error}") from error


def _name(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"
