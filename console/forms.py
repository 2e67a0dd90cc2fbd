"""Flask-Security's forms, with what we add: every try counts, every code is used once, nothing is remembered."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask_security import LoginForm, MfRecoveryForm, VerifyForm
from flask_security.forms import TwoFactorVerifyCodeForm
from flask_security.proxies import _security
from wtforms import StringField

from console import throttle
from console.errors import Refused
from console.models import account_of

_AT_ONCE = threading.BoundedSemaphore(2)
_PATIENCE = 5
LONGEST_PASSWORD = 256


@contextmanager
def one_of_two() -> Iterator[None]:
    """Argon2 takes 64 MiB a try: two at once, so that a flood of tries cannot take the machine's memory."""
    if not _AT_ONCE.acquire(timeout=_PATIENCE):
        raise Refused(429, "slow_down", "Many people are signing in. Wait a few seconds, then try again.", _PATIENCE)
    try:
        yield
    finally:
        _AT_ONCE.release()


class SignIn(LoginForm):
    """E-mail and password. Unknown address and wrong password look and last the same."""

    remember = None  # a session ends with the browser or after eight hours

    def validate(self, **kwargs: Any) -> bool:
        """Count, judge, forgive."""
        bucket = throttle.begin("password", (self.email.data or "").strip().lower()[:254])
        self.password.data = (self.password.data or "")[:LONGEST_PASSWORD]
        self.next.data = self.next.data if _is_here(self.next.data or "") else "/"
        with one_of_two():
            right = super().validate(**kwargs)
        if right:
            throttle.forgive(bucket)
        return right


class Code(TwoFactorVerifyCodeForm):
    """The six digits of the authenticator."""

    def validate(self, **kwargs: Any) -> bool:
        """Count, judge, forgive."""
        bucket = throttle.begin("code", account_of(self.user).email)
        right = super().validate(**kwargs)
        if right:
            throttle.forgive(bucket)
        return right


class Recovery(MfRecoveryForm):
    """A recovery code instead of the six digits."""

    def validate(self, **kwargs: Any) -> bool:
        """Count, judge, forgive."""
        bucket = throttle.begin("code", account_of(self.user).email)
        right = super().validate(**kwargs)
        if right:
            throttle.forgive(bucket)
        return right


class StepUp(VerifyForm):
    """Password and six digits once more, before something that cannot be taken back."""

    code = StringField("Code")

    def validate(self, **kwargs: Any) -> bool:
        """Both must be right; the answer does not say which was wrong."""
        account = account_of(self.user)
        bucket = throttle.begin("password", account.email)
        with one_of_two():
            right = super().validate(**kwargs) and self._code_fits()
        if right:
            throttle.forgive(bucket)
        else:
            self.password.errors = ["Password or code is not right. A code works once: wait for the next one."]
        return right

    def _code_fits(self) -> bool:
        account = account_of(self.user)
        return _security.totp_factory.verify_totp(
            token=self.code.data or "", totp_secret=account.tf_totp_secret or "", user=account, window=30
        )


def _is_here(path: str) -> bool:
    """A path of this console, in a form that no browser reads as another host."""
    return path.startswith("/") and not path.startswith("//") and "\\" not in path
