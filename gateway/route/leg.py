"""The one border that a Passenger Information Unit is told of: the leg on which the voyage enters or leaves its country.

In: a voyage with its calls, and the country. Out: the voyage with that leg as its two ends, and all other calls in the itinerary. A
cruise has one list for many ports, and each unit needs its own last port before the border and first port behind it (PAXLST
LOC 125 and 87). Nothing is invented: where the calls do not show a border of this country, the leg stays as it was stated.
"""

from collections.abc import Sequence
from itertools import pairwise

import msgspec

from gateway.checks.moments import span
from gateway.codes.ports import country_of
from gateway.manifest import Call, Direction, Voyage


def border_leg(voyage: Voyage, country: str) -> Voyage:
    """For a country that both ends of the stated leg, or neither, lie in: the crossing among the calls. Of several, the first that
    leaves it for a list at departure, else the last that enters it."""
    if voyage.departure is None or voyage.arrival is None:
        return voyage
    calls = _in_order(voyage.departure, voyage.itinerary, voyage.arrival)
    inside = [_is_in(call, country) for call in calls]
    if None in (inside[0], inside[-1]) or inside[0] is not inside[-1]:
        return voyage
    at = _crossing(inside, leaves=voyage.direction is Direction.DEPARTURE)
    if at is None:
        return voyage
    others = (*calls[:at], *calls[at + 2 :])
    return msgspec.structs.replace(voyage, departure=calls[at], arrival=calls[at + 1], itinerary=others)


def _crossing(inside: Sequence[bool | None], *, leaves: bool) -> int | None:
    """Where in the calls the leg begins; of the other kind where there is none of the kind asked for."""
    steps = list(enumerate(pairwise(inside)))
    out = [at for at, (here, there) in steps if here is True and there is False]
    into = [at for at, (here, there) in steps if here is False and there is True]
    if leaves:
        return next(iter(out or into), None)
    return into[-1] if into else next(iter(out), None)


def _in_order(departure: Call, itinerary: Sequence[Call], arrival: Call) -> list[Call]:
    """By time where every call has one (a list may name calls before the leg and behind it); else as they stand."""
    ends = (_known_by(departure), _known_by(arrival))
    on_the_way = [call for call in itinerary if _known_by(call) not in ends]
    calls = [departure, *on_the_way, arrival]
    moments = [span(time, call.port.code) if (time := _time(call)) else None for call in calls]
    known = [moment.first for moment in moments if moment is not None]
    if len(known) < len(calls):
        return calls
    return [call for _, call in sorted(zip(known, calls, strict=True), key=lambda pair: pair[0])]


def _known_by(call: Call) -> tuple[str | None, str | None]:
    """A list may name the ends of its leg among the other calls as well."""
    return call.port.code, _time(call)


def _time(call: Call) -> str | None:
    return call.estimated_departure or call.actual_departure or call.estimated_arrival or call.actual_arrival


def _is_in(call: Call, country: str) -> bool | None:
    return country_of(call.port.code) == country if call.port.code else None
