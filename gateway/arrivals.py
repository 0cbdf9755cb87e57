"""How every call around now stands, kept up to date by what changed and by nothing else.

In: a connection and the time, again and again. Out: the board's rows. A call whose stamp in the store is the same, and none of whose deadlines
has passed since, has the row it had: the very same object, by which a page knows that it need not be drawn again. With 2,000 calls a look
costs one query; the law is asked, and filings are read, for the calls that moved.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from gateway.obligations import Due, ExpectedCall, Law, due
from gateway.store import Connection
from gateway.store.calls import calls_of, stamps_around
from gateway.store.compliance import outages
from gateway.store.filings import filings_of
from gateway.store.onboard import events_of
from gateway.track import Event, Filing, Outage, Row
from gateway.track.board import holds_until, in_order, row
from gateway.track.excuses import with_outages
from gateway.track.lists import by_call

LOOK_BACK, LOOK_AHEAD = timedelta(days=2), timedelta(days=7)
LONGEST_LEG = timedelta(days=21)
_MANY = 50  # so many calls anew are more than the event loop should be held up for


class _Known(msgspec.Struct, frozen=True, kw_only=True):
    """A call as it was read, and its row, which holds from `since` until `until`."""

    stamp: str
    call: ExpectedCall
    dues: Sequence[Due]
    filings: Sequence[Filing]
    events: Sequence[Event]
    row: Row
    since: datetime
    until: datetime


class Arrivals:
    """One for each process that looks again and again."""

    def __init__(self, law: Law) -> None:
        self._law = law
        self._known: dict[str, _Known] = {}
        self._down: list[Outage] = []
        self._one_at_a_time = asyncio.Lock()

    async def rows(self, connection: Connection, now: datetime) -> list[Row]:
        """The rows at `now`, by arrival: calls from `LOOK_BACK` ago to `LOOK_AHEAD`."""
        since, until = now - LONGEST_LEG, now + LOOK_AHEAD
        async with self._one_at_a_time:
            stamps = await stamps_around(connection, since, until, ended_since=now - LOOK_BACK)
            down = await outages(connection, since, until)
            if down != self._down:  # whatever was due then is judged anew
                self._known, self._down = {}, down
            moved = [id for id, stamp in stamps.items() if id not in self._known or self._known[id].stamp != stamp]
            read = await self._read(connection, moved, stamps, now) if moved else []
            kept = [known for id, known in self._known.items() if stamps.get(id) == known.stamp]
            same = [one if one.since <= now < one.until else _later(one, now) for one in kept]
            self._known = {one.call.id: one for one in (*same, *read)}
            return in_order(one.row for one in self._known.values())

    async def _read(
        self, connection: Connection, ids: Sequence[str], stamps: Mapping[str, str], now: datetime
    ) -> list[_Known]:
        calls, filings = await calls_of(connection, ids), await filings_of(connection, ids)
        events = await events_of(connection, ids)

        def judged() -> list[_Known]:
            filed, told = by_call(filings), by_call(events)
            return [
                _known(
                    stamps[call.id],
                    call,
                    with_outages(due(call, self._law), call, self._down),
                    filed.get(call.id, ()),
                    told.get(call.id, ()),
                    now,
                )
                for call in calls
            ]

        return await asyncio.to_thread(judged) if len(calls) > _MANY else judged()


def _known(
    stamp: str,
    call: ExpectedCall,
    dues: Sequence[Due],
    filings: Sequence[Filing],
    events: Sequence[Event],
    now: datetime,
) -> _Known:
    return _Known(
        stamp=stamp,
        call=call,
        dues=dues,
        filings=filings,
        events=events,
        row=row(call, dues, filings, events, now),
        since=now,
        until=holds_until(dues, filings, events, now),
    )


def _later(known: _Known, now: datetime) -> _Known:
    """The same call at another time."""
    return _known(known.stamp, known.call, known.dues, known.filings, known.events, now)
