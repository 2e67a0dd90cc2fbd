"""Tables of reports (schema intake) and of crypto-shred keys (schema keyring).

A draft and the case it becomes share one random id, so that what was sealed for the draft stays bound and is moved,
never opened. The clear columns of a case are fixed by DESIGN section 5; a test fails on a new one.
"""

import enum
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, SmallInteger, String, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from channels.models import Conversation, HourlyKey, ReplyKey
from core.clock import now
from core.database import Base, codes

SCHEMA = {"schema": "intake"}
KEYRING = {"schema": "keyring"}


class Role(enum.StrEnum):
    """What a member of staff may do. Only `intake` is wrapped to when a report begins."""

    ADMIN = "admin"
    INTAKE = "intake"
    OFFICER = "officer"
    AUDITOR = "auditor"
    CAMPAIGNER = "campaigner"


class DraftState(enum.StrEnum):
    """`pending`: a story told before a report was opened. `open`: the interview has begun."""

    PENDING = "pending"
    OPEN = "open"


class CaseStatus(enum.StrEnum):
    """Where a case stands. `withdrawn`: the worker took it back with the code."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class ReplyState(enum.StrEnum):
    """Life of a reply: it waits for the worker's code, leaves, or is taken back before it left."""

    WAITING = "waiting"
    RELEASED = "released"
    TAKEN_BACK = "taken_back"


class ReceiptKind(enum.StrEnum):
    """How the worker proves that a case is theirs."""

    RECEIPT = "receipt"
    PIN = "pin"


class Team(Base):
    """An intake team, as the notice names it."""

    __tablename__ = "team"
    __table_args__ = (SCHEMA,)
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)


class Staff(Base):
    """A member of staff. The private half of the key was never here."""

    __tablename__ = "staff"
    __table_args__ = (SCHEMA,)
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    role: Mapped[Role] = mapped_column(codes(Role))
    team_id: Mapped[int] = mapped_column(ForeignKey(Team.id))
    public_key: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    fingerprint: Mapped[str | None] = mapped_column(String(39))
    created_at: Mapped[datetime] = mapped_column(default=now)
    disabled_at: Mapped[datetime | None]


class RecoveryKey(Base):
    """Public half of an offline recovery key; every case is wrapped to those that are not retired."""

    __tablename__ = "recovery_key"
    __table_args__ = (SCHEMA,)
    id: Mapped[int] = mapped_column(primary_key=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    fingerprint: Mapped[str] = mapped_column(String(39))
    created_at: Mapped[datetime] = mapped_column(default=now)
    retired_at: Mapped[datetime | None]


class Draft(Base):
    """An unfiled report. `facts` and the wraps are locked under the key file `draft/<id>`; one per conversation."""

    __tablename__ = "draft"
    __table_args__ = (SCHEMA,)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    conversation_id: Mapped[int] = mapped_column(ForeignKey(Conversation.id), unique=True)
    state: Mapped[DraftState] = mapped_column(codes(DraftState))
    idle_days: Mapped[int] = mapped_column(SmallInteger)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    case_public: Mapped[bytes] = mapped_column(LargeBinary(32))
    epoch: Mapped[int] = mapped_column(SmallInteger, default=1)
    facts: Mapped[bytes] = mapped_column(LargeBinary)
    pin_lookup: Mapped[bytes | None] = mapped_column(LargeBinary(32))


class DraftWrap(Base):
    """The private half of the pair for one reader, inside the outer layer of the draft's own server key."""

    __tablename__ = "draft_wrap"
    __table_args__ = (SCHEMA,)
    draft_id: Mapped[UUID] = mapped_column(ForeignKey(Draft.id, ondelete="CASCADE"), primary_key=True)
    reader: Mapped[str] = mapped_column(String(20), primary_key=True)
    box: Mapped[bytes] = mapped_column(LargeBinary)


class DraftText(Base):
    """One text of a draft, sealed to the pair whose private half the server forgot."""

    __tablename__ = "draft_text"
    __table_args__ = (SCHEMA,)
    draft_id: Mapped[UUID] = mapped_column(ForeignKey(Draft.id, ondelete="CASCADE"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    part: Mapped[str] = mapped_column(String(20))
    box: Mapped[bytes] = mapped_column(LargeBinary)


class Case(Base):
    """A filed report. These ten columns are all that is readable; everything else is sealed."""

    __tablename__ = "case"
    __table_args__ = (CheckConstraint("urgency between 1 and 3", name="urgency"), SCHEMA)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    alias: Mapped[str] = mapped_column(String(12), unique=True)
    team: Mapped[str] = mapped_column(ForeignKey(Team.name))
    state: Mapped[str | None] = mapped_column(String(2))
    language: Mapped[str] = mapped_column(String(8))
    urgency: Mapped[int] = mapped_column(SmallInteger)
    status: Mapped[CaseStatus] = mapped_column(codes(CaseStatus), default=CaseStatus.RECEIVED)
    opened: Mapped[date]
    next_deadline: Mapped[date | None]


DUE = func.coalesce(Case.next_deadline, text("'infinity'::date"))
"""The next clock of a case; one without any stands last."""
Index("ix_case_queue", Case.urgency, DUE, Case.opened, Case.id)


class CaseKey(Base):
    """Public half of the pair of one membership epoch. It also stands in the audit chain: a swap is found."""

    __tablename__ = "case_key"
    __table_args__ = (SCHEMA,)
    case_id: Mapped[UUID] = mapped_column(ForeignKey(Case.id), primary_key=True)
    epoch: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    public: Mapped[bytes] = mapped_column(LargeBinary(32))


class CaseWrap(Base):
    """Permission and ability to read in one row: the private half for a reader, inside the crypto-shred layer."""

    __tablename__ = "case_wrap"
    __table_args__ = (SCHEMA,)
    case_id: Mapped[UUID] = mapped_column(ForeignKey(Case.id), primary_key=True)
    epoch: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    reader: Mapped[str] = mapped_column(String(20), primary_key=True)
    box: Mapped[bytes] = mapped_column(LargeBinary)


Index("ix_case_wrap_reader", CaseWrap.reader, CaseWrap.case_id)


class CaseText(Base):
    """One sealed item of a case, in order."""

    __tablename__ = "case_text"
    __table_args__ = (SCHEMA,)
    case_id: Mapped[UUID] = mapped_column(ForeignKey(Case.id), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    epoch: Mapped[int] = mapped_column(SmallInteger)
    direction: Mapped[str] = mapped_column(String(3))
    part: Mapped[str] = mapped_column(String(20))
    box: Mapped[bytes] = mapped_column(LargeBinary)


class CaseLink(Base):
    """Case and conversation. Deleted with the contact: then nothing joins the case to a phone any more."""

    __tablename__ = "case_link"
    __table_args__ = (SCHEMA,)
    case_id: Mapped[UUID] = mapped_column(ForeignKey(Case.id), primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey(Conversation.id), index=True)
    filed_at: Mapped[datetime] = mapped_column(default=now)
    push: Mapped[bool] = mapped_column(default=False)
    """Did the worker say that this phone may get the neutral notice?"""


class CaseStep(Base):
    """A change of status and the day by which the team promised to write: codes and days, for the worker to ask."""

    __tablename__ = "case_step"
    __table_args__ = (SCHEMA,)
    case_id: Mapped[UUID] = mapped_column(ForeignKey(Case.id), primary_key=True)
    n: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    status: Mapped[CaseStatus] = mapped_column(codes(CaseStatus))
    day: Mapped[date]
    promised: Mapped[date | None]


class CaseReply(Base):
    """A reply that waits for the worker's code, sealed in the browser to a key that only the sender can open."""

    __tablename__ = "case_reply"
    __table_args__ = (SCHEMA,)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey(Case.id), index=True)
    reply_key_id: Mapped[int] = mapped_column(ForeignKey(ReplyKey.id), unique=True)
    box: Mapped[bytes | None] = mapped_column(LargeBinary)
    segments: Mapped[int] = mapped_column(SmallInteger)
    state: Mapped[ReplyState] = mapped_column(codes(ReplyState), default=ReplyState.WAITING)
    created_at: Mapped[datetime] = mapped_column(default=now)


class CaseAssignment(Base):
    """Who answers for a case."""

    __tablename__ = "case_assignment"
    __table_args__ = (SCHEMA,)
    case_id: Mapped[UUID] = mapped_column(ForeignKey(Case.id), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey(Staff.id), index=True)


class CaseCheck(Base):
    """The conflict check: what a member of staff answered after seeing the party names alone."""

    __tablename__ = "case_check"
    __table_args__ = (SCHEMA,)
    case_id: Mapped[UUID] = mapped_column(ForeignKey(Case.id), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey(Staff.id), primary_key=True)
    conflict: Mapped[bool]
    at: Mapped[datetime] = mapped_column(default=now)


class Erasure(Base):
    """The worker asked with the code to erase a filed case. It can be undone until `due_at`."""

    __tablename__ = "erasure"
    __table_args__ = (SCHEMA,)
    case_id: Mapped[UUID] = mapped_column(ForeignKey(Case.id), primary_key=True)
    asked_at: Mapped[datetime] = mapped_column(default=now)
    due_at: Mapped[datetime] = mapped_column(index=True)


class ReceiptWish(Base):
    """A receipt made in a browser for a report taken by phone or in person, sealed to the hour until it is hashed."""

    __tablename__ = "receipt_wish"
    __table_args__ = (SCHEMA,)
    case_id: Mapped[UUID] = mapped_column(ForeignKey(Case.id), primary_key=True)
    hour: Mapped[str] = mapped_column(ForeignKey(HourlyKey.id), index=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)


class Receipt(Base):
    """The look-up value of a receipt or PIN; neither can be read back from it."""

    __tablename__ = "receipt"
    __table_args__ = (
        Index("uq_receipt_receipt", "lookup", unique=True, postgresql_where=text("kind = 'receipt'")),
        SCHEMA,
    )
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey(Case.id))
    lookup: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    kind: Mapped[ReceiptKind] = mapped_column(codes(ReceiptKind))
    expires_at: Mapped[datetime]


class Attempt(Base):
    """A wrong receipt or PIN. Counted per conversation, and over all of them for the slow-down."""

    __tablename__ = "attempt"
    __table_args__ = (Index("ix_attempt_conversation", "conversation_id", "at"), SCHEMA)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey(Conversation.id))
    at: Mapped[datetime] = mapped_column(default=now, index=True)


class Audit(Base):
    """One link of the hash chain. `object` is a random id; `detail` holds codes and fingerprints."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_object", "object", "n"), SCHEMA)
    n: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(40))
    action: Mapped[str] = mapped_column(String(40))
    object: Mapped[str] = mapped_column(String(60))
    detail: Mapped[dict[str, str | int]] = mapped_column(JSONB)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))


class CaseShred(Base):
    """The crypto-shred key of a case: without it no wrap opens, in the database or in any back-up of it."""

    __tablename__ = "case_shred"
    __table_args__ = (KEYRING,)
    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[bytes] = mapped_column(LargeBinary(32))
