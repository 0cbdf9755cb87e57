"""What would become of sailings under other law: duty by duty, and which fields would fail.

In: calls, what would be due, what was filed, the time. Out: a `Failing` for each duty that would not have been met in full and in
time, and the sums of each obligation. Invented sailings have nothing filed: then all that has passed is missing.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import msgspec

from gateway.obligations import Due
from gateway.track.filing import Filing
from gateway.track.standing import Standing, State, standings

_FAILED = (State.LATE, State.INCOMPLETE, State.MISSING)


class Failing(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A duty of one sailing that would fail. `fields`: how many persons lack each; `lists`: which lists were not there at all."""

    call: str
    obligation: str
    state: State
    deadline: datetime | None
    explanation: str
    lateness: timedelta | None = None
    fields: Mapping[str, int] = {}
    lists: tuple[str, ...] = ()


class Sums(msgspec.Struct, frozen=True, kw_only=True):
    """One obligation over all sailings. `open`: not due yet, or no deadline can be told."""

    obligation: str
    title: str
    sailings: int
    met: int
    late: int
    incomplete: int
    missing: int
    open: int
    fields: Mapping[str, int]


class Outcome(msgspec.Struct, frozen=True):
    sums: tuple[Sums, ...]
    failing: tuple[Failing, ...]


def outcome(dues: Iterable[Due], filings: Iterable[Filing], now: datetime) -> Outcome:
    """How all of it would stand at `now`, by the clock alone: excuses and cancellations are left out of sight with their sailings."""
    filed: dict[str, list[Filing]] = {}
    for filing in filings:
        filed.setdefault(filing.call, []).append(filing)
    asked: dict[str, list[Due]] = {}
    for due in dues:
        if not due.cancelled and not due.excused:
            asked.setdefault(due.call, []).append(due)
    judged = [one for call, its in asked.items() for one in standings(its, filed.get(call, ()), now)]
    return Outcome(_sums(judged), tuple(_failing(one) for one in judged if one.if_counted in _FAILED))


def _failing(one: Standing) -> Failing:
    return Failing(
        call=one.due.call,
        obligation=one.due.obligation,
        state=one.if_counted,
        deadline=one.due.deadline,
        explanation=one.due.explanation,
        lateness=one.lateness,
        fields=one.missing,
        lists=tuple(kind.value for kind in one.lists),
    )


def _sums(judged: Iterable[Standing]) -> tuple[Sums, ...]:
    of: dict[str, list[Standing]] = {}
    for one in judged:
        of.setdefault(one.due.obligation, []).append(one)
    return tuple(_sum(of[obligation]) for obligation in sorted(of))


def _sum(ones: list[Standing]) -> Sums:
    states = [one.if_counted for one in ones]
    late, incomplete, missing = (states.count(state) for state in _FAILED)
    met = states.count(State.ON_TIME)
    fields: dict[str, int] = {}
    for one in ones:
        for field, count in one.missing.items():
            fields[field] = fields.get(field, 0) + count
    return Sums(
        obligation=ones[0].due.obligation,
        title=ones[0].due.title,
        sailings=len(ones),
        met=met,
        late=late,
        incomplete=incomplete,
        missing=missing,
        open=len(ones) - met - late - incomplete - missing,
        fields=dict(sorted(fields.items(), key=lambda one: -one[1])),
    )
