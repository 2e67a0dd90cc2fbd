"""A reply on its way: only the sender opens it, once, and afterwards nobody ever again."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from channels import expiry, optout, outbox, replies
from channels.errors import Unreadable
from channels.models import Conversation, Outbox, OutboxState, ReplyKey, SendingNumber
from core.clock import now, shifted
from core.database import Database
from core.envelope import pad, public_of, seal
from core.keys import KeyMissing, KeyProvider
from tests.unit.channels.line import Line
from tests.unit.intake.replying import sealed_reply

type Pool = tuple[Database, KeyProvider]
LONG = "Nou resevwa rapò w la. " * 20


@pytest.fixture
def pool(clean: None, db: Callable[[str], Database], keys: Callable[[str], KeyProvider]) -> Pool:
    """The sender's side, without files of earlier tests."""
    own = keys("sender")
    for name in own.names(replies.FOLDER):
        own.destroy(name)
    return db("sender"), own


@pytest.fixture
def talk(line: Line, pool: Pool) -> Line:
    assert line.text("hola").status_code == 200
    return line


def fill(pool: Pool, n: int = 3) -> list[ReplyKey]:
    database, own = pool
    with database.begin() as session:
        replies.make_ahead(session, own, n)
        return list(session.scalars(select(ReplyKey).order_by(ReplyKey.id)))


def queue(talk: Line, own: KeyProvider, words: str, *, sealed_for: int = 0) -> bytes:
    """What the worker's final transaction does with a reply; `sealed_for` moves the box to another key's row."""
    with Session(talk.owner) as session, session.begin():
        key, box = sealed_reply(session, own, words)
        if sealed_for:
            box = seal(pad(words.encode()), key.public, replies.info(sealed_for))
        said = {"segments": 1, "source": "reply", "source_id": key.id, "answers": now()}
        outbox.say_sealed(session, talk.conversation(), key.id, box, **said)  # type: ignore[arg-type]
    return box


def test_the_pool_is_filled_once_and_every_file_fits_its_row(pool: Pool) -> None:
    rows = fill(pool)
    assert [row.id for row in fill(pool)] == [row.id for row in rows] and len(rows) == 3
    assert all(public_of(pool[1].get(replies.name_of(row.id))) == row.public for row in rows)


def test_a_taken_key_is_made_up_for(pool: Pool, owner: Engine) -> None:
    taken = fill(pool)[0].id
    with Session(owner) as session, session.begin():
        session.get_one(ReplyKey, taken).taken_at = now()
    assert len(fill(pool)) == 4


def test_a_start_that_was_killed_leaves_a_file_that_is_destroyed_and_never_a_row_without_one(pool: Pool) -> None:
    database, own = pool
    with pytest.raises(RuntimeError), database.begin() as session:
        replies.make_ahead(session, own, 2)
        raise RuntimeError("the process dies here")
    assert len(own.names(replies.FOLDER)) == 2
    rows = fill(pool, 1)
    with database.begin() as session:
        replies.destroy_left_over(session, own)
    assert own.names(replies.FOLDER) == [replies.name_of(row.id) for row in rows]


def test_a_key_that_somebody_gave_up_loses_its_file(pool: Pool, owner: Engine) -> None:
    database, own = pool
    given_up, kept = (row.id for row in fill(pool, 2))
    with Session(owner) as session, session.begin():
        session.get_one(ReplyKey, given_up).destroyed_at = now()
    replies.keep_house(database, own)
    assert not own.exists(replies.name_of(given_up)) and own.exists(replies.name_of(kept))


def test_a_reply_leaves_in_its_own_words_and_length_and_opens_never_again(talk: Line, pool: Pool) -> None:
    box = queue(talk, pool[1], LONG)
    talk.send()
    assert talk.heard() == [LONG]
    (row,) = talk.outbox()
    assert (row.body, row.segments > 3) == (None, True)
    assert row.reply_key_id is not None
    with pytest.raises(KeyMissing):
        replies.open_text(box, row.reply_key_id, pool[1])
    with Session(talk.owner) as session:
        assert session.get_one(ReplyKey, row.reply_key_id).destroyed_at is not None


def test_the_number_waits_for_as_long_as_a_reply_really_is(talk: Line, pool: Pool, rate: Callable[[int], None]) -> None:
    rate(1)
    queue(talk, pool[1], LONG)
    before = now()
    talk.send()
    with Session(talk.owner) as session:
        assert session.get_one(SendingNumber, 1).next_free_at > before + timedelta(seconds=3)


def test_a_box_of_another_reply_is_not_sent_and_its_key_goes(talk: Line, pool: Pool) -> None:
    queue(talk, pool[1], "of another", sealed_for=999)
    talk.send()
    (row,) = talk.outbox()
    assert (row.state, row.error_code, talk.heard()) == (OutboxState.FAILED, Unreadable.default_code, [])
    replies.finish(talk.sender.db, pool[1])
    assert not pool[1].exists(replies.name_of(row.reply_key_id or 0))


def test_a_callback_that_is_faster_than_the_sender_ends_the_key_all_the_same(
    talk: Line, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(talk.sender), "_accepted", lambda *_: None)
    queue(talk, pool[1], "sak pase")
    talk.send()
    talk.eventually(lambda: talk.states() == [OutboxState.DELIVERED])
    replies.finish(talk.sender.db, pool[1])
    assert not pool[1].exists(replies.name_of(talk.outbox()[0].reply_key_id or 0))


def opt(talk: Line, *, out: bool) -> None:
    with Session(talk.owner) as session, session.begin():
        (optout.opt_out if out else optout.opt_in)(session, session.get_one(Conversation, talk.conversation()))


def test_after_stop_a_reply_is_neither_sent_nor_lost(talk: Line, pool: Pool) -> None:
    opt(talk, out=True)
    box = queue(talk, pool[1], "sak pase")
    talk.send()
    (row,) = talk.outbox()
    assert (row.state, row.body, talk.heard()) == (OutboxState.HELD, box, [])
    with shifted(timedelta(hours=2)), Session(talk.owner) as session, session.begin():
        expiry.run(session)
    assert talk.outbox()[0].body == box


def test_unsent_answers_of_a_stranger_are_dropped_but_urgent_ones_leave(talk: Line, pool: Pool) -> None:
    talk.say("an answer", ordinal=0)
    talk.say("danger", ordinal=1, urgent=True)
    with Session(talk.owner) as session, session.begin():
        outbox.drop_unsent(session, talk.conversation())
    talk.send()
    assert talk.heard() == ["danger"]
    with Session(talk.owner) as session:
        assert session.scalars(select(Outbox.body)).all() == [None, None]
