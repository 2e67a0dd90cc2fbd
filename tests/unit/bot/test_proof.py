"""A code is shown once and holds for ten minutes, in its own conversation, and leaves nothing behind."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from bot import memory, proof
from channels import hourly
from channels.models import Conversation
from core.clock import shifted
from core.database import Database
from core.keys import KeyProvider

CASE = UUID(int=12)


@pytest.fixture
def kept(clean: None, db: Callable[[str], Database]) -> dict[str, Any]:
    remembered: dict[str, Any] = {}
    with db("worker").begin() as session:
        proof.keep(session, remembered, 1, CASE)
    return remembered


@pytest.fixture
def worker(keys: Callable[[str], KeyProvider]) -> KeyProvider:
    return keys("worker")


def test_it_holds_for_ten_minutes(kept: dict[str, Any], worker: KeyProvider) -> None:
    with shifted(timedelta(minutes=9, seconds=59)):
        assert proof.case_of(kept, 1, worker) == CASE
    with shifted(timedelta(minutes=10)):
        assert proof.case_of(kept, 1, worker) is None


def test_it_holds_in_its_own_conversation_only(kept: dict[str, Any], worker: KeyProvider) -> None:
    assert proof.case_of(kept, 2, worker) is None
    assert proof.case_of({}, 1, worker) is None


def test_stop_ends_it(kept: dict[str, Any], worker: KeyProvider) -> None:
    conversation = Conversation(id=1)
    memory.save(conversation, worker, {**kept, "prompt": "case.status"})
    proof.forget(conversation, worker)
    assert memory.load(conversation, worker) == {"prompt": "case.status"}


def test_the_memory_does_not_say_which_case(kept: dict[str, Any]) -> None:
    assert CASE.hex not in str(kept)


def test_once_the_hour_is_gone_nobody_learns_it(
    kept: dict[str, Any], worker: KeyProvider, db: Callable[[str], Database]
) -> None:
    database = db("worker")
    steps: tuple[Callable[[Session], object], ...] = (
        lambda session: hourly.make_ahead(session, worker),
        hourly.retire_finished,
        lambda session: hourly.destroy_retired(session, worker),
    )
    with shifted(timedelta(hours=2)):
        for step in steps:
            with database.begin() as session:
                step(session)
    assert proof.case_of(kept, 1, worker) is None
