"""What may be done about scorecards: contest a point (the line), decide (the desk), close a period (the desk), declare an outage, take one back.

In: the forms of /scorecards. Out: what `compliance` makes of them, and the way back. The operator declares outages and decides nothing.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

import msgspec
from aiohttp import web

from gateway.compliance import NotToBeClosed, Point, Refused, close, contest_point, decide_contest, declare, withdraw
from gateway.settings import utc_now
from gateway.store import transaction
from gateway.store.compliance import ContestReason, DecisionReason
from gateway.track.excuses import Down
from gateway.track.metrics import CONTESTABLE, Period
from gateway.web import pages
from gateway.web.context import CONTEXT
from gateway.web.language import own_address
from gateway.web.problems import Problem
from gateway.web.visitor import form_of

_LONGEST_ID = 400


async def post_contest(request: web.Request) -> web.Response:
    """POST /scorecards/contest: the line contests a point of its own."""
    who, fields = await form_of(request, "carrier")
    point = Point(*(fields.get(name, "") for name in ("metric", "call", "obligation")))
    if (
        point.metric not in CONTESTABLE
        or not (point.call + point.obligation).isprintable()
        or len(point.call) > _LONGEST_ID
    ):
        raise _bad("open the page of your scorecard again and contest the point from there")
    reason, submission = _choice(fields, "reason", ContestReason), _id(fields, "submission")
    context = request.app[CONTEXT]
    try:
        async with transaction(context.pool) as connection:
            await contest_point(connection, context.catalogue, who.subject, point, reason, submission, utc_now())
    except Refused as why:
        raise _refused(why) from None
    return _back(fields)


async def post_decision(request: web.Request) -> web.Response:
    """POST /scorecards/decide: the desk decides a contest, once."""
    who, fields = await form_of(request, "desk")
    id, reason = _id(fields, "contest"), _choice(fields, "reason", DecisionReason)
    if id is None or fields.get("upheld") not in ("yes", "no"):
        raise _bad("choose whether the point is given back, and why")
    try:
        async with transaction(request.app[CONTEXT].pool) as connection:
            found = await decide_contest(
                connection, id, upheld=fields["upheld"] == "yes", reason=reason, by=who.name, now=utc_now()
            )
    except Refused as why:
        raise _refused(why) from None
    if found is None:
        raise Problem(404, "no-such-contest", "there is no contest with this id")
    return _back(fields)


async def post_period(request: web.Request) -> web.Response:
    """POST /scorecards/close: the desk closes a period; its scores are numbers from now on."""
    who, fields = await form_of(request, "desk")
    since, until = _day(fields, "from"), _day(fields, "until")
    if since >= until:
        raise _bad("the first day lies before the last")
    context, period = request.app[CONTEXT], Period(*(datetime.combine(one, time(), UTC) for one in (since, until)))
    try:
        async with transaction(context.pool) as connection:
            await close(connection, context.catalogue, period, who.name, utc_now())
    except NotToBeClosed as why:
        raise Problem(422, "not-to-be-closed", str(why)) from None
    return _back(fields)


async def post_outage(request: web.Request) -> web.Response:
    """POST /scorecards/outage: something that lines depend on was, or will be, down. Times in UTC."""
    who, fields = await form_of(request, "desk", "operator")
    since, until, what = _moment(fields, "from"), _moment(fields, "until"), _choice(fields, "what", Down)
    context, carrier = request.app[CONTEXT], fields.get("carrier") or None
    if since >= until or (carrier is not None and carrier not in context.catalogue.carriers):
        raise _bad("give a beginning that lies before the end, and a line that there is")
    async with transaction(context.pool) as connection:
        await declare(connection, since, until, what, carrier=carrier, by=who.name, now=utc_now())
    return _back(fields)


async def post_withdraw(request: web.Request) -> web.Response:
    """POST /scorecards/outage/withdraw: it was declared by mistake."""
    who, fields = await form_of(request, "desk", "operator")
    id = _id(fields, "outage")
    if id is None:
        raise _bad("open the page of the scorecards again and take the outage back from there")
    try:
        async with transaction(request.app[CONTEXT].pool) as connection:
            found = await withdraw(connection, id, by=who.name, now=utc_now())
    except Refused as why:
        raise _refused(why) from None
    if found is None:
        raise Problem(404, "no-such-outage", "there is no outage with this id")
    return _back(fields)


def _choice(fields: Mapping[str, str], name: str, kind: Any) -> Any:
    """One of a closed list."""
    try:
        return msgspec.convert(fields.get(name), kind)
    except msgspec.ValidationError:
        raise _bad(f"choose one of what the page offers as '{name}'") from None


def _id(fields: Mapping[str, str], name: str) -> UUID | None:
    text = fields.get(name, "").strip()
    try:
        return UUID(text) if text else None
    except ValueError:
        raise _bad(f"'{name}' is an id as the receipt has it, or empty") from None


def _day(fields: Mapping[str, str], name: str) -> date:
    try:
        return date.fromisoformat(fields.get(name, ""))
    except ValueError:
        raise _bad(f"'{name}' is a day, as in 2026-11-01") from None


def _moment(fields: Mapping[str, str], name: str) -> datetime:
    """As <input type="datetime-local"> writes it, in UTC."""
    try:
        return datetime.fromisoformat(fields.get(name, "")).replace(tzinfo=UTC)
    except ValueError:
        raise _bad(f"'{name}' is a day and a time in UTC, as in 2026-11-01T18:00") from None


def _back(fields: Mapping[str, str]) -> web.Response:
    return pages.see_other(own_address(fields.get("to", "/scorecards")))


def _refused(why: Refused) -> Problem:
    return Problem(404 if why.kind == "no-such-point" else 422, why.kind, str(why))


def _bad(detail: str) -> Problem:
    return Problem(400, "bad-form", detail)
