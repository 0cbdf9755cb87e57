"""How the lines do: GET /v1/scorecards, GET /v1/scorecards/lost.

In: whose, on which route, from when until when, under which law. Out: every metric as plain numbers, JSON or CSV (RFC 4180); the points that were
lost, each with what shows it. A carrier sees itself, a port what sails from or to it, the desk and the operator everybody. What a closed period says
is what it said when it was closed.
"""

import csv
import io
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, get_args

import msgspec
from aiohttp import web

from gateway.compliance import Asked, closed_cards, lost, scorecards
from gateway.obligations.law import Product
from gateway.settings import utc_now
from gateway.store import Connection
from gateway.store.compliance import ClosedPeriod, closed_period_in
from gateway.track.metrics import Card, Period, Value, table
from gateway.web import parameters
from gateway.web.access import only
from gateway.web.answers import as_json
from gateway.web.caller import Caller
from gateway.web.context import CONTEXT
from gateway.web.problems import Problem

LATELY = timedelta(days=30)
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)
_MOST = timedelta(days=400)
_CHOICES = ("carrier", "route", "from", "until", "product", "jurisdiction")
_MOST_LOST = 5_000


async def get(request: web.Request) -> web.Response:
    """A card a carrier; with by=route, a card a carrier and route."""
    who = await only(request, "carrier", "viewer", "operator", "desk")
    parameters.only_known(request, *_CHOICES, "by", "as")
    context, now = request.app[CONTEXT], utc_now()
    asked = asked_for(request, who, now)
    by_route = _one_of(request, "by", ("carrier", "route")) == "route"
    as_csv = _wants_csv(request)
    async with context.pool.acquire(timeout=10) as connection:
        closed = await _closed(connection, asked, by_route=by_route or asked.route is not None)
        if closed is None:
            found = await scorecards(connection, context.catalogue, asked, now, by_route=by_route)
        else:
            found = [one for one in await closed_cards(connection, closed) if _is_meant(one, asked, by_route)]
    if as_csv:
        return _as_csv(table(found))
    terms = closed.terms if closed else context.catalogue.terms.edition
    return as_json(
        {
            "from": asked.period.start,
            "until": asked.period.end,
            "closed": closed.id if closed else None,
            "terms": terms,
            "cards": [shown(one) for one in found],
        }
    )


async def get_lost(request: web.Request) -> web.Response:
    """The points behind the numbers, oldest first, as they stand now."""
    who = await only(request, "carrier", "viewer", "operator", "desk")
    parameters.only_known(request, *_CHOICES)
    context, now = request.app[CONTEXT], utc_now()
    asked = asked_for(request, who, now)
    async with context.pool.acquire(timeout=10) as connection:
        found = await lost(connection, context.catalogue, asked, now)
    return as_json(
        {"from": asked.period.start, "until": asked.period.end, "points": len(found), "lost": found[:_MOST_LOST]}
    )


def asked_for(request: web.Request, who: Caller, now: datetime) -> Asked:
    """What the query means, narrowed to what this caller may see."""
    carrier = parameters.text(request, "carrier")
    if who.kind == "carrier":
        if carrier not in (None, who.subject):
            raise Problem(404, "no-such-carrier", "there is no carrier with this id that you may see")
        carrier = who.subject
    elif carrier is not None and carrier not in request.app[CONTEXT].catalogue.carriers:
        raise Problem(404, "no-such-carrier", "there is no carrier with this id that you may see")
    product = _one_of(request, "product", get_args(Product))
    return Asked(
        period=_period(request, now),
        carrier=carrier,
        port=who.subject if who.kind == "viewer" else None,
        route=_route(request),
        product=msgspec.convert(product, Product) if product else None,
        jurisdiction=parameters.text(request, "jurisdiction"),
    )


def shown(card: Card) -> dict[str, Any]:
    """A card for programs: each number with its share, where it is told."""
    return {
        "carrier": card.carrier,
        "route": card.route or None,
        "sailings": card.sailings,
        "excused": card.excused,
        "undetermined": card.undetermined,
        "values": [_value(one) for one in card.values],
        "fields": {name: {"asked": one.asked, "given": one.given} for name, one in card.fields.items()},
    }


def _value(one: Value) -> dict[str, Any]:
    return {
        "metric": one.metric,
        "part": one.part or None,
        "numerator": one.numerator,
        "denominator": one.denominator,
        "share": one.share,
        "seconds": None if one.duration is None else int(one.duration.total_seconds()),
        "sailings": one.sailings,
        "low": one.low,
        "high": one.high,
        "reason": one.reason or None,
    }


async def _closed(connection: Connection, asked: Asked, *, by_route: bool) -> ClosedPeriod | None:
    """The closed period that is just what is asked for: of whole lines, or of their routes, under all law."""
    if asked.product or asked.jurisdiction or (asked.port and not by_route):
        return None
    found = await closed_period_in(connection, asked.period.start, asked.period.end)
    return found if found and (found.since, found.until) == (asked.period.start, asked.period.end) else None


def _is_meant(card: Card, asked: Asked, by_route: bool) -> bool:
    ends = tuple(card.route.split("-")) if card.route else ()
    return (
        bool(card.route) == (by_route or asked.route is not None)
        and asked.carrier in (None, card.carrier)
        and (asked.route is None or ends == asked.route)
        and (asked.port is None or asked.port in ends)
    )


def _period(request: web.Request, now: datetime) -> Period:
    """Whole days in UTC: from the first, up to and without the last; by default the last 30 up to now."""
    until, since = parameters.day(request, "until"), parameters.day(request, "from")
    if any(day and not FIRST_DAY <= day <= LAST_DAY for day in (since, until)):
        raise parameters.bad("'from' and 'until' are days of this century")
    end = datetime.combine(until, time(), UTC) if until else now
    start = datetime.combine(since, time(), UTC) if since else end - LATELY
    if not timedelta() < end - start <= _MOST:
        raise parameters.bad(f"'from' lies before 'until', by at most {_MOST.days} days")
    return Period(start, end)


def _route(request: web.Request) -> tuple[str, str] | None:
    route = parameters.text(request, "route")
    if route is None:
        return None
    ends = [parameters.locode(one) for one in route.split("-")]
    if len(ends) != 2 or not ends[0] or not ends[1]:
        raise parameters.bad("'route' is two UN/LOCODEs, from and to, as in FIHEL-EETLL")
    return ends[0], ends[1]


def _one_of(request: web.Request, name: str, allowed: tuple[str, ...]) -> str | None:
    value = parameters.text(request, name)
    if value is not None and value not in allowed:
        raise parameters.bad(f"'{name}' is one of {', '.join(allowed)}")
    return value


def _wants_csv(request: web.Request) -> bool:
    form = _one_of(request, "as", ("csv", "json"))
    return form == "csv" or (form is None and "text/csv" in request.headers.get("Accept", ""))


def _as_csv(lines: tuple[tuple[str, ...], ...]) -> web.Response:
    text = io.StringIO()
    csv.writer(text).writerows(lines)
    headers = {"Content-Disposition": 'attachment; filename="scorecards.csv"'}
    return web.Response(text=text.getvalue(), content_type="text/csv", charset="utf-8", headers=headers)
