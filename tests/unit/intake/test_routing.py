import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake import interview, routing
from intake.bodies import bodies
from intake.errors import TableFault

LAST = {"id": "default", "team": "intake", "lead": [], "also": [], "citation": "", "evidence": "V"}
PAY = {**LAST, "id": "pay", "when": {"kind": "pay"}}

TABLE = [
    ({"kind": "papers"}, "papers_held", ["nhth", "doj"]),
    ({"kind": "threats", "wish": "named"}, "threats_to_tell", ["whd", "osha"]),
    ({"kind": "threats", "wish": "advice"}, "threats_or_fired", ["whd"]),
    ({"kind": "hurt"}, "hurt_or_unsafe", ["osha"]),
    ({"kind": "touched"}, "touched_or_insulted", ["eeoc"]),
    ({"kind": "fees"}, "recruiter_fees", ["whd"]),
    ({"kind": "housing"}, "housing_or_rides", ["whd"]),
    ({"kind": "pay"}, "pay", ["whd"]),
    ({"kind": "other"}, "default", ["intake_team"]),
    ({}, "default", ["intake_team"]),
]


@pytest.mark.parametrize(("facts", "rule", "lead"), TABLE)
def test_each_rule_is_hit(facts: dict[str, str], rule: str, lead: list[str]) -> None:
    found = routing.route(facts)
    assert (found.id, [body.id for body in found.lead]) == (rule, lead)


def test_the_table_above_names_every_rule() -> None:
    assert [rule.id for rule in routing.routes()] == list(dict.fromkeys(rule for _, rule, _ in TABLE))


@given(
    st.fixed_dictionaries(
        {}, optional={q.fact: st.sampled_from(sorted(q.choices.values())) for q in interview.QUESTIONS}
    )
)
def test_every_report_finds_a_route(facts: dict[str, str]) -> None:
    assert routing.route(facts).team


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ([], "must take everything"),
        ([PAY], "must take everything"),
        ([{**LAST, "team": "night"}], "must take everything"),
        ([LAST, LAST], "nothing reaches"),
        ([PAY, {**PAY, "id": "again"}, LAST], "nothing reaches again"),
        ([{**PAY, "when": {"kind": "taxes"}}, LAST], "never holds"),
        ([{**LAST, "lead": ["ice"]}], "not in bodies.yml"),
        ([{**LAST, "evidence": "?"}], "evidence"),
        ([{**LAST, "e-mail": "x@y"}], "fault"),
    ],
)
def test_a_faulty_table_is_refused(table: list[dict[str, object]], words: str) -> None:
    with pytest.raises(TableFault, match=words):
        routing.load(table, bodies())


def test_only_checked_citations_count_as_verified() -> None:
    assert {rule.evidence in ("V", "V2") for rule in routing.routes() if rule.verified} == {True}
    assert not routing.route({"kind": "touched"}).verified
    assert not routing.route({}).verified
