"""The tamper-evident log (RFC 9162 section 2.1): entries written with what they tell of, then put in order by a sequencer.

In: an event and the ids it is about, within the transaction in which it happens. Out: entries, tree nodes and signed
heads, from which `receipts` proves inclusion and consistency. An entry's place in the tree is given once, by
`integrate`; the database refuses any other change.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec

from gateway.store import Connection, Pool
from gateway.store.statements import SQL, row, rows

Sign = Callable[[int, bytes, datetime], bytes]
"""(size, root, time) of a head -> its signature."""


class LogEntry(msgspec.Struct, frozen=True, kw_only=True):
    """What happened. `body` is the leaf's input, byte for byte; `position` None until it is in the tree."""

    id: int
    at: datetime
    event: str
    subject: Mapping[str, str]
    body: bytes
    position: int | None


class LogHead(msgspec.Struct, frozen=True, kw_only=True):
    """The tree at a size, signed."""

    size: int
    root: bytes
    signature: bytes
    at: datetime


def body_of(event: str, subject: Mapping[str, str], at: datetime) -> bytes:
    """The leaf's input: JSON with sorted keys and no spaces."""
    return msgspec.json.encode({"at": at, "event": event, "subject": subject}, order="sorted")


async def append(connection: Connection, event: str, subject: Mapping[str, str], at: datetime) -> int:
    """Writes an entry; returns its id. `subject`: ids and digests only ("submission", "carrier", "sha256", …)."""
    body = body_of(event, subject, at)
    id: int = await connection.fetchval(SQL["log_add"], at, event, subject, body)
    return id


async def integrate(pool: Pool, sign: Sign, at: datetime, *, limit: int = 10_000) -> LogHead | None:
    """Puts up to `limit` new entries into the tree and signs the new head; None where there was nothing new.

    Several may call it; one works at a time. Positions have no gaps, and a reader never sees one appear below a
    head that was signed before.
    """
    raise NotImplementedError("the Merkle functions of receipts are needed first")


async def head(connection: Connection) -> LogHead | None:
    """The newest signed head; None while the log is empty."""
    return row(LogHead, await connection.fetchrow(SQL["log_head"]))


async def entry(connection: Connection, id: int) -> LogEntry | None:
    return row(LogEntry, await connection.fetchrow(SQL["log_entry_get"], id))


async def entries(connection: Connection, *, start: int = 0, limit: int = 1000) -> list[LogEntry]:
    """The entries from position `start` on, in order."""
    return rows(LogEntry, await connection.fetch(SQL["log_entries"], start, limit))


async def entries_of_submission(connection: Connection, submission: str) -> list[LogEntry]:
    """All that happened to a submission, in order."""
    return rows(LogEntry, await connection.fetch(SQL["log_entries_of_submission"], submission))
