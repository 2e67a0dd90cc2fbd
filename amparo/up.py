"""`amparo up` and `amparo demo`: check the configuration, then supervise the processes until a signal."""

import secrets
import time
from collections.abc import Mapping
from pathlib import Path

from amparo import running
from amparo.processes import Ports, check_port, free_ports, full_environment, plan
from amparo.supervisor import Say, Supervisor
from core.config import ConfigError, Settings, load
from core.errors import AmparoError
from core.postgres_place import ensure_home

_KEPT_IN_DEMO = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "AMPARO_FAILPOINT")
_PORT_PATIENCE = 5.0
DEMO_SMS, DEMO_WHATSAPP = "+15005550006", "+15005550007"
DEMO_PASSPHRASE = "demo"  # noqa: S105 - the demo's key protects nothing, and says so


def up(env: Mapping[str, str], host: str, port: int, say: Say) -> None:
    """The production processes of one home. Raises ConfigError when numbers or Twilio's credentials are missing."""
    settings = load(env)
    if missing := missing_to_send(settings):
        raise ConfigError([*missing, "or try Amparo without Twilio: `amparo demo`"])
    if not env.get("AMPARO_PUBLIC_URL"):
        env = {**env, "AMPARO_PUBLIC_URL": f"http://127.0.0.1:{port}"}
        say("AMPARO_PUBLIC_URL is not set: Twilio cannot reach this hotline, and its signatures will not fit")
    _supervise(env, settings, host, free_ports(port), say, demo=False)


def demo(env: Mapping[str, str], port: int, say: Say) -> None:
    """Everything on this machine, with a local carrier, sample jobs and a demo intake team."""
    ports = free_ports(port)
    demo_env = demo_environment(env, ports)
    settings = load(demo_env)
    say(f"The demo's reports open with {demo_key(settings.home)} (passphrase: {DEMO_PASSPHRASE})")
    _supervise(demo_env, settings, "127.0.0.1", ports, say, demo=True)


def demo_environment(env: Mapping[str, str], ports: Ports) -> dict[str, str]:
    """An environment of its own: a made-up account and a local carrier; nothing of Twilio or DATABASE_URL passes."""
    home = Path(env.get("AMPARO_HOME") or "var/demo").expanduser().absolute()
    return {
        **{name: env[name] for name in _KEPT_IN_DEMO if name in env},
        "AMPARO_HOME": str(home),
        "AMPARO_PUBLIC_URL": f"http://127.0.0.1:{ports.gateway}",
        "AMPARO_SMS_NUMBER": DEMO_SMS,
        "AMPARO_WHATSAPP_NUMBER": DEMO_WHATSAPP,
        "TWILIO_ACCOUNT_SID": f"AC{secrets.token_hex(16)}",
        "TWILIO_AUTH_TOKEN": secrets.token_hex(16),
        "TWILIO_API_BASE_URL": f"http://127.0.0.1:{ports.carrier}",
    }


def demo_key(home: Path) -> Path:
    """Where the key of the demo's reader is."""
    return home / "demo-key.json"


def missing_to_send(settings: Settings) -> list[str]:
    """What has to be set before a message can be sent or trusted."""
    faults = []
    if not (settings.sms_number or settings.whatsapp_number):
        faults.append("set AMPARO_SMS_NUMBER or AMPARO_WHATSAPP_NUMBER to your Twilio number, such as +15005550006")
    if not settings.account_sid:
        faults.append("set TWILIO_ACCOUNT_SID (Twilio console, Account info)")
    if not settings.auth_token:
        faults.append("set TWILIO_AUTH_TOKEN (Twilio console, Account info): webhooks are verified with it")
    return faults


def _supervise(env: Mapping[str, str], settings: Settings, host: str, ports: Ports, say: Say, *, demo: bool) -> None:
    ensure_home(settings)
    _wait_for_port(host, ports.gateway)
    full = full_environment(env, settings, ports)
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else f"[{host}]" if ":" in host else host  # noqa: S104 - compared
    url = f"http://{shown}:{ports.gateway}"
    known = {name: full[name] for name in running.ENGINE}
    facts: dict[str, object] = {"url": url, "demo": demo, "ports": vars(ports), "engine": known}
    if demo:
        facts["carrier_url"] = f"http://127.0.0.1:{ports.carrier}"
    Supervisor(settings.home, plan(full, ports, host, demo=demo), say, facts).run(f"READY {url}")


def _wait_for_port(host: str, port: int) -> None:
    """The processes of a supervisor that was killed need a moment to let go of their port."""
    end = time.monotonic() + _PORT_PATIENCE
    while True:
        try:
            return check_port(host, port)
        except AmparoError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)
