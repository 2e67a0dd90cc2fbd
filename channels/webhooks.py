"""The gateway: what carriers call. Verify, save, 200 with nothing to say; answers go another way.

`gunicorn -c python:channels.gunicorn_conf 'channels.webhooks:create_app()'`
"""

import os
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import parse_qsl, quote

from flask import Blueprint, Flask, Response, current_app, request
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from channels import hourly, inbox, status
from channels.contract import InboundMessage, SignedRequest, channels, path_of
from channels.errors import Forged, Malformed, NotAPerson
from channels.metrics import Metrics
from core.config import Settings, load
from core.database import Database
from core.errors import Unavailable
from core.failpoints import failpoint
from core.keys import KeyMissing, KeyProvider
from core.logging import Log

log = Log("gateway")
MOST_BYTES = 64 * 1024
MOST_FIELDS = 100
POOL = 8
EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
blueprint = Blueprint("gateway", __name__)


@dataclass(frozen=True)
class Gateway:
    """What a request needs."""

    settings: Settings
    db: Database
    keys: KeyProvider
    metrics: Metrics


def create_app(settings: Settings | None = None) -> Flask:
    """The gateway application; without settings it reads the environment."""
    settings = settings or load(os.environ)
    app = Flask("channels", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MOST_BYTES
    db = Database(settings, "gateway", pool_size=POOL, max_overflow=2, pool_timeout=5)
    app.extensions["gateway"] = Gateway(settings, db, KeyProvider(settings.keys, "gateway"), Metrics())
    for name in channels():
        app.add_url_rule(path_of(name), f"receive_{name}", receive, methods=["POST"], defaults={"name": name})
    for path, name in {channel.status_path: name for name, channel in channels().items()}.items():
        app.add_url_rule(path, f"report_{name}", report, methods=["POST"], defaults={"name": name})
    app.register_blueprint(blueprint)
    app.register_error_handler(Exception, refuse)
    return app


def receive(name: str) -> Response:
    """A worker's message."""
    here, channel = _gateway(), channels()[name]
    signed = _signed()
    channel.verify(signed, here.settings)
    failpoint("accept.verified")
    message = channel.parse(signed.form, here.settings)
    failpoint("accept.parsed")
    is_new = _accept(here, message)
    here.metrics.webhooks.labels(request.path, "accepted" if is_new else "duplicate").inc()
    answer = _twiml()
    answer.call_on_close(lambda: failpoint("accept.answered"))
    return answer


def report(name: str) -> Response:
    """The state of one of our messages."""
    here, channel = _gateway(), channels()[name]
    signed = _signed()
    channel.verify(signed, here.settings)
    found = channel.parse_status(signed.form, request.args.get("o"))
    with here.db.begin() as session:
        moved = status.apply(session, found, here.keys)
        failpoint("status.moved")
    failpoint("status.committed")
    if moved:
        log.info("status", outbox=found.outbox_id, state=found.state.value, code=found.error_code)
    here.metrics.webhooks.labels(request.path, "moved" if moved else "old").inc()
    return _twiml()


def _accept(here: Gateway, message: InboundMessage) -> bool:
    for last in (False, False, True):
        try:
            with here.db.begin() as session:
                is_new = inbox.accept(session, message, here.keys)
                failpoint("accept.saved")
            failpoint("accept.committed")
        except IntegrityError:  # two conversations drew the same alias
            if last:
                raise
        else:
            return is_new
    raise AssertionError("unreachable")


@blueprint.get("/healthz")
def healthz() -> Response:
    """The process answers."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
def readyz() -> Response:
    """A message could be accepted now: database, hourly key and the keys of this process are there."""
    here = _gateway()
    for name in ("pepper", "contact.pub"):
        here.keys.get(name)
    with here.db.begin() as session:
        hourly.current(session)
    return Response("ready\n", mimetype="text/plain")


@blueprint.get("/metrics")
def metrics() -> Response:
    """For a Prometheus on this machine only; a proxy on this machine adds a header and is refused."""
    proxied = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "Via", "X-Real-Ip"))
    if proxied or not ip_address(request.remote_addr or "0.0.0.0").is_loopback:  # noqa: S104
        return Response(status=404)
    here = _gateway()
    with here.db.begin() as session:
        return Response(here.metrics.render(session), mimetype="text/plain; version=0.0.4")


def refuse(error: Exception) -> Response:
    """Every failure as a status with an empty body. 503 asks the carrier to try again."""
    code, outcome = _judge(error)
    if code == 503:
        log.failed("unavailable", path=request.path, reason=type(error).__name__)
    if isinstance(error, Malformed):  # the signature was right: a form we do not know may be a worker's message
        log.alarm("signed_but_malformed", path=request.path)
    _gateway().metrics.webhooks.labels(request.url_rule.rule if request.url_rule else "none", outcome).inc()
    return _twiml() if code == 200 else Response(status=code)


def _judge(error: Exception) -> tuple[int, str]:
    match error:
        case Forged() | Malformed():
            return 403, type(error).__name__.lower()
        case NotAPerson():
            return 200, "not_a_person"
        case HTTPException():
            return error.code or 503, "http"
        case Unavailable() | KeyMissing() | DBAPIError() | PoolTimeout():
            return 503, "unavailable"
    return 503, "unexpected"


def _gateway() -> Gateway:
    here: Gateway = current_app.extensions["gateway"]
    return here


def _twiml() -> Response:
    return Response(EMPTY_TWIML, mimetype="text/xml")


def _signed() -> SignedRequest:
    """The request as the carrier saw it: our configured address, and path and query as they came over the wire.

    What a proxy or the client says about host and scheme is never looked at.
    """
    here = _gateway()
    is_form = request.mimetype == "application/x-www-form-urlencoded"
    body = request.get_data().decode("utf-8", "replace")
    return SignedRequest(
        url=here.settings.public_url + _raw_target(),
        form=_form(body) if is_form else MultiDict(),
        body=None if is_form else body,
        signature=request.headers.get("X-Twilio-Signature", ""),
        signature_settings=request.headers.get("X-Twilio-Webhooks-Signature-Settings", ""),
    )


def _form(body: str) -> MultiDict[str, str]:
    """The parameters. Broken UTF-8 becomes a mark, never an error; what is no list of pairs is refused."""
    try:
        return MultiDict(parse_qsl(body, True, strict_parsing=True, errors="replace", max_num_fields=MOST_FIELDS))
    except ValueError:
        raise Malformed("not a list of parameters") from None


def _raw_target() -> str:
    environ = request.environ
    raw = environ.get("RAW_URI") or environ.get("REQUEST_URI")
    if not raw or not raw.startswith("/"):
        raw = quote(environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", ""), encoding="latin-1")
        raw += f"?{environ['QUERY_STRING']}" if environ.get("QUERY_STRING") else ""
    return str(raw).encode("latin-1", "replace").decode("utf-8", "replace")
