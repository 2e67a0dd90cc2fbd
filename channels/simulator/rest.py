"""Twilio's REST interface for messages, as strict as Twilio: what it would refuse is refused here."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, current_app, jsonify, request

from channels.segments import units
from channels.simulator.calls import Caller
from channels.simulator.exchange import FINAL, CarrierMessage, Exchange, Fault, as_json, bare

blueprint = Blueprint("rest", __name__, url_prefix="/2010-04-01/Accounts/<account>")
KNOWN = {"To", "From", "Body", "StatusCallback"}
ADDRESS = re.compile(r"(whatsapp:)?\+[1-9]\d{6,14}")
MOST = 1600


@dataclass(frozen=True)
class LocalCarrier:
    """What a request of the local carrier needs."""

    exchange: Exchange
    caller: Caller
    pool: ThreadPoolExecutor


class Refusal(Exception):
    """Twilio's error body."""

    def __init__(self, code: int, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.status = code, status


def carrier() -> LocalCarrier:
    """The carrier of this application."""
    found: LocalCarrier = current_app.extensions["carrier"]
    return found


@blueprint.errorhandler(Refusal)
def refusal(error: Refusal) -> tuple[Response, int]:
    """Twilio's way to say no."""
    more = f"https://www.twilio.com/docs/errors/{error.code}"
    return jsonify(code=error.code, message=str(error), more_info=more, status=error.status), error.status


@blueprint.before_request
def authenticate() -> None:
    """Basic authentication with the account's token or an API key."""
    config, given = carrier().exchange.config, request.authorization
    pairs = [(config.account_sid, config.auth_token.split(",")[0].strip()), config.api_key]
    account = request.view_args["account"] if request.view_args else ""
    if given is None or (given.username, given.password) not in pairs or account != config.account_sid:
        raise Refusal(20003, "Authenticate", 401)


@blueprint.post("/Messages.json")
def create(account: str) -> tuple[Response, int]:
    """Send a message."""
    form = request.form
    here = carrier()
    fault = here.exchange.take_fault("send", bare(form.get("To", "")))
    if fault:
        time.sleep(fault.delay)
    if fault and not fault.accept and fault.status >= 400:
        raise Refusal(fault.code, "An ordered fault", fault.status)
    _check(here.exchange)
    message = here.exchange.accept(form["To"], form["From"], form["Body"], form.get("StatusCallback"))
    here.pool.submit(_travel, here, message)
    if fault and fault.status >= 400:
        raise Refusal(fault.code, "An ordered fault after the message was taken", fault.status)
    return jsonify(as_json(message, account)), 201


@blueprint.get("/Messages.json")
def listing(account: str) -> Response:
    """Messages, newest first."""
    exchange = carrier().exchange
    _ordered(exchange.take_fault("list", bare(request.args.get("To", ""))))
    found = [m for m in list(exchange.messages.values()) if _matches(m)]
    newest = sorted(found, key=lambda m: m.created, reverse=True)[: int(request.args.get("PageSize", 50))]
    return jsonify(messages=[as_json(m, account) for m in newest], page=0, page_size=50, next_page_uri=None)


@blueprint.get("/Messages/<sid>.json")
def fetch(account: str, sid: str) -> Response:
    """One message."""
    return jsonify(as_json(_message(sid), account))


@blueprint.post("/Messages/<sid>.json")
def update(account: str, sid: str) -> Response:
    """Redact: an empty Body, and only once the message has arrived."""
    _ordered(carrier().exchange.take_fault("update", None))
    message = _message(sid)
    if request.form.get("Body") != "":
        raise Refusal(30400, "Message body redaction request does not have empty Body parameter.")
    if message.status not in FINAL:
        raise Refusal(20409, "The resource is not in a state that allows this modification", 409)
    message.body = ""
    return jsonify(as_json(message, account))


@blueprint.delete("/Messages/<sid>.json")
def delete(account: str, sid: str) -> tuple[str, int]:
    """Forget a message that has arrived."""
    message = _message(sid)
    if message.status not in FINAL:
        raise Refusal(20009, "Cannot delete this resource before it is complete", 409)
    del carrier().exchange.messages[sid]
    return "", 204


def _ordered(fault: Fault | None) -> None:
    if fault:
        time.sleep(fault.delay)
        raise Refusal(fault.code, "An ordered fault", fault.status)


def _message(sid: str) -> CarrierMessage:
    message = carrier().exchange.messages.get(sid)
    if message is None:
        raise Refusal(20404, "The requested resource was not found", 404)
    return message


def _matches(message: CarrierMessage) -> bool:
    args = request.args
    since = args.get("DateSent>")
    if since and (message.sent is None or message.sent.isoformat() < since.replace("Z", "+00:00")):
        return False
    return args.get("To", message.to) == message.to and args.get("From", message.sender) == message.sender


def _check(exchange: Exchange) -> None:
    """Raises Refusal for what Twilio would not take."""
    form = request.form
    to, sender, body = form.get("To", ""), form.get("From", ""), form.get("Body", "")
    callback = urlsplit(form.get("StatusCallback", "http://absent"))
    rules: list[tuple[bool, int, str]] = [
        (not set(form) <= KNOWN, 20001, "Unknown parameters"),
        (not to, 21604, "A 'To' phone number is required."),
        (not ADDRESS.fullmatch(to), 21211, "Invalid 'To' Phone Number"),
        (not sender, 21603, "A 'From' phone number is required."),
        (_not_ours(exchange, sender), 21606, "The 'From' phone number is not a message-capable number of yours."),
        (to.startswith("whatsapp:") != sender.startswith("whatsapp:"), 63007, "Channel and address do not fit."),
        (not body, 21602, "Message body is required."),
        (units(body) > MOST, 21617, "The concatenated message body exceeds the 1600 character limit"),
        (callback.scheme not in ("http", "https") or not callback.netloc, 21609, "Invalid 'StatusCallback'"),
        ((to, sender) in exchange.unsubscribed, 21610, "Attempt to send to unsubscribed recipient"),
    ]
    for broken, code, message in rules:
        if broken:
            raise Refusal(code, message)


def _not_ours(exchange: Exchange, sender: str) -> bool:
    return bare(sender) not in exchange.config.numbers.values()


def _travel(here: LocalCarrier, message: CarrierMessage) -> None:
    """The way of a message after it was taken, reported step by step."""
    if not here.exchange.reports:
        return
    failed = message.error_code is not None
    steps = ["failed"] if failed else ["sent", "delivered"]
    if message.sender.startswith("whatsapp:") and not failed:
        steps.append("read")
    for step in steps:
        time.sleep(here.exchange.config.step)
        here.caller.status(message, step)


def require(value: Any) -> Any:
    """The value, or 400."""
    return value if value else abort(400)
