"""Workers who write and staff who read, on the real database with the real process roles."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Engine

from channels.models import Contact, Conversation
from core.clock import now
from core.database import Database
from core.envelope import KeyPair, new_pair
from core.ids import alias
from core.keys import KeyProvider
from intake import draft, reading, staff
from intake.draftkeys import FOLDER
from intake.models import Role
from intake.service import Filed, file_draft


@dataclass
class Hotline:
    """What most tests need: the worker's and the operator's side of one hotline."""

    worker: Database
    operator: Database
    keys: KeyProvider
    owner: Engine

    def conversation(self, days: int = 30) -> int:
        """A worker's conversation with a contact that lives for `days`."""
        with self.worker.begin() as session:
            row = Conversation(sending_number_id=1, phone_hash=alias().encode().ljust(32), alias=alias())
            session.add(row)
            session.flush()
            expires = now() + timedelta(days=days)
            session.add(Contact(conversation_id=row.id, address=b"sealed", expires_at=expires))
            return row.id

    def reader(self, email: str = "ana@example.org", role: Role = Role.INTAKE, team: str = "intake") -> KeyPair:
        """A member of staff with a key."""
        pair = new_pair()
        with self.operator.begin() as session:
            staff.add(session, email, role, team, pair.public)
        return pair

    def told(self, *texts: str, **facts: str) -> int:
        """A conversation with an open draft that holds these texts and facts."""
        conversation = self.conversation()
        with self.worker.begin() as session:
            draft.open_draft(session, self.keys, conversation)
            for text in texts:
                draft.keep_text(session, self.keys, conversation, text, "story")
            for name, value in facts.items():
                draft.set_fact(session, self.keys, conversation, name, value)
        return conversation

    def file(self, conversation: int, language: str = "es") -> Filed:
        """File the open draft."""
        with self.worker.begin() as session:
            return file_draft(session, self.keys, conversation, language)

    def read(self, reference: str, private: bytes) -> dict[str, object]:
        """Read a case as its reader does."""
        with self.operator.begin() as session:
            sealed = reading.begin(session, reference, private)
        return reading.unseal(sealed, private)

    def draft_keys(self) -> list[str]:
        """The key files of drafts that exist."""
        return self.keys.names(FOLDER)
