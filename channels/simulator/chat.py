"""`amparo chat`: a telephone in the terminal against a running demo. Reads a script from a pipe just as well."""

import json
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from core.errors import AmparoError, Unavailable

ROUND = 0.5
USD_PER_SEGMENT = 0.0083
CHANNELS = {"sms": "twilio_sms", "whatsapp": "twilio_whatsapp"}
EPILOG = "Example: printf 'hola\\n1\\n' | amparo chat --phone +12025550123 --channel whatsapp"


class NoDemo(AmparoError):
    """There is nothing to talk to."""


@dataclass
class Telephone:
    """One telephone at the local carrier."""

    http: httpx.Client
    number: str
    channel: str
    seen: int = 0

    def catch_up(self) -> None:
        """Old messages are not shown again."""
        self.seen = max((message["n"] for message in self._get(0)), default=0)

    def send(self, text: str) -> None:
        """Send a text. Raises Unavailable when the hotline did not take it."""
        answer = self.http.post(f"/phone/{self.number}/send", json={"text": text, "channel": self.channel})
        if answer.status_code != 200:
            raise Unavailable("the hotline did not take the message; is every process up? Try `amparo doctor`")

    def receive(self, wait: float) -> list[dict[str, Any]]:
        """New messages, waiting a while for the first."""
        found = self._get(wait)
        self.seen = max((message["n"] for message in found), default=self.seen)
        return found

    def _get(self, wait: float) -> list[dict[str, Any]]:
        answer = self.http.get(f"/phone/{self.number}/messages", params={"after": self.seen, "wait": wait})
        found: list[dict[str, Any]] = answer.raise_for_status().json()["messages"]
        return found


def chat(
    phone: Annotated[str, typer.Option(help="The worker's number, any made-up one.")] = "+12025550101",
    channel: Annotated[str, typer.Option(help="sms or whatsapp.")] = "sms",
    patience: Annotated[float, typer.Option(help="Seconds to wait for the first answer.")] = 20.0,
    quiet: Annotated[float, typer.Option(help="Seconds without a message after which the answer is complete.")] = 1.5,
) -> None:
    """Text the running demo as a worker would. Type a message and press Enter; Ctrl-D or Ctrl-C hangs up."""
    name = CHANNELS.get(channel, channel)
    if name not in CHANNELS.values():
        raise typer.BadParameter(f"channel must be one of {', '.join(CHANNELS)}")
    out = Console(highlight=False)
    try:
        with httpx.Client(base_url=carrier_url(), timeout=60, trust_env=False) as http:
            _talk(Telephone(http, phone, name), out, patience, quiet)
    except (AmparoError, httpx.HTTPError) as error:
        words = str(error) if isinstance(error, AmparoError) else "the demo does not answer; is `make demo` running?"
        Console(stderr=True).print(words, style="red")
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        out.print()


def carrier_url() -> str:
    """Where the running demo keeps its carrier. Raises NoDemo."""
    home = Path(os.environ.get("AMPARO_HOME") or "var").expanduser()
    try:
        return str(json.loads((home / "run" / "state.json").read_text())["carrier_url"])
    except (OSError, ValueError, KeyError, TypeError):
        raise NoDemo(f"no demo is running in {home}: start one with `make demo`, or set AMPARO_HOME") from None


def _talk(telephone: Telephone, out: Console, patience: float, quiet: float) -> None:
    telephone.catch_up()
    number = telephone.http.get("/numbers").raise_for_status().json().get(telephone.channel)
    if number is None:
        raise NoDemo("the demo has no number on this channel")
    is_person = sys.stdin.isatty()
    if is_person:
        out.print(f"[dim]{telephone.number} -> {number} ({telephone.channel}). Ctrl-D hangs up.[/dim]")
    while (line := _read(is_person)) is not None:
        if not is_person:
            out.print(f"> {line}", markup=False)
        telephone.send(line)
        _listen(telephone, out, patience, quiet)


def _read(is_person: bool) -> str | None:
    """The next message to send, None at the end."""
    if is_person:
        try:
            return input("> ")
        except EOFError:
            return None
    line = sys.stdin.readline()
    return line.rstrip("\n") if line else None


def _listen(telephone: Telephone, out: Console, patience: float, quiet: float) -> None:
    """Show what comes until it has been quiet for a while."""
    end = time.monotonic() + patience
    heard = False
    while (left := end - time.monotonic()) > 0:
        for message in telephone.receive(min(left, ROUND)):
            _show(message, out)
            heard, end = True, time.monotonic() + quiet
    if not heard:
        out.print("[dim](no answer yet)[/dim]")


def _show(message: dict[str, Any], out: Console) -> None:
    parts = message["segments"]
    cost = f"{parts} segment{'s' if parts > 1 else ''}, about ${parts * USD_PER_SEGMENT:.4f}"
    label = cost if message["channel"] == "twilio_sms" else "WhatsApp"
    if out.is_terminal:
        out.print(Panel(Text(message["text"]), subtitle=label, subtitle_align="right", width=min(out.width, 64)))
    else:
        out.print(f"{message['text']}\n  [{label}]", markup=False, soft_wrap=True)
