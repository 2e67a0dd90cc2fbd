"""The unfiled report. Neither the server alone nor staff alone can read it; erasing it destroys its key.

Called inside the transaction that ends a turn: that transaction is the guard against doing anything twice. One
conversation has at most one draft; `pending` is one that holds a story told before a report was opened.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.clock import now
from core.keys import KeyProvider
from core.logging import Log
from intake import draftkeys, interview, readers, receipts, sealing
from intake.errors import IntakeClosed, NoDraft, NotACode
from intake.facts import Facts, check, with_parts
from intake.models import Draft, DraftState, DraftText, DraftWrap
from intake.sealing import IN, Place, Told

log = Log("intake")
IDLE_DAYS, KEPT_DAYS = 14, 60
PENDING = timedelta(hours=24)


def keep_pending(session: Session, keys: KeyProvider, conversation_id: int, text: str) -> bool:
    """Seal a story told before a report was opened, for 24 hours; with an open draft it joins that draft.

    False, and nothing kept, while no intake key could ever open it.
    """
    draft = current(session, keys, conversation_id)
    if draft is None and not readers.intake_open(session):
        return False
    draft = draft or _begin(session, keys, conversation_id, DraftState.PENDING)
    _append(session, keys, draft, interview.STORY, text)
    return True


def open_draft(session: Session, keys: KeyProvider, conversation_id: int) -> None:
    """Open a report, adopting what is pending; an open one stays as it is. Raises IntakeClosed."""
    draft = current(session, keys, conversation_id)
    if draft is None and not readers.intake_open(session):
        raise IntakeClosed("no active intake key: no report can be taken")
    draft = draft or _begin(session, keys, conversation_id, DraftState.OPEN)
    draft.state = DraftState.OPEN
    _touch(draft)


def keep_text(session: Session, keys: KeyProvider, conversation_id: int, text: str, part: str) -> None:
    """Seal free text of the open draft as `story`, `employer` or `place`. Raises NoDraft."""
    if part not in interview.PARTS:
        raise NotACode("a report has no such part")
    _append(session, keys, opened(session, keys, conversation_id), part, text)


def set_fact(session: Session, keys: KeyProvider, conversation_id: int, name: str, value: str | None) -> None:
    """Set a coded fact of the open draft; None takes it out. Raises NotACode, NoDraft."""
    if value is not None:
        check(name, value)
    draft = opened(session, keys, conversation_id)
    changed = {**stored_facts(draft, keys), name: value}
    stored = {key: kept for key, kept in changed.items() if kept is not None}
    draft.facts = sealing.lock_facts(stored, key_of(draft, keys), draft.id, draft.case_public)
    _touch(draft)


def facts(session: Session, keys: KeyProvider, conversation_id: int) -> Facts | None:
    """The coded facts of the open draft, `story` as a count and names as "given"; None without an open draft."""
    draft = current(session, keys, conversation_id)
    if draft is None or draft.state is not DraftState.OPEN:
        return None
    return with_parts(stored_facts(draft, keys), Counter(text.part for text in texts_of(session, draft)))


def has_pending(session: Session, keys: KeyProvider, conversation_id: int) -> bool:
    """Is a story waiting that was told before a report was opened?"""
    draft = current(session, keys, conversation_id)
    return draft is not None and draft.state is DraftState.PENDING


def read_back(session: Session, keys: KeyProvider, conversation_id: int) -> Facts:
    """The answered questions in the order they are asked, as codes and counts alone. Raises NoDraft."""
    known = facts(session, keys, conversation_id)
    if known is None:
        raise NoDraft("there is no open draft in this conversation")
    return {question.fact: known[question.fact] for question in interview.QUESTIONS if question.fact in known}


def extend(session: Session, keys: KeyProvider, conversation_id: int) -> None:
    """The worker chose to go on later: the draft is kept for 60 idle days. Raises NoDraft."""
    draft = opened(session, keys, conversation_id)
    draft.idle_days = KEPT_DAYS
    _touch(draft)


def erase_draft(session: Session, keys: KeyProvider, conversation_id: int) -> bool:
    """Destroy the draft, open or pending: its rows now, its key when this is committed. False if there is none."""
    draft = _locked(session, conversation_id)
    if draft is not None:
        discard(session, keys, draft)
    return draft is not None


def expire_drafts(session: Session, keys: KeyProvider) -> int:
    """Destroy the drafts whose time is over; returns how many."""
    over = select(Draft).where(Draft.expires_at <= now()).with_for_update(skip_locked=True)
    drafts = session.scalars(over).all()
    for draft in drafts:
        discard(session, keys, draft)
    return len(drafts)


def current(session: Session, keys: KeyProvider, conversation_id: int) -> Draft | None:
    """The live draft, pending or open, its row locked. One whose key is gone can be read by nobody: it is none."""
    draft = _locked(session, conversation_id)
    if draft is None or draft.expires_at <= now():
        return None
    if not keys.exists(draftkeys.name_of(draft.id)):
        log.alarm("draft_key_missing", conversation=conversation_id)
        return None
    return draft


def opened(session: Session, keys: KeyProvider, conversation_id: int) -> Draft:
    """The open draft. Raises NoDraft."""
    draft = current(session, keys, conversation_id)
    if draft is None or draft.state is not DraftState.OPEN:
        raise NoDraft("there is no open draft in this conversation")
    return draft


def key_of(draft: Draft, keys: KeyProvider) -> bytes:
    """The draft's own server key."""
    return keys.get(draftkeys.name_of(draft.id))


def stored_facts(draft: Draft, keys: KeyProvider) -> dict[str, str]:
    """The facts exactly as they were set."""
    return sealing.unlock_facts(draft.facts, key_of(draft, keys), draft.id, draft.case_public)


def texts_of(session: Session, draft: Draft) -> Sequence[DraftText]:
    """The sealed texts in the order they were told."""
    return session.scalars(select(DraftText).where(DraftText.draft_id == draft.id).order_by(DraftText.seq)).all()


def discard(session: Session, keys: KeyProvider, draft: Draft) -> None:
    """Delete the rows; the key goes once this is committed."""
    draftkeys.destroy_after_commit(session, keys, draft.id)
    session.delete(draft)
    session.flush()


def pin_fits(session: Session, keys: KeyProvider, conversation_id: int, digits: str) -> bool:
    """Is this the secret number that the worker chose for the draft?"""
    draft = current(session, keys, conversation_id)
    if draft is None or draft.pin_lookup is None:
        return False
    return draft.pin_lookup == receipts.pin_lookup(keys, conversation_id, digits)


def _locked(session: Session, conversation_id: int) -> Draft | None:
    query = select(Draft).where(Draft.conversation_id == conversation_id).with_for_update()
    return session.scalars(query).one_or_none()


def _begin(session: Session, keys: KeyProvider, conversation_id: int, state: DraftState) -> Draft:
    """A new draft with its pair, wrapped to every reader; filing keeps only the wraps of the team it goes to."""
    stale = _locked(session, conversation_id)
    if stale is not None:
        discard(session, keys, stale)
    draft_id, key = draftkeys.make(session, keys)
    pair = sealing.make_pair(draft_id, 1, [*readers.active(session), *readers.recovery(session)], key)
    draft = Draft(id=draft_id, conversation_id=conversation_id, state=state, idle_days=IDLE_DAYS, epoch=1)
    draft.case_public, draft.facts = pair.public, sealing.lock_facts({}, key, draft_id, pair.public)
    draft.expires_at = _expiry(draft)
    session.add(draft)
    session.flush()
    session.add_all(DraftWrap(draft_id=draft_id, reader=name, box=box) for name, box in pair.wraps.items())
    return draft


def _append(session: Session, keys: KeyProvider, draft: Draft, part: str, text: str) -> None:
    """Seal a text to the draft's pair. Raises CannotOpen when its public half is not the one the facts are bound to."""
    stored_facts(draft, keys)
    last = session.scalar(select(func.max(DraftText.seq)).where(DraftText.draft_id == draft.id)) or 0
    place = Place(draft.id, draft.epoch, last + 1, IN, part)
    box = sealing.seal_item(Told(now(), text), draft.case_public, place)
    session.add(DraftText(draft_id=draft.id, seq=place.seq, part=part, box=box))
    _touch(draft)


def _touch(draft: Draft) -> None:
    draft.expires_at = _expiry(draft)


def _expiry(draft: Draft) -> datetime:
    return now() + (PENDING if draft.state is DraftState.PENDING else timedelta(days=draft.idle_days))
