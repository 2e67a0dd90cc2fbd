"""The embedded server: acknowledged rows survive any kill, and only one owner runs at a time."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
import pytest

from core import postgres, postgres_place
from core.config import Settings, load
from core.postgres_place import Account, PostgresError

pytestmark = pytest.mark.slow
type Start = Callable[[], subprocess.Popen[bytes]]


@pytest.fixture(scope="module")
def place() -> Iterator[Settings]:
    folder = Path(tempfile.mkdtemp(prefix="amparo-pg-"))
    yield load({"AMPARO_HOME": str(folder)})
    shutil.rmtree(folder)


@pytest.fixture
def owner_process(place: Settings) -> Iterator[Start]:
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        environment = {**os.environ, "AMPARO_HOME": str(place.home), "DATABASE_URL": ""}
        started.append(
            subprocess.Popen([sys.executable, "-m", "amparo.db"], env=environment, stderr=subprocess.DEVNULL)
        )
        postgres.wait_ready(address(place))
        return started[-1]

    yield start
    for process in started:
        process.terminate()
        process.wait(50)


def address(settings: Settings) -> str:
    return f"host={settings.socket_dir} user=postgres dbname=postgres"


def server_pid(settings: Settings) -> int:
    return int((settings.home / "pg/postmaster.pid").read_text().splitlines()[0])


def write_until_it_breaks(settings: Settings, acknowledged: list[int]) -> None:
    with psycopg.connect(address(settings), autocommit=True) as connection:
        connection.execute("create table if not exists kept (n bigint primary key)")
        first = connection.execute("select coalesce(max(n), 0) + 1 from kept").fetchone()
        assert first is not None
        for n in range(first[0], first[0] + 1_000_000):
            try:
                connection.execute("insert into kept values (%s)", (n,))
            except psycopg.OperationalError:
                return
            acknowledged.append(n)


def kill_owner(process: subprocess.Popen[bytes], settings: Settings) -> None:
    process.kill()


def kill_server(process: subprocess.Popen[bytes], settings: Settings) -> None:
    os.kill(server_pid(settings), signal.SIGKILL)


def kill_both(process: subprocess.Popen[bytes], settings: Settings) -> None:
    server = psutil.Process(server_pid(settings))
    victims: list[psutil.Process] = [psutil.Process(process.pid), *server.children(), server]
    for one in victims:
        with suppress(psutil.NoSuchProcess):
            one.kill()


@pytest.mark.parametrize("kill", [kill_owner, kill_server, kill_both])
def test_acknowledged_rows_survive(place: Settings, owner_process: Start, kill: Callable[..., None]) -> None:
    process = owner_process()
    acknowledged: list[int] = []
    writer = threading.Thread(target=write_until_it_breaks, args=(place, acknowledged))
    writer.start()
    while len(acknowledged) < 200:
        time.sleep(0.01)
    kill(process, place)
    writer.join(10)
    process.wait(10)
    owner_process()
    with psycopg.connect(address(place)) as connection:
        kept = {row[0] for row in connection.execute("select n from kept")}
    assert set(acknowledged) <= kept


def test_a_second_owner_is_refused(place: Settings, owner_process: Start) -> None:
    owner_process()
    with pytest.raises(PostgresError, match="already running"):
        postgres.start(place, patience=0.1)


def test_a_signal_shuts_the_server_down_cleanly(place: Settings, owner_process: Start) -> None:
    process = owner_process()
    process.terminate()
    assert process.wait(10) == 0
    assert not (place.home / "pg/postmaster.pid").exists()


def test_a_server_that_hangs_in_its_shutdown_is_made_to_end(tmp_path: Path) -> None:
    script = (
        "import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
    )
    deaf = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    assert deaf.stdout is not None
    deaf.stdout.readline()
    place = postgres_place.Place(tmp_path, tmp_path, tmp_path, Account(os.geteuid(), os.getegid()))
    with (tmp_path / "pg.lock").open("a") as lock:
        assert postgres.Server(place, deaf, lock).stop(patience=0.3) == -signal.SIGQUIT
    deaf.stdout.close()


def test_a_shutdown_in_the_middle_of_recovery_ends(place: Settings, owner_process: Start) -> None:
    process = owner_process()
    psutil.Process(server_pid(place)).children()[0].kill()
    process.terminate()
    process.wait(50)
    owner_process()


def test_an_initdb_that_was_killed_half_way_is_started_over(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = Path(tempfile.mkdtemp(prefix="amparo-half-"))
    (folder / "pg.new").mkdir()
    (folder / "pg.new/PG_VERSION").write_text("18\n")
    settings = load({"AMPARO_HOME": str(folder)})
    server = postgres.start(settings, durable=False)
    postgres.wait_ready(address(settings))
    assert server.stop() == 0
    shutil.rmtree(folder)


def test_data_of_another_version_is_refused(tmp_path: Path) -> None:
    (tmp_path / "PG_VERSION").write_text("17\n")
    with pytest.raises(PostgresError, match="PostgreSQL 17"):
        postgres._check_version(tmp_path)


def test_nothing_listens_outside_the_private_folder(settings: Settings) -> None:
    assert stat.S_IMODE(settings.socket_dir.stat().st_mode) == 0o700
    connections = psutil.Process(server_pid(settings)).net_connections("inet")
    assert connections == []


def test_the_server_log_never_shows_statements_or_values(settings: Settings) -> None:
    with psycopg.connect(address(settings)) as connection:
        shown: dict[str, str] = dict(connection.execute("select name, setting from pg_settings").fetchall())
    assert shown["log_min_error_statement"] == "panic"
    assert shown["log_min_messages"] == "log"
    assert shown["log_error_verbosity"] == "terse"
    assert shown["log_parameter_max_length_on_error"] == "0"


def test_a_folder_that_somebody_else_prepared_is_refused(tmp_path: Path) -> None:
    real = tmp_path / "real"
    real.mkdir()
    (tmp_path / "run").symlink_to(real)
    with pytest.raises(PostgresError, match="belongs to somebody else"):
        postgres_place._private_folder(tmp_path / "run", Account(os.geteuid(), os.getegid()))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another account")
def test_a_home_below_a_private_folder_is_refused_and_the_folder_stays_private(tmp_path: Path) -> None:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    with pytest.raises(PostgresError, match="set AMPARO_HOME"):
        postgres_place.prepare(load({"AMPARO_HOME": str(private / "home")}))
    assert stat.S_IMODE(private.stat().st_mode) == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another account")
def test_programs_out_of_reach_are_copied_into_the_home(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Path(tempfile.mkdtemp(prefix="amparo-copy-"))
    reaches = postgres_place._reaches
    monkeypatch.setattr(postgres_place, "_reaches", lambda a, f: "site-packages" not in str(f) and reaches(a, f))
    settings = load({"AMPARO_HOME": str(folder)})
    server = postgres.start(settings, durable=False)
    postgres.wait_ready(address(settings))
    assert server.place.programs.is_relative_to(folder)
    assert server.stop() == 0
    shutil.rmtree(folder)


def test_a_deep_home_gets_a_short_socket_folder(tmp_path: Path) -> None:
    settings = load({"AMPARO_HOME": str(tmp_path / ("d" * 100))})
    assert len(bytes(settings.socket_dir)) <= 92
