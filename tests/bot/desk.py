"""The worker's process in a test: messages come in at the gateway's end, `drain` answers them, the outbox is read."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy import Engine as SqlEngine
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from bot import safety, turn
from bot.client import Engine
from bot.hotline import Hotline
from channels import addresses, hourly, inbox, replies
from channels.contract import InboundMessage
from channels.models import Conversation, Message, MessageState, Outbox
from channels.outbox import context
from core.clock import shifted
from core.database import Database
from core.keys import KeyProvider
from intake.models import Role
from tests.unit.intake.hotline import Hotline as Intake

RECEIPT = re.compile(r"\b\d{4} \d{4} \d{4} \d{4}\b")
CHILD = (
    "import os, sys; from bot.hotline import open_hotline; from bot.turn import drain; from core.config import load; "
)
CHILD += "drain(open_hotline(load(os.environ)), int(sys.argv[1]))"
ROOT = Path(__file__).parents[2]


def _opened(row: Outbox, keys: KeyProvider) -> str:
    if row.reply_key_id is not None:
        return replies.open_text(row.body or b"", row.reply_key_id, keys)
    bound = context(row.conversation_id, row.source, row.source_id, row.ordinal)
    return hourly.open_text(row.body or b"", row.hour or "", bound, keys)


@dataclass
class Desk:
    """One hotline with a reader and its workers' conversations."""

    hotline: Hotline
    gateway: Database
    owner: SqlEngine
    intake: Intake
    private: bytes = field(default=b"", repr=False)

    def write(self, phone: str, *texts: str) -> int:
        """Messages of one telephone, not answered yet; the conversation's id."""
        keys = KeyProvider(self.hotline.settings.keys, "gateway")
        for words in texts:
            message = InboundMessage(
                "twilio_sms", f"SM{os.urandom(16).hex()}", phone, "+15005550006", words, "text", None
            )
            with self.gateway.begin() as session:
                assert inbox.accept(session, message, keys)
        mine = Conversation.phone_hash == addresses.phone_hash(phone, keys)
        with Session(self.owner) as session:
            return session.scalars(select(Conversation.id).where(mine)).one()

    def drain(self, conversation: int, engine: Engine | None = None, times: int = 1) -> None:
        """What the bell does, some time later than the last one, with another engine if there is one."""
        hotline = replace(self.hotline, engine=engine) if engine else self.hotline
        for number in range(times):
            with shifted((number + 1) * turn.CALL_TIMEOUT):
                safety.check(hotline, conversation)
                turn.drain(hotline, conversation)

    def drain_and_die(self, conversation: int, failpoint: str) -> int:
        """Drain in a process that dies at a failpoint; its exit code. No call that it began is still running then."""
        settings = self.hotline.settings
        env = {
            **os.environ,
            "AMPARO_HOME": str(settings.home),
            "AMPARO_ENGINE_TOKEN": settings.engine_token,
            "AMPARO_ENGINE_URL": settings.engine_url,
            "AMPARO_ACTIONS_URL": settings.actions_url,
            "AMPARO_FAULTS": "on",
            "AMPARO_FAILPOINT": failpoint,
        }
        done = subprocess.run((sys.executable, "-c", CHILD, str(conversation)), env=env, cwd=ROOT, check=False)
        self.execute(f"update inbox.turn set called_at = called_at - interval '{turn.CALL_TIMEOUT.seconds} s'")
        return done.returncode

    def heard(self, conversation: int) -> list[str]:
        """Everything said to a conversation; all receipts look the same."""
        return [RECEIPT.sub("receipt", words) for words in self.words(conversation)]

    def words(self, conversation: int) -> list[str]:
        """Everything said to a conversation that has not been wiped."""
        keys = KeyProvider(self.hotline.settings.keys, "sender")
        with Session(self.owner) as session:
            rows = session.scalars(select(Outbox).filter_by(conversation_id=conversation).order_by(Outbox.id)).all()
            return [_opened(row, keys) for row in rows if row.body is not None]

    def ask(self, phone: str, *texts: str) -> list[str]:
        """Write and drain one text after the other; what was said to the last."""
        said: list[str] = []
        for message in texts:
            conversation = self.write(phone, message)
            before = len(self.words(conversation))
            self.drain(conversation)
            said = self.words(conversation)[before:]
        return said

    def states(self, conversation: int) -> list[MessageState]:
        """The states of all messages of a conversation."""
        with Session(self.owner) as session:
            query = select(Message.state).filter_by(conversation_id=conversation).order_by(Message.id)
            return list(session.scalars(query))

    def failures(self, conversation: int) -> int:
        """How often the oldest message that waits has failed."""
        with Session(self.owner) as session:
            query = select(Message.failures).filter_by(conversation_id=conversation, state=MessageState.NEW)
            return session.scalars(query.order_by(Message.id).limit(1)).one()

    def stories(self) -> list[list[str]]:
        """The words of every case."""
        with Session(self.owner) as session:
            ids = session.scalars(text("select id from intake.case order by opened, id")).all()
        read = [self.intake.read(str(case), self.private) for case in ids]
        return [list(case["story"]) for case in read]  # type: ignore[call-overload]

    def left_over(self) -> int:
        """Rows of turns that should be gone."""
        tables = ("turn", "turn_input", "turn_line", "turn_action")
        counts = " + ".join(f"(select count(*) from inbox.{table})" for table in tables)
        with self.owner.connect() as connection:
            return int(connection.scalar(text(f"select {counts}")) or 0)

    def execute(self, statement: str) -> None:
        """A statement of the owner."""
        with self.owner.begin() as connection:
            connection.execute(text(statement))

    def hire(self) -> None:
        """A caseworker who reads everything."""
        self.private = self.intake.reader(role=Role.INTAKE).private
