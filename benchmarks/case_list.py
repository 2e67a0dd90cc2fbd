"""The queue of a desk with 100,000 cases: `python -m benchmarks.case_list [CASES]`. Prints p50 and p95 in ms.

Every case has wraps for two readers and a recovery key; a third reader holds 200 of them. Two fifths are open. The
service is measured with its transaction, the route with everything a request goes through but the socket.
"""

import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from uuid import uuid4

from flask.testing import FlaskClient
from sqlalchemy import text

from amparo.migrate import migrate
from console.app import create_app
from console.models import Account
from core import postgres
from core.config import Settings, load
from core.database import Database
from core.envelope import new_pair
from intake import staff
from intake.desk import queue
from intake.desk.queue import Wanted
from intake.models import Role, Staff
from tests.functional.hotline import RunningHotline
from tests.unit.console.conftest import signed_in

CASES, ROUNDS, FEW = 100_000, 40, 200
QUESTIONS = {
    "open": Wanted(),
    "all": Wanted(status="all"),
    "closed": Wanted(status="closed"),
    "mine": Wanted(mine=True),
    "urgent": Wanted(urgency=1),
    "language": Wanted(language="tl"),
    "language nobody speaks": Wanted(language="pt", status="all"),
    "name": Wanted(alias="BCD-0421", status="all"),
    "name nobody has": Wanted(alias="XXX-9999", status="all"),
}
_PROVED = {"tf_primary_method": "authenticator", "tf_totp_secret": "a secret", "new_key": False}
_CASES = """
insert into intake."case" (id, alias, team, language, urgency, status, opened, next_deadline)
select gen_random_uuid(), 'BCD-' || lpad(n::text, 6, '0'), 'intake', (array['es', 'ht', 'en', 'tl'])[1 + n % 4],
    case when n % 50 = 0 then 1 when n % 7 = 0 then 2 else 3 end,
    (array['received', 'accepted', 'closed', 'closed', 'declined'])[1 + n % 5],
    current_date - n % 700, case when n % 3 > 0 then current_date + n % 400 end
from generate_series(1, :n) n
"""
_WRAPS = """
insert into intake.case_wrap (case_id, epoch, reader, box)
select id, 1, reader, decode(repeat('00', 110), 'hex')
from intake."case", unnest(array['staff:1', 'staff:2', 'recovery:1']) reader
"""
_OTHERS = """
insert into intake.case_wrap (case_id, epoch, reader, box)
    select id, 1, 'staff:3', '' from intake."case" order by alias limit :few;
insert into intake.case_assignment (case_id, staff_id) select id, 1 from intake."case" where urgency = 2;
insert into intake.case_check (case_id, staff_id, conflict, at) select id, 1, false, now() from intake."case";
insert into intake.audit (n, at, actor, action, object, detail, hash)
    select row_number() over (), now(), 'hotline', 'case.filed', id::text, '{}', '' from intake."case";
"""


def run(_: RunningHotline | None, cases: int = CASES) -> dict[str, object]:
    """In a scratch database of its own: the hotline that runs beside it is left alone."""
    home = Path(tempfile.mkdtemp(prefix="amparo-bench-"))
    settings = load({"AMPARO_HOME": str(home)})
    server = postgres.start(settings)
    try:
        migrate(settings)
        return _measured(settings, cases)
    finally:
        server.stop()
        shutil.rmtree(home, ignore_errors=True)


def fill(settings: Settings, cases: int) -> list[str]:
    """Three readers who may sign in, and the cases; returns what their sessions are named after."""
    database = Database(settings, "owner", pool_size=1)
    with database.begin() as session:
        people = [staff.add(session, f"{name}@example.org", Role.INTAKE, "intake", new_pair().public) for name in "abc"]
        accounts = [Account(staff_id=row.id, fs_uniquifier=uuid4().hex, **_PROVED) for row in people]
        session.add_all(accounts)
        session.execute(text("delete from intake.audit"))
        for statement in (_CASES, _WRAPS, *_OTHERS.split(";")):
            session.execute(text(statement), {"n": cases, "few": FEW})
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum analyze"))
    database.close()
    return [account.fs_uniquifier for account in accounts]


def measure(ask: Callable[[], object], rounds: int = ROUNDS) -> list[float]:
    """Seconds of each round, after two to warm up."""
    for _ in range(2):
        ask()
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        ask()
        taken.append(time.perf_counter() - began)
    return taken


def percentiles(seconds: list[float]) -> dict[str, float]:
    """Median, 95th percentile and maximum in milliseconds."""
    ordered = sorted(seconds)
    places = {"p50_ms": len(ordered) // 2, "p95_ms": int(len(ordered) * 0.95), "max_ms": len(ordered) - 1}
    return {name: round(ordered[place] * 1000, 1) for name, place in places.items()}


def _measured(settings: Settings, cases: int) -> dict[str, object]:
    uniquifiers = fill(settings, cases)
    database = Database(settings, "console")
    figures: dict[str, object] = {"cases": cases}
    for staff_id, holds in ((1, cases), (3, FEW)):
        figures[f"service, reader of {holds}"] = _service(database, staff_id)
        figures[f"route, reader of {holds}"] = _route(settings, database, uniquifiers[staff_id - 1], staff_id)
    return figures


def _service(database: Database, staff_id: int) -> dict[str, object]:
    deep = Wanted(status="all", after=_deep(database))
    asked = {**QUESTIONS, "tenth page": deep}
    taken = {name: percentiles(measure(partial(_page, database, staff_id, wanted))) for name, wanted in asked.items()}
    return {**taken, "counts": percentiles(measure(partial(_counts, database, staff_id)))}


def _page(database: Database, staff_id: int, wanted: Wanted) -> queue.Page:
    with database.begin() as session:
        return queue.page(session, staff_id, wanted)


def _counts(database: Database, staff_id: int) -> dict[str, int]:
    with database.begin() as session:
        return queue.counts(session, staff_id)


def _deep(database: Database) -> str:
    after: str | None = ""
    for _ in range(9):
        after = _page(database, 1, Wanted(status="all", after=after or "")).next
    return after or ""


def _route(settings: Settings, database: Database, uniquifier: str, staff_id: int) -> dict[str, object]:
    app = create_app(settings, database, env={})
    owner = Database(settings, "owner", pool_size=1)
    with owner.begin() as session:
        client = signed_in(app, owner, uniquifier, session.get_one(Staff, staff_id))
    paths = {"queue": "/api/cases", "mine": "/api/cases?mine=1", "changes": "/api/changes?mark=1"}
    found = {name: percentiles(measure(partial(_asked, client, path))) for name, path in paths.items()}
    owner.close()
    return dict(found)


def _asked(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status_code}")


def main() -> None:
    """Fill a fresh database, ask, print."""
    print(json.dumps(run(None, int(sys.argv[1]) if len(sys.argv) > 1 else CASES), indent=1))


if __name__ == "__main__":
    main()
