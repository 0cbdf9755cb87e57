"""What would be frozen, what would be excused? GET /scorecards/close and /scorecards/outage: looked at before it is done.

In: the fields of the forms of /scorecards, as an address: nothing is done by opening it. Out: a page with the numbers that would stand for ever, or the
points that would be given back, and the button that does it (`score_forms`).
"""

from collections import Counter
from datetime import timedelta

from aiohttp import web

from gateway.compliance import Asked, NotToBeClosed, ensure_closable, lost, scorecards
from gateway.settings import utc_now
from gateway.track.metrics import Period
from gateway.web import pages, parameters
from gateway.web.context import CONTEXT
from gateway.web.moments import in_utc
from gateway.web.score_forms import days_of, outage_of, problem_of_closing
from gateway.web.score_view import line_of
from gateway.web.score_words import DOWN, both_days
from gateway.web.visitor import visitor
from gateway.web.words import say


async def close(request: web.Request) -> web.Response:
    """GET /scorecards/close?from=…&last=…: the numbers of the period as they would be kept."""
    await visitor(request, "desk")
    parameters.only_known(request, "from", "last")
    context, now, period = request.app[CONTEXT], utc_now(), days_of(request.query)
    async with context.pool.acquire(timeout=10) as connection:
        try:
            await ensure_closable(connection, context.catalogue, period, now)
        except NotToBeClosed as why:
            raise problem_of_closing(why) from None
        found = await scorecards(connection, context.catalogue, Asked(period=period), now)
        points = Counter(one.carrier for one in await lost(connection, context.catalogue, Asked(period=period), now))
    names = context.catalogue.carrier_names
    lines = [line_of(card, None, names.get(card.carrier, card.carrier)) for card in found]
    return pages.html(
        request, "score-close.html", days=both_days(period.start, period.end), lines=sorted(lines, key=lambda line: line.name), points=points,
        sailings=sum(line.sailings for line in lines), terms=context.catalogue.terms.edition, given=request.query,
    )  # fmt: skip


async def outage(request: web.Request) -> web.Response:
    """GET /scorecards/outage?what=…&from=…&until=…&carrier=…: the lost points that would be given back, line by line."""
    await visitor(request, "desk", "operator")
    parameters.only_known(request, "what", "from", "until", "carrier")
    context, now = request.app[CONTEXT], utc_now()
    new = outage_of(request.query, context.catalogue)
    period = Period(new.since, new.until + timedelta(microseconds=1))  # both ends of an outage belong to it
    async with context.pool.acquire(timeout=10) as connection:
        found = await lost(connection, context.catalogue, Asked(period=period, carrier=new.carrier), now)
    names = context.catalogue.carrier_names
    points = Counter(one.carrier for one in found if new.since <= one.deadline <= new.until)
    return pages.html(
        request, "score-outage.html", what=say(DOWN[new.what]), since=in_utc(new.since), until=in_utc(new.until), given=request.query,
        whom=names[new.carrier] if new.carrier else "", lines=sorted((names.get(one, one), count) for one, count in points.items()),
        points=points.total(), is_ahead=new.until > now,
    )  # fmt: skip
