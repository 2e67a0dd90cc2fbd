"""What a worker's search words mean: occupation, place, month, visa. Plain rules; misspelling is expected."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz, process

from jobs import occupations, places, wordlists
from jobs.places import Place
from jobs.text import clean, fold, sound

LONGEST_SEARCH = 400
_FILE = Path(__file__).with_name("query_words.yml")
_VISA = re.compile(r"\bh\W?2\W?([ab])\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
# State codes that are also words; in lower case they are not read as a state.
_ALSO_WORDS = frozenset(
    "al ar co de hi id il in la ma me mi mo ms mt ne oh ok or pa pr va vi".split()  # noqa: SIM905
)
_MISSPELT_STATE = 82


@dataclass(frozen=True)
class JobQuery:
    """A search, understood. `leftover` are the words that meant nothing to us, kept for a text search."""

    occupations: tuple[str, ...] = ()
    place: Place | None = None
    month: date | None = None  # first day of the wanted month
    visa: str | None = None  # "H-2A" or "H-2B"
    leftover: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Nothing in the words could be used."""
        return not (self.occupations or self.place or self.month or self.visa or self.leftover)


@dataclass
class _Words:
    """The words of a search, folded, each used at most once."""

    folded: list[str]
    raw: list[str]
    used: list[bool] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.used = [False] * len(self.folded)

    def runs(self, longest: int) -> Iterator[tuple[int, list[str]]]:
        """Unused runs of words, longest first."""
        for size in range(min(longest, len(self.folded)), 0, -1):
            for start in range(len(self.folded) - size + 1):
                if not any(self.used[start : start + size]):
                    yield start, self.folded[start : start + size]

    def use(self, start: int, size: int) -> None:
        """Mark a run as understood."""
        self.used[start : start + size] = [True] * size

    def before(self, start: int) -> str:
        """The two words before a position."""
        return " ".join(self.folded[max(0, start - 2) : start])

    def follows(self, start: int, openers: list[str]) -> bool:
        """Does one of these words or pairs stand right before the position?"""
        before = self.before(start)
        return any(before == opener or before.endswith(f" {opener}") for opener in openers)


def understand(words: str, lang: str, today: date) -> JobQuery:
    """Read free words in one of our languages, the worker's own first. Never raises."""
    text = clean(words)[:LONGEST_SEARCH]
    visa = _VISA.search(text)
    tokens = _tokens(_VISA.sub(" ", text))
    _skip_abroad(tokens)
    month = _month(tokens, lang, today)
    place = _place(tokens, lang)
    found = _occupations(tokens, lang)
    place = place or _city(tokens, lang) or _misspelt_state(tokens, lang)
    return JobQuery(
        occupations=occupations.narrowest(found or _misspelt_occupations(tokens, lang)),
        place=place,
        month=month,
        visa=f"H-2{visa.group(1).upper()}" if visa else None,
        leftover=_leftover(tokens),
    )


def without_question(words: str) -> str:
    """The name in "is Jones Farms real?": words of asking are taken off both ends."""
    left = words.replace("?", " ").replace("¿", " ").split()
    asking = frozenset(_lists()["about_employer"])
    while left and fold(left[0]) in asking:
        left.pop(0)
    while left and fold(left[-1]) in asking:
        left.pop()
    return " ".join(left)


@cache
def _lists() -> dict[str, Any]:
    return wordlists.load(_FILE)


def _languages(lang: str) -> list[str]:
    """The worker's language, then English, then the others: people mix."""
    own = [lang] if lang in occupations.LANGUAGES else []
    return list(dict.fromkeys([*own, "en", *occupations.LANGUAGES]))


def _tokens(text: str) -> _Words:
    raw = [word for word in _WORD.findall(text) if fold(word)]
    return _Words([fold(word).replace(" ", "") for word in raw], raw)


def _skip_abroad(tokens: _Words) -> None:
    """Take out countries: "soy de Mexico" is no wish to work in Mexico, Missouri. New Mexico stays."""
    for start, run in list(tokens.runs(3)):
        new = tokens.before(start).split()[-1:]
        if " ".join(run) in _lists()["abroad"] and new not in (["new"], ["nuevo"], ["nouvo"], ["nyu"]):
            tokens.use(start, len(run))


def _month(tokens: _Words, lang: str, today: date) -> date | None:
    for language in _languages(lang):
        lists = _lists()[language]
        for start, run in tokens.runs(5):
            number = _month_number(" ".join(run), lists, tokens.follows(start, lists["month_before"]), today)
            if number is not None:
                tokens.use(start, len(run))
                return date(today.year + (number < today.month), number, 1)
    return None


def _month_number(phrase: str, lists: dict[str, list[str]], introduced: bool, today: date) -> int | None:
    if phrase in lists["now"]:
        return today.month
    if phrase in lists["next_month"]:
        return today.month % 12 + 1
    if phrase in lists["weak_months"] and not introduced:
        return None
    return next((number for number, names in enumerate(lists["months"], 1) if phrase in names.split()), None)


def _place(tokens: _Words, lang: str) -> Place | None:
    """A ZIP code, a city with its state, or a state; the surest reading first."""
    return _zip(tokens) or _state(tokens)


def _zip(tokens: _Words) -> Place | None:
    for start, (word,) in list(tokens.runs(1)):
        place = places.find_zip(word) if len(word) == 5 else None
        if place is not None:
            tokens.use(start, 1)
            return place
    return None


def _state(tokens: _Words) -> Place | None:
    for start, run in list(tokens.runs(4)):
        code = _as_state(tokens, start, run)
        if code is not None:
            city = _city_before(tokens, start, code)
            tokens.use(start, len(run))
            return city or Place(places.state_name(code), code)
    return None


def _as_state(tokens: _Words, start: int, run: list[str]) -> str | None:
    named = places.state_names().get(" ".join(run))
    if named is not None:
        return named
    raw = tokens.raw[start]
    code = places.state_code(raw) if len(run) == 1 and len(raw) == 2 else None
    if code is None:
        return None
    shouted = raw.isupper() and not all(word.isupper() for word in tokens.raw)
    after_city = start > 0 and bool(places.find_city(tokens.folded[start - 1], code))
    return code if shouted or after_city or run[0] not in _ALSO_WORDS else None


def _city_before(tokens: _Words, start: int, code: str) -> Place | None:
    """The city right before its state: "Plant City, Florida"."""
    for size in (3, 2, 1):
        first = start - size
        if first < 0 or any(tokens.used[first:start]):
            continue
        city = places.find_city(" ".join(tokens.folded[first:start]), code)
        if city is not None and not _is_common(tokens.folded[first:start]):
            tokens.use(first, size)
            return _as_place(city)
    return None


def _is_common(run: list[str]) -> bool:
    """A single word that any of our languages uses in a search: "Job, West Virginia" is hardly meant."""
    return len(run) == 1 and (run[0] in _stop_words() or _concepts_of(run, "en", occupations.exactly) != ())


@cache
def _stop_words() -> frozenset[str]:
    return frozenset(word for lang in occupations.LANGUAGES for word in _lists()[lang]["stop"])


def _city(tokens: _Words, lang: str) -> Place | None:
    """A city without its state: after a word such as "in", or alone and large enough to be meant."""
    openers = [opener for language in _languages(lang)[:2] for opener in _lists()[language]["place_before"]]
    for start, run in list(tokens.runs(3)):
        city = places.find_city(" ".join(run))
        if city is None or _is_common(run) or len(run[0]) < 3:
            continue
        if tokens.follows(start, openers) or city.zips >= 5:
            tokens.use(start, len(run))
            return _as_place(city)
    return None


def _as_place(city: places.City) -> Place:
    return Place(city.name, city.state, *city.point)


def _misspelt_state(tokens: _Words, lang: str) -> Place | None:
    """A word after "in" that sounds or looks like a state."""
    names = {sound(name): code for name, code in places.state_names().items() if len(name) > 3}
    for start, run in list(tokens.runs(2)):
        phrase = " ".join(run)
        if len(phrase) < 5 or any(word in _stop_words() for word in run):
            continue
        best = process.extractOne(sound(phrase), names.keys(), scorer=fuzz.ratio, score_cutoff=_MISSPELT_STATE)
        if best:
            tokens.use(start, len(run))
            return Place(places.state_name(names[best[0]]), names[best[0]])
    return None


type _Lookup = Callable[[list[str], str], tuple[str, ...]]


def _concepts_of(run: list[str], lang: str, look_up: _Lookup) -> tuple[str, ...]:
    return next((found for language in _languages(lang) if (found := look_up(run, language))), ())


def _occupations(tokens: _Words, lang: str) -> list[str]:
    """Concepts named as spelled, then as they sound; the worker's language before the others."""
    found: list[str] = []
    for languages in (_languages(lang)[:2], _languages(lang)[2:]):
        for look_up in (occupations.exactly, occupations.by_sound):
            found += _collect(tokens, languages, look_up)
        if found:
            break
    return found


def _collect(tokens: _Words, languages: list[str], look_up: _Lookup) -> list[str]:
    found: list[str] = []
    for language in languages:
        for start, run in list(tokens.runs(4)):
            if any(tokens.used[start : start + len(run)]) or _only_stop_words(run):
                continue
            concepts = look_up(run, language)
            if concepts:
                tokens.use(start, len(run))
                found += concepts
    return found


def _only_stop_words(run: list[str]) -> bool:
    return all(word in _stop_words() for word in run)


def _misspelt_occupations(tokens: _Words, lang: str) -> list[str]:
    found: list[str] = []
    for start, (word,) in list(tokens.runs(1)):
        if word in _stop_words():
            continue
        concepts = next((c for language in _languages(lang) if (c := occupations.misspelt(word, language))), ())
        if concepts:
            tokens.use(start, 1)
            found += concepts
    return found


def _leftover(tokens: _Words) -> tuple[str, ...]:
    left = (word for word, used in zip(tokens.folded, tokens.used, strict=True) if not used)
    return tuple(word for word in left if len(word) > 2 and word not in _stop_words())
