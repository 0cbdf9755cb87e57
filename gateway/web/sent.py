"""What was sent: one submission, what became of it and what to mend first, live until it has been processed; its copies and receipt.

In: a signed-in line, the id of one of its submissions. Out: pages, pieces of them for htmx, attachments. What was found is told by place and
shape alone; the line's own file goes back to it as a copy. A submission of another line does not exist.
"""

import asyncio
from typing import Any, Final
from uuid import UUID

import msgspec
from aiohttp import web

from gateway.findings import Finding, Severity, alike, places
from gateway.obligations import due
from gateway.process.answer import Answer
from gateway.settings import utc_now
from gateway.store import Connection
from gateway.store.calls import call
from gateway.store.deliveries import deliveries_of
from gateway.store.filings import filings_of
from gateway.store.manifests import filings_of_submission
from gateway.store.submissions import Submission
from gateway.track import standings
from gateway.web import pages, parameters
from gateway.web.answers import json_bytes
from gateway.web.body import MOST_FILES
from gateway.web.context import CONTEXT
from gateway.web.copies import SUBMISSIONS, Sent, Shelf, answer_bytes, copy_of, made
from gateway.web.deadlines import moment
from gateway.web.mending import SHOWN
from gateway.web.outcome import Known, outcome
from gateway.web.problems import Problem
from gateway.web.rooms import SENT
from gateway.web.submissions import awaited, submission_for
from gateway.web.visitor import visitor
from gateway.web.words import mark, say

_AT_FIRST, _AT_A_TIME = 1.5, 20.0  # seconds that a page, and a piece of it, waits for what is being processed
_FORMS: Final = ("marked", "aperak", "corrected")
_MARKED: Final = {
    "workbook": mark("Your workbook, with every mistake marked"),
    "delimited": mark("Your file, with what is wrong in a column of its own"),
    "paxlst": mark("The answer as CUSRES"),
    "emswe-xml": mark("The answer as FRM"),
    "emswe-json": mark("The answer as FRM"),
}
_BESIDE: Final = mark("What was found, beside your file")
_CORRECTABLE: Final = ("workbook", "delimited", "emswe-xml", "emswe-json", "common-json")
_EDIFACT: Final = ("paxlst", "pnrgov")


async def page(request: web.Request) -> web.Response:
    """GET /sent/{id}?all=CODE"""
    row = await _own(request, "again", "all")
    row = await awaited(request, row, _AT_FIRST)
    values = await _values(request, row)
    again = moment(row.received_at) if request.query.get("again") else ""
    return pages.html(request, "sent.html", again=again, is_piece=False, **values)


async def piece(request: web.Request) -> web.Response:
    """GET /sent/{id}/answer: what the page shows of the answer, as soon as it is there."""
    row = await awaited(request, await _own(request), _AT_A_TIME)
    return pages.fragment(pages.render("answer.html", is_piece=True, **await _values(request, row)))


async def copy(request: web.Request) -> web.Response:
    """GET /sent/{id}/copy?as=…&file=…"""
    row = await _own(request, "as", "file")
    return await handed_back(request, row, SUBMISSIONS)


async def repairs(request: web.Request) -> web.Response:
    """GET /sent/{id}/repairs?file=…"""
    row = await _own(request, "file")
    return await repaired(request, row, SUBMISSIONS, f"/sent/{row.id}")


async def receipt(request: web.Request) -> web.Response:
    """GET /sent/{id}/receipt"""
    row = await _own(request)
    name = f'attachment; filename="receipt-{row.id}.json"'
    return json_bytes(row.receipt, headers={"Content-Disposition": name})


async def handed_back(request: web.Request, row: Sent, shelf: Shelf) -> web.Response:
    """The copy that the query names, as an attachment."""
    form = request.query.get("as", "")
    if form not in _FORMS:
        raise parameters.bad(f"'as' is one of {', '.join(_FORMS)}")
    return await copy_of(request, row, form, _number(request), shelf)


async def repaired(request: web.Request, row: Sent, shelf: Shelf, address: str) -> web.Response:
    """The page that lists what is repaired in the corrected copy."""
    number = _number(request)
    try:
        done, why = (await made(request, row, "corrected", number, shelf)).repairs, ""
    except Problem as problem:
        if problem.kind != "no-such-copy":
            raise
        done, why = (), problem.detail
    found = alike(Finding("", Severity.INFO, one.what, one.place) for one in done)
    listed = [(same[0].text, places(same), len(same)) for same in found]
    return pages.html(request, "repairs.html", address=address, number=number, repairs=listed, count=len(done), why=why)


def downloads(answer: Answer) -> list[dict[str, Any]]:
    """The copies that each file can be had as, what to call them, and how."""
    found = []
    for number, format in enumerate(answer.formats, 1):
        copies = [("marked", say(_MARKED.get(format or "", _BESIDE)))]
        if format in _EDIFACT:
            copies.append(("aperak", say("The answer as APERAK")))
        if format in _CORRECTABLE:
            copies.append(("corrected", say("A corrected copy: every repair that needs no decision")))
        found.append({"number": number, "format": format, "copies": copies, "is_corrected": format in _CORRECTABLE})
    return found


def shown_whole(request: web.Request) -> str:
    """The code of the kind of finding of which every place is wanted."""
    return parameters.text(request, "all", longest=10) or ""


async def _values(request: web.Request, row: Submission) -> dict[str, Any]:
    """What the templates need of one submission."""
    context, now = request.app[CONTEXT], utc_now()
    base = {
        "row": row, "address": f"/sent/{row.id}", "received": moment(row.received_at), "all": shown_whole(request), "shown": SHOWN,
        "is_sandbox": False, "outcome": None, "ended": False,
    }  # fmt: skip
    if row.state != "processed":
        return base
    try:
        answer = msgspec.json.decode(await answer_bytes(request, row.id, SUBMISSIONS), type=Answer)
    except Problem as problem:
        if problem.status != 410:
            raise
        return base | {"ended": True}
    async with context.pool.acquire(timeout=10) as connection:
        known = await _known(connection, request, row.id, answer)
    said = await asyncio.to_thread(outcome, answer, known, context.catalogue, now)
    return base | {"answer": answer, "outcome": said, "downloads": downloads(answer)}


async def _known(connection: Connection, request: web.Request, id: UUID, answer: Answer) -> Known:
    """What the store knows beside the answer: lists, deliveries, and how the duties of the sailings stand now."""
    context, now = request.app[CONTEXT], utc_now()
    filings = await filings_of_submission(connection, id)
    deliveries = await deliveries_of(connection, [one.id for one in filings])
    ids = list({one.call_id: None for one in filings if one.call_id})
    calls = {id: found for id in ids if (found := await call(connection, id))}
    judged = await filings_of(connection, ids)
    duties = {
        id: standings(due(one, context.catalogue.law), [each for each in judged if each.call == id], now)
        for id, one in calls.items()
    }
    return Known(filings, deliveries, calls, duties)


async def _own(request: web.Request, *known: str) -> Submission:
    who = await visitor(request, *SENT.kinds)
    parameters.only_known(request, *known)
    return await submission_for(request, who)


def _number(request: web.Request) -> int:
    return parameters.number(request, "file", default=1, least=1, most=MOST_FILES)
