"""The sender as a process: bells wake it, the sweep wakes it without a bell, kill -9 loses and doubles nothing."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from channels.models import OutboxState
from tests.unit.channels.line import Line


class Process:
    """A sender process that can be killed and started again."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.running = self.start()

    def start(self, **more: str) -> subprocess.Popen[bytes]:
        settings = self.line.settings
        env = {
            **os.environ,
            "AMPARO_HOME": str(settings.home),
            "AMPARO_PUBLIC_URL": settings.public_url,
            "TWILIO_ACCOUNT_SID": settings.account_sid,
            "TWILIO_AUTH_TOKEN": settings.auth_token,
            "TWILIO_API_BASE_URL": self.line.carrier_url,
            **more,
        }
        self.running = subprocess.Popen([sys.executable, "-m", "channels.sender_process"], env=env)
        return self.running

    def kill(self) -> None:
        self.running.send_signal(signal.SIGKILL)
        self.running.wait()


@pytest.fixture
def process(line: Line) -> Iterator[Process]:
    found = Process(line)
    yield found
    found.kill()


@pytest.mark.slow
def test_a_bell_wakes_it_and_so_does_the_sweep(line: Line, process: Process) -> None:
    line.text("hola")
    line.say("by bell", ordinal=0)
    line.eventually(lambda: line.heard() == ["by bell"], 15)
    line.say("by sweep", ordinal=1)
    with line.owner.begin() as connection:
        connection.execute(text("delete from procrastinate_jobs where task_name = 'send' and status = 'todo'"))
    line.eventually(lambda: line.heard()[-1] == "by sweep", 15)
    line.eventually(lambda: {m.body for m in line.exchange.messages.values() if m.direction == "inbound"} == {""}, 15)


@pytest.mark.slow
def test_killed_again_and_again_it_sends_everything_once(line: Line, process: Process) -> None:
    line.text("hola")
    for n in range(40):
        line.say(f"{n}", ordinal=n)
        if n in (10, 20, 30):
            process.kill()
            process.start()
    with line.owner.begin() as connection:
        connection.execute(text("update inbox.sending_number set segments_per_second = 1000"))

    def finished() -> bool:
        with line.owner.begin() as connection:  # nobody waits a minute here
            connection.execute(
                text("update inbox.outbox set sending_since = now() - interval '1 hour' "
                     "where state = 'sending' and sending_since < now() - interval '2 seconds'")
            )  # fmt: skip
        return all(state is OutboxState.DELIVERED for state in line.states())

    line.eventually(finished, 60)
    assert line.heard() == [f"{n}" for n in range(40)]


@pytest.mark.slow
@pytest.mark.parametrize("place", ["sender.claimed", "sender.called"])
def test_a_power_cut_around_the_call_sends_once(line: Line, process: Process, place: str) -> None:
    line.exchange.reports = False
    process.kill()
    process.start(AMPARO_FAULTS="on", AMPARO_FAILPOINT=place)
    line.text("hola")
    line.say("one", ordinal=0)
    line.say("two", ordinal=1)
    assert process.running.wait(15) == -signal.SIGKILL
    assert line.states() == [OutboxState.SENDING, OutboxState.READY]
    with line.owner.begin() as connection:
        connection.execute(
            text("update inbox.outbox set sending_since = now() - interval '61 seconds' where state = 'sending'")
        )
    process.start()
    line.eventually(lambda: line.states() == [OutboxState.ACCEPTED] * 2, 20)
    assert line.heard() == ["one", "two"]


@pytest.mark.slow
def test_it_stops_when_told(line: Line, process: Process) -> None:
    line.text("hola")
    line.say("up")
    line.eventually(lambda: line.heard() == ["up"], 15)
    process.running.send_signal(signal.SIGTERM)
    assert process.running.wait(10) == 0
