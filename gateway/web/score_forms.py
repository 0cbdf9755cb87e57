"""What may be done about scorecards: contest a point (the line), decide (the desk), close a period (the desk), declare an outage, take one back.

In: the forms of /scorecards. Out: what `compliance` makes of them, and the way back. The operator declares outages and decides nothing.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import msgspec
from aiohttp import web

from gateway.catalogue import Catalogue
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
from gateway.web.scorecards import FIRST_DAY, LAST_DAY
from gateway.web.visitor import form_of
from gateway.web.words import mark

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
        raise _bad(mark("choose whether the point is given back, and why"))
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
    context, period = request.app[CONTEXT], days_of(fields)
    try:
        async with transaction(context.pool) as connection:
            await close(connection, context.catalogue, period, who.name, utc_now())
    except NotToBeClosed as why:
        raise problem_of_closing(why) from None
    return _back(fields)


async def post_outage(request: web.Request) -> web.Response:
    """POST /scorecards/outage: something that lines depend on was, or will be, down. Times in UTC."""
    who, fields = await form_of(request, "desk", "operator")
    context = request.app[CONTEXT]
    new = outage_of(fields, context.catalogue)
    async with transaction(context.pool) as connection:
        await declare(connection, new.since, new.until, new.what, carrier=new.carrier, by=who.name, now=utc_now())
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


class NewOutage(msgspec.Struct, frozen=True, kw_only=True):
    """As the form has it. `carrier`: for this line alone; None for all."""

    since: datetime
    until: datetime
    what: Down
    carrier: str | None


def outage_of(fields: Mapping[str, str], catalogue: Catalogue) -> NewOutage:
    """What was down from when until when, if it makes sense."""
    since, until, what = _moment(fields, "from"), _moment(fields, "until"), _choice(fields, "what", Down)
    carrier = fields.get("carrier") or None
    if since >= until:
        raise _bad(mark("the outage ends before it begins: give a beginning that lies before the end"))
    if carrier is not None and carrier not in catalogue.carriers:
        raise _bad(mark("there is no such line: choose one of the list"))
    return NewOutage(since=since, until=until, what=what, carrier=carrier)


def days_of(fields: Mapping[str, str]) -> Period:
    """From the first day until the last, which belongs to it, in UTC."""
    first, last = _day(fields, "from"), _day(fields, "last")
    if first > last:
        raise _bad(mark("the last day lies before the first: give them the other way round"))
    return Period(*(datetime.combine(one, time(), UTC) for one in (first, last + timedelta(days=1))))


def problem_of_closing(why: NotToBeClosed) -> Problem:
    return Problem(422, "not-to-be-closed", str(why))


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
        day = date.fromisoformat(fields.get(name, ""))
    except ValueError:
        day = date.min
    if not FIRST_DAY <= day < LAST_DAY:
        raise _bad(mark("give each day in full, of this century, as in 2026-11-01"))
    return day


def _moment(fields: Mapping[str, str], name: str) -> datetime:
    """As <input type="datetime-local"> writes it, in UTC."""
    try:
        at = datetime.fromisoformat(fields.get(name, "")).replace(tzinfo=UTC)
    except ValueError:
        at = datetime.min.replace(tzinfo=UTC)
    if not FIRST_DAY <= at.date() < LAST_DAY:
        raise _bad(mark("give each day and time in full, in UTC and of this century, as in 2026-11-01T18:00"))
    return at


def _back(fields: Mapping[str, str]) -> web.Response:
    return pages.see_other(own_address(fields.get("to", "/scorecards")))


def _refused(why: Refused) -> Problem:
    return Problem(404 if why.kind == "no-such-point" else 422, why.kind, str(why))


def _bad(detail: str) -> Problem:
    return Problem(400, "bad-form", detail)
