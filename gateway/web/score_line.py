"""One line's scorecard: /scorecards/{carrier}. Every number with the period before, its own trend, and each lost point with its evidence.

In: the line itself, the desk, the operator, a duty officer (what sails from or to the port). Out: a page. A line sees nothing of any other.
Each point leads to its call, the submission that is meant, its receipt and its proof in the log.
"""

from aiohttp import web

from gateway.compliance import lost
from gateway.settings import utc_now
from gateway.store.compliance import contests
from gateway.web import pages, parameters
from gateway.web.context import CONTEXT
from gateway.web.moments import in_utc
from gateway.web.problems import Problem
from gateway.web.rooms import SCORECARDS
from gateway.web.score_page import CHOICES, cards_for, chosen
from gateway.web.score_view import by_carrier, earlier, heat_of, missed, rows_of, step
from gateway.web.score_words import CONTEST_REASONS, CONTEST_STATES, DECISION_REASONS, DECISIONS, title
from gateway.web.scorecards import asked_of
from gateway.web.visitor import visitor
from gateway.web.words import say

_STEPS = 4
_MOST = 200


async def page(request: web.Request) -> web.Response:
    """GET /scorecards/{carrier}"""
    who = await visitor(request, *SCORECARDS.kinds)
    parameters.only_known(request, *(one for one in CHOICES if one != "carrier"))
    context, now, carrier = request.app[CONTEXT], utc_now(), request.match_info["carrier"]
    if carrier not in context.catalogue.carriers or (who.kind == "carrier" and who.subject != carrier):
        raise Problem(404, "no-such-carrier", "there is no carrier with this id that you may see")
    asked = asked_of(request, who, now, carrier)
    async with context.pool.acquire(timeout=10) as connection:
        found = await cards_for(connection, context, asked, now)
        points = await lost(connection, context.catalogue, asked, now)
        contested = await contests(connection, carrier=carrier)
        older = [
            (await cards_for(connection, context, earlier(asked, back), now)).cards for back in range(_STEPS - 1, 1, -1)
        ]
    card, before = by_carrier(found.cards).get(carrier), by_carrier(found.before).get(carrier)
    ages = [*(by_carrier(one).get(carrier) for one in older), before, card]
    periods = [earlier(asked, back).period for back in range(_STEPS - 1, -1, -1)]
    all_missed = missed(points, contested, context.catalogue.terms.contest_window, now, own=who.kind == "carrier")
    return pages.html(
        request, "scorecard.html", carrier=carrier, name=context.catalogue.carrier_names[carrier], asked=asked, choices=chosen(request),
        query=request.query, card=card, rows=rows_of(card, before) if card else [], steps=[step(*one) for one in zip(periods, ages, strict=True)],
        heat=heat_of([one for one in (before, card) if one]), has_before=before is not None, points=len(all_missed), missed=all_missed[:_MOST],
        contested=contested, kind=who.kind, reasons=CONTEST_REASONS, state_words=CONTEST_STATES, decision_words=DECISION_REASONS, decisions=DECISIONS, closed=found.closed,
        title=title, say=say, in_utc=in_utc, days=context.catalogue.terms.thresholds.contest_days,
    )  # fmt: skip
