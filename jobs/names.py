"""Names of employers compared: spaces, punctuation and legal suffixes differ between sources and in memory."""

import re

from jobs.text import fold

_LEGAL = frozenset(
    "inc incorporated llc lc co corp corporation company ltd limited lp llp lllp pllc pc plc pa partnership ptn ptnshp "  # noqa: SIM905
    "gp dba the".split()
)
_SPELLED = re.compile(r"\b(?:[a-z] ){1,3}[a-z]\b")
_DBA = re.compile(r"\b(?:d\s?/?\s?b\s?/?\s?a|doing business as|aka|a/k/a)\b[:.]?", re.IGNORECASE)


def legal_key(name: str) -> str:
    """Letters and digits only: `Jones Farms Inc` and `JONES FARMS, INC.` are equal, `Jones Farms LLC` is not."""
    return "".join(_words(name))[:200]


def name_key(name: str) -> str:
    """The legal key without legal suffixes: what a worker remembers."""
    words = _words(name)
    while len(words) > 1 and words[-1] in _LEGAL:
        words.pop()
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    return "".join(words)[:200]


def split_trade_name(name: str) -> tuple[str, str]:
    """ "Smith LLC dba Green Farm" -> ("Smith LLC", "Green Farm")."""
    parts = _DBA.split(name, maxsplit=1)
    return parts[0].strip(" ,("), parts[1].strip(" ,)") if len(parts) > 1 else ""


def _words(name: str) -> list[str]:
    """Folded words without "and"; "L. L. C." is put together."""
    joined = _SPELLED.sub(lambda match: match[0].replace(" ", ""), fold(name.replace("'", "").replace("’", "")))
    return [word for word in joined.split() if word != "and"] or joined.split()
