"""Times are aware and in UTC; a process reaches the database as its own role."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, text
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
