"""100,000 forged or mutated webhooks against the real gateway application and a real database, without a socket.

Each begins as a request that the carrier would sign, and is then spoiled in one of the ways below. One that says the
same as before it was spoiled is no forgery and is not counted. Accepted is what is answered with 2xx or stored.
"""

import base64
import random
import secrets
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

from flask.testing import FlaskClient
from sqlalchemy import text
from twilio.request_validator import RequestValidator

from amparo.migrate import migrate
from channels import hourly
from channels.webhooks import create_app
from core import postgres
from core.config import Settings, load
from core.database import Database
from core.keys import KeyProvider

FORGERIES = 100_000
TOKEN = "a made-up token"  # noqa: S105
BYTES = "%&=+;/?#\x00\r\n Aaé0\u200b"
FORM = "application/x-www-form-urlencoded"
REPORTED = ("MessageSid", "MessageStatus", "ErrorCode")
chance = random.Random(20261122)


@dataclass(frozen=True)
class Request:
    """A webhook on its way."""

    path: str
    body: str
    signature: str | None
    kind: str = FORM
    settings: str = ""


def run() -> dict[str, object]:
    """Start a gateway, send everything, count."""
    folder = Path(tempfile.mkdtemp(prefix="amparo-forged-"))
    folder.chmod(0o711)
    settings = _settings(folder / "home")
    settings.home.mkdir(mode=0o711)
    server = postgres.start(settings, durable=False)
    try:
        migrate(settings)
        return _measure(settings)
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _measure(settings: Settings) -> dict[str, object]:
    owner = Database(settings, "owner")
    with owner.begin() as session:
        hourly.make_ahead(session, KeyProvider(settings.keys, "owner"))
    app = create_app(settings)
    client, began = app.test_client(), time.monotonic()
    good = _post(client, _signed(settings))
    statuses = Counter((name, _post(client, forged)) for name, forged in _forgeries(settings))
    with owner.begin() as session:
        stored = session.scalar(text("select count(*) from inbox.message"))
    app.extensions["gateway"].db.close()
    owner.close()
    return {
        "sent": sum(statuses.values()),
        "accepted": sum(n for (_, status), n in statuses.items() if 200 <= status < 300),
        "http_5xx": sum(n for (_, status), n in statuses.items() if status >= 500),
        "messages_stored": f"{stored}, one of them genuine and answered {good}",
        "by_kind_and_status": {f"{name} {status}": n for (name, status), n in sorted(statuses.items())},
        "seconds": round(time.monotonic() - began, 1),
    }


def _settings(home: Path) -> Settings:
    return load(
        {
            "AMPARO_HOME": str(home),
            "AMPARO_PUBLIC_URL": "https://hotline.example.org",
            "AMPARO_SMS_NUMBER": "+15005550006",
            "AMPARO_WHATSAPP_NUMBER": "+15005550007",
            "TWILIO_ACCOUNT_SID": f"AC{'0' * 31}1",
            "TWILIO_AUTH_TOKEN": TOKEN,
        }
    )


def _forgeries(settings: Settings) -> Iterator[tuple[str, Request]]:
    """Name and request, in turn from every way to spoil one, until there are enough."""
    made = 0
    while made < FORGERIES:
        for spoil in WAYS:
            honest = _signed(settings)
            forged = spoil(honest, settings)
            if made < FORGERIES and _differs(honest, forged):
                made += 1
                yield spoil.__name__.strip("_"), forged


def _signed(settings: Settings) -> Request:
    """A request as the carrier makes it: a message on one of two channels, or a report of a state."""
    path, scheme, to = chance.choice(
        [("/twilio/sms", "", "+15005550006"), ("/twilio/whatsapp", "whatsapp:", "+15005550007")]
    )
    sid = "SM" + secrets.token_hex(16)
    form = {
        "MessageSid": sid,
        "AccountSid": settings.account_sid,
        "From": f"{scheme}+1202555{chance.randrange(10**4):04d}",
    }
    form |= {"To": scheme + to}
    if chance.random() < 0.3:
        path = f"/twilio/status?o={chance.randrange(1, 10**6)}"
        form |= {"MessageStatus": "failed", "ErrorCode": "21610", "SmsSid": sid, "SmsStatus": "failed"}
    else:
        form |= {"Body": chance.choice(["hola", "1", "No nos pagan & más", "ayuda +1"]), "NumMedia": "0"}
    return Request(path, urlencode(form), _sign(settings, path, form))


def _sign(settings: Settings, path: str, form: dict[str, str], token: str = TOKEN) -> str:
    return str(RequestValidator(token).compute_signature(settings.public_url + path, form))


def _differs(honest: Request, forged: Request) -> bool:
    """Does it say something else, or say it in another way than a form, or carry another signature?"""
    if (honest.path, honest.signature, honest.kind) != (forged.path, forged.signature, forged.kind):
        return True
    return _said(honest) != _said(forged)


def _said(request: Request) -> list[tuple[str, str]]:
    """The parameters; of a report only those that mean something, for the carrier adds others without notice."""
    pairs = sorted(parse_qsl(request.body, True, errors="replace"))
    return [pair for pair in pairs if pair[0] in REPORTED] if "status" in request.path else pairs


def _another_signature(honest: Request, settings: Settings) -> Request:
    made = base64.b64encode(secrets.token_bytes(chance.choice([20, 20, 20, 0, 1, 32, 64]))).decode()
    return replace(honest, signature=made)


def _a_changed_signature(honest: Request, settings: Settings) -> Request:
    sound = honest.signature or ""
    at = chance.randrange(len(sound) - 2)
    return replace(honest, signature=sound[:at] + chance.choice("ABCxyz019+/é =") + sound[at + chance.randrange(3) :])


def _no_signature(honest: Request, settings: Settings) -> Request:
    return replace(honest, signature=chance.choice([None, "", "x", "null", "=" * chance.randrange(9000), "ü" * 28]))


def _another_token(honest: Request, settings: Settings) -> Request:
    token = chance.choice(["", "x", TOKEN + " ", TOKEN.upper(), secrets.token_hex(16)])
    return replace(honest, signature=_sign(settings, honest.path, dict(parse_qsl(honest.body, True)), token))


def _another_address(honest: Request, settings: Settings) -> Request:
    signed_for = chance.choice(
        ["/", "/twilio", "/twilio/sms/", "/TWILIO/sms", "/twilio/status", f"{honest.path}&", f"{honest.path}?o=1"]
    )
    return replace(honest, signature=_sign(settings, signed_for, dict(parse_qsl(honest.body, True))))


def _another_query(honest: Request, settings: Settings) -> Request:
    return replace(honest, path=honest.path + chance.choice(["?x=1", "&o=2", "?o=1", "%20", "?%00", "?o=%C3%B1", "&"]))


def _changed_bytes(honest: Request, settings: Settings) -> Request:
    body = honest.body
    for _ in range(chance.randrange(1, 4)):
        at = chance.randrange(len(body))
        body = body[:at] + chance.choice(BYTES) + body[at + chance.randrange(4) :]
    return replace(honest, body=body)


def _cut(honest: Request, settings: Settings) -> Request:
    return replace(honest, body=honest.body[: chance.randrange(len(honest.body))])


def _more(honest: Request, settings: Settings) -> Request:
    name = chance.choice(["Body", "From", "To", "MessageSid", "AccountSid", "x", "", "NumMedia"])
    extra = urlencode({name: chance.choice(["", "1", "+12025550199", "x" * chance.randrange(70_000)])})
    return replace(honest, body=honest.body + "&" + extra if chance.random() < 0.5 else extra + "&" + honest.body)


def _changed_value(honest: Request, settings: Settings) -> Request:
    form = dict(parse_qsl(honest.body, True))
    name = chance.choice(sorted(form))
    form[name] = chance.choice(["", form[name] + " ", form[name].swapcase(), form[name][::-1], "+12025550199", "\x00"])
    return replace(honest, body=urlencode(form))


def _shifted(honest: Request, settings: Settings) -> Request:
    """A parameter moved into the value before it: the carrier's signature is the same for both."""
    form = dict(sorted(parse_qsl(honest.body, True)))
    names = list(form)
    at = chance.randrange(1, len(names))
    form[names[at - 1]] += names[at] + form.pop(names[at])
    return replace(honest, body=urlencode(form))


def _another_kind(honest: Request, settings: Settings) -> Request:
    kinds = ["application/json", "text/plain", "multipart/form-data; boundary=x", "", "application/xml", FORM + "x"]
    return replace(honest, kind=chance.choice(kinds))


def _another_method_of_signing(honest: Request, settings: Settings) -> Request:
    spoiled = _a_changed_signature(honest, settings)
    return replace(
        spoiled, settings=chance.choice(["alg=HMAC_SHA256", "alg=HMAC_SHA1", "alg=none", "alg", "=", "\xff"])
    )


WAYS: tuple[Callable[[Request, Settings], Request], ...] = (
    _another_signature,
    _a_changed_signature,
    _no_signature,
    _another_token,
    _another_address,
    _another_query,
    _changed_bytes,
    _cut,
    _more,
    _changed_value,
    _shifted,
    _another_kind,
    _another_method_of_signing,
)


def _post(client: FlaskClient, request: Request) -> int:
    headers = {"X-Twilio-Signature": request.signature} if request.signature is not None else {}
    if request.settings:
        headers["X-Twilio-Webhooks-Signature-Settings"] = request.settings
    headers = {name: value.encode().decode("latin-1") for name, value in headers.items()}
    raw = {"RAW_URI": request.path}
    body = request.body.encode("utf-8", "replace")
    path = request.path.replace("\x00", "%00")
    with client.post(path, data=body, headers=headers, content_type=request.kind, environ_overrides=raw) as answer:
        return answer.status_code
