"""Which team a report goes to, and which bodies the law names first. An ordered table: the first match decides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any

from intake import facts as codes
from intake import interview, yamlfile
from intake.bodies import Body, bodies
from intake.errors import NotACode, TableFault

DEFAULT_TEAM = "intake"


@dataclass(frozen=True)
class Route:
    """A rule. `when` maps a fact to the codes it may hold; empty for the default."""

    id: str
    team: str
    lead: tuple[Body, ...]
    also: tuple[Body, ...]
    citation: str
    evidence: str
    when: Mapping[str, frozenset[str]]

    @property
    def verified(self) -> bool:
        """May the citation be shown as checked?"""
        return bool(self.citation) and self.evidence in yamlfile.VERIFIED

    @property
    def needs_consent(self) -> tuple[Body, ...]:
        """The bodies that need a consent of their own, naming the risk, before anything reaches them."""
        return tuple(body for body in (*self.lead, *self.also) if not body.by_default)

    def matches(self, facts: Mapping[str, object]) -> bool:
        """Does the rule take a report with these facts?"""
        return all(facts.get(name) in allowed for name, allowed in self.when.items())


def route(facts: Mapping[str, object]) -> Route:
    """The first rule that matches; the last one matches everything."""
    return next(rule for rule in routes() if rule.matches(facts))


@cache
def routes() -> tuple[Route, ...]:
    """The table, checked."""
    return load(yamlfile.read("routing.yml"), bodies())


def load(table: Sequence[Mapping[str, Any]], known: Mapping[str, Body]) -> tuple[Route, ...]:
    """The rules of a table. Raises TableFault for an unknown body or code, no default, or a rule nothing reaches."""
    rules = tuple(_rule(dict(entry), known) for entry in table)
    if not rules or rules[-1].when or rules[-1].team != DEFAULT_TEAM:
        raise TableFault("routing.yml: the last rule must take everything, for the default team")
    unreachable = _unreachable(rules)
    if unreachable:
        raise TableFault(f"routing.yml: nothing reaches {', '.join(unreachable)}")
    return rules


def _rule(entry: dict[str, Any], known: Mapping[str, Body]) -> Route:
    when = {name: _codes(name, value) for name, value in (entry.pop("when", None) or {}).items()}
    try:
        lead, also = (tuple(known[body_id] for body_id in entry.pop(group)) for group in ("lead", "also"))
        rule = Route(when=when, lead=lead, also=also, **entry)
    except (KeyError, TypeError):
        raise TableFault(f"routing.yml: {entry.get('id')} has a fault or names a body not in bodies.yml") from None
    if rule.evidence not in yamlfile.EVIDENCE:
        raise TableFault(f"routing.yml: {rule.id} must say its evidence")
    return rule


def _codes(name: str, value: str | list[str]) -> frozenset[str]:
    values = [value] if isinstance(value, str) else value
    try:
        for code in values:
            codes.check(name, code)
    except NotACode:
        raise TableFault(f"routing.yml: {name} never holds {', '.join(values)}") from None
    return frozenset(values)


def _unreachable(rules: Sequence[Route]) -> list[str]:
    """Rules that no combination of the facts they ask about would come to (an unanswered fact counts too)."""
    asked = sorted({name for rule in rules for name in rule.when})
    answers = [[*sorted(interview.allowed(name) | _values(rules, name)), ""] for name in asked]
    reports = (dict(zip(asked, combination, strict=True)) for combination in product(*answers))
    hit = {next(place for place, rule in enumerate(rules) if rule.matches(facts)) for facts in reports}
    return [rule.id for place, rule in enumerate(rules) if place not in hit]


def _values(rules: Sequence[Route], name: str) -> set[str]:
    return {code for rule in rules for code in rule.when.get(name, frozenset())}
