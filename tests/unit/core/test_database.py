"""Times are aware and in UTC; a process reaches the database as its own role."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import StatementError

from channels.models import Conversation, SendingNumber
from core.database import Database

type Db = Callable[[str], Database]


@pytest.mark.usefixtures("clean")
def test_times_come_back_in_utc(db: Db) -> None:
    with db("owner").begin() as session:
        session.execute(text("set time zone 'Asia/Manila'"))
        number = session.scalars(select(SendingNumber)).first()
        assert number is not None
        assert number.next_free_at.tzinfo is UTC


@pytest.mark.usefixtures("clean")
def test_a_naive_time_is_refused(db: Db) -> None:
    with pytest.raises(StatementError, match="without a time zone"), db("owner").begin() as session:
        session.add(
            Conversation(sending_number_id=1, phone_hash=b"h", alias="BCD-0001", last_inbound_at=datetime(2026, 1, 1))
        )


def test_each_process_is_its_own_role(db: Db) -> None:
    with db("gateway").begin() as session:
        assert session.scalar(text("select current_user")) == "amparo_gateway"


def test_errors_never_show_parameters(db: Db) -> None:
    with pytest.raises(Exception, match="hidden") as caught, db("owner").begin() as session:
        session.execute(text("select :words from nowhere"), {"words": "my boss locks the door"})
    assert "door" not in str(caught.value)


def test_connections_that_the_server_ended_are_replaced_before_they_are_used(db: Db, owner: Engine) -> None:
    with db("gateway").engine.connect() as one, db("gateway").engine.connect() as other:
        pids = [each.scalar(text("select pg_backend_pid()")) for each in (one, other)]
    with owner.begin() as connection:
        for pid in pids:
            assert connection.scalar(text("select pg_terminate_backend(:pid, 5000)"), {"pid": pid})
    with db("gateway").engine.connect() as one, db("gateway").engine.connect() as other:
        assert not {each.scalar(text("select pg_backend_pid()")) for each in (one, other)} & set(pids)


def test_a_live_connection_is_used_again(db: Db) -> None:
    found = []
    for _ in range(20):
        with db("gateway").begin() as session:
            found.append(session.scalar(text("select pg_backend_pid()")))
    assert len(set(found)) <= 8  # as many as a pool keeps
