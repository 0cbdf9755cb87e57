"""One expected sailing as it is measured: what fell due of it in a period and counts, and what came.

In: all that is known of a sailing (`Facts`), a period, the terms, the time. Out: a `Sailing`, from which every metric reads. Excuses are taken out
here, once, for all metrics: exemptions, outages, an arrival that came forward too late, cancelled sailings, points that the desk gave back.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from gateway.obligations.calls import ExpectedCall
from gateway.obligations.due import Due
from gateway.track.events import Event
from gateway.track.excuses import Outage, Told, with_late_notice, with_outages
from gateway.track.filing import Filing
from gateway.track.ledger import ALARM_AFTER
from gateway.track.metrics.terms import Terms
from gateway.track.metrics.values import Period
from gateway.track.standing import LISTS, Standing, State, has_passed, live, standings

JUDGED = (State.ON_TIME, State.LATE, State.INCOMPLETE, State.MISSING)
"""The states of a duty that fell due and is counted."""


class Checked(msgspec.Struct, frozen=True):
    """Of so many persons checked at the border or the gangway, how many were as listed."""

    checked: int
    agreed: int


class Messages(msgspec.Struct, frozen=True):
    """Messages about this sailing's lists whose end is known, and of how many that were not accepted whose affair that is."""

    ended: int
    carrier: int
    gateway: int
    authority: int


class Facts(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What is known of an expected sailing. `dues`: everything the law asks. `told`: what its estimated arrival was when. `upheld`: (metric,
    obligation) of the points that the desk gave back."""

    call: ExpectedCall
    dues: Sequence[Due]
    filings: Sequence[Filing] = ()
    events: Sequence[Event] = ()
    told: Sequence[Told] = ()
    checked: Checked | None = None
    messages: Messages | None = None
    upheld: frozenset[tuple[str, str]] = frozenset()


class Sailing(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`standings`: the duties that fell due in the period; `excused`: those that were excused. `sails_here`: its departure lies in the period and
    something of it counts. `compared_at`: when count and list are compared, where both are due and that moment lies in the period.
    `live`: obligation -> the filings that are meant for it and were not taken back, oldest first."""

    facts: Facts
    standings: tuple[Standing, ...]
    sails_here: bool
    compared_at: datetime | None
    excused: tuple[Standing, ...]
    undetermined: bool
    live: Mapping[str, list[Filing]]

    @property
    def call(self) -> ExpectedCall:
        return self.facts.call

    @property
    def route(self) -> str:
        return f"{self.call.departure_port}-{self.call.arrival_port}"

    def duties(self, metric: str) -> list[Standing]:
        """The duties that count for this metric."""
        upheld = self.facts.upheld
        return (
            [one for one in self.standings if (metric, one.due.obligation) not in upheld]
            if upheld
            else [*self.standings]
        )

    def lists_due(self, metric: str) -> list[Standing]:
        return [one for one in self.duties(metric) if LISTS[one.due.product]]

    def is_given_back(self, metric: str) -> bool:
        """Whether the desk gave back the sailing's one point of this metric."""
        return any(name == metric for name, _ in self.facts.upheld)


def sailing_of(facts: Facts, period: Period, terms: Terms, outages: Sequence[Outage], now: datetime) -> Sailing:
    """The sailing as it is measured at `now`; what came later is not seen."""
    known = msgspec.structs.replace(
        facts,
        filings=sorted((one for one in facts.filings if one.received_at <= now), key=lambda one: one.order),
        events=[one for one in facts.events if one.reported_at <= now],
    )
    filings = known.filings
    dues = with_outages(known.dues, known.call, outages)
    if len(known.told) > 1:
        dues = with_late_notice(dues, known.told, terms.thresholds.eta_notice)
    stand = standings(dues, known.filings, now)
    fell_due = [one for one in stand if _fell_due(one, period, now)]
    counting = [one.due for one in stand if one.due.counted and not one.due.excused and not one.due.cancelled]
    return Sailing(
        facts=known,
        standings=tuple(one for one in fell_due if one.state in JUDGED),
        sails_here=bool(counting) and _sails_in(known.call, period, now),
        compared_at=_compared_at(known.call, counting, period, now),
        excused=tuple(one for one in fell_due if one.state is State.EXCUSED and one.due.counted),
        undetermined=any(one.state is State.NOT_DUE for one in stand),
        live={one.due.obligation: live(one.due, filings) for one in fell_due if one.due.counted},
    )


def _fell_due(one: Standing, period: Period, now: datetime) -> bool:
    deadline = one.due.deadline
    return deadline is not None and period.holds(deadline) and has_passed(one.due, now)


def _sails_in(call: ExpectedCall, period: Period, now: datetime) -> bool:
    leaves = call.departs_at or call.arrives_at
    return leaves is not None and period.holds(leaves.at) and leaves.at <= now


def _compared_at(call: ExpectedCall, counting: Iterable[Due], period: Period, now: datetime) -> datetime | None:
    """98/41/EC asks for a count before departure and a list by 15 minutes after it: then both must agree."""
    asked = {bool(LISTS[one.product]) for one in counting}
    if asked != {True, False} or call.departs_at is None:
        return None
    at = call.departs_at.at + ALARM_AFTER
    return at if period.holds(at) and at <= now else None
