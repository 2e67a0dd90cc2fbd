"""The life of an hour's pair: nobody can seal to a key that is gone, and a finished hour's key does go."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from channels import hourly, inbox
from channels.contract import InboundMessage
from channels.hourly import NoHourlyKey
from channels.models import HourlyKey
from core.clock import now, shifted
from core.database import Database
from core.envelope import CannotOpen
from core.keys import KeyMissing, KeyProvider

type Db = Callable[[str], Database]


@pytest.fixture
def worker(clean: None, db: Db, keys: Callable[[str], KeyProvider]) -> tuple[Database, KeyProvider]:
    return db("worker"), keys("worker")


def keep_house(worker: tuple[Database, KeyProvider], *, ahead: bool = True) -> list[str]:
    """What the worker does every five minutes, each step in a transaction of its own."""
    database, own = worker
    if ahead:
        with database.begin() as session:
            hourly.make_ahead(session, own)
    with database.begin() as session:
        hourly.retire_finished(session)
    with database.begin() as session:
        return hourly.destroy_retired(session, own)


def sealed(session: Session, words: str = "sak pase") -> tuple[bytes, str]:
    hour = hourly.current(session)
    return hourly.seal_text(words, hour, "test"), hour.id


def test_a_finished_hour_loses_its_private_half_and_opens_nothing(
    worker: tuple[Database, KeyProvider],
) -> None:
    database, own = worker
    with database.begin() as session:
        box, hour = sealed(session)
    with shifted(timedelta(hours=1, minutes=11)):
        assert hour in keep_house(worker)
    with pytest.raises(KeyMissing):
        hourly.open_text(box, hour, "test", own)


def test_an_hour_that_was_in_use_a_moment_ago_is_left_alone(worker: tuple[Database, KeyProvider]) -> None:
    """The worker was away for longer than it makes pairs ahead: webhooks still seal to the last pair there is."""
    database, own = worker
    with shifted(timedelta(hours=9)):
        with database.begin() as session:
            box, hour = sealed(session)
        assert hour not in keep_house(worker)
        assert hourly.open_text(box, hour, "test", own) == "sak pase"
    with shifted(timedelta(hours=9, minutes=11)):
        assert hour in keep_house(worker)


def test_the_last_pair_is_never_destroyed_whatever_the_clock_says(worker: tuple[Database, KeyProvider]) -> None:
    database, own = worker
    with shifted(timedelta(days=3)):
        keep_house(worker, ahead=False)
        with database.begin() as session:
            box, hour = sealed(session)
        assert hourly.open_text(box, hour, "test", own) == "sak pase"


def test_a_retirement_that_is_rolled_back_costs_no_key(worker: tuple[Database, KeyProvider]) -> None:
    database, own = worker
    with database.begin() as session:
        hour = hourly.current(session).id
    with shifted(timedelta(hours=2)), pytest.raises(RuntimeError), database.begin() as session:
        assert hour in hourly.retire_finished(session)
        raise RuntimeError("the process dies here")
    assert own.exists(f"hour/{hour}")


def test_an_hour_that_an_unfinished_row_names_is_kept(
    worker: tuple[Database, KeyProvider], db: Db, keys: Callable[[str], KeyProvider]
) -> None:
    message = InboundMessage("twilio_sms", "SM1", "+12025550101", "+15005550006", "ed mwen", "text", None)
    with db("gateway").begin() as session:
        hour = hourly.current(session).id
        assert inbox.accept(session, message, keys("gateway"))
    with shifted(timedelta(hours=5)):
        assert hour not in keep_house(worker)
    assert worker[1].exists(f"hour/{hour}")


def test_without_a_live_pair_nothing_is_sealed(worker: tuple[Database, KeyProvider]) -> None:
    database, _ = worker
    with database.begin() as session:
        session.query(HourlyKey).update({HourlyKey.destroyed_at: now()})
    with pytest.raises(NoHourlyKey), database.begin() as session:
        hourly.current(session)


def test_a_box_opens_only_in_the_context_it_was_made_for(worker: tuple[Database, KeyProvider]) -> None:
    database, own = worker
    with database.begin() as session:
        box, hour = sealed(session)
    with pytest.raises(CannotOpen):
        hourly.open_text(box, hour, "another row", own)
