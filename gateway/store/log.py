"""The tamper-evident log (RFC 9162 section 2.1): entries written with what they tell of, then put in order by a sequencer.

In: an event and the ids it is about, within the transaction in which it happens. Out: entries, signed heads, and the
proofs that `receipts` draws from the stored nodes. An entry's place in the tree is given once, by `integrate`; the
database refuses any other change.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

import msgspec

from gateway.receipts.log import (
    Frontier,
    Node,
    NodeOf,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    load_frontier,
)
from gateway.store import Connection, Pool, transaction
from gateway.store.statements import SQL, row, rows

Sign = Callable[[int, bytes, datetime], bytes]
"""(size, root, time) of a head -> the signed statement of it."""

T = TypeVar("T")


class LogEntry(msgspec.Struct, frozen=True, kw_only=True):
    """What happened. `body` is the leaf's input, byte for byte; `position` None until it is in the tree."""

    id: int
    at: datetime
    event: str
    subject: Mapping[str, str]
    body: bytes
    position: int | None


class LogHead(msgspec.Struct, frozen=True, kw_only=True):
    """The tree at a size; `signed` is the statement of it."""

    size: int
    root: bytes
    at: datetime
    signed: bytes


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

    Several may call it; one works at a time. Positions have no gaps and are never given below a head that was signed.
    """
    async with transaction(pool) as connection:
        await connection.execute(SQL["log_lock"])
        new = await connection.fetch(SQL["log_without_position"], limit)
        if not new:
            return None
        old = await head(connection)
        size = old.size if old else 0
        frontier = await _with_nodes(connection, lambda node: load_frontier(size, node))
        frontier, nodes = frontier.extended(leaf_hash(entry["body"]) for entry in new)
        positions = list(range(size, frontier.size))
        await connection.execute(SQL["log_place"], [entry["id"] for entry in new], positions)
        await _add_nodes(connection, nodes)
        return await _add_head(connection, frontier, sign, at)


async def head(connection: Connection, *, size: int | None = None) -> LogHead | None:
    """The newest signed head, or the one of just that size; None where there is none."""
    if size is None:
        return row(LogHead, await connection.fetchrow(SQL["log_head"]))
    return row(LogHead, await connection.fetchrow(SQL["log_head_at"], size))


async def inclusion(connection: Connection, position: int, size: int) -> list[bytes]:
    """The proof that the entry at `position` is in the tree of `size` entries; ValueError where it cannot be."""
    return await _with_nodes(connection, lambda node: inclusion_proof(position, size, node))


async def consistency(connection: Connection, old: int, new: int) -> list[bytes]:
    """The proof that the tree of `old` entries is the beginning of that of `new`; ValueError where it cannot be."""
    return await _with_nodes(connection, lambda node: consistency_proof(old, new, node))


async def entry(connection: Connection, id: int) -> LogEntry | None:
    return row(LogEntry, await connection.fetchrow(SQL["log_entry_get"], id))


async def entries(connection: Connection, *, start: int = 0, limit: int = 1000) -> list[LogEntry]:
    """The entries from position `start` on, in order."""
    return rows(LogEntry, await connection.fetch(SQL["log_entries"], start, limit))


async def entries_of_people(connection: Connection, *, before: int, limit: int) -> list[LogEntry]:
    """What became of accounts, sign-ins, tokens and break-glass cases, the newest first, from below an entry's id on."""
    return rows(LogEntry, await connection.fetch(SQL["log_entries_of_people"], before, limit))


async def entries_of_submission(connection: Connection, submission: str) -> list[LogEntry]:
    """All that happened to a submission, in order."""
    return rows(LogEntry, await connection.fetch(SQL["log_entries_of_submission"], submission))


async def _with_nodes(connection: Connection, ask: Callable[[NodeOf], T]) -> T:
    """The answer of `ask`, which is asked twice: first for which nodes it wants, then with them."""
    wanted: list[tuple[int, int]] = []

    def note(level: int, index: int) -> bytes:
        wanted.append((level, index))
        return bytes(32)

    ask(note)
    found = await _nodes(connection, wanted)
    return ask(lambda level, index: found[level, index])


async def _nodes(connection: Connection, wanted: Sequence[tuple[int, int]]) -> dict[tuple[int, int], bytes]:
    levels, indexes = [level for level, _ in wanted], [index for _, index in wanted]
    found = await connection.fetch(SQL["log_nodes"], levels, indexes)
    nodes = {(node["level"], node["index"]): node["hash"] for node in found}
    if missing := set(wanted) - nodes.keys():
        raise ValueError(f"the log has no {len(missing)} of the nodes this needs: it is smaller than asked for")
    return nodes


async def _add_nodes(connection: Connection, nodes: Iterable[Node]) -> None:
    columns = zip(*(msgspec.structs.astuple(node) for node in nodes), strict=True)
    await connection.execute(SQL["log_nodes_add"], *map(list, columns))


async def _add_head(connection: Connection, frontier: Frontier, sign: Sign, at: datetime) -> LogHead:
    size, root = frontier.size, frontier.root
    new = LogHead(size=size, root=root, at=at, signed=sign(size, root, at))
    await connection.execute(SQL["log_head_add"], *msgspec.structs.astuple(new))
    return new
