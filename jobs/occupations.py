"""The lexicon of occupations: what workers say in four languages, what job orders call it (`occupations.yml`)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path

from rapidfuzz import fuzz, process

from jobs import wordlists
from jobs.text import fold, sound

LANGUAGES = ("en", "es", "ht", "tl")
_FILE = Path(__file__).with_name("occupations.yml")
_LONGEST = 5
_MISSPELT = 84  # rapidfuzz ratio from which a word counts as a misspelling
_SHORTEST = 5  # letters below which a misspelling is not guessed


@dataclass(frozen=True)
class Concept:
    """One occupation. `parent` is the wider one that stands in when nothing fits."""

    code: str
    parent: str | None
    titles: tuple[str, ...]
    soc: tuple[str, ...]
    texts: tuple[str, ...]
    words: dict[str, tuple[str, ...]]


@cache
def concepts() -> dict[str, Concept]:
    """Every concept by its code."""
    loaded = wordlists.load(_FILE)
    return {code: _concept(code, entry) for code, entry in loaded.items()}


def _concept(code: str, entry: dict[str, list[str]]) -> Concept:
    words = {lang: tuple(entry.get(lang, ())) for lang in LANGUAGES}
    parent = str(entry["parent"]) if "parent" in entry else None
    titles, soc, texts = (tuple(entry.get(part, ())) for part in ("titles", "soc", "texts"))
    return Concept(code, parent, titles, soc, texts, words)


@cache
def version() -> str:
    """Changes when the lexicon does, so that orders are classified again."""
    return sha256(_FILE.read_bytes()).hexdigest()[:8]


def with_parents(codes: Iterable[str]) -> set[str]:
    """The concepts and all that stand above them."""
    found: set[str] = set()
    for code in codes:
        current: str | None = code
        while current is not None and current not in found:
            found.add(current)
            current = concepts()[current].parent
    return found


def widened(codes: tuple[str, ...]) -> tuple[str, ...]:
    """The parents of these concepts, themselves where they have none; empty when that changes nothing."""
    parents = tuple(dict.fromkeys(concepts()[code].parent or code for code in codes))
    return parents if set(parents) != set(codes) else ()


def narrowest(codes: Iterable[str]) -> tuple[str, ...]:
    """Without those that stand above another one: "orange picking" means oranges."""
    unique = list(dict.fromkeys(codes))
    above = {parent for code in unique for parent in with_parents((code,)) - {code}}
    return tuple(code for code in unique if code not in above)


@lru_cache(maxsize=20_000)
def of_title(title: str, soc: str = "") -> frozenset[str]:
    """The concepts that a job title and its SOC code stand for, without parents."""
    by_soc = {c.code for c in concepts().values() if soc[:7] in c.soc} if soc else set()
    return frozenset(_matches(fold(title), _phrases("titles")) | by_soc)


def of_text(text: str) -> frozenset[str]:
    """The crops that the free text of an order names."""
    return frozenset(_matches(fold(text), _phrases("texts")))


def _matches(folded: str, phrases: dict[str, tuple[str, ...]]) -> set[str]:
    words = [singular(word) for word in folded.split()]
    return {code for gram in _grams(words) for code in phrases.get(gram, ())}


def _grams(words: list[str]) -> Iterator[str]:
    for start in range(len(words)):
        for end in range(start + 1, min(start + _LONGEST, len(words)) + 1):
            yield " ".join(words[start:end])


@cache
def _phrases(part: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for concept in concepts().values():
        for phrase in getattr(concept, part):
            found[_singulars(phrase)].append(concept.code)
    return {phrase: tuple(codes) for phrase, codes in found.items()}


def singular(word: str) -> str:
    """A folded word without its plural ending; the same rule on both sides, so it need not be good grammar."""
    if len(word) <= 3 or word.endswith("ss"):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-2] if word.endswith("oes") else word.removesuffix("s")


def _singulars(phrase: str) -> str:
    return " ".join(singular(word) for word in fold(phrase).split())


@cache
def spoken(lang: str) -> dict[str, tuple[str, ...]]:
    """Folded phrase that a worker may say -> concepts, in one language."""
    found: dict[str, list[str]] = defaultdict(list)
    for concept in concepts().values():
        for phrase in concept.words.get(lang, ()):
            found[_singulars(phrase)].append(concept.code)
    return {phrase: tuple(dict.fromkeys(codes)) for phrase, codes in found.items()}


@cache
def _sounding(lang: str) -> dict[str, tuple[str, ...]]:
    return {" ".join(sound(word) for word in phrase.split()): codes for phrase, codes in spoken(lang).items()}


def exactly(words: list[str], lang: str) -> tuple[str, ...]:
    """Concepts of a run of folded words as spelled."""
    return spoken(lang).get(" ".join(singular(word) for word in words), ())


def by_sound(words: list[str], lang: str) -> tuple[str, ...]:
    """Concepts of a run of folded words that sounds like one of ours."""
    if sum(map(len, words)) < _SHORTEST:
        return ()
    return _sounding(lang).get(" ".join(sound(singular(word)) for word in words), ())


def misspelt(word: str, lang: str) -> tuple[str, ...]:
    """Concepts of the one word that this looks like a misspelling of."""
    if len(word) < _SHORTEST:
        return ()
    candidates = _single_words(lang)
    best = process.extractOne(sound(singular(word)), candidates, scorer=fuzz.ratio, score_cutoff=_MISSPELT)
    return _sounding(lang)[best[0]] if best else ()


@cache
def _single_words(lang: str) -> tuple[str, ...]:
    return tuple(key for key in _sounding(lang) if " " not in key and len(key) >= _SHORTEST - 1)
