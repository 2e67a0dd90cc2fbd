"""The command line, and fetching from a configured address."""

import json
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from core.config import Settings
from core.errors import Unavailable
from jobs.cli import app
from jobs.sync import NoAddress, address, fetch
from tests.unit.jobs.conftest import order


def test_without_an_address_sync_says_what_to_set() -> None:
    with pytest.raises(NoAddress, match="AMPARO_JOBS_URL"):
        address({})
    with pytest.raises(NoAddress):
        address({"AMPARO_JOBS_URL": "ftp://example.org"})


def _client(body: bytes, *, ranges: bool = True, status: int = 200) -> httpx.Client:
    def answer(request: httpx.Request) -> httpx.Response:
        begin = request.headers.get("Range", "").removeprefix("bytes=").removesuffix("-")
        if begin and ranges:
            return httpx.Response(206, content=body[int(begin) :]) if int(begin) < len(body) else httpx.Response(416)
        return httpx.Response(status, content=body)

    return httpx.Client(transport=httpx.MockTransport(answer))


@pytest.mark.parametrize(("ranges", "held"), [(True, b"[1,"), (False, b"[1,"), (True, b"")])
def test_a_download_goes_on_where_it_broke_off(tmp_path: Path, ranges: bool, held: bytes) -> None:
    (tmp_path / "seasonaljobs.json.part").write_bytes(held)
    path = fetch("https://example.org/jobs", tmp_path, _client(b"[1, 2, 3]"[:3] + b" 2, 3]", ranges=ranges))
    assert json.loads(path.read_text()) == [1, 2, 3]


def test_an_address_that_fails_is_named_by_kind_only(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="try again later"):
        fetch("https://example.org/jobs", tmp_path, _client(b"", status=500))


def test_import_search_and_check_from_the_command_line(
    settings: Settings, clean: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AMPARO_HOME", str(settings.home))
    path = tmp_path / "orders.json"
    path.write_text(json.dumps([order(end_date="2027-06-01", begin_date="2026-12-01")]))
    run = CliRunner()
    imported = json.loads(run.invoke(app, ["import", str(path), "--json"]).stdout)
    assert (imported["rows"], imported["accepted"]) == (1, 1)
    assert "unchanged" in run.invoke(app, ["import", str(path)]).stdout
    found = json.loads(run.invoke(app, ["search", "abejas", "--lang", "es", "--today", "2026-11-01", "--json"]).stdout)
    assert (found["total"], found["results"][0]["case_number"]) == (1, "H-300-25312-390600")
    assert "Beekeeper" in run.invoke(app, ["search", "bees", "--today", "2026-11-01"]).stdout
    checked = json.loads(run.invoke(app, ["check", "example bees", "--json"]).stdout)
    assert checked["found"][0]["place"] == "Colquitt GA"
    assert "proves nothing" in run.invoke(app, ["check", "nobody"]).stdout


def test_import_wants_a_file_or_the_sample() -> None:
    assert CliRunner().invoke(app, ["import"]).exit_code == 2
