"""What was reported of the persons on board of sailings: events, as numbers. In: `track.Event`s. Out: the same; nothing is ever changed.

An event is known by its id and revision, and by its sender's Idempotency-Key (a keyed hash of it).
"""

from collections.abc import Iterable, Sequence
from typing import Literal
from uuid import UUID

import asyncpg
import msgspec

from gateway.store import BOARD, Connection
from gateway.store.statements import SQL
from gateway.track import Event

Outcome = Literal["new", "same", "key-reused", "revision-taken", "of-another"]


class Added(msgspec.Struct, frozen=True):
    """The event that this is now. "key-reused", "revision-taken": it says something else, and nothing was stored. "of-another": the id is that of
    another sailing's event, of another kind of event, or of somebody else's."""

    event: Event | None
    outcome: Outcome


async def add_event(connection: Connection, new: Event, key_hash: bytes) -> Added:
    """Stores the event, or finds the one that it repeats; safe against any number of equal ones at the same moment."""
    id = UUID(new.id)
    first = await connection.fetchrow(SQL["call_event_first"], id)
    if first is not None and (first["call_id"], first["kind"], first["by"]) != (new.call, new.kind, new.by):
        return Added(None, "of-another")
    values = (id, new.revision, new.call, new.kind, new.at, new.persons, new.by, new.reported_at, new.reason)
    if await connection.fetchval(SQL["call_event_add"], *values, new.withdrawn, key_hash) is not None:
        await connection.execute(SQL["notify"], BOARD)
        return Added(new, "new")
    records = await connection.fetch(SQL["call_event_known"], id, new.revision, new.by, key_hash)
    [known] = _events(records)
    if msgspec.structs.replace(known, reported_at=new.reported_at) == new:
        return Added(known, "same")
    return Added(known, "key-reused" if records[0]["has_key"] else "revision-taken")


async def events_of(connection: Connection, call_ids: Sequence[str]) -> list[Event]:
    """Everything that was reported of these calls, every revision."""
    return _events(await connection.fetch(SQL["call_events"], list(call_ids)))


def _events(records: Iterable[asyncpg.Record]) -> list[Event]:
    return [msgspec.convert({**record, "id": str(record["id"])}, Event) for record in records]
