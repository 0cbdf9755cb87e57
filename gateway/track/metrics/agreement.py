"""Count against list, confirmed at the border, ghosts and missing: whether the numbers say who was on board.

In: sailings of one carrier. Out: `Value`s. Count and list are compared as both stood 15 minutes after departure. The score has a measure of its own
(`best_agreement`), which no filing can lower: a line that corrects must not fare worse than one that keeps silent.
"""

from collections.abc import Iterable
from datetime import datetime
from itertools import product
from math import ceil, floor, sqrt
from typing import Final

from gateway.manifest import Counts, ListKind
from gateway.track.events import EventKind, standing_events
from gateway.track.filing import Filing
from gateway.track.ledger import Ledger, declared, is_booking, ledger
from gateway.track.metrics.definitions import AGREEMENT, GHOSTS, RECONCILIATION
from gateway.track.metrics.sailing import Sailing
from gateway.track.metrics.sufficiency import WHOLE
from gateway.track.metrics.values import Value

_Z: Final = 1.96  # the standard normal's 97.5 % point: a 95 % interval


def count_list_agreement(sailings: Iterable[Sailing]) -> Value:
    compared = [(one, one.compared_at) for one in sailings if one.compared_at and not one.is_given_back(AGREEMENT.id)]
    agreed = counted = 0
    for one, at in compared:
        persons, matching = at_departure(one, at)
        agreed, counted = agreed + matching, counted + persons
    return Value(metric=AGREEMENT.id, numerator=agreed, denominator=counted, sailings=len(compared))


def at_departure(sailing: Sailing, at: datetime) -> tuple[int, int]:
    """Persons counted (where nobody counted, listed), and of them those on whom count and list agree: c - |c - l|, and never below nought."""
    book = ledger_at(sailing, at)
    counted = book.comparable.persons if book.comparable else 0
    listed = book.listed.persons if book.listed else 0
    if not book.comparable or not book.listed:
        return max(counted, listed), 0
    return counted, max(counted - abs(counted - listed), 0)


def ledger_at(sailing: Sailing, at: datetime) -> Ledger:
    return ledger(sailing.call.id, sailing.facts.filings, sailing.facts.events, at)


def best_agreement(sailing: Sailing, at: datetime) -> int:
    """Of WHOLE: how well any count declared until then agreed with any lists received until then; nought without one of them."""
    filings = [one for one in sailing.facts.filings if one.received_at <= at and _is_on_board(one)]
    counts = {one.counts for one in filings} | {Counts(on_board=persons) for persons in _recounts(sailing, at)}
    listed = product(*(_sizes(filings, kind) for kind in (ListKind.PASSENGERS, ListKind.CREW)))
    return max((_agreement(one, *sizes) for sizes in listed for one in counts), default=0)


def _is_on_board(filing: Filing) -> bool:
    return not filing.withdrawn and not is_booking(filing)


def _sizes(filings: Iterable[Filing], kind: ListKind) -> set[int | None]:
    """How many persons the lists of a kind named; None stands for no such list."""
    return {None} | {one.persons for one in filings if one.kind is kind and one.persons}


def _recounts(sailing: Sailing, at: datetime) -> set[int]:
    told = standing_events(sailing.facts.events, at)
    return {one.persons for one in told if one.kind is EventKind.RECOUNT and one.at <= at}


def _agreement(counts: Counts, passengers: int | None, crew: int | None) -> int:
    sizes = {ListKind.PASSENGERS: passengers, ListKind.CREW: crew}
    kinds = frozenset(kind for kind, persons in sizes.items() if persons is not None)
    counted = declared(counts, kinds)
    if counted is None or not kinds:
        return 0
    listed = (passengers or 0) + (crew or 0)
    if not counted:
        return WHOLE if not listed else 0
    return max(WHOLE * (counted - abs(counted - listed)) // counted, 0)


def reconciliation(sailings: Iterable[Sailing]) -> Value:
    found = [one.facts.checked for one in sailings if one.sails_here and one.facts.checked]
    if not found:
        return Value(metric=RECONCILIATION.id, reason="nobody has entered what the border or the gangway found")
    checked, agreed = sum(one.checked for one in found), sum(one.agreed for one in found)
    low, high = interval(agreed, checked)
    return Value(
        metric=RECONCILIATION.id, numerator=agreed, denominator=checked, sailings=len(found), low=low, high=high
    )


def interval(agreed: int, checked: int) -> tuple[int, int]:
    """The ends of the Wilson score interval at 95 %, in thousandths, rounded outwards."""
    share, spread = agreed / checked, _Z * _Z / checked
    middle = share + spread / 2
    half = _Z * sqrt(share * (1 - share) / checked + spread / (4 * checked))
    low, high = ((middle - half) / (1 + spread), (middle + half) / (1 + spread))
    return max(floor(1000 * low), 0), min(ceil(1000 * high), 1000)


def ghosts_and_missing(sailings: Iterable[Sailing], now: datetime) -> list[Value]:
    books = [ledger_at(one, now) for one in sailings if one.sails_here and one.facts.events]
    both = [(one.listed.persons, one.boarded.persons) for one in books if one.listed and one.boarded]
    if not both:
        nothing = "nobody has reported how many boarded"
        return [Value(metric=GHOSTS.id, part=part, reason=nothing) for part in GHOSTS.parts]
    ghosts = (sum(max(listed - boarded, 0) for listed, boarded in both), sum(listed for listed, _ in both))
    missing = (sum(max(boarded - listed, 0) for listed, boarded in both), sum(boarded for _, boarded in both))
    return [
        Value(metric=GHOSTS.id, part=part, numerator=some, denominator=of, sailings=len(both))
        for part, (some, of) in zip(GHOSTS.parts, (ghosts, missing), strict=True)
    ]
