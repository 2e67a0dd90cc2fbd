"""The local carrier's calls to the gateway: signed like Twilio's, tried again like Twilio's."""

import time
from collections.abc import Mapping

import httpx
from twilio.request_validator import RequestValidator

from channels.contract import path_of
from channels.simulator.exchange import START_WORDS, STOP_WORDS, CarrierConfig, CarrierMessage, Exchange
from core.logging import Log

log = Log("carrier")
PLACE = {"FromCity": "AUSTIN", "FromState": "TX", "FromZip": "78701", "FromCountry": "US", "ToCountry": "US"}


class Caller:
    """Posts webhooks and status callbacks to the gateway."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._config: CarrierConfig = exchange.config
        self._validator = RequestValidator(self._config.auth_token)
        self._http = httpx.Client(timeout=15, trust_env=False)

    def webhook(self, channel: str, message: CarrierMessage, extra: Mapping[str, str]) -> int:
        """Deliver an inbound message, trying again while the gateway does not answer 2xx; returns the last status."""
        form = self._form(channel, message) | dict(extra)
        wait, status = self._config.first_retry, 0
        for attempt in range(self._config.retries + 1):
            if attempt:
                time.sleep(wait)
                wait *= 2
            status = self.post(self._config.public_url + path_of(channel), form)
            if 200 <= status < 300:
                break
        return status

    def status(self, message: CarrierMessage, status: str) -> None:
        """Report a state of an outbound message; a lost report stays lost, as with a carrier."""
        self._exchange.move(message, status)
        if message.callback is None:
            return
        form = {
            "MessageSid": message.sid,
            "SmsSid": message.sid,
            "MessageStatus": status,
            "SmsStatus": status,
            "AccountSid": self._config.account_sid,
            "From": message.sender,
            "To": message.to,
            "ApiVersion": "2010-04-01",
        }
        if message.error_code:
            form["ErrorCode"] = str(message.error_code)
        self.post(message.callback, form)

    def post(self, url: str, form: Mapping[str, str]) -> int:
        """Sign for the public address, send to the gateway's; 0 when it cannot be reached."""
        headers = {"X-Twilio-Signature": self._validator.compute_signature(url, form)}
        if not url.startswith(self._config.public_url):
            return 0
        target = self._config.gateway_url + url.removeprefix(self._config.public_url)
        try:
            return self._http.post(target, data=dict(form), headers=headers).status_code
        except httpx.HTTPError:
            log.info("gateway_not_reached")
            return 0

    def close(self) -> None:
        """Give back the connections."""
        self._http.close()

    def _form(self, channel: str, message: CarrierMessage) -> dict[str, str]:
        form = {
            "MessageSid": message.sid,
            "SmsSid": message.sid,
            "SmsMessageSid": message.sid,
            "AccountSid": self._config.account_sid,
            "From": message.sender,
            "To": message.to,
            "Body": message.body,
            "NumMedia": "0",
            "NumSegments": "1",
            "SmsStatus": "received",
            "ApiVersion": "2010-04-01",
        }
        if channel == "twilio_whatsapp":
            form |= {"ProfileName": "A Name", "WaId": message.sender.split("+")[-1], "MessageType": "text"}
        else:
            form |= PLACE
        return form | self._opt_out(message.body.strip().upper())

    def _opt_out(self, word: str) -> dict[str, str]:
        kinds = {"STOP": STOP_WORDS, "START": START_WORDS, "HELP": ("HELP", "INFO")}
        if not self._config.handles_stop:
            return {}
        return next(({"OptOutType": kind} for kind, words in kinds.items() if word in words), {})
