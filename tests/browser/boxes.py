"""What tests of both sides share: places, JavaScript that opens, and boxes as the server hands them over."""

import base64
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from intake.sealing import Place, Seat

CASE = UUID("0192f3a4-5b6c-7d8e-9fa0-b1c2d3e4f506")
OTHER = UUID("0192f3a4-5b6c-7d8e-9fa0-b1c2d3e4f507")
PLACE = Place(CASE, 1, 4, "in", "story")
SEAT = Seat(CASE, 1, "staff:3")
AT = datetime(2026, 11, 22, 5, 40, 1, 123456, tzinfo=UTC)

# a Key of the page from a raw private half
KEY = "const key = await vault.envelope.importKey(vault.bytes.fromBase64(private));"
# the public halves of the epochs that open
OPEN_CASE = (
    "const opened = [...(await vault.openCase(answer, key))];"
    "return Object.fromEntries(opened.map(([epoch, own]) => [epoch, vault.bytes.toBase64(own.public)]))"
)
OPEN_ITEM = "return (await vault.openItem(id, item, new Map([[item.epoch, key]]))).text"
OPEN_BOX = (
    "const raw = await vault.envelope.unseal(vault.bytes.fromBase64(box), key, vault.bytes.utf8(info)); "
    "return vault.bytes.toBase64(raw)"
)


def b64(value: bytes) -> str:
    return base64.b64encode(value).decode()


def raw(value: str) -> bytes:
    return base64.b64decode(value, validate=True)


def item(place: Place, box: bytes) -> dict[str, object]:
    where = {"epoch": place.epoch, "seq": place.seq, "direction": place.direction, "part": place.part}
    return {**where, "box": b64(box)}


def answer(seat: Seat, box: bytes, public: bytes) -> dict[str, Any]:
    """What the server says of a case, as far as keys go."""
    wraps = [{"epoch": 1, "box": b64(box)}]
    publics = {"1": b64(public)}
    return {"case": str(seat.case_id), "reader": seat.reader, "wraps": wraps, "publics": publics}


def damaged(box: bytes) -> list[bytes]:
    """One flipped bit in every part of an envelope, other versions, and cuts."""
    flipped = [box[:at] + bytes([box[at] ^ 1]) + box[at + 1 :] for at in (0, 1, 32, 33, len(box) // 2, len(box) - 1)]
    versions = [bytes([version]) + box[1:] for version in (0, 2, 255)]
    return [*flipped, *versions, *(box[:size] for size in (0, 1, 13, 33, len(box) - 1)), box + b"\0"]
