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
    if condition.service:
        yield call.service in condition.service, ""
    yield from _where(condition, call)
    if condition.capacity_over is not None:
        yield _carries_more_than(condition.capacity_over, call), "the number of passengers the ship may carry"
    if condition.distance_over_nm is not None:
        yield _over(call.distance_nm, condition.distance_over_nm), "the distance of the leg"
    duration = call.leg_duration
    if condition.leg_at_least is not None:
        yield None if duration is None else duration >= condition.leg_at_least, _length_of(call)
    if condition.leg_under is not None:
        yield None if duration is None else duration < condition.leg_under, _length_of(call)


def _where(condition: Condition, call: ExpectedCall) -> Iterator[Test]:
    ends = ((call.departure_port, "the port of departure"), (call.arrival_port, "the port of arrival"))
    for (port, what), inside, outside in zip(
        ends, (condition.departs, condition.arrives), (condition.departs_not, condition.arrives_not), strict=True
    ):
        if inside:
            yield None if port == UNKNOWN_PORT else is_in(port, inside), what
        if outside:
            yield None if port == UNKNOWN_PORT else not is_in(port, outside), what
    if condition.international:
        unknown = next((what for port, what in ends if port == UNKNOWN_PORT), None)
        yield None if unknown else call.departure_port[:2] != call.arrival_port[:2], unknown or ""
    if condition.outside:
        yield _calls_outside(condition.outside, call), "the ports before and after this leg"


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
