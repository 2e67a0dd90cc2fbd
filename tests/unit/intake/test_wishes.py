"""A receipt made in a browser: hashed by the worker's process, then forgotten; until then its hour lives."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from channels import hourly
from core.clock import shifted
from core.database import Database
from core.envelope import KeyPair
from core.keys import KeyProvider
from intake import receipts, service
from intake.models import Case, Receipt, ReceiptWish
from tests.unit.intake.hotline import Hotline

RECEIPT = "4821773092561100"[:14]
SOUND = RECEIPT + receipts.check_digits(RECEIPT)


@pytest.fixture
def case(hotline: Hotline, ana: KeyPair) -> UUID:
    hotline.file(hotline.told("story"))
    with Session(hotline.owner) as session:
        return session.scalars(select(Case.id)).one()


def wish(hotline: Hotline, case: UUID, text: str, sealed_for: UUID | None = None) -> str:
    """What the console stores; the hour that it is sealed to."""
    with Session(hotline.owner) as session, session.begin():
        hour = hourly.current(session)
        body = hourly.seal_text(text, hour, f"receipt_wish|{(sealed_for or case).hex}")
        session.add(ReceiptWish(case_id=case, hour=hour.id, body=body))
    return hour.id


def granted(hotline: Hotline) -> int:
    with hotline.worker.begin() as session:
        return receipts.grant_wishes(session, hotline.keys)


def count(hotline: Hotline, table: type) -> int:
    with Session(hotline.owner) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_the_receipt_works_from_any_phone_and_the_wish_is_gone(hotline: Hotline, case: UUID) -> None:
    wish(hotline, case, SOUND)
    assert (granted(hotline), granted(hotline), count(hotline, ReceiptWish)) == (1, 0, 0)
    with hotline.worker.begin() as session:
        found = service.case_status(session, hotline.keys, hotline.conversation(), receipts.shown(SOUND))
    assert (found.status, found.case_id) == ("received", case)


@pytest.mark.parametrize("text", ["4821", SOUND[:15] + str((int(SOUND[15]) + 1) % 10), "no digits at all", ""])
def test_what_is_no_receipt_is_given_up_with_an_alarm(
    hotline: Hotline, case: UUID, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    before = count(hotline, Receipt)
    wish(hotline, case, text)
    assert (granted(hotline), count(hotline, ReceiptWish), count(hotline, Receipt)) == (0, 0, before)
    assert "receipt_wish_lost" in caplog.messages


def test_a_wish_moved_to_another_case_opens_nothing(hotline: Hotline, case: UUID) -> None:
    wish(hotline, case, SOUND, sealed_for=UUID(int=7))
    assert granted(hotline) == 0


def test_a_receipt_of_another_case_is_not_taken_over(hotline: Hotline, case: UUID, ana: KeyPair) -> None:
    wish(hotline, case, SOUND)
    assert granted(hotline) == 1
    other = hotline.file(hotline.told("another"))
    with Session(hotline.owner) as session:
        other_id = session.scalars(select(Case.id).where(Case.alias == other.alias)).one()
    wish(hotline, other_id, SOUND)
    assert granted(hotline) == 0
    with hotline.worker.begin() as session:
        assert receipts.check(session, hotline.keys, hotline.conversation(), SOUND).case_id == case


def test_the_hour_of_a_wish_is_not_destroyed(
    hotline: Hotline, case: UUID, db: Callable[[str], Database], keys: Callable[[str], KeyProvider]
) -> None:
    hour = wish(hotline, case, SOUND)
    with shifted(timedelta(hours=3)):
        for step in (lambda s: hourly.make_ahead(s, hotline.keys), hourly.retire_finished):
            with hotline.worker.begin() as session:
                step(session)
        with hotline.worker.begin() as session:
            hourly.destroy_retired(session, hotline.keys)
        assert hotline.keys.exists(f"hour/{hour}")
        assert granted(hotline) == 1
