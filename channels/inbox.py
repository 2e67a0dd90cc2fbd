"""Accept an inbound message: saved, sealed and rung for before anything thinks about it."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from channels import addresses, hourly
from channels.contract import InboundMessage
from channels.errors import UnknownNumber
from channels.models import Message
from core.clock import now
from core.ids import alias
from core.keys import KeyProvider
from core.queue import DRAIN, GATE, ring

_LOCK = text("""
    select c.id, c.rung from inbox.conversation c join inbox.sending_number n on n.id = c.sending_number_id
    where n.channel = :channel and n.address = :address and c.phone_hash = :phone for no key update of c
""")
_OPEN = text("""
    insert into inbox.conversation (sending_number_id, phone_hash, alias, rung, language_chosen, created_at)
    select id, :phone, :alias, false, false, :now from inbox.sending_number
    where channel = :channel and address = :address
    on conflict (sending_number_id, phone_hash) do update set rung = inbox.conversation.rung
    returning id, rung
""")
_SAVE = text("""
    with saved as (
        insert into inbox.message (conversation_id, channel, provider_hash, kind, opt_out_type, hour, body, state,
                                   gated, failures, received_at)
        values (:conversation, :channel, :provider, :kind, :opt_out, :hour, :body, 'new', false, 0, :now)
        on conflict (channel, provider_hash) do nothing returning id
    ), contact as (
        insert into inbox.contact (conversation_id, address, expires_at)
        select :conversation, :number, :expires from saved
        on conflict (conversation_id) do update set address = excluded.address,
            expires_at = greatest(inbox.contact.expires_at, excluded.expires_at)
    ), redaction as (
        insert into inbox.redaction (provider_id, attempts, run_at) select :sealed_provider, 0, :now from saved
    ), conversation as (
        update inbox.conversation set rung = true, last_inbound_at = :now
        where id = :conversation and exists (select 1 from saved)
    )
    select id from saved
""")


def accept(session: Session, message: InboundMessage, keys: KeyProvider) -> bool:
    """Save a message and ring for it. False for one we already have. Raises NoHourlyKey and UnknownNumber.

    The conversation's row is locked before the message is inserted, so ids follow the order of commits.
    """
    conversation, rung = _conversation(session, message, addresses.phone_hash(message.sender, keys))
    if session.scalar(_SAVE, _row(session, message, conversation, keys)) is None:
        return False
    ring(session, GATE, conversation=conversation)
    if not rung:
        ring(session, DRAIN, conversation=conversation)
    return True


def open_body(message: Message, keys: KeyProvider) -> str:
    """The words of a saved message, empty once they are wiped. Raises KeyMissing, CannotOpen."""
    if message.body is None or message.hour is None:
        return ""
    return hourly.open_text(message.body, message.hour, context(message.conversation_id), keys)


def context(conversation_id: int) -> str:
    """What a body is bound to: moved to another conversation it does not open."""
    return f"message|{conversation_id}"


def _conversation(session: Session, message: InboundMessage, phone: bytes) -> tuple[int, bool]:
    """The conversation's id and its `rung` flag, with the row locked. Raises UnknownNumber."""
    names = {"channel": message.channel, "address": message.our_address, "phone": phone}
    row = session.execute(_LOCK, names).one_or_none()
    if row is None:
        row = session.execute(_OPEN, {**names, "alias": alias(), "now": now()}).one_or_none()
    if row is None:
        raise UnknownNumber("a message came to a number that is not one of our sending numbers")
    return row.id, row.rung


def _row(session: Session, message: InboundMessage, conversation: int, keys: KeyProvider) -> dict[str, object]:
    hour = hourly.current(session)
    return {
        "conversation": conversation,
        "channel": message.channel,
        "provider": addresses.provider_hash(message.provider_id, keys),
        "kind": message.kind,
        "opt_out": message.opt_out_type,
        "hour": hour.id,
        "body": hourly.seal_text(message.text, hour, context(conversation)),
        "now": now(),
        "number": addresses.seal_number(message.sender, conversation, keys),
        "expires": addresses.expiry(),
        "sealed_provider": addresses.seal_provider(message.channel, message.provider_id, keys),
    }
