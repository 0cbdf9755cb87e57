"""Fields filled, persons in full, lists in full, unreadable submissions: how good what came is, against what the law asks.

In: sailings of one carrier. Out: `Value`s. Judged is the list that was in force at the deadline, else the first after it: sending again after the
deadline adds nothing. The score has a measure of its own (`best_share`), which no filing can lower.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain

import msgspec

from gateway.manifest import ListKind
from gateway.track.fields import ABSENT, OF_CREW, OF_PASSENGERS
from gateway.track.filing import Filing
from gateway.track.metrics.definitions import FIELDS, MANIFESTS, PERSONS, SYNTAX
from gateway.track.metrics.sailing import Sailing
from gateway.track.metrics.terms import Terms
from gateway.track.metrics.values import Filled, Value
from gateway.track.standing import LISTS, Standing

WHOLE = 10_000
"""A share is counted in ten-thousandths, rounded down, so that sums are whole numbers."""


class Submissions(msgspec.Struct, frozen=True):
    """What a carrier handed in in a period, and how much of that was no list."""

    received: int
    unreadable: int


def judged_lists(one: Standing, sailing: Sailing) -> dict[ListKind, Filing | None]:
    """The list of each kind by which this duty is judged; None where none came."""
    found = sailing.live[one.due.obligation]
    return {
        kind: _in_force(one, [filing for filing in found if filing.kind is kind]) for kind in LISTS[one.due.product]
    }


def _in_force(one: Standing, filings: list[Filing]) -> Filing | None:
    by_deadline = [filing for filing in filings if one.due.deadline and filing.received_at <= one.due.deadline]
    return by_deadline[-1] if by_deadline else next(iter(filings), None)


def in_full(filing: Filing, fields: Collection[str]) -> int:
    """Persons with all of `fields`; of what was processed before that was kept, at least so many."""
    asked = asked_of(filing.kind, fields)
    if filing.quality is not None:
        return filing.quality.in_full(filing.persons, asked)
    faults = sum(filing.missing.get(field, 0) + filing.errors.get(field, 0) for field in asked)
    return max(filing.persons - faults, 0)


def asked_of(kind: ListKind, fields: Collection[str]) -> list[str]:
    """Those of `fields` that every person of such a list has to have."""
    foreign = OF_PASSENGERS if kind is ListKind.CREW else OF_CREW
    return [field for field in fields if field in ABSENT and field not in foreign]


Judged = list[tuple[Filing, set[str]]]
"""The judged lists of a sailing, each with every field that its duties ask for."""


def fields_of(judged: Iterable[Judged]) -> Mapping[str, Filled]:
    """Field by field; a field that two laws ask of the same list counts once."""
    found: dict[str, list[int]] = {}
    for filing, fields in chain.from_iterable(judged):
        for field in fields:
            sums = found.setdefault(field, [0, 0])
            sums[0] += filing.persons
            sums[1] += filing.persons - min(filing.missing.get(field, 0), filing.persons)
    return {field: Filled(*found[field]) for field in sorted(found)}


def judged_of(sailing: Sailing) -> Judged:
    found: dict[tuple[ListKind, str, int], tuple[Filing, set[str]]] = {}
    for one in sailing.lists_due(MANIFESTS.id):
        for kind, filing in judged_lists(one, sailing).items():
            if filing is not None:
                known = found.setdefault((kind, filing.submission, filing.version), (filing, set()))
                known[1].update(asked_of(kind, one.due.fields))
    return list(found.values())


def field_completeness(fields: Mapping[str, Filled], sailings: int) -> Value:
    return Value(
        metric=FIELDS.id,
        numerator=sum(one.given for one in fields.values()),
        denominator=sum(one.asked for one in fields.values()),
        sailings=sailings,
    )


def person_sufficiency(judged: Sequence[Judged]) -> Value:
    return Value(
        metric=PERSONS.id,
        numerator=sum(in_full(filing, fields) for filing, fields in chain.from_iterable(judged)),
        denominator=sum(filing.persons for filing, _ in chain.from_iterable(judged)),
        sailings=sum(map(bool, judged)),
    )


def manifest_sufficiency(sailings: Iterable[Sailing], terms: Terms) -> Value:
    sufficient = lists = counted = 0
    for sailing in sailings:
        due = sailing.lists_due(MANIFESTS.id)
        counted += bool(due)
        for one in due:
            judged = judged_lists(one, sailing)
            lists += len(judged)
            sufficient += sum(is_sufficient(filing, one, terms) for filing in judged.values())
    return Value(metric=MANIFESTS.id, numerator=sufficient, denominator=lists, sailings=counted)


def is_sufficient(filing: Filing | None, one: Standing, terms: Terms) -> bool:
    """An empty list, where nobody travels, is in full."""
    return (
        filing is not None
        and 100 * in_full(filing, one.due.fields) >= terms.thresholds.manifest_percent * filing.persons
    )


def best_share(one: Standing, sailing: Sailing) -> int:
    """Of WHOLE: the best that any list received before arrival (or by the deadline, if that is later) reached; the mean of the kinds that are
    due. What did not come is nought, so nothing is gained by leaving a list out, nor lost by sending one more."""
    arrives, deadline = sailing.call.arrives_at, one.due.deadline
    until = max((moment for moment in (deadline, arrives and arrives.at) if moment), default=None)
    found = [filing for filing in sailing.live[one.due.obligation] if until is None or filing.received_at <= until]
    kinds = LISTS[one.due.product]
    best = (max((_share(filing, one) for filing in found if filing.kind is kind), default=0) for kind in kinds)
    return sum(best) // len(kinds)


def _share(filing: Filing, one: Standing) -> int:
    return WHOLE if not filing.persons else WHOLE * in_full(filing, one.due.fields) // filing.persons


def syntax_rejects(submissions: Submissions | None, sailings: int) -> Value:
    if submissions is None:
        return Value(metric=SYNTAX.id, reason="a submission that cannot be read names no route, no product and no law")
    return Value(
        metric=SYNTAX.id, numerator=submissions.unreadable, denominator=submissions.received, sailings=sailings
    )
