"""The gate: opt-out, crisis, exact control words and digits, by plain rules over every language at once. No model.

Stop, start, help and control words count only as the whole message, after `text.normalise`.

The pattern language of `crisis:` in `words.yml`, one pattern per line, compared after `text.normalise`:

- `not let me leave`: these words in this order, with at most three other words between two neighbours;
- `a|b`: either word. No spaces around the bar;
- `kill*`: any word that begins so (two letters or more);
- `going_to_kill`: these words side by side, also as an alternative: `cannot|can_not`;
- `suicide~`: this word with one slip of the finger, for words of six letters or more, first letter kept;
- `^` and `$`: the beginning and the end of the message, as in `^_help_me_$`;
- a line that begins with `!` (quote it in YAML) is an exclusion: its words, with at most one other word between two
  neighbours, are hidden from all patterns of all languages: `"!nail|spray gun"`.

In scripts without spaces every character counts as a word. An apostrophe counts as a space, except in `n't`.
Drawn-out letters are tried both double and single, so "heeeelp" is help.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Literal

from intents.catalog import CRISIS_KINDS, languages, words
from intents.patterns import Matcher
from intents.text import LIMIT, normalise, spellings

type Opt = Literal["stop", "start", "help"]

_DIGITS = re.compile(r"\W*(\d{1,2})\W*", re.DOTALL)
_NOT_A_CHOICE = frozenset({"Sc", "Sm"})


@dataclass(frozen=True, slots=True)
class GateResult:
    """What must be obeyed before anything thinks about the message."""

    opt: Opt | None = None
    crisis: str | None = None


def check(text: str) -> GateResult:
    """Opt-out and crisis of one message, whatever language the conversation is in."""
    ways = spellings(text)
    opt = next((_opt_words()[way] for way in ways if way in _opt_words()), None)
    found = {kind for way in ways for kind in _matcher().kinds(way)}
    return GateResult(opt, next((kind for kind in CRISIS_KINDS if kind in found), None))


def control(text: str, lang: str | None = None) -> str | None:
    """The control intent of an exact whole message; where languages disagree, the one of `lang` or none."""
    meanings = next((_control_words()[way] for way in spellings(text) if way in _control_words()), {})
    if lang in meanings:
        return meanings[lang]
    return next(iter(meanings.values())) if len(set(meanings.values())) == 1 else None


def digit(text: str) -> str | None:
    """A one- or two-digit answer in any decimal script, as ASCII digits."""
    plain = unicodedata.normalize("NFKC", text[:LIMIT])
    found = _DIGITS.fullmatch(plain)
    if not found or any(unicodedata.category(char) in _NOT_A_CHOICE for char in plain):
        return None
    return "".join(str(unicodedata.decimal(char)) for char in found.group(1))


def load() -> None:
    """Compile every language now, so that a broken word list stops the process and not a message."""
    _opt_words()
    _control_words()
    _matcher()


@cache
def _matcher() -> Matcher:
    tables = (words(lang).crisis for lang in languages())
    return Matcher((kind, line) for table in tables for kind, lines in table.items() for line in lines)


@cache
def _opt_words() -> dict[str, Opt]:
    table: dict[str, Opt] = {}
    for word_list in map(words, languages()):
        _enter(table, "help", word_list.help)
        _enter(table, "start", word_list.start)
        _enter(table, "stop", word_list.stop)
    return table


@cache
def _control_words() -> dict[str, dict[str, str]]:
    table: dict[str, dict[str, str]] = {}
    for lang in languages():
        for intent, phrases in words(lang).control.items():
            for phrase in phrases:
                table.setdefault(normalise(phrase), {})[lang] = intent
    return table


def _enter(table: dict[str, Opt], opt: Opt, phrases: Iterable[str]) -> None:
    table.update({normalise(phrase): opt for phrase in phrases})
