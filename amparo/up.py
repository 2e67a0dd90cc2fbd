"""`amparo up` and `amparo demo`: check the configuration, then supervise the processes until a signal."""

import secrets
import time
from collections.abc import Mapping
from pathlib import Path

from amparo import demo_accounts, running
from amparo.processes import Ports, check_port, free_ports, full_environment, plan
from amparo.supervisor import Say, Supervisor
from console.addresses import is_loopback, refuse_plain_http
from core.config import ConfigError, Settings, load
from core.errors import AmparoError
from core.postgres_place import ensure_home

_KEPT_IN_DEMO = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR")
_PORT_PATIENCE = 5.0
LOOPBACK = "127.0.0.1"
DEMO_SMS, DEMO_WHATSAPP = "+15005550006", "+15005550007"


def up(env: Mapping[str, str], host: str, port: int, say: Say, console_host: str = LOOPBACK) -> None:
    """The production processes of one home. Raises ConfigError when numbers or Twilio's credentials are missing."""
    env = with_console(env, port)
    settings = load(env)
    refuse_public_console(settings, console_host)
    if missing := missing_to_send(settings):
        raise ConfigError([*missing, "or try Amparo without Twilio: `amparo demo`"])
    if not env.get("AMPARO_PUBLIC_URL"):
        env = {**env, "AMPARO_PUBLIC_URL": f"http://127.0.0.1:{port}"}
        say("AMPARO_PUBLIC_URL is not set: Twilio cannot reach this hotline, and its signatures will not fit")
    _supervise(env, settings, host, free_ports(port), say, console_host, demo=False)


def demo(env: Mapping[str, str], port: int, say: Say) -> None:
    """Everything on this machine, with a local carrier, sample jobs and a demo intake team."""
    ports = free_ports(port)
    demo_env = demo_environment(env, ports)
    settings = load(demo_env)
    _say_who_signs_in(settings, say)
    _supervise(demo_env, settings, LOOPBACK, ports, say, demo=True)


def with_console(env: Mapping[str, str], port: int) -> Mapping[str, str]:
    """Where staff reach the console, when nothing else is said; a frame around it is for the demo alone."""
    env = {name: value for name, value in env.items() if name != "AMPARO_CONSOLE_FRAME"}
    return env if env.get("AMPARO_CONSOLE_URL") else {**env, "AMPARO_CONSOLE_URL": f"http://127.0.0.1:{port + 1}"}


def refuse_public_console(settings: Settings, console_host: str) -> None:
    """Raise ConfigError before a sign-in page would be open to a network without https."""
    refuse_plain_http(settings)
    if not is_loopback(console_host) and not settings.console_url.startswith("https://"):
        fault = f"the console would listen on {console_host} without https: set AMPARO_CONSOLE_URL to the https address"
        raise ConfigError([f"{fault} of a proxy in front of it, or leave --console-host at {LOOPBACK}"])


def demo_environment(env: Mapping[str, str], ports: Ports) -> dict[str, str]:
    """An environment of its own: a made-up account and a local carrier; nothing of Twilio or DATABASE_URL passes."""
    home = Path(env.get("AMPARO_HOME") or "var/demo").expanduser().absolute()
    return {
        **{name: env[name] for name in _KEPT_IN_DEMO if name in env},
        "AMPARO_HOME": str(home),
        "AMPARO_PUBLIC_URL": f"http://127.0.0.1:{ports.gateway}",
        "AMPARO_CONSOLE_URL": f"http://127.0.0.1:{ports.console}",
        "AMPARO_CONSOLE_FRAME": f"http://127.0.0.1:{ports.gateway}",
        "AMPARO_SMS_NUMBER": DEMO_SMS,
        "AMPARO_WHATSAPP_NUMBER": DEMO_WHATSAPP,
        "TWILIO_ACCOUNT_SID": f"AC{secrets.token_hex(16)}",
        "TWILIO_AUTH_TOKEN": secrets.token_hex(16),
        "TWILIO_API_BASE_URL": f"http://127.0.0.1:{ports.carrier}",
    }


def _say_who_signs_in(settings: Settings, say: Say) -> None:
    ensure_home(settings)
    accounts, are_new = demo_accounts.ensure(settings.home)
    for line in demo_accounts.shown(accounts, settings.home) if are_new else ():
        say(line)


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


def _supervise(
    env: Mapping[str, str],
    settings: Settings,
    host: str,
    ports: Ports,
    say: Say,
    console_host: str = LOOPBACK,
    *,
    demo: bool,
) -> None:
    ensure_home(settings)
    _wait_for_port(host, ports.gateway)
    _wait_for_port(console_host, ports.console)
    full = full_environment(env, settings, ports)
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else f"[{host}]" if ":" in host else host  # noqa: S104 - compared
    url = f"http://{shown}:{ports.gateway}"
    known = {name: full[name] for name in running.ENGINE}
    facts: dict[str, object] = {"url": url, "demo": demo, "ports": vars(ports), "engine": known}
    facts["console_url"] = settings.console_url
    if demo:
        facts["carrier_url"] = f"http://127.0.0.1:{ports.carrier}"
    Supervisor(settings.home, plan(full, ports, host, console_host, demo=demo), say, facts).run(f"READY {url}")


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
