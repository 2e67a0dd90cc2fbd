"""The stock Rasa Twilio channel with our trained model: `rasa run` with the credentials a tutorial would give it.

No file of Rasa is changed. Its Twilio library knows no other address than Twilio's, so a `sitecustomize.py` sends what
it says to the local carrier. Our actions answer only turns of our worker, so a stand-in answers every action at once
with one line. Its memory is the tracker store in memory, the fastest it has.
"""

import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx

from benchmarks.load import prepared
from bot.engine_process import choose_model
from bot.train import ENGINE
from tests.functional.hotline import SMS, TOKEN, free_port

ACCOUNT = f"AC{'0' * 31}1"
PATH = "/webhooks/twilio/webhook"
READY_WITHIN = 180.0
_REDIRECT = """
import os
from twilio.base.client_base import ClientBase
ClientBase.get_hostname = lambda self, uri: uri.replace("https://api.twilio.com", os.environ["CARRIER"])
"""
_CREDENTIALS = f'twilio:\n  account_sid: "{ACCOUNT}"\n  auth_token: "{TOKEN}"\n  twilio_number: "{SMS}"\n'


class _Actions(BaseHTTPRequestHandler):
    """An action server that has one answer."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Say one line, whatever is asked."""
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = json.dumps({"events": [], "responses": [{"text": "done"}]}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""


class Stock:
    """One `rasa run` and the carrier it talks to."""

    path = PATH

    def __init__(self) -> None:
        self.port, self._carrier_port = free_port(), free_port()
        self._folder = tempfile.TemporaryDirectory(prefix="amparo-stock-")
        self._actions = ThreadingHTTPServer(("127.0.0.1", 0), _Actions)
        self.carrier = httpx.Client(base_url=f"http://127.0.0.1:{self._carrier_port}", trust_env=False, timeout=60)

    def start(self) -> None:
        """Start all three and wait until messages are taken."""
        threading.Thread(target=self._actions.serve_forever, daemon=True).start()
        self._write_files()
        command = (sys.executable, "-m", "channels.simulator", "--port", str(self._carrier_port))
        env = {
            "AMPARO_HOME": self._folder.name,
            "AMPARO_SMS_NUMBER": SMS,
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
        }
        self._carrier = subprocess.Popen(command, env={**os.environ, **env})
        self.run_rasa()

    def run_rasa(self) -> None:
        """Start Rasa, as somebody would after it died, and wait until it takes messages."""
        python = str(ENGINE / ".venv" / "bin" / "python")
        files = ("--credentials", "credentials.yml", "--endpoints", "endpoints.yml")
        where = ("--model", str(choose_model()), "--interface", "127.0.0.1", "--port", str(self.port))
        with open(f"{self._folder.name}/rasa.log", "ab") as out:
            self._rasa = subprocess.Popen(
                (python, "-m", "rasa", "run", *where, *files),
                cwd=self._folder.name,
                env=self._environment(),
                stdout=out,
                stderr=out,
            )
        end = time.monotonic() + READY_WITHIN
        while not self._is_ready():
            if self._rasa.poll() is not None or time.monotonic() > end:
                raise RuntimeError("the stock Rasa did not start")
            time.sleep(0.2)

    def kill(self) -> None:
        """kill -9."""
        self._rasa.send_signal(signal.SIGKILL)
        self._rasa.wait()

    def stop(self) -> None:
        """Stop all three."""
        for process in (self._rasa, self._carrier):
            process.terminate()
            process.wait(30)
        self._actions.shutdown()
        self._actions.server_close()
        self.carrier.close()
        self._folder.cleanup()

    def webhook(self, sender: str, text: str, sid: str | None = None, **extra: str) -> bytes:
        """One request as Twilio sends it. The channel looks at no signature, so any will do."""
        form = {"MessageSid": sid or "SM" + secrets.token_hex(16), "AccountSid": ACCOUNT, "From": sender, "To": SMS}
        return prepared(self.path, {**form, "Body": text, "NumMedia": "0", **extra}, "forged")

    def _is_ready(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/webhooks/twilio/", trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False

    def _write_files(self) -> None:
        folder = Path(self._folder.name)
        actions = f'action_endpoint:\n  url: "http://127.0.0.1:{self._actions.server_port}/webhook"\n'
        (folder / "endpoints.yml").write_text(f"{actions}  enable_selective_domain: true\n")
        (folder / "credentials.yml").write_text(_CREDENTIALS)
        (folder / "sitecustomize.py").write_text(_REDIRECT)

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.defpath,
            "LANG": "C.UTF-8",
            "HOME": self._folder.name,
            "MPLCONFIGDIR": self._folder.name,
            "PYTHONPATH": f"{self._folder.name}:{ENGINE}",
            "PYTHONDONTWRITEBYTECODE": "1",
            "OMP_NUM_THREADS": "1",
            "TF_NUM_INTRAOP_THREADS": "1",
            "TF_CPP_MIN_LOG_LEVEL": "3",
            "LOG_LEVEL": "CRITICAL",
            "RASA_TELEMETRY_ENABLED": "false",
            "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
            "CARRIER": f"http://127.0.0.1:{self._carrier_port}",
        }
