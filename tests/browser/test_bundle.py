"""The committed bundles: what the manifest says, what the sources build, and nothing that a policy must stop."""

import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WEB, STATIC = ROOT / "console" / "web", ROOT / "console" / "static"
FORBIDDEN = re.compile(
    r"\beval\(|\bnew Function\b|\.(?:inner|outer)HTML\b|insertAdjacentHTML|document\.write|\bsrcdoc\b"
)
UNREACHABLE = re.compile(
    r"code (?:ENOTFOUND|ECONN\w+|EAI_AGAIN|ETIMEDOUT|ENETUNREACH|E40[137]|E5\d\d)|ERR_SOCKET_TIMEOUT"
)
TIMEOUT = 90


def _sources() -> list[Path]:
    return sorted((WEB / "src").rglob("*.js"))


def test_the_manifest_names_every_script_with_its_sum() -> None:
    manifest = json.loads((STATIC / "manifest.json").read_text())
    scripts = {path.name for path in STATIC.rglob("*") if path.suffix in (".js", ".mjs", ".wasm")}
    assert {"crypto.js", "desk.js"} <= scripts
    assert set(manifest) == scripts | {"licences.txt"}
    assert manifest == {name: hashlib.sha256((STATIC / name).read_bytes()).hexdigest() for name in manifest}


def test_no_script_runs_text_or_makes_markup_of_it() -> None:
    found = [path.name for path in [*STATIC.glob("*.js"), *_sources()] if FORBIDDEN.search(path.read_text())]
    assert found == []


def test_the_check_for_markup_finds_it() -> None:
    assert all(FORBIDDEN.search(line) for line in ("x.innerHTML = y", "eval(x)", "new Function('x')"))


def test_one_copy_of_the_crypto_is_shipped() -> None:
    """The tested file is the one that the desk runs."""
    assert 'from "./crypto.js"' in (STATIC / "desk.js").read_text()
    assert "argon2" not in (STATIC / "desk.js").read_text().lower()


def test_nobody_reaches_behind_the_interface_of_the_crypto() -> None:
    behind = re.compile(r'from "[./]+/crypto/(?!index\.js")|from "(?:@hpke|hash-wasm|@scure)')
    outside = [path for path in _sources() if path.parent.name != "crypto"]
    assert [path.name for path in outside if behind.search(path.read_text())] == []


def test_the_lock_names_no_registry_and_every_package_has_its_sum() -> None:
    packages = json.loads((WEB / "package-lock.json").read_text())["packages"]
    fetched = {name: entry for name, entry in packages.items() if name}
    assert fetched
    assert all("resolved" not in entry and entry["integrity"].startswith("sha512-") for entry in fetched.values())


def test_every_package_is_pinned() -> None:
    declared = json.loads((WEB / "package.json").read_text())
    versions = [*declared["dependencies"].values(), *declared["devDependencies"].values()]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in versions)


def test_the_bundles_are_what_the_sources_build(tmp_path: Path) -> None:
    web = _installed(tmp_path)
    done = _run(["node", "build.mjs", "--check"], web)
    assert done.returncode == 0, f"{done.stdout}{done.stderr}\nrun `make bundle` and commit console/static"


def _installed(folder: Path) -> Path:
    """A folder with the sources and their packages: the checkout, or a copy with `npm ci`; else the test is skipped."""
    if shutil.which("node") is None:
        pytest.skip("no Node: it is needed to build the bundles, not to run Amparo")
    if (WEB / "node_modules").is_dir():
        return WEB
    if shutil.which("npm") is None:
        pytest.skip("no npm and no console/web/node_modules")
    shutil.copytree(STATIC, folder / "static")
    web = shutil.copytree(WEB, folder / "web")
    done = _run(["npm", "ci", "--prefer-offline", "--fetch-retries=0", "--fetch-timeout=10000"], web)
    if UNREACHABLE.search(done.stderr):
        pytest.skip("no console/web/node_modules, and `npm ci` reaches no package registry")
    assert done.returncode == 0, done.stderr
    return web


def _run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=TIMEOUT, check=False)
