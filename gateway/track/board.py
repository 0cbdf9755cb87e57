"""The arrivals board: every expected call, who has reported, how many are on board, what is next and when.

In: calls, their dues, filings and events on board, the time. Out: one row a call, in the order of arrival. Counts and states, no names.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from gateway.changes import Changes
from gateway.manifest import ListKind, Purpose
from gateway.obligations.calls import ExpectedCall
from gateway.obligations.due import Due
from gateway.track.events import Event
from gateway.track.filing import Filing
from gateway.track.ledger import Ledger, ledger
from gateway.track.lists import by_call, newest_lists
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
    """One call. `filings`: all that came, but bookings, oldest first. `book` says how many are on board, and where that is from.

    `next_deadline` is the next one that is not met yet.
    """

    call: ExpectedCall
    state: State
    standings: tuple[Standing, ...]
    lists: tuple[Listed, ...]
    filings: tuple[Filing, ...]
    last_received: datetime | None
    book: Ledger
    next_deadline: datetime | None

    @property
    def reported(self) -> tuple[ListKind, ...]:
        return tuple(one.kind for one in self.lists)

    @property
    def listed(self) -> int | None:
        """Passengers and crew on the newest lists."""
        return self.book.listed.persons if self.book.listed else None

    @property
    def on_board(self) -> int | None:
        """As counted, with what happened since; else as listed."""
        return self.listed if self.book.on_board is None else self.book.on_board


def board(
    calls: Iterable[ExpectedCall],
    dues: Iterable[Due],
    filings: Iterable[Filing],
    now: datetime,
    events: Iterable[Event] = (),
) -> list[Row]:
    """The rows at `now`. A filing, a duty or an event of another call is nobody's."""
    dues_of, filings_of, events_of = by_call(dues), by_call(filings), by_call(events)
    parts = (
        (call, dues_of.get(call.id, ()), filings_of.get(call.id, ()), events_of.get(call.id, ())) for call in calls
    )
    return in_order(row(*part, now) for part in parts)


def row(
    call: ExpectedCall, dues: Sequence[Due], filings: Sequence[Filing], events: Sequence[Event], now: datetime
) -> Row:
    """One call as it stands at `now`; what was received or reported later is not seen."""
    filings = [filing for filing in filings if filing.received_at <= now]
    stand = tuple(standings(dues, filings, now))
    book = ledger(call.id, filings, events, now)
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
        book=book,
        next_deadline=following,
    )


def holds_until(dues: Iterable[Due], filings: Iterable[Filing], events: Iterable[Event], now: datetime) -> datetime:
    """Until when a row of `now` stays as it is if nothing comes: the next deadline, or the time of what is not seen yet."""
    ends = [one.deadline if one.strict else one.deadline + _JUST_AFTER for one in dues if one.deadline]
    told = (*(one.received_at for one in filings), *(one.reported_at for one in events))
    ahead = [at for at in (*ends, *told) if at > now]
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


def _order(one: Row) -> tuple[datetime, str]:
    moment = one.call.arrives_at or one.call.departs_at
    return (moment.at if moment else datetime.max.replace(tzinfo=UTC)), one.call.id
