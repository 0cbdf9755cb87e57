"""A period is closed: its scores are numbers with a digest in the log, and no later filing, event or decision changes them.

In: a period, who closes it. Out: the closed period, or why it cannot be closed.
"""

import asyncio
import hashlib
from datetime import datetime
from uuid import uuid4

import msgspec

from gateway.catalogue import Catalogue
from gateway.compliance.measured import Asked, scorecards
from gateway.store import Connection, log
from gateway.store.compliance import (
    ClosedPeriod,
    cards_of,
    close_period,
    closed_period_in,
    hold_periods,
    last_withdrawn,
    open_contests,
)
from gateway.track.metrics import Card, Period


class NotToBeClosed(Exception):
    """The period cannot be closed yet, or not at all; the text says why."""


async def close(connection: Connection, catalogue: Catalogue, period: Period, by: str, now: datetime) -> ClosedPeriod:
    """Closes the period within the caller's transaction: its cards are kept with their digest in the log, and nothing changes them any more."""
    await hold_periods(connection)
    await ensure_closable(connection, catalogue, period, now)
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


async def ensure_closable(connection: Connection, catalogue: Catalogue, period: Period, now: datetime) -> None:
    """Nothing, where the period can be closed; else why not.

    Open contests hold it up: a decision after it could change nothing, and the right to contest would be worth nothing. They cannot hold it up
    for ever, because a point can be contested only for the days that the terms give.
    """
    if period.end + catalogue.terms.contest_window > now:
        days = catalogue.terms.thresholds.contest_days
        raise NotToBeClosed(f"a point can be contested for {days} days; close the period {days} days after its end")
    taken_back = await last_withdrawn(connection, period.start, period.end)
    if taken_back is not None and taken_back + catalogue.terms.contest_window > now:
        until = taken_back + catalogue.terms.contest_window
        raise NotToBeClosed(
            f"an outage in it was taken back on {taken_back:%Y-%m-%d}, and the points lost by that can be contested until {until:%Y-%m-%d}"
        )
    if known := await closed_period_in(connection, period.start, period.end):
        raise NotToBeClosed(
            f"the period from {known.since:%Y-%m-%d} until {known.until:%Y-%m-%d} is closed and shares days with it"
        )
    if waiting := await open_contests(connection, period.start, period.end):
        raise NotToBeClosed(f"{waiting} contests of points lost in it are open; decide them first")


async def closed_cards(connection: Connection, one: ClosedPeriod) -> list[Card]:
    """The cards as they were when the period was closed: of each carrier, and of each of its routes."""
    body = await cards_of(connection, one.id)
    return await asyncio.to_thread(msgspec.json.decode, body, type=list[Card])
