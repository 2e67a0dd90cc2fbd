"""The engine's door: the only place that talks to Rasa.

A worker's text goes to `/model/parse` alone, where nothing is kept; the dialogue gets one line of ids. Rasa obeys text
that begins with a slash as a command and prints it when it cannot, so leading slashes and white space never leave here.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from core.config import Settings
from core.errors import AmparoError, Unavailable

LONGEST_TEXT = 600
"""Characters that are parsed; what a message is about stands near its beginning, and time grows with length."""

_PARSE_SECONDS = 5.0
_TURN_SECONDS = 10.0
_NOT_READY = (409, 503)
_COMMAND = re.compile(r'/[a-z_]+\{"turn": \d+\}')


class EngineAway(Unavailable):
    """The engine could not be reached, so it has done nothing: the turn may wait and no attempt is counted."""


class EngineFailed(AmparoError):
    """The engine was reached and did not answer well: it may have done something."""


class EngineBroke(EngineFailed):
    """The connection broke before the answer came: the engine died, or it may still be at it."""


class EngineSilent(EngineBroke):
    """No answer came in time: the engine hangs, or this text is too much for it."""


@dataclass(frozen=True)
class Parsed:
    """What a text means. `intent` is None when nothing can be said; confidences are probabilities."""

    intent: str | None
    confidence: float = 0.0
    second: str | None = None


class Engine:
    """Calls to one engine. Thread-safe; retries nothing."""

    def __init__(self, settings: Settings, transport: httpx.BaseTransport | None = None) -> None:
        self._token = settings.engine_token
        self._http = httpx.Client(base_url=settings.engine_url, trust_env=False, transport=transport)

    def parse(self, text: str) -> Parsed:
        """The intent of a worker's text. Raises EngineAway or EngineFailed."""
        plain = harmless(text)
        if not plain:
            return Parsed(None)
        answer = self._post("/model/parse", {"text": plain}, _PARSE_SECONDS)
        return _parsed(answer)

    def turn(self, conversation: str, intent: str, turn_id: int) -> list[str]:
        """Let the dialogue decide one turn; the texts it utters: message keys and `#<ordinal>`."""
        message = command(intent, turn_id)
        answer = self._post("/webhooks/turn/webhook", {"sender": conversation, "message": message}, _TURN_SECONDS)
        if not isinstance(answer, list):
            raise EngineFailed("the engine answered a turn with something else than a list")
        return [entry["text"] for entry in answer if isinstance(entry, dict) and isinstance(entry.get("text"), str)]

    def healthy(self) -> bool:
        """Is the engine up, with a model loaded?"""
        try:
            return self._http.get("/status", params={"token": self._token}, timeout=2.0).status_code == 200
        except httpx.HTTPError:
            return False

    def close(self) -> None:
        """Give back the connections."""
        self._http.close()

    def _post(self, path: str, body: Mapping[str, Any], seconds: float) -> Any:
        timeout = httpx.Timeout(seconds, connect=2.0)
        try:
            response = self._http.post(path, params={"token": self._token}, json=body, timeout=timeout)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            raise EngineAway("the engine cannot be reached") from None
        except httpx.TimeoutException:
            raise EngineSilent("the engine did not answer in time") from None
        except httpx.HTTPError as error:
            raise EngineBroke(f"the engine broke off: {type(error).__name__}") from None
        return _body(response)


def harmless(text: str) -> str:
    """The text without anything in front that Rasa could take for a command, and without what breaks JSON or C."""
    clean = text.encode("utf-8", "ignore").decode().replace("\0", " ")
    start = next((at for at, letter in enumerate(clean) if not _commanding(letter)), len(clean))
    return clean[start : start + LONGEST_TEXT].rstrip()


def command(intent: str, turn_id: int) -> str:
    """The one line the dialogue gets. Raises ValueError for anything but an intent name and a number."""
    line = f'/{intent}{{"turn": {turn_id:d}}}'
    if not _COMMAND.fullmatch(line):
        raise ValueError("only an intent name and a turn id may go to the dialogue")
    return line


def _commanding(letter: str) -> bool:
    return letter == "/" or letter.isspace() or unicodedata.category(letter)[0] in "CZ"


def _body(response: httpx.Response) -> Any:
    if response.status_code in _NOT_READY:
        raise EngineAway("the engine is not ready yet")
    if response.status_code != 200:
        raise EngineFailed(f"the engine answered {response.status_code}")
    try:
        return response.json()
    except ValueError:
        raise EngineFailed("the engine did not answer in JSON") from None


def _parsed(answer: Any) -> Parsed:
    if not isinstance(answer, dict):
        raise EngineFailed("the engine answered a parse with something else than an object")
    ranking = answer.get("intent_ranking") or []
    best = answer.get("intent") or {}
    if not best.get("name") or not ranking:
        return Parsed(None)
    second = ranking[1]["name"] if len(ranking) > 1 else None
    return Parsed(best["name"], float(best["confidence"]), second)
