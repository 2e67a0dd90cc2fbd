"""kill -9 of every process in turn, in the middle of ten conversations: nothing lost, repeated or out of order."""

import os
import re
import secrets
import signal
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

import httpx
import pytest

from tests.functional.hotline import Phone, RunningHotline
from tests.functional.outage import BACK_WITHIN, at_rest, pid_now

pytestmark = [pytest.mark.slow, pytest.mark.engine, pytest.mark.timeout(400)]

VICTIMS = ("engine", "actions", "worker", "sender", "gateway", "db", "postmaster")
REPORTS, SEARCHES, EACH = 6, 4, 3
CALM = "calm"
WISH = "I want to report my boss"
INTO_THE_MIDDLE = 0.4
RECEIPT = re.compile(r"\b\d{4} \d{4} \d{4} \d{4}\b")
COUNTED = re.compile(r"Texts: (\d+)\.")
WAIT = "We have your message. We will answer soon."


@dataclass
class Talk:
    """A worker who writes on without waiting for answers; what was not taken is sent again, as Twilio does."""

    phone: Phone
    script: Iterator[str]
    sent: int = 0
    tries: int = 0

    def say(self, texts: Sequence[str]) -> None:
        """Send texts one after the other."""
        for text in texts:
            self._deliver(f"SM{secrets.token_hex(16)}", text)
            self.sent += 1

    def go_on(self, count: int) -> None:
        """The next texts of the script."""
        self.say(list(islice(self.script, count)))

    def heard(self) -> list[str]:
        """Every answer so far; all receipts look the same, and the word of patience is no answer."""
        texts = [message["text"] for message in self.phone.everything()]
        return [RECEIPT.sub("receipt", text) for text in texts if text != WAIT]

    def _deliver(self, sid: str, text: str) -> None:
        end = time.monotonic() + BACK_WITHIN
        while not self._taken(sid, text):
            assert time.monotonic() < end, "the gateway took no message"
            time.sleep(0.2)

    def _taken(self, sid: str, text: str) -> bool:
        self.tries += 1
        try:
            return self.phone.hotline.webhook(sid, self.phone.number, text).status_code == 200
        except httpx.HTTPError:
            return False


@dataclass(frozen=True)
class Tally:
    """How far what a telephone got is from what it should have got."""

    lost: int
    repeated: int
    moved: int

    @classmethod
    def of(cls, wanted: list[str], heard: list[str]) -> "Tally":
        missing, extra = Counter(wanted) - Counter(heard), Counter(heard) - Counter(wanted)
        moved = 0 if missing or extra else sum(one != other for one, other in zip(wanted, heard, strict=True))
        return cls(missing.total(), extra.total(), moved)

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.lost + other.lost, self.repeated + other.repeated, self.moved + other.moved)


def report(name: str) -> Iterator[str]:
    """To the read-back of a report; from there on every text is answered with how many there are."""
    yield from ("hello", WISH, "1", words(name, 1), *"1111111")
    yield from (words(name, number) for number in range(2, 1000))


def words(name: str, number: int) -> str:
    return f"{name}, text {number}: they keep half of the pay"


def search() -> Iterator[str]:
    """One job after the other."""
    yield from ("hello", "looking for harvest work in florida")
    yield from cycle("122232")


def test_kill_9_of_every_process_loses_repeats_and_moves_nothing(
    shaken: RunningHotline, shaken_key: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = shaken.rows("select coalesce(max(id), 0) from inbox.conversation")[0][0]
    names = [CALM, *(f"worker {number}" for number in range(REPORTS))]
    calm_report, *reports = (Talk(shaken.phone(), report(name)) for name in names)
    calm_search, *searches = (Talk(shaken.phone(), search()) for _ in range(1 + SEARCHES))
    together([calm_report, calm_search, *reports, *searches], 12)
    together([calm_report, calm_search], EACH * len(VICTIMS))
    at_rest(shaken)
    seconds = {victim: kill_during(shaken, victim, [*reports, *searches]) for victim in VICTIMS}
    for talk in (calm_report, *reports):
        talk.say(["1"])
    at_rest(shaken)
    tallies = [Tally.of(calm_report.heard(), talk.heard()) for talk in reports]
    tally = sum(tallies + [Tally.of(calm_search.heard(), talk.heard()) for talk in searches], Tally(0, 0, 0))
    with capsys.disabled():
        sent, tries = (
            sum(numbers) for numbers in zip(*((t.sent, t.tries) for t in (*reports, *searches)), strict=True)
        )
        print(f"\n{sent} messages in {tries} webhooks: {tally}; seconds from a kill to rest: {seconds}")
    assert tally == Tally(0, 0, 0)
    counted = [int(found.group(1)) for text in calm_report.heard() if (found := COUNTED.search(text))]
    assert counted == list(range(2, EACH * len(VICTIMS) + 4))
    everything_is_settled(shaken, before, [calm_report, calm_search, *reports, *searches])
    told = [[WISH, *(words(name, number) for number in range(1, EACH * len(VICTIMS) + 3))] for name in names]
    assert sorted(case["story"] for case in shaken.cases(shaken_key) if case["story"][0] == WISH) == sorted(told)


def together(talks: Sequence[Talk], count: int) -> None:
    """Everybody writes at the same time."""
    with ThreadPoolExecutor(len(talks)) as pool:
        for done in [pool.submit(talk.go_on, count) for talk in talks]:
            done.result()


def kill_during(hotline: RunningHotline, victim: str, talks: Sequence[Talk]) -> float:
    """Kill a process while everybody writes; the seconds until everything is answered."""
    old = pid_now(hotline, victim)
    assert old is not None
    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(together, talks, EACH)
        time.sleep(INTO_THE_MIDDLE)
        os.kill(old, signal.SIGKILL)
        killed = time.monotonic()
        writing.result()
    while pid_now(hotline, victim) in (old, None):
        assert time.monotonic() < killed + BACK_WITHIN, f"{victim} did not come back"
        time.sleep(0.05)
    at_rest(hotline)
    return round(time.monotonic() - killed, 1)


def everything_is_settled(hotline: RunningHotline, before: int, talks: Sequence[Talk]) -> None:
    """Every message is answered, every answer is at the carrier exactly once, nothing of a turn is left."""
    ours = f"where conversation_id > {before}"
    answered = hotline.rows(f"select state, count(*) from inbox.message {ours} group by state")
    assert answered == [("done", sum(talk.sent for talk in talks))]
    arrived = sum(len(talk.phone.everything()) for talk in talks)
    taken = (
        f"select count(*), count(*) filter (where state in ('accepted', 'sent', 'delivered')) from inbox.outbox {ours}"
    )
    assert hotline.rows(taken) == [(arrived, arrived)]
    for table in ("turn", "turn_input", "turn_line", "turn_action"):
        assert hotline.rows(f"select count(*) from inbox.{table}") == [(0,)]
