"""How do the lines do? /scorecards: every line with its chief numbers and whither they go, the heatmap, what was closed and declared.

In: the desk and the operator (all lines), a duty officer (what sails from or to the port), a carrier (itself alone, at once on its own
page). Out: a page; the numbers are those of GET /v1/scorecards. `score_line` is one line, `score_forms` what may be done.
"""

from datetime import datetime
from typing import get_args

import msgspec
from aiohttp import web

from gateway.compliance import Asked, closed_cards, scorecards
from gateway.compliance.measured import EVER
from gateway.obligations.law import Product
from gateway.settings import utc_now
from gateway.store import Connection
from gateway.store.compliance import ClosedPeriod, closed_period_in, closed_periods, contests, outages
from gateway.track.metrics import Card
from gateway.web import pages, parameters
from gateway.web.context import CONTEXT, Context
from gateway.web.moments import in_utc
from gateway.web.rooms import SCORECARDS
from gateway.web.score_view import by_carrier, earlier, heat_of, line_of
from gateway.web.score_words import (
    CONTEST_REASONS,
    CONTEST_STATES,
    DECISION_REASONS,
    DECISIONS,
    DOWN,
    both_days,
    product_in_words,
    title,
)
from gateway.web.scorecards import asked_for
from gateway.web.visitor import visitor
from gateway.web.words import say

CHOICES = ("carrier", "route", "from", "until", "product", "jurisdiction")


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """Cards of what was asked and of the period before; `closed`: the period, where it is just this one."""

    cards: list[Card]
    before: list[Card]
    closed: ClosedPeriod | None


async def page(request: web.Request) -> web.Response:
    """GET /scorecards"""
    who = await visitor(request, *SCORECARDS.kinds)
    if who.kind == "carrier":
        return pages.see_other(f"/scorecards/{who.subject}")
    parameters.only_known(request, *CHOICES)
    context, now = request.app[CONTEXT], utc_now()
    asked = asked_for(request, who, now)
    async with context.pool.acquire(timeout=10) as connection:
        found = await cards_for(connection, context, asked, now)
        periods, down = await closed_periods(connection), await outages(connection, *EVER)
        contested = await contests(connection) if who.kind in ("desk", "operator") else []
    names, before = context.catalogue.carrier_names, by_carrier(found.before)
    lines = [line_of(card, before.get(card.carrier), names.get(card.carrier, card.carrier)) for card in found.cards]
    return pages.html(
        request, "scorecards.html", asked=asked, query=request.query, choices=chosen(request), of_line=chosen(request, "carrier"), lines=sorted(lines, key=lambda line: line.name),
        heat=heat_of(found.cards), heads=[names.get(card.carrier, card.carrier) for card in found.cards], closed=found.closed, periods=periods,
        outages=down, contested=contested, kind=who.kind, products=get_args(Product), product_words=product_in_words, down_words=DOWN, reason_words=CONTEST_REASONS,
        state_words=CONTEST_STATES, decision_words=DECISION_REASONS, decisions=DECISIONS, title=title, both_days=both_days, say=say, in_utc=in_utc, carriers=sorted(names.items()), now=now,
    )  # fmt: skip


async def cards_for(connection: Connection, context: Context, asked: Asked, now: datetime) -> Found:
    """What a closed period said when it was closed; else as it stands now. The period before for the trend."""
    closed = await closed_period_in(connection, asked.period.start, asked.period.end)
    is_this = closed is not None and (closed.since, closed.until) == (asked.period.start, asked.period.end)
    if closed is not None and is_this and asked.is_of_everything:
        cards = [
            one
            for one in await closed_cards(connection, closed)
            if not one.route and asked.carrier in (None, one.carrier)
        ]
    else:
        closed, cards = None, await scorecards(connection, context.catalogue, asked, now)
    return Found(
        cards=cards, before=await scorecards(connection, context.catalogue, earlier(asked), now), closed=closed
    )


def chosen(request: web.Request, without: str = "") -> str:
    """The choices of this page for the next one, from the question mark on; `without` the one that the next page's path says itself."""
    given = {name: request.query[name] for name in CHOICES if name != without and request.query.get(name)}
    return str(request.rel_url.with_path("/").with_query(given))[1:]
