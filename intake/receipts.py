"""Receipts and PINs: how a worker proves that a case is theirs. Only a keyed, slow hash of them is stored.

Wrong, malformed and expired cost the same work (one Argon2id, one query) and give the same answer.
"""

import fcntl
import os
import secrets
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from channels import hourly
from core.clock import now
from core.envelope import CannotOpen, keyed_hash, slow_hash
from core.keys import KeyMissing, KeyProvider
from core.logging import Log
from intake.models import Attempt, Receipt, ReceiptKind, ReceiptWish

log = Log("intake")

LIFE = timedelta(days=365)
PER_HOUR, PER_DAY = 5, 20
CALM = 60  # wrong tries an hour over all conversations before every further one is slowed down
STEP, SLOWEST = 0.05, 3.0
_HOUR, DAY = timedelta(hours=1), timedelta(days=1)
_LONGEST = 40
_SEPARATORS = " -.\u00a0"


@dataclass(frozen=True)
class Checked:
    """The outcome of a try: a case, or none. `limited` means that it was not looked at: too many tries."""

    case_id: UUID | None = None
    limited: bool = False


def new_receipt() -> str:
    """Sixteen digits in four groups: 14 random ones and two check digits (ISO 7064 MOD 97-10)."""
    body = f"{secrets.randbelow(10**14):014d}"
    return shown(body + check_digits(body))


def check_digits(body: str) -> str:
    """The two check digits of a run of digits."""
    return f"{98 - int(body) * 100 % 97:02d}"


def is_sound(digits: str) -> bool:
    """Do sixteen digits carry their check digits? Finds every wrong digit and every two that changed places."""
    return len(digits) == 16 and digits.isdecimal() and digits == digits[:14] + check_digits(digits[:14])


def shown(digits: str) -> str:
    """`dddd dddd dddd dddd`."""
    return " ".join(digits[start : start + 4] for start in range(0, 16, 4))


def digits_of(text: str) -> str | None:
    """The bare ASCII digits of a message that is nothing but digits and separators, in any script; else None."""
    bare = [character for character in text.strip()[:_LONGEST] if character not in _SEPARATORS]
    values = [unicodedata.decimal(character, None) for character in bare]
    return "".join(str(value) for value in values) if values and None not in values else None


def kind_of(text: str) -> ReceiptKind | None:
    """What a message could be: 16 digits are a receipt, 4 to 6 a PIN."""
    size = len(digits_of(text) or "")
    if size == 16:
        return ReceiptKind.RECEIPT
    return ReceiptKind.PIN if 4 <= size <= 6 else None


def issue(session: Session, keys: KeyProvider, case_id: UUID) -> str:
    """A new receipt for a case, as the worker sees it, once."""
    receipt = new_receipt()
    add(session, case_id, ReceiptKind.RECEIPT, lookup_of(keys, ReceiptKind.RECEIPT, receipt.replace(" ", "")))
    return receipt


def add(session: Session, case_id: UUID, kind: ReceiptKind, lookup: bytes) -> None:
    """Store the look-up value of a receipt or PIN."""
    session.add(Receipt(case_id=case_id, kind=kind, lookup=lookup, expires_at=now() + LIFE))
    session.flush()


def grant_wishes(session: Session, keys: KeyProvider) -> int:
    """Store the look-up values of receipts that browsers made (`ReceiptWish`); returns how many were good.

    One that cannot be opened, is no receipt or belongs to another case already is given up with an alarm.
    """
    granted = 0
    for wish in session.scalars(select(ReceiptWish).with_for_update(skip_locked=True)).all():
        lookup = _wished(wish, keys)
        session.delete(wish)
        if lookup is None or _taken_by(session, lookup) is not None:
            log.alarm("receipt_wish_lost")
            continue
        add(session, wish.case_id, ReceiptKind.RECEIPT, lookup)
        granted += 1
    return granted


def exists(session: Session, case_id: UUID) -> bool:
    """Does a receipt or PIN protect this case, valid or expired?"""
    return session.scalars(select(Receipt.id).where(Receipt.case_id == case_id).limit(1)).first() is not None


def pin_lookup(keys: KeyProvider, conversation_id: int, pin: str) -> bytes | None:
    """The look-up value of a PIN in its own conversation; None unless it has 4 to 6 digits."""
    if kind_of(pin) is not ReceiptKind.PIN:
        return None
    return lookup_of(keys, ReceiptKind.PIN, _bound(conversation_id, digits_of(pin) or ""))


def check(session: Session, keys: KeyProvider, conversation_id: int, text: str) -> Checked:
    """Look a receipt or PIN up; over the limit of a conversation nothing is looked at.

    A wrong try is counted by `count_try`, apart: a turn that is tried again looks up again, and must count once.
    """
    if _over_limit(session, conversation_id):
        return Checked(limited=True)
    time.sleep(slow_down(session))
    digits = digits_of(text) or text[:_LONGEST]
    kind = kind_of(text) or ReceiptKind.RECEIPT
    secret = _bound(conversation_id, digits) if kind is ReceiptKind.PIN else digits
    return Checked(_find(session, kind, lookup_of(keys, kind, secret)))


def count_try(session: Session, conversation_id: int) -> None:
    """Count a wrong try of a conversation."""
    session.add(Attempt(conversation_id=conversation_id))
    session.flush()


def slow_down(session: Session) -> float:
    """Seconds that every try waits when very many wrong ones come from everywhere; nobody is ever locked out."""
    recent = session.scalar(select(func.count()).select_from(Attempt).where(Attempt.at > now() - _HOUR)) or 0
    return min(SLOWEST, max(0, recent - CALM) * STEP)


def lookup_of(keys: KeyProvider, kind: ReceiptKind, secret: str) -> bytes:
    """HMAC over Argon2id: a stolen table is of no use without the key, a stolen key still costs 64 MiB a guess."""
    key = keys.get("receipt")
    with _slot(keys.directory):
        slow = slow_hash(secret, keyed_hash(key, "salt", kind.value)[:16])
    return keyed_hash(key, kind.value, slow.hex())


def _wished(wish: ReceiptWish, keys: KeyProvider) -> bytes | None:
    try:
        text = hourly.open_text(wish.body, wish.hour, f"receipt_wish|{wish.case_id.hex}", keys)
    except (KeyMissing, CannotOpen, UnicodeDecodeError):
        return None
    digits = digits_of(text) or ""
    return lookup_of(keys, ReceiptKind.RECEIPT, digits) if is_sound(digits) else None


def _taken_by(session: Session, lookup: bytes) -> UUID | None:
    return session.scalar(select(Receipt.case_id).where(Receipt.kind == ReceiptKind.RECEIPT, Receipt.lookup == lookup))


def _bound(conversation_id: int, pin: str) -> str:
    return f"{conversation_id}|{pin}"


def _find(session: Session, kind: ReceiptKind, lookup: bytes) -> UUID | None:
    query = select(Receipt.case_id).where(Receipt.kind == kind, Receipt.lookup == lookup, Receipt.expires_at > now())
    return session.scalars(query.order_by(Receipt.id.desc()).limit(1)).first()


def _over_limit(session: Session, conversation_id: int) -> bool:
    own = select(func.count()).select_from(Attempt).where(Attempt.conversation_id == conversation_id)
    lately = session.scalar(own.where(Attempt.at > now() - _HOUR)) or 0
    today = session.scalar(own.where(Attempt.at > now() - DAY)) or 0
    return lately >= PER_HOUR or today >= PER_DAY


@contextmanager
def _slot(keys: Path) -> Iterator[None]:
    """One of two slots on this host: Argon2id takes 64 MiB each. Locks on what exists: the key folder and a key."""
    handles = [os.open(path, os.O_RDONLY) for path in (keys, keys / "receipt")]
    try:
        while not any(_taken(handle) for handle in handles):
            time.sleep(0.01)
        yield
    finally:
        for handle in handles:
            os.close(handle)


def _taken(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
