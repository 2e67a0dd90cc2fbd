"""Who am I, and my key: what the pages ask first."""

from typing import Any

from flask import Blueprint, request
from flask_wtf.csrf import generate_csrf
from sqlalchemy.exc import IntegrityError

from console import accounts
from console.context import console, person
from console.errors import Refused
from console.models import Account, KeyFile
from intake.models import Staff
from intake.staff import StaffFault

blueprint = Blueprint("me", __name__)


@blueprint.get("/api/me")
def show() -> dict[str, Any]:
    """The person, the key file that only they can open, and whether their team has enough readers."""
    me = person()
    with console().db.begin() as session:
        row, file = session.get_one(Staff, me.staff_id), session.get(KeyFile, me.staff_id)
        key = {
            "file": file.file if file else None,
            "public": accounts.b64(row.public_key),
            "fingerprint": row.fingerprint,
            "replace": session.get_one(Account, me.staff_id).new_key,
        }
        enough = accounts.readers_of(session, me.team) >= accounts.ENOUGH
    who = {"staff": me.staff_id, "reader": me.reader, "email": me.email, "role": me.role.value, "team": me.team}
    return {**who, "key": key, "csrf": generate_csrf(), "two_readers": enough}


@blueprint.put("/api/key")
def put_key() -> dict[str, Any]:
    """Keep the key file that the browser made. A key in use is only replaced after a reset."""
    sent = request.get_json(silent=True)
    if not isinstance(sent, dict):
        raise Refused(400, "no_key_file", "Send the key file as JSON.")
    file, public = accounts.checked_key(sent.get("file"), sent.get("public"))
    try:
        with console().db.begin() as session:
            accounts.put_key(session, person().staff_id, file, public)
    except (StaffFault, IntegrityError):
        raise Refused(409, "key_taken", "Somebody uses this key already. Make your own.") from None
    return show()
