"""Who may call what: ONE table, endpoint by endpoint, enforced before every request.

An endpoint that is not in the table answers 404. Somebody without the role gets 404 too: what you may not see is not
there. Writes always need a CSRF token (`console.security`), JSON included; no endpoint is exempt.
"""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from flask import abort, g, redirect, request, session, url_for
from flask_login import current_user
from flask_security import logout_user
from werkzeug.wrappers import Response

from console.context import Person, console
from console.errors import Refused, not_found
from console.models import Account, account_of
from console.sessions import PROVED
from core.clock import now
from intake.models import Role
from intake.readers import name_of

FRESH = timedelta(minutes=15)
READERS = frozenset({Role.INTAKE, Role.OFFICER})
STAFF = frozenset(Role)
ADMIN = frozenset({Role.ADMIN})
LOG = frozenset({Role.ADMIN, Role.AUDITOR})
ANYONE: frozenset[Role] = frozenset()
"""Nobody needs to be signed in."""


@dataclass(frozen=True)
class Rule:
    """Which roles may call an endpoint; `fresh`: only within 15 minutes of proving who they are."""

    roles: frozenset[Role]
    fresh: bool = False
    wasm: bool = False
    """A page in which a key is unlocked: Argon2id is WebAssembly."""
    quiet: bool = False
    """What an open page asks by itself: it does not keep an idle session alive."""


RULES: dict[str, Rule] = {
    "static": Rule(ANYONE),
    "healthz": Rule(ANYONE),
    "pages.index": Rule(STAFF),
    "pages.account": Rule(STAFF),
    "setup.show": Rule(ANYONE),
    "setup.use": Rule(ANYONE),
    "security.login": Rule(ANYONE),
    "security.logout": Rule(STAFF),
    "security.verify": Rule(STAFF),
    "security.change_password": Rule(STAFF, fresh=True),
    "security.tf_select": Rule(ANYONE),
    "security.two_factor_setup": Rule(ANYONE),
    "security.two_factor_token_validation": Rule(ANYONE),
    "security.mf_recovery": Rule(ANYONE),
    "security.mf_recovery_codes": Rule(STAFF, fresh=True),
    "security.wan_signin": Rule(ANYONE),
    "security.wan_signin_response": Rule(ANYONE),
    "security.wan_register": Rule(STAFF, fresh=True),
    "security.wan_register_response": Rule(STAFF, fresh=True),
    "security.wan_delete": Rule(STAFF, fresh=True),
    "security.wan_verify": Rule(STAFF),
    "security.wan_verify_response": Rule(STAFF),
    "people.show": Rule(ADMIN),
    "people.add": Rule(ADMIN, fresh=True),
    "people.disable": Rule(ADMIN, fresh=True),
    "people.reset": Rule(ADMIN, fresh=True),
    "log.show": Rule(LOG),
    "log.verify": Rule(LOG),
    "log.head": Rule(LOG),
    "me.show": Rule(STAFF),
    "me.put_key": Rule(READERS, fresh=True),
    "desk.queue": Rule(READERS, wasm=True),
    "desk.case": Rule(READERS, wasm=True),
    "desk.new_report": Rule(READERS, wasm=True),
    "desk.key": Rule(READERS, wasm=True),
    "desk.list_cases": Rule(READERS, quiet=True),
    "desk.changes": Rule(READERS, quiet=True),
    "desk.parties": Rule(READERS),
    "desk.check": Rule(READERS),
    "desk.open_case": Rule(READERS),
    "desk.advice": Rule(READERS),
    "desk.notes": Rule(READERS),
    "desk.replies": Rule(READERS),
    "desk.take_back": Rule(READERS),
    "desk.status": Rule(READERS),
    "desk.assign": Rule(READERS),
    "desk.grants": Rule(READERS, fresh=True),
    "desk.epochs": Rule(READERS),
    "desk.exports": Rule(READERS, fresh=True),
    "desk.regrants": Rule(READERS),
    "desk.reply_key": Rule(READERS),
    "desk.readers": Rule(READERS),
    "desk.hour": Rule(READERS),
    "desk.reports": Rule(READERS),
}
_WRITES = ("POST", "PUT", "PATCH", "DELETE")


def rule_of(endpoint: str | None) -> Rule | None:
    """The rule of an endpoint; None for one that has none and is therefore not there."""
    return RULES.get(endpoint or "")


def enforce() -> Response | None:
    """The hook before every request: the right host, a rule, the role, a fresh proof."""
    if request.endpoint is None:
        return None  # no such page, or not with this method: Flask answers
    rule = rule_of(request.endpoint)
    if rule is None:
        raise not_found()
    g.quiet = rule.quiet
    if request.endpoint != "healthz":
        _refuse_strangers()
    account = signed_in()
    return None if rule.roles is ANYONE else _person(rule, account)


def is_fresh() -> bool:
    """Did the person prove who they are within the last 15 minutes?"""
    age = now().timestamp() - float(session.get(PROVED, 0))
    return -60 < age < FRESH.total_seconds()


def wants_json() -> bool:
    """Is this a call of a script, not of a reader?"""
    return request.path.startswith("/api/")


def _person(rule: Rule, account: Account | None) -> Response | None:
    if account is None:
        return _answer(401, "sign_in", "Sign in, then try again.", "security.login")
    if account.role not in rule.roles:
        raise not_found()
    staff = account.staff
    g.person = Person(staff.id, name_of(staff.id), staff.email, staff.role, account.team)
    if rule.fresh and not is_fresh():
        return _answer(401, "step_up", "Prove again that it is you, then try again.", "security.verify")
    return None


def signed_in() -> Account | None:
    """The account that is signed in with both factors; a session that lost one of them is over."""
    if not current_user or not current_user.is_authenticated:
        return None
    account = account_of(current_user._get_current_object())
    if account.active and account.has_totp:
        return account
    logout_user()
    return None


def _answer(status: int, code: str, say: str, endpoint: str) -> Response:
    if wants_json():
        raise Refused(status, code, say)
    back = request.path if request.method == "GET" else f"/{request.path.split('/')[1]}"
    return redirect(url_for(endpoint, next=back))


def _refuse_strangers() -> None:
    """A request for another host (a name that was bent to us) or sent by another site."""
    own = urlsplit(console().settings.console_url)
    if request.host != own.netloc:
        abort(400)
    if request.method in _WRITES:
        origin = request.headers.get("Origin", "null")
        site = request.headers.get("Sec-Fetch-Site", "same-origin")
        if origin not in ("null", f"{own.scheme}://{own.netloc}") or site != "same-origin":
            abort(400)
