"""Waking up when there is work: LISTEN on a connection of its own, and a poll to be sure.

In: channel names of `gateway.store`. Out: `await wake.wait(seconds)` returns when a notice came or the seconds are over.
A notice may be lost (the connection breaks, the server restarts), so whoever waits looks at the tables after every
return; the connection is made anew in the background and its return counts as a notice.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from gateway.store import UNAVAILABLE, Database, connect

_RECONNECT_SECONDS = 0.5


class Wake:
    """One waiter of one process. Use `listening`."""

    def __init__(self) -> None:
        self._noticed = asyncio.Event()

    async def wait(self, seconds: float) -> None:
        """Until a notice or `seconds`. Notices since the last return count."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._noticed.wait(), seconds)
        self._noticed.clear()

    def now(self) -> None:
        """A notice from this process itself."""
        self._noticed.set()


@asynccontextmanager
async def listening(database: Database, channels: Sequence[str], stop: asyncio.Event) -> AsyncIterator[Wake]:
    """A `Wake` for these channels, while the block lasts; `stop` counts as a notice."""
    wake, over = Wake(), asyncio.Event()
    tasks = [asyncio.create_task(_listen(database, channels, wake, over)), asyncio.create_task(_notice(stop, wake))]
    try:
        yield wake
    finally:
        over.set()  # asyncpg can lose a cancellation while it connects to a server that is gone
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _notice(stop: asyncio.Event, wake: Wake) -> None:
    await stop.wait()
    wake.now()


async def _listen(database: Database, channels: Sequence[str], wake: Wake, over: asyncio.Event) -> None:
    while not over.is_set():
        try:
            connection = await connect(database)
        except UNAVAILABLE:
            await asyncio.sleep(_RECONNECT_SECONDS)
            continue
        ended = asyncio.Event()
        try:
            connection.add_termination_listener(lambda *_, ended=ended: ended.set())
            for channel in channels:
                await connection.add_listener(channel, lambda *_: wake.now())
            wake.now()
            await ended.wait()
        except UNAVAILABLE:
            await asyncio.sleep(_RECONNECT_SECONDS)
        finally:
            with contextlib.suppress(Exception):
                await asyncio.wait_for(connection.close(), 2)
