"""Finding a job through the real dialogue, in the sample register."""

from collections.abc import Callable
from datetime import date

import pytest

from core.clock import today
from core.database import Database
from jobs.importer import import_source
from jobs.sample import Sample
from tests.bot.conftest import Phone

pytestmark = pytest.mark.engine


@pytest.fixture
def worker(phone: Phone, db: Callable[[str], Database]) -> Phone:
    import_source(db("owner"), Sample(today()), as_of=date(2026, 11, 1))
    return phone


def test_jobs_come_three_at_a_time_and_open_by_digit(worker: Phone) -> None:
    shown = worker.send("find_job", words="farm work in Florida")[-1]
    assert shown.key == "jobs.results_more"
    assert len(shown.args["lines"]) == 3
    assert shown.args["choices"]["4"] == "jobs:more"
    assert worker.digit("2") == ["jobs.details"]
    assert worker.digit("1") == ["jobs.how_to_apply"]


def test_more_shows_others_until_there_are_no_more(worker: Phone) -> None:
    shown = worker.send("find_job", words="farm work in Florida")[-1]
    seen = set(shown.args["choices"].values())
    while "4" in worker.memory["choices"]:
        shown = worker.send("choose", choice="jobs:more")[-1]
        fresh = {choice for choice in shown.args["choices"].values() if choice.startswith("job:")}
        assert not fresh & seen
        seen |= fresh
    assert worker.keys_of("choose", choice="jobs:more") == ["jobs.no_more"]


def test_answers_to_two_questions_become_one_search(worker: Phone) -> None:
    assert worker.keys_of("find_job", words="I need work") == ["jobs.ask_work"]
    assert worker.keys_of("tell", told=True, words="landscaping") == ["jobs.ask_place"]
    shown = worker.send("tell", told=True, words="colorado")[-1]
    assert shown.key.startswith("jobs.results")
    assert all("CO" in line["args"]["place"] for line in shown.args["lines"])


def test_back_leads_to_the_first_question_again(worker: Phone) -> None:
    worker.keys_of("find_job")
    worker.digit("1")
    assert worker.keys_of("go_back") == ["jobs.ask_work"]
    assert worker.keys_of("go_back") == ["menu.main"]


def test_what_was_given_up_to_find_any_is_said(worker: Phone) -> None:
    keys = worker.keys_of("find_job", words="landscaping in Alaska")
    assert keys[0].startswith("jobs.widened_")


def test_repeat_shows_the_results_again(worker: Phone) -> None:
    first = worker.send("find_job", words="farm work in Florida")[-1]
    assert worker.send("repeat")[-1] == first


def test_applying_needs_a_job_that_was_looked_at(worker: Phone) -> None:
    assert worker.keys_of("apply_for_job") == ["jobs.pick_first", "menu.main"]
    worker.send("find_job", words="farm work in Florida")
    worker.digit("1")
    assert worker.keys_of("apply_for_job") == ["jobs.how_to_apply"]


def test_an_employer_is_looked_up_and_never_accused(worker: Phone) -> None:
    assert worker.keys_of("check_employer", words="Sample Peach Company") == ["employer.found"]
    assert worker.keys_of("check_employer", words="is Zyxwv Brothers real?") == ["employer.not_found"]


def test_a_name_said_in_a_job_search_is_not_remembered(worker: Phone) -> None:
    worker.keys_of("find_job", words="work with Ignatius Wobblethwaite picking blueberries")
    assert "wobblethwaite" not in str(worker.memory).lower()
    assert "ignatius" not in str(worker.memory).lower()


def test_a_choice_that_is_no_longer_known_is_answered(worker: Phone) -> None:
    assert worker.keys_of("choose", choice="job:999999") == ["jobs.gone"]
    assert worker.keys_of("choose", choice="job:x") == ["jobs.gone"]
    assert worker.keys_of("choose", choice="nonsense") == ["menu.main"]
