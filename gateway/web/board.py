"""What is arriving? The board: every expected call, who has reported, time left, persons on board. No names, live.

In: a viewer's, operator's or carrier's sign-in (a carrier sees its own calls). Out: a page that works without scripts, and
a stream of events (WHATWG server-sent events) that carries the table anew whenever the store says that something moved.
"""

import asyncio
import hashlib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import jinja2
import msgspec
from aiohttp import web

from gateway.obligations.calls import zone_of
from gateway.settings import utc_now
from gateway.store import BOARD, UNAVAILABLE, tokens
from gateway.store.wake import listening
from gateway.track import Row, State
from gateway.watch import rows
from gateway.web.access import COOKIE, Caller, caller
from gateway.web.context import CONTEXT
from gateway.web.problems import Problem

_HERE = Path(__file__).parent
_PAGES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=jinja2.StrictUndefined
)
STATIC = _HERE / "static"
_REFRESH_SECONDS = 15.0  # deadlines pass without anything moving in the store
_SETTLE_SECONDS = 0.3  # a burst of notices makes one refresh
_WORDS = {
    State.ON_TIME: "on time",
    State.LATE: "late",
    State.INCOMPLETE: "incomplete",
    State.MISSING: "missing",
    State.DUE: "due",
    State.NOT_DUE: "not due yet",
    State.NOT_COUNTED: "shown only",
    State.CANCELLED: "cancelled",
    State.EXCUSED: "excused",
}
SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One call as the page shows it. Times are local to the port; `deadline` is UTC for the countdown."""

    id: str
    vessel: str
    voyage: str
    carrier: str
    service: str
    departure_port: str
    arrival_port: str
    departs: str
    arrives: str
    state: str
    word: str
    reported: tuple[str, ...]
    on_board: int | None
    deadline: datetime | None
    left: str
    duties: tuple[dict[str, Any], ...]


async def page(request: web.Request) -> web.StreamResponse:
    """GET /"""
    try:
        who = await _reader(request)
    except Problem as problem:
        if problem.status != 401:
            raise
        raise web.HTTPSeeOther("/sign-in") from None
    lines = await _lines(request, who)
    return _html("board.html", lines=lines, tally=_tally(lines), port=request.query.get("port", ""), now=utc_now())


async def events(request: web.Request) -> web.StreamResponse:
    """GET /board/events"""
    who = await _reader(request)
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
    await response.prepare(request)
    sent = ""
    async with listening(request.app[CONTEXT].database, [BOARD], request.app[STOPPING]) as wake:
        while not request.app[STOPPING].is_set():
            try:
                lines = await _lines(request, who)
                table = _PAGES.get_template("calls.html").render(lines=lines, tally=_tally(lines))
            except UNAVAILABLE:
                table = sent
            digest = hashlib.sha256(table.encode()).hexdigest()
            message = b"event: alive\ndata: \n\n" if table == sent else _event(table, digest)
            try:
                await response.write(message)
            except (ConnectionError, asyncio.CancelledError):
                break
            sent = table
            await wake.wait(_REFRESH_SECONDS)
            await asyncio.sleep(_SETTLE_SECONDS)
    return response


STOPPING: web.AppKey[asyncio.Event] = web.AppKey("stopping", asyncio.Event)


def _event(table: str, digest: str) -> bytes:
    data = "".join(f"data: {line}\n" for line in table.splitlines())
    return f"id: {digest[:16]}\nevent: calls\n{data}\n".encode()


async def sign_in_form(request: web.Request) -> web.Response:
    """GET /sign-in"""
    return _html("sign-in.html", wrong=False)


async def sign_in(request: web.Request) -> web.StreamResponse:
    """POST /sign-in: a token is put into a cookie that no script can read and no other site can send."""
    form = await request.post()
    token = str(form.get("token", "")).strip()
    async with request.app[CONTEXT].pool.acquire(timeout=10) as connection:
        found = await tokens.find_token(connection, hashlib.sha256(token.encode()).digest(), utc_now())
    if found is None or found.kind not in ("viewer", "operator", "carrier"):
        return _html("sign-in.html", wrong=True, status=401)
    response = web.HTTPSeeOther("/")
    is_tls = request.scheme == "https"
    response.set_cookie(COOKIE, token, httponly=True, samesite="Strict", secure=is_tls, max_age=12 * 3600, path="/")
    return response


async def sign_out(request: web.Request) -> web.StreamResponse:
    """POST /sign-out"""
    response = web.HTTPSeeOther("/sign-in")
    response.del_cookie(COOKIE, path="/")
    return response


async def _reader(request: web.Request) -> Caller:
    who = await caller(request)
    if who.kind not in ("viewer", "operator", "carrier"):
        raise Problem(403, "not-allowed", "the board is for ports, operators and carriers")
    return who


async def _lines(request: web.Request, who: Caller) -> list[Line]:
    context = request.app[CONTEXT]
    now = utc_now()
    async with context.pool.acquire(timeout=10) as connection:
        found = await rows(
            connection,
            context.catalogue,
            now,
            carrier=who.subject if who.kind == "carrier" else None,
            port=request.query.get("port") or None,
        )
    return [_line(row, context.catalogue.carrier_names, now) for row in found]


def _line(row: Row, carriers: dict[str, str], now: datetime) -> Line:
    call = row.call
    return Line(
        id=call.id,
        vessel=call.vessel or call.imo or "?",
        voyage=call.voyage or "",
        carrier=carriers.get(call.carrier, call.carrier),
        service=call.service,
        departure_port=call.departure_port,
        arrival_port=call.arrival_port,
        departs=_local(call.departs_at.at, call.departure_port) if call.departs_at else "?",
        arrives=_local(call.arrives_at.at, call.arrival_port) if call.arrives_at else "?",
        state=row.state.value,
        word=_WORDS[row.state],
        reported=tuple(kind.value for kind in row.reported),
        on_board=row.on_board,
        deadline=row.next_deadline,
        left=_left(row.time_left),
        duties=tuple(
            {
                "title": one.due.title,
                "clause": one.due.clause,
                "state": one.state.value,
                "word": _WORDS[one.state],
                "explanation": one.due.explanation,
            }
            for one in row.standings
        ),
    )


def _local(at: datetime, port: str) -> str:
    zone = zone_of(port) or ZoneInfo("UTC")
    return f"{at.astimezone(zone):%a %d %b %H:%M}"


def _left(left: timedelta | None) -> str:
    if left is None:
        return ""
    minutes = max(0, int(left.total_seconds() // 60))
    days, rest = divmod(minutes, 1440)
    hours, minutes = divmod(rest, 60)
    return f"{days} d {hours} h" if days else f"{hours} h {minutes:02d} min" if hours else f"{minutes} min"


def _tally(lines: list[Line]) -> dict[str, int]:
    """How many calls stand how, the worst first, and how many persons are known to be on board."""
    words = [
        word for word in ("missing", "incomplete", "late", "due", "on time") if any(line.word == word for line in lines)
    ]
    return {word: sum(line.word == word for line in lines) for word in words}


def _html(template: str, *, status: int = 200, **values: Any) -> web.Response:
    body = _PAGES.get_template(template).render(**values)
    return web.Response(
        status=status, body=body.encode(), content_type="text/html", charset="utf-8", headers=SECURITY_HEADERS
    )
