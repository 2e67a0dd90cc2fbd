"""Server-side sessions: the cookie holds 256 random bits, the table their SHA-256.

Idle for 30 minutes or eight hours after signing in, a session is over. It gets a new id whenever who is signed in or
when they last proved it changes; a disabled person or a changed role ends it at the next request.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from flask import Flask, Request, Response, g
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session
from werkzeug.datastructures import CallbackDict

from console.context import Console
from console.models import Account, WebSession
from core.clock import now
from intake.models import Staff

IDLE, LONGEST = timedelta(minutes=30), timedelta(hours=8)
TOUCH = timedelta(seconds=60)
USER, PROVED = "_user_id", "fs_paa"
_WITHOUT = ("/static/", "/healthz")


class ServerSession(CallbackDict[str, Any], SessionMixin):
    """The data of one session, and what it was when the request began."""

    def __init__(self, data: dict[str, Any], token: str | None = None, row: WebSession | None = None) -> None:
        super().__init__(data, ServerSession._changed)
        self.token, self.row = token, row
        self.before = _identity(data)
        self.modified = False

    @property
    def signed_out(self) -> bool:
        """Was somebody signed in when the request began, and nobody is now?"""
        return self.before[0] is not None and self.get(USER) is None

    @property
    def rotates(self) -> bool:
        """Did who is signed in, or when they last proved it, change in this request?"""
        return self.row is None or _identity(self) != self.before

    def _changed(self) -> None:
        self.modified = True


class Sessions(SessionInterface):
    """Flask's session interface on the table `console.web_session`."""

    def __init__(self, console: Console) -> None:
        self.console = console

    def get_cookie_name(self, app: Flask) -> str:
        """`__Host-` where the browser accepts it: over https."""
        return "__Host-amparo" if self.console.secure else "amparo"

    def open_session(self, app: Flask, request: Request) -> ServerSession:
        """The session of the cookie, or a new and empty one."""
        token = request.cookies.get(self.get_cookie_name(app), "")
        if not token or request.path.startswith(_WITHOUT):
            return ServerSession({})
        row = self._living(_digest(token))
        return ServerSession(row.data, token, row) if row else ServerSession({})

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write what changed; a new id goes out with the answer."""
        if not isinstance(session, ServerSession):
            raise TypeError("a session that was not opened here")
        if not session or session.signed_out:
            self._end(app, session, response)
        elif session.rotates:
            self._renew(app, session, response)
        elif session.row is not None:
            self._keep(session, session.row)

    def _living(self, digest: bytes) -> WebSession | None:
        query = select(WebSession, Staff).outerjoin(Staff, Staff.id == WebSession.staff_id)
        with self.console.db.begin() as db:
            found = db.execute(query.where(WebSession.id == digest)).one_or_none()
            if found is None:
                return None
            row, staff = found
            if _over(row, now()) or (staff and (staff.disabled_at is not None or staff.role != row.role)):
                db.delete(row)
                return None
            return row

    def _renew(self, app: Flask, session: ServerSession, response: Response) -> None:
        old, token = session.row, secrets.token_urlsafe(32)
        stays = old is not None and session.get(USER) == session.before[0]
        if not stays:
            session.pop("csrf_token" if old else "", None)
        with self.console.db.begin() as db:
            db.execute(delete(WebSession).where(WebSession.seen_at < now() - IDLE))
            if old is not None:
                db.execute(delete(WebSession).where(WebSession.id == old.id))
            staff_id, role = _staff_of(db, session.get(USER))
            began = old.began_at if stays and old else now()
            db.add(WebSession(id=_digest(token), staff_id=staff_id, role=role, data=dict(session), began_at=began))
        response.set_cookie(self.get_cookie_name(app), token, **self._flags)

    def _keep(self, session: ServerSession, row: WebSession) -> None:
        values: dict[str, Any] = {"data": dict(session)} if session.modified else {}
        if now() - row.seen_at > TOUCH and not g.get("quiet"):
            values["seen_at"] = now()
        if values:
            with self.console.db.begin() as db:
                db.execute(update(WebSession).where(WebSession.id == row.id).values(**values))

    def _end(self, app: Flask, session: ServerSession, response: Response) -> None:
        if session.row is not None:
            with self.console.db.begin() as db:
                db.execute(delete(WebSession).where(WebSession.id == session.row.id))
            response.delete_cookie(self.get_cookie_name(app), **self._flags)

    @property
    def _flags(self) -> dict[str, Any]:
        return {"httponly": True, "secure": self.console.secure, "samesite": "Strict", "path": "/"}


def revoke(db: Session, staff_id: int, but: bytes | None = None) -> None:
    """End every session of a person, except the one that asks."""
    query = delete(WebSession).where(WebSession.staff_id == staff_id)
    db.execute(query.where(WebSession.id != but) if but else query)


def _over(row: WebSession, at: datetime) -> bool:
    return at - row.seen_at > IDLE or (row.staff_id is not None and at - row.began_at > LONGEST)


def _identity(data: Mapping[str, Any]) -> tuple[Any, Any]:
    return data.get(USER), data.get(PROVED)


def _staff_of(db: Session, uniquifier: str | None) -> tuple[int | None, str | None]:
    if uniquifier is None:
        return None, None
    account = db.scalars(select(Account).where(Account.fs_uniquifier == uniquifier)).one_or_none()
    return (account.staff_id, account.role.value) if account else (None, None)


def _digest(token: str) -> bytes:
    return sha256(token.encode()).digest()
