"""The console: pages and JSON for members of staff.

`gunicorn -c python:console.gunicorn_conf 'console.app:create_app()'`
"""

import os
from collections.abc import Mapping

from flask import Flask, Response, g, make_response, redirect
from sqlalchemy.exc import DataError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response as Redirect

from console import accounts, addresses, headers, log, me, pages, people, rules, setup, throttle
from console.context import Console, console
from console.desk import views as desk
from console.errors import Refused
from console.security import protect
from console.sessions import Sessions
from core.config import Settings, load
from core.database import Database
from core.keys import KeyProvider
from core.logging import Log

logs = Log("console")
MOST_BYTES = 512 * 1024
POOL = 8
_YEAR = 365 * 24 * 3600
_SAY = {
    400: "The page and the server did not understand each other. Load the page again, then try once more.",
    404: "This page or record is not here. Go back to the start page.",
    405: "This page or record is not here. Go back to the start page.",
    413: "That is too large to be sent.",
    503: "The server cannot answer now. Wait a minute, then try again.",
}


def create_app(
    settings: Settings | None = None, database: Database | None = None, env: Mapping[str, str] | None = None
) -> Flask:
    """The console application; without settings it reads the environment. Raises ConfigError."""
    env = os.environ if env is None else env
    settings = settings or load(env)
    addresses.refuse_plain_http(settings)
    app = Flask("console")
    app.config.update(MAX_CONTENT_LENGTH=MOST_BYTES, SEND_FILE_MAX_AGE_DEFAULT=0)
    database = database or Database(settings, "console", pool_size=POOL, max_overflow=4, pool_timeout=5)
    here = Console(settings, database, KeyProvider(settings.keys, "console"), addresses.frame_of(env))
    app.extensions["console"] = here
    app.session_interface = Sessions(here)
    app.before_request(rules.enforce)
    protect(app, here)
    app.add_url_rule("/healthz", "healthz", pages.healthz)
    for area in (pages, setup, me, people, log, desk):
        app.register_blueprint(area.blueprint)
    app.after_request(headers.add)
    app.after_request(_remember_device)
    app.context_processor(_for_templates)
    app.register_error_handler(Exception, _fail)
    return app


def warn_of_lonely_teams(app: Flask) -> None:
    """At the start, once: a team with fewer than two readers loses its cases with one passphrase."""
    here: Console = app.extensions["console"]
    try:
        with here.db.begin() as session:
            counts = accounts.readers_by_team(session)
    except DBAPIError:
        return  # the database is not there yet: `amparo doctor` says the same
    for _, count in counts:
        if count < accounts.ENOUGH:
            logs.alarm("team_under_two_readers", rows=count)


def _remember_device(response: Response) -> Response:
    """A browser in which somebody signed in counts wrong passwords for itself (`console.throttle`)."""
    who = g.pop("new_device", None)
    if who:
        here = console()
        response.set_cookie(
            throttle.device_cookie(),
            throttle.new_device(who),
            max_age=_YEAR,
            httponly=True,
            secure=here.secure,
            samesite="Strict",
        )
    return response


def _for_templates() -> dict[str, object]:
    return {"me": g.get("person"), "frame": console().frame is not None}


def _fail(error: Exception) -> Redirect:
    """Every failure as JSON for a script and as a page for a reader; the text of an exception reaches neither."""
    if isinstance(error, RequestRedirect):
        return redirect(error.new_url, error.code)
    status, code, say, retry = _judge(error)
    body = {"error": code, "say": say} if rules.wants_json() else pages.fail(status, say)
    return make_response(body, status, {"Retry-After": str(retry)} if retry else {})


def _judge(error: Exception) -> tuple[int, str, str, int | None]:
    match error:
        case Refused():
            return error.status, error.code, error.say, error.retry_after
        case HTTPException():
            status = error.code or 500
            return status, (error.name or "error").lower().replace(" ", "_"), _SAY.get(status, _SAY[400]), None
        case DataError() | RecursionError():  # a value that the database cannot take, JSON nested too deep
            return 400, "bad_request", _SAY[400], None
        case DBAPIError() | PoolTimeout():
            logs.failed("unavailable", reason=type(error).__name__)
            return 503, "unavailable", _SAY[503], None
    logs.failed("unexpected", reason=type(error).__name__)
    return 500, "unexpected", _SAY[503], None
