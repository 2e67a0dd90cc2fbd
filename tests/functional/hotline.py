"""A whole hotline for tests: `amparo up` with every process, beside a local carrier whose account we know."""

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import psycopg
from twilio.request_validator import RequestValidator

from core.config import load
from core.database import conninfo

ROOT = Path(__file__).parents[2]
AMPARO = (sys.executable, "-m", "amparo.cli")
TOKEN = "a made-up token of the test carrier"
SMS, WHATSAPP = "+15005550006", "+15005550007"
PASSPHRASE = "a test passphrase"
PATIENCE = 30.0
OPEN = """select (select count(*) from inbox.message where state = 'new')
    + (select count(*) from inbox.outbox where state in ('ready', 'sending'))"""


def free_port() -> int:
    """A port that is free together with the next one, where the console listens.

    Not one of those that the kernel lends to clients: while a process is away, one of them would take it.
    """
    while True:
        port = random.randrange(20_000, 32_000, 2)
        with socket.socket() as one, socket.socket() as next_one, suppress(OSError):
            one.bind(("127.0.0.1", port))
            next_one.bind(("127.0.0.1", port + 1))
            return port


@dataclass
class Phone:
    """One telephone at the local carrier."""

    hotline: "RunningHotline"
    number: str
    channel: str = "twilio_sms"
    seen: int = 0
    received: list[dict[str, Any]] = field(default_factory=list)

    def send(self, text: str, **extra: str) -> int:
        """Send a text without waiting; the status the gateway answered."""
        body = {"text": text, "channel": self.channel, "extra": extra}
        return int(self.hotline.carrier.post(f"/phone/{self.number}/send", json=body).json()["status"])

    def hear(self) -> list[str]:
        """New messages, once the hotline has nothing left to answer or to send."""
        self.hotline.settle()
        batch = self._get()
        self.seen = max((message["n"] for message in batch), default=self.seen)
        self.received += batch
        return [message["text"] for message in batch]

    def ask(self, text: str) -> str:
        """Send a text and answer with everything that comes back."""
        assert self.send(text) == 200
        return "\n".join(self.hear())

    def everything(self) -> list[dict[str, Any]]:
        """All messages that ever came, heard or not."""
        found: list[dict[str, Any]] = self.hotline.carrier.get(f"/phone/{self.number}/messages").json()["messages"]
        return found

    @property
    def segments(self) -> int:
        """What the hotline's messages cost so far."""
        return sum(message["segments"] for message in self.received)

    def _get(self) -> list[dict[str, Any]]:
        answer = self.hotline.carrier.get(f"/phone/{self.number}/messages", params={"after": self.seen})
        found: list[dict[str, Any]] = answer.json()["messages"]
        return found


class RunningHotline:
    """Every process of `amparo up` in a home of its own, and the carrier it talks to."""

    command: tuple[str, ...] = (*AMPARO, "up")

    def __init__(self, home: Path, **more: str) -> None:
        self.home, self.port, self.carrier_port = home, free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.carrier = httpx.Client(base_url=f"http://127.0.0.1:{self.carrier_port}", trust_env=False, timeout=30)
        self.env = {
            **{name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ},
            "AMPARO_HOME": str(home),
            "AMPARO_PUBLIC_URL": self.url,
            "AMPARO_SMS_NUMBER": SMS,
            "AMPARO_WHATSAPP_NUMBER": WHATSAPP,
            "TWILIO_ACCOUNT_SID": f"AC{'0' * 31}1",
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_API_BASE_URL": f"http://127.0.0.1:{self.carrier_port}",
            "AMPARO_PASSPHRASE": PASSPHRASE,
            **more,
        }
        self.settings = load(self.env)
        self._gateway = httpx.Client(base_url=self.url, trust_env=False, timeout=20)
        self._database: psycopg.Connection[Any] | None = None
        self._numbers = iter(range(100, 10_000))

    def start(self) -> None:
        """Start the carrier and the hotline, and wait for READY."""
        command = (sys.executable, "-m", "channels.simulator", "--port", str(self.carrier_port))
        self._carrier = subprocess.Popen(command, env=self.env, cwd=ROOT)
        with (self.home / "up.out").open("wb") as out:
            self._up = subprocess.Popen(
                (*self.command, "--port", str(self.port)), env=self.env, cwd=ROOT, stdout=out, stderr=out
            )
        end = time.monotonic() + 150
        while f"READY {self.url}" not in (self.home / "up.out").read_text():
            assert self._up.poll() is None and time.monotonic() < end, (self.home / "up.out").read_text()
            time.sleep(0.2)

    def stop(self) -> None:
        """A clean stop of both."""
        self._up.send_signal(signal.SIGTERM)
        self._up.wait(60)
        self._carrier.terminate()
        self._carrier.wait(10)
        self.carrier.close()
        self._gateway.close()
        self._forget_connection()

    def phone(self, channel: str = "twilio_sms") -> Phone:
        """A telephone nobody used yet."""
        return Phone(self, f"+1202556{next(self._numbers):04d}", channel)

    def amparo(self, *words: str) -> str:
        """Run a command of the operator; what it prints."""
        done = subprocess.run((*AMPARO, *words), env=self.env, cwd=ROOT, capture_output=True, text=True, timeout=110)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def add_reader(self, email: str = "reader@intake.example.org") -> Path:
        """A caseworker of the intake team; the file of their key."""
        key = self.home.parent / f"{self.home.name}-{email.partition('@')[0]}.json"
        self.amparo("staff", "add", "--email", email, "--role", "intake", "--key-out", str(key))
        return key

    def cases(self, key: Path) -> list[dict[str, Any]]:
        """Every case, opened with a caseworker's key."""
        listed = json.loads(self.amparo("cases", "list", "--json"))
        return [json.loads(self.amparo("cases", "show", case["id"], "--key", str(key))) for case in listed]

    @property
    def supervisor(self) -> int:
        """The process id of `amparo up` itself."""
        return self._up.pid

    def pid(self, process: str) -> int:
        """The process id of one of our processes."""
        state = json.loads((self.home / "run/state.json").read_text())
        return int(state["processes"][process])

    def kill(self, process: str) -> None:
        """kill -9 one process (for the engine: its Rasa too, which dies with it)."""
        os.kill(self.pid(process), signal.SIGKILL)

    def webhook(self, sid: str, sender: str, text: str, signature: str | None = None) -> httpx.Response:
        """A webhook as Twilio signs it, sent by ourselves."""
        form = {
            "MessageSid": sid,
            "AccountSid": self.settings.account_sid,
            "From": sender,
            "To": SMS,
            "Body": text,
            "NumMedia": "0",
        }
        signed = RequestValidator(TOKEN).compute_signature(f"{self.url}/twilio/sms", form)
        headers = {
            "X-Twilio-Signature": signed if signature is None else signature,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        return self._gateway.post("/twilio/sms", content=urlencode(form), headers=headers)

    def unpaced(self) -> None:
        """Our numbers may send faster than a carrier lets them: pacing has tests of its own."""
        self.rows("update inbox.sending_number set segments_per_second = 500 returning id")

    def settle(self, patience: float = PATIENCE) -> None:
        """Wait until every message is answered and every answer is with the carrier."""
        end = time.monotonic() + patience
        while self.rows(OPEN) != [(0,)]:
            assert time.monotonic() < end, "the hotline did not come to rest"
            time.sleep(0.03)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What the owner of the database sees."""
        for last in (False, True):
            try:
                if self._database is None or self._database.closed:
                    self._database = psycopg.connect(conninfo(self.settings, "owner"), autocommit=True)
                return self._database.execute(query.encode()).fetchall()
            except psycopg.OperationalError:  # PostgreSQL was killed by a test and is coming back
                self._forget_connection()
                if last:
                    raise
        raise AssertionError

    def _forget_connection(self) -> None:
        if self._database is not None:
            self._database.close()
        self._database = None


@contextmanager
def a_hotline(kind: type[RunningHotline] = RunningHotline) -> Iterator[RunningHotline]:
    """A hotline with sample jobs in a home of its own that is removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="amparo-functional-"))
    folder.chmod(0o711)  # as root, PostgreSQL runs as another account and must get to its files
    (folder / "home").mkdir(mode=0o711)
    running = kind(folder / "home")
    try:
        running.start()
        running.amparo("jobs", "import", "--sample")
        running.unpaced()
        yield running
    finally:
        running.stop()
        shutil.rmtree(folder, ignore_errors=True)
