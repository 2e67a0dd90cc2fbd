"""Accept an inbound message: saved, sealed and rung for before anything thinks about it."""

from dataclasses import dataclass

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from channels import addresses, hourly
from channels.contract import InboundMessage
from channels.errors import UnknownNumber
from channels.hourly import Hour
from channels.models import Message
from core.clock import now
from core.failpoints import failpoint
from core.ids import alias
from core.keys import KeyProvider
from core.queue import DRAIN, GATE, RING, names

_LOCK = text(f"""
    select c.id, c.rung, hour.id as hour, hour.public
    from inbox.conversation c join inbox.sending_number n on n.id = c.sending_number_id
    left join lateral ({hourly.CURRENT}) hour on true
    where n.channel = :channel and n.address = :address and c.phone_hash = :phone for no key update of c
""")
_OPEN = text("""
    insert into inbox.conversation (sending_number_id, phone_hash, alias, rung, language_chosen, created_at)
    select id, :phone, :alias, false, false, :now from inbox.sending_number
    where channel = :channel and address = :address
    on conflict (sending_number_id, phone_hash) do nothing
""")
_SAVE = text(f"""
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
    select {RING} from saved
""")


@dataclass(frozen=True)
class Locked:
    """A conversation whose row is locked, and the pair to seal with."""

    id: int
    rung: bool
    hour: Hour


def accept(session: Session, message: InboundMessage, keys: KeyProvider) -> bool:
    """Save a message and ring for it. False for one we already have. Raises NoHourlyKey and UnknownNumber.

    The conversation's row is locked before the message is inserted, so ids follow the order of commits.
    """
    connection = session.connection()
    conversation = _lock(connection, message, addresses.phone_hash(message.sender, keys))
    failpoint("accept.locked")
    bells = names(GATE) if conversation.rung else names(GATE, DRAIN)
    row = _row(message, conversation, keys)
    return connection.execute(_SAVE, row | bells).one_or_none() is not None


def open_body(message: Message, keys: KeyProvider) -> str:
    """The words of a saved message, empty once they are wiped. Raises KeyMissing, CannotOpen."""
    if message.body is None or message.hour is None:
        return ""
    return hourly.open_text(message.body, message.hour, context(message.conversation_id), keys)


def context(conversation_id: int) -> str:
    """What a body is bound to: moved to another conversation it does not open."""
    return f"message|{conversation_id}"


def _lock(connection: Connection, message: InboundMessage, phone: bytes) -> Locked:
    """The conversation with its row locked, made if this is its first message. Raises UnknownNumber, NoHourlyKey."""
    who = {"channel": message.channel, "address": message.our_address, "phone": phone}
    lock = who | {"this_hour": hourly.name_of(now())}
    row = connection.execute(_LOCK, lock).one_or_none()
    if row is None:
        connection.execute(_OPEN, who | {"alias": alias(), "now": now()})
        row = connection.execute(_LOCK, lock).one_or_none()
    if row is None:
        raise UnknownNumber("a message came to a number that is not one of our sending numbers")
    return Locked(row.id, row.rung, hourly.the_hour(row.hour, row.public))


def _row(message: InboundMessage, conversation: Locked, keys: KeyProvider) -> dict[str, object]:
    hour = conversation.hour
    return {
        "conversation": conversation.id,
        "channel": message.channel,
        "provider": addresses.provider_hash(message.provider_id, keys),
        "kind": message.kind,
        "opt_out": message.opt_out_type,
        "hour": hour.id,
        "body": hourly.seal_text(message.text, hour, context(conversation.id)),
        "now": now(),
        "number": addresses.seal_number(message.sender, conversation.id, keys),
        "expires": addresses.expiry(),
        "sealed_provider": addresses.seal_provider(message.channel, message.provider_id, keys),
    }
