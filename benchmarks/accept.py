"""Inbound accept: signed webhooks at a fixed rate and flat out, worker running and worker stopped."""

import os
import secrets
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

from twilio.request_validator import RequestValidator

from benchmarks import cpu
from benchmarks.load import at_rate, flat_out, prepared
from tests.functional.hotline import SMS, TOKEN, RunningHotline

RATE, SECONDS, FLAT_OUT, PHONES, LINES = 50, 60, 2000, 200, 16


def run(hotline: RunningHotline) -> dict[str, object]:
    """50 webhooks a second for a minute with everything running, then 2,000 flat out with the worker stopped."""
    steady = at_rate(hotline.port, requests(hotline, RATE * SECONDS), RATE)
    hotline.settle(1200)
    with held(hotline, "worker"):
        before = cpu.seconds(hotline)
        flat = flat_out(hotline.port, requests(hotline, FLAT_OUT), LINES)
        accepting = cpu.spent(before, cpu.seconds(hotline), FLAT_OUT)
        alone = flat_out(hotline.port, requests(hotline, FLAT_OUT // 4), 1)
    before, began = cpu.seconds(hotline), time.monotonic()
    hotline.settle(1800)
    messages = FLAT_OUT + FLAT_OUT // 4
    return {
        "steady_50_per_s": steady,
        "one_connection": alone,
        "flat_out": flat,
        "cpu_ms_per_accept": accepting,
        "turns_per_s_from_the_backlog": round(messages / (time.monotonic() - began), 1),
        "cpu_ms_per_turn": cpu.spent(before, cpu.seconds(hotline), messages),
    }


@contextmanager
def held(hotline: RunningHotline, *names: str) -> Iterator[None]:
    """Some processes do nothing for a while."""
    pids = [hotline.pid(name) for name in names]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def requests(hotline: RunningHotline, count: int) -> list[bytes]:
    """Signed requests, made before the clock runs; 70 % digits."""
    return [
        webhook(hotline, f"+1303555{number % PHONES:04d}", "0" if number % 10 < 7 else "busco trabajo en florida")
        for number in range(count)
    ]


def webhook(hotline: RunningHotline, sender: str, text: str, sid: str | None = None, **extra: str) -> bytes:
    """One signed request to our gateway."""
    form = {
        "MessageSid": sid or "SM" + secrets.token_hex(16),
        "AccountSid": hotline.settings.account_sid,
        "From": sender,
        "To": SMS,
        "Body": text,
        "NumMedia": "0",
        **extra,
    }
    signature = RequestValidator(TOKEN).compute_signature(f"{hotline.url}/twilio/sms", form)
    return prepared("/twilio/sms", form, str(signature))
