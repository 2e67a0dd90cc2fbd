"""What a demo home holds: staff who can sign in, and sample cases made by the services that make real ones."""

import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from amparo import demo, demo_accounts, demo_cases
from amparo.processes import Ports, full_environment, plan
from amparo.up import demo_environment
from channels.models import Contact, Conversation
from console.models import KeyFile
from core.clock import today
from core.config import Settings, load
from intake import audit, keyfile, reading
from intake.models import Case, CaseLink, CaseReply, CaseStatus, CaseStep, ReplyState, Role, Staff

PORTS = Ports(8080, 5001, 5002, 5003)


@pytest.fixture
def filled(settings: Settings, clean: None) -> Iterator[Settings]:
    """The home of the tests, filled like a demo's; the files of the demo go afterwards."""
    demo.fill(settings)
    yield settings
    for path in settings.home.glob("demo-*"):
        path.unlink()


@pytest.fixture
def session(filled: Settings, owner: Engine) -> Iterator[Session]:
    with Session(owner) as session:
        yield session


def cases(session: Session) -> list[Case]:
    return list(session.scalars(select(Case).order_by(Case.opened)))


def test_two_caseworkers_of_one_team_an_administrator_and_an_auditor_can_sign_in(
    filled: Settings, session: Session
) -> None:
    people = demo_accounts.read(filled.home)
    rows = {row.email: row for row in session.scalars(select(Staff))}
    assert {row.role for row in rows.values()} == {Role.INTAKE, Role.ADMIN, Role.AUDITOR}
    assert {one.email for one in people} == set(rows)
    assert len({rows[one.email].team_id for one in people if one.role is Role.INTAKE}) == 1
    for one in people:
        held = session.get(KeyFile, rows[one.email].id)
        assert (held is not None) == (one.role is Role.INTAKE) == (rows[one.email].public_key is not None)


def test_the_accounts_are_readable_by_their_owner_alone_and_printed_once(tmp_path: Path) -> None:
    people, are_new = demo_accounts.ensure(tmp_path)
    assert are_new
    assert stat.S_IMODE((tmp_path / demo_accounts.FILE).stat().st_mode) == 0o600
    printed = "\n".join(demo_accounts.shown(people, tmp_path))
    assert all(one.password in printed and one.totp in printed for one in people)
    assert not any(one.password in repr(one) for one in people)
    assert demo_accounts.ensure(tmp_path) == (people, False)


def test_every_home_has_secrets_of_its_own(tmp_path: Path) -> None:
    made = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        made += demo_accounts.ensure(tmp_path / name)[0]
    assert len({one.password for one in made}) == len({one.totp for one in made}) == len(made)


def test_sample_cases_speak_four_languages_and_differ_in_urgency_status_age_and_deadline(session: Session) -> None:
    found = cases(session)
    assert {case.language for case in found} == {"en", "es", "ht", "tl"}
    assert {case.urgency for case in found} == {1, 2, 3}
    assert {case.status for case in found} >= {CaseStatus.RECEIVED, CaseStatus.ACCEPTED, CaseStatus.CLOSED}
    assert found[-1].opened == today()
    assert len({case.opened for case in found}) == len(found) == len(demo_cases.samples())
    assert len({case.next_deadline for case in found}) > 2
    assert audit.verify(session).ok
    taken_up = session.scalars(select(CaseStep).where(CaseStep.status == CaseStatus.ACCEPTED)).all()
    assert [step.promised for step in taken_up if step.promised]
    assert all(step.promised >= today() for step in taken_up if step.promised)


def test_both_caseworkers_open_every_sample_and_read_what_was_told(filled: Settings, session: Session) -> None:
    told = {tuple(sample.story) for sample in demo_cases.samples()}
    assert (filled.home / "demo-key.json").exists()
    for one in demo_accounts.read(filled.home):
        if one.passphrase:
            private = keyfile.read_private(one.key_file(filled.home), one.passphrase)
            opened = [reading.unseal(reading.begin(session, case.alias, private), private) for case in cases(session)]
            assert {tuple(case["story"]) for case in opened} == told
            assert not any(case["damaged"] for case in opened)


def test_only_the_samples_with_a_phone_can_be_reached_and_one_reply_waits_there(
    filled: Settings, session: Session
) -> None:
    phones = [sample.phone for sample in demo_cases.samples() if sample.phone]
    links = session.scalars(select(CaseLink)).all()
    assert len(links) == len(phones) == session.query(Contact).count() == session.query(Conversation).count()
    waiting = session.scalars(select(CaseReply)).one()
    assert waiting.state is ReplyState.WAITING
    assert waiting.case_id in {link.case_id for link in links if link.push}
    papers = json.loads((filled.home / demo_accounts.FILE).read_text())["papers"]
    assert [paper["number"] for paper in papers] == phones


def test_a_second_start_adds_nothing(filled: Settings, session: Session) -> None:
    before = (filled.home / demo_accounts.FILE).read_bytes()
    demo.fill(filled)
    assert session.query(Staff).count() == len(demo_accounts.read(filled.home))
    assert session.query(Case).count() == len(demo_cases.samples())
    assert (filled.home / demo_accounts.FILE).read_bytes() == before


def test_only_the_demos_gateway_shows_the_page() -> None:
    for is_demo, module in ((True, "channels.simulator.page"), (False, "channels.webhooks")):
        env = demo_environment({"AMPARO_HOME": "/srv/demo"}, PORTS)
        full = full_environment(env, load(env), PORTS)
        gateway = next(p for p in plan(full, PORTS, "127.0.0.1", demo=is_demo) if p.name == "gateway")
        assert gateway.command[-1] == f"{module}:create_app()"


def test_the_desk_lets_only_the_demos_page_frame_it() -> None:
    assert demo_environment({}, PORTS)["AMPARO_CONSOLE_FRAME"] == "http://127.0.0.1:8080"
