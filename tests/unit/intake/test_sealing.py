from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from core.envelope import CannotOpen, KeyPair, new_key, new_pair
from intake import sealing
from intake.sealing import Place, Reader, Seat, Told

CASE = uuid4()
PUBLIC = new_pair().public
PLACE = Place(CASE, 1, 3, sealing.IN, "story")
TOLD = Told(datetime(2026, 11, 22, 7, 30, tzinfo=UTC), "he keeps my passport")
ELSEWHERE = [
    {"case_id": uuid4()},
    {"epoch": 2},
    {"seq": 4},
    {"direction": sealing.OUT},
    {"part": "employer"},
]


@pytest.fixture
def reader() -> KeyPair:
    return new_pair()


def test_an_item_opens_where_it_belongs_and_nowhere_else(reader: KeyPair) -> None:
    box = sealing.seal_item(TOLD, reader.public, PLACE)
    assert sealing.open_item(box, reader.private, PLACE) == TOLD
    for elsewhere in ELSEWHERE:
        with pytest.raises(CannotOpen):
            sealing.open_item(box, reader.private, replace(PLACE, **elsewhere))  # type: ignore[arg-type]


def test_a_wrap_opens_in_its_seat_and_nowhere_else(reader: KeyPair) -> None:
    draft_key, shred = new_key(), new_key()
    pair = sealing.make_pair(CASE, 1, [Reader("staff:1", reader.public)], draft_key)
    seat = Seat(CASE, 1, "staff:1")
    box = sealing.rewrap(pair.wraps["staff:1"], seat, draft_key, shred)
    private = sealing.open_wrap(box, seat, shred, reader.private)
    assert sealing.open_item(sealing.seal_item(TOLD, pair.public, PLACE), private, PLACE) == TOLD
    for elsewhere in (Seat(uuid4(), 1, "staff:1"), Seat(CASE, 2, "staff:1"), Seat(CASE, 1, "staff:2")):
        with pytest.raises(CannotOpen):
            sealing.open_wrap(box, elsewhere, shred, reader.private)
        with pytest.raises(CannotOpen):
            sealing.rewrap(pair.wraps["staff:1"], elsewhere, draft_key, shred)


def test_both_layers_are_needed(reader: KeyPair) -> None:
    draft_key, shred = new_key(), new_key()
    seat = Seat(CASE, 1, "staff:1")
    pair = sealing.make_pair(CASE, 1, [Reader("staff:1", reader.public)], draft_key)
    box = sealing.rewrap(pair.wraps["staff:1"], seat, draft_key, shred)
    for wrong in ((new_key(), reader.private), (shred, new_pair().private), (draft_key, reader.private)):
        with pytest.raises(CannotOpen):
            sealing.open_wrap(box, seat, *wrong)


def test_a_case_layer_is_not_taken_for_a_draft_layer(reader: KeyPair) -> None:
    key = new_key()
    seat = Seat(CASE, 1, "staff:1")
    box = sealing.make_pair(CASE, 1, [Reader("staff:1", reader.public)], key).wraps["staff:1"]
    with pytest.raises(CannotOpen):
        sealing.open_wrap(box, seat, key, reader.private)


@pytest.mark.parametrize(("short", "long"), [("no", "he keeps my passport and has not paid me since May")])
def test_size_does_not_tell_a_short_answer_from_a_longer_one(reader: KeyPair, short: str, long: str) -> None:
    sizes = {len(sealing.seal_item(Told(TOLD.at, words), reader.public, PLACE)) for words in (short, long)}
    assert len(sizes) == 1


def test_facts_open_for_their_draft_only() -> None:
    key = new_key()
    box = sealing.lock_facts({"kind": "pay"}, key, CASE, PUBLIC)
    assert sealing.unlock_facts(box, key, CASE, PUBLIC) == {"kind": "pay"}
    with pytest.raises(CannotOpen):
        sealing.unlock_facts(box, key, uuid4(), PUBLIC)
    with pytest.raises(CannotOpen):
        sealing.unlock_facts(box, key, CASE, new_pair().public)


def test_what_was_told_is_not_in_the_repr() -> None:
    assert "passport" not in repr(TOLD)
