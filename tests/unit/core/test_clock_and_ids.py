"""One clock that a test can move; aliases that say nothing."""

import re
from datetime import UTC, timedelta

import pytest

from core import clock, ids


def test_the_clock_is_aware_and_in_utc() -> None:
    assert clock.now().tzinfo is UTC


def test_a_moved_clock_comes_back_even_after_an_error() -> None:
    before = clock.now()
    with clock.shifted(timedelta(hours=3)):
        assert clock.now() - before >= timedelta(hours=3)
    with pytest.raises(RuntimeError), clock.shifted(timedelta(hours=3)):
        raise RuntimeError
    assert clock.now() - before < timedelta(minutes=1)


def test_aliases_have_a_form_that_can_be_read_aloud() -> None:
    made = {ids.alias() for _ in range(200)}
    assert all(re.fullmatch(r"[B-DF-HJ-NP-TV-XZ]{3}-\d{4}", alias) for alias in made)
    assert len(made) > 195
