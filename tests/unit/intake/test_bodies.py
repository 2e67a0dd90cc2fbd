import pytest

from intake import bodies, interview, routing
from intake.bodies import Body, is_enforcement
from intake.errors import TableFault

SOUND = {"name": "A union", "shares_with_immigration": "no", "source": "its bylaws, section 3", "evidence": "V"}

ENFORCEMENT = [
    "ICE",
    "I.C.E.",
    "i c e",
    "ICE tip line",
    "U.S. ICE",
    "DHS",
    "us-dhs",
    "Department of Homeland Security",
    "Departamento de Seguridad Nacional",
    "homeland_security",
    "CBP",
    "C.B.P.",
    "USCBP",
    "Customs & Border Protection",
    "Customs and Border Protection",
    "Border Patrol office",
    "Patrulla Fronteriza",
    "USCIS",
    "Citizenship and Immigration Services",
    "HSI",
    "Homeland Security Investigations",
    "ERO",
    "Enforcement and Removal Operations",
    "Immigration and Customs Enforcement",
    "Inmigración y Control de Aduanas",
    "La Migra",
    "deportation desk",
    "287(g) partner",
    "tips@ice.gov",
    "https://www.cbp.gov/tips",
    "1-866-347-2423",
    "+1 (866) 347 2423",
]


@pytest.mark.parametrize("name", ENFORCEMENT)
def test_immigration_enforcement_is_refused_under_any_name(name: str) -> None:
    assert is_enforcement(name)
    for field in ("name", "phone"):
        with pytest.raises(TableFault, match="never be a receiver"):
            bodies.load({"union": {**SOUND, field: name}})


@pytest.mark.parametrize("body_id", ["ice", "dhs", "hsi_tips", "uscis"])
def test_an_id_is_refused_too(body_id: str) -> None:
    with pytest.raises(TableFault):
        bodies.load({body_id: SOUND})


@pytest.mark.parametrize(
    "name", ["Rice growers' union", "Justice at Work", "Police department", "Immigrant rights office"]
)
def test_other_names_are_not_mistaken(name: str) -> None:
    assert not is_enforcement(name)


@pytest.mark.parametrize(
    "fault",
    [{"shares_with_immigration": "maybe"}, {"source": ""}, {"evidence": "hearsay"}, {"fax": "1"}],
)
def test_a_body_must_say_what_it_shares_and_how_we_know(fault: dict[str, str]) -> None:
    with pytest.raises(TableFault):
        bodies.load({"union": {**SOUND, **fault}})


@pytest.mark.parametrize(("shares", "evidence"), [("unknown", "V"), ("by_law", "V"), ("no", "M")])
def test_only_a_checked_no_is_a_default(shares: str, evidence: str) -> None:
    loaded = bodies.load({"union": {**SOUND, "shares_with_immigration": shares, "evidence": evidence}})
    assert not loaded["union"].by_default
    assert bodies.load({"union": SOUND})["union"].by_default


def test_no_route_reaches_enforcement_and_only_checked_bodies_are_defaults() -> None:
    named: list[Body] = [body for rule in routing.routes() for body in (*rule.lead, *rule.also)]
    assert named
    for body in (*named, *bodies.bodies().values()):
        assert bodies.bodies()[body.id] is body
        assert not is_enforcement(f"{body.id} {body.name} {body.phone}")
    for rule in routing.routes():
        asked = set(rule.needs_consent)
        assert all(body.shares_with_immigration == "no" for body in (*rule.lead, *rule.also) if body not in asked)


def test_nobody_is_asked_for_an_immigration_status() -> None:
    codes = {code for question in interview.QUESTIONS for code in question.choices.values()}
    assert not codes & {"status", "undocumented", "legal", "illegal", "papers_valid"}
    assert not [question.fact for question in interview.QUESTIONS if "status" in question.fact]
