"""The command line against the real database, as the operator role, with a real key file."""

import json
from pathlib import Path

import pytest
from sqlalchemy import text
from typer import Typer
from typer.testing import CliRunner, Result

from console.cli import staff_app
from core.config import Settings
from core.envelope import KeyPair
from intake import audit, reading, receipts
from intake.cli import audit_app, cases_app, keys_app
from tests.unit.intake.hotline import Hotline

PASSPHRASE = "six plain words"


@pytest.fixture(autouse=True)
def environment(hotline: Hotline, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMPARO_HOME", str(settings.home))
    monkeypatch.setenv("AMPARO_PASSPHRASE", PASSPHRASE)
    for name in ("DATABASE_URL", "AMPARO_KEYS"):
        monkeypatch.delenv(name, raising=False)


def run(app: Typer, *arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def done(app: Typer, *arguments: object) -> str:
    result = run(app, *arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def refused(app: Typer, *arguments: object) -> str:
    result = run(app, *arguments)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "Traceback" not in result.output
    return result.stderr


def test_from_a_key_to_a_report_read_on_this_machine(hotline: Hotline, tmp_path: Path) -> None:
    key = tmp_path / "ana.key"
    done(keys_app, "new", "--out", key)
    done(staff_app, "add", "--email", "ana@example.org", "--role", "intake", "--public-key", f"{key}.pub")
    hotline.file(hotline.told("Mwen pa touche 😱", "line two\nline three", kind="pay", when="month"), "ht")
    (listed,) = json.loads(done(cases_app, "list", "--json"))
    shown = json.loads(done(cases_app, "show", listed["id"], "--key", key))
    assert shown["story"] == ["Mwen pa touche 😱", "line two\nline three"]
    assert shown["facts"]["kind"] == "pay"
    assert {name: shown[name] for name in listed} == listed
    assert done(audit_app, "verify") == "ok: 4 rows\n"


def test_key_out_makes_a_working_key_and_says_what_it_is_for(hotline: Hotline, tmp_path: Path) -> None:
    key = tmp_path / "demo.key"
    result = run(staff_app, "add", "--email", "demo@example.org", "--role", "intake", "--key-out", key)
    assert result.exit_code == 0
    assert "demo and tests" in result.stderr
    filed = hotline.file(hotline.told("story"))
    assert json.loads(done(cases_app, "show", filed.alias, "--key", key))["story"] == ["story"]


def test_the_reading_is_committed_before_a_word_is_opened(
    hotline: Hotline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = tmp_path / "ana.key"
    done(staff_app, "add", "--email", "ana@example.org", "--role", "intake", "--key-out", key)
    filed = hotline.file(hotline.told("story"))
    unseal, seen = reading.unseal, []

    def watched(sealed: reading.SealedCase, private: bytes) -> dict[str, object]:
        with hotline.operator.begin() as session:
            seen.extend(audit.recorded(session, "case.read", str(sealed.case.id)))
        return unseal(sealed, private)

    monkeypatch.setattr(reading, "unseal", watched)
    done(cases_app, "show", filed.alias, "--key", key)
    assert seen == [{"items": 2}]


def test_a_wrong_passphrase_is_a_clear_error_and_reads_nothing(
    hotline: Hotline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = tmp_path / "ana.key"
    done(staff_app, "add", "--email", "ana@example.org", "--role", "intake", "--key-out", key)
    filed = hotline.file(hotline.told("story"))
    monkeypatch.setenv("AMPARO_PASSPHRASE", "wrong")
    assert "passphrase does not open" in refused(cases_app, "show", filed.alias, "--key", key)
    assert done(audit_app, "verify") == "ok: 2 rows\n"


def test_without_a_passphrase_and_a_terminal_the_variable_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AMPARO_PASSPHRASE")
    assert "AMPARO_PASSPHRASE" in refused(keys_app, "new", "--out", tmp_path / "key")
    assert list(tmp_path.iterdir()) == []


def test_a_refused_address_leaves_no_key_file(tmp_path: Path) -> None:
    for email in ("x@ice.gov", "no address"):
        refused(staff_app, "add", "--email", email, "--role", "intake", "--key-out", tmp_path / "key")
    assert list(tmp_path.iterdir()) == []


def test_a_key_is_given_or_made_but_not_both(tmp_path: Path) -> None:
    options = (
        "--email",
        "a@example.org",
        "--role",
        "intake",
        "--key-out",
        tmp_path / "a",
        "--public-key",
        tmp_path / "b",
    )
    assert "not both" in refused(staff_app, "add", *options)


def test_a_recovery_key_and_a_disabled_reader(hotline: Hotline, ana: KeyPair, tmp_path: Path) -> None:
    key = tmp_path / "offline.key"
    done(keys_app, "new", "--out", key)
    done(keys_app, "recovery", "--public-key", f"{key}.pub")
    filed = hotline.file(hotline.told("story"))
    done(staff_app, "disable", "--email", "ana@example.org")
    assert json.loads(done(cases_app, "show", filed.alias, "--key", key))["story"] == ["story"]


def test_half_an_emoji_is_printed_as_an_escape(hotline: Hotline, tmp_path: Path) -> None:
    key = tmp_path / "ana.key"
    done(staff_app, "add", "--email", "ana@example.org", "--role", "intake", "--key-out", key)
    filed = hotline.file(hotline.told("\ud83d \x1b[2J"))
    assert json.loads(done(cases_app, "show", filed.alias, "--key", key))["story"] == ["\ud83d \x1b[2J"]
    assert "\x1b" not in done(cases_app, "show", filed.alias, "--key", key)


def test_a_broken_chain_names_its_first_broken_row(hotline: Hotline, ana: KeyPair, tmp_path: Path) -> None:
    for _ in range(3):
        hotline.file(hotline.told("story"))
    head = tmp_path / "head"
    head.write_text(done(audit_app, "head"))
    assert done(audit_app, "verify", "--head", head) == "ok: 4 rows\n"
    with hotline.owner.begin() as connection:
        connection.execute(text("delete from intake.audit where n = 4"))
    assert done(audit_app, "verify") == "ok: 3 rows\n"
    assert "broken at row 4" in refused(audit_app, "verify", "--head", head)
    with hotline.owner.begin() as connection:
        connection.execute(text("update intake.audit set actor = 'nobody' where n = 2"))
    assert "broken at row 2" in refused(audit_app, "verify")


def test_a_list_for_people_shows_one_case_a_line(hotline: Hotline, ana: KeyPair) -> None:
    filed = hotline.file(hotline.told("story"))
    assert filed.alias in done(cases_app, "list")


def test_a_database_that_is_away_is_said_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMPARO_HOME", str(tmp_path / "none"))
    assert "database does not answer" in refused(cases_app, "list")


def test_nothing_of_a_receipt_stands_in_the_database(hotline: Hotline, ana: KeyPair) -> None:
    filed = hotline.file(hotline.told("story"))
    digits = receipts.digits_of(filed.receipt or "") or "missing"
    with hotline.owner.connect() as connection:
        for table in ("receipt", "case", "audit", "case_text"):
            dump = connection.scalar(text(f"select string_agg(t::text, ' ') from intake.\"{table}\" t")) or ""
            assert digits not in dump
