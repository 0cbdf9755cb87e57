"""Sailings as they are measured, for the tests of metrics: invented facts in, cards out."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from gateway.catalogue import read_terms
from gateway.obligations import Due, ExpectedCall, due
from gateway.track import Event, EventKind, Filing, Outage
from gateway.track.metrics import (
    Card,
    Facts,
    Lost,
    Period,
    Sailing,
    Submissions,
    Terms,
    Value,
    cards,
    lost_points,
    sailing_of,
)
from tests.sailing import at, shipped_law

JULY = Period(at("2026-07-01T00:00"), at("2026-08-01T00:00"))
AUGUST = at("2026-08-02T00:00")


@cache
def terms() -> Terms:
    return read_terms()


@cache
def dues_of(call: ExpectedCall) -> list[Due]:
    return due(call, shipped_law())


def facts_of(
    calls: Iterable[ExpectedCall], filings: Iterable[Filing] = (), events: Iterable[Event] = (), **more: Any
) -> list[Facts]:
    """`more`: further facts, the same for every call."""
    filed, told = defaultdict(list), defaultdict(list)
    for filing in filings:
        filed[filing.call].append(filing)
    for event in events:
        told[event.call].append(event)
    return [Facts(call=one, dues=dues_of(one), filings=filed[one.id], events=told[one.id], **more) for one in calls]


def measured(facts: Sequence[Facts], *, now: datetime = AUGUST, outages: Sequence[Outage] = ()) -> list[Sailing]:
    return [sailing_of(one, JULY, terms(), outages, now) for one in facts]


def carded(
    facts: Sequence[Facts], *, now: datetime = AUGUST, outages: Sequence[Outage] = (), **more: Any
) -> list[Card]:
    sent = more.pop("submissions", {"specimen": Submissions(0, 0)})
    return cards(measured(facts, now=now, outages=outages), JULY, terms(), now, submissions=sent, **more)


def card(
    calls: Iterable[ExpectedCall], filings: Iterable[Filing] = (), events: Iterable[Event] = (), **more: Any
) -> Card:
    """The one card of one carrier."""
    (found,) = carded(facts_of(calls, filings, events), **more)
    return found


def lost(calls: Iterable[ExpectedCall], filings: Iterable[Filing] = (), events: Iterable[Event] = ()) -> list[Lost]:
    return lost_points(measured(facts_of(calls, filings, events)), terms())


def fraction(one: Value) -> tuple[int | None, int | None]:
    return one.numerator, one.denominator


def event(kind: EventKind, when: str, persons: int = 1, **changes: Any) -> Event:
    known: dict[str, Any] = {
        "id": f"{kind}-{when}",
        "call": "S1",
        "kind": kind,
        "at": at(when),
        "persons": persons,
        "by": "carrier specimen",
        "reported_at": at(when),
    }
    return Event(**(known | changes))
