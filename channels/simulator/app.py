"""The local carrier as one Flask application."""

from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from werkzeug.serving import BaseWSGIServer, make_server

from channels.simulator import phone, rest
from channels.simulator.calls import Caller
from channels.simulator.exchange import CarrierConfig, Exchange
from core.config import Settings

LOOPBACK = "127.0.0.1"


def create_app(config: CarrierConfig) -> Flask:
    """A carrier with an empty memory."""
    app = Flask("carrier", static_folder=None)
    exchange = Exchange(config)
    app.extensions["carrier"] = rest.LocalCarrier(exchange, Caller(exchange), ThreadPoolExecutor(4))
    app.register_blueprint(rest.blueprint)
    app.register_blueprint(phone.blueprint)
    return app


def config_of(settings: Settings, gateway_url: str | None = None) -> CarrierConfig:
    """The account and numbers that the settings name."""
    pairs = {"twilio_sms": settings.sms_number, "twilio_whatsapp": settings.whatsapp_number}
    return CarrierConfig(
        account_sid=settings.account_sid,
        auth_token=settings.auth_token,
        public_url=settings.public_url,
        gateway_url=gateway_url or settings.public_url,
        numbers={name: number for name, number in pairs.items() if number},
        api_key=(settings.api_key, settings.api_secret) if settings.api_key and settings.api_secret else None,
    )


def make(config: CarrierConfig, port: int = 0) -> BaseWSGIServer:
    """A server on loopback, nowhere else; `server_port` tells the port that was free."""
    return make_server(LOOPBACK, port, create_app(config), threaded=True)
