"""Have the carrier forget the texts that we have sealed; it refuses while a message is on its way, so try again."""

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import select

from channels import addresses
from channels.contract import Carrier
from channels.errors import CarrierBusy
from channels.models import Redaction
from core.clock import now
from core.database import Database
from core.failpoints import failpoint
from core.keys import KeyProvider
from core.logging import Log

log = Log("redaction")
BATCH = 20
MOST_ATTEMPTS = 15
LONGEST = 3600.0


class Redactor:
    """Works off the table of messages to be redacted."""

    def __init__(self, db: Database, keys: KeyProvider, carriers: Mapping[str, Carrier]) -> None:
        self.db, self.keys, self.carriers = db, keys, carriers

    def is_due(self) -> bool:
        """Is there anything to do?"""
        with self.db.begin() as session:
            return session.scalar(select(Redaction.id).where(Redaction.run_at <= now()).limit(1)) is not None

    def run(self) -> None:
        """Ask for every redaction that is due."""
        while batch := self._take():
            failpoint("redaction.leased")
            for row_id, attempts, box in batch:
                self._redact(row_id, attempts, box)

    def _take(self) -> list[tuple[int, int, bytes]]:
        """Lease a batch: its rows come back by themselves if this process dies."""
        due = select(Redaction).where(Redaction.run_at <= now()).order_by(Redaction.run_at).limit(BATCH)
        with self.db.begin() as session:
            rows = session.scalars(due.with_for_update(skip_locked=True)).all()
            for row in rows:
                row.attempts += 1
                row.run_at = now() + timedelta(seconds=min(LONGEST, 5.0 * 2.0 ** min(row.attempts, 10)))
            return [(row.id, row.attempts, row.provider_id) for row in rows]

    def _redact(self, row_id: int, attempts: int, box: bytes) -> None:
        channel, provider_id = addresses.open_provider(box, self.keys)
        try:
            self.carriers[channel].redact(provider_id)
            failpoint("redaction.asked")
        except CarrierBusy:
            if attempts < MOST_ATTEMPTS:
                return
            log.alarm("not_redacted", redaction=row_id)
        with self.db.begin() as session:
            if row := session.get(Redaction, row_id):
                session.delete(row)
