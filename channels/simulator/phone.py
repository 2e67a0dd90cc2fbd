"""The telephones of the local carrier, and the switches with which a test orders faults."""

from dataclasses import fields
from typing import Any

from flask import Blueprint, Response, jsonify, request

from channels.contract import channels
from channels.segments import encoding
from channels.simulator.exchange import CarrierMessage, Fault, as_json
from channels.simulator.rest import carrier, require

blueprint = Blueprint("phone", __name__)
EXTRA = ("NumMedia", "MediaUrl0", "MediaContentType0", "Latitude", "Longitude", "Address", "Label", "OptOutType")


@blueprint.get("/healthz")
def healthz() -> str:
    """The carrier is up."""
    return "ok\n"


@blueprint.get("/numbers")
def numbers() -> Response:
    """The hotline's number on each channel."""
    return jsonify(dict(carrier().exchange.config.numbers))


@blueprint.post("/phone/<number>/send")
def send(number: str) -> tuple[Response, int]:
    """A worker sends `text` on `channel`; answers what the gateway said after all tries."""
    here, given = carrier(), request.get_json()
    name = given.get("channel", "twilio_sms")
    scheme = require(channels().get(name)).scheme
    to = scheme + (given.get("to") or require(here.exchange.config.numbers.get(name)))
    message = here.exchange.receive(scheme + number, to, given.get("text", ""))
    extra = {key: str(given["extra"][key]) for key in EXTRA if key in given.get("extra", {})}
    status = here.caller.webhook(name, message, extra)
    here.exchange.answered(message, status)
    return jsonify(sid=message.sid, status=status), 200 if 200 <= status < 300 else 502


@blueprint.get("/phone/<number>/messages")
def messages(number: str) -> Response:
    """What the telephone received after message `after`; `wait` seconds for the first one."""
    after = request.args.get("after", 0, int)
    wait = min(request.args.get("wait", 0.0, float), 30.0)
    return jsonify(messages=[_shown(m) for m in carrier().exchange.received(number, after, wait)])


@blueprint.get("/phone/<number>/log")
def log(number: str) -> Response:
    """Both sides of the conversation, as far as they changed after version `after`; `wait` seconds for a change."""
    after = request.args.get("after", 0, int)
    wait = min(request.args.get("wait", 0.0, float), 30.0)
    version, found = carrier().exchange.changed(number, after, wait)
    return jsonify(version=version, messages=[_on_screen(m) for m in found])


@blueprint.post("/control/fault")
def order_fault() -> Response:
    """Order a fault: the fields of `Fault`."""
    names = {field.name for field in fields(Fault)}
    given: dict[str, Any] = {key: value for key, value in request.get_json().items() if key in names}
    carrier().exchange.faults.append(Fault(**given))
    return jsonify(faults=len(carrier().exchange.faults))


@blueprint.post("/control/unsubscribe")
def unsubscribe() -> Response:
    """The carrier blocks `to` for our number `from`."""
    given = request.get_json()
    carrier().exchange.unsubscribed.add((given["to"], given["from"]))
    return jsonify(unsubscribed=len(carrier().exchange.unsubscribed))


@blueprint.get("/control/messages")
def everything() -> Response:
    """All messages that the carrier keeps, oldest first."""
    here = carrier().exchange
    return jsonify(messages=[as_json(m, here.config.account_sid) for m in list(here.messages.values())])


def _on_screen(message: CarrierMessage) -> dict[str, object]:
    return {
        "id": message.sid,
        "mine": message.direction == "inbound",
        "channel": _channel(message),
        "text": message.text,
        "segments": message.segments,
        "encoding": encoding(message.text),
        "state": message.state,
        "error": message.error_code,
        "at": message.created.isoformat(),
    }


def _channel(message: CarrierMessage) -> str:
    return "twilio_whatsapp" if message.is_whatsapp else "twilio_sms"


def _shown(message: CarrierMessage) -> dict[str, object]:
    return {
        "n": message.n,
        "from": message.sender.removeprefix("whatsapp:"),
        "channel": _channel(message),
        "text": message.text,
        "segments": message.segments,
        "at": message.created.isoformat(),
    }
