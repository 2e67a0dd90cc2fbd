"""Tries of passwords and codes: they slow down, per account and over all of them; nobody is ever locked out.

A device that has signed in before counts by itself, so whoever hammers an account from elsewhere slows only themselves.
"""

import secrets
from datetime import timedelta
from hmac import compare_digest

from flask import request
from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from console.context import console
from console.errors import Refused
from console.models import LoginTry
from console.secrets import sub_key
from core.clock import now
from core.envelope import keyed_hash

FREE = 5
LONGEST = 60
WINDOW = timedelta(minutes=15)
BUSY = 60
"""So many failed tries in a minute over all accounts, and unknown devices go one at a time, a second apart."""
_KEPT = timedelta(days=1)
_LOCK = 7103


def begin(kind: str, who: str) -> bytes:
    """Count a try before it is judged. Raises Refused while this account or the whole console must slow down."""
    device = known_device(who)
    bucket = _bucket(kind, who, device)
    with console().db.begin() as session:
        session.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        session.execute(delete(LoginTry).where(LoginTry.at < now() - _KEPT))
        wait = _wait(session, bucket) if device else max(_wait(session, bucket), _crowd(session))
        if not wait:
            session.add(LoginTry(bucket=bucket))
    if wait:
        raise Refused(429, "slow_down", f"Too many tries. Wait {wait} seconds, then try again.", wait)
    return bucket


def forgive(bucket: bytes) -> None:
    """It was right: forget what was tried before."""
    with console().db.begin() as session:
        session.execute(delete(LoginTry).where(LoginTry.bucket == bucket))


def known_device(who: str) -> str:
    """The random name of this browser, if this person has signed in here before; else an empty text."""
    name, _, mark = request.cookies.get(device_cookie(), "").partition(".")
    return name if name and compare_digest(mark, _mark(who, name)) else ""


def new_device(who: str) -> str:
    """The value of the cookie for a browser in which this person has just signed in."""
    name = secrets.token_hex(16)
    return f"{name}.{_mark(who, name)}"


def device_cookie() -> str:
    """The name of the cookie."""
    return "__Host-amparo-device" if console().secure else "amparo-device"


def _wait(session: Session, bucket: bytes) -> int:
    since = now() - WINDOW
    query = select(func.count(), func.max(LoginTry.at)).where(LoginTry.bucket == bucket, LoginTry.at > since)
    count, last = session.execute(query).one()
    if count < FREE:
        return 0
    ready = last + timedelta(seconds=min(2 ** (count - FREE), LONGEST))
    return max(0, -int((now() - ready).total_seconds() // 1))


def _crowd(session: Session) -> int:
    since = now() - timedelta(minutes=1)
    query = select(func.count(), func.max(LoginTry.at)).where(LoginTry.at > since)
    count, last = session.execute(query).one()
    return 1 if count >= BUSY and (now() - last).total_seconds() < 1 else 0


def _bucket(kind: str, who: str, device: str) -> bytes:
    return keyed_hash(sub_key(console().keys, "throttle"), kind, f"{who}|{device}")


def _mark(who: str, name: str) -> str:
    return keyed_hash(sub_key(console().keys, "device"), "device", f"{who}|{name}").hex()
