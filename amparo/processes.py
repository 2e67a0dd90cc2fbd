"""The processes of one machine, in start order: command, environment, and how to see that one is ready.

An environment is built from a list of what the process may know; nothing else of ours reaches it.
"""

import secrets
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

import psycopg
from sqlalchemy.engine import URL, make_url

from core.config import Settings, load
from core.database import conninfo
from core.errors import AmparoError

type Ready = Callable[[], bool]

_BASE = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR")
_STORE = ("AMPARO_HOME", "AMPARO_KEYS", "DATABASE_URL")
_NUMBERS = (
    "AMPARO_SMS_NUMBER",
    "AMPARO_WHATSAPP_NUMBER",
    "AMPARO_PUBLIC_URL",
    "TWILIO_ACCOUNT_SID",
    "TWILIO_AUTH_TOKEN",
)
_CARRIER = ("TWILIO_API_KEY", "TWILIO_API_SECRET", "TWILIO_API_BASE_URL", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE")
_ENGINE = ("AMPARO_ENGINE_URL", "AMPARO_ENGINE_TOKEN", "AMPARO_ACTIONS_URL")

KNOWS: dict[str, tuple[str, ...]] = {
    "db": ("AMPARO_HOME",),
    "migrate": (*_STORE, *_NUMBERS),
    "sample": _STORE,
    "actions": (*_STORE, "AMPARO_HOURS"),
    "engine": ("AMPARO_HOME", "DATABASE_URL", *_ENGINE),
    "worker": (*_STORE, *_ENGINE),
    "sender": (*_STORE, *_NUMBERS, *_CARRIER),
    "carrier": ("AMPARO_HOME", *_NUMBERS),
    "console": (*_STORE, "AMPARO_CONSOLE_URL", "AMPARO_CONSOLE_FRAME"),
    "gateway": (*_STORE, *_NUMBERS),
}
_OWNERS = ("migrate", "sample")
"""One-shot processes that act as the owner of the database; the others never see the owner's password."""

ENGINE_PATIENCE = 24 * 3600
"""Without an engine STOP and a cry are still answered: a hotline in use is not stopped for a model that is late."""

_local = build_opener(ProxyHandler({}))


@dataclass(frozen=True)
class Process:
    """One process to keep running; a one-shot process is ready when it has ended well."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(repr=False)
    waits_for: str
    ready: Ready
    patience: float = 30
    once: bool = False
    stop_after: float = 10


@dataclass(frozen=True)
class Ports:
    """Loopback ports of one start; `gateway` is the one the world sees, staff see the one after it."""

    gateway: int
    actions: int
    engine: int
    carrier: int

    @property
    def console(self) -> int:
        """The port of the console."""
        return self.gateway + 1


def free_ports(gateway: int) -> Ports:
    """The gateway's port and three free loopback ports, none of them the console's."""
    sockets = [socket.socket() for _ in range(4)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        found = [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()
    return Ports(gateway, *[port for port in found if port != gateway + 1][:3])


def check_port(host: str, port: int) -> None:
    """Refuse to start on a port that is taken. Raises AmparoError."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise AmparoError(
                f"port {port} on {host} cannot be used ({error.strerror}): choose another with --port"
            ) from None


def full_environment(env: Mapping[str, str], settings: Settings, ports: Ports) -> dict[str, str]:
    """Everything any process may know: what was configured, the addresses of this start and a fresh engine token."""
    return {
        **env,
        "AMPARO_HOME": str(settings.home),
        "AMPARO_KEYS": str(settings.keys),
        "AMPARO_ENGINE_URL": f"http://127.0.0.1:{ports.engine}",
        "AMPARO_ACTIONS_URL": f"http://127.0.0.1:{ports.actions}",
        "AMPARO_ENGINE_TOKEN": secrets.token_urlsafe(32),
    }


def plan(
    full: Mapping[str, str], ports: Ports, host: str, console_host: str = "127.0.0.1", *, demo: bool
) -> list[Process]:
    """The processes in start order: what takes and gates messages first, for carriers do not wait for a model."""
    settings = load(full)
    made = _Maker(full, settings)
    token = full["AMPARO_ENGINE_TOKEN"]
    actions = ("bot.actions_process", "--port", str(ports.actions))
    engine = ("bot.engine_process", "--port", str(ports.engine))
    carrier = ("channels.simulator", "--port", str(ports.carrier))
    gateway = _gunicorn(host, ports.gateway, "channels.simulator.page" if demo else "channels.webhooks")
    console = _gunicorn(console_host, ports.console, "console.app", "console.gunicorn_conf")
    loaded = _answers(ports.engine, f"/status?token={token}")
    engine_loads = "Rasa to load its model (20 to 60 seconds); messages are taken already"
    processes = [
        made.once("migrate", ("amparo.cli", "migrate"), "keys, tables and grants"),
        made.once("sample", ("amparo.demo",), "sample jobs and a demo intake team"),
        made.one("worker", ("bot.worker",), "the worker to reach the database", _in_database(settings, "worker")),
        made.one(
            "sender", ("channels.sender_process",), "the sender to reach it too", _in_database(settings, "sender")
        ),
        made.one("carrier", carrier, "the local carrier", _answers(ports.carrier, "/healthz")),
        made.one("gateway", gateway, "the webhooks", _answers(ports.gateway, "/readyz", host)),
        made.one("console", console, "the console", _answers(ports.console, "/healthz", console_host)),
        made.one("actions", actions, "the action server", _answers(ports.actions, "/health")),
        replace(made.one("engine", engine, engine_loads, loaded), patience=90 if demo else ENGINE_PATIENCE),
    ]
    if settings.database_url is None:
        database = made.one("db", ("amparo.db",), "PostgreSQL", _in_server(settings))
        processes.insert(0, replace(database, stop_after=30))
    return [process for process in processes if demo or process.name not in ("sample", "carrier")]


@dataclass(frozen=True)
class _Maker:
    full: Mapping[str, str]
    settings: Settings

    def once(self, name: str, module: tuple[str, ...], waits_for: str) -> Process:
        """A process that does its work and ends."""
        return replace(self.one(name, module, waits_for, lambda: False), once=True, patience=120)

    def one(self, name: str, module: tuple[str, ...], waits_for: str, ready: Ready) -> Process:
        """A process that runs for ever."""
        command = (sys.executable, "-m", *module)
        return Process(name, command, environment(name, self.full, self.settings), waits_for, ready)


def environment(name: str, full: Mapping[str, str], settings: Settings) -> dict[str, str]:
    """What the process `name` may know."""
    known = {key: full[key] for key in (*_BASE, *KNOWS[name]) if full.get(key)}
    if settings.database_url and "DATABASE_URL" in known and name not in _OWNERS:
        known["DATABASE_URL"] = _without_owner(settings.database_url)
        if name == "engine":  # its launcher reads the engine's own password there; Rasa gets neither
            known["AMPARO_KEYS"] = full["AMPARO_KEYS"]
    return {**known, "PYTHONUNBUFFERED": "1"}


def _without_owner(url: str) -> str:
    full = make_url(url).difference_update_query(["user", "password", "passfile"])
    bare = URL.create(full.drivername, host=full.host, port=full.port, database=full.database, query=full.query)
    return bare.render_as_string()


def _gunicorn(host: str, port: int, module: str, config: str = "channels.gunicorn_conf") -> tuple[str, ...]:
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return (
        "gunicorn",
        "-c",
        f"python:{config}",
        "--no-control-socket",
        "--bind",
        address,
        f"{module}:create_app()",
    )


def _answers(port: int, path: str, host: str = "127.0.0.1") -> Ready:
    """Ready when a GET answers 200 on this machine."""
    to = "127.0.0.1" if host in ("0.0.0.0", "") else "[::1]" if host == "::" else host  # noqa: S104 - compared, not bound

    def ready() -> bool:
        try:
            with _local.open(f"http://{to}:{port}{path}", timeout=2) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError, ValueError):
            return False

    return ready


def _in_server(settings: Settings) -> Ready:
    server = psycopg.conninfo.make_conninfo(conninfo(settings, "owner"), dbname="postgres")
    return lambda: _selects(server, "select true")


def _in_database(settings: Settings, role: str) -> Ready:
    """Ready when the role holds a connection: these processes have no port."""
    query = f"select exists (select 1 from pg_stat_activity where usename = 'amparo_{role}')"
    return lambda: _selects(conninfo(settings, "owner"), query)


def _selects(server: str, query: str) -> bool:
    try:
        with psycopg.connect(server, connect_timeout=2) as connection:
            row = connection.execute(query.encode()).fetchone()
            return row is not None and bool(row[0])
    except psycopg.Error:
        return False
