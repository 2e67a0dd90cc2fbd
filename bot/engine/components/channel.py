"""The one door of the dialogue. Rasa's own REST channel has no token, accepts any text, prints it when something fails
and answers 200 all the same; this one takes a token and `/intent{"turn": n}`, and answers 500 when a turn broke.
"""

import hmac
import os
import re
from typing import Any, Awaitable, Callable, Dict, Optional, Text

from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

_COMMAND = re.compile(r'/[a-z_]+\{"turn": \d+\}')
_CONVERSATION = re.compile(r"c\d+")


class Turns(InputChannel):
    """POST /webhooks/turn/webhook with `sender` and `message`."""

    def __init__(self, token: Text) -> None:
        self._token = token

    @classmethod
    def name(cls) -> Text:
        return "turn"

    @classmethod
    def from_credentials(cls, credentials: Optional[Dict[Text, Any]]) -> InputChannel:
        return cls(os.environ["AMPARO_ENGINE_TOKEN"])

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The Sanic blueprint of the channel."""
        door = Blueprint("amparo_turns")

        @door.post("/webhook")
        async def receive(request: Request) -> HTTPResponse:
            if not hmac.compare_digest(str(request.args.get("token", "")).encode(), self._token.encode()):
                return response.json({"error": "token"}, status=401)
            body = request.json
            if not _well_formed(body):
                return response.json({"error": "message"}, status=400)
            return await _answer(on_new_message, body["sender"], body["message"])

        return door


def _well_formed(body: Any) -> bool:
    if not isinstance(body, dict):
        return False
    sender, message = body.get("sender"), body.get("message")
    strings = isinstance(sender, str) and isinstance(message, str)
    return strings and bool(_CONVERSATION.fullmatch(sender) and _COMMAND.fullmatch(message))


async def _answer(on_new_message: Callable[[UserMessage], Awaitable[Any]], sender: Text, message: Text) -> HTTPResponse:
    collector = CollectingOutputChannel()
    try:
        await on_new_message(UserMessage(message, collector, sender, input_channel=Turns.name()))
    except Exception as error:
        return response.json({"error": type(error).__name__}, status=500)
    return response.json(collector.messages)
