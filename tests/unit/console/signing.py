"""Going through the sign-in pages as a browser does: forms with their token, an authenticator app, a clock."""

import re
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient
from passlib.totp import TOTP
from werkzeug.test import TestResponse

from core.clock import now

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code_at(later: timedelta = timedelta(0), secret: str = SECRET) -> str:
    """Six digits of the authenticator at a moment."""
    found: str = TOTP(key=secret).generate((now() + later).timestamp()).token
    return found


def form_token(page: TestResponse) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.get_data(as_text=True))
    assert found is not None, page.get_data(as_text=True)[:500]
    return found[1]


def submit(browser: FlaskClient, path: str, to: str | None = None, **fields: Any) -> TestResponse:
    """Load a page, fill its form, send it."""
    page = browser.get(path)
    return browser.post(to or path, data={"csrf_token": form_token(page), **fields})


def first_factor(browser: FlaskClient, email: str, password: str) -> TestResponse:
    return submit(browser, "/login", email=email, password=password)


def sign_in(browser: FlaskClient, email: str, password: str, later: timedelta = timedelta(0)) -> TestResponse:
    answer = first_factor(browser, email, password)
    assert answer.headers.get("Location", "").startswith("/tf-validate"), answer.get_data(as_text=True)
    return submit(browser, "/tf-validate", code=code_at(later))
