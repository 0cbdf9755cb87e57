"""Listed twice, placeholders, where the data come from, not accepted by the authority: what the lists are made of.

In: sailings of one carrier. Out: `Value`s, from the counts that were kept when each list was processed; by the newest list of each kind.
"""

from collections.abc import Iterable

from gateway.track.filing import Filing
from gateway.track.ledger import is_booking
from gateway.track.lists import newest_lists
from gateway.track.metrics.definitions import DUPLICATES, PLACEHOLDERS, RECEIPTS, SOURCES
from gateway.track.metrics.sailing import Sailing
from gateway.track.metrics.values import Value
from gateway.track.quality import Quality

NO_LIST = "no list came of which this was counted"
ELSEWHERE = "every sailing's digests have a key of their own, so that nobody can be followed from ship to ship: two ships are not compared"

Counted = list[list[tuple[Filing, Quality]]]
"""Of each sailing the lists of which this was counted."""


def newest(sailings: Iterable[Sailing], *, of_bookings: bool = False) -> Counted:
    """The newest lists of each sailing that has any."""
    found = []
    for sailing in sailings:
        if not sailing.sails_here:
            continue
        meant = [one for one in sailing.facts.filings if is_booking(one) is of_bookings]
        lists = [(one, one.quality) for one in newest_lists(meant).values() if one.quality is not None]
        if lists:
            found.append(lists)
    return found


def duplicates(counted: Counted) -> list[Value]:
    twice = sum(quality.twice for lists in counted for _, quality in lists)
    across = sum(quality.across for lists in counted for _, quality in lists)
    found = [_of_persons(DUPLICATES.id, part, some, counted) for part, some in (("within", twice), ("across", across))]
    return [*found, Value(metric=DUPLICATES.id, part="elsewhere", reason=ELSEWHERE)]


def placeholders(counted: Counted) -> Value:
    return _of_persons(PLACEHOLDERS.id, "", sum(one.placeholders for lists in counted for _, one in lists), counted)


def _of_persons(metric: str, part: str, some: int, counted: Counted) -> Value:
    if not counted:
        return Value(metric=metric, part=part, reason=NO_LIST)
    return Value(metric=metric, part=part, numerator=some, denominator=_persons(counted), sailings=len(counted))


def _persons(counted: Counted) -> int:
    return sum(filing.persons for lists in counted for filing, _ in lists)


def sources(counted: Counted, booked: Counted) -> list[Value]:
    """Every person of these lists is one of the three."""
    every = counted + booked
    machine_read = sum(quality.machine_read for lists in counted for _, quality in lists)
    of_bookings = _persons(booked)
    parts = {"machine-readable": machine_read, "keyed": _persons(counted) - machine_read, "booking": of_bookings}
    return [_of_persons(SOURCES.id, part, some, every) for part, some in parts.items()]


def receipt_failures(sailings: Iterable[Sailing]) -> list[Value]:
    found = [one.facts.messages for one in sailings if one.sails_here and one.facts.messages]
    ended = sum(one.ended for one in found)
    if not ended:
        nothing = "no message has come to its end"
        return [Value(metric=RECEIPTS.id, part=part, reason=nothing) for part in RECEIPTS.parts]
    return [
        Value(
            metric=RECEIPTS.id,
            part=part,
            numerator=sum(getattr(one, part) for one in found),
            denominator=ended,
            sailings=len(found),
        )
        for part in RECEIPTS.parts
    ]
