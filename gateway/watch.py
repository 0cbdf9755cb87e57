"""watch: what the clock brings. Log entries get their places, missed deadlines raise alarms, retention ends.

In: the time, the store. Out: signed log heads, alarms, destroyed keys; and, for the pages, how every call stands now.
One process of a gateway runs it; several do no harm, because each step is one locked or repeatable statement.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from gateway.catalogue import Catalogue
from gateway.obligations import Due, ExpectedCall, due
from gateway.receipts import TreeHead, sign_head
from gateway.settings import utc_now
from gateway.store import UNAVAILABLE, Connection, Pool, log, transaction
from gateway.store.alarms import raise_alarm
from gateway.store.calls import calls_between
from gateway.store.filings import filings_of
from gateway.store.retention import end_retention
from gateway.track import Row, State, board

RETENTION = timedelta(days=60)  # 98/41/EC art. 5(3) as SafeSeaNet applies it: at most 60 days after departure
_LOG_EVERY, _BOARD_EVERY, _RETENTION_EVERY = timedelta(seconds=1), timedelta(seconds=30), timedelta(hours=1)
_ALARMING = (State.MISSING, State.INCOMPLETE, State.LATE)
_LONGEST_LEG, _LOOK_BACK, _LOOK_AHEAD = timedelta(days=21), timedelta(days=2), timedelta(days=7)


async def rows(
    connection: Connection, catalogue: Catalogue, now: datetime, *, carrier: str | None = None, port: str | None = None
) -> list[Row]:
    """How every call around `now` stands: the arrivals board."""
    calls = await calls_between(connection, now - _LONGEST_LEG, now + _LOOK_AHEAD, carrier=carrier, port=port)
    calls = [call for call in calls if _is_current(call, now)]
    return board(calls, dues_of(calls, catalogue), await filings_of(connection, [call.id for call in calls]), now)


def _is_current(call: ExpectedCall, now: datetime) -> bool:
    end = call.arrives_at or call.departs_at
    return end is not None and end.at >= now - _LOOK_BACK


def dues_of(calls: Sequence[ExpectedCall], catalogue: Catalogue) -> list[Due]:
    """All that the law asks of these calls."""
    return [one for call in calls for one in due(call, catalogue.law)]


async def run(pool: Pool, catalogue: Catalogue, gateway: str, stop: asyncio.Event) -> None:
    """Keeps watch until `stop`."""
    next_at: dict[str, datetime] = {}
    while not stop.is_set():
        now = utc_now()
        try:
            if _is_due(next_at, "log", now, _LOG_EVERY):
                await integrate(pool, catalogue, gateway, now)
            if _is_due(next_at, "board", now, _BOARD_EVERY):
                await raise_missed(pool, catalogue, now)
            if _is_due(next_at, "retention", now, _RETENTION_EVERY):
                async with transaction(pool) as connection:
                    await end_retention(connection, now - RETENTION)
        except UNAVAILABLE:
            pass  # the store is away: everything here is done again at the next turn
        try:
            await asyncio.wait_for(stop.wait(), _LOG_EVERY.total_seconds())
        except TimeoutError:
            continue


def _is_due(next_at: dict[str, datetime], what: str, now: datetime, every: timedelta) -> bool:
    if now < next_at.get(what, now):
        return False
    next_at[what] = now + every
    return True


async def integrate(pool: Pool, catalogue: Catalogue, gateway: str, now: datetime) -> None:
    """New log entries get their places in the tree, and the new head is signed."""

    def sign(size: int, root: bytes, at: datetime) -> bytes:
        return sign_head(TreeHead(size=size, root=root.hex(), at=at, gateway=gateway), catalogue.identity.signer)

    await log.integrate(pool, sign, now)


async def raise_missed(pool: Pool, catalogue: Catalogue, now: datetime) -> None:
    """An alarm for every duty whose deadline has passed unmet; the same one again only counts up."""
    async with transaction(pool) as connection:
        for row in await rows(connection, catalogue, now):
            for one in row.standings:
                if one.state in _ALARMING:
                    text = f"{one.due.title} is {one.state.value} for {row.call.id}: {one.due.explanation}"
                    await raise_alarm(
                        connection, f"filing-{one.state.value}", f"{row.call.id}/{one.due.obligation}", text
                    )
