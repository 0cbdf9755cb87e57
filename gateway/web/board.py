"""What is arriving? The board: every expected call, who has reported, time left, persons on board. No names, live.

In: a sign-in (a carrier sees its own calls) and a `View`. Out: a page that works without scripts, as a table, a timeline or a wall screen; and
a stream of events (WHATWG HTML, server-sent events) that says what differs from what a screen shows, as soon as the store says that something
moved. Page and stream take the same filters, so they always show the same calls. `lines` says how a call looks, `frames` what is drawn anew.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import suppress

from aiohttp import web

from gateway.arrivals import Arrivals
from gateway.obligations.calls import zone_of
from gateway.settings import utc_now
from gateway.store import UNAVAILABLE
from gateway.track import Row
from gateway.web import pages
from gateway.web.access import only
from gateway.web.context import CONTEXT
from gateway.web.frames import Drawer, Frame
from gateway.web.lines import LEFT, local, name_of
from gateway.web.moves import CALM
from gateway.web.rooms import BOARD
from gateway.web.streams import FEED, News, event, streamed
from gateway.web.view import Face, View, carriers_of, ports_of, view_of
from gateway.web.visitor import visitor
from gateway.web.words import language, say

_KEPT_VIEWS, _KEPT_FRAMES = 200, 4  # what screens show, to say what differs from it


class Screens:
    """How all calls stand, how they look, and what screens were told last. One for each process."""

    def __init__(self, arrivals: Arrivals, drawer: Drawer) -> None:
        self.arrivals, self.drawer = arrivals, drawer
        self._shown: OrderedDict[tuple[str, View], OrderedDict[str, Frame]] = OrderedDict()

    def keep(self, frame: Frame) -> None:
        """A screen may show this from now on."""
        frames = self._shown.setdefault((language(), frame.view), OrderedDict())
        frames[frame.mark] = frame
        self._shown.move_to_end((language(), frame.view))
        for kept, most in ((frames, _KEPT_FRAMES), (self._shown, _KEPT_VIEWS)):
            while len(kept) > most:
                kept.popitem(last=False)

    def shown(self, view: View, mark: str) -> Frame | None:
        """What a screen that has this mark shows."""
        frames = self._shown.get((language(), view))
        return frames.get(mark) if frames else None


SCREENS: web.AppKey[Screens] = web.AppKey("screens", Screens)


def prepare(app: web.Application) -> None:
    """The calls are looked at once before anybody asks, so that the first page waits for nothing."""
    catalogue = app[CONTEXT].catalogue
    app[SCREENS] = Screens(Arrivals(catalogue.law), Drawer(catalogue.carrier_names))
    app.cleanup_ctx.append(_looked)


async def _looked(app: web.Application) -> AsyncIterator[None]:
    async def look() -> None:
        with suppress(*UNAVAILABLE):
            await _rows(app)

    task = asyncio.create_task(look())
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def page(request: web.Request) -> web.StreamResponse:
    """GET /"""
    return await _board(request, "board.html", "table")


async def wall(request: web.Request) -> web.StreamResponse:
    """GET /wall: for a screen that nobody touches."""
    return await _board(request, "wall.html", "wall")


async def _board(request: web.Request, template: str, face: Face) -> web.StreamResponse:
    view = view_of(request, await visitor(request, *BOARD.kinds), face=face)
    rows, now = await _rows(request.app), utc_now()
    frame = await asyncio.to_thread(request.app[SCREENS].drawer.frame, view, rows, now)
    request.app[SCREENS].keep(frame)
    names = request.app[CONTEXT].catalogue.carrier_names
    zone = zone_of(view.port) if view.port else None
    return pages.html(
        request,
        template,
        now=now,
        view=view,
        there=local(now, view.port) if zone else None,
        zone=zone.key if zone else "",
        place=name_of(view.port) if view.port else "",
        ports=sorted((name_of(code), code) for code in ports_of(rows, view)),
        carriers=[] if view.own else sorted((names.get(id, id), id) for id in carriers_of(rows)),
        calls=frame.whole(now),
        events=_address(view, frame.mark),
        said={name: say(text) for name, text in (LEFT | FEED).items()},
    )


def _address(view: View, seen: str) -> str:
    """Of the stream that goes on from what is shown."""
    return "/board/events" + view.query(**{"as": view.face, "show": str(view.show), "seen": seen})


async def events(request: web.Request) -> web.StreamResponse:
    """GET /board/events: what differs from what the page, or its last event, shows."""
    view = view_of(request, await only(request, *BOARD.kinds), "seen")
    app, spoken, calm = request.app, language(), request.app[CALM]

    async def news(seen: str) -> News:
        frame = await calm.once(("frame", spoken, view), lambda: _frame_now(app, view))
        if frame.mark == seen:
            return News(seen, None)
        return await calm.once(("event", spoken, view, seen), lambda: _told(app, frame, seen))

    return await streamed(request, BOARD.kinds, news)


async def _frame_now(app: web.Application, view: View) -> Frame:
    rows = await app[CALM].once(("rows",), lambda: _rows(app))
    return await asyncio.to_thread(app[SCREENS].drawer.frame, view, rows, utc_now())


async def _told(app: web.Application, frame: Frame, seen: str) -> News:
    """The news for all screens that show `seen`."""
    screens, now = app[SCREENS], utc_now()
    before = screens.shown(frame.view, seen)
    moved = frame.since(before, now) if before else None
    screens.keep(frame)
    return News(
        frame.mark, event("calls", frame.whole(now), frame.mark) if moved is None else event("moved", moved, frame.mark)
    )


async def _rows(app: web.Application) -> list[Row]:
    async with app[CONTEXT].pool.acquire(timeout=10) as connection:
        return await app[SCREENS].arrivals.rows(connection, utc_now())
