"""From a message and what the conversation remembers to an intent and the facts of the turn."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from bot.client import Engine, Parsed
from bot.exchange import Args, TurnFacts
from bot.prompts import STORY_MORE
from intake import interview, receipts
from intake.models import ReceiptKind
from intents import gate
from intents.catalog import load_catalog

CONFIDENT = 0.35
REPORTING = frozenset({"report_abuse", "emergency", "add_to_case"})
SEARCHING = frozenset({"find_job", "apply_for_job", "check_employer"})
ANSWERS = {"jobs.ask_work": "tell", "jobs.ask_place": "tell", "employer.ask_name": "check_employer"}
"""Prompts outside the interview that free text answers, and the intent of such an answer."""
PIN_PROMPTS = frozenset({"report.ask_pin", "report.hint_pin"})
CASE_WORDS = "case.ask_words"
WHO = "ask_who_we_are"
_LONG = 3
_QUESTIONS = {key: question for question in interview.QUESTIONS for key in (question.key, question.hint)}
_QUESTIONS[STORY_MORE] = interview.question("report_story")


@dataclass(frozen=True)
class Understood:
    """What to tell the dialogue (`intent`), what actions may know (`facts`), where the text goes (`keep`).

    `keep` is None, "pending", "draft:<part>" or "pin"; `code` is a receipt or PIN that was sent, never handed on.
    `proved` is the case of a code sent in this turn (`fresh`) or a few minutes ago.
    """

    intent: str
    facts: TurnFacts
    keep: str | None = None
    code: str | None = None
    proved: UUID | None = None
    fresh: bool = False


def understand(text: str, facts: TurnFacts, engine: Engine) -> Understood:
    """Read one message. `facts` brings language, memory and draft; only text that needs it goes to the engine.

    Raises EngineAway or EngineFailed when the engine is needed and does not answer.
    """
    if not text.strip():
        return Understood("nothing", replace(facts, intent="nothing"))
    prompt, choices = _prompt(facts)
    if (answer := _choice(text, choices)) is not None:
        return _chosen(answer, facts)
    if (wanted := _control(text, facts.language)) is not None:
        return _as(wanted, facts)
    digits = receipts.digits_of(text)
    if digits is not None and receipts.is_sound(digits):
        return _as("check_case_status", facts, code=text.strip())
    parsed = engine.parse(text) if _returns(facts) and digits is None else None
    if parsed is not None and (not _sure(parsed) or _is_small_talk(parsed.intent)):
        return _come_back(text, facts, prompt, parsed)
    return _answer(text, facts, prompt) or _free(text, facts, prompt, parsed or engine.parse(text))


def _answer(text: str, facts: TurnFacts, prompt: str) -> Understood | None:
    """What can be read without the engine, because something was asked or it is a code."""
    if prompt in PIN_PROMPTS:
        return _pin(text, facts)
    if prompt in _QUESTIONS:
        return _kept("tell", facts, _part(prompt), told=True)
    if (code := receipts.kind_of(text)) is ReceiptKind.RECEIPT or (code is ReceiptKind.PIN and prompt not in ANSWERS):
        return _as("check_case_status", facts, code=text.strip())
    if prompt == CASE_WORDS:
        return _as("add_to_case", facts, keep=None if facts.case or facts.filed else "pending")
    return None


def _returns(facts: TurnFacts) -> bool:
    """Is somebody back after half an hour or more with something unfinished? It may be somebody else at this phone."""
    return bool(facts.away) and (facts.draft is not None or facts.pending)


def _is_small_talk(intent: str | None) -> bool:
    """What somebody says who does not know what was talked about here."""
    known = load_catalog().get(intent or "")
    return known is None or known.group == "dialogue" or known.name == WHO


def _come_back(text: str, facts: TurnFacts, prompt: str, parsed: Parsed) -> Understood:
    """A neutral question first. The words are kept as ever; a greeting in the story, for it answers nothing."""
    if prompt in _QUESTIONS:
        return _kept("come_back", facts, interview.STORY if _sure(parsed) else _part(prompt))
    story = not _sure(parsed) and _may_be_a_story(text, "not_understood", facts)
    return _as("come_back", facts, keep="pending" if story else None)


def _kept(intent: str, facts: TurnFacts, part: str, **changes: Any) -> Understood:
    return _as(intent, facts, keep=f"draft:{part}", draft=_with_one_more(facts.draft or {}, part), **changes)


def _part(prompt: str) -> str:
    return _QUESTIONS[prompt].part or interview.STORY


def _prompt(facts: TurnFacts) -> tuple[str, dict[str, str]]:
    """The last prompt and its digits. A question of an interview that is over is no prompt."""
    prompt: str = facts.memory.get("prompt") or ""
    if prompt in _QUESTIONS and facts.draft is None:
        return "", {}
    return prompt, facts.memory.get("choices", {})


def _choice(text: str, choices: dict[str, str]) -> str | None:
    digit = gate.digit(text)
    return choices.get(digit) if digit is not None else None


def _control(text: str, lang: str) -> str | None:
    """Digits that mean the same everywhere, then exact control words."""
    always = {"0": "go_back", "9": "repeat"}
    digit = gate.digit(text)
    return always.get(digit, "not_understood") if digit is not None else gate.control(text, lang)


def _chosen(answer: str, facts: TurnFacts) -> Understood:
    if answer.startswith("="):
        return _as(answer[1:], facts)
    return _as("choose", facts, choice=answer)


def _pin(text: str, facts: TurnFacts) -> Understood:
    """The secret number, which is never kept as text; words that are none join the story of an open draft."""
    if receipts.kind_of(text) is ReceiptKind.PIN:
        return _as("choose", facts, choice="pin:given", keep="pin", code=text.strip())
    told = facts.draft is not None and receipts.digits_of(text) is None
    return _as("choose", facts, choice="pin:bad", keep=f"draft:{interview.STORY}" if told else None)


def _free(text: str, facts: TurnFacts, prompt: str, parsed: Parsed) -> Understood:
    """A text outside the interview: the model's reading, unless it is unsure or answers a job question."""
    intent = parsed.intent if _sure(parsed) and parsed.intent is not None else "not_understood"
    urgent = intent in REPORTING or (intent.startswith("ask_") and len(text.split()) > _LONG)
    if prompt in ANSWERS and not urgent:
        return _as(ANSWERS[prompt], facts, told=True, words=text)
    keep = "pending" if _may_be_a_story(text, intent, facts) else None
    return _as(intent, facts, keep=keep, words=text if intent in SEARCHING else "")


def _sure(parsed: Parsed) -> bool:
    return parsed.intent is not None and parsed.confidence >= CONFIDENT


def _may_be_a_story(text: str, intent: str, facts: TurnFacts) -> bool:
    """Words that a report may need later: harm, questions about rights, and long messages that were not understood."""
    group = load_catalog()[intent].group if intent in load_catalog() else "dialogue"
    told = group in ("reports", "rights", "dialogue") and len(text.split()) > _LONG
    return told and facts.intake_open and not (facts.filed and intent == "add_to_case")


def _with_one_more(draft: Args, part: str) -> Args:
    """The facts of the draft as they are once this text is kept: what is read back counts it."""
    return {**draft, part: draft.get(part, 0) + 1 if part == interview.STORY else "given"}


def _as(
    intent: str, facts: TurnFacts, *, keep: str | None = None, code: str | None = None, **changes: Any
) -> Understood:
    return Understood(intent, replace(facts, intent=intent, **changes), keep, code)
