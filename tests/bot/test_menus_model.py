"""A damaged model: free text means nothing, digits and menus go on. Starts an engine of its own."""

import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot import engine_process, train
from bot.client import Engine, Parsed
from tests.bot.conftest import Phone, Running, free_port

pytestmark = [pytest.mark.engine, pytest.mark.slow]


@pytest.fixture
def limping(running: Running, tmp_path: Path) -> Iterator[Running]:
    for name in (*train.NAMES, "manifest.json"):
        shutil.copy(train.MODELS / name, tmp_path / name)
    (tmp_path / "amparo.tar.gz").write_bytes(b"damaged")
    placed = replace(running.settings, engine_url=f"http://127.0.0.1:{free_port()}", home=tmp_path)
    child = _start(placed, running, tmp_path)
    engine = Engine(placed)
    try:
        end = time.monotonic() + 90
        while not engine.healthy():
            assert child.poll() is None
            assert time.monotonic() < end
            time.sleep(0.3)
        yield replace(running, settings=replace(placed, home=running.settings.home), engine=engine)
    finally:
        engine.close()
        child.terminate()
        child.wait(20)
        if child.stdout:
            child.stdout.close()


def _start(placed: object, running: Running, models: Path) -> "subprocess.Popen[bytes]":
    """The engine's own folder is in `models`, its database is the running one."""
    env = engine_process.environment(placed, models)  # type: ignore[arg-type]
    env["AMPARO_ENGINE_DATABASE"] = engine_process.database(running.settings)
    (models / "tmp").mkdir()
    command = engine_process.command(placed, engine_process.choose_model(models))  # type: ignore[arg-type]
    child = subprocess.Popen(command, cwd=train.ENGINE, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    threading.Thread(target=engine_process.follow, args=(child.stdout,), daemon=True).start()
    return child


def test_menus_and_digits_work_without_understanding(limping: Running, phone: Phone) -> None:
    phone.running = limping
    assert limping.engine.parse("I need work") == Parsed(None)
    assert phone.keys_of("not_understood") == ["chat.not_understood"]
    assert phone.keys_of("show_menu") == ["menu.main"]
    assert phone.digit("3") == ["report.ask_safe"]
    assert phone.digit("1") == ["report.ask_story"]
    assert phone.tell() == ["report.ask_kind"]
