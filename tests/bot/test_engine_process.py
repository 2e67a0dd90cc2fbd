"""Launching the engine: the model it may serve, its environment, the filter on its outputs."""

import json
import logging
from pathlib import Path

import pytest

from bot import engine_process, train
from bot.engine_process import NoModel, choose_model, database, environment, follow
from core.config import Settings, load


@pytest.fixture
def models(tmp_path: Path) -> Path:
    for name in train.NAMES:
        (tmp_path / name).write_bytes(name.encode())
    hashes = {name: train.file_hash(tmp_path / name) for name in train.NAMES}
    (tmp_path / "manifest.json").write_text(json.dumps({"inputs": "x", "models": hashes}))
    return tmp_path


def test_an_undamaged_model_is_served(models: Path) -> None:
    assert choose_model(models).name == "amparo.tar.gz"


@pytest.mark.parametrize("harm", ["truncate", "remove", "manifest"])
def test_a_damaged_or_missing_model_falls_back_to_the_menus_with_an_alarm(
    models: Path, harm: str, caplog: pytest.LogCaptureFixture
) -> None:
    if harm == "truncate":
        (models / "amparo.tar.gz").write_bytes(b"ampa")
    elif harm == "remove":
        (models / "amparo.tar.gz").unlink()
    else:
        found = json.loads((models / "manifest.json").read_text())
        found["models"].pop("amparo.tar.gz")
        (models / "manifest.json").write_text(json.dumps(found))
    with caplog.at_level(logging.INFO, logger="amparo"):
        assert choose_model(models).name == "menus.tar.gz"
    assert [record.msg for record in caplog.records] == ["model_damaged"]


def test_with_both_models_damaged_it_says_what_to_do(models: Path) -> None:
    for name in train.NAMES:
        (models / name).write_bytes(b"")
    with pytest.raises(NoModel, match="amparo train"):
        choose_model(models)


def test_the_environment_is_made_from_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "carrier secret")
    env = environment(_settings(tmp_path), tmp_path)
    assert "carrier secret" not in env.values()
    assert env["OMP_NUM_THREADS"] == "1"
    assert env["RASA_TELEMETRY_ENABLED"] == "false"
    assert env["AMPARO_ACTIONS_WEBHOOK"] == "http://127.0.0.1:5055/webhook"


def test_the_database_is_reached_through_the_socket_in_its_own_schema(tmp_path: Path) -> None:
    url = database(_settings(tmp_path))
    assert url.startswith("postgresql+psycopg2://amparo_engine@/amparo?")
    assert "search_path%3Drasa" in url


def test_only_known_lines_of_the_engine_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    lines = [
        b"amparo:ready\n",
        b"amparo:my boss hit me\n",
        b"Traceback: my boss\n",
        b"\xff\xfe",
        b"amparo:failed OSError\n",
    ]
    with caplog.at_level(logging.INFO, logger="amparo"):
        follow(lines)
    assert [(record.msg, record.fields) for record in caplog.records] == [  # type: ignore[attr-defined]
        ("engine", {"state": "ready"}),
        ("engine_failed", {"alarm": True, "error": "OSError"}),
    ]


def test_what_an_earlier_run_unpacked_is_thrown_away(tmp_path: Path) -> None:
    left = tmp_path / "engine" / "tmp" / "left"
    left.mkdir(parents=True)
    engine_process._folder(_settings(tmp_path))
    assert not left.exists()


def _settings(home: Path) -> Settings:
    return load({"AMPARO_HOME": str(home), "AMPARO_ENGINE_TOKEN": "t"})
