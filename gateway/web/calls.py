"""Expected calls: GET and POST /v1/calls, GET /v1/calls/{id}, POST /v1/what-if.

In: a caller. Out: calls with what is due and how it stands. Counts and states, no names. Calls are
imported by an operator (a schedule as CSV or JSON); a carrier sees its own calls only.
"""

import asyncio
from datetime import timedelta
from typing import Any, Literal

from aiohttp import web

from gateway.compliance.measured import EVER
from gateway.findings import Finding
from gateway.obligations import due, parse_law, parse_schedule
from gateway.obligations.what_if import NOTHING, law_as
from gateway.settings import utc_now
from gateway.store import log, transaction
from gateway.store.calls import call, calls_between, times_of, upsert_calls
from gateway.store.compliance import outages
from gateway.store.filings import filings_of
from gateway.store.later_calls import adopt
from gateway.store.onboard import events_of
from gateway.track import Row, Standing, ledger, standings
from gateway.track.what_if import outcome
from gateway.watch import dues_of, rows
from gateway.web import parameters
from gateway.web.access import only
from gateway.web.answers import as_json
from gateway.web.body import DOCUMENT_BYTES, whole
from gateway.web.context import CONTEXT
from gateway.web.problems import Problem

_KINDS: dict[str, Literal["csv", "json"]] = {"text/csv": "csv", "application/json": "json"}


async def get_calls(request: web.Request) -> web.Response:
    """The calls around now; `port` narrows."""
    who = await only(request, "carrier", "viewer", "operator", "desk")
    parameters.only_known(request, "port")
    context, port = request.app[CONTEXT], parameters.port(request)
    carrier = who.subject if who.kind == "carrier" else None
    async with context.pool.acquire(timeout=10) as connection:
        found = await rows(connection, context.catalogue, utc_now(), carrier=carrier, port=port)
    return as_json({"calls": [_call(row) for row in found]})


async def get_call(request: web.Request) -> web.Response:
    """One call: all that is known of it, with the history of its times, and what is due and how it stands; who is on board, as numbers."""
    who = await only(request, "carrier", "viewer", "operator", "desk")
    parameters.only_known(request)
    context, id = request.app[CONTEXT], request.match_info["id"]
    async with context.pool.acquire(timeout=10) as connection:
        found = await call(connection, id) if id.isprintable() else None
        if found is None or (who.kind == "carrier" and who.subject != found.carrier):
            raise Problem(404, "no-such-call", "there is no call with this id that you may see")
        history = await times_of(connection, [id])
        filings, events = await filings_of(connection, [id]), await events_of(connection, [id])
        down = await outages(connection, *EVER)
    now = utc_now()
    judged = standings(dues_of([found], context.catalogue, down), filings, now)
    times = [{"time": one.name, "noted_at": one.noted_at, "value": one.value, "source": one.source} for one in history]
    book = ledger(id, filings, events, now)
    return as_json({"call": found, "times": times, "due": [_due(one) for one in judged], "ledger": book})


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


async def post_calls(request: web.Request) -> web.Response:
    """A schedule: new calls are added, known ones changed, and every time that moves is kept with its history."""
    who = await only(request, "operator")
    parameters.only_known(request)
    context = request.app[CONTEXT]
    kind = _KINDS.get(request.content_type)
    if kind is None:
        raise Problem(415, "bad-schedule", "send the schedule as text/csv or application/json")
    data = await whole(request, most=context.settings.max_body)
    calls, findings = await asyncio.to_thread(parse_schedule, data, kind, source=f"schedule of {who.subject}")
    strangers = sorted({call.carrier for call in calls} - context.catalogue.carriers.keys())
    now = utc_now()
    async with transaction(context.pool) as connection:
        changed = await upsert_calls(connection, calls, now)
        for carrier in sorted({call.carrier for call in calls}):
            await adopt(connection, carrier, now)
        await log.append(connection, "calls-imported", {"by": who.subject, "calls": str(len(calls))}, now)
    answer = {
        "calls": len(calls),
        "changed": changed,
        "carriers_without_profile": strangers,
        "findings": _said(findings),
    }
    return as_json(answer)


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
        "state": row.state,
        "reported": row.reported,
        "lists": row.lists,
        "on_board": row.on_board,
        "next_deadline": row.next_deadline,
        "due": [_due(one) for one in row.standings],
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


def _said(findings: list[Finding]) -> list[dict[str, str]]:
    return [
        {"code": f.code, "severity": f.severity, "place": str(f.place), "text": f.text, "hint": f.hint}
        for f in findings
    ]
