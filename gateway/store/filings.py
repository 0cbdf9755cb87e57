"""Stored lists as `track` judges them. In: call ids. Out: `track.Filing`s, without a word about any person.

A list of passengers and crew is two here, each among its kind.
"""

from collections.abc import Iterable, Sequence

import asyncpg
import msgspec

from gateway import track
from gateway.store import Connection
from gateway.store.statements import SQL

_decoder = msgspec.json.Decoder(track.Filing)


async def filings_of(connection: Connection, call_ids: Sequence[str]) -> list[track.Filing]:
    """Every list of these calls that counts, oldest first."""
    return decoded(await filing_records(connection, call_ids))


async def filing_records(connection: Connection, call_ids: Sequence[str]) -> list[asyncpg.Record]:
    """The same, still to be decoded: of thousands of calls that is a thread's work."""
    return await connection.fetch(SQL["filings_judged"], list(call_ids))


def decoded(records: Iterable[asyncpg.Record]) -> list[track.Filing]:
    return [_decoder.decode(record["filing"]) for record in records]
