"""The start page, which sends everybody to their own, and the page of one's own account."""

from flask import Blueprint, Response, redirect, render_template
from werkzeug.wrappers import Response as Redirect

from console.context import console, person
from console.models import Account, KeyFile
from console.rules import READERS
from intake.models import Role

blueprint = Blueprint("pages", __name__)
_TITLES = {400: "Not understood", 404: "Not here", 405: "Not here", 410: "Link used or too old", 429: "Too fast"}
_HOME = {Role.ADMIN: "/people", Role.AUDITOR: "/log", Role.CAMPAIGNER: "/account"}


@blueprint.get("/")
def index() -> Redirect:
    """First recovery codes, then a key, then work."""
    me = person()
    with console().db.begin() as session:
        if session.get_one(Account, me.staff_id).mf_recovery_codes is None:
            return redirect("/mf-recovery-codes")
        if me.role in READERS and session.get(KeyFile, me.staff_id) is None:
            return redirect("/key")
    return redirect(_HOME.get(me.role, "/queue"))


@blueprint.get("/account")
def account() -> str:
    """How one signs in, and the links to change it."""
    with console().db.begin() as session:
        row = session.get_one(Account, person().staff_id)
        passkeys = sorted(key.name for key in row.webauthn)
        return render_template("account.html", passkeys=passkeys, codes=len(row.mf_recovery_codes or []))


def healthz() -> Response:
    """The process answers."""
    return Response("ok\n", mimetype="text/plain")


def fail(status: int, say: str) -> str:
    """A page that says what to do next."""
    return render_template("error.html", title=_TITLES.get(status, "Not possible now"), say=say)
