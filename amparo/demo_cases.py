"""Sample cases of the demo, made by the services that make real ones, with the clock turned back for the older ones."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from amparo.demo_accounts import Paper
from channels import addresses, replies
from channels.models import Contact, Conversation, SendingNumber
from channels.segments import segments
from core.clock import now, shifted, today
from core.envelope import pad, seal
from core.ids import alias
from core.keys import KeyProvider
from intake import draft, interview, service
from intake.desk import access, opening, writing
from intake.models import Case, CaseAssignment, CaseLink, CaseStatus, Staff
from intake.reading import REPLY
from intake.sealing import OUT, Place, Told, seal_item

FILE = Path(__file__).with_name("demo_cases.yml")
SMS = "twilio_sms"
PROMISE = timedelta(days=7)
_NOBODY = "+1202555{:04d}"
"""Numbers of the workers who cannot be reached any more; hashed, and forgotten with the conversation."""


@dataclass(frozen=True)
class Sample:
    """One invented report, and what the desk did with it."""

    lang: str
    days: int
    facts: Mapping[str, str]
    story: list[str] = field(repr=False)
    employer: str = field(repr=False)
    place: str = field(repr=False)
    phone: str | None = None
    by: str | None = None
    steps: tuple[CaseStatus, ...] = ()
    reply: str | None = field(default=None, repr=False)


@cache
def samples() -> tuple[Sample, ...]:
    """The invented reports, oldest first."""
    rows: list[dict[str, Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return tuple(Sample(**{**row, "steps": tuple(map(CaseStatus, row.get("steps", ())))}) for row in rows)


def add_all(session: Session, keys: KeyProvider) -> list[Paper]:
    """File every sample; what the workers who can be reached wrote on paper."""
    papers = []
    for n, sample in enumerate(samples()):
        with shifted(-timedelta(days=sample.days)):
            case, receipt = _file(session, keys, sample, sample.phone or _NOBODY.format(100 + n))
        if sample.phone and receipt:
            papers.append(Paper(sample.phone, receipt))
        if sample.reply:
            _reply(session, keys, case, sample.reply)
    return papers


def _file(session: Session, keys: KeyProvider, sample: Sample, number: str) -> tuple[Case, str | None]:
    conversation = _conversation(session, keys, sample.lang, number)
    draft.open_draft(session, keys, conversation)
    for text in sample.story:
        draft.keep_text(session, keys, conversation, text, interview.STORY)
    draft.keep_text(session, keys, conversation, sample.employer, interview.EMPLOYER)
    draft.keep_text(session, keys, conversation, sample.place, interview.PLACE)
    for name, value in sample.facts.items():
        draft.set_fact(session, keys, conversation, name, value)
    filed = service.file_draft(session, keys, conversation, sample.lang)
    case = session.scalars(select(Case).where(Case.alias == filed.alias)).one()
    _desk(session, case, sample)
    if sample.phone is None:
        _forget(session, case, conversation)
    return case, filed.receipt


def _desk(session: Session, case: Case, sample: Sample) -> None:
    """What the desk did since: a caseworker looked at the names, found no conflict, and went on."""
    if sample.by is None:
        return
    by = session.scalars(select(Staff.id).where(Staff.email.startswith(f"{sample.by}@"))).one()
    opening.parties(session, by, case.id)
    opening.check(session, by, case.id, conflict=False)
    writing.assign(session, by, case.id, by)
    for status in sample.steps:
        promised = None if CaseStatus.CLOSED in sample.steps else today() + timedelta(days=sample.days) + PROMISE
        writing.set_status(session, by, case.id, status, promised)


def _reply(session: Session, keys: KeyProvider, case: Case, text: str) -> None:
    """A reply as a browser seals it: to a key of the sender, and once more to the case. It waits for the code."""
    replies.make_ahead(session, keys)
    by = session.scalars(select(CaseAssignment.staff_id).where(CaseAssignment.case_id == case.id)).one()
    key = writing.free_reply_key(session)
    box = seal(pad(text.encode()), key.public, replies.info(key.id))
    seq, epoch = access.next_seq(session, case.id), access.newest_epoch(session, case.id)
    place = Place(case.id, epoch, seq, OUT, REPLY)
    copy = seal_item(Told(now(), text), service.publics(session, case.id)[epoch], place)
    sealed = writing.Reply(key.id, box, segments(text))
    writing.reply(session, by, case.id, sealed, writing.Written(seq, epoch, copy))


def _conversation(session: Session, keys: KeyProvider, lang: str, number: str) -> int:
    ours = session.scalars(select(SendingNumber.id).where(SendingNumber.channel == SMS)).one()
    row = Conversation(sending_number_id=ours, phone_hash=addresses.phone_hash(number, keys), alias=alias())
    row.language, row.language_chosen, row.last_inbound_at = lang, True, now()
    session.add(row)
    session.flush()
    sealed = addresses.seal_number(number, row.id, keys)
    session.add(Contact(conversation_id=row.id, address=sealed, expires_at=addresses.expiry()))
    return row.id


def _forget(session: Session, case: Case, conversation: int) -> None:
    """A contact that has expired: nothing joins the case to a phone any more."""
    session.execute(delete(CaseLink).where(CaseLink.case_id == case.id))
    session.execute(delete(Contact).where(Contact.conversation_id == conversation))
    session.execute(delete(Conversation).where(Conversation.id == conversation))
