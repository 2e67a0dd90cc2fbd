"""The small pattern language of the crisis words (described in `gate.py`) and a matcher for many patterns at once.

Places in a text are bits of an integer, so a pattern costs a few shifts. Keeps nothing of the texts it reads.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from intents.text import normalise, tokens

GAP = 3
EXCLUSION_GAP = 1
TYPO_LENGTH = 6
EDGES = ("^", "$")

type Parts = tuple[str, ...]
type Places = dict[str, int]
"""For each word of a text, the places where it stands."""

type Starts = dict[int, int]
"""For each length in words less one, the places where an alternative of that length begins."""

type Found = dict[int, Starts]
"""What was found of each step."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One line of a word list: what it says when found, and its steps in order (ids of sets of alternatives)."""

    kind: str
    steps: tuple[int, ...]


@dataclass(slots=True)
class Vocabulary:
    """Which steps each word, prefix or phrase belongs to; a phrase hangs on its first two words where it can."""

    steps: dict[str, int] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)
    single: dict[str, list[int]] = field(default_factory=dict)
    phrases: dict[str, list[tuple[Parts, int]]] = field(default_factory=dict)
    prefix: dict[str, list[tuple[str, Parts, int]]] = field(default_factory=dict)
    typos: dict[str, str] = field(default_factory=dict)

    def step(self, text: str) -> int:
        """The id of a step such as `hit*|beat*|pull_a_gun`, learning its words the first time."""
        if text not in self.steps:
            self.steps[text] = len(self.steps)
            for alternative in text.split("|"):
                self._learn(_parts(alternative), self.steps[text])
        return self.steps[text]

    def find(self, words: list[str]) -> Found:
        """Where the alternatives of each step stand in the words."""
        places = _places(words)
        found: Found = {}
        for word, where in places.items():
            for step in self.single.get(word, ()):
                _note(found, step, 0, where)
            for rest, step in self._longer(word):
                if starts := _followed(where, rest, places):
                    _note(found, step, len(rest), starts)
        for pair, where in _places(list(map(_pair, words, words[1:]))).items():
            for rest, step in self.phrases.get(pair, ()):
                if starts := _followed(where, rest, places):
                    _note(found, step, len(rest), starts)
        return found

    def corrected(self, words: list[str]) -> list[str]:
        """The words, with one slip of the finger put right in those that some pattern marks with `~`."""
        return [word if word in self.known or len(word) < TYPO_LENGTH else self._correct(word) for word in words]

    def _correct(self, word: str) -> str:
        if word in self.typos:
            return self.typos[word]
        return next((self.typos[cut] for cut in _cuts(word) if cut in self.typos), word)

    def _longer(self, word: str) -> Iterator[tuple[Parts, int]]:
        """The alternatives that begin with a prefix of the word, or with the word and then a prefix."""
        yield from self.phrases.get(word, ())
        for key in {word[:2], word[:3]}:
            for prefix, rest, step in self.prefix.get(key, ()):
                if word.startswith(prefix):
                    yield rest, step

    def _learn(self, parts: Parts, step: int) -> None:
        first, rest = parts[0].rstrip("~"), tuple(part.rstrip("~") for part in parts[1:])
        if first.endswith("*"):
            self.prefix.setdefault(first[:-1][:3], []).append((first[:-1], rest, step))
            return
        self.known.add(first)
        if not rest:
            self.single.setdefault(first, []).append(step)
        else:
            self.phrases.setdefault(first if rest[0].endswith("*") else _pair(first, rest[0]), []).append((rest, step))
        if parts[0].endswith("~"):
            self.typos.update(dict.fromkeys([first, *_cuts(first)], first))


class Matcher:
    """Finds which kinds of patterns stand in a text; lines that begin with `!` hide their words first."""

    def __init__(self, lines: Iterable[tuple[str, str]]) -> None:
        self._vocabulary = Vocabulary()
        patterns = [(line.startswith("!"), self._pattern(kind, line.removeprefix("!"))) for kind, line in lines]
        self._exclusions = _by_rarest_step([pattern for excludes, pattern in patterns if excludes])
        self._patterns = _by_rarest_step([pattern for excludes, pattern in patterns if not excludes])

    def kinds(self, text: str) -> set[str]:
        """The kinds found in an already normalised text."""
        words = ["^", *self._vocabulary.corrected(tokens(text)), "$"]
        found = self._vocabulary.find(words)
        hidden = 0
        for pattern in _candidates(self._exclusions, found):
            hidden |= _covered(pattern.steps, found)
        visible = _without(hidden, found) if hidden else found
        return {p.kind for p in _candidates(self._patterns, visible) if _ends(p.steps, visible, GAP)[-1]}

    def _pattern(self, kind: str, line: str) -> Pattern:
        if not line.split():
            raise ValueError(f"{kind}: a pattern is empty")
        return Pattern(kind, tuple(self._vocabulary.step(step) for step in line.split()))


def _parts(alternative: str) -> Parts:
    parts: list[str] = []
    for piece in alternative.split("_"):
        mark = piece[-1:] if piece[-1:] in ("*", "~") else ""
        words = [piece] if piece in EDGES else tokens(normalise(piece))
        parts += [*words[:-1], *(word + mark for word in words[-1:])]
    if not parts or any(part.endswith("*") and len(part) < 3 for part in parts):
        raise ValueError(f"an alternative needs words, and a prefix two letters or more: {alternative!r}")
    return tuple(parts)


def _places(words: list[str]) -> Places:
    places: Places = {}
    for at, word in enumerate(words):
        places[word] = places.get(word, 0) | 1 << at
    return places


def _pair(first: str, second: str) -> str:
    return f"{first} {second}"


def _note(found: Found, step: int, length: int, starts: int) -> None:
    by_length = found.get(step)
    if by_length is None:
        found[step] = {length: starts}
    else:
        by_length[length] = by_length.get(length, 0) | starts


def _followed(where: int, rest: Parts, places: Places) -> int:
    """Those of the places that are followed at once by the rest of a phrase."""
    for distance, part in enumerate(rest, start=1):
        where &= _places_of(part, places) >> distance
        if not where:
            break
    return where


def _places_of(part: str, places: Places) -> int:
    if not part.endswith("*"):
        return places.get(part, 0)
    found = 0
    for word, where in places.items():
        if word.startswith(part[:-1]):
            found |= where
    return found


def _cuts(word: str) -> list[str]:
    """The word with one letter left out, keeping the first."""
    return [word[:at] + word[at + 1 :] for at in range(1, len(word))]


def _candidates(anchored: dict[int, list[Pattern]], found: Found) -> Iterator[Pattern]:
    for step in found:
        for pattern in anchored.get(step, ()):
            if all(other in found for other in pattern.steps):
                yield pattern


def _ends(steps: tuple[int, ...], found: Found, gap: int) -> list[int]:
    """For each step, the places where it ends after the steps before it, none more than `gap` words away."""
    ends: list[int] = []
    reach = -1
    for step in steps:
        here = 0
        for length, starts in found[step].items():
            here |= (starts & reach) << length
        ends.append(here)
        reach = _spread(here, gap)
    return ends


def _spread(places: int, gap: int) -> int:
    reach = 0
    for distance in range(1, gap + 2):
        reach |= places << distance
    return reach


def _reached_from(places: int, gap: int) -> int:
    """The ends of a step that can stand before these starts of the next."""
    ends = 0
    for distance in range(1, gap + 2):
        ends |= places >> distance
    return ends


def _covered(steps: tuple[int, ...], found: Found) -> int:
    """The places taken by the words of every occurrence of an exclusion."""
    ends = _ends(steps, found, EXCLUSION_GAP)
    covered, allowed = 0, ends[-1]
    for at in range(len(steps) - 1, -1, -1):
        reach = _spread(ends[at - 1], EXCLUSION_GAP) if at else -1
        before = 0
        for length, starts in found[steps[at]].items():
            used = starts & reach & allowed >> length
            covered |= _stretched(used, length)
            before |= used
        allowed = _reached_from(before, EXCLUSION_GAP)
    return covered


def _stretched(starts: int, length: int) -> int:
    places = starts
    for distance in range(1, length + 1):
        places |= starts << distance
    return places


def _without(hidden: int, found: Found) -> Found:
    """What remains when no alternative may use a hidden place."""
    visible: Found = {}
    for step, by_length in found.items():
        for length, starts in by_length.items():
            blocked = hidden
            for distance in range(1, length + 1):
                blocked |= hidden >> distance
            if left := starts & ~blocked:
                visible.setdefault(step, {})[length] = left
    return visible


def _by_rarest_step(patterns: list[Pattern]) -> dict[int, list[Pattern]]:
    uses: dict[int, int] = {}
    for pattern in patterns:
        for step in pattern.steps:
            uses[step] = uses.get(step, 0) + 1
    anchored: dict[int, list[Pattern]] = {}
    for pattern in patterns:
        anchored.setdefault(min(pattern.steps, key=lambda step: uses[step]), []).append(pattern)
    return anchored
