"""A running console on the real database, its people, and what they do in the pages of the desk."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from flask import Flask
from playwright.sync_api import BrowserContext, Page, Response, expect
from sqlalchemy import delete
from werkzeug.serving import make_server

from console.app import create_app
from console.models import Account, KeyFile, WebSession
from console.security import OnceTotp
from console.sessions import _digest
from core.clock import now
from core.config import Settings
from intake import keyfile, staff
from intake.models import Role
from tests.unit.intake.desk.office import Office

PASSPHRASE = "quiet horses cross the wide river"
TEAM = "intake"
SEVERE = ("serious", "critical")


@dataclass(frozen=True)
class Person:
    """A member of staff with an account and, for readers, a key file."""

    email: str
    staff_id: int
    role: Role
    uniquifier: str
    key: Path | None

    @property
    def private(self) -> bytes:
        """The private half, as the command line opens it."""
        assert self.key is not None
        return keyfile.read_private(self.key, PASSPHRASE)


@dataclass
class Desk:
    """The console at `origin`, and the office behind it."""

    office: Office
    app: Flask
    origin: str
    home: Path
    responses: list[Response] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def person(self, name: str, role: Role = Role.INTAKE, *, key: bool = True, kept: bool = True) -> Person:
        """Somebody new. Without `kept` the server knows the public half of the key and has no file."""
        path = self.home / f"{name}-{uuid4().hex}.json" if key and role in (Role.INTAKE, Role.OFFICER) else None
        public = keyfile.write_new(path, PASSPHRASE) if path else None
        with self.office.hotline.operator.begin() as session:
            row = staff.add(session, f"{name}@example.org", role, TEAM, public)
        account = Account(staff_id=row.id, fs_uniquifier=uuid4().hex, fs_webauthn_user_handle=uuid4().hex)
        account.tf_primary_method, account.mf_recovery_codes = "authenticator", ["x"]
        totp: OnceTotp = self.app.extensions["security"]._totp_factory
        with self.app.app_context():
            account.tf_totp_secret = totp.generate_totp_secret()
        with self.app.extensions["console"].db.begin() as session:
            session.add(account)
            if path and kept:
                session.add(KeyFile(staff_id=row.id, file=path.read_text(encoding="ascii")))
            return Person(row.email, row.id, role, account.fs_uniquifier, path)

    def sign_in(self, context: BrowserContext, person: Person, *, fresh: bool = True) -> None:
        """A session as the sign-in pages begin it; they have tests of their own."""
        token, proved = uuid4().hex, now() - timedelta(minutes=0 if fresh else 29)
        data = {"_user_id": person.uniquifier, "_fresh": True, "fs_paa": proved.timestamp()}
        with self.app.extensions["console"].db.begin() as session:
            session.add(WebSession(id=_digest(token), staff_id=person.staff_id, role=person.role.value, data=data))
        context.add_cookies([{"name": "amparo", "value": token, "url": self.origin}])

    def sign_out_everywhere(self) -> None:
        """An administrator ended the sessions."""
        with self.app.extensions["console"].db.begin() as session:
            session.execute(delete(WebSession))

    def page(self, context: BrowserContext, person: Person, path: str = "/queue", *, fresh: bool = True) -> Page:
        """A page of somebody who is signed in. Every answer of the server to it is kept in `responses`."""
        self.sign_in(context, person, fresh=fresh)
        page = context.new_page()
        page.on("response", lambda response: self.responses.append(response))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda message: self._listen(message.text))
        page.goto(self.origin + path)
        return page

    def _listen(self, message: str) -> None:
        """Answers such as 409 are part of the work; a breach of the policy of content is not."""
        if "Content Security Policy" in message or "TrustedHTML" in message:
            self.complaints.append(message)

    def served(self) -> str:
        """Everything the server has answered so far."""
        found = [response for response in self.responses if response.status not in (204, 302, 304)]
        return "\n".join(response.text() for response in found)


@contextmanager
def running(settings: Settings, office: Office, home: Path) -> Iterator[Desk]:
    """The console, served from a thread."""
    port = _free_port()
    origin = f"http://127.0.0.1:{port}"
    app = create_app(replace(settings, console_url=origin), env={})
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield Desk(office, app, origin, home)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        app.extensions["console"].db.close()


def unlock(page: Page) -> None:
    """Type the passphrase where the page asks for it."""
    page.get_by_label("Passphrase of your key").fill(PASSPHRASE)
    page.get_by_role("button", name="Unlock", exact=True).click()
    expect(page.get_by_role("link", name="Key unlocked")).to_be_visible()


def open_case(desk: Desk, page: Page, case_id: UUID) -> None:
    """Go to a case, unlock, find no conflict."""
    page.goto(f"{desk.origin}/cases/{case_id}")
    unlock(page)
    page.get_by_role("button", name="No, open the case").click()
    expect(page.get_by_role("heading", name="Story and timeline")).to_be_visible()


def faults(page: Page) -> list[str]:
    """What axe finds serious or critical in the page as it stands."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['html'][:120]}" for one in found if one["impact"] in SEVERE for node in one["nodes"]]


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    wide: int = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return max(0, wide)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
