"""What is arriving? The board: every expected call, who has reported, time left, persons on board. No names, live.

In: a viewer's, operator's or carrier's sign-in (a carrier sees its own calls). Out: a page that works without scripts, and
a stream of events (WHATWG HTML, server-sent events) that carries the calls anew whenever the store says that something
moved. The page and the stream take the same filters, so they always show the same calls. `lines` says how a call looks.
"""

import asyncio
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import msgspec
from aiohttp import web

from gateway.settings import utc_now
from gateway.track import Row, State
from gateway.watch import rows
from gateway.web import pages, parameters
from gateway.web.access import Caller, caller
from gateway.web.context import CONTEXT
from gateway.web.lines import WORDS, Line, days, ends_of, line_of, ports_of, tally_of
from gateway.web.moves import CALM, STOPPING
from gateway.web.problems import AWAY, Problem
from gateway.web.sign_in import READERS

_TURN_SECONDS = 20.0  # longer than a turn of `moves`; shorter than proxies wait for a silent stream
_PAUSE = b": nothing moved\n\n"


class View(msgspec.Struct, frozen=True):
    """Which calls are wanted. `carrier` is the caller's own, never a choice."""

    carrier: str | None
    port: str | None
    state: State | None

    def query(self, **changes: str | None) -> str:
        """The address of this view with `changes`, from the question mark on."""
        chosen = {"port": self.port, "state": self.state} | changes
        given = {name: value for name, value in chosen.items() if value}
        return f"?{urlencode(given)}" if given else ""


async def page(request: web.Request) -> web.StreamResponse:
    """GET /"""
    try:
        view = await _view(request)
    except Problem as problem:
        if problem.status != 401:
            raise
        return pages.see_other("/sign-in")
    now = utc_now()
    found = await _rows(request.app, view.carrier, now)
    values: dict[str, Any] = {"now": now, "ports": ports_of(found)}
    return await asyncio.to_thread(lambda: pages.html("board.html", **values, **_values(request.app, view, found, now)))


async def events(request: web.Request) -> web.StreamResponse:
    """GET /board/events"""
    view = await _view(request)
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"})
    await response.prepare(request)
    moves, sent = request.app[CALM], ""
    while not request.app[STOPPING].is_set():
        ticket = moves.ticket()
        try:
            await _view(request)  # whoever was shut out since is shown nothing more
            table = await moves.once(f"table/{view}", lambda: _table(request.app, view))
        except Problem:
            break
        except AWAY:
            table = sent
        try:
            await response.write(_PAUSE if table == sent else _event(table))
        except ConnectionError:
            break
        sent = table
        await moves.after(ticket, _TURN_SECONDS)
    return response


async def _view(request: web.Request) -> View:
    who = await _reader(request)
    parameters.only_known(request, "port", "state")
    state = parameters.text(request, "state")
    if state is not None and state not in WORDS:
        raise parameters.bad(f"'state' is one of {', '.join(WORDS)}")
    own = who.subject if who.kind == "carrier" else None
    return View(own, parameters.port(request), State(state) if state else None)


async def _reader(request: web.Request) -> Caller:
    who = await caller(request)
    if who.kind not in READERS:
        raise Problem(403, "not-allowed", "the board is for ports, operators and carriers")
    return who


async def _rows(app: web.Application, carrier: str | None, now: datetime) -> list[Row]:
    async with app[CONTEXT].pool.acquire(timeout=10) as connection:
        return await rows(connection, app[CONTEXT].catalogue, now, carrier=carrier)


async def _table(app: web.Application, view: View) -> str:
    now = utc_now()
    found = await app[CALM].once(f"rows/{view.carrier}", lambda: _rows(app, view.carrier, now))
    return await asyncio.to_thread(lambda: pages.render("calls.html", **_values(app, view, found, now)))


def _values(app: web.Application, view: View, found: list[Row], now: datetime) -> dict[str, Any]:
    carriers = app[CONTEXT].catalogue.carrier_names
    here = [line_of(row, carriers, now, view.port) for row in found if view.port in (None, *ends_of(row))]
    shown = [line for line in here if view.state in (None, line.state)]
    return {
        "view": view,
        "days": days(shown),
        "tally": tally_of(here),
        "on_board": _persons(shown),
        "calls": len(shown),
    }


def _persons(lines: list[Line]) -> int:
    return sum(line.on_board or 0 for line in lines)


def _event(table: str) -> bytes:
    data = "".join(f"data: {line}\n" for line in table.splitlines())
    return f"event: calls\n{data}\n".encode()
