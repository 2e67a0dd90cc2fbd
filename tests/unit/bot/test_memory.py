"""What a conversation remembers is sealed to itself; damage means starting from the menu, never an error."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot import memory
from channels.models import Conversation
from core.keys import KeyProvider, ensure_server_keys


@pytest.fixture
def worker(tmp_path: Path) -> KeyProvider:
    ensure_server_keys(tmp_path / "keys", ())
    return KeyProvider(tmp_path / "keys", "worker")


def kept(worker: KeyProvider, number: int = 1) -> Conversation:
    talk = Conversation(id=number)
    memory.save(talk, worker, {"prompt": "menu.main", "gone": None})
    return talk


def test_codes_come_back_and_forgotten_ones_do_not(worker: KeyProvider) -> None:
    assert memory.load(kept(worker), worker) == {"prompt": "menu.main"}


def test_nothing_of_it_is_readable_in_the_row(worker: KeyProvider) -> None:
    assert b"menu" not in (kept(worker).memory or b"")


@pytest.mark.parametrize("spoil", [lambda box: box[:-1] + b"x", lambda box: b"", lambda box: b"\x02" + box[1:]])
def test_a_damaged_memory_is_an_empty_one(worker: KeyProvider, spoil: Callable[[bytes], bytes]) -> None:
    talk = kept(worker)
    talk.memory = spoil(talk.memory or b"")
    assert memory.load(talk, worker) == {}


def test_a_memory_moved_to_another_conversation_does_not_open(worker: KeyProvider) -> None:
    other = Conversation(id=2, memory=kept(worker).memory)
    assert memory.load(other, worker) == {}
