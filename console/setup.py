"""The set-up page behind a one-time link: choose a password, then set up the second factor."""

from flask import Blueprint, render_template, request
from flask_security import hash_password
from flask_security.proxies import _security
from passlib.pwd import genphrase
from werkzeug.wrappers import Response

from console import accounts, links
from console.context import console
from console.errors import Refused
from console.forms import LONGEST_PASSWORD, one_of_two
from console.security import SHORTEST_PASSWORD

blueprint = Blueprint("setup", __name__)
WORDS = 6


@blueprint.get("/setup")
def show() -> str:
    """The form. The token stands behind `#`: a script moves it into the form, no server log sees it."""
    return _page("", [])


@blueprint.post("/setup")
def use() -> str | Response:
    """Set the password, then go on to the second factor."""
    token, password = request.form.get("token", ""), request.form.get("password", "")
    with console().db.begin() as session:
        links.open_link(session, token)
    if faults := _faults(password):
        return _page(token, faults)
    with one_of_two():
        hashed = hash_password(_security.password_util.normalize(password))
    with console().db.begin() as session:
        account = accounts.begin(session, links.open_link(session, token), hashed)
    user = _security.datastore.find_user(fs_uniquifier=account.fs_uniquifier)
    answer = user and _security.two_factor_plugins.tf_enter(user, False, "password", next_loc=None)
    if not isinstance(answer, Response):
        raise Refused(500, "no_second_factor", "The second factor could not be started. Ask your operator.")
    return answer


def _faults(password: str) -> list[str]:
    if password != request.form.get("again", ""):
        return ["The two passwords are not the same."]
    if len(password) > LONGEST_PASSWORD:
        return [f"The password is longer than {LONGEST_PASSWORD} characters."]
    return [str(fault) for fault in _security.password_util.validate(password, False)[0] or []]


def _page(token: str, faults: list[str]) -> str:
    suggestion = genphrase(length=WORDS, wordset="eff_long")
    return render_template("setup.html", token=token, faults=faults, suggestion=suggestion, shortest=SHORTEST_PASSWORD)
