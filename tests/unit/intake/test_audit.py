import json
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from core.database import Database
from core.keys import KeyProvider
from intake import audit
from intake.audit import BadHead, Head, VerifyResult

ROWS = 12


@pytest.fixture
def chain(clean: None, db: Callable[[str], Database], keys: Callable[[str], KeyProvider]) -> Head:
    """A chain of twelve rows and its exported head."""
    for n in range(ROWS):
        with db("worker").begin() as session:
            audit.append(session, "hotline", "case.added", f"object {n}", seq=n, note="a code")
    with db("operator").begin() as session:
        return audit.export_head(session, keys("operator"))


def verified(db: Callable[[str], Database], head: Head | None = None) -> VerifyResult:
    with db("operator").begin() as session:
        return audit.verify(session, head)


def test_an_untouched_chain_holds(db: Callable[[str], Database], chain: Head) -> None:
    assert verified(db) == VerifyResult(ROWS)
    assert verified(db, chain).ok
    with db("worker").begin() as session:
        audit.append(session, "hotline", "case.added", "later")
    assert verified(db, chain).ok  # an older head still fits


def test_an_empty_chain_holds(clean: None, db: Callable[[str], Database], keys: Callable[[str], KeyProvider]) -> None:
    with db("operator").begin() as session:
        head = audit.export_head(session, keys("operator"))
    assert verified(db, head) == VerifyResult(0)


@pytest.mark.parametrize(
    ("change", "broken", "reason"),
    [
        ("update intake.audit set actor = 'x' where n = 5", 5, "changed"),
        ("update intake.audit set at = at + interval '1 microsecond' where n = 5", 5, "changed"),
        ("update intake.audit set detail = '{}' where n = 7", 7, "changed"),
        ("update intake.audit set hash = decode(repeat('00', 32), 'hex') where n = 3", 3, "changed"),
        ("delete from intake.audit where n = 4", 4, "missing"),
        ("delete from intake.audit where n = 1", 1, "missing"),
        (
            "insert into intake.audit select 13, at, actor, action, object, detail, hash from intake.audit where n = 9",
            13,
            "changed",
        ),
        (
            "update intake.audit a set object = b.object from intake.audit b where (a.n, b.n) in ((2, 3), (3, 2))",
            2,
            "changed",
        ),
    ],
)
def test_an_edit_deletion_insertion_or_reordering_is_found(
    db: Callable[[str], Database], chain: Head, change: str, broken: int, reason: str
) -> None:
    with db("owner").begin() as session:
        session.execute(text(change))
    found = verified(db)
    assert (found.ok, found.broken, found.reason) == (False, broken, reason)


def test_every_row_is_watched(db: Callable[[str], Database], chain: Head) -> None:
    for n in range(1, ROWS + 1):
        with db("owner").begin() as session:
            session.execute(text("update intake.audit set object = object || 'x' where n = :n"), {"n": n})
            assert audit.verify(session).broken == n
            session.execute(text("update intake.audit set object = left(object, -1) where n = :n"), {"n": n})


def test_a_chain_that_was_cut_is_found_with_the_exported_head(db: Callable[[str], Database], chain: Head) -> None:
    with db("owner").begin() as session:
        session.execute(text("delete from intake.audit where n > 9"))
    assert verified(db).ok
    assert verified(db, chain) == VerifyResult(9, 10, "cut")


def test_a_chain_that_was_written_anew_is_found_with_the_exported_head(
    db: Callable[[str], Database], chain: Head
) -> None:
    with db("owner").begin() as session:
        session.execute(text("truncate intake.audit"))
        for _ in range(ROWS):
            audit.append(session, "hotline", "nothing.happened", "here")
    assert verified(db).ok
    assert verified(db, chain) == VerifyResult(ROWS - 1, ROWS, "rewritten")


def test_a_head_signed_with_another_key_is_refused(
    chain: Head, keys: Callable[[str], KeyProvider], tmp_path: Path
) -> None:
    file = tmp_path / "head"
    file.write_text(audit.write_head(chain))
    assert audit.read_head(file, keys("operator")) == chain
    for forged in (
        json.dumps({**vars(chain), "n": 3}),
        json.dumps({**vars(chain), "mac": "é"}),
        json.dumps({"n": 3}),
        "[]",
        "no json",
    ):
        file.write_text(forged)
        with pytest.raises(BadHead):
            audit.read_head(file, keys("operator"))
    with pytest.raises(BadHead):
        audit.read_head(tmp_path / "missing", keys("operator"))


def test_two_appenders_at_once_make_one_chain(db: Callable[[str], Database], clean: None) -> None:
    def write(actor: str) -> None:
        for _ in range(15):
            with db("worker").begin() as session:
                audit.append(session, actor, "case.added", "x")

    threads = [threading.Thread(target=write, args=(name,)) for name in ("a", "b", "c")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert verified(db) == VerifyResult(45)


def test_a_rolled_back_row_leaves_no_gap(db: Callable[[str], Database], chain: Head) -> None:
    with pytest.raises(RuntimeError), db("worker").begin() as session:
        audit.append(session, "hotline", "case.added", "lost")
        raise RuntimeError
    with db("worker").begin() as session:
        assert audit.append(session, "hotline", "case.added", "next") == ROWS + 1
    assert verified(db).ok


def test_what_was_recorded_on_an_object_is_found(db: Callable[[str], Database], chain: Head) -> None:
    with db("operator").begin() as session:
        assert audit.recorded(session, "case.added", "object 3") == [{"seq": 3, "note": "a code"}]
