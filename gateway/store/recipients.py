"""How each recipient is served: what waits and since when, what got through last, whether an operator has paused it.

In: recipients' ids, an operator's wish. Out: `Served`, one a recipient; rows changed. A paused recipient loses nothing: what it is
owed waits in its order. What is sent again keeps its delivery id, and nothing is sent again that a newer list replaced.
"""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

import msgspec

from gateway.store import DELIVERY, Connection
from gateway.store.deliveries import Today
from gateway.store.statements import SQL, rows


class Served(msgspec.Struct, frozen=True, kw_only=True):
    """`oldest`: since when the oldest of those `waiting` has been owed. `last_outcome`: why the one that was tried last
    still waits."""

    recipient: str
    waiting: int
    oldest: datetime | None
    last_success: datetime | None
    last_outcome: str | None
    paused_since: datetime | None
    paused_by: str | None
    paused_reason: str | None


async def served(connection: Connection, recipients: Iterable[str]) -> list[Served]:
    """These recipients, and every other one that something waits for or that is paused, by their ids."""
    return rows(Served, await connection.fetch(SQL["recipients_served"], list(recipients)))


async def pause(connection: Connection, recipient: str, by: str, reason: str, at: datetime) -> bool:
    """From now on nothing is claimed for it. False where it was paused already."""
    return await connection.fetchval(SQL["recipient_pause"], recipient, at, by, reason) is not None


async def resume(connection: Connection, recipient: str) -> bool:
    """What waits is due at once, in its order. False where it was not paused."""
    if await connection.fetchval(SQL["recipient_resume"], recipient) is None:
        return False
    await connection.execute(SQL["deliveries_due_now"], recipient)
    await connection.execute(SQL["notify"], DELIVERY)
    return True


async def is_paused(connection: Connection, recipient: str) -> bool:
    return await connection.fetchval(SQL["recipient_is_paused"], recipient) is not None


async def replay(
    connection: Connection, today: Today, day: date, *, delivery: UUID | None = None, since: datetime | None = None
) -> list[UUID]:
    """What was settled since a time, or one delivery, is owed again under its own id: accepted, refused and given up ones.
    Not what a newer list has replaced, what is no longer kept, or what no entry in force owes any more. In a feed it comes
    again at the end."""
    recipient, _, routes = today.columns
    await connection.execute(SQL["feed_lock"], recipient)
    found = await connection.fetch(SQL["deliveries_replay"], recipient, delivery, since, routes, day)
    await connection.execute(SQL["notify"], DELIVERY)
    return [one["id"] for one in found]
