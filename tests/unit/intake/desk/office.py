"""A hotline with a desk: what browsers of members of staff do, on the real database as the role `console`."""

import json
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy import text as sql

from channels import hourly
from channels.models import ReplyKey
from core.clock import now
from core.database import Database
from core.envelope import KeyPair, new_pair, pad, seal, unseal
from intake import audit, draft
from intake.desk import entering, opening, writing
from intake.desk.entering import Entered, Item
from intake.desk.writing import Reply, Written
from intake.models import Case, Role, Staff
from intake.readers import name_of
from intake.reading import SealedCase
from intake.sealing import Place, Reader, Seat, Told, open_item, seal_item, shred_layer_off
from tests.unit.intake.hotline import Hotline

type Wraps = dict[int, bytes]


def sealed_item(case_id: UUID, public: bytes, seq: int, epoch: int, direction: str, part: str, text: str) -> bytes:
    """An item as a browser seals it."""
    return seal_item(Told(now(), text), public, Place(case_id, epoch, seq, direction, part))


@dataclass
class Browser:
    """The page of one member of staff: knows the private half and what the server hands out, nothing else."""

    staff_id: int
    pair: KeyPair

    @property
    def name(self) -> str:
        return name_of(self.staff_id)

    def halves(self, sealed: SealedCase) -> dict[int, bytes]:
        """The private halves of a case by epoch, from the inner wraps."""
        inner = {wrap.epoch: self.inner(sealed, wrap.epoch, wrap.box) for wrap in sealed.wraps}
        return {epoch: self.half(sealed.case.id, epoch, box) for epoch, box in inner.items()}

    def inner(self, sealed: SealedCase, epoch: int, box: bytes) -> bytes:
        return shred_layer_off(box, Seat(sealed.case.id, epoch, self.name), sealed.shred)

    def half(self, case_id: UUID, epoch: int, inner: bytes) -> bytes:
        return unseal(inner, self.pair.private, Seat(case_id, epoch, self.name).info)

    def texts(self, sealed: SealedCase) -> dict[str, list[str]]:
        """Everything that opens, by part."""
        halves, found = self.halves(sealed), dict[str, list[str]]()
        for text in sealed.texts:
            place = Place(text.case_id, text.epoch, text.seq, text.direction, text.part)
            found.setdefault(text.part, []).append(open_item(text.box, halves[text.epoch], place).text)
        return found

    def wraps_for(self, sealed: SealedCase, to: "Browser") -> Wraps:
        """My private halves, wrapped to a colleague."""
        return {
            epoch: seal(half, to.pair.public, Seat(sealed.case.id, epoch, to.name).info)
            for epoch, half in self.halves(sealed).items()
        }


def epoch_for(case_id: UUID, epoch: int, readers: list[Reader]) -> tuple[bytes, dict[str, bytes]]:
    """A new pair as a browser makes it: the public half, and a wrap for each reader."""
    pair = new_pair()
    wraps = {one.name: seal(pair.private, one.public, Seat(case_id, epoch, one.name).info) for one in readers}
    return pair.public, wraps


@dataclass
class Office:
    """The desk of a hotline, and its readers."""

    hotline: Hotline
    console: Database

    def reader(self, email: str, role: Role = Role.INTAKE, team: str = "intake") -> Browser:
        pair = self.hotline.reader(email, role, team)
        with self.hotline.operator.begin() as session:
            staff_id = session.execute(select(Staff.id).where(Staff.email == email)).scalar_one()
        return Browser(staff_id, pair)

    def filed(self, *texts: str, employer: str = "", **facts: str) -> UUID:
        """A report of a worker; returns its id."""
        return self.filed_by(*texts, employer=employer, **facts)[0]

    def filed_by(self, *texts: str, employer: str = "", **facts: str) -> tuple[UUID, int]:
        """The same, with the conversation."""
        conversation = self.hotline.told(*(texts or ("story",)), **facts)
        if employer:
            with self.hotline.worker.begin() as session:
                draft.keep_text(session, self.hotline.keys, conversation, employer, "employer")
        filed = self.hotline.file(conversation)
        with self.hotline.operator.begin() as session:
            return session.execute(select(Case.id).where(Case.alias == filed.alias)).scalar_one(), conversation

    def clear(self, who: Browser, case_id: UUID) -> None:
        """See the parties, find no conflict."""
        with self.console.begin() as session:
            opening.parties(session, who.staff_id, case_id)
            opening.check(session, who.staff_id, case_id, conflict=False)

    def open(self, who: Browser, case_id: UUID) -> opening.OpenedCase:
        with self.console.begin() as session:
            return opening.open_case(session, who.staff_id, case_id)

    def conflict(self, who: Browser, case_id: UUID) -> None:
        with self.console.begin() as session:
            opening.parties(session, who.staff_id, case_id)
            opening.check(session, who.staff_id, case_id, conflict=True)

    def read(self, who: Browser, case_id: UUID) -> dict[str, list[str]]:
        """Check and open a case, and open its items in the page."""
        self.clear(who, case_id)
        return who.texts(self.open(who, case_id).sealed)

    def written(self, case_id: UUID, opened: opening.OpenedCase, direction: str, part: str, text: str) -> Written:
        """The next item, sealed to the newest epoch."""
        seq = 1 + max(text.seq for text in opened.sealed.texts)
        epoch, public = max(opened.sealed.publics.items())
        return Written(seq, epoch, sealed_item(case_id, public, seq, epoch, direction, part, text))

    def reply_keys(self, count: int) -> list[KeyPair]:
        """Free reply keys as the sender makes them; returns the pairs by rank."""
        pairs = [new_pair() for _ in range(count)]
        with self.hotline.worker.begin() as session:
            session.add_all(ReplyKey(public=pair.public) for pair in pairs)
        return pairs

    def sealed_reply(self, text: str) -> Reply:
        with self.console.begin() as session:
            key = writing.free_reply_key(session)
        box = seal(pad(text.encode()), key.public, f"amparo|reply|{key.id}".encode())
        return Reply(key.id, box, 1)

    def reply(self, who: Browser, case_id: UUID, text: str, opened: opening.OpenedCase | None = None) -> int:
        """Write a reply to a case that is open in the page."""
        copy = self.written(case_id, opened or self.open(who, case_id), "out", "reply", text)
        sealed = self.sealed_reply(text)
        with self.console.begin() as session:
            return writing.reply(session, who.staff_id, case_id, sealed, copy)

    def entered(self, readers: list[Reader], *, team: str = "intake", **facts: str) -> Entered:
        """A report as the form for phone and visitors makes it."""
        case_id = uuid4()
        public, wraps = epoch_for(case_id, 1, readers)
        told = [("story", "told on the phone"), ("employer", "Green Acres"), ("facts", json.dumps(facts))]
        items = [
            Item(seq, part, sealed_item(case_id, public, seq, 1, "in", part, text))
            for seq, (part, text) in enumerate(told, 1)
        ]
        with self.console.begin() as session:
            hour = hourly.current(session)
        receipt = hourly.seal_text("1234 5678 9012 3456", hour, f"receipt_wish|{case_id.hex}")
        return Entered(case_id, public, team, "ht", "FL", facts, wraps, items, hour.id, receipt)

    def readers(self, team: str = "intake") -> list[Reader]:
        with self.console.begin() as session:
            return entering.readers_for(session, team)[1]

    def rows(self, action: str, case_id: UUID) -> list[dict[str, object]]:
        """The details of an action on a case in the audit chain."""
        with self.hotline.operator.begin() as session:
            return audit.recorded(session, action, str(case_id))

    def execute(self, statement: str, **values: object) -> None:
        """As the owner of the database."""
        with self.hotline.owner.begin() as connection:
            connection.execute(sql(statement), values)
