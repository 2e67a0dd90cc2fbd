"""A bell is heard only if the transaction that rang it commits, and it carries ids alone."""

from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from core import queue
from core.database import Database

type Db = Callable[[str], Database]
COUNT = text("select count(*) from public.procrastinate_jobs")


@pytest.mark.usefixtures("clean")
def test_a_bell_is_rung_in_the_transaction_of_its_row(db: Db) -> None:
    with db("gateway").begin() as session:
        queue.ring(session, queue.DRAIN, conversation=7)
    with db("worker").begin() as session:
        row = session.execute(text("select queue_name, task_name, args from public.procrastinate_jobs")).one()
    assert tuple(row) == (queue.QUEUES[queue.DRAIN], "drain", {"conversation": 7})


@pytest.mark.usefixtures("clean")
def test_a_transaction_that_fails_rings_nothing(db: Db) -> None:
    with pytest.raises(SQLAlchemyError), db("gateway").begin() as session:
        queue.ring(session, queue.DRAIN, conversation=7)
        session.execute(text("select no_such_column"))
    with db("worker").begin() as session:
        assert session.scalar(COUNT) == 0
