"""compliance: how carriers do in a time, asked of the store and worked out beside the event loop; and a time is closed.

In: which time, whose, on which route, under which law. Out: sailings as measured, cards, lost points with their log entries; a closed period with
its digest in the log. Calls are read and judged some hundred at a time, so that a season holds up nobody.
"""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import uuid4

import asyncpg
import msgspec

from gateway.catalogue import Catalogue
from gateway.obligations import Due, ExpectedCall, Law, due
from gateway.obligations.law import Product
from gateway.receive import RECEIVED
from gateway.store import Connection, log
from gateway.store.compliance import (
    ClosedPeriod,
    arrivals_told,
    calls_as_text,
    calls_measured,
    checks_of,
    close_period,
    closed_period_in,
    hold_periods,
    messages_of,
    open_contests,
    outages,
    points_given_back,
    receipts_in_log,
    submissions_in,
)
from gateway.store.filings import decoded, filing_records
from gateway.store.onboard import events_of
from gateway.track import Event
from gateway.track.board import by_call
from gateway.track.excuses import Outage, Told
from gateway.track.metrics import Card, Checked, Facts, Lost, Messages, Period, Sailing, cards, lost_points, sailing_of

_AT_A_TIME: Final = 500
_call = msgspec.json.Decoder(ExpectedCall)


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """Whose sailings, of when. `port`: either end. `route`: from, to. `product`, `jurisdiction`: only these duties count."""

    period: Period
    carrier: str | None = None
    port: str | None = None
    route: tuple[str, str] | None = None
    product: Product | None = None
    jurisdiction: str | None = None

    @property
    def is_of_everything(self) -> bool:
        """Whether no sailing and no duty of its carriers is left out."""
        return (self.port, self.route, self.product, self.jurisdiction) == (None, None, None, None)

    def counts(self, one: Due) -> bool:
        return self.product in (None, one.product) and self.jurisdiction in (None, one.jurisdiction)


async def measured(connection: Connection, catalogue: Catalogue, asked: Asked, now: datetime) -> list[Sailing]:
    """The expected sailings around the period, each as it is measured at `now`."""
    ids = await calls_measured(connection, asked.period, carrier=asked.carrier, port=asked.port, route=asked.route)
    down = await outages(connection, asked.period.start, asked.period.end)
    found: list[Sailing] = []
    for at in range(0, len(ids), _AT_A_TIME):
        known = await _known(connection, ids[at : at + _AT_A_TIME])
        found += await asyncio.to_thread(_measured, known, catalogue, asked, down, now)
    return found


async def scorecards(
    connection: Connection, catalogue: Catalogue, asked: Asked, now: datetime, *, by_route: bool = False
) -> list[Card]:
    """A card a carrier, or a carrier and route."""
    sailings = await measured(connection, catalogue, asked, now)
    period = asked.period
    sent = None
    if asked.is_of_everything and not by_route:
        sent = await submissions_in(connection, period.start, min(period.end, now), asked.carrier)
    return await asyncio.to_thread(
        lambda: cards(sailings, period, catalogue.terms, now, by_route=by_route, submissions=sent)
    )


async def lost(connection: Connection, catalogue: Catalogue, asked: Asked, now: datetime) -> list[Lost]:
    """The points that were lost, with the log entries of the submissions that they are about."""
    sailings = await measured(connection, catalogue, asked, now)
    points = await asyncio.to_thread(lost_points, sailings, catalogue.terms)
    meant = sorted({one.submission for one in points if one.submission})
    entries = await receipts_in_log(connection, meant, RECEIVED)
    return [
        msgspec.structs.replace(one, entry=entries.get(one.submission)) if one.submission else one for one in points
    ]


class NotToBeClosed(Exception):
    """The period cannot be closed yet, or not at all; the text says why."""


async def closed(connection: Connection, catalogue: Catalogue, period: Period, by: str, now: datetime) -> ClosedPeriod:
    """Closes the period within the caller's transaction: its cards are kept with their digest in the log, and nothing changes them any more.

    Open contests hold it up: a decision after it could change nothing, and the right to contest would be worth nothing. They cannot hold it up
    for ever, because a point can be contested only for the days that the terms give.
    """
    await hold_periods(connection)
    if period.end + catalogue.terms.contest_window > now:
        days = catalogue.terms.thresholds.contest_days
        raise NotToBeClosed(f"a point can be contested for {days} days; close the period {days} days after its end")
    if known := await closed_period_in(connection, period.start, period.end):
        raise NotToBeClosed(
            f"the period from {known.since:%Y-%m-%d} until {known.until:%Y-%m-%d} is closed and shares days with it"
        )
    if waiting := await open_contests(connection, period.start, period.end):
        raise NotToBeClosed(f"{waiting} contests of points lost in it are open; decide them first")
    found = await scorecards(connection, catalogue, Asked(period=period), now)
    found += await scorecards(connection, catalogue, Asked(period=period), now, by_route=True)
    body = await asyncio.to_thread(msgspec.json.encode, found, order="sorted")
    digest = hashlib.sha256(body).digest()
    made = ClosedPeriod(
        id=uuid4(), since=period.start, until=period.end, closed_by=by, closed_at=now, terms=catalogue.terms.edition, digest=digest
    )  # fmt: skip
    await close_period(connection, made, body)
    subject = {"period": str(made.id), "from": period.start.isoformat(), "until": period.end.isoformat(), "by": by}
    await log.append(connection, "period-closed", subject | {"terms": made.terms, "sha256": digest.hex()}, now)
    return made


class _Known(msgspec.Struct, frozen=True, kw_only=True):
    """What the store has of some calls, by call; `calls` and `filings` still to be decoded."""

    calls: list[str]
    filings: list[asyncpg.Record]
    events: list[Event]
    told: Mapping[str, list[Told]]
    checks: Mapping[str, Checked]
    messages: Mapping[str, Messages]
    upheld: Mapping[str, frozenset[tuple[str, str]]]


async def _known(connection: Connection, ids: Sequence[str]) -> _Known:
    return _Known(
        calls=await calls_as_text(connection, ids),
        filings=await filing_records(connection, ids),
        events=await events_of(connection, ids),
        told=await arrivals_told(connection, ids),
        checks=await checks_of(connection, ids),
        messages=await messages_of(connection, ids),
        upheld=await points_given_back(connection, ids),
    )


def _measured(
    known: _Known, catalogue: Catalogue, asked: Asked, down: Sequence[Outage], now: datetime
) -> list[Sailing]:
    facts = _facts(known, catalogue.law.counting, asked)
    return [sailing_of(one, asked.period, catalogue.terms, down, now) for one in facts]


def _facts(known: _Known, law: Law, asked: Asked) -> list[Facts]:
    filings, events = by_call(decoded(known.filings)), by_call(known.events)
    return [
        Facts(
            call=call,
            dues=_dues(call, law, asked),
            filings=filings.get(call.id, ()),
            events=events.get(call.id, ()),
            told=known.told.get(call.id, ()),
            checked=known.checks.get(call.id),
            messages=known.messages.get(call.id),
            upheld=known.upheld.get(call.id, frozenset()),
        )
        for call in map(_call.decode, known.calls)
    ]


def _dues(call: ExpectedCall, law: Law, asked: Asked) -> list[Due]:
    """What the law asks; what nobody asked about here is there, because it may do for another duty, and does not count."""
    dues = due(call, law)
    return [one if asked.counts(one) else msgspec.structs.replace(one, counted=False) for one in dues]
