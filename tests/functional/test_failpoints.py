"""A kill at every failpoint, between every two steps of a message's way, while 200 people write."""

import pytest

from core.failpoints import NAMES
from tests.functional.faults import FaultyHotline, process_of, rounds, shake
from tests.functional.hotline import a_hotline
from tests.functional.test_kills import Tally

CONVERSATIONS = 200


def test_every_failpoint_is_in_one_round_and_a_round_kills_a_process_once() -> None:
    assert sorted(name for names in rounds() for name in names) == sorted(NAMES)
    for names in rounds():
        assert len({process_of(name) for name in names}) == len(names)


@pytest.mark.slow
@pytest.mark.engine
@pytest.mark.timeout(900)
def test_a_kill_at_every_failpoint_loses_repeats_and_moves_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with a_hotline(FaultyHotline) as hotline:
        hotline.add_reader()
        outcome = shake(hotline, CONVERSATIONS)
    with capsys.disabled():
        print(f"\n{outcome}")
    assert outcome.tally == Tally(0, 0, 0)
    assert (outcome.conversations, sorted(outcome.killed)) == (CONVERSATIONS, sorted(NAMES))
