"""The gateway of the demo: the very same webhooks, and beside them a page with telephones. Production never loads it.

`gunicorn -c python:channels.gunicorn_conf 'channels.simulator.page:create_app()'`

The browser talks to this address alone; what it says is handed to the local carrier, which signs and posts the webhook
like any carrier. Only loopback is served, and only under the names of this machine: a page elsewhere that points its
own name at 127.0.0.1 gets nothing.
"""

import base64
import hashlib
import hmac
import json
import os
import struct
import time
from dataclasses import dataclass, field
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any
from urllib.parse import urlsplit

import httpx
from flask import Blueprint, Flask, Response, abort, current_app, jsonify, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from channels import webhooks
from core.config import Settings, load

STATIC = Path(__file__).with_name("static")
ACCOUNTS = "demo-accounts.json"
MOST_WAITING, LONGEST_WAIT = 3, 8.0
STEP = 30
blueprint = Blueprint("page", __name__, static_folder="static", static_url_path="/demo/static")


@dataclass(frozen=True)
class Page:
    """What a request of the page needs. `waiting` keeps most threads free for webhooks."""

    settings: Settings
    http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=60, trust_env=False))
    waiting: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(MOST_WAITING))

    @property
    def address(self) -> str:
        """Host and port under which the page is shown."""
        return urlsplit(self.settings.public_url).netloc

    @property
    def desk(self) -> str:
        """The console is one port above."""
        parts = urlsplit(self.settings.public_url)
        return f"{parts.scheme}://{parts.hostname}:{(parts.port or 80) + 1}"

    @property
    def carrier(self) -> str:
        """Where this start keeps its carrier; the supervisor wrote it down."""
        state = json.loads((self.settings.home / "run" / "state.json").read_text())
        return str(state["carrier_url"])


def create_app(settings: Settings | None = None) -> Flask:
    """The gateway with the page; without settings it reads the environment."""
    settings = settings or load(os.environ)
    app = webhooks.create_app(settings)
    app.extensions["page"] = Page(settings)
    app.register_blueprint(blueprint)
    return app


@blueprint.before_request
def only_here() -> AnyResponse | None:
    """Refuse every name that is not this machine's; `localhost` is sent to the one address that the desk frames."""
    here = _page().address
    if request.host == here:
        return None
    is_ours = request.host == f"localhost:{here.rpartition(':')[2]}" and request.method == "GET"
    return redirect(f"{_page().settings.public_url}/") if is_ours else Response(status=421)


@blueprint.after_request
def harden(answer: Response) -> Response:
    """Our own scripts and styles, and the desk in a frame: nothing else."""
    answer.headers["Content-Security-Policy"] = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        f"frame-src {_page().desk}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.get("/")
def index() -> Response:
    """The page."""
    return Response((STATIC / "index.html").read_text(encoding="utf-8"), mimetype="text/html")


@blueprint.get("/demo/setup")
def setup() -> Response:
    """The hotline's numbers, and where the desk is."""
    settings = _page().settings
    return jsonify(desk=_page().desk, twilio_sms=settings.sms_number, twilio_whatsapp=settings.whatsapp_number)


@blueprint.get("/demo/accounts")
def accounts() -> Response:
    """The made-up staff of this demo, each with the code that their telephone would show now."""
    try:
        found: dict[str, Any] = json.loads((_page().settings.home / ACCOUNTS).read_text())
    except FileNotFoundError:
        abort(404)
    moment = time.time()
    people = [{**one, "code": one_time_code(one["totp"], moment)} for one in found["accounts"]]
    return jsonify(accounts=people, papers=found["papers"], seconds=STEP - int(moment) % STEP)


@blueprint.get("/demo/phone/<number>/log")
def conversation(number: str) -> Response:
    """What changed on a telephone. Waits a while for it, unless too many wait already."""
    here = _page()
    may_wait = here.waiting.acquire(blocking=False)
    try:
        wait = min(request.args.get("wait", 0.0, float), LONGEST_WAIT if may_wait else 0.0)
        return _passed_on("GET", number, "log", params={"after": request.args.get("after", 0, int), "wait": wait})
    finally:
        if may_wait:
            here.waiting.release()


@blueprint.post("/demo/phone/<number>/send")
def send(number: str) -> Response:
    """Send a text from a telephone. JSON only: no form on another site can post that."""
    given = request.get_json()
    return _passed_on("POST", number, "send", json={"text": str(given["text"]), "channel": str(given["channel"])})


def one_time_code(secret: str, moment: float) -> str:
    """The six digits of RFC 6238, as an authenticator shows them."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(moment) // STEP), hashlib.sha1).digest()
    start = digest[-1] & 15
    (number,) = struct.unpack(">I", digest[start : start + 4])
    return f"{(number & 0x7FFFFFFF) % 1_000_000:06d}"


def _passed_on(method: str, number: str, what: str, **more: Any) -> Response:
    """The carrier's answer. 502 while there is no carrier."""
    if not (number.startswith("+") and number[1:].isdigit()):
        abort(404)
    try:
        answer = _page().http.request(method, f"{_page().carrier}/phone/{number}/{what}", **more)
    except (httpx.HTTPError, OSError, ValueError, KeyError):
        abort(502)
    return Response(answer.content, answer.status_code, mimetype="application/json")


def _page() -> Page:
    here: Page = current_app.extensions["page"]
    return here
