"""How every call around now stands, kept up to date by what changed and by nothing else.

In: a connection and the time, again and again. Out: the board's rows. A call whose stamp in the store is the same, and none of whose deadlines
has passed since, has the row it had: the very same object, by which a page knows that it need not be drawn again. With 2,000 calls a look
costs one query; the law is asked, and filings are read, for the calls that moved.
"""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec

from gateway.obligations import Due, ExpectedCall, Law, due
from gateway.store import Connection
from gateway.store.calls import calls_of, stamps_around
from gateway.store.filings import filings_of
from gateway.track import Filing, Row
from gateway.track.board import by_call, holds_until, in_order, row

LOOK_BACK, LOOK_AHEAD = timedelta(days=2), timedelta(days=7)
_LONGEST_LEG = timedelta(days=21)
_MANY = 50  # so many calls anew are more than the event loop should be held up for


class _Known(msgspec.Struct, frozen=True, kw_only=True):
    """A call as it was read, and its row, which holds from `since` until `until`."""

    stamp: str
    call: ExpectedCall
    dues: Sequence[Due]
    filings: Sequence[Filing]
    row: Row
    since: datetime
    until: datetime

    def holds(self, stamp: str, now: datetime) -> bool:
        return self.stamp == stamp and self.since <= now < self.until


class Arrivals:
    """One for each process that looks again and again."""

    def __init__(self, law: Law) -> None:
        self._law = law
        self._known: dict[str, _Known] = {}
        self._one_at_a_time = asyncio.Lock()

    async def rows(self, connection: Connection, now: datetime) -> list[Row]:
        """The rows at `now`, by arrival: calls from `LOOK_BACK` ago to `LOOK_AHEAD`."""
        async with self._one_at_a_time:
            stamps = await stamps_around(connection, now - _LONGEST_LEG, now + LOOK_AHEAD, ended_since=now - LOOK_BACK)
            await self._look_again(connection, stamps, now)
            return in_order(one.row for one in self._known.values())

    async def _look_again(self, connection: Connection, stamps: dict[str, str], now: datetime) -> None:
        old = {id: known for id, known in self._known.items() if id in stamps}
        moved = [id for id, stamp in stamps.items() if id not in old or old[id].stamp != stamp]
        calls = await calls_of(connection, moved) if moved else []
        filings = await filings_of(connection, moved) if moved else []
        passed = [known for id, known in old.items() if known.stamp == stamps[id] and not known.holds(stamps[id], now)]
        if len(moved) > _MANY:
            read = await asyncio.to_thread(self._read, calls, filings, stamps, now)
        else:
            read = self._read(calls, filings, stamps, now)
        self._known = old | {known.call.id: known for known in (*read, *(_judged(one, now) for one in passed))}

    def _read(
        self, calls: Iterable[ExpectedCall], filings: Iterable[Filing], stamps: dict[str, str], now: datetime
    ) -> list[_Known]:
        filed = by_call(filings)
        return [_known(stamps[call.id], call, due(call, self._law), filed.get(call.id, ()), now) for call in calls]


def _known(stamp: str, call: ExpectedCall, dues: Sequence[Due], filings: Sequence[Filing], now: datetime) -> _Known:
    seen = [one for one in filings if one.received_at <= now]
    return _Known(
        stamp=stamp,
        call=call,
        dues=dues,
        filings=filings,
        row=row(call, dues, seen, now),
        since=now,
        until=holds_until(dues, filings, now),
    )


def _judged(known: _Known, now: datetime) -> _Known:
    """The same call, later."""
    return _known(known.stamp, known.call, known.dues, known.filings, now)
