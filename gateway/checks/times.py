"""Checks on the leg's times: there, readable, in order, plausible.

In: facts about a list. Out: hits on `departure.*`, `arrival.*`, `issued`. IMO Compendium BR 01 and EMSWe R-GENERAL-001
(a zone with every time), R-NOA-002 (order), ERR-011 (not in the future), ERR-024 (plausible). Times without a zone are
compared only as far as every zone allows (`moments`).
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from math import asin, cos, degrees, radians, sin, sqrt

from gateway.checks.check import AUTHORITY, ERROR, WARNING, Hit, Hits, check
from gateway.checks.examples import arrival, departure, listing, unchanged, voyage
from gateway.checks.facts import Facts
from gateway.checks.moments import is_date, parse, span, zone_of
from gateway.codes import ports
from gateway.manifest import Call, Port

SHORTEST = timedelta(minutes=5)  # the shortest crossings between two ports with codes of their own take about ten
FASTEST = 60.0  # knots; the fastest ferries make fifty
ROUNDING = 3.0  # nautical miles; UN/LOCODE gives minutes of arc, and of the town rather than the quay
LONGEST = timedelta(days=60)  # no passenger ship is under way that long between two ports
LATEST, EARLIEST = timedelta(days=730), timedelta(days=31)  # sailings are sold two years ahead; corrections end sooner
CLOCKS_DIFFER = timedelta(minutes=10)


def _stated(facts: Facts) -> Iterable[tuple[str, str, str | None]]:
    """The leg's times: field, text, port."""
    for name, call in facts.ends:
        for kind, text in (
            ("estimated", getattr(call, f"estimated_{name}")),
            ("actual", getattr(call, f"actual_{name}")),
        ):
            if text:
                yield f"{name}.{kind}", text, call.port.code


@check(
    "V-40",
    WARNING,
    "the time of departure is missing",
    hint="give the estimated time, with its offset from UTC; deadlines are counted from it",
    cites="EMSWe DE-022-05; 98/41/EC art. 5",
    good=departure(estimated_departure=None, actual_departure="2026-11-20T18:02:00+02:00"),
    bad=departure(estimated_departure=None),
    purposes=AUTHORITY,
)
def departure_missing(facts: Facts) -> Hits:
    call = facts.manifest.voyage.departure
    return [] if call and (call.estimated_departure or call.actual_departure) else [Hit("departure.estimated")]


@check(
    "V-41",
    WARNING,
    "the time of arrival is missing",
    hint="give the estimated time, with its offset from UTC; deadlines are counted from it",
    cites="FAL Convention 2.6.1 and 2.7.3; EMSWe DE-022-02",
    good=unchanged,
    bad=arrival(estimated_arrival=None),
    purposes=AUTHORITY,
)
def arrival_missing(facts: Facts) -> Hits:
    call = facts.manifest.voyage.arrival
    return [] if call and (call.estimated_arrival or call.actual_arrival) else [Hit("arrival.estimated")]


@check(
    "V-42",
    ERROR,
    "this is not a time: expected the form 2026-11-23T18:00:00+02:00",
    hint="write year, month and day, then T, the time and its offset from UTC",
    cites="EMSWe R-GENERAL-001; IMO Compendium BR 01",
    good=departure(estimated_departure="2026-11-23T16:00:00Z"),
    bad=departure(estimated_departure="2026-11-31T18:00:00+02:00"),
)
def unreadable(facts: Facts) -> Hits:
    return [Hit(field, value=text) for field, text, _ in _stated(facts) if parse(text) is None]


@check(
    "V-43",
    WARNING,
    "the time has no offset from UTC, and the port's time zone is not known",
    hint="add the offset, such as +02:00, or Z for UTC",
    cites="EMSWe R-GENERAL-001; IMO Compendium BR 01",
    good=departure(estimated_departure="2026-11-23T18:00:00"),
    bad=departure(code=None, name="Specimen Island", estimated_departure="2026-11-23T18:00:00"),
)
def no_zone(facts: Facts) -> Hits:
    local = [(f, text, port) for f, text, port in _stated(facts) if (t := parse(text)) and t.tzinfo is None]
    return [Hit(field, value=text) for field, text, port in local if not is_date(text) and zone_of(port) is None]


@check(
    "V-44",
    ERROR,
    "the ship would arrive before it departs",
    hint="correct one of the two times; look at the offsets too",
    cites="UK NMSW template FAL 1; EMSWe R-NOA-002",
    good=arrival(estimated_arrival="2026-11-23T19:00:00+01:00"),
    bad=arrival(estimated_arrival="2026-11-23T16:30:00+01:00"),
)
def wrong_order(facts: Facts) -> Hits:
    departs, arrives = facts.departs, facts.arrives
    return [Hit("arrival.estimated")] if departs and arrives and arrives.last < departs.first else []


@check(
    "V-45",
    WARNING,
    "no ship is fast enough for this leg: departure and arrival are too near to each other",
    hint="correct one of the two times or ports; look at the offsets too",
    cites="EMSWe ERR-024",
    good=arrival(estimated_arrival="2026-11-24T06:30:00+01:00"),
    bad=arrival(estimated_arrival="2026-11-23T19:02:00+01:00"),
)
def too_short(facts: Facts) -> Hits:
    departs, arrives = facts.departs, facts.arrives
    if not departs or not arrives or arrives.last < departs.first:
        return []
    return [Hit("arrival.estimated")] if arrives.last - departs.first < _least_time(facts) else []


def _least_time(facts: Facts) -> timedelta:
    """The time that the fastest ship needs for the straight line between the leg's ports, where it is known."""
    codes = [call.port.code for _, call in facts.ends]
    places = [ports.position(code) for code in codes if code]
    if len(places) < 2 or not places[0] or not places[1]:
        return SHORTEST
    miles = _nautical_miles(places[0], places[1]) - ROUNDING
    return max(SHORTEST, timedelta(hours=miles / FASTEST))


def _nautical_miles(here: tuple[float, float], there: tuple[float, float]) -> float:
    """The great circle between two positions; a minute of arc is a nautical mile."""
    (north, east), (north2, east2) = ((radians(a), radians(b)) for a, b in (here, there))
    angle = sin((north2 - north) / 2) ** 2 + cos(north) * cos(north2) * sin((east2 - east) / 2) ** 2
    return degrees(2 * asin(min(1.0, sqrt(angle)))) * 60


@check(
    "V-46",
    WARNING,
    "the leg would take more than 60 days",
    hint="correct one of the two dates; a world cruise is reported leg by leg",
    cites="EMSWe ERR-024",
    good=arrival(estimated_arrival="2026-12-20T07:30:00+01:00"),
    bad=arrival(estimated_arrival="2027-11-25T07:30:00+01:00"),
)
def too_long(facts: Facts) -> Hits:
    departs, arrives = facts.departs, facts.arrives
    return [Hit("arrival.estimated")] if departs and arrives and arrives.first - departs.last > LONGEST else []


@check(
    "V-47",
    ERROR,
    "an actual time lies in the future",
    hint="give it as the estimated time until the ship has arrived or departed",
    cites="EMSWe ERR-011",
    good=departure(actual_departure="2026-11-20T18:02:00+02:00"),
    bad=departure(actual_departure="2026-11-23T18:02:00+02:00"),
)
def not_yet_actual(facts: Facts) -> Hits:
    return [Hit(f) for f, text, port in _stated(facts) if f.endswith("actual") and _is_after_now(facts, text, port)]


def _is_after_now(facts: Facts, text: str, port: str | None) -> bool:
    when = span(text, port)
    return when is not None and when.first > facts.context.now + CLOCKS_DIFFER


@check(
    "V-48",
    WARNING,
    "the date is more than a month ago or more than two years ahead",
    hint="correct the year or the month; day and month may be swapped",
    cites="EMSWe ERR-024",
    good=unchanged,
    bad=departure(estimated_departure="2062-11-23T18:00:00+02:00"),
)
def far_from_today(facts: Facts) -> Hits:
    now = facts.context.now
    spans = [(field, span(text, port)) for field, text, port in _stated(facts)]
    far = [Hit(f) for f, s in spans if s and (s.last < now - EARLIEST or s.first > now + LATEST)]
    return far[:1]  # a year that is wrong is wrong at both ends of the leg


@check(
    "V-49",
    WARNING,
    "the list says it was made in the future",
    hint="set the clock of the system that wrote it: a later correction with the right time would be refused as older",
    cites="EMSWe DE-002-02, ERR-011",
    good=unchanged,
    bad=listing(issued="2026-11-22T09:00:00+00:00"),
)
def issued_in_the_future(facts: Facts) -> Hits:
    issued = facts.manifest.issued
    return [Hit("issued", value=issued)] if issued and _is_after_now(facts, issued, None) else []


@check(
    "V-50",
    WARNING,
    "the calls of the itinerary are not in the order of their times",
    hint="list the calls as the ship makes them, and correct the time that is wrong",
    cites="Schengen Borders Code Annex VI 3.2; EMSWe G-NOA-005",
    good=voyage(
        itinerary=(
            Call(port=Port(code="ITNAP"), estimated_arrival="2026-11-26T08:00:00+01:00"),
            Call(port=Port(code="FRMRS"), estimated_arrival="2026-11-28T08:00:00+01:00"),
        )
    ),
    bad=voyage(
        itinerary=(
            Call(port=Port(code="ITNAP"), estimated_arrival="2026-11-28T08:00:00+01:00"),
            Call(port=Port(code="FRMRS"), estimated_arrival="2026-11-26T08:00:00+01:00"),
        )
    ),
)
def itinerary_order(facts: Facts) -> Hits:
    latest: datetime | None = None
    for call in facts.manifest.voyage.itinerary:
        for text in (call.estimated_arrival, call.estimated_departure):
            when = span(text, call.port.code)
            if when and latest and when.last < latest:
                return [Hit("itinerary")]
            latest = when.first if when else latest
    return []


CHECKS = (
    departure_missing,
    arrival_missing,
    unreadable,
    no_zone,
    wrong_order,
    too_short,
    too_long,
    not_yet_actual,
    far_from_today,
    issued_in_the_future,
    itinerary_order,
)
