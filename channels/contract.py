"""What a channel must declare and do. A channel is a folder `channels/<name>/` whose `channel.py` has a `CHANNEL`.

The folder's name is the channel's name and gives its address: `twilio_sms` answers `POST /twilio/sms`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Literal, Protocol, runtime_checkable

from werkzeug.datastructures import MultiDict

from channels.models import OutboxState
from core.config import Settings

type Kind = Literal["text", "media", "location", "empty"]


@dataclass(frozen=True)
class Limits:
    """What the carrier takes: characters in one message, hours after the worker's last one, parts it bills."""

    max_chars: int
    window_hours: int | None
    segmented: bool


@dataclass(frozen=True)
class SignedRequest:
    """A request as the carrier signed it: our public address with the raw path and query, and the parameters."""

    url: str
    form: MultiDict[str, str] = field(repr=False)
    body: str | None = field(repr=False)
    signature: str = field(repr=False)
    signature_settings: str


@dataclass(frozen=True)
class InboundMessage:
    """All that is kept of a webhook. Names, places and profile data are dropped before this exists."""

    channel: str
    provider_id: str = field(repr=False)
    sender: str = field(repr=False)
    our_address: str
    text: str = field(repr=False)
    kind: Kind
    opt_out_type: str | None


@dataclass(frozen=True)
class StatusReport:
    """What a status callback says about one of our messages."""

    outbox_id: int
    provider_id: str = field(repr=False)
    state: OutboxState
    error_code: int | None


@dataclass(frozen=True)
class Outgoing:
    """One message for the carrier, with the address that it shall report to."""

    outbox_id: int
    to: str = field(repr=False)
    our_address: str
    text: str = field(repr=False)
    callback: str


class Carrier(Protocol):
    """The carrier's door for one channel. Every failure is one of `channels.errors`."""

    def send(self, message: Outgoing) -> str:
        """Hand over a message; returns the carrier's id. Raises SendError."""

    def find(self, message: Outgoing, since: datetime) -> list[str]:
        """Ids of messages that look like this one and were made since. Raises SendError."""

    def redact(self, provider_id: str) -> None:
        """Have the carrier forget a text. Raises CarrierBusy while it cannot."""


@runtime_checkable
class Channel(Protocol):
    """The declaration of a channel."""

    @property
    def name(self) -> str:
        """Name of the folder."""

    @property
    def scheme(self) -> str:
        """What stands before a number in the carrier's addresses, for example `whatsapp:`."""

    @property
    def limits(self) -> Limits:
        """Lengths and windows."""

    @property
    def redacted(self) -> frozenset[str]:
        """Parameters that must never reach a log or a table."""

    @property
    def statuses(self) -> Mapping[str, OutboxState]:
        """The carrier's words for the states of an outbound message."""

    @property
    def status_path(self) -> str:
        """Where the carrier reports states."""

    def verify(self, request: SignedRequest, settings: Settings) -> None:
        """Raises Forged unless the carrier signed this request."""

    def parse(self, form: MultiDict[str, str], settings: Settings) -> InboundMessage:
        """Raises Malformed or NotAPerson."""

    def parse_status(self, form: MultiDict[str, str], outbox_id: str | None) -> StatusReport:
        """Raises Malformed."""

    def carrier(self, settings: Settings) -> Carrier:
        """The client to send with."""


def path_of(name: str) -> str:
    """`twilio_sms` -> `/twilio/sms`."""
    return "/" + name.replace("_", "/", 1)


@cache
def channels() -> Mapping[str, Channel]:
    """Every channel by name, found by scanning the folders beside this file."""
    names = sorted(path.parent.name for path in Path(__file__).parent.glob("*/channel.py"))
    found = {name: import_module(f"channels.{name}.channel").CHANNEL for name in names}
    for name, channel in found.items():
        if not isinstance(channel, Channel) or channel.name != name:
            raise TypeError(f"channels/{name}/channel.py does not declare a channel named {name}")
    return found
