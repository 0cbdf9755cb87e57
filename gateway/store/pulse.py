"""How a feed, and the gateway itself, is doing: what waits, what got through, what did not; size and age of what is stored.

In: a recipient's id, times. Out: ids, counts and times; nothing of anybody.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
import msgspec

from gateway.store import Connection
from gateway.store.statements import SQL, rows


class Lane(msgspec.Struct, frozen=True, kw_only=True):
    """What a recipient is owed in one form under one entry of the register. `attempts`, `last_outcome`: of what waits. `owed`, `accepted`,
    `superseded`, `failed`: since the start of the day."""

    form: str
    route_id: str
    purpose: str
    waiting: int
    oldest: datetime | None
    attempts: int
    last_outcome: str | None
    last_success: datetime | None
    accepted: int
    owed: int
    superseded: int
    failed: int


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery that the recipient has not got, though newer ones went by. `is_kept`: it can still be sent again."""

    id: UUID
    form: str
    state: str
    version: int
    created_at: datetime
    settled_at: datetime | None
    last_outcome: str | None
    feed_position: int | None
    is_kept: bool


class Place(msgspec.Struct, frozen=True):
    """The highest position of a feed that was given out, and that was acknowledged; 0 for none."""

    given: int
    acknowledged: int


class Failed(msgspec.Struct, frozen=True, kw_only=True):
    """A submission that no worker could process."""

    id: UUID
    carrier: str
    channel: str
    files: int
    size: int
    received_at: datetime
    attempts: int


class Store(msgspec.Struct, frozen=True, kw_only=True):
    """The database as it is now. `in_work`, `being_sent`: leases that run. `unplaced`: log entries that no signed head covers yet."""

    version: str
    bytes: int
    connections: int
    most_connections: int
    schema: str
    in_work: int
    being_sent: int
    oldest_kept: datetime | None
    unplaced: int
    unplaced_since: datetime | None


async def lanes_of(connection: Connection, recipient: str, today: datetime) -> list[Lane]:
    """`today`: the start of the day."""
    return rows(Lane, await connection.fetch(SQL["pulse_lanes"], recipient, today))


async def gaps_of(connection: Connection, recipient: str, since: datetime) -> list[Gap]:
    """The newest first; what was refused or given up before `since` is history."""
    return rows(Gap, await connection.fetch(SQL["pulse_gaps"], recipient, since))


async def place_of(connection: Connection, recipient: str) -> Place:
    return rows(Place, await connection.fetch(SQL["pulse_feed"], recipient))[0]


async def deliveries_by_hour(
    connection: Connection, now: datetime, *, recipient: str | None = None
) -> list[tuple[datetime, int]]:
    """(start of the hour, accepted) of the last 24 hours, the one that runs last."""
    hours = hours_until(now)
    return _filled(hours, await connection.fetch(SQL["pulse_deliveries"], hours[0], recipient))


async def submissions_by_hour(connection: Connection, now: datetime) -> list[tuple[datetime, int]]:
    """(start of the hour, received) of the last 24 hours, the one that runs last."""
    hours = hours_until(now)
    return _filled(hours, await connection.fetch(SQL["pulse_submissions"], hours[0]))


async def failed_submissions(connection: Connection) -> list[Failed]:
    """The newest first."""
    return rows(Failed, await connection.fetch(SQL["pulse_failed"]))


async def store_now(connection: Connection) -> Store:
    return rows(Store, await connection.fetch(SQL["pulse_database"]))[0]


def hours_until(now: datetime) -> list[datetime]:
    """The starts of the last 24 hours, in order."""
    last = now.replace(minute=0, second=0, microsecond=0)
    return [last - timedelta(hours=back) for back in range(23, -1, -1)]


def _filled(hours: Sequence[datetime], records: Sequence[asyncpg.Record]) -> list[tuple[datetime, int]]:
    """An hour without any is nought, not missing."""
    counts = {record["hour"]: record["n"] for record in records}
    return [(hour, counts.get(hour, 0)) for hour in hours]
