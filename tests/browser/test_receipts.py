"""Receipts of the browser are those of Python, and so are fingerprints."""

import secrets
from pathlib import Path
from uuid import uuid4

import pytest

from channels import hourly
from channels.hourly import Hour
from core.envelope import CannotOpen, new_pair
from core.keys import KeyProvider
from intake import keyfile, receipts
from tests.browser.boxes import CASE, OTHER, b64, raw
from tests.browser.chromium import Vault


def test_receipts_carry_the_same_check_digits(vault: Vault) -> None:
    bodies = ["0" * 14, "9" * 14, "00000000000001", *(f"{secrets.randbelow(10**14):014d}" for _ in range(200))]
    digits = vault.run("return bodies.map((body) => vault.checkDigits(body))", bodies=bodies)
    assert digits == [receipts.check_digits(body) for body in bodies]


def test_new_receipts_are_sound_and_differ(vault: Vault) -> None:
    made = vault.run("return Array.from({length: 200}, () => vault.newReceipt())")
    assert all(receipts.is_sound(receipt.replace(" ", "")) for receipt in made)
    assert all(receipts.shown(receipt.replace(" ", "")) == receipt for receipt in made)
    assert len(set(made)) == 200


def test_a_receipt_with_a_wrong_digit_is_unsound_on_both_sides(vault: Vault) -> None:
    digits = receipts.new_receipt().replace(" ", "")
    wrong = [digits[:at] + str((int(digits[at]) + 1) % 10) + digits[at + 1 :] for at in range(16)]
    tried = [digits, receipts.shown(digits), *wrong, digits[:15], "", "x" * 16]
    sound = vault.run("return tried.map((receipt) => vault.isSound(receipt))", tried=tried)
    assert sound == [True, True] + [False] * 19
    assert not any(receipts.is_sound(receipt) for receipt in wrong)


@pytest.mark.parametrize("name", ["2026112205", "2027010100"])
def test_a_receipt_is_sealed_to_its_hour_and_case(vault: Vault, tmp_path: Path, name: str) -> None:
    keys = KeyProvider(tmp_path, "owner")
    pair = new_pair()
    keys.put(f"hour/{name}", pair.private)
    hour = Hour(name, pair.public)
    script = "return await vault.sealReceipt(hour, id, receipt)"
    values = {"hour": {"id": hour.id, "public": b64(hour.public)}, "id": str(CASE), "receipt": receipts.new_receipt()}
    made = vault.run(script, **values)
    opened = hourly.open_text(raw(made["body"]), made["hour"], f"receipt_wish|{CASE.hex}", keys)
    assert receipts.shown(opened) == values["receipt"]
    assert len(raw(made["body"])) == len(hourly.seal_text(opened, hour, "whatever"))
    with pytest.raises(CannotOpen):
        hourly.open_text(raw(made["body"]), made["hour"], f"receipt_wish|{OTHER.hex}", keys)


def test_what_is_no_receipt_is_not_sealed(vault: Vault) -> None:
    values = {"hour": {"id": "2026112205", "public": b64(new_pair().public)}, "id": str(uuid4())}
    assert vault.fault("await vault.sealReceipt(hour, id, '1234 5678')", **values) == "bad_input"


def test_fingerprints_are_the_same(vault: Vault) -> None:
    publics = [new_pair().public for _ in range(20)]
    script = "return await Promise.all(publics.map((one) => vault.fingerprint(one)))"
    assert vault.run(script, publics=[b64(one) for one in publics]) == [keyfile.fingerprint(one) for one in publics]
