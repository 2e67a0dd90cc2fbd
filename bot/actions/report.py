"""The interview of a report. Rasa's slots only say which questions are answered; the answers are in the draft."""

from collections.abc import Sequence

from bot.actions.answers import Kind, judge
from bot.actions.base import Event, Office, Reply, Scene, TurnAction, do, nested, say, slot
from bot.exchange import Args, Line, TurnFacts
from bot.memory import LOCKED
from bot.prompts import STORY_MORE
from intake import interview
from intake.interview import QUESTIONS, Question

UNSAFE = "unsafe"
_READ_BACK = ("kind", "when", "count", "wish")


class StartReport(TurnAction):
    """Open a report, or go on with the one that is open: its coded facts say where it stood."""

    called = "action_start_report"

    def act(self, scene: Scene) -> Reply:
        facts = scene.facts
        wanted = facts.intent == "report_abuse" or (facts.intent == "resume" and facts.pending)
        if facts.draft is None and not wanted:
            return Reply(_nothing_open(facts), [slot("report_open", False)])
        if facts.draft is None and not facts.intake_open:
            return Reply([say("report.closed")], [slot("report_open", False)])
        lines = [] if facts.draft is not None else [do("draft.open")]
        return Reply(lines, [slot("report_open", True), *_slots_of(facts.draft or {})])


class ValidateReportForm(TurnAction):
    """Reads the answer to the question that was asked. No slot set means: this is not for the form."""

    called = "validate_report_form"

    def act(self, scene: Scene) -> Reply:
        asked = scene.tracker.get_slot("requested_slot")
        if asked is None:
            return Reply([], [slot("report_open", True)])
        question = interview.question(asked)
        verdict = judge(question, scene.facts)
        if verdict.kind is Kind.LEAVE:
            return Reply()
        if verdict.kind in (Kind.GIVEN, Kind.SKIPPED):
            return Reply(_kept(question, verdict.value), [slot(asked, verdict.kind.value)])
        previous = interview.previous(asked)
        again = previous.slot if verdict.kind is Kind.BACK and previous else asked
        return Reply([], [slot(again, None)])


class Ask(TurnAction):
    """Asks one question: `action_ask_<slot>`."""

    def __init__(self, office: Office, question: Question) -> None:
        super().__init__(office)
        self.called = f"action_ask_{question.slot}"
        self._question = question

    def act(self, scene: Scene) -> Reply:
        if scene.tracker.get_slot("requested_slot") == self._question.slot:
            kind = judge(self._question, scene.facts).kind
            if kind is Kind.PIN:
                return Reply([say("report.ask_pin")])
            if kind is Kind.MISFIT:
                return Reply([say(self._question.hint, **_arguments(self._question, scene))])
        return Reply([say(_key(self._question, scene), **_arguments(self._question, scene))])


class FileReport(TurnAction):
    """Every question is answered: file it. The effect says what the worker gets."""

    called = "action_file_report"

    def act(self, scene: Scene) -> Reply:
        return Reply([do("draft.file")])


class Emergency(TurnAction):
    """Numbers to call now. The crisis gate has usually answered already; this is the second net."""

    called = "action_emergency"

    def act(self, scene: Scene) -> Reply:
        return Reply([say("crisis.numbers")])


def asking(office: Office) -> list[TurnAction]:
    """An asking action for every question."""
    return [Ask(office, question) for question in QUESTIONS]


def _nothing_open(facts: TurnFacts) -> list[Line]:
    if facts.intent == "resume" and facts.memory.get(LOCKED):
        return [say("case.ask_code")]
    return [say("chat.not_understood" if facts.intent == "tell" else "report.nothing_open"), say("menu.main")]


def _slots_of(draft: Args) -> list[Event]:
    """Which questions an open draft answers; the last is always asked."""
    return [slot(question.slot, "given" if _answered(question, draft) else None) for question in QUESTIONS]


def _answered(question: Question, draft: Args) -> bool:
    return question.slot != "report_confirm" and question.fact in draft


def _kept(question: Question, value: str | None) -> Sequence[Line]:
    lines = [do("draft.fact", name=question.fact, value=value)] if value and question.slot != "report_confirm" else []
    return [*lines, say("report.unsafe")] if value == UNSAFE else lines


def _key(question: Question, scene: Scene) -> str:
    told = scene.draft.get(interview.STORY) or scene.facts.pending
    return STORY_MORE if question.slot == "report_story" and told else question.key


def _arguments(question: Question, scene: Scene) -> Args:
    """Only the read-back has any: codes, and what was given at all."""
    if question.slot != "report_confirm":
        return {}
    draft = scene.draft
    coded = {fact: _word(fact, draft.get(fact)) for fact in _READ_BACK}
    given = {
        part: nested("report.given" if _is_given(draft.get(part)) else "report.not_given")
        for part in ("employer", "place")
    }
    story = draft.get(interview.STORY)
    return {"story": story if isinstance(story, int) else 0, **coded, **given}


def _word(fact: str, value: object) -> Args:
    return nested(f"report.{fact}_{value}" if value else "report.not_given")


def _is_given(value: object) -> bool:
    return bool(value) and value != interview.SKIP
