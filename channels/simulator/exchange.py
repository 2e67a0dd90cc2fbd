"""What the local carrier knows: messages, telephones, who unsubscribed, and which faults a test ordered."""

import secrets
import threading
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from channels.segments import segments
from core.clock import now

FINAL = ("received", "delivered", "read", "undelivered", "failed")
STOP_WORDS = ("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT")
START_WORDS = ("START", "YES", "UNSTOP")
WINDOW = timedelta(hours=24)


@dataclass(frozen=True)
class CarrierConfig:
    """Account, numbers and addresses. `gateway_url` is where webhooks go, `public_url` is what is signed.

    `handles_stop`: answer STOP like an account with Advanced Opt-Out; without it opt-out is the hotline's own task.
    """

    account_sid: str
    auth_token: str
    public_url: str
    gateway_url: str
    numbers: Mapping[str, str]
    api_key: tuple[str, str] | None = None
    handles_stop: bool = False
    retries: int = 5
    first_retry: float = 0.25
    step: float = 0.02

    def __repr__(self) -> str:
        return f"CarrierConfig(numbers={dict(self.numbers)})"


@dataclass
class CarrierMessage:
    """One message as the carrier keeps it; `n` counts what one telephone received.

    `text` is what the telephone shows: it stays there when the carrier forgets `body`. `answer` is what the gateway
    said to an inbound message. `version` grows with every change, so that a screen asks only for what is new.
    """

    to: str
    sender: str
    body: str
    direction: str
    status: str
    callback: str | None = None
    error_code: int | None = None
    sid: str = field(default_factory=lambda: "SM" + secrets.token_hex(16))
    created: datetime = field(default_factory=now)
    sent: datetime | None = None
    n: int = 0
    text: str = ""
    segments: int = 1
    answer: int | None = None
    version: int = 0

    @property
    def phone(self) -> str:
        """The telephone at one end of it."""
        return bare(self.sender if self.direction == "inbound" else self.to)

    @property
    def is_whatsapp(self) -> bool:
        """Did it travel over WhatsApp?"""
        return self.sender.startswith("whatsapp:")

    @property
    def state(self) -> str:
        """What a telephone shows beside it."""
        if self.direction != "inbound":
            return self.status
        return "sending" if self.answer is None else "delivered" if 200 <= self.answer < 300 else "failed"


@dataclass
class Fault:
    """What shall go wrong, how often. `accept` takes the message all the same: the outcome is then unknown."""

    method: str = "send"
    status: int = 500
    code: int = 20500
    times: int = 1
    delay: float = 0.0
    accept: bool = False
    to: str | None = None


class Exchange:
    """The carrier's memory. Every method is one step under one lock."""

    def __init__(self, config: CarrierConfig) -> None:
        self.config = config
        self._changed = threading.Condition()
        self.messages: dict[str, CarrierMessage] = {}
        self.phones: dict[str, list[CarrierMessage]] = defaultdict(list)
        self.unsubscribed: set[tuple[str, str]] = set()
        self.last_inbound: dict[tuple[str, str], datetime] = {}
        self.faults: list[Fault] = []
        self.calls = 0
        self.version = 0
        self.reports = True  # off: status callbacks get lost on the way

    def take_fault(self, method: str, to: str | None) -> Fault | None:
        """The next ordered fault for this call, if there is one."""
        with self._changed:
            self.calls += 1
            for fault in self.faults:
                if fault.times > 0 and fault.method == method and fault.to in (None, to):
                    fault.times -= 1
                    return fault
        return None

    def accept(self, to: str, sender: str, body: str, callback: str | None) -> CarrierMessage:
        """Take an outbound message and put it on the telephone, unless a window forbids it."""
        parts = 1 if sender.startswith("whatsapp:") else segments(body)
        message = CarrierMessage(to, sender, body, "outbound-api", "queued", callback, text=body, segments=parts)
        with self._changed:
            self.messages[message.sid] = message
            if self._outside_window(to, sender):
                message.error_code = 63016
            else:
                self.phones[bare(to)].append(message)
                message.n = len(self.phones[bare(to)])
            self._touch(message)
        return message

    def _touch(self, message: CarrierMessage) -> None:
        self.version += 1
        message.version = self.version
        self._changed.notify_all()

    def _outside_window(self, to: str, sender: str) -> bool:
        came = self.last_inbound.get((to, sender))
        return sender.startswith("whatsapp:") and (came is None or came < now() - WINDOW)

    def receive(self, sender: str, to: str, body: str) -> CarrierMessage:
        """A telephone sent something to one of our numbers."""
        parts = 1 if sender.startswith("whatsapp:") else segments(body)
        message = CarrierMessage(to, sender, body, "inbound", "received", sent=now(), text=body, segments=parts)
        with self._changed:
            self.messages[message.sid] = message
            self._touch(message)
            self.last_inbound[sender, to] = now()
            if self.config.handles_stop:
                self._keyword(sender, to, body.strip().upper())
        return message

    def _keyword(self, sender: str, to: str, word: str) -> None:
        if word in STOP_WORDS:
            self.unsubscribed.add((sender, to))
        elif word in START_WORDS:
            self.unsubscribed.discard((sender, to))

    def move(self, message: CarrierMessage, status: str) -> None:
        """The message goes on its way."""
        with self._changed:
            message.status = status
            message.sent = message.sent or (now() if status in ("sent", "delivered", "read") else None)
            self._touch(message)

    def answered(self, message: CarrierMessage, status: int) -> None:
        """The gateway answered an inbound message for the last time."""
        with self._changed:
            message.answer = status
            self._touch(message)

    def received(self, number: str, after: int, wait: float) -> list[CarrierMessage]:
        """What a telephone got after message `after`; waits up to `wait` seconds for the first."""
        with self._changed:
            self._changed.wait_for(lambda: len(self.phones[number]) > after, timeout=wait)
            return self.phones[number][after:]

    def changed(self, number: str, after: int, wait: float) -> tuple[int, list[CarrierMessage]]:
        """The version now, and what a telephone sent or got that changed after `after`, in the order it came.

        Waits up to `wait` seconds for the first. A version from before our start counts as none.
        """
        with self._changed:
            after = after if after <= self.version else 0
            self._changed.wait_for(lambda: self._since(number, after), timeout=wait)
            return self.version, self._since(number, after)

    def _since(self, number: str, after: int) -> list[CarrierMessage]:
        return [m for m in self.messages.values() if m.version > after and m.phone == number]


def bare(address: str) -> str:
    """The number without the channel."""
    return address.removeprefix("whatsapp:")


def as_json(message: CarrierMessage, account: str) -> dict[str, Any]:
    """A message as Twilio's REST interface shows it."""
    uri = f"/2010-04-01/Accounts/{account}/Messages/{message.sid}"
    return {
        "account_sid": account,
        "api_version": "2010-04-01",
        "body": message.body,
        "date_created": _rfc2822(message.created),
        "date_sent": _rfc2822(message.sent) if message.sent else None,
        "date_updated": _rfc2822(message.sent or message.created),
        "direction": message.direction,
        "error_code": message.error_code,
        "error_message": None,
        "from": message.sender,
        "messaging_service_sid": None,
        "num_media": "0",
        "num_segments": str(message.segments),
        "price": None,
        "price_unit": "USD",
        "sid": message.sid,
        "status": message.status,
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": message.to,
        "uri": f"{uri}.json",
    }


def _rfc2822(moment: datetime) -> str:
    return moment.strftime("%a, %d %b %Y %H:%M:%S +0000")
