"""Doorbells: Procrastinate jobs that carry an id and nothing else, deferred inside the caller's transaction.

`bells` is never opened: inside a running worker only a second, unopened App can write through another connection.
The tables are the truth; a lost bell costs time until the next sweep, never a message.
"""

from procrastinate import App, SyncPsycopgConnector
from sqlalchemy import text
from sqlalchemy.orm import Session

bells = App(connector=SyncPsycopgConnector())

GATE, DRAIN, SEND, REDACT = "gate", "drain", "send", "redact"
QUEUES = {GATE: "safety", DRAIN: "turns", SEND: "sending", REDACT: "sending"}


_WAITING = text("""
    select distinct (args->>'conversation')::bigint from public.procrastinate_jobs
    where task_name = :bell and status = 'todo'
""")


def waiting(session: Session, bell: str) -> set[int]:
    """The conversations for which this bell has been rung and not heard yet."""
    return set(session.scalars(_WAITING, {"bell": bell}))


RING = """(
    select public.procrastinate_defer_jobs_v1(array_agg(
        row(bell.queue, bell.name, 0, null, null, jsonb_build_object('conversation', cast(:conversation as bigint)),
            null)::public.procrastinate_job_to_defer_v1))
    from unnest(cast(:queues as text[]), cast(:bells as text[])) bell (queue, name)
)"""
"""The same as `ring`, as an expression inside a statement of the caller's: see `names`."""


def names(*bells: str) -> dict[str, list[str]]:
    """The parameters that RING needs beside `conversation`."""
    return {"bells": list(bells), "queues": [QUEUES[bell] for bell in bells]}


def ring(session: Session, bell: str, **ids: int) -> None:
    """Ring a bell in the session's own transaction: it is heard only if that transaction commits."""
    connection = session.connection().connection.driver_connection
    bells.configure_task(bell, queue=QUEUES[bell], connection=connection).defer(**ids)
