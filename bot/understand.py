"""`amparo understand`: JSON lines in, JSON lines out, through the real gate, detector and engine."""

import json
import os
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from bot.client import Engine
from core.config import load
from core.errors import AmparoError
from intents import gate
from translations.catalog import SOURCE
from translations.detect import detect


class BadLine(AmparoError):
    """A line of the input is not a JSON object with a text."""


def answers(lines: Iterable[str], engine: Engine) -> Iterator[dict[str, Any]]:
    """One answer per line `{"text", "lang"?}`: intent, confidence, language, crisis kind or null."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _answer(*_read(number, line), engine)


def _read(number: int, line: str) -> tuple[str, str | None]:
    try:
        given = json.loads(line)
        return str(given["text"]), given.get("lang")
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BadLine(f'line {number}: expected a JSON object such as {{"text": "hola"}}') from None


def _answer(text: str, lang: str | None, engine: Engine) -> dict[str, Any]:
    found, heard = gate.check(text), detect(text)
    parsed = engine.parse(text)
    return {
        "intent": found.opt and f"{found.opt}_messages" if found.opt in ("stop", "start") else parsed.intent,
        "confidence": round(parsed.confidence, 4),
        "lang": lang or (heard.lang if heard else SOURCE),
        "crisis": found.crisis,
    }


def run() -> None:
    """Read standard input, write standard output; the engine is the one of the environment or of a running home."""
    engine = Engine(load(os.environ))
    for answer in answers(sys.stdin, engine):
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
        sys.stdout.flush()
