"""Python and browser make and open the same bytes, and neither opens what was moved, changed or cut."""

import json
import secrets
from dataclasses import replace

import pytest

from core import envelope
from core.envelope import CannotOpen, KeyPair, new_pair
from intake import sealing
from intake.sealing import Place, Reader, Seat, Told
from tests.browser.boxes import (
    AT,
    CASE,
    KEY,
    OPEN_BOX,
    OPEN_CASE,
    OPEN_ITEM,
    OTHER,
    PLACE,
    SEAT,
    answer,
    b64,
    damaged,
    item,
    raw,
)
from tests.browser.chromium import Vault

TEXTS = ("", "Yo pa peye m.", "Hindi ako binayaran. ñ é 字 🌽", "a\0b\r\n\ufeffc", "x" * 9000)
LENGTHS = (0, 1, 251, 252, 253, 508, 509, 1020, 2044, 2045, 4092, 8188, 8189, 9000, 16380, 16381)
MOVED_ITEMS = (
    replace(PLACE, case_id=OTHER),
    replace(PLACE, epoch=2),
    replace(PLACE, seq=5),
    replace(PLACE, direction="out"),
    replace(PLACE, part="employer"),
)
MOVED_WRAPS = (replace(SEAT, case_id=OTHER), replace(SEAT, epoch=2), replace(SEAT, reader="staff:4"))


@pytest.fixture
def reader() -> KeyPair:
    return new_pair()


# envelopes and padding


@pytest.mark.parametrize("size", [0, 1, 32, 5000])
def test_hpke_envelopes_open_on_the_other_side(vault: Vault, reader: KeyPair, size: int) -> None:
    plain = secrets.token_bytes(size)
    box = envelope.seal(plain, reader.public, b"here")
    opened = vault.run(KEY + OPEN_BOX, private=b64(reader.private), box=b64(box), info="here")
    assert raw(opened) == plain
    script = """
        const [bytes, to] = [vault.bytes.fromBase64(plain), vault.bytes.fromBase64(known)];
        return vault.bytes.toBase64(await vault.envelope.seal(bytes, to, vault.bytes.utf8("here")))
    """
    back = raw(vault.run(script, plain=b64(plain), known=b64(reader.public)))
    assert len(back) == len(box)
    assert envelope.unseal(back, reader.private, b"here") == plain


def test_locked_boxes_open_on_the_other_side(vault: Vault) -> None:
    key, plain = envelope.new_key(), b"whatever"
    names = "const [secret, aad] = [vault.bytes.fromBase64(key), vault.bytes.utf8('here')];"
    unlock = "return vault.bytes.text(await vault.envelope.unlock(vault.bytes.fromBase64(box), secret, aad))"
    lock = "return vault.bytes.toBase64(await vault.envelope.lock(vault.bytes.utf8('whatever'), secret, aad))"
    box = envelope.lock(plain, key, b"here")
    assert vault.run(names + unlock, key=b64(key), box=b64(box)) == "whatever"
    assert envelope.unlock(raw(vault.run(names + lock, key=b64(key))), key, b"here") == plain
    for bad in damaged(box):
        assert vault.fault(names + unlock, key=b64(key), box=b64(bad)) == "cannot_open"


def test_a_changed_or_cut_envelope_opens_on_neither_side(vault: Vault, reader: KeyPair) -> None:
    box = envelope.seal(b"whatever", reader.public, b"here")
    for bad in damaged(box):
        with pytest.raises(CannotOpen):
            envelope.unseal(bad, reader.private, b"here")
        assert vault.fault(KEY + OPEN_BOX, private=b64(reader.private), box=b64(bad), info="here") == "cannot_open"


def test_an_envelope_opens_for_its_reader_alone(vault: Vault, reader: KeyPair) -> None:
    box = envelope.seal(b"whatever", new_pair().public, b"here")
    assert vault.fault(KEY + OPEN_BOX, private=b64(reader.private), box=b64(box), info="here") == "cannot_open"


def test_padding_is_the_same(vault: Vault) -> None:
    script = "return sizes.map((size) => vault.bytes.toBase64(vault.bytes.pad(new Uint8Array(size).fill(7))))"
    padded = [raw(value) for value in vault.run(script, sizes=LENGTHS)]
    assert padded == [envelope.pad(b"\x07" * size) for size in LENGTHS]
    back = "return boxes.map((box) => vault.bytes.unpad(vault.bytes.fromBase64(box)).length)"
    assert vault.run(back, boxes=[b64(value) for value in padded]) == list(LENGTHS)


@pytest.mark.parametrize("padded", [b"", b"\0\0\0", b"\0\0\0\x02x", b"\xff\xff\xff\xff" + bytes(252)])
def test_damaged_padding_is_refused_on_both_sides(vault: Vault, padded: bytes) -> None:
    with pytest.raises(CannotOpen):
        envelope.unpad(padded)
    assert vault.fault("vault.bytes.unpad(vault.bytes.fromBase64(padded))", padded=b64(padded)) == "cannot_open"


@pytest.mark.parametrize("public", ["", "AAAA", b64(bytes(32)), b64(b"\x01" + bytes(31)), "no base64", None])
def test_nothing_is_sealed_to_what_is_no_public_key(vault: Vault, public: str | None) -> None:
    assert vault.fault("await vault.sealReply({id: 1, public: known}, 'x')", known=public) == "bad_input"


# items


@pytest.mark.parametrize("text", TEXTS)
def test_items_open_on_the_other_side(vault: Vault, reader: KeyPair, text: str) -> None:
    box = sealing.seal_item(Told(AT, text), reader.public, PLACE)
    script = (
        "const told = await vault.openItem(id, item, new Map([[1, key]])); return [told.at.toISOString(), told.text]"
    )
    told = vault.run(KEY + script, private=b64(reader.private), id=str(CASE), item=item(PLACE, box))
    assert told == ["2026-11-22T05:40:01.123Z", text]
    seal = "return await vault.sealItem(id, place, plain, known, new Date(1795326001123))"
    known = b64(reader.public)
    back = raw(vault.run(seal, id=str(CASE), place=item(PLACE, b""), plain=text, known=known))
    assert sealing.open_item(back, reader.private, PLACE) == Told(AT.replace(microsecond=123000), text)


def test_half_an_emoji_does_not_break_the_other_side(vault: Vault, reader: KeyPair) -> None:
    seal = "return await vault.sealItem(id, place, 'corn \\ud83c', known)"
    box = raw(vault.run(seal, id=str(CASE), place=item(PLACE, b""), known=b64(reader.public)))
    assert sealing.open_item(box, reader.private, PLACE).text == "corn \N{REPLACEMENT CHARACTER}"


def test_facts_reach_the_browser_as_codes(vault: Vault, reader: KeyPair) -> None:
    place = replace(PLACE, seq=0, part="facts")
    box = sealing.seal_item(Told(AT, sealing.as_text({"violation": "wages_unpaid"})), reader.public, place)
    text = vault.run(KEY + OPEN_ITEM, private=b64(reader.private), id=str(CASE), item=item(place, box))
    assert json.loads(text) == {"violation": "wages_unpaid"}


@pytest.mark.parametrize("moved", MOVED_ITEMS)
def test_an_item_that_was_moved_opens_on_neither_side(vault: Vault, reader: KeyPair, moved: Place) -> None:
    box = sealing.seal_item(Told(AT, "mine"), reader.public, PLACE)
    values = {"private": b64(reader.private), "id": str(moved.case_id), "item": item(moved, box)}
    assert vault.fault(KEY + OPEN_ITEM, **values) == "cannot_open"
    seal = "return await vault.sealItem(id, place, 'mine', known)"
    back = raw(vault.run(seal, id=str(CASE), place=item(PLACE, b""), known=b64(reader.public)))
    with pytest.raises(CannotOpen):
        sealing.open_item(back, reader.private, moved)


@pytest.mark.parametrize("content", [b"no json", b"[]", b'{"at": "2026", "text": 7}', b'{"text": "x"}', b"\xff"])
def test_what_a_stranger_sealed_is_not_shown(vault: Vault, reader: KeyPair, content: bytes) -> None:
    box = envelope.seal(envelope.pad(content), reader.public, PLACE.info)
    values = {"private": b64(reader.private), "id": str(CASE), "item": item(PLACE, box)}
    assert vault.fault(KEY + OPEN_ITEM, **values) == "cannot_open"


def test_an_item_of_an_epoch_without_a_wrap_says_so(vault: Vault) -> None:
    script = "await vault.openItem(id, item, new Map())"
    assert vault.fault(script, id=str(CASE), item=item(PLACE, b"\x01")) == "cannot_open"


# wraps


def _inner(pair: sealing.Pair, seat: Seat, outer: bytes) -> bytes:
    """What the server hands to the browser: the wrap without its outer layer."""
    return envelope.unlock(pair.wraps[seat.reader], outer, seat.layer(sealing.DRAFT_LAYER))


def test_a_wrap_of_the_server_opens_in_the_browser(vault: Vault, reader: KeyPair) -> None:
    outer = envelope.new_key()
    pair = sealing.make_pair(CASE, 1, [Reader("staff:3", reader.public)], outer)
    values = {"private": b64(reader.private), "answer": answer(SEAT, _inner(pair, SEAT, outer), pair.public)}
    assert vault.run(KEY + OPEN_CASE, **values) == {"1": b64(pair.public)}


def test_a_case_made_in_the_browser_opens_for_each_reader(vault: Vault, reader: KeyPair) -> None:
    offline, shred = new_pair(), envelope.new_key()
    readers = [
        {"name": "staff:3", "public": b64(reader.public)},
        {"reader": "recovery:1", "public": b64(offline.public)},
    ]
    made = vault.run("return await vault.makeCase(id, readers)", id=str(CASE), readers=readers)
    assert set(made["wraps"]) == {"staff:3", "recovery:1"}
    for name, pair in (("staff:3", reader), ("recovery:1", offline)):
        seat = Seat(CASE, 1, name)
        stored = envelope.lock(raw(made["wraps"][name]), shred, seat.layer(sealing.CASE_LAYER))
        assert envelope.public_of(sealing.open_wrap(stored, seat, shred, pair.private)) == raw(made["public"])


@pytest.mark.parametrize("epoch", [1, 2, 7])
def test_a_new_epoch_made_in_the_browser_is_bound_to_its_number(vault: Vault, reader: KeyPair, epoch: int) -> None:
    readers = [{"reader": "staff:3", "public": b64(reader.public)}]
    script = "return await vault.makeCase(id, readers, epoch)"
    made = vault.run(script, id=str(CASE), readers=readers, epoch=epoch)
    wrap = raw(made["wraps"]["staff:3"])
    private = envelope.unseal(wrap, reader.private, Seat(CASE, epoch, "staff:3").info)
    assert envelope.public_of(private) == raw(made["public"])
    with pytest.raises(CannotOpen):
        envelope.unseal(wrap, reader.private, Seat(CASE, epoch + 1, "staff:3").info)


def test_a_colleague_opens_what_was_granted_and_only_as_granted(vault: Vault, reader: KeyPair) -> None:
    case, colleague = new_pair(), new_pair()
    box = envelope.seal(case.private, reader.public, SEAT.info)
    script = "return await vault.grant(id, {epoch: 1, box}, 'staff:3', key, to)"
    to = {"reader": "staff:9", "public": b64(colleague.public)}
    granted = raw(vault.run(KEY + script, private=b64(reader.private), id=str(CASE), box=b64(box), to=to))
    assert envelope.unseal(granted, colleague.private, Seat(CASE, 1, "staff:9").info) == case.private
    for elsewhere in (SEAT, Seat(CASE, 2, "staff:9"), Seat(OTHER, 1, "staff:9")):
        with pytest.raises(CannotOpen):
            envelope.unseal(granted, colleague.private, elsewhere.info)


def test_a_case_of_two_epochs_opens_and_is_granted_epoch_by_epoch(vault: Vault, reader: KeyPair) -> None:
    pairs, colleague = {1: new_pair(), 2: new_pair()}, new_pair()
    seats = {epoch: Seat(CASE, epoch, "staff:3") for epoch in pairs}
    wraps = [
        {"epoch": epoch, "box": b64(envelope.seal(pair.private, reader.public, seats[epoch].info))}
        for epoch, pair in pairs.items()
    ]
    publics = {str(epoch): b64(pair.public) for epoch, pair in pairs.items()}
    given = {"case": str(CASE), "reader": "staff:3", "wraps": wraps, "publics": publics}
    script = """
        const keys = await vault.openCase(given, key);
        const grants = given.wraps.map((wrap) => vault.grant(given.case, wrap, "staff:3", key, to));
        return { epochs: [...keys.keys()], boxes: await Promise.all(grants) };
    """
    to = {"reader": "staff:9", "public": b64(colleague.public)}
    opened = vault.run(KEY + script, private=b64(reader.private), given=given, to=to)
    assert opened["epochs"] == [1, 2]
    for epoch, box in zip(pairs, opened["boxes"], strict=True):
        assert envelope.unseal(raw(box), colleague.private, Seat(CASE, epoch, "staff:9").info) == pairs[epoch].private


@pytest.mark.parametrize("bad", ["", "no base64", None, "AQ=="])
def test_one_wrap_that_does_not_open_leaves_the_others(vault: Vault, reader: KeyPair, bad: str | None) -> None:
    case = new_pair()
    given = answer(SEAT, envelope.seal(case.private, reader.public, SEAT.info), case.public)
    given["wraps"] = [{"epoch": 2, "box": bad}, {"epoch": 3, "box": "AQ=="}, *given["wraps"]]
    given["publics"] = {**given["publics"], "2": b64(new_pair().public)}
    assert vault.run(KEY + OPEN_CASE, private=b64(reader.private), answer=given) == {"1": b64(case.public)}


def test_new_texts_are_sealed_to_the_newest_key_only_when_it_was_opened(vault: Vault) -> None:
    first, second, stranger = (b64(new_pair().public) for _ in range(3))
    held = "const keys = new Map(held.map(([epoch, known]) => [epoch, { public: vault.bytes.fromBase64(known) }]));"
    script = held + "return vault.newestKey(publics, keys)"
    both = {"held": [(1, first), (2, second)]}
    assert vault.run(script, publics={"1": first, "2": second}, **both) == {"epoch": 2, "public": second}
    assert vault.fault(script, publics={"1": first, "2": stranger}, **both) == "cannot_open"
    assert vault.fault(script, publics={"1": first, "2": second, "10": stranger}, **both) == "cannot_open"


@pytest.mark.parametrize("moved", MOVED_WRAPS)
def test_a_wrap_that_was_moved_opens_on_neither_side(vault: Vault, reader: KeyPair, moved: Seat) -> None:
    case = new_pair()
    box = envelope.seal(case.private, reader.public, moved.info)
    values = {"private": b64(reader.private), "answer": answer(SEAT, box, case.public)}
    assert vault.run(KEY + OPEN_CASE, **values) == {}
    readers = [{"name": "staff:3", "public": b64(reader.public)}]
    made = vault.run("return await vault.makeCase(id, readers)", id=str(CASE), readers=readers)
    with pytest.raises(CannotOpen):
        envelope.unseal(raw(made["wraps"]["staff:3"]), reader.private, moved.info)


def test_a_wrap_that_does_not_belong_to_its_public_half_is_refused(vault: Vault, reader: KeyPair) -> None:
    box = envelope.seal(new_pair().private, reader.public, SEAT.info)
    values = {"private": b64(reader.private), "answer": answer(SEAT, box, new_pair().public)}
    assert vault.run(KEY + OPEN_CASE, **values) == {}


@pytest.mark.parametrize("wrong", ["", "7", "0192f3a4-5b6c-7d8e-9fa0-b1c2d3e4f50x", None])
def test_what_is_no_case_id_seals_nothing(vault: Vault, reader: KeyPair, wrong: str | None) -> None:
    readers = [{"name": "staff:3", "public": b64(reader.public)}]
    assert vault.fault("await vault.makeCase(id, readers)", id=wrong, readers=readers) == "bad_input"


# replies and drafts


@pytest.mark.parametrize("number", [1, 41, 2**40])
def test_a_reply_opens_for_the_sender_under_its_own_id(vault: Vault, number: int) -> None:
    pair = new_pair()
    script = "return await vault.sealReply({id: number, public: known}, 'Nou ka ede w. 🌽')"
    box = raw(vault.run(script, known=b64(pair.public), number=number))
    plain = envelope.unpad(envelope.unseal(box, pair.private, b"amparo|reply|%d" % number))
    assert plain.decode() == "Nou ka ede w. 🌽"
    with pytest.raises(CannotOpen):
        envelope.unseal(box, pair.private, b"amparo|reply|%d" % (number + 1))


def test_a_draft_kept_in_the_page_opens_under_its_label_alone(vault: Vault, reader: KeyPair) -> None:
    keep = KEY + "const box = await vault.sealDraft(key, 'one', '\\ufeffhalf a sentence');"
    private = b64(reader.private)
    assert vault.run(keep + "return await vault.openDraft(key, 'one', box)", private=private) == "\ufeffhalf a sentence"
    assert vault.fault(keep + "await vault.openDraft(key, 'two', box)", private=private) == "cannot_open"
