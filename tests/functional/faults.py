"""A hotline whose processes die at failpoints while conversations go on, and what became of those conversations.

`python -m tests.functional.faults --port N` is `amparo up` for tests: failpoints are armed by files in `<home>/faults`,
and what dies again and again is started again at once. Nothing but this hands failpoints to the hotline's processes.
"""

import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from itertools import batched, cycle, islice, zip_longest
from pathlib import Path
from unittest.mock import patch

from amparo import processes, supervisor, up
from channels.hourly import name_of
from core.clock import now
from core.envelope import new_pair, public_of
from core.failpoints import NAMES
from core.keys import KeyProvider
from tests.functional.hotline import RunningHotline
from tests.functional.outage import BACK_WITHIN, pid_now
from tests.functional.test_kills import WISH, Talk, Tally, everything_is_settled
from translations.catalog import render

AREAS = {
    "gateway": ("accept", "status"),
    "worker": ("hour", "safety", "turn"),
    "sender": ("sender", "redaction"),
    "actions": ("actions",),
}
"""Which process passes the failpoints of an area."""
CRISIS = "they locked us in the house, he has a gun"
SCRIPTS = {
    "report": ("hello", WISH, "1", "they keep half of the pay since march"),
    "search": ("hello", "looking for harvest work in florida", "1"),
    "rights": ("hello", "can they keep my passport?", "0"),
    "danger": ("hello", CRISIS, "0"),
}
PAUSE, INTO_THE_MIDDLE = 0.15, 0.3
PATIENCE = 400.0
"""A message that a sender died with is looked for at the carrier after a minute, and not before."""


class FaultyHotline(RunningHotline):
    """A hotline whose failpoints can be armed."""

    command = (sys.executable, "-m", "tests.functional.faults")


@dataclass(frozen=True)
class Outcome:
    """What a number of kills did to a number of conversations."""

    conversations: int
    messages: int
    webhooks: int
    killed: tuple[str, ...]
    tally: Tally
    seconds: float


def rounds() -> list[tuple[str, ...]]:
    """All failpoints; those of one round belong to different processes."""
    lanes = [[name for name in NAMES if name.split(".")[0] in areas] for areas in AREAS.values()]
    return [tuple(name for name in together if name) for together in zip_longest(*lanes)]


def shake(hotline: RunningHotline, conversations: int) -> Outcome:
    """Kill at each failpoint once, with its share of the conversations going on, and compare them with calm ones."""
    began, before = time.monotonic(), hotline.rows("select coalesce(max(id), 0) from inbox.conversation")[0][0]
    calm = {name: Talk(hotline.phone(), iter(script)) for name, script in SCRIPTS.items()}
    write(calm.values())
    hotline.settle(BACK_WITHIN)
    kinds = list(islice(cycle(SCRIPTS), conversations))
    shaken = [(kind, Talk(hotline.phone(), iter(SCRIPTS[kind]))) for kind in kinds]
    share = -(-conversations // len(rounds()))
    for names, some in zip(rounds(), batched(shaken, share), strict=True):
        _kill_during(hotline, names, [talk for _, talk in some])
    hotline.settle(PATIENCE + conversations)
    talks = [talk for _, talk in shaken]
    everything_is_settled(hotline, before, [*calm.values(), *talks])
    return Outcome(
        conversations=len(talks),
        messages=sum(talk.sent for talk in talks),
        webhooks=sum(talk.tries for talk in talks),
        killed=tuple(name for names in rounds() for name in names),
        tally=sum((_compare(calm[kind], talk) for kind, talk in shaken), Tally(0, 0, 0)),
        seconds=round(time.monotonic() - began, 1),
    )


def write(talks: Iterable[Talk]) -> None:
    """Everybody writes their texts, with a breath after each, without waiting for answers."""
    todo = list(talks)
    with ThreadPoolExecutor(min(len(todo), 32)) as pool:
        for done in [pool.submit(_write_one, talk) for talk in todo]:
            done.result()


def _write_one(talk: Talk) -> None:
    for text in talk.script:
        talk.say([text])
        time.sleep(PAUSE)


def _kill_during(hotline: RunningHotline, names: Sequence[str], talks: Sequence[Talk]) -> None:
    """Arm some failpoints while people write; wait until each has killed its process, which is back then."""
    victims = {process_of(name): pid_now(hotline, process_of(name)) for name in names}
    victims.pop("gateway", None)  # the failpoint kills gunicorn's child, which gunicorn itself starts again
    with ThreadPoolExecutor(1) as pool, _hours_that_change(hotline, names):
        writing = pool.submit(write, talks)
        time.sleep(INTO_THE_MIDDLE)
        for name in names:
            (hotline.home / "faults" / name).touch()
        if any(name.startswith("hour.") for name in names):
            hotline.kill("worker")  # it keeps house when it starts
        writing.result()
        _wait(lambda: not any((hotline.home / "faults" / name).exists() for name in names), f"{names} did not kill")
    _wait(lambda: all(pid_now(hotline, name) not in (pid, None) for name, pid in victims.items()), f"{names}: not back")
    _answer_what_was_cut_off(hotline)


def _answer_what_was_cut_off(hotline: RunningHotline) -> None:
    """A message that ends one process after the other is put aside, and should be: the next kill hits another one."""
    cut_off = hotline.rows("select id from inbox.message where state = 'new' and failures > 0")
    ids = ", ".join(str(row[0]) for row in cut_off) or "0"
    query = f"select count(*) from inbox.message where state = 'new' and id in ({ids})"
    _wait(lambda: hotline.rows(query) == [(0,)], "what was cut off is not answered", PATIENCE)


def process_of(name: str) -> str:
    """The process that passes a failpoint."""
    return next(process for process, areas in AREAS.items() if name.split(".")[0] in areas)


def _wait(until: Callable[[], bool], otherwise: str, patience: float = BACK_WITHIN) -> None:
    end = time.monotonic() + patience
    while not until():
        assert time.monotonic() < end, otherwise
        time.sleep(0.05)


@contextmanager
def _hours_that_change(hotline: RunningHotline, names: Sequence[str]) -> Iterator[None]:
    """Two hours that are over, of which the older has to be destroyed, and one to come whose pair has to be made."""
    if not any(name.startswith("hour.") for name in names):
        yield
        return
    keys, over = KeyProvider(hotline.settings.keys, "owner"), [name_of(now() - timedelta(hours=ago)) for ago in (6, 5)]
    for hour in over:
        _add_pair(hotline, keys, hour)
    last = hotline.rows("select max(id) from inbox.hourly_key")[0][0]
    hotline.rows(f"delete from inbox.hourly_key where id = '{last}' returning id")
    yield
    _wait(lambda: not keys.exists(f"hour/{over[0]}"), "an hour that is over was not destroyed")
    _wait(lambda: keys.exists(f"hour/{last}") and _is_public(hotline, keys, last), "the pair of an hour does not fit")


def _add_pair(hotline: RunningHotline, keys: KeyProvider, hour: str) -> None:
    pair = new_pair()
    keys.destroy(f"hour/{hour}")
    keys.put(f"hour/{hour}", pair.private)
    hotline.rows(f"delete from inbox.hourly_key where id = '{hour}' returning id")
    hotline.rows(
        "insert into inbox.hourly_key (id, public, made_at) "
        f"values ('{hour}', '\\x{pair.public.hex()}', now() - interval '5 hours') returning id"
    )


def _is_public(hotline: RunningHotline, keys: KeyProvider, hour: str) -> bool:
    rows = hotline.rows(f"select public from inbox.hourly_key where id = '{hour}'")
    return rows == [(public_of(keys.get(f"hour/{hour}")),)]


def _compare(calm: Talk, talk: Talk) -> Tally:
    """The answer to a cry may overtake others, so it is counted and its place is not compared."""
    (wanted, cries), (heard, found) = (_without_cries(each) for each in (calm, talk))
    return Tally.of(wanted, heard) + Tally(max(0, cries - found), max(0, found - cries), 0)


def _without_cries(talk: Talk) -> tuple[list[str], int]:
    heard = talk.heard()
    rest = [text for text in heard if text != render("en", "crisis.now")]
    return rest, len(heard) - len(rest)


def main() -> None:
    """`amparo up` with failpoints."""
    folder = Path(os.environ["AMPARO_HOME"]) / "faults"
    folder.mkdir(exist_ok=True)
    faults = {"AMPARO_FAULTS": "on", "AMPARO_FAILPOINT": str(folder)}

    def plan(*args: object, **options: object) -> list[processes.Process]:
        found = processes.plan(*args, **options)  # type: ignore[arg-type]
        return [replace(process, environment={**process.environment, **faults}) for process in found]

    with patch.object(up, "plan", plan), patch.object(supervisor, "STEADY", 0.0):
        up.up(os.environ, "127.0.0.1", int(sys.argv[sys.argv.index("--port") + 1]), partial(print, flush=True))


if __name__ == "__main__":
    main()
