"""How carriers do in a time, asked of the store and worked out beside the event loop.

In: which time, whose, on which route, under which law. Out: sailings as measured, cards, lost points with their log entries. Calls are read and judged
some hundred at a time, so that a season holds up nobody.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

import asyncpg
import msgspec

from gateway.catalogue import Catalogue
from gateway.obligations import Due, ExpectedCall, Law, due
from gateway.obligations.law import Product
from gateway.receive import RECEIVED
from gateway.store import Connection
from gateway.store.compliance import (
    arrivals_told,
    calls_as_text,
    calls_measured,
    checks_of,
    messages_of,
    outages,
    points_given_back,
    receipts_in_log,
    submissions_in,
)
from gateway.store.filings import decoded, filing_records
from gateway.store.onboard import events_of
from gateway.track import Event
from gateway.track.excuses import Outage, Told
from gateway.track.lists import by_call
from gateway.track.metrics import Card, Checked, Facts, Lost, Messages, Period, Sailing, cards, lost_points, sailing_of

EVER: Final = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
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


async def lost_of(connection: Connection, catalogue: Catalogue, call: str, now: datetime) -> list[Lost]:
    """The points that were lost of one call, whenever; those that the desk gave back are none any more."""
    down = await outages(connection, *EVER)
    asked = Asked(period=Period(*EVER))
    found = await asyncio.to_thread(_measured, await _known(connection, [call]), catalogue, asked, down, now)
    return lost_points(found, catalogue.terms)


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
