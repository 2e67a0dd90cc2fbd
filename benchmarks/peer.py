"""The stock Rasa Twilio channel beside ours: same model, same machine, one after the other, same load and same faults.

Both answer through the same local carrier, which takes a message at once; a real one takes 100 ms and more, and the
stock channel waits for it before it answers a webhook.
"""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, suppress
from dataclasses import dataclass, field
from itertools import count

import httpx

from benchmarks.accept import held, webhook
from benchmarks.figures import percentiles
from benchmarks.load import Line, at_rate, flat_out
from benchmarks.stock import Stock
from tests.functional.hotline import RunningHotline, a_hotline
from tests.functional.outage import at_rest
from translations.catalog import render

ALONE, TOGETHER, LINES, RATE, SECONDS, TURNS = 200, 600, 16, 50, 20, 40
KILLED, GAP, AGAIN_FOR, ONCE_MORE = 100, 0.05, 120.0, 1.0
OURS = ("gateway", "worker", "sender", "actions", "engine")
PICTURE = {"NumMedia": "1", "MediaUrl0": "https://api.twilio.com/picture", "MediaContentType0": "image/jpeg"}


@dataclass
class System:
    """One of the two: where to post, how to make a request, how to kill it and bring it back."""

    port: int
    carrier: httpx.Client
    webhook: Callable[..., bytes]
    kill_and_restart: Callable[[], None]
    at_rest: Callable[[], None]
    later: Callable[[], AbstractContextManager[None]] | None = None
    _numbers: Iterator[int] = field(default_factory=lambda: count(1000))

    def phone(self) -> str:
        """A telephone nobody used yet."""
        return f"+1404555{next(self._numbers):04d}"

    def heard(self, phone: str, wait: float = 0) -> int:
        """How many answers a telephone got; the word of patience is none."""
        messages = self.carrier.get(f"/phone/{phone}/messages", params={"wait": wait}).json()["messages"]
        return sum(message["text"] != render("en", "wait") for message in messages)

    def post(self, request: bytes) -> int:
        """Post on a connection of its own; the status."""
        line = Line(self.port)
        status = line.post(request).status
        line.close()
        return status

    def requests(self, number: int) -> list[bytes]:
        """Many messages of 200 telephones, 70 % digits."""
        phones = [self.phone() for _ in range(min(number, 200))]
        texts = ["0" if n % 10 < 7 else "busco trabajo en florida" for n in range(number)]
        return [self.webhook(phones[n % len(phones)], text) for n, text in enumerate(texts)]


def run() -> dict[str, object]:
    """Ours, then the stock channel."""
    with a_hotline() as hotline:
        hotline.add_reader()
        ours = measure(_ours(hotline))
    with ExitStack() as stack:
        stock = Stock()
        stack.callback(stock.stop)
        stock.start()
        theirs = measure(_stock(stock))
    _show_table(ours, theirs)
    return {"ours": ours, "stock": theirs}


def measure(system: System) -> dict[str, object]:
    """Every figure of one system."""
    for request in system.requests(20):
        system.post(request)
    system.at_rest()
    found: dict[str, object] = {"full turn, message posted to answer at the carrier": _turns(system)}
    for name, load in _LOADS.items():
        found[name] = load(system)
        found[f"{name}, answers later"] = _later(system, load)
        system.at_rest()
    wanted = _answers_to_one(system)
    for name, fault in _FAULTS.items():
        found[name] = fault(system, wanted)
    return found


def _later(system: System, load: Callable[[System], dict[str, float]]) -> object:
    """The same while nothing is answered: what is taken when a queue builds up. Then the queue is worked off."""
    system.at_rest()
    if system.later is None:
        return "cannot: it answers inside the webhook"
    with system.later():
        return load(system)


def _ours(hotline: RunningHotline) -> System:
    def kill_and_restart() -> None:
        for name in OURS:  # the supervisor starts them again
            os.killpg(hotline.pid(name), signal.SIGKILL)

    def make(sender: str, text: str, sid: str | None = None, **extra: str) -> bytes:
        return webhook(hotline, sender, text, sid, **extra)

    return System(
        hotline.port,
        hotline.carrier,
        make,
        kill_and_restart,
        lambda: _settled(hotline),
        lambda: held(hotline, "worker", "sender"),
    )


def _settled(hotline: RunningHotline) -> None:
    """A backlog may take longer than a test would wait."""
    for _ in range(4):
        with suppress(AssertionError):
            at_rest(hotline)
            return
    at_rest(hotline)


def _stock(stock: Stock) -> System:
    def kill_and_restart() -> None:
        stock.kill()
        stock.run_rasa()

    return System(stock.port, stock.carrier, stock.webhook, kill_and_restart, lambda: _quiet(stock))


def _quiet(stock: Stock) -> None:
    """It answers before it accepts; what is left comes within seconds."""
    before = -1
    while (now := len(stock.carrier.get("/control/messages").json()["messages"])) != before:
        before = now
        time.sleep(3)


def _turns(system: System) -> dict[str, float]:
    """One message at a time; the clock stops when the answer is at the carrier."""
    taken = []
    for number in range(TURNS):
        phone, began = system.phone(), time.perf_counter()
        system.post(system.webhook(phone, "hello" if number % 2 else "busco trabajo en florida"))
        system.heard(phone, wait=10)
        taken.append(time.perf_counter() - began)
    system.at_rest()
    return percentiles(taken)


def _answers_to_one(system: System) -> int:
    phone = system.phone()
    system.post(system.webhook(phone, "hello"))
    system.at_rest()
    return system.heard(phone)


def _twice(system: System, wanted: int) -> str:
    phone, again = system.phone(), "SM" + "7" * 32
    for _ in range(2):
        system.post(system.webhook(phone, "hello", again))
    system.at_rest()
    return _count(wanted, [system.heard(phone)])


def _forged(system: System, wanted: int) -> str:
    phone = system.phone()
    request = system.webhook(phone, "hello")
    head, _, rest = request.partition(b"X-Twilio-Signature: ")
    status = system.post(head + b"X-Twilio-Signature: forged" + rest[rest.index(b"\r\n") :])
    system.at_rest()
    return f"{status}, {system.heard(phone)} answers"


def _carrier_fails(system: System, wanted: int) -> str:
    phone = system.phone()
    system.carrier.post("/control/fault", json={"method": "send", "status": 500, "code": 20500, "to": phone})
    status = system.post(system.webhook(phone, "hello"))
    system.at_rest()
    return f"{status}, " + _count(wanted, [system.heard(phone)])


def _picture(system: System, wanted: int) -> str:
    phone = system.phone()
    status = system.post(system.webhook(phone, "", **PICTURE))
    system.at_rest()
    return f"{status}, {system.heard(phone)} answers"


def _killed(system: System, wanted: int, again_for: float = AGAIN_FOR) -> str:
    """kill -9 in the middle of a stream of first messages, 20 a second; what nobody answered is sent again."""
    phones = [system.phone() for _ in range(KILLED)]
    requests = [system.webhook(phone, "hello") for phone in phones]
    with ThreadPoolExecutor(KILLED + 1) as pool:
        begun = time.monotonic()
        posts = [(begun + n * GAP, each, again_for) for n, each in enumerate(requests)]
        jobs = [pool.submit(_until_accepted, system, *post) for post in posts]
        time.sleep(KILLED * GAP / 2)
        system.kill_and_restart()
        taken = [job.result() for job in jobs]
    system.at_rest()
    heard = [system.heard(phone) for phone, was_taken in zip(phones, taken, strict=True) if was_taken]
    return f"{taken.count(False)} not taken, " + _count(wanted, heard)


def _killed_once_more(system: System, wanted: int) -> str:
    return _killed(system, wanted, ONCE_MORE)


def _until_accepted(system: System, moment: float, request: bytes, again_for: float) -> bool:
    time.sleep(max(0.0, moment - time.monotonic()))
    while not 200 <= system.post(request) < 300:
        if time.monotonic() > moment + again_for:
            return False
        time.sleep(min(1.0, again_for))
    return True


def _count(wanted: int, heard: list[int]) -> str:
    lost = sum(max(0, wanted - each) for each in heard)
    repeated = sum(max(0, each - wanted) for each in heard)
    return f"{lost} answers lost, {repeated} repeated, of {wanted * len(heard)}"


_LOADS: dict[str, Callable[[System], dict[str, float]]] = {
    "accepted flat out, 1 connection": lambda system: flat_out(system.port, system.requests(ALONE), 1),
    "accepted flat out, 16 connections": lambda system: flat_out(system.port, system.requests(TOGETHER), LINES),
    "50 a second for 20 s": lambda system: at_rate(system.port, system.requests(RATE * SECONDS), RATE),
}
_FAULTS: dict[str, Callable[[System, int], str]] = {
    "the same MessageSid twice": _twice,
    "a forged signature": _forged,
    "the carrier answers 500 to a send": _carrier_fails,
    "a picture without words": _picture,
    "kill -9 during 100 first messages, sent again until taken": _killed,
    "the same, sent only once more, after a second": _killed_once_more,
}


def _show_table(ours: dict[str, object], theirs: dict[str, object]) -> None:
    rows = [f"| {name} | {_cell(theirs[name])} | {_cell(ours[name])} |" for name in ours]
    sys.stdout.write("\n".join(["| | stock channel | Amparo |", "|---|---|---|", *rows]) + "\n")


def _cell(value: object) -> str:
    return ", ".join(f"{name} {number}" for name, number in value.items()) if isinstance(value, dict) else str(value)
