"""What moved: one listening connection a process, for everyone who waits for the store (the live board, Prefer: wait).

In: the store's notices. Out: `after(ticket)` returns when something may have moved since the ticket was taken; `once`
makes a thing one time for all who want it between two moves, so that a hundred screens cost one query.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, TypeVar

from aiohttp import web

from gateway.store import BOARD
from gateway.store.wake import listening
from gateway.web.context import CONTEXT

_TURN_SECONDS = 15.0  # deadlines pass without anything moving in the store
_SETTLE_SECONDS = 0.05  # a burst of notices makes one move
T = TypeVar("T")


class Moves:
    """One for an application. `stopping` is set when the process ends."""

    def __init__(self) -> None:
        self.stopping = asyncio.Event()
        self._next = asyncio.Event()
        self._made: dict[str, asyncio.Task[Any]] = {}

    def ticket(self) -> asyncio.Event:
        """Take it before looking at the store, so that no move falls between looking and waiting."""
        return self._next

    async def after(self, ticket: asyncio.Event, seconds: float) -> None:
        """Until something may have moved since `ticket`, or `seconds`."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(ticket.wait(), seconds)

    async def once(self, name: str, make: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """What `make` makes, shared until the next move by all who ask for the same name."""
        if name not in self._made:
            self._made[name] = asyncio.create_task(make())
        made: T = await asyncio.shield(self._made[name])
        return made

    def stir(self) -> None:
        """Something moved."""
        ticket, self._next, self._made = self._next, asyncio.Event(), {}
        ticket.set()


MOVES: web.AppKey[Moves] = web.AppKey("moves", Moves)


async def watched(app: web.Application) -> AsyncIterator[None]:
    """Listens while the application runs."""
    task = asyncio.create_task(_listen(app, app[MOVES]))
    yield
    app[MOVES].stopping.set()
    await task


async def let_go(app: web.Application) -> None:
    """Everyone who waits is let go, so that the process can end."""
    app[MOVES].stopping.set()
    app[MOVES].stir()


async def _listen(app: web.Application, moves: Moves) -> None:
    async with listening(app[CONTEXT].database, [BOARD], moves.stopping) as wake:
        while not moves.stopping.is_set():
            await wake.wait(_TURN_SECONDS)
            await asyncio.sleep(_SETTLE_SECONDS)
            moves.stir()
