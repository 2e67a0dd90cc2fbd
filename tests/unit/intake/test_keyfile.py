import json
import stat
from pathlib import Path

import pytest

from core.envelope import public_of
from intake import keyfile
from intake.keyfile import KeyFileFault


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("keys") / "ana.key"
    keyfile.write_new(path, "six plain words")
    return path


def test_both_halves_come_back_and_belong_together(made: Path) -> None:
    private = keyfile.read_private(made, "six plain words")
    assert public_of(private) == keyfile.read_public(made.with_name("ana.key.pub"))


def test_the_private_file_is_for_its_owner_only_and_holds_no_key_in_clear(made: Path) -> None:
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    private = keyfile.read_private(made, "six plain words")
    assert private not in made.read_bytes()
    assert private.hex() not in made.read_text()


def test_a_wrong_passphrase_is_named_as_such(made: Path) -> None:
    with pytest.raises(KeyFileFault, match="passphrase does not open"):
        keyfile.read_private(made, "six plain word")


@pytest.mark.parametrize("existing", ["ana.key", "ana.key.pub"])
def test_nothing_is_overwritten(tmp_path: Path, existing: str) -> None:
    (tmp_path / existing).write_text("precious")
    with pytest.raises(KeyFileFault, match="not overwritten"):
        keyfile.write_new(tmp_path / "ana.key", "x")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [(existing, "precious")]


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(KeyFileFault, match="cannot be written"):
        keyfile.write_new(tmp_path / "no" / "ana.key", "x")


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", "no json", '{"salt": "?", "box": "", "public": "", "memory_kib": 8}']
)
def test_a_file_that_is_no_key_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "ana.key").write_text(content)
    with pytest.raises(KeyFileFault, match="not a key file"):
        keyfile.read_private(tmp_path / "ana.key", "x")
    with pytest.raises(KeyFileFault):
        keyfile.read_public(tmp_path / "ana.key")


def test_a_file_that_asks_for_all_the_memory_is_refused(made: Path, tmp_path: Path) -> None:
    greedy = json.loads(made.read_text()) | {"memory_kib": 2**31}
    (tmp_path / "greedy").write_text(json.dumps(greedy))
    with pytest.raises(KeyFileFault, match="memory"):
        keyfile.read_private(tmp_path / "greedy", "six plain words")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(KeyFileFault, match="no key file"):
        keyfile.read_private(tmp_path / "ana.key", "x")


def test_a_fingerprint_can_be_read_aloud(made: Path) -> None:
    groups = keyfile.fingerprint(bytes(32)).split("-")
    assert [len(group) for group in groups] == [4] * 8
