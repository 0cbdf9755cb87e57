"""What each carrier did with what was due of it in a period.

In: calls, their dues and filings, a period, the time. Out: one `Score` a carrier, in plain numbers. The denominator is what
was due of the *expected* sailings, never what was sent, so silence counts as missing. Only duties whose deadline has passed
are in; a duty belongs to the period in which its deadline falls. Excused, cancelled and uncounted duties are left out.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from gateway.manifest import ListKind
from gateway.obligations.calls import NOBODY, ExpectedCall
from gateway.obligations.due import Due
from gateway.track.board import WORST_FIRST, by_call
from gateway.track.filing import ABSENT, OF_CREW, OF_PASSENGERS, Filing
from gateway.track.standing import LISTS, Standing, State, has_passed, live, standings

FEWEST_FOR_A_SHARE = 30
"""Below this many sailings a share says more about chance than about a carrier, so none is given."""


class Period(msgspec.Struct, frozen=True):
    """From `start`, up to and without `end`."""

    start: datetime
    end: datetime

    def holds(self, at: datetime) -> bool:
        return self.start <= at < self.end


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """How many were due, and what became of them; the four add up to `due`."""

    due: int = 0
    on_time: int = 0
    late: int = 0
    incomplete: int = 0
    missing: int = 0

    @property
    def on_time_share(self) -> float | None:
        return self.on_time / self.due if self.due >= FEWEST_FOR_A_SHARE else None


class Filled(msgspec.Struct, frozen=True):
    """Of so many persons for whom a field was asked, how many had it by the deadline."""

    asked: int
    given: int

    @property
    def share(self) -> float | None:
        return self.given / self.asked if self.asked else None


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """One carrier. `sailings` counts each sailing once, by its worst duty; `obligations` each duty by itself.

    `lateness`: of the late ones, sorted. `undetermined`: sailings with a duty whose deadline cannot be told for lack of times.
    """

    carrier: str
    period: Period
    sailings: Tally
    obligations: Mapping[str, Tally]
    fields: Mapping[str, Filled]
    lateness: tuple[timedelta, ...]
    excused: int
    undetermined: int

    @property
    def median_lateness(self) -> timedelta | None:
        """The middle one; of two middle ones the longer."""
        return self.lateness[len(self.lateness) // 2] if self.lateness else None


def scorecard(
    calls: Iterable[ExpectedCall], dues: Iterable[Due], filings: Iterable[Filing], period: Period, now: datetime
) -> list[Score]:
    """A score for every carrier with an expected sailing, by carrier. What is nobody's counts against nobody."""
    dues_of, filings_of = by_call(dues), by_call(filing for filing in filings if filing.received_at <= now)
    sailings: dict[str, list[tuple[Sequence[Standing], Sequence[Filing]]]] = {}
    for call in {call.id: call for call in calls if call.carrier != NOBODY}.values():
        filed = filings_of.get(call.id, ())
        stand = standings(dues_of.get(call.id, ()), filed, now)
        sailings.setdefault(call.carrier, []).append((stand, filed))
    return [_score(carrier, sailings[carrier], period, now) for carrier in sorted(sailings)]


def _score(
    carrier: str, sailings: Iterable[tuple[Sequence[Standing], Sequence[Filing]]], period: Period, now: datetime
) -> Score:
    worst: list[State] = []
    states: dict[str, list[State]] = {}
    lateness: list[timedelta] = []
    fields: dict[str, Filled] = {}
    excused = undetermined = 0
    for stand, filed in sailings:
        fell_due = [
            one for one in stand if has_passed(one.due, now) and one.due.deadline and period.holds(one.due.deadline)
        ]
        judged = [one for one in fell_due if one.state in _JUDGED]
        for one in judged:
            states.setdefault(one.due.obligation, []).append(one.state)
            lateness += [one.lateness] if one.lateness else []
            _add_fields(fields, one.due, filed)
        worst += [next(state for state in WORST_FIRST if any(one.state is state for one in judged))] if judged else []
        excused += any(one.state is State.EXCUSED for one in fell_due)
        undetermined += any(one.state is State.NOT_DUE for one in stand)
    return Score(
        carrier=carrier,
        period=period,
        sailings=_tally(worst),
        obligations={obligation: _tally(states[obligation]) for obligation in sorted(states)},
        fields={field: fields[field] for field in sorted(fields)},
        lateness=tuple(sorted(lateness)),
        excused=excused,
        undetermined=undetermined,
    )


_JUDGED = (State.ON_TIME, State.LATE, State.INCOMPLETE, State.MISSING)


def _tally(states: Sequence[State]) -> Tally:
    on_time, late, incomplete, missing = (states.count(state) for state in _JUDGED)
    return Tally(due=len(states), on_time=on_time, late=late, incomplete=incomplete, missing=missing)


def _add_fields(fields: dict[str, Filled], due: Due, filed: Sequence[Filing]) -> None:
    """Counts by the list that was in force at the deadline, else by the first one after: sending again adds nothing."""
    for kind in LISTS[due.product]:
        filings = [filing for filing in live(due, filed) if filing.kind is kind]
        if not filings:
            continue
        by_deadline = [filing for filing in filings if due.deadline and filing.received_at <= due.deadline]
        _add(fields, due, by_deadline[-1] if by_deadline else filings[0])


def _add(fields: dict[str, Filled], due: Due, filing: Filing) -> None:
    foreign = OF_PASSENGERS if filing.kind is ListKind.CREW else OF_CREW
    for field in due.fields:
        if field in ABSENT and field not in foreign:
            had = fields.get(field, Filled(0, 0))
            given = filing.persons - min(filing.missing.get(field, 0), filing.persons)
            fields[field] = Filled(had.asked + filing.persons, had.given + given)
