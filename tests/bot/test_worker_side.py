"""What a worker gets by the code, whole turns against the real engine; and what nobody gets who only has the phone."""

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import proof
from channels.models import Contact
from core.clock import now, shifted
from core.keys import KeyProvider
from intake import audit
from intake.models import Case, CaseLink, CaseReply, Draft, Erasure, ReplyState
from tests.architecture.test_catalogs import BETRAYING
from tests.bot.desk import RECEIPT, Desk
from tests.unit.intake.replying import write_reply
from translations.catalog import render

pytestmark = pytest.mark.engine

PHONE, OTHER, THIRD = "+12025550171", "+12025550172", "+12025550173"
TO_THE_KIND = ("hello", "I want to report my boss", "1", "text 1: no pay")
SHORT, LONG = timedelta(minutes=31), timedelta(days=46)
NEUTRAL = render("en", "neutral.back")
ASKED_KIND = render("en", "report.ask_kind")


@pytest.fixture
def filed(desk: Desk) -> str:
    """A report filed from PHONE; its receipt."""
    desk.ask(PHONE, *TO_THE_KIND, *"1111111")
    said = "\n".join(desk.ask(PHONE, "1"))
    found = RECEIPT.search(said)
    assert found is not None, said
    return found.group()


@pytest.fixture
def case(desk: Desk, filed: str) -> UUID:
    with Session(desk.owner) as session:
        return session.scalars(select(Case.id)).one()


@pytest.fixture
def reply(desk: Desk, case: UUID, keys: Callable[[str], KeyProvider]) -> Callable[[str], int]:
    """A caseworker writes a reply."""
    return lambda words: write_reply(desk.owner, keys("sender"), case, words)


def one[T](desk: Desk, column: object) -> T | None:
    with Session(desk.owner) as session:
        found: T | None = session.scalars(select(column)).one_or_none()  # type: ignore[call-overload]
        return found


def story(desk: Desk, case: UUID) -> object:
    return desk.intake.read(str(case), desk.private)["story"]


def test_by_the_code_the_replies_come_first_then_how_it_stands(
    desk: Desk, filed: str, reply: Callable[[str], int]
) -> None:
    reply("Nou ka ede w.")
    reply("Rele nou demen.")
    desk.ask(OTHER, "hello")
    first, second, last = desk.ask(OTHER, filed)
    assert (first, second) == ("Nou ka ede w.", "Rele nou demen.")
    assert last.startswith(render("en", "case.status_received"))
    assert render("en", "case.replies", {"count": 2}) in last
    assert len(desk.ask(OTHER, filed)) == 1


def test_a_reply_that_comes_while_the_code_holds_needs_no_second_code_and_later_it_does(
    desk: Desk, filed: str, reply: Callable[[str], int]
) -> None:
    desk.ask(OTHER, "hello", filed)
    reply("first")
    assert desk.ask(OTHER, "9")[0] == "first"
    reply("second")
    with shifted(proof.SPAN):
        assert desk.ask(OTHER, "0", "5") == [render("en", "case.ask_code")]


def test_the_phone_that_filed_gets_nothing_without_the_code(
    desk: Desk, filed: str, reply: Callable[[str], int]
) -> None:
    reply("words for the worker")
    for words in ("0", "5", "how is my case", "9", "hello"):
        assert "words for the worker" not in desk.ask(PHONE, words)
    assert one(desk, CaseReply.state) is ReplyState.WAITING


def test_who_looked_is_told_by_number_and_day(desk: Desk, filed: str, case: UUID) -> None:
    assert desk.ask(OTHER, "hello", filed, "2") == [render("en", "case.nobody_looked")]
    story(desk, case)
    (said,) = desk.ask(OTHER, filed, "2")
    assert said == render("en", "case.looked", {"count": 1, "day": f"{now():%m/%d}"})


def test_words_added_by_the_code_reach_the_case_from_any_phone(desk: Desk, filed: str, case: UUID) -> None:
    assert desk.ask(OTHER, "hello", filed, "1") == [render("en", "case.ask_words")]
    assert desk.ask(OTHER, "they pay cash now") == [render("en", "case.added")]
    assert desk.ask(OTHER, "hello") == [render("en", "menu.main")]
    assert story(desk, case) == ["I want to report my boss", "text 1: no pay", "they pay cash now"]


def test_taking_it_back_stops_the_work(desk: Desk, filed: str) -> None:
    assert desk.ask(OTHER, "hello", filed, "3", "1") == [render("en", "case.withdrawn")]
    assert one(desk, Case.status) == "withdrawn"
    assert desk.ask(OTHER, "2") == [render("en", "chat.not_understood")], "the digits before mean nothing any more"
    assert desk.ask(OTHER, filed)[-1].startswith(render("en", "case.status_withdrawn"))


def test_erasing_says_what_was_taken_out_and_is_undone_with_the_code(desk: Desk, filed: str, case: UUID) -> None:
    with Session(desk.owner) as session, session.begin():
        audit.append(session, "staff:1", "case.exported", str(case))
    (said,) = desk.ask(OTHER, "hello", filed, "3", "2")
    assert f"{now() + timedelta(hours=72):%m/%d}" in said
    assert said.endswith(render("en", "case.copies", {"count": 1}))
    assert one(desk, Erasure.case_id) == case
    assert desk.ask(OTHER, "1") == [render("en", "case.stays")]
    desk.ask(OTHER, filed, "3", "2")
    assert desk.ask(THIRD, "hello", filed, "1") == [render("en", "case.stays")]
    assert one(desk, Erasure.case_id) is None


@pytest.mark.parametrize("words", ["1", "2", "3", "they pay cash now"])
def test_ten_minutes_later_nothing_is_done_without_the_code(desk: Desk, filed: str, words: str, case: UUID) -> None:
    desk.ask(OTHER, "hello", filed, *(["1"] if " " in words else []))
    with shifted(proof.SPAN):
        said = desk.ask(OTHER, words)
    assert said[0] in (render("en", "case.ask_code"), render("en", "case.none"))
    assert story(desk, case) == ["I want to report my boss", "text 1: no pay"]


def test_after_stop_a_code_brings_nothing_and_loses_nothing(
    desk: Desk, filed: str, reply: Callable[[str], int]
) -> None:
    reply("words for the worker")
    desk.ask(OTHER, "hello", "STOP", filed)
    assert one(desk, CaseReply.state) is ReplyState.WAITING
    assert desk.ask(OTHER, "START", filed)[0] == "words for the worker"


def test_a_wrong_number_is_unlinked_at_once_and_the_code_still_opens_the_case(
    desk: Desk, filed: str, reply: Callable[[str], int], case: UUID
) -> None:
    reply("words for the worker")
    desk.ask(PHONE, "I want to report my boss", "1", "text 2: no water")
    desk.ask(PHONE, "Wrong number!")
    assert desk.words(1) == [render("en", "chat.removed")], "what had not left yet is dropped"
    assert (one(desk, CaseLink.case_id), one(desk, Draft.id)) == (None, None)
    assert one(desk, CaseReply.state) is ReplyState.WAITING
    with Session(desk.owner) as session:
        assert session.scalars(select(Contact.expires_at)).one() < now() + timedelta(hours=2)
    assert desk.ask(PHONE, "8", "hello") == [render("en", "menu.main")]
    assert desk.ask(PHONE, "resume")[0] == render("en", "report.nothing_open")
    assert desk.ask(OTHER, "hello", filed)[0] == "words for the worker"
    assert story(desk, case) == ["I want to report my boss", "text 1: no pay"]


@pytest.mark.parametrize("words", ["hello", "who is this?", "xq zzv", "ok thanks"])
def test_what_is_said_first_after_a_silence_names_no_topic(desk: Desk, words: str) -> None:
    desk.ask(PHONE, *TO_THE_KIND)
    with shifted(SHORT):
        said = desk.ask(PHONE, words)
        assert said == [NEUTRAL]
        assert not set(re.findall(r"\w+", said[0].casefold())) & set(BETRAYING["en"].split())
        assert desk.ask(PHONE, "1") == [ASKED_KIND]


def test_who_has_nothing_unfinished_is_greeted_as_ever(desk: Desk) -> None:
    desk.ask(PHONE, "hello")
    with shifted(SHORT):
        assert desk.ask(PHONE, "hello") == [render("en", "menu.main")]


@pytest.fixture
def draft_with_a_pin(desk: Desk) -> None:
    """An unfinished report with a secret number, kept for later."""
    desk.ask(PHONE, *TO_THE_KIND, *"111111", "2", "482913", "2")


def test_after_very_long_nothing_of_a_draft_is_told_and_a_new_report_begins_empty(
    desk: Desk, draft_with_a_pin: None
) -> None:
    with shifted(LONG):
        assert desk.ask(PHONE, "hello") == [render("en", "welcome"), render("en", "menu.main")]
        assert desk.ask(PHONE, "8") == [render("en", "case.ask_code")]
        assert desk.ask(PHONE, "1234") == [render("en", "case.not_found")]
        desk.ask(PHONE, "I want to report my boss", "1", "text 9: another person", *"111111")
        desk.ask(PHONE, "1", "1")
    assert desk.stories() == [["I want to report my boss", "text 9: another person"]]


def test_after_very_long_the_secret_number_opens_the_draft_again(desk: Desk, draft_with_a_pin: None) -> None:
    with shifted(LONG):
        desk.ask(PHONE, "hello")
        assert desk.ask(PHONE, "482913")[0].startswith("Ready to send. Texts: 2")


def test_a_case_is_out_of_reach_of_a_phone_that_was_silent_for_very_long(desk: Desk, filed: str) -> None:
    desk.execute("update inbox.contact set expires_at = now() + interval '1 year'")
    with shifted(LONG):
        desk.ask(PHONE, "hello")
        assert one(desk, CaseLink.case_id) is None
        assert desk.ask(PHONE, filed)[-1].startswith(render("en", "case.status_received"))


def test_a_phone_that_asked_by_the_code_is_not_joined_to_the_case(desk: Desk, filed: str) -> None:
    desk.ask(OTHER, "hello", filed, "1", "they pay cash now")
    with Session(desk.owner) as session:
        assert session.scalars(select(CaseLink.conversation_id)).all() == [1]
