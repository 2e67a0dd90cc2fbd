"""A carrier that posts what it was given: prepared bytes over kept connections, so that it takes little time itself."""

import socket
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlencode

from benchmarks.figures import percentiles

PATIENCE = 60.0


@dataclass(frozen=True)
class Answer:
    """What became of one request; status 0 when nobody answered."""

    status: int
    seconds: float


class Line:
    """One kept connection to a port of this machine."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket: socket.socket | None = None

    def post(self, request: bytes) -> Answer:
        """Send a prepared request and wait for its answer."""
        began = time.perf_counter()
        try:
            status = self._exchange(request)
        except (OSError, ValueError):
            self.close()
            status = 0
        return Answer(status, time.perf_counter() - began)

    def close(self) -> None:
        """Hang up."""
        if self._socket is not None:
            with suppress(OSError):
                self._socket.close()
        self._socket = None

    def _exchange(self, request: bytes) -> int:
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port), PATIENCE)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(request)
        head, _, body = self._read_head(self._socket)
        rest = _length(head) - len(body)
        while rest > 0:
            rest -= len(self._socket.recv(rest)) or rest
        if b"connection: close" in head.lower():
            self.close()
        return int(head[9:12])

    def _read_head(self, connection: socket.socket) -> tuple[bytes, bytes, bytes]:
        read = b""
        while b"\r\n\r\n" not in read:
            more = connection.recv(65_536)
            if not more:
                raise OSError("hung up")
            read += more
        return read.partition(b"\r\n\r\n")


def _length(head: bytes) -> int:
    lines = (line.partition(b":") for line in head.lower().split(b"\r\n"))
    return next((int(value) for name, _, value in lines if name == b"content-length"), 0)


def prepared(path: str, form: dict[str, str], signature: str) -> bytes:
    """A webhook as bytes."""
    body = urlencode(form)
    head = (
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1",
        f"X-Twilio-Signature: {signature}",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}",
    )
    return ("\r\n".join(head) + "\r\n\r\n" + body).encode()


def flat_out(port: int, todo: Sequence[bytes], lines: int) -> dict[str, float]:
    """As fast as some connections go."""
    began = time.perf_counter()
    answers = _all(port, lines, [lambda line, each=each: line.post(each) for each in todo])
    return {"per_s": round(len(todo) / (time.perf_counter() - began), 1), **_figures(answers)}


def at_rate(port: int, todo: Sequence[bytes], rate: float, lines: int = 32) -> dict[str, float]:
    """Each request has its moment; it counts from there, so a queue before our connections counts too."""
    start = time.perf_counter() + 0.5

    def post(line: Line, number: int) -> Answer:
        moment = start + number / rate
        time.sleep(max(0.0, moment - time.perf_counter()))
        return Answer(line.post(todo[number]).status, time.perf_counter() - moment)

    answers = _all(port, lines, [lambda line, number=number: post(line, number) for number in range(len(todo))])
    return _figures(answers)


def _all(port: int, lines: int, jobs: Sequence[Callable[[Line], Answer]]) -> list[Answer]:
    mine, made = threading.local(), list[Line]()

    def run(job: Callable[[Line], Answer]) -> Answer:
        if not hasattr(mine, "line"):
            mine.line = Line(port)
            made.append(mine.line)
        return job(mine.line)

    with ThreadPoolExecutor(lines) as pool:
        answers = list(pool.map(run, jobs))
    for line in made:
        line.close()
    return answers


def _figures(answers: Sequence[Answer]) -> dict[str, float]:
    refused = sum(not 200 <= answer.status < 300 for answer in answers)
    return {**percentiles([answer.seconds for answer in answers]), "not_accepted": refused}
