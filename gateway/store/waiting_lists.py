"""Submissions that hold some parts of a list, until the others come. In: digests of what the parts of a list share. Out: rows.

The parts themselves are where they were: sealed, with their submission.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from gateway.store import Connection
from gateway.store.alarms import close_about
from gateway.store.statements import SQL, rows


class Holder(msgspec.Struct, frozen=True):
    """An earlier submission with parts of a list; `wrapped` is None once retention ended."""

    arrival: int
    id: UUID
    sealed: bytes
    wrapped: bytes | None
    key_id: str


class Late(msgspec.Struct, frozen=True):
    """A list that was waited for too long, and a submission with parts of it."""

    key: str
    submission_id: UUID
    carrier: str


async def holders(connection: Connection, keys: Iterable[bytes], since: datetime) -> list[Holder]:
    """The submissions that hold parts of these lists; nobody adds another before this transaction ends."""
    wanted = sorted(keys)
    for key in wanted:  # in one order everywhere, so that two workers cannot wait for each other
        await connection.execute(SQL["waiting_list_lock"], key)
    return rows(Holder, await connection.fetch(SQL["waiting_lists"], wanted, since))


async def wait_for(
    connection: Connection, keys: Iterable[bytes], submission: UUID, carrier: str, arrival: int, received_at: datetime
) -> None:
    """The submission holds parts of these lists."""
    values = [(key, submission, carrier, arrival, received_at) for key in sorted(keys)]
    await connection.executemany(SQL["waiting_list_add"], values)


async def are_done(connection: Connection, keys: Sequence[bytes], carrier: str) -> None:
    """These lists are whole, and nobody waits for them."""
    await connection.executemany(SQL["waiting_list_done"], [(key,) for key in keys])
    for key in keys:
        await close_about(connection, ["list-unfinished"], alarm_subject(carrier, key.hex()), "the other parts came")


def alarm_subject(carrier: str, key: str) -> str:
    """What an alarm about such a list is called by. `key`: in hexadecimal digits."""
    return f"{carrier}/{key[:16]}"


async def late(connection: Connection, since: datetime, forget: datetime) -> list[Late]:
    """Lists of which no part came since a time; each is told once, and forgotten at last."""
    found = rows(Late, await connection.fetch(SQL["waiting_lists_late"], since))
    await connection.execute(SQL["waiting_lists_forget"], forget)
    return found
