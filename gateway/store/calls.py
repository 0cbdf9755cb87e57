"""Expected port calls, and every value their times ever had.

In: `ExpectedCall`s as a schedule, a port system or AIS tells them. Out: the calls, and the history of their times, by
which a deadline can be judged by what was known when.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import asyncpg
import msgspec

from gateway.obligations.calls import ExpectedCall, Moment
from gateway.store import BOARD, Connection
from gateway.store.statements import SQL, rows

TIMES = ("etd", "eta", "atd", "ata", "boarding_closed")


class TimeNote(msgspec.Struct, frozen=True, kw_only=True):
    """A call's time got this value (None: taken back) at `noted_at`, from `source`."""

    call_id: str
    name: str
    noted_at: datetime
    value: datetime | None
    source: str


async def upsert_calls(connection: Connection, new: Sequence[ExpectedCall], at: datetime) -> list[str]:
    """Stores what is known of these calls now; returns the ids of those that are new or changed."""
    latest = {one.id: one for one in new}
    changed: list[str] = []
    for id in sorted(latest):  # in one order everywhere, so that two importers cannot wait for each other
        if await connection.fetchval(SQL["call_add"], *_columns(latest[id]), at) is not None:
            changed.append(id)
            await _note(connection, None, latest[id], at)
    for old in _calls(await connection.fetch(SQL["calls_lock"], sorted(latest.keys() - set(changed)))):
        if latest[old.id] != old:
            changed.append(old.id)
            await connection.execute(SQL["call_change"], *_columns(latest[old.id]), at)
            await _note(connection, old, latest[old.id], at)
    if changed:
        await connection.execute(SQL["notify"], BOARD)
    return changed


async def call(connection: Connection, id: str) -> ExpectedCall | None:
    return next(iter(_calls(await connection.fetch(SQL["call_get"], id))), None)


async def calls_between(
    connection: Connection, since: datetime, until: datetime, *, carrier: str | None = None, port: str | None = None
) -> list[ExpectedCall]:
    """Calls whose departure (or, where that is not known, arrival) is in [since, until), in that order."""
    return _calls(await connection.fetch(SQL["calls_between"], since, until, carrier, port))


async def stamps_around(
    connection: Connection, since: datetime, until: datetime, *, ended_since: datetime
) -> dict[str, str]:
    """The calls whose departure (or arrival) is in [since, until) and that have not ended before `ended_since`: id -> what is
    another text as soon as the call, or what was filed for it, is no longer the same."""
    found = await connection.fetch(SQL["calls_around"], since, until, ended_since)
    return {record["id"]: record["stamp"] for record in found}


async def calls_of(connection: Connection, ids: Sequence[str]) -> list[ExpectedCall]:
    """These calls, in no order."""
    return _calls(await connection.fetch(SQL["calls_get"], list(ids)))


async def times_of(connection: Connection, ids: Sequence[str]) -> list[TimeNote]:
    """The history of these calls' times, oldest first."""
    return rows(TimeNote, await connection.fetch(SQL["call_times"], list(ids)))


def _calls(records: Sequence[asyncpg.Record]) -> list[ExpectedCall]:
    return [msgspec.convert(record["data"], ExpectedCall) for record in records]


def _columns(one: ExpectedCall) -> tuple[Any, ...]:
    departs, arrives = one.departs_at, one.arrives_at
    places = (one.id, one.carrier, one.imo, one.departure_port, one.arrival_port)
    return (*places, departs and departs.at, arrives and arrives.at, one)


async def _note(connection: Connection, old: ExpectedCall | None, new: ExpectedCall, at: datetime) -> None:
    for name in TIMES:
        was: Moment | None = getattr(old, name, None)
        now: Moment | None = getattr(new, name)
        if now != was:
            value, source = (now.at, now.source) if now else (None, "")
            await connection.execute(SQL["call_time_add"], new.id, name, at, value, source)
