"""The dialogue of these tests is Rasa's own: with its rules and forms taken out, the same steps lead nowhere."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from bot import train
from tests.functional.hotline import Phone, RunningHotline
from tests.functional.outage import other_engine
from tests.functional.test_road import RECEIPT
from translations.catalog import render

pytestmark = [pytest.mark.slow, pytest.mark.engine, pytest.mark.timeout(180)]

ENGLISH = ("0", "1")
JOB = ("0", "1", "1", "1")
REPORT = ("0", "3", "1", "they keep half of the pay", *"11111111")
"""Digits and words of the interview alone: nothing here has to be understood by a classifier."""
ONE_RULE = {"version": "3.1", "rules": [{"rule": "thanks", "steps": [{"intent": "thank"}, {"action": "utter_thanks"}]}]}
TROUBLE = render("en", "chat.trouble")
FIT = "import sys; from pathlib import Path; from rasa.model_training import train; import fit; "
FIT += "sys.exit(not fit._fit(train, 'menus.yml', 'menus', Path(sys.argv[1])))"


@pytest.fixture(scope="module")
def without_rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a model of the same domain and actions that knows how to thank, and nothing else."""
    project, models = tmp_path_factory.mktemp("engine"), tmp_path_factory.mktemp("models")
    shutil.copy(train.ENGINE / "menus.yml", project)
    shutil.copy(train.ENGINE / "fit.py", project)
    (project / "domain").mkdir()
    for path in (train.ENGINE / "domain").glob("*.yml"):
        domain = yaml.safe_load(path.read_text(encoding="utf-8"))
        domain.pop("forms", None)
        (project / "domain" / path.name).write_text(yaml.safe_dump(domain), encoding="utf-8")
    (project / "data").mkdir()
    (project / "data" / "leave.yml").write_text(yaml.safe_dump(ONE_RULE))
    (project / "data" / "rules").mkdir()
    env = {**train._environment(models), "PYTHONPATH": f"{project}:{train.ENGINE}"}
    command = [str(train.ENGINE / ".venv/bin/python"), "-c", FIT, str(models)]
    done = subprocess.run(command, cwd=project, env=env, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    (models / "menus.tar.gz").rename(models / "amparo.tar.gz")
    digests = {"amparo.tar.gz": train.file_hash(models / "amparo.tar.gz")}
    (models / "manifest.json").write_text(json.dumps({"inputs": "none", "models": digests}))
    return models


def walk(phone: Phone, steps: tuple[str, ...]) -> list[str]:
    """Send one text after the other, each when the one before is answered; everything that comes."""
    return [words for text in steps if phone.send(text) == 200 for words in phone.hear()]


def test_without_rules_and_forms_no_job_is_looked_for_and_no_report_is_begun(
    shaken: RunningHotline, shaken_key: Path, without_rules: Path
) -> None:
    cases, drafts = ("select count(*) from intake." + table for table in ("case", "draft"))
    before, unfiled = shaken.rows(cases)[0][0], shaken.rows(drafts)
    seeker, reporter = shaken.phone(), shaken.phone()
    assert any("Certified jobs" in words for words in walk(seeker, (*ENGLISH, *JOB)))
    assert any(RECEIPT.search(words) for words in walk(reporter, (*ENGLISH, *REPORT)))
    assert shaken.rows(cases) == [(before + 1,)]
    for phone in (seeker, reporter):
        walk(phone, ("0",))
    with other_engine(shaken, without_rules):
        assert (seeker.send(JOB[1]), reporter.send(REPORT[1])) == (200, 200)
        assert (seeker.hear(), reporter.hear()) == ([TROUBLE], [TROUBLE])
    assert shaken.rows(drafts) == unfiled
    assert walk(seeker, JOB[:2])[-1] == render("en", "jobs.ask_work")
    assert "Is it safe" in walk(reporter, REPORT[:2])[-1]
