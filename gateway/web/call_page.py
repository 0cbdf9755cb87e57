"""Is it complete? One call: what is due under which clause, what came when, what became of it, who is on board. No names, live.

In: a sign-in (a carrier sees its own calls); for POST /calls/{id}/events what its line tells of the persons on board. Out: a page that works
without scripts, and a stream that sends it anew when something moved. `reasons`, `sent_lists`, `persons`, `times` and `facts` say it in words.
"""

import asyncio
import hashlib
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import uuid4

import msgspec
from aiohttp import web

from gateway.arrivals import LONGEST_LEG
from gateway.compliance.onboard import report_event
from gateway.expect import Said, claims
from gateway.obligations import ExpectedCall
from gateway.rescue import Case, state_of
from gateway.settings import utc_now
from gateway.store import Connection, transaction
from gateway.store.calls import TimeNote, call, sayings_of, times_of
from gateway.store.compliance import outages
from gateway.store.dossiers import Dossier, dossier_of
from gateway.store.filings import filings_of
from gateway.store.onboard import events_of
from gateway.store.rescues import cases_of_call
from gateway.store.tokens import Kind
from gateway.store.unplaced import Unplaced, unplaced_of
from gateway.track import Event, Filing, Outage
from gateway.track.board import row
from gateway.watch import dues_of
from gateway.web import pages, parameters
from gateway.web.access import only
from gateway.web.caller import Caller
from gateway.web.context import CONTEXT
from gateway.web.facts import fact_lines
from gateway.web.lines import LEFT, Time, left, line_of, local, name_of, time_of
from gateway.web.moves import CALM
from gateway.web.persons import EVENTS, REASONS, book_lines, wish_of
from gateway.web.problems import Problem
from gateway.web.reasons import duty_lines
from gateway.web.rescue import REASONS as RESCUE_REASONS
from gateway.web.rescue import STATES
from gateway.web.rooms import BOARD
from gateway.web.sent_lists import sent_lines
from gateway.web.streams import FEED, News, event, streamed
from gateway.web.times import time_lines, unclear_lines
from gateway.web.visitor import form_of, visitor
from gateway.web.words import language, say

_TELLS: Final[tuple[Kind, ...]] = ("carrier", "operator")  # who may tell of events, and download receipts
_TICKING: Final = re.compile(r"(?<=>)[^<]*(?=</time>)")


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is stored about one call."""

    call: ExpectedCall
    times: Sequence[TimeNote]
    said: Sequence[Said]
    filings: Sequence[Filing]
    events: Sequence[Event]
    down: Sequence[Outage]
    dossier: Dossier
    rescues: Sequence[Case]
    unplaced: Sequence[Unplaced]


class Opening(msgspec.Struct, frozen=True):
    """That a rescue centre asked for the list of this sailing: why, when, and what came of it. By whom is no line's affair."""

    reason: str
    asked: Time
    word: str


async def page(request: web.Request) -> web.StreamResponse:
    """GET /calls/{id}"""
    who = await visitor(request, *BOARD.kinds)
    parameters.only_known(request)
    return await _page(request, who)


async def _page(request: web.Request, who: Caller, *, wrong: str = "", status: int = 200) -> web.Response:
    found, now = await _known(request, who), utc_now()
    body = await asyncio.to_thread(_body, request.app, found, who.kind, now)
    id = found.call.id
    return pages.html(
        request,
        "call.html",
        status=status,
        call=found.call,
        now=now,
        ship=found.call.vessel or say("Ship without a name"),
        body=body,
        events=f"/calls/{pages.quoted(id)}/events?seen={_mark(body)}",
        said={name: say(text) for name, text in (LEFT | FEED).items()},
        form=_form(found.call, now) if who.kind in _TELLS else None,
        wrong=wrong,
        there=None,
    )


def _form(call: ExpectedCall, now: datetime) -> dict[str, Any]:
    """What the form for events offers; its key makes the same form, sent twice, one event."""
    return {
        "key": uuid4().hex,
        "place": name_of(call.departure_port),
        "at": f"{local(now, call.departure_port):%Y-%m-%dT%H:%M}",
        "kinds": [(kind.value, say(text)) for kind, text in EVENTS.items()],
        "reasons": [(reason.value, say(text)) for reason, text in REASONS.items()],
    }


async def events(request: web.Request) -> web.StreamResponse:
    """GET /calls/{id}/events: the page's body, whenever it differs from what is shown."""
    who = await only(request, *BOARD.kinds)
    parameters.only_known(request, "seen")
    id, app, spoken, calm = (await _known(request, who)).call.id, request.app, language(), request.app[CALM]

    async def drawn() -> News:
        body = await asyncio.to_thread(_body, app, await _known(request, who), who.kind, utc_now())
        return News(_mark(body), event("calls", body, _mark(body)))

    async def news(seen: str) -> News:
        found = await calm.once(("call", spoken, id, who.kind), drawn)
        return News(seen, None) if found.mark == seen else found

    return await streamed(request, BOARD.kinds, news)


async def tell(request: web.Request) -> web.StreamResponse:
    """POST /calls/{id}/events: the line tells what happened on board."""
    who, fields = await form_of(request, *_TELLS)
    parameters.only_known(request)
    found, now = (await _known(request, who)).call, utc_now()
    wish = wish_of(fields, found.departure_port, now)
    if isinstance(wish, str):
        return await _page(request, who, wrong=wish, status=422)
    async with transaction(request.app[CONTEXT].pool) as connection:
        await report_event(
            connection,
            found.id,
            wish.kind,
            at=wish.at,
            persons=wish.persons,
            by=f"{who.kind} {who.name}",
            key=fields.get("key", "")[:64] or uuid4().hex,
            now=now,
            reason=wish.reason,
        )
    return pages.see_other(f"/calls/{pages.quoted(found.id)}#on-board")


async def _known(request: web.Request, who: Caller) -> Known:
    """The call, if there is one that this caller may see."""
    id = request.match_info["id"]
    async with request.app[CONTEXT].pool.acquire(timeout=10) as connection:
        found = await call(connection, id) if id.isprintable() else None
        if found is None or (who.kind == "carrier" and who.subject != found.carrier):
            raise Problem(404, "no-such-call", "there is no call with this id that you may see")
        return await _all_of(connection, found)


async def _all_of(connection: Connection, found: ExpectedCall) -> Known:
    moments = [moment.at for moment in (found.departs_at, found.arrives_at) if moment]
    return Known(
        call=found,
        times=await times_of(connection, [found.id]),
        said=(await sayings_of(connection, [found.id])).get(found.id, ()),
        filings=await filings_of(connection, [found.id]),
        events=await events_of(connection, [found.id]),
        down=await outages(connection, min(moments) - LONGEST_LEG, max(moments) + LONGEST_LEG) if moments else (),
        dossier=await dossier_of(connection, found.id),
        rescues=await cases_of_call(connection, found.id),
        unplaced=await unplaced_of(connection, found.id),
    )


def _body(app: web.Application, known: Known, kind: Kind, now: datetime) -> str:
    catalogue, found = app[CONTEXT].catalogue, known.call
    here = found.departure_port  # there the lists fall due, or soon after
    one = row(found, dues_of([found], catalogue, known.down), known.filings, known.events, now)
    names = {id: recipient.name for id, recipient in catalogue.recipients.items()}
    said = claims(known.said) if known.said else []
    return pages.render(
        "call-body.html",
        call=found,
        line=line_of(one, catalogue.carrier_names),
        duties=duty_lines(one.standings, here),
        book=book_lines(one.book, here),
        sent=sent_lines(known.dossier, here, names),
        times=time_lines(found, known.times, said),
        unclear=unclear_lines(found, known.unplaced),
        facts=fact_lines(found, said, catalogue.carrier_names),
        openings=[_opening(case, here, now) for case in known.rescues],
        may_download=kind in _TELLS,
        left=lambda time: left(time.at - now),
        is_over=lambda time: time.at < now,
    )


def _opening(case: Case, here: str, now: datetime) -> Opening:
    return Opening(say(RESCUE_REASONS[case.reason]), time_of(case.asked_at, here), say(STATES[state_of(case, now)]))


def _mark(body: str) -> str:
    """The same for as long as nothing but time has passed."""
    return hashlib.blake2b(_TICKING.sub("", body).encode(), digest_size=8).hexdigest()
