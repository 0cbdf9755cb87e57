"""What lines contest and what is decided: /v1/contests, /v1/periods, /v1/outages.

In: a carrier's contest of one lost point; the desk's decision; a period that the desk closes; an outage that the desk or the operator declares. Out: what
stands. Each is in the tamper-evident log, and nothing else changes a score. The operator sees it and decides nothing.
"""

from collections.abc import Awaitable
from datetime import UTC, date, datetime, time
from typing import Annotated, Any, TypeVar, get_args
from uuid import UUID

import msgspec
from aiohttp import web

from gateway.compliance import NotToBeClosed, Point, Refused, close, contest_point, decide_contest, declare, withdraw
from gateway.compliance.measured import EVER
from gateway.settings import utc_now
from gateway.store import transaction
from gateway.store.compliance import (
    ClosedPeriod,
    ContestReason,
    ContestState,
    DecisionReason,
    closed_periods,
    contests,
    outages,
)
from gateway.track.excuses import Down
from gateway.track.metrics import CONTESTABLE, Period
from gateway.web import parameters
from gateway.web.access import only
from gateway.web.answers import as_json
from gateway.web.body import DOCUMENT_BYTES, whole
from gateway.web.context import CONTEXT
from gateway.web.documents import bad_document, document, id_of
from gateway.web.problems import Problem
from gateway.web.scorecards import FIRST_DAY, LAST_DAY

_Instant = Annotated[datetime, msgspec.Meta(tz=True)]
Done = TypeVar("Done")
_Id = Annotated[str, msgspec.Meta(min_length=1, max_length=400)]


class Contested(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A point, why it should not have been lost, and the submission that shows it."""

    metric: str
    call: _Id
    obligation: _Id
    reason: ContestReason
    submission: UUID | None = None


class Decision(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    upheld: bool
    reason: DecisionReason


class Closing(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"since": "from"}):
    """Whole days in UTC: from the first, up to and without the last."""

    since: date
    until: date


class Declared(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, rename={"since": "from"}):
    since: _Instant
    until: _Instant
    what: Down
    carrier: str | None = None


async def post_contest(request: web.Request) -> web.Response:
    """The carrier contests a lost point of its own."""
    who = await only(request, "carrier")
    parameters.only_known(request)
    said = document(await whole(request, most=DOCUMENT_BYTES), Contested)
    if said.metric not in CONTESTABLE or not (said.call + said.obligation).isprintable():
        raise bad_document(f"'metric' is one of {', '.join(CONTESTABLE)}; ids are one line")
    context, point = request.app[CONTEXT], Point(said.metric, said.call, said.obligation)
    async with transaction(context.pool) as connection:
        made = await _or_problem(
            contest_point(connection, context.catalogue, who.subject, point, said.reason, said.submission, utc_now())
        )
    return as_json(made, status=201)


async def get_contests(request: web.Request) -> web.Response:
    """A carrier's own, or all; newest first."""
    who = await only(request, "carrier", "operator", "desk")
    parameters.only_known(request, "state")
    state = parameters.text(request, "state")
    if state is not None and state not in get_args(ContestState):
        raise parameters.bad(f"'state' is one of {', '.join(get_args(ContestState))}")
    async with request.app[CONTEXT].pool.acquire(timeout=10) as connection:
        own = who.subject if who.kind == "carrier" else None
        wanted = msgspec.convert(state, ContestState) if state else None
        found = await contests(connection, carrier=own, state=wanted)
    return as_json({"contests": found})


async def post_decision(request: web.Request) -> web.Response:
    """The desk decides, once."""
    who = await only(request, "desk")
    parameters.only_known(request)
    said = document(await whole(request, most=DOCUMENT_BYTES), Decision)
    id, now, decided = id_of(request.match_info["id"]), utc_now(), None
    if id is not None:
        async with transaction(request.app[CONTEXT].pool) as connection:
            decided = await _or_problem(
                decide_contest(connection, id, upheld=said.upheld, reason=said.reason, by=who.name, now=now)
            )
    if decided is None:
        raise Problem(404, "no-such-contest", "there is no contest with this id")
    return as_json(decided)


async def post_period(request: web.Request) -> web.Response:
    """The desk closes a period: its scores are numbers from now on."""
    who = await only(request, "desk")
    parameters.only_known(request)
    said = document(await whole(request, most=DOCUMENT_BYTES), Closing)
    if not FIRST_DAY <= said.since < said.until <= LAST_DAY:
        raise bad_document("'from' lies before 'until', and both in this century")
    context, period = (
        request.app[CONTEXT],
        Period(*(datetime.combine(day, time(), UTC) for day in (said.since, said.until))),
    )
    async with transaction(context.pool) as connection:
        try:
            made = await close(connection, context.catalogue, period, who.name, utc_now())
        except NotToBeClosed as why:
            raise Problem(422, "not-to-be-closed", str(why)) from None
    return as_json(_period(made), status=201)


async def get_periods(request: web.Request) -> web.Response:
    """Every closed period with its digest; its cards are GET /v1/scorecards of just that time."""
    await only(request, "carrier", "viewer", "operator", "desk")
    parameters.only_known(request)
    async with request.app[CONTEXT].pool.acquire(timeout=10) as connection:
        found = await closed_periods(connection)
    return as_json({"periods": [_period(one) for one in found]})


async def post_outage(request: web.Request) -> web.Response:
    """Something that lines depend on was, or will be, down."""
    who = await only(request, "operator", "desk")
    parameters.only_known(request)
    said = document(await whole(request, most=DOCUMENT_BYTES), Declared)
    if not (said.since < said.until and {said.since.year, said.until.year} <= set(range(2000, 2100))):
        raise bad_document("'from' lies before 'until', and both in this century")
    context = request.app[CONTEXT]
    if said.carrier is not None and said.carrier not in context.catalogue.carriers:
        raise bad_document("there is no carrier with this id in the catalogue")
    async with transaction(context.pool) as connection:
        made = await declare(
            connection, said.since, said.until, said.what, carrier=said.carrier, by=who.name, now=utc_now()
        )
    return as_json(made, status=201)


async def post_withdraw(request: web.Request) -> web.Response:
    """An outage that was declared by mistake excuses nothing any more."""
    who = await only(request, "operator", "desk")
    parameters.only_known(request)
    await whole(request, most=DOCUMENT_BYTES)
    id, taken_back = id_of(request.match_info["id"]), None
    if id is not None:
        async with transaction(request.app[CONTEXT].pool) as connection:
            taken_back = await _or_problem(withdraw(connection, id, by=who.name, now=utc_now()))
    if taken_back is None:
        raise Problem(404, "no-such-outage", "there is no outage with this id; GET /v1/outages lists them")
    return as_json(taken_back)


async def get_outages(request: web.Request) -> web.Response:
    """Every declared outage, oldest first, those that were taken back too; a carrier sees those that are for it."""
    who = await only(request, "carrier", "viewer", "operator", "desk")
    parameters.only_known(request)
    async with request.app[CONTEXT].pool.acquire(timeout=10) as connection:
        found = await outages(connection, *EVER)
    own = {None, who.subject} if who.kind == "carrier" else None
    return as_json({"outages": [one for one in found if own is None or one.carrier in own]})


def _period(one: ClosedPeriod) -> dict[str, Any]:
    rest = {"closed_by": one.closed_by, "closed_at": one.closed_at, "terms": one.terms, "sha256": one.digest.hex()}
    return {"id": one.id, "from": one.since, "until": one.until} | rest


async def _or_problem(done: Awaitable[Done]) -> Done:
    try:
        return await done
    except Refused as why:
        raise Problem(404 if why.kind == "no-such-point" else 422, why.kind, str(why)) from None
