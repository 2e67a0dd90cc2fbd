"""Leave a notice: a key with arguments becomes the words of a language in the form of a channel."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from channels.models import Conversation, SendingNumber
from channels.outbox import say_text
from channels.segments import gsm_safe
from translations.catalog import SOURCE, entries, languages, render


def say(
    session: Session,
    conversation: Conversation,
    lang: str,
    key: str,
    args: Mapping[str, Any] | None = None,
    *,
    source: str,
    source_id: int,
    ordinal: int = 0,
    urgent: bool = False,
    always: bool = False,
    answers: datetime | None = None,
) -> None:
    """Render `key` and put it into the outbox once per (source, source_id, ordinal).

    `always`: even after STOP. `answers`: when the message came that this answers; a late answer is held back.
    """
    text = words(session, conversation, lang, key, args)
    say_text(
        session,
        conversation.id,
        text,
        source=source,
        source_id=source_id,
        ordinal=ordinal,
        urgent=urgent,
        even_if_opted_out=always,
        answers=answers,
    )


def words(session: Session, conversation: Conversation, lang: str, key: str, args: Mapping[str, Any] | None) -> str:
    """The text in the form of the conversation's channel: its own variant if there is one, GSM-7-safe on SMS."""
    number = select(SendingNumber.channel).where(SendingNumber.id == conversation.sending_number_id)
    channel = session.execute(number).scalar_one()
    text = render(lang, variant(key, channel), args)
    return gsm_safe(text) if channel == "twilio_sms" and languages()[lang].sms == "gsm" else text


def variant(key: str, channel: str) -> str:
    """`welcome@twilio_whatsapp` where the catalog has it, else `welcome`."""
    own = f"{key}@{channel}"
    return own if own in entries(SOURCE) else key
