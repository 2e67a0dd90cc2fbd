"""What the desk refuses, as a status and a code for the page. The sentence is the error's own."""

from flask import Response, jsonify

from console.desk.parsing import BadInput
from core.errors import AmparoError, Denied, Unavailable
from core.logging import Log
from intake import errors

log = Log("desk")
NOT_HERE = "This is not here, or not yours to see. Go back to the queue."
CODES: dict[type[AmparoError], tuple[int, str]] = {
    BadInput: (400, "bad_input"),
    errors.NotACode: (400, "bad_input"),
    errors.Refused: (400, "refused"),
    Denied: (404, "not_found"),
    errors.CheckFirst: (409, "check_first"),
    errors.LastReader: (409, "last_reader"),
    errors.WroteFirst: (409, "somebody wrote first"),
    errors.OtherTeam: (409, "other_team"),
    errors.KeySwapped: (409, "key_swapped"),
    errors.CannotReach: (410, "cannot be reached"),
    errors.IntakeClosed: (503, "no_readers"),
    Unavailable: (503, "not_ready"),
}


def answer(fault: AmparoError) -> tuple[Response, int]:
    """The JSON answer to one of these failures."""
    status, code = next(CODES[kind] for kind in type(fault).__mro__ if kind in CODES)
    if isinstance(fault, errors.KeySwapped):
        log.alarm("case_key_swapped")
    body = {"error": code, "say": NOT_HERE if status == 404 else _sentence(str(fault))}
    if isinstance(fault, errors.OtherTeam):
        body["team"] = fault.team
    return jsonify(body), status


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
