"""Hand messages to the carrier: never twice, never out of order, never with a transaction open during the call."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta

from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from channels import addresses, hourly, optout, replies
from channels.claims import Claim, Skipped, Wait, claim_next, settle, unknown
from channels.contract import Carrier, Outgoing, channels
from channels.errors import CarrierFailed, GaveUp, NotAuthorised, OutcomeUnknown, SendError, Unreadable, Unsubscribed
from channels.models import Conversation, Outbox, OutboxState, Redaction, SendingNumber
from channels.segments import segments
from channels.status import REDACT_AFTER
from core.clock import now
from core.database import Database
from core.envelope import CannotOpen
from core.failpoints import failpoint
from core.keys import KeyMissing, KeyProvider
from core.logging import Log
from core.queue import SEND, ring

log = Log("sender")
UNKNOWN_AFTER = timedelta(seconds=60)
GIVE_UP_AFTER = timedelta(hours=4)
LONGEST_BACKOFF = 300.0
PUMPS = 4
NAP = 0.1
PAUSES = (0.1, 0.2, 0.5, 1.0, 2.0, 4.0, 8.0)
CLOCK_SKEW = timedelta(seconds=30)

_OVERDUE = text("""
    select min(o.conversation_id) from inbox.outbox o join inbox.conversation c on c.id = o.conversation_id
    where o.state = 'ready' and o.run_at < :before group by c.sending_number_id
""")


class Pumps:
    """At most a few threads work for one number; a bell that finds them busy makes one of them look again."""

    def __init__(self, most: int) -> None:
        self._most, self._lock = most, threading.Lock()
        self._running: Counter[int] = Counter()
        self._again: set[int] = set()

    def enter(self, number: int) -> bool:
        """May this thread pump?"""
        with self._lock:
            if self._running[number] >= self._most:
                self._again.add(number)
                return False
            self._running[number] += 1
            return True

    def leave(self, number: int) -> bool:
        """May this thread go? Not when a bell rang meanwhile: then it must look once more."""
        with self._lock:
            if number in self._again:
                self._again.discard(number)
                return False
            self._running[number] -= 1
            return True

    def fail(self, number: int) -> None:
        """Give the place back after an exception; the sweep will ring again."""
        with self._lock:
            self._running[number] -= 1


class Sender:
    """The sender of one process."""

    def __init__(
        self,
        db: Database,
        keys: KeyProvider,
        carriers: Mapping[str, Carrier],
        public_url: str,
        unknown_after: timedelta = UNKNOWN_AFTER,
    ) -> None:
        self.db, self.keys, self.carriers = db, keys, carriers
        self._public_url, self._unknown_after = public_url, unknown_after
        self._pumps = Pumps(PUMPS)

    def send_for(self, conversation_id: int) -> None:
        """A bell rang for a conversation: send whatever its number may send now."""
        with self.db.begin() as session:
            number = session.get_one(Conversation, conversation_id).sending_number_id
        self.pump(number)

    def pump(self, number: int) -> None:
        """Send until nothing is left for this number."""
        if not self._pumps.enter(number):
            return
        try:
            while self._step(number) or not self._pumps.leave(number):
                pass
        except BaseException:
            self._pumps.fail(number)
            raise

    def _step(self, number: int) -> bool:
        with self.db.begin() as session:
            found = claim_next(session, number)
            failpoint("sender.chosen")
        match found:
            case Claim():
                self.deliver(found)
            case Wait():
                time.sleep(max(0.0, min((found.until - now()).total_seconds(), NAP)))
            case Skipped():
                pass
            case None:
                return False
        return True

    def deliver(self, claim: Claim) -> None:
        """Call the carrier for a claimed message and write down what came of it."""
        failpoint("sender.claimed")
        try:
            message = self._open(claim)
            self._pace(claim, message.text)
            failpoint("sender.opened")
            provider_id = self._sent_before(claim) or self.carriers[claim.channel].send(message)
            failpoint("sender.called")
        except SendError as error:
            self._failed(claim, error)
        else:
            self._accepted(claim, provider_id)

    def recover(self) -> None:
        """Ask the carrier about messages that a crash or a time-out left open, then finish or release them."""
        while True:
            with self.db.begin() as session:
                claim = unknown(session, self._unknown_after)
            if claim is None:
                return
            self._reconcile(claim)

    def sweep(self) -> None:
        """Ring for ready messages that nobody took within two seconds."""
        with self.db.begin() as session:
            for conversation in session.scalars(_OVERDUE, {"before": now() - timedelta(seconds=2)}).all():
                ring(session, SEND, conversation=conversation)

    def _reconcile(self, claim: Claim) -> None:
        try:
            provider_id = self._found(claim)
        except SendError as error:
            log.info("reconcile_waits", outbox=claim.outbox_id, code=error.code)
            if not error.retryable:
                self._failed(claim, error)
            return
        if provider_id is not None:
            self._accepted(claim, provider_id)
            return
        self._release(claim)

    def _release(self, claim: Claim) -> None:
        """The carrier never got it: it may be sent again."""
        with self.db.begin() as session:
            row = self._mine(session, claim)
            if row and now() - claim.created_at >= GIVE_UP_AFTER:
                settle(row, OutboxState.FAILED, GaveUp.default_code)
            elif row:
                row.state, row.sending_since = OutboxState.READY, None
                ring(session, SEND, conversation=claim.conversation_id)

    def _sent_before(self, claim: Claim) -> str | None:
        """After a 5xx: was it taken after all? A failed look-up is as doubtful as the 5xx itself."""
        try:
            return self._found(claim) if claim.look_first else None
        except SendError as error:
            raise (CarrierFailed() if error.retryable else error) from None

    def _found(self, claim: Claim) -> str | None:
        """A message at the carrier that looks like this one and is not another one of ours."""
        message = self._open(claim)
        ids = self.carriers[claim.channel].find(message, claim.created_at - CLOCK_SKEW)
        known = self._known_ids(claim) if ids else set()
        return next((provider_id for provider_id in ids if provider_id not in known), None)

    def _known_ids(self, claim: Claim) -> set[str]:
        query = select(Outbox.provider_id).where(
            Outbox.conversation_id == claim.conversation_id,
            Outbox.provider_id.is_not(None),
            Outbox.created_at >= claim.created_at - timedelta(days=1),
        )
        with self.db.begin() as session:
            boxes = [box for box in session.scalars(query) if box is not None]
        return {addresses.open_provider(box, self.keys)[1] for box in boxes}

    def _open(self, claim: Claim) -> Outgoing:
        try:
            words = self._words(claim)
            number = addresses.open_number(claim.address, claim.conversation_id, self.keys)
        except (KeyMissing, CannotOpen):
            raise Unreadable from None
        status = f"{self._public_url}{channels()[claim.channel].status_path}?o={claim.outbox_id}"
        return Outgoing(claim.outbox_id, number, claim.our_address, words, status)

    def _words(self, claim: Claim) -> str:
        if claim.reply_key is not None:
            return replies.open_text(claim.body, claim.reply_key, self.keys)
        return hourly.open_text(claim.body, claim.hour, claim.context, self.keys)

    def _pace(self, claim: Claim, words: str) -> None:
        """How long a reply is shows only now: the number waits for as long as it really takes."""
        if claim.reply_key is None or not channels()[claim.channel].limits.segmented:
            return
        with self.db.begin() as session:
            number_id = session.get_one(Conversation, claim.conversation_id).sending_number_id
            number = session.get_one(SendingNumber, number_id, with_for_update={"key_share": True})
            row = session.get_one(Outbox, claim.outbox_id, with_for_update=True)
            more, row.segments = segments(words) - row.segments, segments(words)
            number.next_free_at += timedelta(seconds=more / number.segments_per_second)

    def _accepted(self, claim: Claim, provider_id: str) -> None:
        """The carrier has it: wipe the text here, and have it redacted there once it is delivered."""
        box = addresses.seal_provider(claim.channel, provider_id, self.keys)

        def write(session: Session) -> None:
            row = session.get_one(Outbox, claim.outbox_id, with_for_update=True)
            if row.provider_id is None:
                row.provider_id = box
                session.add(Redaction(provider_id=box, run_at=now() + REDACT_AFTER))
            failpoint("sender.recorded")
            if self._still_ours(row, claim):
                settle(row, OutboxState.ACCEPTED)
            session.flush()
            failpoint("sender.wiped")

        self._record(write)
        failpoint("sender.committed")
        if claim.reply_key is not None:
            replies.finish(self.db, self.keys)

    def _record(self, write: Callable[[Session], None]) -> None:
        """Write down what the carrier said, even when the database is just being restarted."""
        for pause in PAUSES:
            try:
                with self.db.begin() as session:
                    write(session)
            except OperationalError:
                time.sleep(pause)
            else:
                return
        with self.db.begin() as session:
            write(session)

    def _failed(self, claim: Claim, error: SendError) -> None:
        if isinstance(error, OutcomeUnknown):
            log.info("outcome_unknown", outbox=claim.outbox_id, attempt=claim.attempt)
            return  # the row stays `sending`: a callback or the carrier's list will tell
        self._record(lambda session: self._write_failure(session, claim, error))
        if isinstance(error, NotAuthorised):
            log.alarm("carrier_refuses_our_credentials", code=error.code)

    def _write_failure(self, session: Session, claim: Claim, error: SendError) -> None:
        row = self._mine(session, claim)
        if row is None:
            return
        if isinstance(error, Unsubscribed):
            optout.opt_out(session, session.get_one(Conversation, claim.conversation_id))
        if error.retryable and now() - claim.created_at < GIVE_UP_AFTER:
            self._back_off(row, error)
        else:
            settle(row, OutboxState.FAILED, GaveUp.default_code if error.retryable else error.code)

    def _back_off(self, row: Outbox, error: SendError) -> None:
        seconds = min(LONGEST_BACKOFF, 2.0 ** min(row.attempt, 9)) * random.uniform(0.5, 1.5)  # noqa: S311
        row.state, row.sending_since, row.error_code = OutboxState.READY, None, error.code
        row.run_at = now() + timedelta(seconds=seconds)
        log.info("send_later", outbox=row.id, attempt=row.attempt, code=error.code)

    def _mine(self, session: Session, claim: Claim) -> Outbox | None:
        """The row, locked, unless a callback or another attempt took it further."""
        row = session.get_one(Outbox, claim.outbox_id, with_for_update=True)
        return row if self._still_ours(row, claim) else None

    def _still_ours(self, row: Outbox, claim: Claim) -> bool:
        return row.state is OutboxState.SENDING and row.attempt == claim.attempt
