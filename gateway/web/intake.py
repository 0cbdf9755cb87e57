"""What every way to hand in lists over HTTP shares: the hints beside the files, the call they name, the wait for what comes of them.

In: what a sender said (query parameters, or the fields of a form). Out: hints as they are stored, or a problem. The API, the page and
the sandbox take the same files with the same hints.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol, TypeVar

from aiohttp import web

from gateway.formats import FORMATS
from gateway.manifest import ListKind, Purpose
from gateway.obligations import ExpectedCall
from gateway.store import Connection
from gateway.store.calls import call as expected_call
from gateway.web import parameters
from gateway.web.context import CONTEXT
from gateway.web.moves import MOVES, STOPPING
from gateway.web.problems import Problem

_LOOK_SECONDS = 1.0  # a notice may be lost


class Processing(Protocol):
    """What is stored and will be processed: a submission, or a trial."""

    @property
    def state(self) -> str: ...


T = TypeVar("T", bound=Processing)


def hints_of_query(request: web.Request) -> dict[str, Any]:
    """The hints as query parameters."""
    parameters.only_known(request, "call", "format", "list", "purpose", repeated=frozenset(("purpose",)))
    return hints(
        call=parameters.text(request, "call"),
        format=request.query.get("format"),
        kind=request.query.get("list"),
        purposes=request.query.getall("purpose", []),
    )


def hints(*, call: str | None, format: str | None, kind: str | None, purposes: Sequence[str]) -> dict[str, Any]:
    """The hints as they are stored with the files; what was not said is not there."""
    found: dict[str, Any] = {}
    if call:
        found["call"] = call
    if format:
        found["format"] = one_of("format", format, [module.NAME for module in FORMATS])
    if kind:
        found["list"] = one_of("list", kind, [kind.value for kind in ListKind])
    if purposes:
        found["purposes"] = [one_of("purpose", one, [purpose.value for purpose in Purpose]) for one in purposes]
    return found


def one_of(name: str, value: str, allowed: Sequence[str]) -> str:
    if value not in allowed:
        raise parameters.bad(f"'{name}' is one of {', '.join(allowed)}")
    return value


async def named_call(app: web.Application, id: str | None, carrier: str) -> ExpectedCall | None:
    """The expected call that the sender names, which must be its own."""
    if id is None:
        return None
    async with app[CONTEXT].pool.acquire(timeout=10) as connection:
        call = await expected_call(connection, id)
    if call is None or call.carrier != carrier:
        raise Problem(
            400, "no-such-call", "you have no expected call with this id; see GET /v1/calls, or leave 'call' out"
        )
    return call


async def processed_within(
    app: web.Application, row: T, look: Callable[[Connection], Awaitable[T | None]], seconds: float
) -> T:
    """`row` once it is processed, or as it is when the time is over. `look` reads it again."""
    moves, loop = app[MOVES], asyncio.get_running_loop()
    until = loop.time() + seconds
    while row.state == "received" and loop.time() < until and not app[STOPPING].is_set():
        ticket = moves.ticket()
        async with app[CONTEXT].pool.acquire(timeout=10) as connection:
            row = await look(connection) or row
        if row.state == "received":
            await moves.after(ticket, min(_LOOK_SECONDS, until - loop.time()))
    return row
