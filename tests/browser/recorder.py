"""A forward proxy that keeps every byte a browser and a server on this machine say to each other."""

import http.client
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

_HOP = {"connection", "proxy-connection", "keep-alive", "transfer-encoding", "content-length", "accept-encoding"}


@dataclass(frozen=True)
class Exchanged:
    """One request with its answer: addresses, headers and bodies as they went over the wire."""

    method: str
    url: str
    status: int
    asked: bytes
    answered: bytes


class Recorder(ThreadingHTTPServer):
    """The proxy. Nothing is compressed on the way, so what is recorded can be searched."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.seen: list[Exchanged] = []

    @property
    def address(self) -> str:
        """What a browser is told to use."""
        return f"http://127.0.0.1:{self.server_port}"

    def of(self, origin: str) -> list[Exchanged]:
        """What went to and came from one origin."""
        return [one for one in self.seen if one.url.startswith(f"{origin}/")]


@contextmanager
def recording() -> Iterator[Recorder]:
    """A proxy that listens until the end of the block."""
    recorder = Recorder()
    thread = threading.Thread(target=recorder.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield recorder
    finally:
        recorder.shutdown()
        thread.join()
        recorder.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: Recorder

    def _pass_on(self) -> None:
        target = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = [(name, value) for name, value in self.headers.items() if name.lower() not in _HOP]
        connection = http.client.HTTPConnection(target.netloc, timeout=60)
        path = target.path + (f"?{target.query}" if target.query else "")
        try:
            connection.request(self.command, path, body or None, dict(headers))
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        self._answer(answer, content)
        asked, answered = _lines(self.headers.items()) + body, _lines(answer.getheaders()) + content
        self.server.seen.append(Exchanged(self.command, self.path, answer.status, asked, answered))

    do_GET = do_POST = do_PUT = do_DELETE = _pass_on

    def _answer(self, answer: http.client.HTTPResponse, content: bytes) -> None:
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in _HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: what went by is in `seen`."""


def _lines(headers: Iterable[tuple[str, str]]) -> bytes:
    return "".join(f"{name}: {value}\r\n" for name, value in headers).encode()
