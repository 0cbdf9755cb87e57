"""What moved: one listening connection a process, for everyone who waits for the store (the live board, Prefer: wait).

In: the store's notices. Out: `after(ticket)` returns when something may have moved since the ticket was taken; `once`
makes a thing one time for all who want it between two moves, so that a hundred screens cost one query. MOVES tells at
once; CALM, for people, as well, and then no more for a moment.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine, Hashable
from typing import Any, TypeVar

from aiohttp import web

from gateway.store import BOARD
from gateway.store.wake import listening
from gateway.web.context import CONTEXT

_TURN_SECONDS = 15.0  # deadlines pass without anything moving in the store
_CALM_SECONDS = 0.4  # what comes meanwhile is told together: even then an update is on all screens within a second
T = TypeVar("T")


class Moves:
    """Tells whoever waits that something moved."""

    def __init__(self) -> None:
        self._next = asyncio.Event()
        self._made: dict[Hashable, asyncio.Task[Any]] = {}

    def ticket(self) -> asyncio.Event:
        """Take it before looking at the store, so that no move falls between looking and waiting."""
        return self._next

    async def after(self, ticket: asyncio.Event, seconds: float) -> None:
        """Until something may have moved since `ticket`, or `seconds`."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(ticket.wait(), seconds)

    async def once(self, name: Hashable, make: Callable[[], Coroutine[Any, Any, T]]) -> T:
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
CALM: web.AppKey[Moves] = web.AppKey("calm", Moves)
STOPPING: web.AppKey[asyncio.Event] = web.AppKey("stopping", asyncio.Event)


def prepare(app: web.Application) -> None:
    """Everything that waits, started and ended with the application."""
    app[MOVES], app[CALM], app[STOPPING] = Moves(), Moves(), asyncio.Event()
    app.cleanup_ctx.append(_watched)
    app.on_shutdown.append(_let_go)


async def _watched(app: web.Application) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(_listen(app)), asyncio.create_task(_calm(app))]
    yield
    await _let_go(app)
    await asyncio.gather(*tasks)


async def _let_go(app: web.Application) -> None:
    """Everyone who waits is let go, so that the process can end."""
    app[STOPPING].set()
    app[MOVES].stir()
    app[CALM].stir()


async def _listen(app: web.Application) -> None:
    async with listening(app[CONTEXT].database, [BOARD], app[STOPPING]) as wake:
        while not app[STOPPING].is_set():
            await wake.wait(_TURN_SECONDS)
            app[MOVES].stir()


async def _calm(app: web.Application) -> None:
    ticket = app[MOVES].ticket()
    while not app[STOPPING].is_set():
        await app[MOVES].after(ticket, _TURN_SECONDS)
        ticket = app[MOVES].ticket()
        app[CALM].stir()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(app[STOPPING].wait(), _CALM_SECONDS)
