"""The one border that a Passenger Information Unit is told of: the leg on which the voyage enters or leaves its country.

In: a voyage with its calls, and the country. Out: the voyage with that leg as its two ends, and all other calls in the itinerary. A
cruise has one list for many ports, and each unit needs its own last port before the border and first port behind it (PAXLST
LOC 125 and 87). Nothing is invented: where the calls do not show a border of this country, or a stated leg crosses it and
no times tell what lies between, the leg stays as it was stated.
"""

from collections.abc import Sequence
from itertools import pairwise

import msgspec

from gateway.checks.moments import span
from gateway.codes.ports import country_of
from gateway.manifest import Call, Direction, Voyage


def border_leg(voyage: Voyage, country: str) -> Voyage:
    """Of several crossings, those between the stated ends before others; of these the first that leaves the country where it is
    left (for a round trip, by the direction of the list), else the last that enters it."""
    departure, arrival = voyage.departure, voyage.arrival
    if departure is None or arrival is None:
        return voyage
    starts, ends = _is_in(departure, country), _is_in(arrival, country)
    calls, is_sure = _in_order(departure, voyage.itinerary, arrival)
    if starts is None or ends is None or (starts is not ends and not is_sure):
        return voyage
    leaves = starts if starts is not ends else voyage.direction is Direction.DEPARTURE
    inside = [_is_in(call, country) for call in calls]
    first, last = calls.index(departure), calls.index(arrival)
    at = _crossing(inside, range(first, last), leaves=leaves)
    at = _crossing(inside, range(len(calls)), leaves=leaves) if at is None else at
    if at is None:
        return voyage
    others = (*calls[:at], *calls[at + 2 :])
    return msgspec.structs.replace(voyage, departure=calls[at], arrival=calls[at + 1], itinerary=others)


def _crossing(inside: Sequence[bool | None], within: range, *, leaves: bool) -> int | None:
    """Where in the calls the leg begins; of the other kind where there is none of the kind asked for."""
    steps = [(at, step) for at, step in enumerate(pairwise(inside)) if at in within]
    out = [at for at, (here, there) in steps if here is True and there is False]
    into = [at for at, (here, there) in steps if here is False and there is True]
    if leaves:
        return next(iter(out or into), None)
    return into[-1] if into else next(iter(out), None)


def _in_order(departure: Call, itinerary: Sequence[Call], arrival: Call) -> tuple[list[Call], bool]:
    """By time where every call has one (a list may name calls before the leg and behind it); else as they stand, which is not sure."""
    ends = (_known_by(departure), _known_by(arrival))
    calls = [departure, *(call for call in itinerary if _known_by(call) not in ends), arrival]
    moments = [span(_time(call), call.port.code) for call in calls]
    known = [moment.first for moment in moments if moment is not None]
    if len(known) < len(calls):
        return calls, False
    return [call for _, call in sorted(zip(known, calls, strict=True), key=lambda pair: pair[0])], True


def _known_by(call: Call) -> tuple[str | None, str | None]:
    """A list may name the ends of its leg among the other calls as well."""
    return call.port.code, _time(call)


def _time(call: Call) -> str | None:
    return call.estimated_departure or call.actual_departure or call.estimated_arrival or call.actual_arrival


def _is_in(call: Call, country: str) -> bool | None:
    return country_of(call.port.code) == country if call.port.code else None
