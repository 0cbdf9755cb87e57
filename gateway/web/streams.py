"""A page that keeps itself up to date: a stream of events (WHATWG HTML, server-sent events) for as long as somebody looks.

In: what the page shows (`seen`), and who says what differs from it. Out: events whenever something moved; a beat with the edition of the pages where
nothing did, so that a screen knows that it is not cut off, and loads itself anew once the gateway was renewed. What is written goes to all
screens that show the same; whoever was shut out since is told nothing more.
"""

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import msgspec
from aiohttp import web

from gateway.store import UNAVAILABLE
from gateway.store.tokens import Kind
from gateway.web import pages
from gateway.web.access import only
from gateway.web.moves import CALM, STOPPING
from gateway.web.problems import Problem
from gateway.web.words import mark

_TURN_SECONDS: Final = 20.0  # longer than a turn of `moves`; shorter than proxies wait for a silent stream

FEED: Final = {
    "live": mark("live"),
    "lost": mark("connection lost, trying again"),
    "stale": mark("No contact with the gateway since %(time)s. What is shown may be out of date."),
}
"""What board.js says, by the name of its attribute."""


class News(msgspec.Struct, frozen=True):
    """What a screen shows from now on, and the event that makes it so; None where it shows that already."""

    mark: str
    event: bytes | None


async def streamed(
    request: web.Request, kinds: Sequence[Kind], news: Callable[[str], Awaitable[News]]
) -> web.StreamResponse:
    """The stream. `news`: what differs from what has this mark; it may be asked by many at once."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"})
    await response.prepare(request)
    calm, seen = request.app[CALM], request.headers.get("Last-Event-ID") or request.query.get("seen", "")
    while not request.app[STOPPING].is_set():
        ticket = calm.ticket()
        try:
            await calm.once(("who", *_credentials(request)), lambda: only(request, *kinds))
            found = await news(seen)
        except UNAVAILABLE:
            found = News(seen, None)
        except Problem:
            break
        try:
            await response.write(found.event or BEAT)
        except ConnectionError:
            break
        seen = found.mark
        await calm.after(ticket, _TURN_SECONDS)
    return response


def _credentials(request: web.Request) -> tuple[str, str, bytes]:
    """What tells one caller from another: many screens of one are asked after once."""
    tls = request.get_extra_info("ssl_object")
    certificate = tls.getpeercert(binary_form=True) if tls is not None else None
    return request.headers.get("Authorization", ""), request.headers.get("Cookie", ""), certificate or b""


def event(name: str, html: str, mark: str) -> bytes:
    """An event that carries a piece of a page."""
    data = "".join(f"data: {line}\n" for line in html.splitlines())
    return f"event: {name}\nid: {mark}\n{data}\n".encode()


def _edition() -> str:
    """Of the pages and their scripts: a screen that has another one loads itself anew."""
    files = sorted(file for folder in (pages.STATIC, pages.TEMPLATES) for file in folder.iterdir())
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()[:12]


BEAT: Final = f"event: beat\ndata: {_edition()}\n\n".encode()
