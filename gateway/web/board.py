"""What is arriving? The board: every expected call, who has reported, time left, persons on board. No names, live.

In: a viewer's, operator's or carrier's sign-in (a carrier sees its own calls). Out: a page that works without scripts, and
a stream of events (WHATWG HTML, server-sent events) that carries the calls anew whenever the store says that something
moved. The page and the stream take the same filters, so they always show the same calls; what a screen shows already is
not sent again. `lines` says how a call looks.
"""

import asyncio
import hashlib
import re
from datetime import datetime
from urllib.parse import urlencode

import msgspec
from aiohttp import web

from gateway.settings import utc_now
from gateway.store import UNAVAILABLE
from gateway.track import Row, State
from gateway.watch import rows
from gateway.web import pages, parameters
from gateway.web.access import only
from gateway.web.caller import Caller
from gateway.web.context import CONTEXT
from gateway.web.lines import WORDS, days, ends_of, line_of, ports_of, tally_of
from gateway.web.moves import CALM, STOPPING
from gateway.web.problems import Problem
from gateway.web.rooms import BOARD
from gateway.web.visitor import visitor
from gateway.web.words import language

_TURN_SECONDS = 20.0  # longer than a turn of `moves`; shorter than proxies wait for a silent stream
_PAUSE = b": nothing moved\n\n"
_TICKING = re.compile(r"(?<=>)[^<]*(?=</time>)")


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
    view = _view(request, await visitor(request, *BOARD.kinds))
    now = utc_now()
    found = await _rows(request.app, view.carrier, now)
    table = await asyncio.to_thread(_table, request.app, view, found, now)
    return pages.html(request, "board.html", now=now, view=view, ports=ports_of(found), table=table, mark=_mark(table))


async def events(request: web.Request) -> web.StreamResponse:
    """GET /board/events: the calls whenever they differ from what the page, or its last event, shows."""
    view = _view(request, await only(request, *BOARD.kinds), "seen")
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"})
    await response.prepare(request)
    moves, seen = request.app[CALM], request.headers.get("Last-Event-ID") or request.query.get("seen", "")
    while not request.app[STOPPING].is_set():
        ticket = moves.ticket()
        try:
            event, seen = await _news(request, view, seen)
            await response.write(event)
        except (Problem, ConnectionError):
            break
        await moves.after(ticket, _TURN_SECONDS)
    return response


async def _news(request: web.Request, view: View, seen: str) -> tuple[bytes, str]:
    """What to send to a screen that shows `seen`, and what it shows then; 401 for whoever was shut out since."""
    try:
        await only(request, *BOARD.kinds)
        table = await request.app[CALM].once(f"table/{language()}/{view}", lambda: _table_now(request.app, view))
    except UNAVAILABLE:
        return _PAUSE, seen
    mark = _mark(table)
    return (_PAUSE if mark == seen else _event(table, mark)), mark


def _view(request: web.Request, who: Caller, *others: str) -> View:
    parameters.only_known(request, "port", "state", *others)
    state = parameters.text(request, "state")
    if state is not None and state not in WORDS:
        raise parameters.bad(f"'state' is one of {', '.join(WORDS)}")
    own = who.subject if who.kind == "carrier" else None
    return View(own, parameters.port(request), State(state) if state else None)


async def _rows(app: web.Application, carrier: str | None, now: datetime) -> list[Row]:
    async with app[CONTEXT].pool.acquire(timeout=10) as connection:
        return await rows(connection, app[CONTEXT].catalogue, now, carrier=carrier)


async def _table_now(app: web.Application, view: View) -> str:
    now = utc_now()
    found = await app[CALM].once(f"rows/{view.carrier}", lambda: _rows(app, view.carrier, now))
    return await asyncio.to_thread(_table, app, view, found, now)


def _table(app: web.Application, view: View, found: list[Row], now: datetime) -> str:
    carriers = app[CONTEXT].catalogue.carrier_names
    here = [line_of(row, carriers, now, view.port) for row in found if view.port in (None, *ends_of(row))]
    shown = [line for line in here if view.state in (None, line.state)]
    on_board = sum(line.on_board or 0 for line in shown)
    return pages.render(
        "calls.html", view=view, days=days(shown), tally=tally_of(here), on_board=on_board, calls=len(shown)
    )


def _mark(table: str) -> str:
    """The same for as long as nothing but time has passed."""
    return hashlib.sha256(_TICKING.sub("", table).encode()).hexdigest()[:16]


def _event(table: str, mark: str) -> bytes:
    data = "".join(f"data: {line}\n" for line in table.splitlines())
    return f"event: calls\nid: {mark}\n{data}\n".encode()
