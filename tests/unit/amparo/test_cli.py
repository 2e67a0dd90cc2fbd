"""The command line fails with one clear message, and finds the home that is meant."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from amparo import running
from core.config import load
from core.errors import AmparoError


def amparo(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {"PATH": os.defpath, "HOME": "/", **environment}
    command = [sys.executable, "-m", "amparo.cli", *arguments]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)


def test_up_without_numbers_and_credentials_says_what_to_set(tmp_path: Path) -> None:
    done = amparo("up", AMPARO_HOME=str(tmp_path / "home"))
    assert done.returncode == 2
    for name in (
        "AMPARO_SMS_NUMBER",
        "AMPARO_WHATSAPP_NUMBER",
        "TWILIO_ACCOUNT_SID",
        "TWILIO_AUTH_TOKEN",
        "amparo demo",
    ):
        assert name in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "home").exists()


def test_every_command_is_in_the_help() -> None:
    shown = amparo("--help").stdout
    for name in (
        "up",
        "demo",
        "db",
        "migrate",
        "train",
        "doctor",
        "understand",
        "jobs",
        "staff",
        "keys",
        "cases",
        "audit",
        "chat",
    ):
        assert f" {name} " in shown


@pytest.mark.parametrize("command", ["up", "demo", "doctor", "understand"])
def test_help_has_an_example(command: str) -> None:
    assert "Example:" in amparo(command, "--help").stdout


def test_doctor_names_what_is_missing_and_fails(tmp_path: Path) -> None:
    done = amparo("doctor", AMPARO_HOME=str(tmp_path / "home"))
    assert done.returncode == 1
    assert "amparo migrate" in done.stdout
    assert "the database does not answer" in done.stdout
    assert not (tmp_path / "home").exists()


@pytest.mark.usefixtures("clean")
def test_doctor_looks_at_a_home_that_is_ready(home: Path) -> None:
    done = amparo("doctor", AMPARO_HOME=str(home))
    assert "the database is at revision" in done.stdout
    assert "messages are sealed to the hour" in done.stdout
    assert "for this account alone" in done.stdout


def test_understand_needs_an_engine_that_runs(tmp_path: Path) -> None:
    done = amparo("understand", AMPARO_HOME=str(tmp_path))
    assert done.returncode == 2
    assert "nothing runs in" in done.stderr


def test_the_address_of_the_engine_comes_from_what_runs(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    engine = {"AMPARO_ENGINE_URL": "http://127.0.0.1:5", "AMPARO_ENGINE_TOKEN": "t"}
    (tmp_path / "run/state.json").write_text(json.dumps({"engine": engine}))
    assert running.engine_address({"AMPARO_HOME": str(tmp_path)}) == engine
    assert running.engine_address({"AMPARO_HOME": str(tmp_path), "AMPARO_ENGINE_TOKEN": "mine"}) == {}


def test_nothing_running_is_said(tmp_path: Path) -> None:
    with pytest.raises(AmparoError, match="nothing runs"):
        running.state(load({"AMPARO_HOME": str(tmp_path)}))


def test_a_running_demo_is_found_unless_a_home_was_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert running.demo_home({}) is None
    (tmp_path / "var/demo/run").mkdir(parents=True)
    (tmp_path / "var/demo/run/state.json").write_text("{}")
    assert running.demo_home({}) == tmp_path / "var/demo"
    assert running.demo_home({"AMPARO_HOME": "elsewhere"}) is None
    assert running.demo_home({"DATABASE_URL": "postgresql://x/y"}) is None
    (tmp_path / "var/run").mkdir()
    (tmp_path / "var/run/state.json").write_text("{}")
    assert running.demo_home({}) is None
