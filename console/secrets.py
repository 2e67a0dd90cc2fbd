"""Sub-keys of the one server key of the console, each for one use, and what is made with them outside a request.

The shapes are Flask-Security's, so that it verifies what is made here and the other way round.
"""

import hashlib
import hmac
from base64 import b64encode, urlsafe_b64encode
from unicodedata import normalize

from passlib.hash import argon2
from passlib.totp import TOTP

from core.envelope import keyed_hash
from core.keys import KeyProvider

ISSUER = "Amparo"
ARGON2 = {"memory_cost": 65_536, "time_cost": 2, "parallelism": 1}
_LABEL = "console-use"


def sub_key(keys: KeyProvider, use: str) -> bytes:
    """32 bytes that say nothing about the console key or about any other use."""
    return keyed_hash(keys.get("console"), _LABEL, use)


def fernet_key(keys: KeyProvider, use: str) -> bytes:
    """The same in the spelling that Fernet wants."""
    return urlsafe_b64encode(sub_key(keys, use))


def pepper(keys: KeyProvider) -> str:
    """What every password is keyed with before Argon2: a copy of the table alone cannot be guessed at."""
    return sub_key(keys, "password").hex()


def totp_secrets(keys: KeyProvider) -> dict[str, str]:
    """What the secrets of authenticator apps are locked with in the table."""
    return {"1": sub_key(keys, "totp").hex()}


def hash_password(keys: KeyProvider, password: str) -> str:
    """A password as the table keeps it."""
    keyed = hmac.new(pepper(keys).encode(), normalize("NFKD", password).encode(), hashlib.sha512).digest()
    made: str = argon2.using(**ARGON2).hash(b64encode(keyed).decode())
    return made


def lock_totp(keys: KeyProvider, secret: str) -> str:
    """The base32 secret of an authenticator app as the table keeps it."""
    made: str = TOTP.using(issuer=ISSUER, secrets=totp_secrets(keys))(key=secret).to_json(encrypt=True)
    return made
