"""What can go wrong between us and a carrier: a closed set, each saying whether the same call may succeed later."""

from typing import ClassVar

from core.errors import AmparoError, Unavailable


class Forged(AmparoError):
    """The request does not carry the carrier's signature."""


class Malformed(AmparoError):
    """The request is signed, but it is not the kind of request we know."""


class NotAPerson(AmparoError):
    """The sender is a short code or a name: nobody is there to answer."""


class UnknownNumber(Unavailable):
    """The message came to a number that we do not know yet: the carrier must try again once it is a row."""


class TextTooLong(AmparoError):
    """The text is longer than the carrier takes; the catalog or its budget is wrong."""


class NoAddress(AmparoError):
    """The worker's number has expired or never was kept."""


class SendError(AmparoError):
    """A message was not accepted. `code` is the carrier's number for it, ours when below 100."""

    retryable: ClassVar[bool] = False
    default_code: ClassVar[int] = 0

    def __init__(self, code: int | None = None) -> None:
        super().__init__(f"{type(self).__name__} ({code or self.default_code})")
        self.code = code or self.default_code


class Rejected(SendError):
    """The carrier will never take this message."""


class Unsubscribed(SendError):
    """The worker told the carrier to stop: the carrier blocks us, and so do we."""

    default_code = 21610


class OutsideWindow(SendError):
    """WhatsApp takes free text only within 24 hours of the worker's last message."""

    default_code = 63016


class AddressGone(SendError):
    """The number for replying has expired."""

    default_code = 1


class GaveUp(SendError):
    """Tried for too long."""

    default_code = 2


class Unreadable(SendError):
    """The hourly key is gone or the envelope is damaged."""

    default_code = 3


class Throttled(SendError):
    """Too fast for the carrier; it was certainly not sent."""

    retryable = True
    default_code = 20429


class NotConnected(SendError):
    """The carrier could not be reached; it was certainly not sent."""

    retryable = True
    default_code = 4


class CarrierFailed(SendError):
    """The carrier answered 5xx: perhaps it was sent, so it must be looked up before it is sent again."""

    retryable = True
    default_code = 500


class NotAuthorised(SendError):
    """Our credentials are refused; an operator must look, the message waits."""

    retryable = True
    default_code = 20003


class OutcomeUnknown(SendError):
    """The answer never came: the status callback or the carrier's list will tell."""

    retryable = True
    default_code = 5


class CarrierBusy(Unavailable):
    """The carrier cannot do this now, for example redact a message in transit."""
