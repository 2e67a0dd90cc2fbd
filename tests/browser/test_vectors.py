"""Fixed vectors: RFC 9180, and boxes made once by each side, which both sides must open for good."""

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core import envelope
from core.envelope import CannotOpen
from intake import keyfile, receipts, sealing
from intake.sealing import Told
from tests.browser.boxes import KEY, OPEN_BOX, OPEN_CASE, OPEN_ITEM, answer, b64, item, raw
from tests.browser.chromium import Vault
from tests.browser.make_vectors import AT, CASE, LABEL, PASSPHRASE, PLACE, SEAT, TEXT, VECTORS, fixed

DATA: dict[str, Any] = json.loads(VECTORS.read_text())
RFC: dict[str, Any] = DATA["rfc_9180"]
SAME: dict[str, Any] = DATA["same"]
made_by = pytest.mark.parametrize("maker", ["python", "browser"])


def rfc_box() -> tuple[bytes, bytes, bytes]:
    """The RFC's first message as our envelope, its plain text, and the private half it opens with.

    The RFC's messages carry associated data and ours have none: its key and nonce seal the same text without.
    """
    first = {name: bytes.fromhex(value) for name, value in RFC["encryption"].items()}
    aes, nonce = AESGCM(bytes.fromhex(RFC["key"])), bytes.fromhex(RFC["base_nonce"])
    assert aes.encrypt(nonce, first["pt"], first["aad"]) == first["ct"]
    box = envelope.VERSION + bytes.fromhex(RFC["enc"]) + aes.encrypt(nonce, first["pt"], None)
    return box, first["pt"], bytes.fromhex(RFC["skRm"])


def test_the_rfc_vector_is_of_our_suite() -> None:
    assert (RFC["mode"], RFC["kem_id"], RFC["kdf_id"], RFC["aead_id"]) == (0, 0x20, 1, 2)


def test_python_opens_the_rfc_vector() -> None:
    box, plain, private = rfc_box()
    info = bytes.fromhex(RFC["info"])
    assert envelope.public_of(private).hex() == RFC["pkRm"]
    assert envelope.unseal(box, private, info) == plain
    with pytest.raises(CannotOpen):
        envelope.unseal(box, private, info + b"x")


def test_the_browser_opens_the_rfc_vector(vault: Vault) -> None:
    box, plain, private = rfc_box()
    values = {"private": b64(private), "box": b64(box)}
    info = bytes.fromhex(RFC["info"]).decode()
    assert raw(vault.run(KEY + OPEN_BOX, info=info, **values)) == plain
    assert vault.run(KEY + "return vault.bytes.toHex(key.public)", private=b64(private)) == RFC["pkRm"]
    assert vault.fault(KEY + OPEN_BOX, info=info + "x", **values) == "cannot_open"


@made_by
def test_python_opens_every_kind_of_box(maker: str, tmp_path: Path) -> None:
    boxes = DATA["boxes"][maker]
    (tmp_path / "key").write_text(json.dumps(boxes["key_file"]))
    private = keyfile.read_private(tmp_path / "key", PASSPHRASE)
    assert envelope.unseal(raw(boxes["envelope"]), fixed("reader"), LABEL) == TEXT.encode()
    assert envelope.unlock(raw(boxes["locked"]), fixed("secret"), LABEL) == TEXT.encode()
    assert sealing.open_item(raw(boxes["item"]), fixed("case"), PLACE) == Told(AT, TEXT)
    assert envelope.unseal(raw(boxes["wrap"]), fixed("reader"), SEAT.info) == fixed("case")
    assert envelope.public_of(private) == raw(boxes["key_file"]["public"])


@made_by
def test_the_browser_opens_every_kind_of_box(vault: Vault, maker: str) -> None:
    boxes = DATA["boxes"][maker]
    reader, case = b64(fixed("reader")), b64(fixed("case"))
    unlock = "const [secret, aad] = [vault.bytes.fromBase64(key), vault.bytes.utf8('amparo|vector')];"
    unlock += "return vault.bytes.text(await vault.envelope.unlock(vault.bytes.fromBase64(box), secret, aad))"
    open_file = "const key = await vault.openKeyFile(file, passphrase); return vault.bytes.toBase64(key.public)"
    wrapped = answer(SEAT, raw(boxes["wrap"]), envelope.public_of(fixed("case")))
    opened = vault.run(KEY + OPEN_BOX, private=reader, box=boxes["envelope"], info=LABEL.decode())
    assert raw(opened) == TEXT.encode()
    assert vault.run(unlock, key=b64(fixed("secret")), box=boxes["locked"]) == TEXT
    assert vault.run(KEY + OPEN_ITEM, private=case, id=str(CASE), item=item(PLACE, raw(boxes["item"]))) == TEXT
    known = b64(envelope.public_of(fixed("case")))
    assert vault.run(KEY + OPEN_CASE, private=reader, answer=wrapped) == {"1": known}
    key_file = boxes["key_file"]
    assert vault.run(open_file, file=json.dumps(key_file), passphrase=PASSPHRASE) == key_file["public"]


def test_what_has_one_right_answer_has_it_in_python() -> None:
    assert {size: len(envelope.pad(bytes(int(size)))) for size in SAME["padded_sizes"]} == SAME["padded_sizes"]
    assert {body: receipts.check_digits(body) for body in SAME["check_digits"]} == SAME["check_digits"]
    assert {public: keyfile.fingerprint(raw(public)) for public in SAME["fingerprints"]} == SAME["fingerprints"]


def test_what_has_one_right_answer_has_it_in_the_browser(vault: Vault) -> None:
    script = """
        const made = { padded_sizes: {}, check_digits: {}, fingerprints: {} };
        for (const size in same.padded_sizes) {
          made.padded_sizes[size] = vault.bytes.pad(new Uint8Array(Number(size))).length;
        }
        for (const body in same.check_digits) { made.check_digits[body] = vault.checkDigits(body); }
        for (const known in same.fingerprints) { made.fingerprints[known] = await vault.fingerprint(known); }
        return made;
    """
    assert vault.run(script, same=SAME) == SAME
