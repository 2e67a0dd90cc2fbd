"""States of outbound messages only move forward, whatever order the carrier's reports come in.

The gateway may write these columns but not read texts: it wipes what it cannot open.
"""

from datetime import timedelta

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from channels import addresses, optout
from channels.contract import StatusReport
from channels.errors import Unsubscribed
from channels.models import Conversation, Outbox, OutboxState, Redaction, SendingNumber
from core.clock import now
from core.keys import KeyProvider
from core.queue import SEND, ring

RANK = {
    OutboxState.READY: 0,
    OutboxState.HELD: 0,
    OutboxState.SENDING: 1,
    OutboxState.ACCEPTED: 2,
    OutboxState.SENT: 3,
    OutboxState.DELIVERED: 4,
    OutboxState.FAILED: 4,
    OutboxState.SUPPRESSED: 4,
    OutboxState.READ: 5,
}
REDACT_AFTER = timedelta(minutes=5)  # by then an outbound message has left the carrier's queue
WIPED = {"body": None, "hour": None, "sending_since": None}


def apply(session: Session, report: StatusReport, keys: KeyProvider) -> bool:
    """Move a message forward; False when the report is old or about nothing of ours."""
    mine = Outbox.id == report.outbox_id
    query = select(Outbox.conversation_id, Outbox.state, Outbox.provider_id).where(mine).with_for_update()
    row = session.execute(query).one_or_none()
    if row is None or RANK[row.state] >= RANK[report.state]:
        return False
    values: dict[str, object] = {"state": report.state, "error_code": report.error_code, **WIPED}
    if row.provider_id is None:
        box = addresses.seal_provider(_channel(session, row.conversation_id), report.provider_id, keys)
        values["provider_id"] = box
        session.execute(insert(Redaction).values(provider_id=box, attempts=0, run_at=now() + REDACT_AFTER))
    session.execute(update(Outbox).where(mine).values(values).execution_options(synchronize_session=False))
    if report.error_code == Unsubscribed.default_code:
        optout.opt_out(session, session.get_one(Conversation, row.conversation_id))
    if RANK[row.state] <= RANK[OutboxState.SENDING]:
        ring(session, SEND, conversation=row.conversation_id)
    return True


def _channel(session: Session, conversation_id: int) -> str:
    conversation = session.get_one(Conversation, conversation_id)
    return session.get_one(SendingNumber, conversation.sending_number_id).channel
