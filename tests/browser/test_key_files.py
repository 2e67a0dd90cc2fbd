"""Key files of the browser and of `amparo keys new` are one format."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core import envelope
from core.envelope import new_pair
from intake import keyfile
from intake.keyfile import KeyFileFault
from tests.browser.boxes import b64, raw
from tests.browser.chromium import Vault


def test_a_key_file_of_the_command_line_opens_in_the_browser(vault: Vault, tmp_path: Path) -> None:
    public = keyfile.write_new(tmp_path / "key", "sèt mo ki long 🌽")
    script = "const key = await vault.openKeyFile(file, passphrase); return vault.bytes.toBase64(key.public)"
    opened = vault.run(script, file=(tmp_path / "key").read_text(), passphrase="sèt mo ki long 🌽")
    assert raw(opened) == public


def test_a_key_file_of_the_browser_opens_on_the_command_line(vault: Vault, tmp_path: Path) -> None:
    made = vault.run("return await vault.makeKeyFile(passphrase)", passphrase="sèt mo ki long 🌽")
    path = tmp_path / "key"
    path.write_text(made["file"])
    private = keyfile.read_private(path, "sèt mo ki long 🌽")
    assert envelope.public_of(private) == raw(made["public"])
    assert keyfile.fingerprint(raw(made["public"])) == made["fingerprint"]


def test_both_sides_write_the_same_key_file_format(vault: Vault, tmp_path: Path) -> None:
    keyfile.write_new(tmp_path / "key", "a passphrase")
    by_python = json.loads((tmp_path / "key").read_text())
    by_browser = json.loads(vault.run("return (await vault.makeKeyFile('a passphrase')).file"))
    shape = [(name, len(value) if isinstance(value, str) else value) for name, value in by_python.items()]
    assert shape == [(name, len(value) if isinstance(value, str) else value) for name, value in by_browser.items()]


def test_a_wrong_passphrase_opens_a_key_file_on_neither_side(vault: Vault, tmp_path: Path) -> None:
    made = vault.run("return await vault.makeKeyFile('the right one')")
    (tmp_path / "key").write_text(made["file"])
    with pytest.raises(KeyFileFault, match="passphrase"):
        keyfile.read_private(tmp_path / "key", "the wrong one")
    for wrong in ("the wrong one", "", "the right one "):
        assert vault.fault("await vault.openKeyFile(file, wrong)", file=made["file"], wrong=wrong) == "wrong_passphrase"


def test_a_key_file_without_a_passphrase_is_not_made(vault: Vault) -> None:
    assert vault.fault("await vault.makeKeyFile('')") == "bad_input"


def _swapped(fields: dict[str, Any]) -> dict[str, Any]:
    """The public half of somebody else, in a box that was made for it."""
    pair, salt = new_pair(), raw(fields["salt"])
    stranger = new_pair().public
    secret = envelope.slow_hash("a passphrase", salt, 64)
    box = envelope.lock(pair.private, secret, b"amparo|keyfile|" + stranger)
    return {**fields, "memory_kib": 64, "box": b64(box), "public": b64(stranger)}


@pytest.mark.parametrize(
    "change",
    [
        lambda fields: None,
        lambda fields: [],
        lambda fields: {**fields, "v": 2},
        lambda fields: {**fields, "kdf": "scrypt"},
        lambda fields: {**fields, "memory_kib": 4_000_000},
        lambda fields: {**fields, "memory_kib": "65536"},
        lambda fields: {**fields, "salt": "not base64"},
        lambda fields: {**fields, "public": b64(b"short")},
        lambda fields: {name: value for name, value in fields.items() if name != "box"},
        _swapped,
    ],
)
def test_a_damaged_key_file_is_named_as_such(
    vault: Vault, tmp_path: Path, change: Callable[[dict[str, Any]], object]
) -> None:
    keyfile.write_new(tmp_path / "key", "a passphrase")
    file = json.dumps(change(json.loads((tmp_path / "key").read_text())))
    script = "await vault.openKeyFile(file, 'a passphrase')"
    assert vault.fault(script, file=file) == "bad_key_file"
    assert vault.fault(script, file=file[:-1] + "x") == "bad_key_file"


def test_the_unlocked_key_cannot_be_taken_out_of_the_page(vault: Vault) -> None:
    script = """
        const made = await vault.makeKeyFile("a passphrase");
        const key = await vault.openKeyFile(made.file, "a passphrase");
        const tries = ["raw", "pkcs8", "jwk"].map((format) => crypto.subtle.exportKey(format, key.pair.privateKey));
        const results = await Promise.allSettled(tries);
        return { extractable: key.pair.privateKey.extractable, results: results.map((result) => result.status) };
    """
    assert vault.run(script) == {"extractable": False, "results": ["rejected"] * 3}
