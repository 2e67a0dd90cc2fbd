"""Which message leaves next. One number at a time decides, in segments; a person's messages keep their order.

A claim is committed before the carrier is called: whatever dies afterwards, the row says that a call may have been
made.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from channels import addresses, optout
from channels.contract import channels
from channels.errors import AddressGone, NoAddress, OutsideWindow, SendError
from channels.models import Conversation, Outbox, OutboxState, SendingNumber
from channels.outbox import context
from core.clock import now
from core.logging import Log

log = Log("sender")
HELD_AFTER = timedelta(minutes=30)
CATCH_UP = timedelta(milliseconds=100)

# An urgent message waits only for earlier urgent ones; any other waits for all before it and for every urgent one.
_NEXT = text("""
    select o.id from inbox.outbox o join inbox.conversation c on c.id = o.conversation_id
    where c.sending_number_id = :number and o.state = 'ready' and o.run_at <= :now
    and not exists (
        select 1 from inbox.outbox p
        where p.conversation_id = o.conversation_id and p.id <> o.id and p.state in ('ready', 'sending')
        and case when o.urgent then p.urgent and p.id < o.id
                 else p.urgent or p.state = 'sending' or p.id < o.id end
    )
    order by o.urgent desc, o.id limit 1
""")


@dataclass(frozen=True)
class Claim:
    """A message that this process alone may now send. `look_first`: an earlier try may have been taken."""

    outbox_id: int
    attempt: int
    conversation_id: int
    channel: str
    our_address: str
    address: bytes = field(repr=False)
    body: bytes = field(repr=False)
    hour: str
    context: str
    created_at: datetime
    look_first: bool
    reply_key: int | None = None


@dataclass(frozen=True)
class Wait:
    """The number is busy until then."""

    until: datetime


@dataclass(frozen=True)
class Skipped:
    """A message was suppressed, held or given up; look again."""


def claim_next(session: Session, number_id: int) -> Claim | Wait | Skipped | None:
    """Take the next message of a number, or say why there is none. The caller commits before it sends."""
    number = session.get_one(SendingNumber, number_id, with_for_update={"key_share": True}, populate_existing=True)
    row_id = session.scalar(_NEXT, {"number": number_id, "now": now()})
    if row_id is None:
        return None
    row = session.get_one(Outbox, row_id, with_for_update=True)
    if row.state is not OutboxState.READY:
        return Skipped()
    if not row.urgent and number.next_free_at > now():
        return Wait(number.next_free_at)
    return _claim(session, row, number)


def _claim(session: Session, row: Outbox, number: SendingNumber) -> Claim | Skipped:
    conversation = session.get_one(Conversation, row.conversation_id)
    if not row.urgent and row.answers is not None and _is_idle(conversation):
        row.state = OutboxState.HELD
        return Skipped()
    if not row.even_if_opted_out and optout.is_opted_out(session, conversation):
        _suppress(row)
        return Skipped()
    try:
        address = _address(session, row, conversation, number)
    except SendError as error:
        settle(row, OutboxState.FAILED, error.code)
        return Skipped()
    return _mark(row, number, address)


def _suppress(row: Outbox) -> None:
    """STOP means no messages. A reply is kept, unsent: the code brings it, or it goes back to wait for that."""
    if row.reply_key_id is None:
        settle(row, OutboxState.SUPPRESSED)
    else:
        row.state = OutboxState.HELD


def _is_idle(conversation: Conversation) -> bool:
    """Has the worker been silent so long that somebody else may be looking at the phone (DESIGN rule 8)?"""
    return conversation.last_inbound_at is not None and conversation.last_inbound_at < now() - HELD_AFTER


def _address(session: Session, row: Outbox, conversation: Conversation, number: SendingNumber) -> bytes:
    """The sealed number to send to. Raises OutsideWindow or AddressGone."""
    hours = channels()[number.channel].limits.window_hours
    came = conversation.last_inbound_at
    if hours is not None and (came is None or came < now() - timedelta(hours=hours)):
        raise OutsideWindow
    try:
        return addresses.sealed_number(session, row.conversation_id)
    except NoAddress:
        raise AddressGone from None


def _mark(row: Outbox, number: SendingNumber, address: bytes) -> Claim:
    look_first = 500 <= (row.error_code or 0) < 600
    row.state, row.sending_since, row.attempt = OutboxState.SENDING, now(), row.attempt + 1
    number.next_free_at = _start(number) + timedelta(seconds=row.segments / number.segments_per_second)
    return Claim(
        outbox_id=row.id,
        attempt=row.attempt,
        conversation_id=row.conversation_id,
        channel=number.channel,
        our_address=number.address,
        address=address,
        body=row.body or b"",
        hour=row.hour or "",
        context=context(row.conversation_id, row.source, row.source_id, row.ordinal),
        created_at=row.created_at,
        look_first=look_first,
        reply_key=row.reply_key_id,
    )


def _start(number: SendingNumber) -> datetime:
    """When this message's slot begins: a claim that came a little late does not slow the number down."""
    moment = now()
    return number.next_free_at if number.next_free_at > moment - CATCH_UP else moment


def settle(row: Outbox, state: OutboxState, error_code: int | None = None) -> None:
    """The carrier has it, or never will: the text is wiped."""
    row.state, row.error_code = state, error_code
    row.body = row.hour = row.sending_since = None
    log.info("outbox", outbox=row.id, state=state.value, attempt=row.attempt, code=error_code)


def unknown(session: Session, older_than: timedelta) -> Claim | None:
    """Take over one message whose outcome nobody knows, so that only one process asks the carrier about it."""
    query = select(Outbox).where(Outbox.state == OutboxState.SENDING, Outbox.sending_since < now() - older_than)
    row = session.scalars(query.order_by(Outbox.id).limit(1).with_for_update(skip_locked=True)).first()
    if row is None:
        return None
    conversation = session.get_one(Conversation, row.conversation_id)
    number = session.get_one(SendingNumber, conversation.sending_number_id)
    try:
        address = addresses.sealed_number(session, row.conversation_id)
    except NoAddress:
        settle(row, OutboxState.FAILED, AddressGone.default_code)
        return None
    slot = number.next_free_at
    claim = _mark(row, number, address)
    number.next_free_at = slot
    return claim
