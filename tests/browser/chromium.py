"""A headless Chromium, and a small server that serves the console's bundles under the console's policy."""

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

STATIC = Path(__file__).parents[2] / "console" / "static"
PROGRAMS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
POLICY = (
    "default-src 'none'; script-src 'self'{wasm}; connect-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)
WASM = {"/": " 'wasm-unsafe-eval'", "/without-wasm": ""}
_TYPES = {".js": "text/javascript", ".css": "text/css", ".json": "application/json", ".txt": "text/plain"}


def program() -> str | None:
    """The Chromium of this machine: AMPARO_CHROMIUM, or one from the PATH."""
    named = os.environ.get("AMPARO_CHROMIUM")
    return named or next((found for name in PROGRAMS if (found := shutil.which(name))), None)


@contextmanager
def launched(executable: str) -> Iterator[Browser]:
    """A running browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def served() -> Iterator[str]:
    """The address of a server on loopback: `/` and `/without-wasm` are blank pages, `/static/` is the console's."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Vault:
    """The shipped bundle crypto.js in a page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def run(self, script: str, **values: object) -> Any:
        """What an async JavaScript body returns; `vault` is the bundle, and the values have their names."""
        names = ", ".join(values)
        body = f'const vault = await import("/static/crypto.js"); const {{{names}}} = values; {script}'
        return self.page.evaluate(f"async (values) => {{ {body} }}", values)

    def fault(self, script: str, **values: object) -> str | None:
        """The code of the error that a body throws; None when it throws none."""
        caught = "catch (fault) { if (!fault.code) { throw fault; } return fault.code; }"
        code: str | None = self.run(f"try {{ {script}; return null; }} {caught}", **values)
        return code


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path in WASM:
            self._answer(200, "text/html; charset=utf-8", b"<!doctype html><html lang=en><title>Blank</title>")
        elif (path := STATIC / Path(self.path).name).is_file() and self.path == f"/static/{path.name}":
            self._answer(200, _TYPES.get(path.suffix, "application/octet-stream"), path.read_bytes())
        else:
            self._answer(204 if self.path == "/favicon.ico" else 404, "text/plain", b"")

    def _answer(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Content-Security-Policy", POLICY.format(wasm=WASM.get(self.path, "")))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: a test that fails shows the page's own console."""
