"""What a check is: a rule, the clause it stands on, a good and a bad example, and a function over a whole list.

In: facts about one list. Out: hits, which `gateway.checks.run` turns into findings. `@check` attaches the facts of the
rule to its function and does nothing else; each module lists its checks in a `CHECKS` tuple.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import msgspec

from gateway.checks.facts import Facts
from gateway.findings import Rule, Severity
from gateway.manifest import ListKind, Manifest, Purpose

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO

BORDER = frozenset({Purpose.BORDER})
SAFETY = frozenset({Purpose.SAFETY})
AUTHORITY = BORDER | SAFETY
"""Asked of lists that go to an authority; a list for booking data alone owes less."""
ANY = frozenset(Purpose)

Example = Callable[[Manifest], Manifest]
"""A change of one detail of a clean list: after it the rule is still content, or finds something."""


class Hit(NamedTuple):
    """One thing found: at a field of the list, or of the person at index `person` (from 0).

    Of `value` only the shape is told. `parts` fill the named parts of the rule's text; never with a person's value.
    """

    field: str
    person: int | None = None
    value: object = None
    parts: Mapping[str, object] = {}


Hits = Iterable[Hit]


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """A rule and how to find what it is about, in lists for any of `purposes`. `example_kind`: the list the examples change."""

    rule: Rule
    find: Callable[[Facts], Hits]
    good: Example
    bad: Example
    purposes: frozenset[Purpose] = ANY
    example_kind: ListKind = ListKind.PASSENGERS


def check(
    id: str,
    severity: Severity,
    text: str,
    *,
    hint: str,
    cites: str,
    good: Example,
    bad: Example,
    purposes: frozenset[Purpose] = ANY,
    example_kind: ListKind = ListKind.PASSENGERS,
) -> Callable[[Callable[[Facts], Hits]], Check]:
    """Makes a `Check` of a function from facts to hits."""
    rule = Rule(id=id, severity=severity, text=text, hint=hint, cites=cites)

    def attach(find: Callable[[Facts], Hits]) -> Check:
        return Check(rule=rule, find=find, good=good, bad=bad, purposes=purposes, example_kind=example_kind)

    return attach


def at(field: str, persons: Iterable[int], values: list[object] | None = None) -> list[Hit]:
    """A hit at `field` of each of `persons`; with `values`, the column they stand in, their shape is told."""
    if values is None:
        return [Hit(field, index) for index in persons]
    return [Hit(field, index, values[index]) for index in persons]
