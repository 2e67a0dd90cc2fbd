"""Who may hold which key is a closed list; keys are written once, for our account alone, and destroyed for good."""

import stat
from pathlib import Path

import pytest

from core.database import ROLES
from core.errors import Denied
from core.keys import HOLDERS, PAIRS, SECRETS, KeyMissing, KeyProvider, ensure_server_keys

NAMES = (*SECRETS, "contact.key", "contact.pub", "hour/2026010100", "draft/1", *(f"db-{role}" for role in ROLES))
DESIGN = {
    "gateway": {"pepper", "contact.pub"},
    "worker": {"pepper", "receipt", "memory", "hour/2026010100", "draft/1", "contact.pub"},
    "actions": {"hour/2026010100"},
    "sender": {"contact.key", "contact.pub", "hour/2026010100"},
    "engine": set(),
}
"""The table of DESIGN section 2, written here a second time on purpose."""


@pytest.mark.parametrize("role", DESIGN)
def test_a_process_holds_what_the_design_gives_it_and_its_own_password(role: str, tmp_path: Path) -> None:
    keys = KeyProvider(tmp_path, role)
    assert {name for name in NAMES if keys.allows(name)} == DESIGN[role] | {f"db-{role}"}


@pytest.mark.parametrize("role", sorted(set(HOLDERS) - {"owner"}))
def test_every_other_key_is_denied_even_when_it_is_there(role: str, tmp_path: Path) -> None:
    ensure_server_keys(tmp_path, ROLES)
    keys = KeyProvider(tmp_path, role)
    for name in NAMES:
        if not keys.allows(name):
            for use in (keys.get, keys.exists, keys.destroy):
                with pytest.raises(Denied):
                    use(name)
            with pytest.raises(Denied):
                keys.put(name, b"x")


FIRST, SECOND = b"1" * 32, b"2" * 32


@pytest.mark.parametrize("name", ["../pepper", "/etc/passwd", "hour/../pepper", "", "Hour/1", "hour/a\n"])
def test_a_name_cannot_leave_the_folder(name: str, tmp_path: Path) -> None:
    with pytest.raises(KeyMissing):
        KeyProvider(tmp_path, "owner").get(name)


def test_a_grant_of_a_folder_is_no_grant_of_a_name_that_begins_like_it(tmp_path: Path) -> None:
    assert not KeyProvider(tmp_path, "actions").allows("hour")
    assert not KeyProvider(tmp_path, "gateway").allows("pepper2")


def test_keys_are_made_once_and_for_our_account_alone(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    ensure_server_keys(folder, ROLES)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    ensure_server_keys(folder, ROLES)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert {*SECRETS, *(f"{pair}.key" for pair in PAIRS)} <= set(before)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o400}


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    keys = KeyProvider(tmp_path, "owner")
    keys.put("draft/1", FIRST)
    with pytest.raises(FileExistsError):
        keys.put("draft/1", SECOND)
    assert keys.get("draft/1") == FIRST


def test_a_destroyed_key_is_gone_at_once_and_twice_is_no_error(tmp_path: Path) -> None:
    keys = KeyProvider(tmp_path, "worker")
    keys.put("hour/2026010100", FIRST)
    assert keys.get("hour/2026010100") == FIRST
    keys.destroy("hour/2026010100")
    keys.destroy("hour/2026010100")
    with pytest.raises(KeyMissing):
        keys.get("hour/2026010100")


def test_a_folder_of_keys_is_listed_in_order(tmp_path: Path) -> None:
    keys = KeyProvider(tmp_path, "worker")
    for hour in ("2026010101", "2026010100"):
        keys.put(f"hour/{hour}", b"x")
    assert keys.names("hour/") == ["hour/2026010100", "hour/2026010101"]


@pytest.mark.parametrize("left", [b"", b"half a key"])
def test_a_half_written_key_is_never_used(left: bytes, tmp_path: Path) -> None:
    (tmp_path / "pepper").write_bytes(left)
    with pytest.raises(KeyMissing, match="damaged"):
        KeyProvider(tmp_path, "owner").get("pepper")


def test_a_pair_whose_making_was_cut_off_is_completed(tmp_path: Path) -> None:
    ensure_server_keys(tmp_path, ROLES)
    public = (tmp_path / "contact.pub").read_bytes()
    (tmp_path / "contact.pub").unlink()
    ensure_server_keys(tmp_path, ROLES)
    assert (tmp_path / "contact.pub").read_bytes() == public


def test_nothing_half_written_stands_under_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.keys.os.fsync", lambda handle: (_ for _ in ()).throw(OSError("disk full")))
    keys = KeyProvider(tmp_path, "owner")
    with pytest.raises(OSError, match="disk full"):
        keys.put("hour/2026010100", FIRST)
    assert not keys.exists("hour/2026010100")
    assert keys.names("hour/") == []
