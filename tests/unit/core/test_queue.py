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


@pytest.mark.usefixtures("clean")
def test_bells_inside_a_statement_are_the_same_bells(db: Db) -> None:
    with db("gateway").begin() as session:
        for bell in (queue.GATE, queue.DRAIN):
            queue.ring(session, bell, conversation=7)
        session.execute(text(f"select {queue.RING}"), {"conversation": 7, **queue.names(queue.GATE, queue.DRAIN)})
    columns = "queue_name, task_name, priority, lock, queueing_lock, args, status, scheduled_at, attempts"
    with db("worker").begin() as session:
        rows = session.execute(text(f"select {columns} from public.procrastinate_jobs order by id")).all()
    assert len(rows) == 4
    assert rows[2:] == rows[:2]
