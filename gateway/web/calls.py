"""Expected calls: GET /v1/calls, GET /v1/calls/{id}, POST /v1/what-if.

In: a caller. Out: calls with what is due and how it stands, and who says what of them. Counts and states, no names.
A carrier sees its own calls only. `telling` takes in what is said of calls.
"""

import asyncio
from datetime import timedelta
from typing import Any

from aiohttp import web

from gateway.compliance.measured import EVER
from gateway.expect import Claim, claims
from gateway.obligations import due, parse_law
from gateway.obligations.what_if import NOTHING, law_as
from gateway.settings import utc_now
from gateway.store.calls import call, calls_between, sayings_of, times_of
from gateway.store.compliance import outages
from gateway.store.filings import filings_of
from gateway.store.onboard import events_of
from gateway.track import Row, Standing, ledger, standings
from gateway.track.what_if import outcome
from gateway.watch import dues_of
from gateway.web import parameters
from gateway.web.access import only
from gateway.web.answers import as_json
from gateway.web.board import SCREENS
from gateway.web.body import DOCUMENT_BYTES, whole
from gateway.web.context import CONTEXT
from gateway.web.lines import ends_of
from gateway.web.problems import Problem


async def get_calls(request: web.Request) -> web.Response:
    """The calls around now; `port` narrows."""
    who = await only(request, "carrier", "viewer", "operator", "desk")
    parameters.only_known(request, "port")
    context, port = request.app[CONTEXT], parameters.port(request)
    carrier = who.subject if who.kind == "carrier" else None
    async with context.pool.acquire(timeout=10) as connection:
        found = await request.app[SCREENS].arrivals.rows(connection, utc_now())
    shown = (row for row in found if carrier in (None, row.call.carrier) and port in (None, *ends_of(row)))
    return as_json({"calls": [_call(row) for row in shown]})


async def get_call(request: web.Request) -> web.Response:
    """One call: all that is known of it and who says what, with the history of its times, what is due and how it stands; who is on board,
    as numbers."""
    who = await only(request, "carrier", "viewer", "operator", "desk")
    parameters.only_known(request)
    context, id = request.app[CONTEXT], request.match_info["id"]
    async with context.pool.acquire(timeout=10) as connection:
        found = await call(connection, id) if id.isprintable() else None
        if found is None or (who.kind == "carrier" and who.subject != found.carrier):
            raise Problem(404, "no-such-call", "there is no call with this id that you may see")
        history = await times_of(connection, [found.id])
        said = await sayings_of(connection, [found.id])
        filings, events = await filings_of(connection, [found.id]), await events_of(connection, [found.id])
        down = await outages(connection, *EVER)
    now = utc_now()
    judged = standings(dues_of([found], context.catalogue, down), filings, now)
    times = [{"time": one.name, "noted_at": one.noted_at, "value": one.value, "source": one.source} for one in history]
    told = [_claim(one) for one in claims(said[found.id])]
    book = ledger(found.id, filings, events, now)
    return as_json({"call": found, "times": times, "said": told, "due": [_due(one) for one in judged], "ledger": book})


async def post_what_if(request: web.Request) -> web.Response:
    """The sailings of the last days under other law: that of a day, or with what the body proposes. Nothing is kept of it."""
    await only(request, "operator")
    parameters.only_known(request, "on", "days")
    days = parameters.number(request, "days", default=30, least=1, most=400)
    on = parameters.day(request, "on")
    body = (await whole(request, most=DOCUMENT_BYTES)).decode("utf-8", "replace")
    proposed, problems = parse_law("the proposed law", body) if body.strip() else (NOTHING, [])
    if problems:
        raise Problem(422, "bad-law", "; ".join(problems)[:2000])
    context, now = request.app[CONTEXT], utc_now()
    law = law_as(context.catalogue.law, proposed, on)
    async with context.pool.acquire(timeout=10) as connection:
        calls = await calls_between(connection, now - timedelta(days=days), now)
        filings = await filings_of(connection, [one.id for one in calls])
    found = await asyncio.to_thread(lambda: outcome([each for one in calls for each in due(one, law)], filings, now))
    return as_json(found)


def _call(row: Row) -> dict[str, Any]:
    call = row.call
    return {
        "id": call.id,
        "carrier": call.carrier,
        "service": call.service,
        "vessel": call.vessel,
        "imo": call.imo,
        "voyage": call.voyage,
        "departure_port": call.departure_port,
        "arrival_port": call.arrival_port,
        "departs_at": call.departs_at.at if call.departs_at else None,
        "arrives_at": call.arrives_at.at if call.arrives_at else None,
        "announced": call.announced,
        "state": row.state,
        "reported": row.reported,
        "lists": row.lists,
        "on_board": row.on_board,
        "next_deadline": row.next_deadline,
        "due": [_due(one) for one in row.standings],
    }


def _claim(one: Claim) -> dict[str, Any]:
    """Who handed it in stands in the log; a line need not know."""
    return {
        "what": one.what,
        "value": one.value,
        "source": one.source,
        "voice": one.voice,
        "since": one.since,
        "counts": one.counts,
        "contradicts": one.contradicts,
    }


def _due(one: Standing) -> dict[str, Any]:
    return {
        "obligation": one.due.obligation,
        "title": one.due.title,
        "clause": one.due.clause,
        "product": one.due.product,
        "deadline": one.due.deadline,
        "counted": one.due.counted,
        "state": one.state,
        "by_the_clock": one.if_counted,
        "received_at": one.received_at,
        "missing": one.missing,
        "explanation": one.due.explanation,
    }
