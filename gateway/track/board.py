"""The arrivals board: every expected call, who has reported, how many are on board, what is next and when.

In: calls, their dues and filings, the time. Out: one row a call, in the order of arrival. Counts and states, no names.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import msgspec

from gateway.changes import Changes
from gateway.manifest import ListKind, Purpose
from gateway.obligations.calls import ExpectedCall
from gateway.obligations.due import Due
from gateway.track.filing import Filing
from gateway.track.standing import Standing, State, standings

_JUST_AFTER = timedelta(microseconds=1)  # "by" takes the point itself in

# The state of a whole call is that of its duty which stands worst; what is held against nobody comes last.
WORST_FIRST = (
    State.MISSING, State.INCOMPLETE, State.LATE, State.DUE, State.NOT_DUE, State.ON_TIME, State.EXCUSED,
    State.NOT_COUNTED,
)  # fmt: skip


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """The list of one kind that counts. `changes`: against the version before, where there was one to compare with."""

    kind: ListKind
    version: int
    persons: int
    changes: Changes | None


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One call. `filings`: all that came, but bookings, oldest first. `counted` as declared, `listed` as on the newest lists; `on_board` is the first of them that is known.

    `next_deadline` is the next one that is not met yet.
    """

    call: ExpectedCall
    state: State
    standings: tuple[Standing, ...]
    lists: tuple[Listed, ...]
    filings: tuple[Filing, ...]
    last_received: datetime | None
    counted: int | None
    listed: int | None
    next_deadline: datetime | None

    @property
    def reported(self) -> tuple[ListKind, ...]:
        return tuple(one.kind for one in self.lists)

    @property
    def on_board(self) -> int | None:
        return self.listed if self.counted is None else self.counted


def board(calls: Iterable[ExpectedCall], dues: Iterable[Due], filings: Iterable[Filing], now: datetime) -> list[Row]:
    """The rows at `now`. A filing or a duty of another call is nobody's."""
    dues_of, filings_of = by_call(dues), by_call(filing for filing in filings if filing.received_at <= now)
    rows = [row(call, dues_of.get(call.id, ()), filings_of.get(call.id, ()), now) for call in calls]
    return in_order(rows)


def row(call: ExpectedCall, dues: Sequence[Due], filings: Sequence[Filing], now: datetime) -> Row:
    stand = tuple(standings(dues, filings, now))
    filings = [filing for filing in filings if filing.purposes != (Purpose.BOOKING,)]  # who booked need not be on board
    newest = newest_lists(filings)
    ahead = [s.due.deadline for s in stand if s.state is State.DUE and s.due.deadline]
    following = min(ahead, default=None)
    return Row(
        call=call,
        state=overall(call, stand),
        standings=stand,
        lists=tuple(_said(kind, filing) for kind, filing in newest.items() if filing.persons),
        filings=tuple(sorted(filings, key=lambda filing: filing.order)),
        last_received=max((filing.received_at for filing in filings), default=None),
        counted=_counted(filings),
        listed=_listed(newest),
        next_deadline=following,
    )


def holds_until(dues: Iterable[Due], filings: Iterable[Filing], now: datetime) -> datetime:
    """Until when a row of `now` stays as it is if nothing comes: the next deadline, or the time of a filing that is not seen yet."""
    ends = [one.deadline if one.strict else one.deadline + _JUST_AFTER for one in dues if one.deadline]
    ahead = [at for at in (*ends, *(one.received_at for one in filings)) if at > now]
    return min(ahead, default=datetime.max.replace(tzinfo=UTC))


def in_order(rows: Iterable[Row]) -> list[Row]:
    """By arrival; where that is not known, by departure."""
    return sorted(rows, key=_order)


def _said(kind: ListKind, filing: Filing) -> Listed:
    return Listed(kind=kind, version=filing.version, persons=filing.persons, changes=filing.changes)


def overall(call: ExpectedCall, stand: Iterable[Standing]) -> State:
    """The worst state of a call's duties; nothing is due of a call without any."""
    if call.status == "cancelled":
        return State.CANCELLED
    states = {one.state for one in stand}
    return next((state for state in WORST_FIRST if state in states), State.NOT_DUE)


Owned = TypeVar("Owned", Due, Filing)


def by_call(items: Iterable[Owned]) -> Mapping[str, Sequence[Owned]]:
    found: dict[str, list[Owned]] = {}
    for item in items:
        found.setdefault(item.call, []).append(item)
    return found


def newest_lists(filings: Iterable[Filing]) -> dict[ListKind, Filing]:
    """The newest list of each kind, unless it was taken back."""
    newest: dict[ListKind, Filing] = {}
    for filing in sorted(filings, key=lambda filing: filing.order):
        if filing.withdrawn:
            newest.pop(filing.kind, None)
        elif filing.persons:
            newest[filing.kind] = filing
    return newest


def _counted(filings: Iterable[Filing]) -> int | None:
    """The newest number that was declared."""
    declared = [filing for filing in filings if filing.counted is not None and not filing.withdrawn]
    return max(declared, key=lambda filing: filing.order).counted if declared else None


def _listed(newest: Mapping[ListKind, Filing]) -> int | None:
    """Passengers and crew together."""
    return sum(filing.persons for filing in newest.values()) if newest else None


def _order(one: Row) -> tuple[datetime, str]:
    moment = one.call.arrives_at or one.call.departs_at
    return (moment.at if moment else datetime.max.replace(tzinfo=UTC)), one.call.id
