"""Flask-Security, with every unsafe default overridden (docs/decisions/0013-console.md says what is whose)."""

from datetime import timedelta
from typing import Any

from flask import Flask, g, session
from flask_login import user_logged_in
from flask_security import (
    MailUtil,
    Security,
    SQLAlchemySessionUserDatastore,
    Totp,
    WebauthnUtil,
    password_changed,
    tf_profile_changed,
)
from flask_security.signals import user_authenticated
from flask_wtf import CSRFProtect
from markupsafe import Markup
from passlib.exc import UsedTokenError
from passlib.totp import TotpMatch
from qrcode import QRCode
from qrcode.image.svg import SvgPathImage
from sqlalchemy import func, select, update
from sqlalchemy.orm import scoped_session, sessionmaker
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from console.context import Console, console
from console.forms import Code, Recovery, SignIn, StepUp
from console.models import Account, Passkey, account_of
from console.rules import FRESH
from console.secrets import ARGON2, ISSUER, fernet_key, pepper, sub_key, totp_secrets
from console.sessions import ServerSession, revoke
from core.clock import now, today
from core.errors import AmparoError
from intake import audit
from intake.models import Staff
from intake.readers import name_of

SHORTEST_PASSWORD = 14
_STEP = 30


class Accounts(SQLAlchemySessionUserDatastore):
    """Accounts are found by what Flask-Security asks for; the e-mail address stands in intake.staff."""

    def find_user(self, case_insensitive: bool = False, **kwargs: Any) -> Account | None:
        """One account, or None. The shape of the question is Flask-Security's."""
        ((name, value),) = kwargs.items()
        query = select(Account).join(Account.staff)
        where = func.lower(Staff.email) == str(value).lower() if name == "email" else getattr(Account, name) == value
        found: Account | None = self.db.session.scalars(query.where(where)).one_or_none()
        return found


class OnceTotp(Totp):
    """A code is good for one use: the last counter is kept with the account, in the database."""

    def __init__(self, secrets: dict[str, str], issuer: str) -> None:
        super().__init__(secrets, issuer)
        self._totp = self._totp.using(now=lambda: now().timestamp())

    def get_last_counter(self, user: Any) -> int | None:
        """The newest code that was used."""
        return account_of(user).tf_counter

    def set_last_counter(self, user: Any, tmatch: TotpMatch) -> None:
        """Note it at once; of two requests with the same code, one finds it used."""
        newer = (Account.staff_id == user.staff_id) & (func.coalesce(Account.tf_counter, -1) < tmatch.counter)
        with console().db.begin() as db:
            change = update(Account).where(newer).values(tf_counter=tmatch.counter).returning(Account.staff_id)
            noted = db.scalar(change)
        if noted is None:
            raise UsedTokenError
        account_of(user).tf_counter = tmatch.counter

    def generate_qrcode(self, username: str, totp: str) -> str:
        """An SVG element for the page itself: our policy of content knows no `data:` pictures."""
        code = QRCode(image_factory=SvgPathImage, border=2)
        code.add_data(self.get_totp_uri(username, totp))
        return Markup(code.make_image().to_string(encoding="unicode"))  # noqa: S704 - made of our own uri


class Origin(WebauthnUtil):
    """Passkeys belong to the configured address; what a request says about its host is checked in `rules`."""

    def origin(self) -> str:
        """The origin that a browser must have signed."""
        return console().settings.console_url

    def authenticator_selection(self, user: Any, usage: str) -> AuthenticatorSelectionCriteria:
        """A key that signs in by itself must verify its holder: then it is two factors."""
        alone = usage == "first"
        verify = UserVerificationRequirement.REQUIRED if alone else UserVerificationRequirement.PREFERRED
        resident = ResidentKeyRequirement.REQUIRED if alone else ResidentKeyRequirement.PREFERRED
        return AuthenticatorSelectionCriteria(resident_key=resident, user_verification=verify)

    def user_verification(self, user: Any, usage: list[str]) -> UserVerificationRequirement:
        """The same when signing in."""
        alone = usage == ["first"]
        return UserVerificationRequirement.REQUIRED if alone else UserVerificationRequirement.PREFERRED


class NoMail(MailUtil):
    """The console sends no mail: a mail about a hotline is a trace."""

    def normalize(self, email: str) -> str:
        """As `amparo staff add` stores it."""
        return email.strip().lower()

    def send_mail(self, *args: Any, **kwargs: Any) -> None:
        """Never called: every feature that mails is off."""
        raise AmparoError("the console sends no mail")


def protect(app: Flask, here: Console) -> Security:
    """Sign-in, second factor, passkeys, recovery codes and CSRF for the application."""
    app.config.update(_settings(here))
    CSRFProtect(app)
    sessions = scoped_session(sessionmaker(here.db.engine, expire_on_commit=False))
    app.teardown_appcontext(lambda _: sessions.remove())
    security = Security(
        app,
        Accounts(sessions, Account, Account, Passkey),  # type: ignore[arg-type]
        login_form=SignIn,
        verify_form=StepUp,
        two_factor_verify_code_form=Code,
        mf_recovery_form=Recovery,
        totp_cls=OnceTotp,
        webauthn_util_cls=Origin,
        mail_util_cls=NoMail,
    )
    security.want_json(lambda _: False)
    security.login_manager.session_protection = None
    security.login_manager.request_loader(lambda _: None)
    user_logged_in.connect(_forget_remember, app)
    user_authenticated.connect(_signed_in, app)
    password_changed.connect(_secret_changed, app)
    tf_profile_changed.connect(_secret_changed, app)
    return security


def _settings(here: Console) -> dict[str, Any]:
    keys = here.keys
    return {
        "SECRET_KEY": sub_key(keys, "flask").hex(),
        "SESSION_COOKIE_SECURE": here.secure,
        "WTF_CSRF_TIME_LIMIT": None,  # a token lives as long as its session
        "WTF_CSRF_SSL_STRICT": False,  # it wants a Referer, which our pages never send; `rules` checks the origin
        "SECURITY_PASSWORD_SALT": pepper(keys),
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {f"argon2__{name}": value for name, value in ARGON2.items()},
        "SECURITY_PASSWORD_LENGTH_MIN": SHORTEST_PASSWORD,
        "SECURITY_CHANGEABLE": True,
        "SECURITY_SEND_PASSWORD_CHANGE_EMAIL": False,
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_API_ENABLED_METHODS": ["session"],
        "SECURITY_LOGOUT_CSRF": True,
        "SECURITY_FRESHNESS": FRESH,
        "SECURITY_FRESHNESS_GRACE_PERIOD": timedelta(0),
        "SECURITY_FRESHNESS_ALLOW_AUTH_TOKEN": False,
        "SECURITY_DATETIME_FACTORY": now,
        "SECURITY_STATIC_FOLDER": None,
        "SECURITY_JOIN_USER_ROLES": False,
        "SECURITY_POST_LOGOUT_VIEW": "/login",
        "SECURITY_POST_CHANGE_VIEW": "/account",
        **_second_factor(here),
    }


def _second_factor(here: Console) -> dict[str, Any]:
    return {
        "SECURITY_TWO_FACTOR": True,
        "SECURITY_TWO_FACTOR_REQUIRED": True,
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
        "SECURITY_TWO_FACTOR_AUTHENTICATOR_VALIDITY": _STEP,
        "SECURITY_TWO_FACTOR_POST_SETUP_VIEW": "/account",
        "SECURITY_TOTP_SECRETS": totp_secrets(here.keys),
        "SECURITY_TOTP_ISSUER": ISSUER,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_N": 8,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS": [fernet_key(here.keys, "recovery")],
        "SECURITY_WEBAUTHN": True,
        "SECURITY_WAN_RP_NAME": ISSUER,
        "SECURITY_WAN_ALLOW_USER_HINTS": False,
        "SECURITY_WAN_POST_REGISTER_VIEW": "/account",
    }


def _forget_remember(sender: Flask, **_: Any) -> None:
    """A remembered sign-in would outlive the session table."""
    session.pop("_remember", None)
    session.pop("_remember_seconds", None)


def _signed_in(sender: Flask, user: Any, **_: Any) -> None:
    account = account_of(user)
    account.last_sign_in = today()
    g.new_device = account.email
    with console().db.begin() as db:
        audit.append(db, name_of(account.staff_id), "session.began", name_of(account.staff_id))


def _secret_changed(sender: Flask, user: Any, **_: Any) -> None:
    """Whoever knew the old secret is signed out everywhere else."""
    staff_id = account_of(user).staff_id
    own = session._get_current_object()  # type: ignore[attr-defined]
    row = own.row if isinstance(own, ServerSession) else None
    with console().db.begin() as db:
        revoke(db, staff_id, row.id if row else None)
        audit.append(db, name_of(staff_id), "account.secret_changed", name_of(staff_id))
