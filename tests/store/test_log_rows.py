"""Entries go into the tree once, in one order, without gaps; nobody can change or drop one; proofs hold."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256

import asyncpg
import pytest

from gateway.receipts.log import leaf_hash, verify_consistency, verify_inclusion
from gateway.store import Database, Pool, open, transaction
from gateway.store.log import (
    LogHead,
    append,
    body_of,
    consistency,
    entries,
    entries_of_submission,
    entry,
    head,
    inclusion,
    integrate,
)
from tests.store.rows import NOW, undone


def sign(size: int, root: bytes, at: datetime) -> bytes:
    return b"signed %d" % size


async def add(pool: Pool, count: int) -> None:
    async with transaction(pool) as connection:
        for n in range(count):
            await append(connection, "received", {"submission": f"s{n}"}, NOW)


def root_of(leaves: Sequence[bytes]) -> bytes:
    """RFC 9162 section 2.1.1, as it is written there."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256(b"").digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + root_of(leaves[:split]) + root_of(leaves[split:])).digest()


async def test_an_entry_is_read_back_and_its_body_is_canonical(pool: Pool) -> None:
    async with transaction(pool) as connection:
        id = await append(connection, "received", {"submission": "s1", "carrier": "example-line"}, NOW)
        found = await entry(connection, id)
        assert found is not None
        assert found.body == body_of("received", {"carrier": "example-line", "submission": "s1"}, NOW)
        assert found.body.startswith(b'{"at":"2026-11-21T12:00:00Z","event":"received","subject":{"carrier":')
        assert (found.position, found.event) == (None, "received")
        assert await entries_of_submission(connection, "s1") == [found]
        assert await entries(connection) == []
        assert await head(connection) is None
        assert await entry(connection, id + 1) is None


async def test_the_tree_is_that_of_the_standard_however_it_grew(pool: Pool) -> None:
    heads: list[LogHead] = []
    for count in (1, 2, 4, 1, 7):
        await add(pool, count)
        signed = await integrate(pool, sign, NOW)
        assert signed is not None
        heads.append(signed)
    assert await integrate(pool, sign, NOW) is None
    async with pool.acquire() as connection:
        log = await entries(connection)
        assert [one.position for one in log] == list(range(15))
        leaves = [leaf_hash(one.body) for one in log]
        for one in heads:
            assert one.root == root_of(leaves[: one.size])
            assert await head(connection, size=one.size) == one
        assert await head(connection) == heads[-1]
        assert [one.position for one in await entries(connection, start=5, limit=2)] == [5, 6]
        size, root = heads[-1].size, heads[-1].root
        for position, leaf in enumerate(leaves):
            proof = await inclusion(connection, position, size)
            assert verify_inclusion(leaf, position, size, proof, root)
        for old in heads:
            proof = await consistency(connection, old.size, size)
            assert verify_consistency(old.size, size, proof, old.root, root)
        with pytest.raises(ValueError, match="no entry 15"):
            await inclusion(connection, 15, size)
        with pytest.raises(ValueError, match="smaller than asked for"):
            await inclusion(connection, 0, 1000)


async def test_a_batch_takes_no_more_than_its_limit(pool: Pool) -> None:
    await add(pool, 5)
    sizes = []
    while signed := await integrate(pool, sign, NOW, limit=2):
        sizes.append(signed.size)
    assert sizes == [2, 4, 5]


async def test_sequencers_at_once_make_one_log(database: Database, pool: Pool) -> None:
    await add(pool, 50)
    workers = [await open(database, size=2) for _ in range(4)]

    async def work(own: Pool) -> int:
        done = 0
        while await integrate(own, sign, NOW, limit=3):
            done += 1
            await add(own, 1 if done < 5 else 0)
        return done

    await asyncio.gather(*[work(own) for own in workers])
    for own in workers:
        await own.close()
    async with pool.acquire() as connection:
        log = await entries(connection)
        newest = await head(connection)
    assert newest is not None
    assert newest.root == root_of([leaf_hash(one.body) for one in log])
    assert [one.position for one in log] == list(range(newest.size))
    assert await pool.fetchval("SELECT count(*) FROM log_entry WHERE position IS NULL") == 0


async def test_an_entry_committed_late_comes_after_what_was_signed(pool: Pool) -> None:
    async with pool.acquire() as slow:
        unfinished = slow.transaction()
        await unfinished.start()
        late = await append(slow, "late", {}, NOW)
        await add(pool, 1)
        first = await integrate(pool, sign, NOW)
        await unfinished.commit()
    second = await integrate(pool, sign, NOW + timedelta(seconds=1))
    assert first is not None
    assert second is not None
    async with pool.acquire() as connection:
        found = await entry(connection, late)
        assert found is not None
        assert found.position == 1
        proof = await consistency(connection, first.size, second.size)
        assert verify_consistency(first.size, second.size, proof, first.root, second.root)


async def test_a_rolled_back_entry_never_was(pool: Pool) -> None:
    await undone(pool, append, "received", {}, NOW)
    assert await integrate(pool, sign, NOW) is None


TAMPERING = (
    "UPDATE log_entry SET position = position + 1",
    "UPDATE log_entry SET position = NULL",
    "UPDATE log_entry SET body = 'x'",
    "UPDATE log_entry SET event = 'x', position = 7 WHERE position IS NULL",
    "DELETE FROM log_entry",
    "TRUNCATE log_entry",
    "UPDATE log_node SET hash = hash",
    "DELETE FROM log_node",
    "TRUNCATE log_node",
    "UPDATE log_head SET signed = 'x'",
    "DELETE FROM log_head",
    "TRUNCATE log_head",
)


async def test_the_log_refuses_change(pool: Pool) -> None:
    await add(pool, 2)
    await integrate(pool, sign, NOW)
    await add(pool, 1)
    for tampering in TAMPERING:
        with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="append-only"):
            await pool.execute(tampering)
