"""Which language is this? A detector limited to our languages, after marker words it cannot know."""

import re
from dataclasses import dataclass
from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from translations.catalog import languages

SURE = 0.9
_LETTERS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Heard:
    """The most likely language and whether it is clear enough to act on."""

    lang: str
    sure: bool


@cache
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(languages()))
    return identifier


def detect(text: str) -> Heard | None:
    """The language of a text, or None when it holds no word (digits, emoji, nothing)."""
    words = [word.casefold() for word in _LETTERS.findall(text[:1600])]
    if not words:
        return None
    marked = _by_markers(words)
    if marked is not None:
        return Heard(marked, True)
    lang, share = _identifier().classify(" ".join(words))
    return Heard(str(lang), float(share) >= SURE and len("".join(words)) >= 8)


def _by_markers(words: list[str]) -> str | None:
    """The language whose marker words clearly lead: every marker is a word that the other languages do not have."""
    counts = sorted(
        ((sum(word in marks for word in words), lang) for lang, marks in _marker_sets().items()), reverse=True
    )
    (most, lang), (second, _) = counts[0], counts[1]
    return lang if most >= 1 and most > 2 * second and most * 6 >= len(words) else None


@cache
def _marker_sets() -> dict[str, frozenset[str]]:
    sets = {language.code: frozenset(language.markers.split()) for language in languages().values()}
    shared = {word for lang in sets for other in sets if lang < other for word in sets[lang] & sets[other]}
    return {lang: marks - shared for lang, marks in sets.items()}
