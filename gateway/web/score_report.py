"""The printed report: /scorecards/report. A page a line, what it lost, and at the end the method with every definition.

In: as /scorecards. Out: a page made for paper (print style sheet). A line gets its own pages alone.
"""

from aiohttp import web

from gateway.compliance import lost
from gateway.settings import utc_now
from gateway.track.metrics import FEWEST_FOR_A_SHARE, METRICS
from gateway.web import pages, parameters
from gateway.web.context import CONTEXT
from gateway.web.moments import in_utc
from gateway.web.rooms import SCORECARDS
from gateway.web.score_page import CHOICES, cards_for, chosen
from gateway.web.score_view import by_carrier, heat_of, missed, rows_of
from gateway.web.score_words import METRICS as TITLES
from gateway.web.scorecards import asked_for
from gateway.web.visitor import visitor
from gateway.web.words import say

_POINTS = 40  # of each line on paper; the page has them all


async def page(request: web.Request) -> web.Response:
    """GET /scorecards/report"""
    who = await visitor(request, *SCORECARDS.kinds)
    parameters.only_known(request, *CHOICES)
    context, now = request.app[CONTEXT], utc_now()
    asked = asked_for(request, who, now)
    async with context.pool.acquire(timeout=10) as connection:
        found = await cards_for(connection, context, asked, now)
        points = await lost(connection, context.catalogue, asked, now)
    names, before, terms = context.catalogue.carrier_names, by_carrier(found.before), context.catalogue.terms
    lines = []
    for card in sorted(found.cards, key=lambda card: names.get(card.carrier, card.carrier)):
        own = missed([one for one in points if one.carrier == card.carrier], (), terms.contest_window, now, own=False)
        lines.append(
            {
                "name": names.get(card.carrier, card.carrier),
                "card": card,
                "rows": rows_of(card, before.get(card.carrier)),
                "heat": heat_of([card]),
                "missed": own[:_POINTS],
                "points": len(own),
            }
        )
    return pages.html(
        request, "scorecards-report.html", asked=asked, lines=lines, closed=found.closed, terms=found.closed.terms if found.closed else terms.edition,
        weights=terms.weights, metrics=[(say(TITLES[one.id]), one) for one in METRICS], few=FEWEST_FOR_A_SHARE, now=in_utc(now), in_utc=in_utc,
        choices=chosen(request),
    )  # fmt: skip
