"""Training: examples of `intents/` become `bot/engine/data/`, the engine's environment makes two models and a manifest.

`amparo.tar.gz` understands and answers; `menus.tar.gz` answers without understanding, for the day the first is damaged.
"""

import hashlib
import json
import os
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from core.errors import AmparoError
from intents import catalog

ENGINE = Path(__file__).parent / "engine"
MODELS = ENGINE / "models"
NAMES = ("amparo.tar.gz", "menus.tar.gz")
FORMS = ("report_form", "job_form")
type Show = Callable[[str], None]


class TrainingFailed(AmparoError):
    """The engine's environment could not make the models."""


def train(show: Show = print, *, force: bool = False, models: Path = MODELS) -> bool:
    """Make both models unless they are up to date. Returns whether anything was trained; `show` gets progress lines."""
    write_data()
    inputs = inputs_hash()
    if not force and up_to_date(models, inputs):
        show("The models are up to date.")
        return False
    models.mkdir(parents=True, exist_ok=True)
    (models / "manifest.json").unlink(missing_ok=True)
    _fit(models, show)
    manifest = {"inputs": inputs, "models": {name: file_hash(models / name) for name in NAMES}}
    (models / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")
    return True


def up_to_date(models: Path, inputs: str) -> bool:
    """Do the models fit the inputs, and are they undamaged?"""
    manifest = read_manifest(models)
    return manifest.get("inputs") == inputs and all(intact(models, name) for name in NAMES)


def read_manifest(models: Path = MODELS) -> dict[str, Any]:
    """The manifest, empty when there is none or it cannot be read."""
    try:
        found = json.loads((models / "manifest.json").read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def intact(models: Path, name: str) -> bool:
    """Is a model there and what the manifest says it is?"""
    try:
        return bool(read_manifest(models).get("models", {}).get(name) == file_hash(models / name))
    except OSError:
        return False


def file_hash(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def inputs_hash() -> str:
    """One hash over everything a model is made of."""
    digest = hashlib.sha256()
    for path in sorted(_inputs()):
        digest.update(f"{path.relative_to(ENGINE)}\0{file_hash(path)}\n".encode())
    return digest.hexdigest()


def _inputs() -> list[Path]:
    folders = ("domain", "data", "components")
    found = [path for folder in folders for path in (ENGINE / folder).rglob("*") if path.suffix in (".yml", ".py")]
    return found + [ENGINE / name for name in ("config.yml", "menus.yml", "fit.py", "uv.lock")]


def write_data() -> None:
    """Write what is derived: the examples of every language, and the rules that let any intent leave a form."""
    _write(ENGINE / "data" / "nlu.yml", {"version": "3.1", "nlu": nlu()})
    _write(ENGINE / "data" / "leave.yml", {"version": "3.1", "rules": leaving(domain_intents())})


def nlu() -> list[dict[str, Any]]:
    """The examples of all languages by intent, in Rasa's form."""
    said: dict[str, list[str]] = {name: [] for name in catalog.load_catalog()}
    for lang in catalog.languages():
        for intent, texts in catalog.examples(lang).items():
            said[intent] += texts
    return [
        {"intent": name, "examples": [{"text": text} for text in dict.fromkeys(texts)]}
        for name, texts in said.items()
        if texts
    ]


def leaving(names: list[str]) -> list[dict[str, Any]]:
    """A form that has no use for an intent hands it back: it is left, and the intent is answered as if outside."""
    return [
        {
            "rule": f"leave {form}",
            "condition": [{"active_loop": form}],
            "steps": [
                {"or": [{"intent": name} for name in names]},
                {"action": "action_leave_form"},
                {"active_loop": None},
            ],
        }
        for form in FORMS
    ]


def domain_intents() -> list[str]:
    """The intents of the domain, whose files lie side by side, one for each skill."""
    parts = (yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted((ENGINE / "domain").glob("*.yml")))
    return [name for part in parts for name in part.get("intents", [])]


def _write(path: Path, content: Mapping[str, Any]) -> None:
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=120), encoding="utf-8")


def _fit(models: Path, show: Show) -> None:
    """Run the engine's own script; of its outputs only the lines that begin with `amparo:` are shown."""
    python = ENGINE / ".venv" / "bin" / "python"
    if not python.exists():
        raise TrainingFailed("the engine's environment is missing; run `make setup`")
    command = [str(python), "-u", str(ENGINE / "fit.py"), str(models)]
    with subprocess.Popen(
        command, cwd=ENGINE, env=_environment(models), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as child:
        tail = _follow(child, show)
    if child.returncode != 0:
        raise TrainingFailed("the models could not be trained:\n" + "\n".join(tail))


def _follow(child: "subprocess.Popen[str]", show: Show) -> list[str]:
    tail: list[str] = []
    for line in child.stdout or ():
        if line.startswith("amparo:"):
            show(line.removeprefix("amparo:").strip())
        tail = [*tail[-15:], line.rstrip()[-300:]]
    return tail


def _environment(models: Path) -> dict[str, str]:
    return {
        "PATH": os.defpath,
        "HOME": str(models),
        "PYTHONPATH": str(ENGINE),
        "PYTHONHASHSEED": "1",
        "LANG": "C.UTF-8",
        "OMP_NUM_THREADS": "1",
        "RASA_TELEMETRY_ENABLED": "false",
        "RASA_MAX_CACHE_SIZE": "0",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "AMPARO_EMBEDDING_CACHE": str(models / "embeddings.npz"),
    }
