"""The console in a test: an application, people of every role, and browsers that are signed in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from console.app import create_app
from console.models import Account, WebSession
from console.security import OnceTotp
from console.sessions import _digest
from core.clock import now
from core.config import Settings
from core.database import Database
from core.envelope import new_pair
from intake import staff
from intake.models import Role, Staff
from intake.routing import DEFAULT_TEAM

ORIGIN = "http://127.0.0.1:8081"
PASSWORD = "seven quiet horses cross the river"
TEAM = DEFAULT_TEAM


@dataclass
class Person:
    """A member of staff with an account, a browser and an authenticator."""

    row: Staff
    client: FlaskClient
    totp: str

    @property
    def id(self) -> int:
        return self.row.id


type People = Callable[..., Person]


@pytest.fixture(scope="session")
def app(settings: Settings) -> Iterator[Flask]:
    made = create_app(settings, env={})
    made.testing = False  # failures are answers, as in production
    yield made
    made.extensions["console"].db.close()


@pytest.fixture
def browser(app: Flask, clean: None) -> Callable[[], FlaskClient]:
    return lambda: console_client(app)


@pytest.fixture
def people(app: Flask, db: Callable[[str], Database], clean: None) -> People:
    """`people(Role.INTAKE)`: somebody with both factors, signed in; `fresh=False`: half an hour ago."""

    def of(
        role: Role = Role.INTAKE, *, key: bool = True, fresh: bool = True, totp: bool = True, team: str = TEAM
    ) -> Person:
        with db("owner").begin() as session:
            public = new_pair().public if key and role in (Role.INTAKE, Role.OFFICER) else None
            row = staff.add(session, f"{role.value}-{uuid4().hex[:8]}@example.org", role, team, public)
            account = Account(staff_id=row.id, fs_uniquifier=uuid4().hex, fs_webauthn_user_handle=uuid4().hex)
            secret = totp_of(app).generate_totp_secret()
            account.mf_recovery_codes = ["x"]
            if totp:
                account.tf_primary_method, account.tf_totp_secret = "authenticator", secret
            session.add(account)
        return Person(row, signed_in(app, db("owner"), account.fs_uniquifier, row, fresh=fresh), secret)

    return of


class Browser(FlaskClient):
    """Speaks to the address that the console is configured for."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        kwargs.setdefault("base_url", ORIGIN)
        kwargs.setdefault("buffered", True)
        return super().open(*args, **kwargs)


def console_client(app: Flask) -> FlaskClient:
    app.test_client_class = Browser
    return app.test_client()


def totp_of(app: Flask) -> OnceTotp:
    found: OnceTotp = app.extensions["security"]._totp_factory
    return found


def signed_in(app: Flask, owner: Database, uniquifier: str, row: Staff, *, fresh: bool = True) -> FlaskClient:
    """A browser whose session was begun in the database: quick, and every request goes the real way from there."""
    client, token = console_client(app), uuid4().hex
    proved = now() - timedelta(minutes=0 if fresh else 29)
    data = {"_user_id": uniquifier, "_fresh": True, "fs_paa": proved.timestamp()}
    with owner.begin() as session:
        session.add(WebSession(id=_digest(token), staff_id=row.id, role=row.role.value, data=data))
    client.set_cookie("amparo", token, domain="127.0.0.1")
    return client


def csrf(client: FlaskClient, path: str = "/api/me") -> str:
    """The token that a page would send; from `/api/me` for whoever is signed in."""
    found: str = client.get(path).get_json()["csrf"]
    return found
