"""What several calls fit, and is put with none of them: kept until its source says more, or somebody decides.

In: sayings and the calls that they fit. Out: what waits, in the order in which it was first heard. What nobody decided in `KEPT` is forgotten.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

import asyncpg
import msgspec

from gateway.expect import Said
from gateway.store import Connection
from gateway.store.statements import SQL

KEPT: Final = timedelta(days=60)  # as long as lists are


class Unplaced(msgspec.Struct, frozen=True, kw_only=True):
    """A saying that waits. `rivals`: the calls of which it cannot be told which one is meant."""

    id: int
    said: Said
    rivals: tuple[str, ...]
    heard_at: datetime


async def keep_unplaced(connection: Connection, new: Sequence[tuple[Said, Sequence[str]]], at: datetime) -> None:
    """These wait, each in the place of what was said of the same before."""
    await connection.execute(SQL["unplaced_forget"], at - KEPT)
    await connection.executemany(SQL["unplaced_keep"], [(one.subject, one, list(rivals), at) for one, rivals in new])


async def forget_unplaced(connection: Connection, subjects: Collection[str]) -> None:
    """These have their calls."""
    await connection.execute(SQL["unplaced_done"], list(subjects))


async def all_unplaced(connection: Connection) -> list[Unplaced]:
    """Everything that waits."""
    return _read(await connection.fetch(SQL["unplaced_all"]))


async def unplaced_of(connection: Connection, call: str) -> list[Unplaced]:
    """What may be about this call."""
    return _read(await connection.fetch(SQL["unplaced_of_call"], call))


async def unplaced(connection: Connection, id: int) -> Unplaced | None:
    """One of them, nobody else's to decide before the transaction ends."""
    return next(iter(_read(await connection.fetch(SQL["unplaced_one"], id))), None)


def _read(records: Sequence[asyncpg.Record]) -> list[Unplaced]:
    return [
        Unplaced(
            id=record["id"],
            said=msgspec.convert(record["said"], Said),
            rivals=tuple(record["rivals"]),
            heard_at=record["heard_at"],
        )
        for record in records
    ]
