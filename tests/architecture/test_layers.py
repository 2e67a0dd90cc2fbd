"""The floors of the building: imports only downward, nothing at import time, one door to cryptography."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = (
    *("amparo", "bot", "channels", "console", "core", "intake"),
    *("intents", "jobs", "migrations", "rights", "translations"),
)
FILES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if ".venv" not in path.parts)
TREES = {path.relative_to(ROOT): ast.parse(path.read_text()) for path in FILES}
OURS = {path: tree for path, tree in TREES.items() if path.parts[:2] != ("bot", "engine")}
LOG_CALLS = {"info", "alarm", "failed"}
# fmt: off
FIELDS = {
    "accepted", "alias", "attempt", "code", "conversation", "error", "hour", "hours_destroyed", "kind", "lang",
    "inbound", "model", "nobody_on_call", "outbox", "path", "pid", "port", "process", "reason", "redaction", "rejected",
    "restart_in", "rows", "run", "serving", "state", "turn",
}
# fmt: on
"""Every name of a field that may stand in a log. A new one is added here by somebody who thought about it."""
TEXTS = {"text", "body", "phone", "sender", "address", "words", "plain"}


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def log_calls(tree: ast.AST) -> Iterator[ast.Call]:
    for call in calls(tree):
        to = call.func
        if (
            isinstance(to, ast.Attribute)
            and to.attr in LOG_CALLS
            and isinstance(to.value, ast.Name)
            and to.value.id == "log"
        ):
            yield call


def all_log_calls() -> Iterator[tuple[str, ast.Call]]:
    return ((f"{path}:{call.lineno}", call) for path, tree in OURS.items() for call in log_calls(tree))


def is_filtered(value: ast.expr) -> bool:
    """The engine's launcher reduces a line of Rasa to one identifier before it is logged."""
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "_identifier"


def test_imports_go_downward_only() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


def test_only_the_envelope_imports_cryptography() -> None:
    found = [path for path, tree in OURS.items() for name in imports(tree) if name.split(".")[0] == "cryptography"]
    assert set(found) == {Path("core/envelope.py")}


def test_nothing_is_printed() -> None:
    for path, tree in OURS.items():
        for call in calls(tree):
            assert not (isinstance(call.func, ast.Name) and call.func.id == "print"), f"{path}:{call.lineno}"


def test_only_our_logger_writes_logs() -> None:
    """`logging.getLogger(...)` may quiet a library, but its methods that write are never called."""
    written = {"debug", "info", "warning", "error", "exception", "critical", "log"}
    for path, tree in OURS.items():
        for call in calls(tree):
            to = call.func
            if isinstance(to, ast.Attribute) and to.attr in written and isinstance(to.value, ast.Name):
                assert to.value.id not in ("logging", "logger"), f"{path}:{call.lineno}"


def test_logs_hold_a_constant_event_and_known_fields() -> None:
    for where, call in all_log_calls():
        assert len(call.args) == 1, f"{where}: only the event is positional"
        assert isinstance(call.args[0], ast.Constant), f"{where}: the event is a constant"
        names = {keyword.arg for keyword in call.keywords}
        assert names <= FIELDS, f"{where}: unknown fields {names - FIELDS}"


def test_a_log_field_is_never_made_from_text() -> None:
    for where, call in all_log_calls():
        for value in (keyword.value for keyword in call.keywords if not is_filtered(keyword.value)):
            parts = list(ast.walk(value))
            names = {n.attr if isinstance(n, ast.Attribute) else getattr(n, "id", "") for n in parts}
            assert not [n for n in parts if isinstance(n, ast.JoinedStr)], f"{where}: put together from parts"
            assert not names & TEXTS, where


def test_every_module_says_what_it_owns() -> None:
    assert [path for path, tree in OURS.items() if tree.body and not ast.get_docstring(tree)] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_importing_a_package_starts_nothing(package: str) -> None:
    """No thread, no connection, no read of the environment's secrets when modules are loaded."""
    modules = [
        ".".join(path.with_suffix("").parts)
        for path in OURS
        if path.parts[0] == package
        and path.name not in ("__main__.py", "__init__.py", "env.py")
        and "versions" not in path.parts
    ]
    script = (
        "import importlib, sys, threading, socket\n"
        "def refuse(*a, **k): raise SystemExit('a socket was opened')\n"
        "socket.socket.connect = refuse\n"
        "for name in sys.argv[1:]: importlib.import_module(name)\n"
        "sys.exit('a thread was started' if threading.active_count() > 1 else 0)"
    )
    done = subprocess.run([sys.executable, "-c", script, *modules], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
