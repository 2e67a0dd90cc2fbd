"""Writes vectors.json: boxes that both sides must open for as long as the format lives.

`python -m tests.browser.make_vectors RFC` makes new ones with fixed keys, one half by Python and one by the browser.
RFC is the test vector file of RFC 9180 (the package cryptography_vectors has it as HPKE/test-vectors.json); its entry
for our suite is copied. Only a change of the format is a reason to run it: old boxes must open with new code.
"""

import hashlib
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from core import envelope
from intake import keyfile, receipts, sealing
from intake.sealing import Place, Seat, Told
from tests.browser.boxes import b64
from tests.browser.chromium import Vault, launched, program, served

VECTORS = Path(__file__).with_name("vectors.json")
CASE = UUID("0192f3a4-5b6c-7d8e-9fa0-b1c2d3e4f506")
PLACE = Place(CASE, 1, 2, "in", "story")
SEAT = Seat(CASE, 1, "staff:3")
AT = datetime(2026, 11, 22, 5, 0, 0, tzinfo=UTC)
TEXT = "Patron an pran paspò mwen. ñ 🌽"
PASSPHRASE = "tanpri pa bliye ñ"
LABEL = b"amparo|vector"
_SUITE = {"mode": 0, "kem_id": 0x20, "kdf_id": 1, "aead_id": 2}  # base, X25519, HKDF-SHA256, AES-256-GCM
_BY_BROWSER = """
    const { fromBase64, toBase64, utf8 } = vault.bytes;
    const place = { epoch: 1, seq: 2, direction: "in", part: "story" };
    return {
      envelope: toBase64(await vault.envelope.seal(utf8(text), fromBase64(reader), utf8("amparo|vector"))),
      locked: toBase64(await vault.envelope.lock(utf8(text), fromBase64(secret), utf8("amparo|vector"))),
      item: await vault.sealItem(id, place, text, known, new Date(at)),
      wrap: toBase64(await vault.envelope.seal(fromBase64(private), fromBase64(reader), utf8(seat))),
      key_file: JSON.parse((await vault.makeKeyFile(passphrase)).file),
    };
"""


def fixed(label: str) -> bytes:
    """32 bytes that everybody can make again: these keys guard nothing."""
    return hashlib.sha256(f"amparo test vector|{label}".encode()).digest()


def by_python() -> dict[str, object]:
    """One box of every kind by the server's code."""
    reader, case = envelope.public_of(fixed("reader")), fixed("case")
    with TemporaryDirectory() as folder:
        keyfile.write_new(Path(folder) / "key", PASSPHRASE)
        key_file = json.loads((Path(folder) / "key").read_text())
    return {
        "envelope": b64(envelope.seal(TEXT.encode(), reader, LABEL)),
        "locked": b64(envelope.lock(TEXT.encode(), fixed("secret"), LABEL)),
        "item": b64(sealing.seal_item(Told(AT, TEXT), envelope.public_of(case), PLACE)),
        "wrap": b64(envelope.seal(case, reader, SEAT.info)),
        "key_file": key_file,
    }


def by_browser(vault: Vault) -> dict[str, object]:
    """The same by the shipped bundle."""
    publics = {name: b64(envelope.public_of(fixed(name))) for name in ("reader", "case")}
    values = {"reader": publics["reader"], "known": publics["case"], "private": b64(fixed("case"))}
    words = {"text": TEXT, "passphrase": PASSPHRASE, "at": AT.isoformat(), "id": str(CASE)}
    made: dict[str, object] = vault.run(
        _BY_BROWSER, secret=b64(fixed("secret")), seat=SEAT.info.decode(), **values, **words
    )
    return made


def rfc_9180(source: Path) -> dict[str, Any]:
    """The entry of our suite, with its first message."""
    entries = json.loads(source.read_text())
    entry = next(one for one in entries if all(one[name] == value for name, value in _SUITE.items()))
    kept = {name: entry[name] for name in (*_SUITE, "info", "skRm", "pkRm", "enc", "key", "base_nonce")}
    return {**kept, "encryption": entry["encryptions"][0]}


def same_on_both_sides() -> dict[str, object]:
    """What has one right answer: padding, check digits, fingerprints."""
    sizes = (0, 1, 252, 253, 1020, 8188, 8189, 20000)
    bodies = ("00000000000000", "00000000000001", "48217730925611", "99999999999999")
    publics = [envelope.public_of(fixed(name)) for name in ("reader", "case")]
    return {
        "padded_sizes": {str(size): len(envelope.pad(bytes(size))) for size in sizes},
        "check_digits": {body: receipts.check_digits(body) for body in bodies},
        "fingerprints": {b64(public): keyfile.fingerprint(public) for public in publics},
    }


def main(rfc: Path) -> None:
    """Make everything and write it."""
    executable = program()
    if executable is None:
        raise SystemExit("no Chromium: `make chromium` installs one, or set AMPARO_CHROMIUM to its path")
    with served() as address, launched(executable) as browser:
        page = browser.new_page()
        page.goto(address)
        halves = {"python": by_python(), "browser": by_browser(Vault(page))}
    content = {"rfc_9180": rfc_9180(rfc), "same": same_on_both_sides(), "boxes": halves}
    VECTORS.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
