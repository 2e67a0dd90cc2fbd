"""Finding a job: what is wanted is asked, kept as codes, searched, and shown three at a time."""

from typing import Any

from bot.actions import jobquery
from bot.actions.base import Reply, Scene, TurnAction, do, nested, say, slot, slots
from bot.exchange import Line
from jobs.details import JobDetails, details
from jobs.query import JobQuery, understand
from jobs.search import JobLine, SearchAnswer, search

PAGE = 3
STAYS = frozenset({"tell", "choose", "find_job", "affirm", "skip", "repeat", "go_back", "nothing", "not_understood"})


class FindJob(TurnAction):
    """Begin a search with whatever was said."""

    called = "action_find_job"

    def act(self, scene: Scene) -> Reply:
        query = _understood(scene)
        known = bool(query.occupations and query.place)
        work, place = "given" if query.occupations else None, "given" if query.place else None
        events = slots(job_known=known, job_work=work, job_place=place)
        return Reply([do("remember", job=jobquery.to_codes(query), jobs_at=None)], events)


class ValidateJobForm(TurnAction):
    """Reads the answer to the question that was asked."""

    called = "validate_job_form"

    def act(self, scene: Scene) -> Reply:
        asked = scene.tracker.get_slot("requested_slot")
        if asked is None:
            return Reply([], [slot("job_work", scene.tracker.get_slot("job_work"))])
        if scene.facts.intent not in STAYS or (scene.facts.intent, asked) == ("go_back", "job_work"):
            return Reply()
        return _answered(scene, asked)


class SearchJobs(TurnAction):
    """Search with what is remembered."""

    called = "action_search_jobs"

    def act(self, scene: Scene) -> Reply:
        return Reply(_search(scene))


class Apply(TurnAction):
    """How to apply for the job that was looked at last."""

    called = "action_apply"

    def act(self, scene: Scene) -> Reply:
        looked_at = scene.memory.get("job_id")
        return Reply(apply_choice(scene, str(looked_at)) if looked_at else [say("jobs.pick_first"), say("menu.main")])


def jobs_choice(scene: Scene, rest: str) -> list[Line]:
    """`jobs:more` shows the next results, `jobs:again` the search anew."""
    at: int = scene.memory.get("jobs_at", 0)
    return _search(scene, at + PAGE if rest == "more" else at)


def job_choice(scene: Scene, rest: str) -> list[Line]:
    """`job:<id>` shows one job."""
    job = details(scene.session, int(rest), scene.today) if rest.isdecimal() else None
    if job is None:
        return [say("jobs.gone", choices={"1": "=find_job"})]
    choices = {"1": f"apply:{rest}", "2": "jobs:again", "3": "=report_abuse"}
    return [
        do("remember", job_id=job.order_id, again=f"job:{rest}"),
        say("jobs.details", **_details(job), choices=choices),
    ]


def apply_choice(scene: Scene, rest: str) -> list[Line]:
    """`apply:<id>` says how to apply."""
    job = details(scene.session, int(rest), scene.today) if rest.isdecimal() else None
    if job is None or not job.offered:
        return [say("jobs.gone", choices={"1": "=find_job"})]
    ways = [way for way in (job.apply_phone, job.apply_url) if way] or [job.page]
    return [do("remember", again=f"apply:{rest}"), say("jobs.how_to_apply", case=job.case_number, ways=ways)]


def _understood(scene: Scene) -> JobQuery:
    query = understand(scene.facts.words, scene.facts.language, scene.today)
    return jobquery.only_known_words(scene.session, query, scene.today)


def _answered(scene: Scene, asked: str) -> Reply:
    """Fill the slot, ask it again (a slot set to nothing is asked anew), or go one question back."""
    intent = scene.facts.intent
    if intent == "go_back":
        return Reply([], slots(job_work=None, job_place=None))
    if scene.facts.choice == "jobs:any" or intent in ("skip", "affirm"):
        return Reply([], [slot(asked, "skipped")])
    if intent == "repeat" or not scene.facts.words:
        return Reply([], [slot(asked, None)])
    return _read(scene, asked)


def _read(scene: Scene, asked: str) -> Reply:
    heard = _understood(scene)
    query = jobquery.merged(jobquery.from_codes(scene.memory.get("job")), heard)
    events = [slot("job_place", "given")] if query.place else []
    if asked == "job_place" and not query.place:
        return Reply([say("jobs.place_unknown")], [slot(asked, None)])
    if asked == "job_work" and heard.is_empty:
        return Reply([say("jobs.work_unknown")], [slot(asked, None)])
    filled = [] if asked == "job_place" else [slot("job_work", "given")]
    return Reply([do("remember", job=jobquery.to_codes(query))], filled + events)


def _search(scene: Scene, at: int = 0) -> list[Line]:
    """Three jobs from the one numbered `at`, and what the digits mean. The memory keeps codes and `at`, no job."""
    query = jobquery.from_codes(scene.memory.get("job"))
    answer = search(scene.session, query, today=scene.today, offset=at, limit=PAGE)
    if not answer.results:
        return [say("jobs.no_more", choices={"1": "=find_job"}) if at else say("jobs.none")]
    widened = [say(f"jobs.widened_{answer.widened}")] if answer.widened and not at else []
    return [do("remember", jobs_at=at, again="jobs:again"), *widened, _page(answer, at)]


def _page(answer: SearchAnswer, at: int) -> Line:
    choices = {str(digit): f"job:{job.order_id}" for digit, job in enumerate(answer.results, 1)}
    more = at + PAGE < answer.total
    lines = [_line(digit, job) for digit, job in enumerate(answer.results, 1)]
    as_of = answer.as_of.isoformat() if answer.as_of else ""
    key = "jobs.results_more" if more else "jobs.results"
    return say(
        key, lines=lines, total=answer.total, as_of=as_of, choices=choices | ({"4": "jobs:more"} if more else {})
    )


def _line(digit: int, job: JobLine) -> dict[str, Any]:
    distance = nested("jobs.miles", miles=job.miles) if job.miles is not None else ""
    return nested(
        "jobs.line",
        n=digit,
        title=job.short_title,
        place=job.place,
        pay=job.pay or nested("jobs.pay_ask"),
        dates=job.dates,
        distance=distance,
    )


def _pay(job: JobDetails) -> Any:
    """The rate for the worker's own visa where the order states it; a doubtful one is marked."""
    if not job.pay_printed:
        return nested("jobs.pay_ask")
    doubtful = job.pay_suspicious or job.pay_unclear
    return nested("jobs.pay_printed", pay=job.pay_printed) if doubtful else job.pay_h2a or job.pay_printed


def _details(job: JobDetails) -> dict[str, Any]:
    housing = nested("jobs.housing_free" if job.housing == "free" else "jobs.housing_ask")
    return {
        "title": job.title,
        "employer": job.employer,
        "place": job.place,
        "dates": job.dates,
        "pay": _pay(job),
        "hours": job.hours or "?",
        "housing": housing,
        "visa": job.visa,
        "case": job.case_number,
        "as_of": job.as_of.isoformat(),
    }
