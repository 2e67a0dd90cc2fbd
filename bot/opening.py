"""How a turn opens: the language it is in and the facts the conversation brings along."""

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot import memory, proof
from bot.exchange import Args, TurnFacts
from bot.hotline import Hotline
from bot.understanding import PIN_PROMPTS, Understood
from channels.claims import HELD_AFTER
from channels.models import Conversation
from core.keys import KeyProvider
from intake import draft, service, standing
from translations.catalog import SOURCE
from translations.detect import Heard, detect


@dataclass(frozen=True)
class Settled:
    """The language of a turn. `ask`: nobody knows yet, so the language menu follows."""

    lang: str
    ask: bool


SHORT, LONG = "short", "long"
RECYCLED = timedelta(days=45)
"""After so much silence the number may be somebody else's (product reference, N54)."""


def facts_before(
    session: Session, keys: KeyProvider, conversation: Conversation, text: str, came: datetime
) -> tuple[Settled, TurnFacts]:
    """Language, memory, the coded facts of an open draft and of a case just proved, before the message is understood.

    After a long silence the memory is empty but for a lock: what was here before is not told to whoever has the phone.
    """
    remembered = memory.load(conversation, keys)
    away = _away(remembered, came)
    if away == LONG:
        remembered = {memory.LOCKED: True}
    if remembered.get("prompt") in PIN_PROMPTS and not _waits_for_pin(session, keys, conversation):
        remembered |= {"prompt": None, "choices": {}}
    settled = settle(conversation, remembered, detect(text))
    facts = TurnFacts(
        intent="",
        language=settled.lang,
        memory=remembered,
        case=_proved(session, keys, conversation.id, remembered),
        away=away,
        intake_open=service.intake_open(session),
    )
    return settled, facts if remembered.get(memory.LOCKED) else _with_draft(session, keys, conversation.id, facts)


def _with_draft(session: Session, keys: KeyProvider, conversation_id: int, facts: TurnFacts) -> TurnFacts:
    return replace(
        facts,
        draft=draft.facts(session, keys, conversation_id),
        pending=draft.has_pending(session, keys, conversation_id),
        filed=service.has_case(session, conversation_id),
    )


def _away(remembered: Args, came: datetime) -> str:
    """How long the worker was silent before this message."""
    last = remembered.get(memory.AT)
    silence = came - datetime.fromisoformat(last) if last else timedelta(0)
    return LONG if silence > RECYCLED else SHORT if silence > HELD_AFTER else ""


def _proved(session: Session, keys: KeyProvider, conversation_id: int, remembered: Args) -> Args | None:
    """The standing of the case that was proved a few minutes ago; a proof that is over is forgotten."""
    case_id = proof.case_of(remembered, conversation_id, keys)
    found = standing.of(session, case_id) if case_id else None
    if found is None:
        remembered[proof.KEY] = None
    return _codes(found) if found else None


def _codes(found: standing.Standing) -> Args:
    days = {name: value.isoformat() for name, value in asdict(found).items() if isinstance(value, date)}
    return {**asdict(found), **days, "late": found.late}


def _waits_for_pin(session: Session, keys: KeyProvider, conversation: Conversation) -> bool:
    """Is there still a report for the secret number that was asked for?"""
    waiting = draft.facts(session, keys, conversation.id) is not None
    return waiting or service.pin_waits(session, conversation.id)


def settle(conversation: Conversation, remembered: dict[str, Any], heard: Heard | None) -> Settled:
    """Explicit choice, then the sticky language, then what is heard; switching needs two messages in a row."""
    if conversation.language is None:
        return Settled(heard.lang if heard else SOURCE, not (heard and heard.sure))
    if conversation.language_chosen or heard is None or not heard.sure or heard.lang == conversation.language:
        remembered["heard"] = None
        return Settled(conversation.language, False)
    if remembered.get("heard") == heard.lang:
        remembered["heard"] = None
        return Settled(heard.lang, False)
    remembered["heard"] = heard.lang
    return Settled(conversation.language, False)


def look_up_code(hotline: Hotline, conversation_id: int, understood: Understood) -> Understood:
    """Check a receipt or PIN that was sent; only what it says about the case goes on, never the code.

    Without one, the case that was proved a few minutes ago may still be asked about.
    """
    with hotline.db.begin() as session:
        if understood.intent != "check_case_status" or understood.code is None:
            case_id = proof.case_of(understood.facts.memory, conversation_id, hotline.keys)
            return replace(understood, proved=case_id)
        if _opens_the_draft(session, hotline.keys, conversation_id, understood):
            return _unlocked(session, hotline.keys, conversation_id, understood)
        found = service.case_status(session, hotline.keys, conversation_id, understood.code)
        stands = standing.of(session, found.case_id) if found.case_id else None
    case = _codes(stands) if stands else {"status": None, "limited": found.limited}
    proved = found.case_id if stands else None
    return replace(understood, facts=replace(understood.facts, case=case), code=None, proved=proved, fresh=True)


def _opens_the_draft(session: Session, keys: KeyProvider, conversation_id: int, understood: Understood) -> bool:
    locked = bool(understood.facts.memory.get(memory.LOCKED))
    return locked and draft.pin_fits(session, keys, conversation_id, understood.code or "")


def _unlocked(session: Session, keys: KeyProvider, conversation_id: int, understood: Understood) -> Understood:
    """The worker's own secret number: what was not finished goes on."""
    facts = replace(understood.facts, intent="resume", memory={**understood.facts.memory, memory.LOCKED: None})
    return replace(understood, intent="resume", facts=_with_draft(session, keys, conversation_id, facts), code=None)
