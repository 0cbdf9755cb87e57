"""Whether a condition of the law holds for a sailing: yes, no, or not known.

In: a `Condition` and an `ExpectedCall`. Out: True, False or None, and what would have to be known. What is not known makes
no duty that could be counted against anybody, but it does not make the duty vanish either.
"""

from collections.abc import Iterator

from gateway.obligations.calls import UNKNOWN_PORT, ExpectedCall, is_in
from gateway.obligations.law import Condition

Test = tuple[bool | None, str]
"""One fact: whether it holds, and what is missing where that is not known."""


def applies(condition: Condition, call: ExpectedCall) -> tuple[bool | None, tuple[str, ...]]:
    """All facts together: no as soon as one is "no", else not known as soon as one is not."""
    missing: dict[str, None] = {}
    for holds, what in _tests(condition, call):
        if holds is False:
            return False, ()
        if holds is None:
            missing[what] = None
    return (None, tuple(missing)) if missing else (True, ())


def _tests(condition: Condition, call: ExpectedCall) -> Iterator[Test]:
    yield condition.may_hold(call.service, call.departure_port, call.arrival_port), ""
    yield from _ports_not_known(condition, call)
    if condition.outside:
        yield _calls_outside(condition.outside, call), "the ports before and after this leg"
    if condition.capacity_over is not None:
        yield _carries_more_than(condition.capacity_over, call), "the number of passengers the ship may carry"
    if condition.distance_over_nm is not None:
        yield _over(call.distance_nm, condition.distance_over_nm), "the distance of the leg"
    duration = call.leg_duration
    if condition.leg_at_least is not None:
        yield None if duration is None else duration >= condition.leg_at_least, _length_of(call)
    if condition.leg_under is not None:
        yield None if duration is None else duration < condition.leg_under, _length_of(call)


def _ports_not_known(condition: Condition, call: ExpectedCall) -> Iterator[Test]:
    """`may_hold` says no by what is known of the ports; this says what is not."""
    leaves, arrives = condition.departs + condition.departs_not, condition.arrives + condition.arrives_not
    if call.departure_port == UNKNOWN_PORT and (leaves or condition.international):
        yield None, "the port of departure"
    if call.arrival_port == UNKNOWN_PORT and (arrives or condition.international):
        yield None, "the port of arrival"


def _calls_outside(places: tuple[str, ...], call: ExpectedCall) -> bool | None:
    """Certain once one port lies outside; a cruise known only in part may yet call outside."""
    ports = (call.departure_port, call.arrival_port, call.previous_port, call.next_port)
    known = [port for port in ports if port not in (None, UNKNOWN_PORT)]
    if any(port is not None and not is_in(port, places) for port in known):
        return True
    return False if len(known) == len(ports) else None


def _carries_more_than(limit: int, call: ExpectedCall) -> bool | None:
    """A ship in cruise or ferry service is a passenger ship (more than 12, SOLAS I/2) unless we know better."""
    if call.passenger_capacity is None:
        return True if limit <= 12 and call.service in ("cruise", "ferry") else None
    return call.passenger_capacity > limit


def _over(value: float | None, limit: float) -> bool | None:
    return None if value is None else value > limit


def _length_of(call: ExpectedCall) -> str:
    return "the time of departure" if call.departs_at is None else "the time of arrival"
