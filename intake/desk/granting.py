"""Giving a case to a colleague: the browser of somebody who can read it wraps it to the colleague's key."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session, aliased

from intake import audit, readers
from intake.desk import access, membership
from intake.errors import Refused
from intake.models import CaseCheck, CaseShred, CaseWrap, Staff
from intake.readers import lost_name, name_of
from intake.sealing import Seat, shred_layer_off

AT_ONCE = 200
"""Cases in one answer of `regrants`; the page asks again until nothing is left."""


@dataclass(frozen=True)
class Regrant:
    """What a colleague lost with a key and I can give again: my own inner wraps, by case and epoch."""

    staff: Staff
    cases: Mapping[UUID, Mapping[int, bytes]]


def grant(session: Session, staff_id: int, case_id: UUID, reader: str, boxes: Mapping[int, bytes]) -> None:
    """Let a colleague read a case, from the epochs I can read. Raises NoSuchCase, Refused."""
    access.visible(session, staff_id, case_id, lock=True)
    members = membership.of(session, case_id)
    target = next((staff for staff in members.allowed if name_of(staff.id) == reader), None)
    if target is None or target.public_key is None:
        raise Refused("a case is given only to intake staff or officers with a key and without a conflict")
    held = _epochs(session, case_id, reader)
    if (
        members.epoch in held
        or members.epoch not in boxes
        or not set(boxes) <= _epochs(session, case_id, name_of(staff_id))
    ):
        raise Refused("give every epoch that you can read, the newest among them, to somebody who cannot read it yet")
    new = {epoch: box for epoch, box in boxes.items() if epoch not in held}
    membership.add_wraps(session, {Seat(case_id, epoch, reader): box for epoch, box in new.items()})
    _forget_loss(session, case_id, target.id, members.epoch)
    epochs = ",".join(str(epoch) for epoch in sorted(new))
    detail = {"reader": reader, "epochs": epochs, "key": target.public_key.hex()}
    audit.append(session, name_of(staff_id), "case.granted", str(case_id), **detail)


def regrants(session: Session, staff_id: int) -> list[Regrant]:
    """Colleagues with a new key, and the cases that they lost with the old one and this reader can give again."""
    left = AT_ONCE
    found = []
    for staff in readers.colleagues(session):
        cases = _lost(session, staff, staff_id, left) if staff.id != staff_id and left else {}
        if cases:
            found.append(Regrant(staff, cases))
            left -= len(cases)
    return found


def export(session: Session, staff_id: int, case_id: UUID) -> None:
    """Write down that this reader makes a file of the case; the file is made in the page. Raises CheckFirst."""
    access.cleared(session, staff_id, case_id)
    audit.append(session, name_of(staff_id), "case.exported", str(case_id))


def _lost(session: Session, staff: Staff, giver: int, most: int) -> dict[UUID, dict[int, bytes]]:
    lost, theirs, mine = CaseWrap, aliased(CaseWrap), aliased(CaseWrap)
    wanted = (
        select(lost.case_id)
        .where(lost.reader == lost_name(staff.id))
        .where(~exists().where(theirs.case_id == lost.case_id, theirs.reader == name_of(staff.id)))
        .where(~exists().where(CaseCheck.case_id == lost.case_id, CaseCheck.staff_id == staff.id, CaseCheck.conflict))
        .where(exists().where(mine.case_id == lost.case_id, mine.reader == name_of(giver)))
    )
    cases = wanted.distinct().order_by(lost.case_id).limit(most)
    query = select(CaseWrap, CaseShred.key).join(CaseShred, CaseShred.case_id == CaseWrap.case_id)
    query = query.where(CaseWrap.reader == name_of(giver), CaseWrap.case_id.in_(cases.scalar_subquery()))
    inner: dict[UUID, dict[int, bytes]] = {}
    for wrap, shred in session.execute(query.order_by(CaseWrap.case_id, CaseWrap.epoch)):
        box = shred_layer_off(wrap.box, Seat(wrap.case_id, wrap.epoch, wrap.reader), shred)
        inner.setdefault(wrap.case_id, {})[wrap.epoch] = box
    return inner


def _epochs(session: Session, case_id: UUID, reader: str) -> set[int]:
    query = select(CaseWrap.epoch).where(CaseWrap.case_id == case_id, CaseWrap.reader == reader)
    return set(session.scalars(query))


def _forget_loss(session: Session, case_id: UUID, staff_id: int, newest: int) -> None:
    """The mark in the newest epoch stays: what is written there, the lost key can still open."""
    marks = (CaseWrap.case_id == case_id, CaseWrap.reader == lost_name(staff_id), CaseWrap.epoch < newest)
    session.execute(delete(CaseWrap).where(*marks))
