"""How a turn opens: the language it is in and the facts the conversation brings along."""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from bot import memory
from bot.exchange import TurnFacts
from bot.hotline import Hotline
from bot.understanding import PIN_PROMPTS, Understood
from channels.models import Conversation
from core.keys import KeyProvider
from intake import draft, service
from translations.catalog import SOURCE
from translations.detect import Heard, detect


@dataclass(frozen=True)
class Settled:
    """The language of a turn. `ask`: nobody knows yet, so the language menu follows."""

    lang: str
    ask: bool


def facts_before(
    session: Session, keys: KeyProvider, conversation: Conversation, text: str
) -> tuple[Settled, TurnFacts]:
    """Language, memory and the coded facts of an open draft, before the message is understood."""
    remembered = memory.load(conversation, keys)
    if remembered.get("prompt") in PIN_PROMPTS and not _waits_for_pin(session, keys, conversation):
        remembered |= {"prompt": None, "choices": {}}
    settled = settle(conversation, remembered, detect(text))
    facts = TurnFacts(
        intent="",
        language=settled.lang,
        memory=remembered,
        draft=draft.facts(session, keys, conversation.id),
        pending=draft.has_pending(session, keys, conversation.id),
        filed=service.has_case(session, conversation.id),
        intake_open=service.intake_open(session),
    )
    return settled, facts


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
    """Check a receipt or PIN that was sent; only what it says about the case goes on, never the code."""
    if understood.intent != "check_case_status" or understood.code is None:
        return understood
    with hotline.db.begin() as session:
        found = service.case_status(session, hotline.keys, conversation_id, understood.code)
    case = {"status": found.status, "limited": found.limited}
    return replace(understood, facts=replace(understood.facts, case=case), code=None)
