"""Twilio's REST interface: one base address, one short time-out, every failure one of `channels.errors`."""

import logging
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from twilio.base.exceptions import TwilioException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError

from channels.contract import Outgoing
from channels.errors import (
    CarrierBusy,
    CarrierFailed,
    NotAuthorised,
    NotConnected,
    OutcomeUnknown,
    OutsideWindow,
    Rejected,
    SendError,
    Throttled,
    Unsubscribed,
)
from channels.twilio.signature import tokens
from core.config import TWILIO_API, Settings

TIMEOUT = 10.0
LOOK_BACK = 50
LOOPBACK = ("127.0.0.1", "::1", "localhost")
_BY_CODE: dict[int, type[SendError]] = {
    21610: Unsubscribed,
    63016: OutsideWindow,
    20429: Throttled,
    21611: Throttled,
    63017: Throttled,
    63018: Throttled,
    20003: NotAuthorised,
}


class OneBaseHttpClient(TwilioHttpClient):  # type: ignore[misc]
    """Sends what is meant for Twilio's API to one base address, refuses anything else, keeps no copy of a request."""

    def __init__(self, base: str) -> None:
        super().__init__(timeout=TIMEOUT)
        self.base = base
        if self.session and urlsplit(base).hostname in LOOPBACK:
            self.session.trust_env = False

    def request(self, method: str, url: str, *args: Any, **options: Any) -> Response:
        """Rewrite the address, then send."""
        if not url.startswith(f"{TWILIO_API}/"):
            raise NotConnected
        try:
            return super().request(method, self.base + url.removeprefix(TWILIO_API), *args, **options)
        finally:
            self._test_only_last_request = self._test_only_last_response = None


def make_client(settings: Settings) -> Client:
    """A client with the API key where there is one, else the account's token. Its logs would hold numbers: off."""
    for name in ("twilio", "twilio.http_client", "urllib3"):
        logging.getLogger(name).setLevel(logging.WARNING)
    user = settings.api_key or settings.account_sid
    secret = settings.api_secret or next(iter(tokens(settings.auth_token)), "")
    return Client(user, secret, settings.account_sid, http_client=OneBaseHttpClient(settings.twilio_api))


class TwilioCarrier:
    """Sends, finds and redacts messages of one channel; implements `channels.contract.Carrier`."""

    def __init__(self, settings: Settings, scheme: str) -> None:
        self._client = make_client(settings)
        self._scheme = scheme

    def send(self, message: Outgoing) -> str:
        """Hand over a message; returns its SID. Not idempotent: the caller must know what it did before."""
        created = self._call(
            self._client.messages.create,
            to=self._scheme + message.to,
            from_=self._scheme + message.our_address,
            body=message.text,
            status_callback=message.callback,
        )
        if not created.sid:
            raise OutcomeUnknown
        return str(created.sid)

    def find(self, message: Outgoing, since: datetime) -> list[str]:
        """SIDs of messages made since with the same ends and text, oldest first. Twilio's own filter by date would
        hide those that still wait in its queue; a trial account puts a sentence before the text.
        """
        listed = self._call(
            self._client.messages.list,
            to=self._scheme + message.to,
            from_=self._scheme + message.our_address,
            limit=LOOK_BACK,
        )
        mine = [m for m in listed if (m.body or "").endswith(message.text) and m.date_created >= since]
        return [str(m.sid) for m in sorted(mine, key=lambda m: m.date_created)]

    def redact(self, provider_id: str) -> None:
        """Empty the text at Twilio; a message that is gone there is redacted too."""
        try:
            self._call(self._client.messages(provider_id).update, body="")
        except Rejected as error:
            if error.code != 20404:
                raise CarrierBusy("the message is still on its way") from None
        except SendError:
            raise CarrierBusy("the carrier cannot be asked now") from None

    def _call(self, method: Any, **arguments: Any) -> Any:
        """Call Twilio. The original exceptions hold addresses and texts, so none of them is chained."""
        try:
            return method(**arguments)
        except SendError:
            raise
        except TwilioException as error:
            raise _answered(error) from None
        except requests.RequestException as error:
            raise (NotConnected() if _never_connected(error) else OutcomeUnknown()) from None
        except (ValueError, KeyError, TypeError, AttributeError):
            raise OutcomeUnknown from None  # an answer that is no answer: perhaps it was sent


def _answered(error: TwilioException) -> SendError:
    """Twilio's answer as one of ours; a failure without an HTTP status is an unknown outcome."""
    status, code = getattr(error, "status", None), getattr(error, "code", None)
    if not isinstance(status, int) or status < 400:
        return OutcomeUnknown()
    code = code if isinstance(code, int) else status
    if code in _BY_CODE:
        return _BY_CODE[code](code)
    if status == 429:
        return Throttled(code)
    if status in (401, 403):
        return NotAuthorised(code)
    return CarrierFailed(status) if status >= 500 else Rejected(code)


def _never_connected(error: requests.RequestException) -> bool:
    """True only when no byte can have reached the carrier."""
    if isinstance(error, requests.ConnectTimeout):
        return True
    cause = error.args[0] if error.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, (NewConnectionError, ConnectTimeoutError))
