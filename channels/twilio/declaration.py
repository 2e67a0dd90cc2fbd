"""A Twilio channel: SMS and WhatsApp are the same road and differ only in what they declare."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from channels.contract import Carrier, InboundMessage, Limits, SignedRequest, StatusReport
from channels.errors import Malformed
from channels.models import OutboxState
from channels.twilio import form as forms
from channels.twilio import signature
from core.config import Settings

OPT_OUT_TYPES = ("STOP", "START", "HELP")
STATUSES: Mapping[str, OutboxState] = {
    "accepted": OutboxState.ACCEPTED,
    "scheduled": OutboxState.ACCEPTED,
    "queued": OutboxState.ACCEPTED,
    "sending": OutboxState.ACCEPTED,
    "sent": OutboxState.SENT,
    "delivered": OutboxState.DELIVERED,
    "partially_delivered": OutboxState.SENT,
    "undelivered": OutboxState.FAILED,
    "failed": OutboxState.FAILED,
    "canceled": OutboxState.FAILED,
    "read": OutboxState.READ,
}
_PERSONAL = (
    "Address Body ButtonPayload ButtonText From FromCity FromCountry FromState FromZip Label Latitude Longitude "
    "MediaUrl0 ProfileName ReferralBody To WaId"
)


@dataclass(frozen=True)
class TwilioChannel:
    """Declaration of one Twilio channel; implements `channels.contract.Channel`."""

    name: str
    scheme: str
    limits: Limits
    redacted: frozenset[str] = frozenset(_PERSONAL.split())
    status_path: str = "/twilio/status"

    @property
    def statuses(self) -> Mapping[str, OutboxState]:
        """Twilio's words for states, the same on every channel."""
        return STATUSES

    def verify(self, request: SignedRequest, settings: Settings) -> None:
        """Raises Forged unless Twilio signed this request."""
        signature.verify(request, settings.auth_token)

    def parse(self, form: MultiDict[str, str], settings: Settings) -> InboundMessage:
        """Keep what an answer needs, drop the rest. Raises Malformed or NotAPerson."""
        forms.check(form)
        if settings.account_sid and form["AccountSid"] != settings.account_sid:
            raise Malformed("another account")
        opt_out = form.get("OptOutType", "").upper()
        return InboundMessage(
            channel=self.name,
            provider_id=form["MessageSid"],
            sender=forms.number(form["From"], self.scheme),
            our_address=forms.number(form["To"], self.scheme),
            text=form["Body"],
            kind=forms.kind_of(form),
            opt_out_type=opt_out if opt_out in OPT_OUT_TYPES else None,
        )

    def parse_status(self, form: MultiDict[str, str], outbox_id: str | None) -> StatusReport:
        """Twilio adds parameters here without notice: only what we need is looked at. Raises Malformed."""
        sid, status = form.get("MessageSid", ""), form.get("MessageStatus", "")
        if not (outbox_id and re.fullmatch(r"[1-9][0-9]{0,17}", outbox_id)):
            raise Malformed("no outbox id")
        if status not in STATUSES or not forms.SHAPES["MessageSid"].fullmatch(sid):
            raise Malformed("no message or an unknown state")
        error = form.get("ErrorCode", "0") or "0"
        if not re.fullmatch(r"[0-9]{1,6}", error) or any("ErrorCode" in value for value in form.values()):
            raise Malformed("an error code out of shape, or moved into another parameter, which is signed alike")
        return StatusReport(int(outbox_id), sid, STATUSES[status], int(error) or None)

    def carrier(self, settings: Settings) -> Carrier:
        """The REST client; imported late because Twilio's library takes a moment that the gateway does not need."""
        from channels.twilio.client import TwilioCarrier

        return TwilioCarrier(settings, self.scheme)
