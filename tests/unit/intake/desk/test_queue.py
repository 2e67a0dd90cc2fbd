from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from core.clock import today
from intake.desk import queue
from intake.desk.queue import Page, Wanted
from intake.errors import Refused
from tests.unit.intake.desk.office import Browser, Office

INSERT = """
    with c as (insert into intake."case" (id, alias, team, language, urgency, status, opened, next_deadline)
      values (:id, :alias, 'intake', :language, :urgency, :status, :opened, :due))
    select 1
"""
WRAP = "insert into intake.case_wrap (case_id, epoch, reader, box) values (:id, :epoch, :reader, '')"


def add(office: Office, alias: str, *readers: Browser, **columns: Any) -> UUID:
    """A case of which only the clear columns matter."""
    values = {"language": "es", "urgency": 3, "status": "received", "opened": today(), "due": None, **columns}
    case_id = uuid4()
    office.execute(INSERT, id=case_id, alias=alias, **values)
    for reader in readers:
        for epoch in (1, 2):
            office.execute(WRAP, id=case_id, epoch=epoch, reader=reader.name)
    return case_id


def page(office: Office, who: Browser, **wanted: Any) -> Page:
    with office.console.begin() as session:
        return queue.page(session, who.staff_id, Wanted(**wanted))


def aliases(office: Office, who: Browser, **wanted: Any) -> list[str]:
    return [row.case.alias for row in page(office, who, **wanted).rows]


def counts(office: Office, who: Browser) -> dict[str, int]:
    with office.console.begin() as session:
        return queue.counts(session, who.staff_id)


def test_urgent_first_then_the_next_clock_then_the_oldest(office: Office, ana: Browser) -> None:
    day = today()
    add(office, "AAA-0006", ana, opened=day)
    add(office, "AAA-0005", ana, opened=day - timedelta(days=3))
    add(office, "AAA-0004", ana, due=day + timedelta(days=9))
    add(office, "AAA-0003", ana, due=day + timedelta(days=2))
    add(office, "AAA-0002", ana, urgency=2)
    add(office, "AAA-0001", ana, urgency=1)
    assert aliases(office, ana) == [f"AAA-000{n}" for n in range(1, 7)]


def test_only_what_a_reader_holds_is_listed_and_counted(
    office: Office, ana: Browser, ben: Browser, eve: Browser
) -> None:
    add(office, "AAA-0001", ana, ben, urgency=1)
    add(office, "AAA-0002", ben)
    assert aliases(office, ana) == ["AAA-0001"]
    assert aliases(office, ben) == ["AAA-0001", "AAA-0002"]
    assert aliases(office, eve) == []
    assert counts(office, ana) == {"open": 1, "urgent": 1, "mine": 0}
    assert counts(office, eve) == {"open": 0, "urgent": 0, "mine": 0}


def test_a_long_queue_comes_in_pages_without_gap_or_repeat(office: Office, ana: Browser) -> None:
    day = today()
    for n in range(queue.PAGE * 2 + 7):
        due = None if n % 3 else day + timedelta(days=n % 5)
        add(office, f"AAA-{n:04d}", ana, urgency=1 + n % 3, due=due, opened=day - timedelta(days=n % 4))
    whole = []
    after: str | None = ""
    while after is not None:
        found = page(office, ana, after=after)
        whole.append([row.case.alias for row in found.rows])
        after = found.next
    assert [len(rows) for rows in whole] == [queue.PAGE, queue.PAGE, 7]
    assert len({alias for rows in whole for alias in rows}) == queue.PAGE * 2 + 7
    keys = [(c.urgency, c.next_deadline or day.max, c.opened) for c in (row.case for row in page(office, ana).rows)]
    assert keys == sorted(keys)


def test_a_page_that_is_just_full_is_the_last(office: Office, ana: Browser) -> None:
    for n in range(queue.PAGE):
        add(office, f"AAA-{n:04d}", ana)
    assert page(office, ana).next is None


@pytest.mark.parametrize("after", ["x", "bm90IGpzb24=", "WzEsMl0=", "WzEsICJpbmZpbml0eSIsICJ4IiwgMV0=", "é"])
def test_a_cursor_we_did_not_make_is_refused(office: Office, ana: Browser, after: str) -> None:
    with pytest.raises(Refused):
        page(office, ana, after=after)


def test_the_queue_is_filtered(office: Office, ana: Browser) -> None:
    add(office, "AAA-0001", ana, language="ht", urgency=1)
    add(office, "AAB-0002", ana, status="accepted")
    add(office, "AAC-0003", ana, status="closed")
    add(office, "AAC-0004", ana, status="declined")
    add(office, "AAC-0005", ana, status="withdrawn", urgency=1)
    assert aliases(office, ana) == ["AAA-0001", "AAB-0002"]
    assert set(aliases(office, ana, status="closed")) == {"AAC-0003", "AAC-0004", "AAC-0005"}
    assert len(aliases(office, ana, status="all")) == 5
    assert aliases(office, ana, language="ht") == ["AAA-0001"]
    assert aliases(office, ana, urgency=3) == ["AAB-0002"]
    assert set(aliases(office, ana, alias=" aac-", status="all")) == {"AAC-0003", "AAC-0004", "AAC-0005"}
    assert aliases(office, ana, alias="aab-0002") == ["AAB-0002"]
    assert aliases(office, ana, alias="%") == []
    assert counts(office, ana) == {"open": 2, "urgent": 1, "mine": 0}


def test_a_row_says_who_answers_and_whether_i_checked(office: Office, ana: Browser, ben: Browser) -> None:
    mine, theirs = add(office, "AAA-0001", ana, ben), add(office, "AAA-0002", ana, ben)
    give = "insert into intake.case_assignment (case_id, staff_id) values (:c, :s)"
    office.execute(give, c=mine, s=ana.staff_id)
    office.execute(give, c=theirs, s=ben.staff_id)
    check = "insert into intake.case_check (case_id, staff_id, conflict, at) values (:c, :s, false, now())"
    office.execute(check, c=mine, s=ana.staff_id)
    office.execute(check, c=theirs, s=ben.staff_id)
    rows = sorted((row.case.alias, row.assigned and row.assigned.email, row.conflict) for row in page(office, ana).rows)
    assert rows == [("AAA-0001", "ana@example.org", False), ("AAA-0002", "ben@example.org", None)]
    assert aliases(office, ana, mine=True) == ["AAA-0001"]
    assert counts(office, ana)["mine"] == 1


def test_counts_stop_where_nobody_works_any_more(office: Office, ana: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "MOST_COUNTED", 2)
    for n in range(3):
        add(office, f"AAA-{n:04d}", ana)
    assert counts(office, ana)["open"] == 2
