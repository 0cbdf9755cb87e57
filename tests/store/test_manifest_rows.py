"""A list has a version in its series; its facts can be read, its people cannot."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

from gateway.manifest import Purpose
from gateway.store import Database, Pool, open, transaction
from gateway.store.deliveries import add_deliveries
from gateway.store.manifests import (
    Filing,
    NewManifest,
    VoyageSeries,
    add_manifests,
    filed_purposes,
    filings_of_submission,
    next_versions,
    sealed_manifest,
    series_of_call,
)
from gateway.store.retention import Ended, end_retention
from gateway.store.submissions import (
    Sealed,
    claim_submissions,
    sealed_answer,
    sealed_submission,
    settle_submission,
    submission,
)
from tests.store.rows import NOW, SERIES, add_manifest, answer, delivery, filing, owed, stored


def test_a_call_names_the_series_else_the_voyage() -> None:
    assert series_of_call("c1", "crew") == "call/c1/crew"
    voyage = VoyageSeries(
        carrier="example-line",
        vessel="9074729",
        voyage_number=None,
        departure_port="FIHEL",
        arrival_port="EETLL",
        sails="2026-11-21T18:00+02:00",
        name="crew",
    )
    assert str(voyage) == "voyage/example-line/9074729//FIHEL/EETLL/2026-11-21T18:00+02:00/crew"


async def test_the_lists_of_a_submission_are_stored_with_their_facts(pool: Pool) -> None:
    source = await stored(pool)
    facts = [filing(source, number=n, id=uuid4(), version=n) for n in (1, 2)]
    async with transaction(pool) as connection:
        assert await next_versions(connection, [one.parts[0].series for one in facts]) == [1, 2]
        await add_manifests(connection, [NewManifest(one, b"sealed list", b"list key", "k") for one in facts])
    async with pool.acquire() as connection:
        assert await filings_of_submission(connection, source.id) == facts
        assert await sealed_manifest(connection, facts[0].id) == Sealed(b"sealed list", b"list key", "k")
        assert await sealed_manifest(connection, uuid4()) is None


async def test_versions_count_in_their_series(pool: Pool) -> None:
    async with transaction(pool) as connection:
        first = await add_manifest(connection, await stored(pool, b"1"))
        other = await add_manifest(connection, await stored(pool, b"2"), series="other")
        second = await add_manifest(connection, await stored(pool, b"3"))
        assert await next_versions(connection, [SERIES, "new", SERIES]) == [3, 1, 4]
    assert [one.parts[0].version for one in (first, other, second)] == [1, 1, 2]


async def test_workers_that_add_at_once_get_versions_of_their_own(database: Database, pool: Pool) -> None:
    sources = [await stored(pool, bytes([n])) for n in range(20)]
    workers = await open(database, size=10)

    async def work(n: int) -> list[Filing]:
        async with transaction(workers) as connection:
            names = [SERIES, "other"] if n % 2 else ["other", SERIES]  # in either order: nobody waits for ever
            pairs = zip(names, await next_versions(connection, names), strict=True)
            facts = [
                filing(sources[n], id=uuid4(), series=name, version=version, number=number)
                for number, (name, version) in enumerate(pairs)
            ]
            await add_manifests(connection, [NewManifest(one, b"s", b"w", "k") for one in facts])
            return facts

    shares = await asyncio.gather(*[work(n) for n in range(20)])
    await workers.close()
    parts = [part for share in shares for one in share for part in one.parts]
    assert sorted(part.version for part in parts if part.series == SERIES) == list(range(1, 21))


async def test_when_retention_ends_only_facts_are_left(pool: Pool) -> None:
    done, waiting = await stored(pool, b"1", received_at=NOW - timedelta(days=9)), await stored(pool, b"2")
    [claimed] = await claim_submissions(pool, lease_seconds=60, limit=1)
    async with transaction(pool) as connection:
        await settle_submission(connection, claimed.id, claimed.lease, answer(), claimed.receipt)
    id = await owed(pool, done)
    unsent = delivery(filing(done), manifest_id=await pool.fetchval("SELECT id FROM manifest"), sequence_key="x")
    async with transaction(pool) as connection:
        await add_deliveries(connection, [unsent])
    await pool.execute("UPDATE delivery SET state = 'accepted' WHERE id = $1", id)
    async with transaction(pool) as connection:
        assert await end_retention(connection, NOW - timedelta(days=1)) == Ended(1, 0, 1, 0, 0, 0, 0)
        assert await end_retention(connection, NOW - timedelta(days=1)) == Ended(0, 0, 0, 0, 0, 0, 0)
        assert await pool.fetchval("SELECT envelope FROM delivery WHERE id = $1", unsent.id) == b"envelope"
        list_ = await sealed_manifest(connection, unsent.manifest_id)
        assert list_ is not None
        assert list_.wrapped is not None  # what waits may have to be sealed again
        await connection.execute("UPDATE delivery SET state = 'accepted' WHERE id = $1", unsent.id)
        assert await end_retention(connection, NOW - timedelta(days=1)) == Ended(0, 1, 1, 0, 0, 0, 0)
        for sealed in (
            await sealed_submission(connection, done.id),
            await sealed_answer(connection, done.id),
            await sealed_manifest(connection, unsent.manifest_id),
        ):
            assert sealed is not None
            assert sealed.wrapped is None
        kept = await sealed_submission(connection, waiting.id)
        assert kept is not None
        assert kept.wrapped is not None
        known = await submission(connection, done.id)
        assert known is not None
        assert known.receipt == done.receipt
    assert await pool.fetchval("SELECT envelope FROM delivery WHERE id = $1", id) is None


async def test_the_purposes_of_a_series_count_from_its_last_withdrawal(pool: Pool) -> None:
    async def purposes() -> dict[str, frozenset[Purpose]]:
        async with transaction(pool) as connection:
            return await filed_purposes(connection, [SERIES, "call/example-1/crew"])

    async def add(version: int, *said: Purpose, function: str = "original", **changes: Any) -> None:
        source = await stored(pool, f"list {version} {changes}".encode())
        one = filing(source, version=version, purposes=[*said], function=function, **changes)
        async with transaction(pool) as connection:
            await add_manifests(connection, [NewManifest(one, b"sealed list", b"list key", "k")])

    assert await purposes() == {}
    await add(1, Purpose.BORDER, Purpose.SAFETY)
    await add(2, Purpose.SAFETY)
    await add(1, Purpose.BORDER, series="call/example-1/crew")
    both = frozenset((Purpose.BORDER, Purpose.SAFETY))
    assert await purposes() == {SERIES: both, "call/example-1/crew": frozenset((Purpose.BORDER,))}
    await add(3, Purpose.BORDER, function="cancel")
    assert SERIES not in await purposes()
    await add(6, Purpose.BOOKING, outdated=True)
    assert SERIES not in await purposes(), "a list that counts for nothing was filed for nothing"
    await add(4, Purpose.SAFETY)
    await add(7, Purpose.SAFETY, function="cancel", outdated=True)
    assert (await purposes())[SERIES] == frozenset((Purpose.SAFETY,)), "nor does it withdraw"
