"""Every failpoint of the list stands exactly once in the code, and the code has no other."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from core.failpoints import NAMES

ROOT = Path(__file__).parents[2]
PACKAGES = ("amparo", "bot", "channels", "console", "core", "intake", "intents", "jobs", "rights", "translations")


def passed() -> Iterator[tuple[str, object]]:
    """Where a failpoint is passed, and its name."""
    files = (path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    for path in (path for path in files if not {".venv", "node_modules"} & set(path.parts)):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "failpoint":
                name = node.args[0]
                yield f"{path.relative_to(ROOT)}:{node.lineno}", name.value if isinstance(name, ast.Constant) else None


def test_each_name_is_passed_in_exactly_one_place_and_no_other_name_is() -> None:
    found = Counter(name for _, name in passed())
    assert found == Counter(NAMES)


def test_a_failpoint_is_named_by_a_word_that_can_be_searched_for() -> None:
    assert [where for where, name in passed() if not isinstance(name, str)] == []
    assert all(name.replace("_", "").replace(".", "", 1).isalpha() for name in NAMES)
