"""Training: what the models are made of, and when they are made again."""

import json
from pathlib import Path

import pytest
import yaml

from bot import train
from intents import catalog

NOT_FROM_THE_CATALOG = {"choose", "tell", "resume", "come_back", "wrong_number", "nothing", "not_understood"}


def test_the_domain_knows_every_intent_of_the_catalog() -> None:
    names = train.domain_intents()
    assert len(names) == len(set(names))
    assert set(names) == set(catalog.load_catalog()) | NOT_FROM_THE_CATALOG


def test_every_intent_has_a_rule_that_answers_it() -> None:
    answered = set()
    for path in (train.ENGINE / "data" / "rules").glob("*.yml"):
        for rule in yaml.safe_load(path.read_text())["rules"]:
            for step in rule["steps"]:
                answered |= {entry.get("intent") for entry in step.get("or", [step])}
    assert set(train.domain_intents()) <= answered


def test_every_response_is_one_bare_message_key() -> None:
    for path in (train.ENGINE / "domain").glob("*.yml"):
        for name, variations in yaml.safe_load(path.read_text()).get("responses", {}).items():
            assert [set(variation) for variation in variations] == [{"text"}], name
            assert " " not in variations[0]["text"]


def test_examples_of_all_languages_meet_in_one_intent() -> None:
    by_intent = {entry["intent"]: {example["text"] for example in entry["examples"]} for entry in train.nlu()}
    for lang in catalog.languages():
        for intent, texts in catalog.examples(lang).items():
            assert set(texts) <= by_intent[intent]


def test_any_intent_can_leave_either_form() -> None:
    rules = train.leaving(["greet", "thank"])
    assert [rule["condition"][0]["active_loop"] for rule in rules] == list(train.FORMS)
    assert rules[0]["steps"][0]["or"] == [{"intent": "greet"}, {"intent": "thank"}]


@pytest.fixture
def fitted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for models, and a training that only writes two files."""

    def fit(models: Path, show: train.Show) -> None:
        for name in train.NAMES:
            (models / name).write_bytes(name.encode())

    monkeypatch.setattr(train, "_fit", fit)
    return tmp_path


def _quiet(line: str) -> None:
    return None


def test_an_up_to_date_model_is_not_trained_again(fitted: Path) -> None:
    assert train.train(_quiet, models=fitted)
    assert not train.train(_quiet, models=fitted)
    manifest = json.loads((fitted / "manifest.json").read_text())
    assert manifest["models"]["menus.tar.gz"] == train.file_hash(fitted / "menus.tar.gz")


@pytest.mark.parametrize("name", train.NAMES)
def test_a_damaged_model_is_trained_again(fitted: Path, name: str) -> None:
    train.train(_quiet, models=fitted)
    (fitted / name).write_bytes(b"damaged")
    assert train.train(_quiet, models=fitted)


def test_other_inputs_mean_training(fitted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    train.train(_quiet, models=fitted)
    monkeypatch.setattr(train, "inputs_hash", lambda: "other")
    assert train.train(_quiet, models=fitted)


def test_an_unreadable_manifest_means_training(fitted: Path) -> None:
    train.train(_quiet, models=fitted)
    (fitted / "manifest.json").write_text("{")
    assert train.train(_quiet, models=fitted)


def test_a_training_that_fails_leaves_no_manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(models: Path, show: train.Show) -> None:
        raise train.TrainingFailed("no")

    monkeypatch.setattr(train, "_fit", broken)
    with pytest.raises(train.TrainingFailed):
        train.train(_quiet, models=tmp_path)
    assert train.read_manifest(tmp_path) == {}
