"""Promises of the project that no single module can keep."""

import re
import subprocess
from pathlib import Path

import pytest

from core.config import load

ROOT = Path(__file__).parents[2]
MAKEFILE = (ROOT / "Makefile").read_text()
TARGETS = ("help", "setup", "demo", "up", "test", "test-fast", "lint", "types", "train", "bench", "check")


@pytest.mark.parametrize("target", TARGETS)
def test_every_make_target_is_in_the_help(target: str) -> None:
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert re.search(rf"make {target}\s", shown)


def test_ci_runs_what_a_contributor_runs() -> None:
    script = ROOT / ".ci/run"
    assert "make test" in script.read_text()
    assert script.stat().st_mode & 0o111


def test_every_setting_is_explained_in_the_readme_or_docs() -> None:
    source = (ROOT / "core/config.py").read_text()
    names = set(re.findall(r'"((?:AMPARO|TWILIO|DATABASE)_[A-Z_]+)"', source)) - {"AMPARO_FAILPOINT"}
    docs = "\n".join(path.read_text() for path in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md")))
    inner = {"AMPARO_ENGINE_URL", "AMPARO_ENGINE_TOKEN", "AMPARO_ACTIONS_URL"}
    assert {name for name in names - inner if name not in docs} == set()


def test_no_file_names_a_machine_it_was_written_on() -> None:
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True)
    private = re.compile(r"/(?:work|root|home/[a-z]+)/")
    for name in listed.stdout.split("\n"):
        path = ROOT / name
        if path.suffix in (".py", ".toml", ".md", ".yml", ".sh", ".service") and path.is_file():
            assert not private.search(path.read_text(errors="replace").replace(str(private.pattern), "")), name


def test_reading_the_settings_touches_no_file(tmp_path: Path) -> None:
    load({"AMPARO_HOME": str(tmp_path / "home")})
    assert not (tmp_path / "home").exists()
