"""How a report is sealed. Every box is bound to where it belongs, so one that is moved does not open.

The pair's private half exists only while `make_pair` runs: it leaves as wraps, one for each reader. A wrap has an
inner layer (HPKE to the reader) and an outer one: the draft's own server key, later the crypto-shred key.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.envelope import lock, new_pair, pad, seal, unlock, unpad, unseal

IN, OUT, OWN = "in", "out", "own"
DRAFT_LAYER, CASE_LAYER = "draft", "case"


@dataclass(frozen=True)
class Reader:
    """Somebody a private half is wrapped to: `staff:3` or `recovery:1`."""

    name: str
    public: bytes


@dataclass(frozen=True)
class Place:
    """Where a sealed item belongs."""

    case_id: UUID
    epoch: int
    seq: int
    direction: str
    part: str

    @property
    def info(self) -> bytes:
        """The context the item is bound to."""
        return f"amparo|item|{self.case_id.hex}|{self.epoch}|{self.seq}|{self.direction}|{self.part}".encode()


@dataclass(frozen=True)
class Seat:
    """Where a wrap belongs."""

    case_id: UUID
    epoch: int
    reader: str

    @property
    def info(self) -> bytes:
        """The context the inner layer is bound to."""
        return f"amparo|wrap|{self.case_id.hex}|{self.epoch}|{self.reader}".encode()

    def layer(self, name: str) -> bytes:
        """The context the outer layer is bound to."""
        return name.encode() + b"|" + self.info


@dataclass(frozen=True)
class Told:
    """What an item holds: a text and the moment it was kept."""

    at: datetime
    text: str

    def __repr__(self) -> str:
        return "Told(...)"


@dataclass(frozen=True)
class Pair:
    """A fresh case pair as the server may know it: the public half, and the wraps by reader."""

    public: bytes
    wraps: dict[str, bytes]


def make_pair(case_id: UUID, epoch: int, readers: Iterable[Reader], outer: bytes) -> Pair:
    """A pair whose private half is wrapped to each reader under the draft's key `outer`, then forgotten."""
    pair = new_pair()
    wraps = {}
    for reader in readers:
        seat = Seat(case_id, epoch, reader.name)
        inner = seal(pair.private, reader.public, seat.info)
        wraps[reader.name] = lock(inner, outer, seat.layer(DRAFT_LAYER))
    return Pair(pair.public, wraps)


def rewrap(box: bytes, seat: Seat, draft_key: bytes, shred_key: bytes) -> bytes:
    """Filing: take the outer layer of the draft off and put the crypto-shred layer on."""
    return shred_layer_on(unlock(box, draft_key, seat.layer(DRAFT_LAYER)), seat, shred_key)


def shred_layer_on(inner: bytes, seat: Seat, shred_key: bytes) -> bytes:
    """A wrap as a reader made it or gets it, inside the crypto-shred layer."""
    return lock(inner, shred_key, seat.layer(CASE_LAYER))


def shred_layer_off(box: bytes, seat: Seat, shred_key: bytes) -> bytes:
    """The inner wrap, which only its reader opens. Raises CannotOpen."""
    return unlock(box, shred_key, seat.layer(CASE_LAYER))


def open_wrap(box: bytes, seat: Seat, shred_key: bytes, reader_private: bytes) -> bytes:
    """The private half of a case, for a reader. Raises CannotOpen."""
    return unseal(shred_layer_off(box, seat, shred_key), reader_private, seat.info)


def seal_item(told: Told, public: bytes, place: Place) -> bytes:
    """Seal one text, padded, to the case's public half."""
    plain = json.dumps({"at": told.at.isoformat(), "text": told.text})
    return seal(pad(plain.encode()), public, place.info)


def open_item(box: bytes, private: bytes, place: Place) -> Told:
    """Open one text with the case's private half. Raises CannotOpen."""
    plain = json.loads(unpad(unseal(box, private, place.info)))
    return Told(datetime.fromisoformat(plain["at"]), plain["text"])


def lock_facts(facts: dict[str, str], draft_key: bytes, draft_id: UUID, public: bytes) -> bytes:
    """The coded facts of a draft under its own key, bound to the public half that its texts are sealed to."""
    return lock(pad(json.dumps(facts).encode()), draft_key, _facts_context(draft_id, public))


def unlock_facts(box: bytes, draft_key: bytes, draft_id: UUID, public: bytes) -> dict[str, str]:
    """The coded facts of a draft. Raises CannotOpen, also when somebody put another public half into its row."""
    facts: dict[str, str] = json.loads(unpad(unlock(box, draft_key, _facts_context(draft_id, public))))
    return facts


def as_text(facts: dict[str, str]) -> str:
    """The facts as the text of an item of the case."""
    return json.dumps(facts, sort_keys=True)


def _facts_context(draft_id: UUID, public: bytes) -> bytes:
    return f"amparo|facts|{draft_id.hex}|{public.hex()}".encode()
