"""Inbound accept: signed webhooks at a fixed rate and flat out, worker running and worker stopped."""

import os
import secrets
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import httpx
from twilio.request_validator import RequestValidator

from benchmarks.figures import percentiles
from tests.functional.hotline import SMS, TOKEN, RunningHotline

RATE, SECONDS, FLAT_OUT, PHONES, THREADS = 50, 60, 2000, 200, 16


def run(hotline: RunningHotline) -> dict[str, object]:
    """50 webhooks a second for a minute with everything running, then 2,000 flat out with the worker stopped."""
    steady = at_rate(hotline, RATE, SECONDS)
    hotline.settle(600)
    worker = hotline.pid("worker")
    os.kill(worker, signal.SIGSTOP)
    try:
        flat = flat_out(hotline, FLAT_OUT)
    finally:
        os.kill(worker, signal.SIGCONT)
    backlog = time.monotonic()
    hotline.settle(1200)
    drained = round(FLAT_OUT / (time.monotonic() - backlog), 1)
    return {"steady_50_per_s": steady, "flat_out": flat, "turns_per_s_from_the_backlog": drained}


def requests(hotline: RunningHotline, count: int) -> list[tuple[bytes, dict[str, str]]]:
    """Signed requests, made before the clock runs; 70 % digits."""
    sign = RequestValidator(TOKEN).compute_signature
    made = []
    for number in range(count):
        text = "0" if number % 10 < 7 else "busco trabajo en florida"
        form = {
            "MessageSid": "SM" + secrets.token_hex(16),
            "AccountSid": hotline.settings.account_sid,
            "From": f"+1303555{number % PHONES:04d}",
            "To": SMS,
            "Body": text,
            "NumMedia": "0",
        }
        signature = str(sign(f"{hotline.url}/twilio/sms", form))
        headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
        made.append((urlencode(form).encode(), headers))
    return made


def at_rate(hotline: RunningHotline, rate: int, seconds: int) -> dict[str, object]:
    """Each request has its moment; lateness of the sender does not shorten what is measured."""
    todo = requests(hotline, rate * seconds)
    with client(hotline) as http, ThreadPoolExecutor(THREADS) as pool:
        start = time.perf_counter() + 0.5
        jobs = [pool.submit(_at, http, start + n / rate, *request) for n, request in enumerate(todo)]
        answers = [job.result() for job in jobs]
    return {**percentiles([took for _, took in answers]), "non_200": sum(status != 200 for status, _ in answers)}


def flat_out(hotline: RunningHotline, count: int) -> dict[str, object]:
    """As fast as sixteen connections go."""
    todo = requests(hotline, count)
    with client(hotline) as http, ThreadPoolExecutor(THREADS) as pool:
        began = time.perf_counter()
        answers = list(pool.map(lambda request: _post(http, *request), todo))
        took = time.perf_counter() - began
    failed = sum(status != 200 for status, _ in answers)
    return {"per_s": round(count / took, 1), **percentiles([each for _, each in answers]), "non_200": failed}


def client(hotline: RunningHotline) -> httpx.Client:
    """Sixteen connections to the gateway."""
    limits = httpx.Limits(max_connections=THREADS)
    return httpx.Client(base_url=hotline.url, trust_env=False, timeout=30, limits=limits)


def _at(http: httpx.Client, moment: float, body: bytes, headers: dict[str, str]) -> tuple[int, float]:
    if (wait := moment - time.perf_counter()) > 0:
        time.sleep(wait)
    return _post(http, body, headers)


def _post(http: httpx.Client, body: bytes, headers: dict[str, str]) -> tuple[int, float]:
    began = time.perf_counter()
    status = http.post("/twilio/sms", content=body, headers=headers).status_code
    return status, time.perf_counter() - began
