"""Coverage, on time, lateness, complete early: what came of what was due, and when.

In: sailings of one carrier. Out: `Value`s. Pure counts; the definitions are METRICS'.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from statistics import median_high

from gateway.track.metrics.definitions import COVERAGE, EARLY, LATENESS, ON_TIME
from gateway.track.metrics.sailing import Sailing
from gateway.track.metrics.terms import Terms
from gateway.track.metrics.values import Value
from gateway.track.standing import LISTS, Standing, State, is_complete

NOTHING_LATE = "nothing was late"


def coverage(sailings: Iterable[Sailing]) -> Value:
    due = [one for one in sailings if one.standings and not one.is_given_back(COVERAGE.id)]
    return Value(metric=COVERAGE.id, numerator=sum(map(is_covered, due)), denominator=len(due), sailings=len(due))


def is_covered(sailing: Sailing) -> bool:
    """Whether anything that is meant for one of its duties, the excused ones too, was accepted and not taken back."""
    return any(_has_any(one, sailing) for one in (*sailing.standings, *sailing.excused))


def _has_any(one: Standing, sailing: Sailing) -> bool:
    if one.received_at is not None:
        return True
    found = sailing.live[one.due.obligation]
    return bool(found) if LISTS[one.due.product] else any(is_complete(one.due, filing) for filing in found)


def on_time(sailings: Iterable[Sailing]) -> Value:
    duties = [one.duties(ON_TIME.id) for one in sailings]
    every = [one for some in duties for one in some]
    return Value(
        metric=ON_TIME.id,
        numerator=sum(one.state is State.ON_TIME for one in every),
        denominator=len(every),
        sailings=sum(map(bool, duties)),
    )


def lateness(sailings: Iterable[Sailing]) -> list[Value]:
    late = [[one.lateness for one in sailing.duties(ON_TIME.id) if one.lateness is not None] for sailing in sailings]
    return spread(LATENESS.id, [one for some in late for one in some], sum(map(bool, late)), NOTHING_LATE)


def spread(metric: str, times: Sequence[timedelta], sailings: int, nothing: str) -> list[Value]:
    """The middle one (of two the longer) and the one that 95 of 100 do not exceed (nearest rank)."""
    if not times:
        return [Value(metric=metric, part=part, reason=nothing) for part in ("median", "p95")]
    ordered = sorted(times)
    rank = -(-len(ordered) * 95 // 100)
    found = {"median": median_high(ordered), "p95": ordered[rank - 1]}
    return [Value(metric=metric, part=part, duration=time, sailings=sailings) for part, time in found.items()]


def early_complete(sailings: Iterable[Sailing], terms: Terms) -> Value:
    duties = [(one, one.duties(ON_TIME.id)) for one in sailings]
    early = sum(_is_early(one, terms.early[sailing.call.service]) for sailing, some in duties for one in some)
    return Value(
        metric=EARLY.id,
        numerator=early,
        denominator=sum(len(some) for _, some in duties),
        sailings=sum(bool(some) for _, some in duties),
    )


def _is_early(one: Standing, window: timedelta) -> bool:
    return (
        one.received_at is not None
        and one.due.deadline is not None
        and one.received_at <= one.due.deadline - window / 2
    )
