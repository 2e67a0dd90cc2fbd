"""Who can read a case now, who could once, and the epoch that begins when somebody left.

A wrap under the name `lost:3` marks what the lost key of `staff:3` could open: it opens for nobody, asks for a new
epoch while it stands in the newest one, and lets colleagues give the case again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, insert, literal, select
from sqlalchemy.dialects.postgresql import insert as insert_new
from sqlalchemy.orm import Session

from core.envelope import is_sealed
from intake import audit, readers, sealing, service
from intake.desk import access
from intake.errors import NoSuchCase, Refused, WroteFirst
from intake.models import CaseKey, CaseShred, CaseWrap, DraftWrap, Staff
from intake.readers import LOST, lost_name, name_of
from intake.sealing import Reader, Seat

PRIVATE_HALF, PUBLIC_HALF = 32, 32
"""Bytes of what a wrap holds, and of what stands beside it."""


@dataclass(frozen=True)
class Members:
    """`allowed` may be given the case; `entitled` read its newest epoch; `holders` are the staff among them by name.

    `somebody_left`: a wrap of the newest epoch belongs to somebody who may not read any more.
    """

    epoch: int
    allowed: Sequence[Staff]
    entitled: Sequence[Reader]
    holders: frozenset[str]
    somebody_left: bool


def of(session: Session, case_id: UUID) -> Members:
    """The members of a case."""
    epoch = access.newest_epoch(session, case_id)
    excluded = access.conflicted(session, case_id)
    allowed = [staff for staff in readers.colleagues(session) if staff.id not in excluded]
    held = set(session.scalars(select(CaseWrap.reader).where(CaseWrap.case_id == case_id, CaseWrap.epoch == epoch)))
    people = [Reader(name_of(staff.id), staff.public_key) for staff in allowed if staff.public_key]
    holding = [reader for reader in people if reader.name in held]
    entitled = [*holding, *readers.recovery(session)]
    left = held - {reader.name for reader in entitled}
    return Members(epoch, allowed, entitled, frozenset(reader.name for reader in holding), bool(left))


def lose(session: Session, staff_id: int, case_id: UUID | None = None) -> None:
    """Take this person's wraps away: of one case after a conflict, of all (drafts too) when their key is given up."""
    mine = CaseWrap.reader == name_of(staff_id)
    if case_id is not None:
        mine &= CaseWrap.case_id == case_id
    columns = ["case_id", "epoch", "reader", "box"]
    marks = select(CaseWrap.case_id, CaseWrap.epoch, literal(lost_name(staff_id)), literal(b"")).where(mine)
    session.execute(insert_new(CaseWrap).from_select(columns, marks).on_conflict_do_nothing())
    session.execute(delete(CaseWrap).where(mine))
    if case_id is None:
        session.execute(delete(DraftWrap).where(DraftWrap.reader == name_of(staff_id)))


def begin_epoch(
    session: Session, staff_id: int, case_id: UUID, epoch: int, public: bytes, boxes: Mapping[str, bytes]
) -> None:
    """From now on everything is sealed to a pair that nobody who left ever held.

    The names of the wraps are checked; their contents cannot be: so nobody begins one unless somebody left. Raises
    WroteFirst when the epoch is taken, Refused.
    """
    access.cleared(session, staff_id, case_id, lock=True)
    members = of(session, case_id)
    if epoch != members.epoch + 1:
        raise WroteFirst("a colleague began a new epoch: open the case again")
    if not members.somebody_left:
        raise Refused("everybody who can read this case may: it needs no new epoch")
    if set(boxes) != {reader.name for reader in members.entitled} or len(public) != PUBLIC_HALF:
        raise Refused("a new epoch needs a public half and one wrap for each reader of the case and each recovery key")
    session.add(CaseKey(case_id=case_id, epoch=epoch, public=public))
    session.flush()
    add_wraps(session, {Seat(case_id, epoch, reader): box for reader, box in boxes.items()})
    _forget_who_left(session, case_id, members)
    names = ",".join(sorted(boxes))
    detail: dict[str, str | int] = {"epoch": epoch, "public": public.hex(), "readers": names}
    audit.append(session, name_of(staff_id), service.EPOCH, str(case_id), **detail)


def add_wraps(session: Session, inner: Mapping[Seat, bytes]) -> None:
    """Keep wraps that a browser made, inside the crypto-shred layer of their case. Raises Refused, NoSuchCase."""
    rows = []
    for seat, box in inner.items():
        if not is_sealed(box, PRIVATE_HALF):
            raise Refused("a wrap is one sealed private half")
        shred = session.get(CaseShred, seat.case_id)
        if shred is None:
            raise NoSuchCase("there is no such case")
        outer = sealing.shred_layer_on(box, seat, shred.key)
        rows.append({"case_id": seat.case_id, "epoch": seat.epoch, "reader": seat.reader, "box": outer})
    session.execute(insert(CaseWrap), rows)


def _forget_who_left(session: Session, case_id: UUID, members: Members) -> None:
    """Wraps of those who may not read go. What a lost key could open stays marked until it was given again."""
    of_case = CaseWrap.case_id == case_id
    may = [*(name_of(staff.id) for staff in members.allowed), *(reader.name for reader in members.entitled)]
    session.execute(delete(CaseWrap).where(of_case, CaseWrap.reader.not_in(may), ~CaseWrap.reader.startswith(LOST)))
    excluded = access.conflicted(session, case_id)
    waiting = [
        lost_name(staff.id)
        for staff in readers.reading_staff(session)
        if staff.id not in excluded and name_of(staff.id) not in members.holders
    ]
    session.execute(delete(CaseWrap).where(of_case, CaseWrap.reader.startswith(LOST), CaseWrap.reader.not_in(waiting)))
