"""What goes out, as plain JSON values. Texts of a case are in here only as sealed boxes."""

import base64
from collections.abc import Iterable, Mapping, Set
from typing import Any
from uuid import UUID

from intake.bodies import Body
from intake.deadlines import Deadline
from intake.desk.granting import Regrant
from intake.desk.opening import Colleague, Entry, OpenedCase
from intake.desk.queue import Page, Row
from intake.keyfile import fingerprint
from intake.models import Staff
from intake.readers import name_of
from intake.reading import SealedCase, clear, reply_shown, step_shown
from intake.routing import Route
from intake.sealing import Reader, Seat, shred_layer_off

type Json = dict[str, Any]


def base64_of(value: bytes) -> str:
    """Bytes as text."""
    return base64.b64encode(value).decode()


def listed(page: Page, counts: Mapping[str, int], mark: int, changed: Set[UUID]) -> Json:
    """A page of the queue; `changed` are the cases that others changed since this reader last looked."""
    return {
        "cases": [_row(row, row.case.id in changed) for row in page.rows],
        "next": page.next,
        "mark": mark,
        "counts": dict(counts),
    }


def sealed(case: SealedCase, reader: str) -> Json:
    """The clear columns, this reader's inner wraps, the public halves and the sealed items. `case` is the id."""
    return {
        **{name: value for name, value in clear(case.case).items() if name != "id"},
        "case": str(case.case.id),
        "reader": reader,
        "wraps": [_wrap(case, wrap.epoch, wrap.box, reader) for wrap in case.wraps],
        "publics": {str(epoch): base64_of(public) for epoch, public in case.publics.items()},
        "items": [
            {"seq": t.seq, "epoch": t.epoch, "direction": t.direction, "part": t.part, "box": base64_of(t.box)}
            for t in case.texts
        ],
    }


def opened(found: OpenedCase, reader: str) -> Json:
    """Everything the page of a case shows."""
    return {
        **sealed(found.sealed, reader),
        "steps": [step_shown(step) for step in found.sealed.steps],
        "replies": [reply_shown(reply) for reply in found.sealed.replies],
        "reachable": found.reachable,
        "assigned": _person(found.assigned),
        "log": [_entry(entry) for entry in found.log],
        "colleagues": [_colleague(colleague) for colleague in found.colleagues],
        "needs_epoch": bool(found.epoch_for),
        "epoch_for": readers(found.epoch_for),
        "mark": found.mark,
    }


def advice(route: Route, clocks: Iterable[Deadline]) -> Json:
    """Who the law names first, and which clocks may run out."""
    return {
        "route": {
            "lead": [_body(body) for body in route.lead],
            "also": [_body(body) for body in route.also],
            "needs_consent": [_body(body) for body in route.needs_consent],
            "citation": route.citation,
            "verified": route.verified,
        },
        "deadlines": [
            {"id": d.id, "day": d.day.isoformat(), "citation": d.citation, "verified": d.verified} for d in clocks
        ],
    }


def regrants(found: Iterable[Regrant]) -> list[Json]:
    """Colleagues with a new key, and my own inner wraps of the cases that they lost."""
    return [{**_key_of(one.staff), "cases": [_given(*case) for case in one.cases.items()]} for one in found]


def readers(people: Iterable[Reader]) -> list[Json]:
    """Readers that something is sealed to."""
    return [
        {"name": one.name, "public": base64_of(one.public), "fingerprint": fingerprint(one.public)} for one in people
    ]


def _row(row: Row, changed: bool) -> Json:
    checked = {None: None, False: "clear", True: "conflict"}[row.conflict]
    return {**clear(row.case), "assigned": _person(row.assigned), "checked": checked, "changed": changed}


def _wrap(case: SealedCase, epoch: int, box: bytes, reader: str) -> Json:
    inner = shred_layer_off(box, Seat(case.case.id, epoch, reader), case.shred)
    return {"epoch": epoch, "box": base64_of(inner)}


def _person(staff: Staff | None) -> Json | None:
    return {"staff": staff.id, "email": staff.email} if staff else None


def _entry(entry: Entry) -> Json:
    at = entry.at.isoformat(timespec="seconds")
    return {"at": at, "who": entry.who, "email": entry.email, "action": entry.action}


def _colleague(colleague: Colleague) -> Json:
    return {"staff": colleague.staff.id, **_key_of(colleague.staff), "holds": colleague.holds}


def _key_of(staff: Staff) -> Json:
    public = base64_of(staff.public_key or b"")
    return {"reader": name_of(staff.id), "email": staff.email, "public": public, "fingerprint": staff.fingerprint}


def _given(case_id: object, inner: Mapping[int, bytes]) -> Json:
    return {"id": str(case_id), "epochs": [{"epoch": epoch, "box": base64_of(box)} for epoch, box in inner.items()]}


def _body(body: Body) -> Json:
    return {"id": body.id, "name": body.name, "phone": body.phone}
