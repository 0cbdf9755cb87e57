"""What the law and good sense ask of a list: `run` for one list, `run_across` for the lists of one submission.

In: a manifest, and a `Context` that says where its values stand, what it is for, and what day it is. Out: all findings. A rule
stands once, in the module of its subject, with its clause, its severity and two examples; `catalogue` lists them all.
Nothing is changed, and nothing raises.
"""

from collections.abc import Iterable, Sequence

from gateway.checks import (
    births,
    crew,
    details,
    duplicates,
    journey,
    names,
    numbers,
    papers,
    people,
    times,
    totals,
    validity,
    vessel,
    visas,
    voyage,
    zone_names,
    zones,
)
from gateway.checks.check import Check, Hit
from gateway.checks.facts import Context, Facts
from gateway.findings import Finding, Rule, shape
from gateway.manifest import Manifest

MOST = 1_000
"""Findings of one rule about one list that are told one by one; the rest is told as a number."""

_MODULES = (
    *(vessel, voyage, times, names, people, births, journey, details, crew),
    *(papers, numbers, validity, visas, zones, zone_names, totals, duplicates),
)
CHECKS: tuple[Check, ...] = tuple(check for module in _MODULES for check in module.CHECKS)


def catalogue() -> tuple[Rule, ...]:
    """Every rule that `run` and `run_across` can find, in the order of their numbers."""
    rules = [check.rule for check in CHECKS] + [check.rule for check in duplicates.ACROSS]
    return tuple(sorted(rules, key=lambda rule: rule.id))


def run(manifest: Manifest, context: Context) -> list[Finding]:
    """Everything that the rules find in one list."""
    facts = Facts(manifest, context)
    asked = [check for check in CHECKS if not check.purposes.isdisjoint(facts.purposes)]
    return [finding for check in asked for finding in _findings(check.rule, check.find(facts), facts)]


def run_across(lists: Sequence[tuple[Manifest, Context]]) -> list[list[Finding]]:
    """What only the lists of one submission together show; for each list, in their order, what belongs to it."""
    all_facts = [Facts(manifest, context) for manifest, context in lists]
    found: dict[int, list[Finding]] = {id(facts): [] for facts in all_facts}
    for leg in duplicates.legs(all_facts):
        for check in duplicates.ACROSS:
            hits = list(check.find(leg))
            for facts in leg:
                found[id(facts)] += _findings(check.rule, [hit for owner, hit in hits if owner is facts], facts)
    return [found[id(facts)] for facts in all_facts]


def _findings(rule: Rule, hits: Iterable[Hit], facts: Facts) -> list[Finding]:
    every = list(hits)
    found = [_finding(rule, hit, facts) for hit in every[:MOST]]
    if len(every) > MOST:
        text = f"the same was found in {len(every) - MOST} more places, which are not listed"
        found.append(Finding(rule.id, rule.severity, text, hint=rule.hint, cites=rule.cites))
    return found


def _finding(rule: Rule, hit: Hit, facts: Facts) -> Finding:
    told = shape(hit.value) if hit.value is not None else ""
    return rule.at(facts.place(hit.field, hit.person), shape=told, **hit.parts)
