"""What is expected, from all who tell of it: POST /v1/calls.

In: a schedule (CSV, JSON, iCalendar) or sightings of AIS from an operator; a message about a ship's call (EMSWe) from an operator or from
the single window itself, which speaks of the ports of its own country. Out: what was taken of it, and what is wrong with the rest.
Carriers tell nothing here: what is expected of them is counted against them.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from aiohttp import web

from gateway.alerts import concerns_of
from gateway.expect import Said, intake, notices, sightings
from gateway.expect.intake import NOT_EXPECTED, SEVERAL_FIT, TWO_OF_ONE, Kind
from gateway.expect.notices import Visit
from gateway.expect.said import SCHEDULE
from gateway.findings import Finding
from gateway.formats import emswe_notice, emswe_response
from gateway.formats.emswe_notice import Notice
from gateway.formats.emswe_response import Response
from gateway.obligations.calls import NOBODY, ExpectedCall
from gateway.settings import utc_now
from gateway.store import Connection, log, transaction
from gateway.store.alarms import alarms_of, close_alarms, raise_alarm
from gateway.store.calls import Heard, changed, said_in, say, visit_of
from gateway.store.later_calls import adopt
from gateway.web import parameters, unplaced
from gateway.web.access import only
from gateway.web.answers import as_json
from gateway.web.body import whole
from gateway.web.caller import Caller
from gateway.web.context import CONTEXT, Context
from gateway.web.problems import Problem

_UNANNOUNCED: Final = "sailing-unannounced"
_MEDIA: dict[str, Kind] = {
    "text/csv": "csv",
    "text/calendar": "calendar",
    "application/xml": "emswe",
    "text/xml": "emswe",
}


async def post(request: web.Request) -> web.Response:
    """New calls are added, known ones change, and every time that moves is kept with its history."""
    who = await only(request, "operator", "recipient")
    parameters.only_known(request)
    context, now = request.app[CONTEXT], utc_now()
    country = _country(context, who)
    if request.content_type != "application/json" and request.content_type not in _MEDIA:
        detail = "send a schedule as text/csv, application/json or text/calendar, a message of a single window as application/xml"
        raise Problem(415, "bad-schedule", detail)
    data = await whole(request, most=context.settings.max_body)
    kind = _MEDIA.get(request.content_type) or intake.kind_of(data)
    if who.kind == "recipient" and kind != "emswe":
        raise Problem(
            403,
            "not-allowed",
            "a single window sends messages about a ship's call (EMSWe); schedules are for operators",
        )
    notice = await asyncio.to_thread(emswe_notice.read, data) if kind == "emswe" else None
    response = await asyncio.to_thread(emswe_response.read, data) if kind == "emswe" and notice is None else None
    if kind == "emswe" and notice is None and response is None:
        return _answer(context, [], [intake.NOT_A_NOTICE.at()])
    chosen: dict[str, str] = {}
    if kind != "emswe":
        read = intake.planned if kind != "sightings" else None
        said, findings = (
            await asyncio.to_thread(read, data, kind, by=who.subject, at=now)
            if read
            else await asyncio.to_thread(sightings.read, data, context.catalogue.ships, by=who.subject, at=now)
        )
    async with transaction(context.pool) as connection:
        if notice is not None:
            said, findings = await _notified(connection, context, notice, who, country, now)
        elif response is not None:
            said, findings, chosen = await _answered(connection, response, country, now)
        heard = await say(connection, said, now, chosen)
        await _follow(connection, said, heard, now)
        entry = {"by": who.subject, "from": kind, "calls": str(len(_calls(heard)))}
        await log.append(connection, "calls-imported", entry, now)
    return _answer(context, heard, [*findings, *_unplaced(said, heard)])


def _country(context: Context, who: Caller) -> str | None:
    """Of a single window: its country. None of the operator, who hands in what came from anywhere."""
    if who.kind != "recipient":
        return None
    recipient = context.catalogue.recipients.get(who.subject)
    if recipient is None or recipient.kind != "nsw":
        raise Problem(403, "not-allowed", "of the recipients only a single window tells of calls")
    return recipient.country


async def _notified(
    connection: Connection, context: Context, notice: Notice, who: Caller, country: str | None, now: datetime
) -> tuple[list[Said], list[Finding]]:
    stay = await visit_of(connection, notice.visit) if notice.visit else None
    visit = Visit(*stay) if stay else None
    return intake.notified(notice, visit, context.catalogue.ships, by=who.subject, at=now, country=country)


async def _answered(
    connection: Connection, response: Response, country: str | None, now: datetime
) -> tuple[list[Said], list[Finding], dict[str, str]]:
    """The words of the request that the window answers, with the Visit ID that it gives; and the calls that they are about."""
    words = await said_in(connection, response.request) if response.request else {}
    problem = notices.not_answering(response, list(words.values()), country)
    if problem is not None:
        return [], [problem], {}
    return (
        [notices.answered(one, response, at=now) for one in words.values()],
        [],
        {one.subject: id for id, one in words.items()},
    )


async def _follow(connection: Connection, said: Sequence[Said], heard: Sequence[Heard], now: datetime) -> None:
    """Lists that waited for these calls find them; of a sailing that nobody announced the desk is told, until somebody does."""
    told = {
        id for one in heard if one.is_changed and one.call and one.call.announced for id in (one.call.id, *one.absorbed)
    }
    ended = [one.id for one in await alarms_of(connection, [_UNANNOUNCED], ()) if one.subject in told] if told else []
    await close_alarms(connection, ended, "it was announced")
    for carrier in sorted({one.carrier for one in _calls(heard)} - {NOBODY}):
        await adopt(connection, carrier, now)
    fresh = {one.subject for one, became in zip(said, heard, strict=True) if became.call is None and became.rivals}
    if any(one.voice != SCHEDULE for one in said):
        await unplaced.settle(connection, fresh)
    for one in heard:
        if one.is_new and one.call is not None and not one.call.announced:
            ship = f"{one.call.vessel or 'a ship'} (IMO {one.call.imo})"
            text = f"AIS saw {ship} sail {one.call.departure_port} to {one.call.arrival_port}, and nobody had announced it: ask its line"
            await raise_alarm(connection, _UNANNOUNCED, one.call.id, text, concerns_of(one.call))


def _calls(heard: Sequence[Heard]) -> list[ExpectedCall]:
    return list({one.call.id: one.call for one in heard if one.call is not None}.values())


def _unplaced(said: Sequence[Said], heard: Sequence[Heard]) -> list[Finding]:
    """What could not be put with one call for sure."""
    found = []
    for one, became in zip(said, heard, strict=True):
        if became.call is None and not became.rivals:
            found.append(NOT_EXPECTED.at(voice=one.voice))
        if became.rivals:
            what = (
                f"it is kept as {became.call.id}"
                if became.call
                else f"what {one.voice} says was put with none of them: ./gw calls unplaced"
            )
            some = ", ".join(became.rivals[:5])
            found.append(SEVERAL_FIT.at(count=len(became.rivals), some=some, what=what))
        if became.apart and became.call is not None:
            found.append(TWO_OF_ONE.at(call=became.call.id, others=", ".join(became.apart)))
    return found


def _answer(context: Context, heard: Sequence[Heard], findings: Sequence[Finding]) -> web.Response:
    carriers = {one.carrier for one in _calls(heard)} - {NOBODY}
    answer = {
        "calls": len(_calls(heard)),
        "changed": changed(heard),
        "carriers_without_profile": sorted(carriers - context.catalogue.carriers.keys()),
        "findings": [
            {"code": one.code, "severity": one.severity, "place": str(one.place), "text": one.text, "hint": one.hint}
            for one in findings
        ],
    }
    return as_json(answer)
