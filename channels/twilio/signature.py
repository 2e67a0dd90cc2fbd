"""Is this request from Twilio? RequestValidator with its traps closed."""

from urllib.parse import parse_qs, urlsplit

from twilio.request_validator import RequestValidator, get_signature_algorithm

from channels.contract import SignedRequest
from channels.errors import Forged


def tokens(auth_token: str) -> tuple[str, ...]:
    """The auth token, or during a rotation the current and the next one separated by a comma."""
    return tuple(token.strip() for token in auth_token.split(",") if token.strip())


def verify(request: SignedRequest, auth_token: str) -> None:
    """Raises Forged. Without a token nothing is valid: an HMAC under an empty key can be made by anybody."""
    if request.body is not None and "bodySHA256" not in parse_qs(urlsplit(request.url).query):
        raise Forged("a body that no signature covers")
    algorithm = get_signature_algorithm(request.signature_settings)
    params = request.form if request.body is None else request.body
    for token in tokens(auth_token):
        if RequestValidator(token).validate(request.url, params, request.signature, algorithm):
            return
    raise Forged("the signature does not fit")
