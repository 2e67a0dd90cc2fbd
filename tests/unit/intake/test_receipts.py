import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import clock
from core.envelope import KeyPair, slow_hash
from core.keys import KeyProvider
from intake import receipts
from intake.models import Attempt, ReceiptKind
from tests.unit.intake.hotline import Hotline

BODIES = st.text("0123456789", min_size=14, max_size=14)


@given(BODIES)
def test_every_wrong_digit_and_every_transposition_is_found(body: str) -> None:
    receipt = body + receipts.check_digits(body)
    assert receipts.is_sound(receipt)
    for place in range(16):
        for digit in set("0123456789") - {receipt[place]}:
            assert not receipts.is_sound(receipt[:place] + digit + receipt[place + 1 :])
        for other in range(place + 1, 16):
            if receipt[place] != receipt[other]:
                swapped = list(receipt)
                swapped[place], swapped[other] = swapped[other], swapped[place]
                assert not receipts.is_sound("".join(swapped))


@given(BODIES)
def test_the_check_digits_follow_iso_7064_mod_97_10(body: str) -> None:
    assert int(body + receipts.check_digits(body)) % 97 == 1


def test_a_new_receipt_is_four_groups_of_four_sound_digits() -> None:
    made = {receipts.new_receipt() for _ in range(200)}
    assert len(made) == 200
    for receipt in made:
        assert [len(group) for group in receipt.split(" ")] == [4, 4, 4, 4]
        assert receipts.is_sound(receipt.replace(" ", ""))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("4821 7730 9256 1148", ReceiptKind.RECEIPT),
        (" 4821-7730-9256-1148. ", ReceiptKind.RECEIPT),
        ("४८२१ ७७३० ९२५६ ११४८", ReceiptKind.RECEIPT),
        ("4821", ReceiptKind.PIN),
        ("482 190", ReceiptKind.PIN),
        ("482", None),
        ("4821773", None),
        ("my code 4821", None),
        ("48²1", None),
        ("", None),
        ("4" * 5000, None),
    ],
)
def test_what_a_message_could_be(text: str, kind: ReceiptKind | None) -> None:
    assert receipts.kind_of(text) == kind


def test_wrong_malformed_and_expired_cost_the_same_work_and_say_the_same(
    hotline: Hotline, ana: KeyPair, monkeypatch: pytest.MonkeyPatch
) -> None:
    filed = hotline.file(hotline.told("story"))
    assert filed.receipt is not None
    runs: list[str] = []

    def counted(secret: str, salt: bytes) -> bytes:
        runs.append(secret)
        return slow_hash(secret, salt)

    monkeypatch.setattr(receipts, "slow_hash", counted)
    answers = set()
    for tried in ("0000 0000 0000 0000", "not a receipt", "", "4821", filed.receipt):
        with clock.shifted(receipts.LIFE + timedelta(days=1)), hotline.worker.begin() as session:
            answers.add(receipts.check(session, hotline.keys, hotline.conversation(), tried))
    assert answers == {receipts.Checked()}
    assert len(runs) == 5


def test_five_wrong_tries_an_hour_and_twenty_a_day(hotline: Hotline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receipts, "slow_hash", lambda secret, salt: secret.encode())
    conversation, other = hotline.conversation(), hotline.conversation()

    def limited(hour: float, whose: int) -> bool:
        with clock.shifted(timedelta(hours=hour)), hotline.worker.begin() as session:
            checked = receipts.check(session, hotline.keys, whose, "0000 0000 0000 0000")
            if not checked.limited:
                receipts.count_try(session, whose)
            return checked.limited

    assert [limited(0, conversation) for _ in range(6)] == [False] * 5 + [True]
    assert not limited(0, other)
    assert [limited(hour, conversation) for hour in (1.1, 2.2, 3.3) for _ in range(5)] == [False] * 15
    assert limited(5, conversation)
    assert not limited(25, conversation)


def test_a_right_code_is_not_a_try(hotline: Hotline, ana: KeyPair) -> None:
    filed = hotline.file(hotline.told("story"))
    conversation = hotline.conversation()
    with hotline.worker.begin() as session:
        found = [receipts.check(session, hotline.keys, conversation, filed.receipt or "").case_id for _ in range(7)]
    assert len(set(found)) == 1
    assert None not in found


def test_many_wrong_tries_from_everywhere_slow_down_but_lock_nobody_out(
    hotline: Hotline, ana: KeyPair, monkeypatch: pytest.MonkeyPatch
) -> None:
    filed = hotline.file(hotline.told("story"))
    waits: list[float] = []
    monkeypatch.setattr("intake.receipts.time.sleep", waits.append)
    with hotline.worker.begin() as session:
        session.add_all(Attempt(conversation_id=hotline.conversation()) for _ in range(receipts.CALM + 10))
    with hotline.worker.begin() as session:
        assert receipts.check(session, hotline.keys, hotline.conversation(), filed.receipt or "").case_id is not None
    assert waits == [pytest.approx(10 * receipts.STEP)]
    with clock.shifted(timedelta(hours=2)), hotline.worker.begin() as session:
        assert receipts.slow_down(session) == 0


def test_at_most_two_slow_hashes_run_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "receipt").write_bytes(bytes(32))
    running, most, guard = 0, 0, threading.Lock()

    def hash_slowly(secret: str, salt: bytes) -> bytes:
        nonlocal running, most
        with guard:
            running += 1
            most = max(most, running)
        time.sleep(0.03)
        with guard:
            running -= 1
        return bytes(32)

    monkeypatch.setattr(receipts, "slow_hash", hash_slowly)
    keys = KeyProvider(tmp_path, "worker")
    threads = [threading.Thread(target=receipts.lookup_of, args=(keys, ReceiptKind.PIN, "1")) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 2


def test_a_lookup_value_needs_the_key_and_the_kind(tmp_path: Path) -> None:
    values = set()
    for number in range(2):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "receipt").write_bytes(bytes([number]) * 32)
        keys = KeyProvider(folder, "worker")
        values |= {receipts.lookup_of(keys, kind, "4821") for kind in ReceiptKind}
    assert len(values) == 4
