"""Which processes run, in which order, and what each of them may know."""

import socket

import pytest

from amparo.processes import KNOWS, Ports, Process, check_port, free_ports, full_environment, plan
from amparo.up import demo_environment
from core.config import Settings, load
from core.errors import AmparoError

PORTS = Ports(8080, 5001, 5002, 5003)
SECRET = {
    "TWILIO_ACCOUNT_SID": "AC1",
    "TWILIO_AUTH_TOKEN": "token-of-twilio",
    "TWILIO_API_KEY": "SK1",
    "TWILIO_API_SECRET": "secret-of-twilio",
    "AMPARO_SMS_NUMBER": "+15005550006",
    "AMPARO_PASSPHRASE": "a passphrase",
    "AWS_SECRET_ACCESS_KEY": "not ours",
    "PATH": "/usr/bin",
}
EMBEDDED = ["db", "migrate", "worker", "sender", "gateway", "console", "actions", "engine"]


def processes(extra: dict[str, str] | None = None, *, demo: bool = False) -> dict[str, Process]:
    env = {**SECRET, "AMPARO_HOME": "/srv/amparo", **(extra or {})}
    full = full_environment(env, load(env), PORTS)
    return {process.name: process for process in plan(full, PORTS, "127.0.0.1", demo=demo)}


def test_messages_are_taken_and_gated_before_anything_waits_for_a_model() -> None:
    names = list(processes())
    assert max(names.index("gateway"), names.index("worker"), names.index("sender")) < names.index("engine")


def test_production_runs_no_simulator_and_no_sample_data() -> None:
    assert list(processes()) == EMBEDDED


def test_the_demo_adds_a_local_carrier_and_samples_before_the_gateway() -> None:
    assert list(processes(demo=True)) == ["db", "migrate", "sample", "worker", "sender", "carrier", *EMBEDDED[4:]]


def test_a_database_of_your_own_is_not_started_by_us() -> None:
    assert "db" not in processes({"DATABASE_URL": "postgresql://owner:pw@db.example.org/amparo"})


@pytest.mark.parametrize("name", ["db", "actions", "engine", "worker", "console"])
def test_only_who_talks_to_twilio_knows_its_credentials(name: str) -> None:
    known = processes()[name].environment
    assert not any(key.startswith("TWILIO") for key in known)
    assert "token-of-twilio" not in known.values()


def test_the_gateway_verifies_and_never_sends() -> None:
    known = processes()["gateway"].environment
    assert "TWILIO_AUTH_TOKEN" in known
    assert "TWILIO_API_SECRET" not in known
    assert "AMPARO_ENGINE_TOKEN" not in known


def test_the_engine_is_told_of_no_keys() -> None:
    assert "AMPARO_KEYS" not in processes()["engine"].environment


@pytest.mark.parametrize("name", EMBEDDED)
def test_what_is_not_listed_reaches_no_process(name: str) -> None:
    known = processes()[name].environment
    assert not {"AMPARO_PASSPHRASE", "AWS_SECRET_ACCESS_KEY"} & set(known)


@pytest.mark.parametrize("demo", [False, True])
def test_failpoints_reach_no_process_that_we_start(demo: bool) -> None:
    faults = {"AMPARO_FAULTS": "on", "AMPARO_FAILPOINT": "turn.decided"}
    assert not faults.keys() & demo_environment(faults, PORTS).keys()
    for process in processes(faults, demo=demo).values():
        assert not faults.keys() & process.environment.keys(), process.name


@pytest.mark.parametrize("name", ["actions", "engine", "worker", "sender", "gateway", "console"])
def test_only_the_owner_sees_the_owners_password(name: str) -> None:
    found = processes({"DATABASE_URL": "postgresql://owner:hush@db.example.org/amparo?sslmode=require&password=hush"})
    assert "hush" in found["migrate"].environment["DATABASE_URL"]
    known = found[name].environment["DATABASE_URL"]
    assert known == "postgresql://db.example.org/amparo?sslmode=require"


def test_no_secret_is_on_a_command_line_or_in_a_log() -> None:
    for process in processes(demo=True).values():
        token = process.environment.get("AMPARO_ENGINE_TOKEN", "no token here")
        shown = f"{process!r} {' '.join(process.command)}"
        assert token not in shown
        assert "token-of-twilio" not in shown


def test_every_start_has_a_token_of_its_own() -> None:
    tokens = {processes()["worker"].environment["AMPARO_ENGINE_TOKEN"] for _ in range(3)}
    assert len(tokens) == 3


def test_every_process_has_a_list_of_what_it_may_know() -> None:
    assert set(processes(demo=True)) == set(KNOWS)


def test_the_demo_ignores_twilio_and_every_other_database() -> None:
    env = {**SECRET, "DATABASE_URL": "postgresql://x/y", "AMPARO_KEYS": "/etc/keys", "AMPARO_HOME": "/srv/demo"}
    made = demo_environment(env, PORTS)
    assert made["TWILIO_API_BASE_URL"] == f"http://127.0.0.1:{PORTS.carrier}"
    assert not {"DATABASE_URL", "AMPARO_KEYS", "TWILIO_API_KEY", "TWILIO_API_SECRET"} & set(made)
    assert made["TWILIO_AUTH_TOKEN"] != demo_environment(env, PORTS)["TWILIO_AUTH_TOKEN"]
    assert "token-of-twilio" not in made.values()


def test_the_demo_of_a_home_unchosen_lives_beside_the_real_one() -> None:
    assert demo_environment({}, PORTS)["AMPARO_HOME"].endswith("/var/demo")


def test_inner_ports_are_free_and_different() -> None:
    ports = free_ports(8080)
    assert len({ports.actions, ports.engine, ports.carrier, 8080, ports.console}) == 5


def test_a_taken_port_is_named() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(AmparoError, match=f"port {port} .* --port"):
            check_port("127.0.0.1", port)


def test_the_gateway_listens_where_it_was_told(settings: Settings) -> None:
    env = {**SECRET, "AMPARO_HOME": str(settings.home)}
    full = full_environment(env, load(env), PORTS)
    planned = plan(full, PORTS, "0.0.0.0", demo=False)  # noqa: S104 - this is the choice under test
    gateway = next(process for process in planned if process.name == "gateway")
    assert "0.0.0.0:8080" in gateway.command


def test_the_console_listens_one_port_on_and_knows_no_number_and_no_engine() -> None:
    console = processes({"AMPARO_CONSOLE_URL": "https://desk.example.org"})["console"]
    assert "127.0.0.1:8081" in console.command
    assert {name for name in console.environment if name.startswith(("AMPARO", "TWILIO"))} == {
        "AMPARO_HOME",
        "AMPARO_KEYS",
        "AMPARO_CONSOLE_URL",
    }


def test_the_demo_lets_its_own_page_show_the_console_in_a_frame() -> None:
    made = demo_environment({"AMPARO_CONSOLE_FRAME": "https://evil.example.org"}, PORTS)
    assert made["AMPARO_CONSOLE_FRAME"] == "http://127.0.0.1:8080"
    assert made["AMPARO_CONSOLE_URL"] == "http://127.0.0.1:8081"
