"""Which version of a series counts is kept sealed, one row a series; shapes of lists for as long as the lists."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import msgspec

from gateway.drift import LAST, Earlier, Shape
from gateway.store import Pool, transaction
from gateway.store.calls import upsert_calls
from gateway.store.filings import filings_of
from gateway.store.manifests import (
    Filing,
    NewManifest,
    SealedCurrent,
    add_manifests,
    currents,
    filings_of_submission,
    keep_current,
    outdate,
)
from gateway.store.retention import end_retention
from gateway.store.shapes import add_shape, shapes_before
from gateway.store.submissions import sealed_to
from gateway.track import Filing as Judged
from tests.sailing import sailing
from tests.store.rows import NOW, SERIES, filing, stored

FIRST = SealedCurrent(SERIES, None, b"first", b"key 1", "k1")
SECOND = SealedCurrent(SERIES, None, b"second", b"key 2", "k2")
CHANGES = {"against_version": 1, "added": 1, "removed": 0, "changed": 2, "unchanged": 3}


async def add(pool: Pool, body: bytes, shape: Shape | None = None, **changes: Any) -> Filing:
    source = await stored(pool, body)
    facts = filing(source, **changes)
    async with transaction(pool) as connection:
        await add_manifests(connection, [NewManifest(facts, b"s", b"w", "k")])
        if shape is not None:
            await add_shape(connection, facts, facts.kind, shape)
    return facts


async def test_one_version_of_a_series_counts_at_a_time(pool: Pool) -> None:
    async with transaction(pool) as connection:
        assert await currents(connection, [SERIES]) == {}
        await keep_current(connection, SERIES, NOW, FIRST)
        await keep_current(connection, "other", NOW, FIRST)
        await keep_current(connection, SERIES, NOW + timedelta(hours=1), SECOND)
        assert await currents(connection, [SERIES, SERIES, "none"]) == {SERIES: SECOND}
        assert {"k1", "k2"} <= await sealed_to(connection)


async def test_retention_leaves_no_way_to_compare(pool: Pool) -> None:
    await add(pool, b"1", Shape(format="csv", size=3))
    async with transaction(pool) as connection:
        await keep_current(connection, SERIES, NOW, FIRST)
        ended = await end_retention(connection, NOW)
        assert (ended.series, ended.shapes) == (0, 0)
        ended = await end_retention(connection, NOW + timedelta(seconds=1))
        assert (ended.series, ended.shapes) == (1, 1)
        assert await currents(connection, [SERIES]) == {SERIES: msgspec.structs.replace(FIRST, wrapped=None)}
        assert "k1" not in await sealed_to(connection)
        assert await shapes_before(connection, "example-line", 2**62) == []


async def test_what_the_store_cannot_hold_keeps_no_shape_out(pool: Pool) -> None:
    await add(pool, b"1", Shape(format="csv", size=3, extras={"Deck\0": 3}, dates={"\0.#": 1}))
    async with transaction(pool) as connection:
        (found,) = await shapes_before(connection, "example-line", 2**62)
    assert found.shape.extras == {"Deck\N{REPLACEMENT CHARACTER}": 3}


async def test_an_outdated_list_is_kept_and_counts_for_nothing(pool: Pool) -> None:
    call = sailing(id="c1")
    async with transaction(pool) as connection:
        await upsert_calls(connection, [call], NOW)
    first = await add(pool, b"1", call_id="c1", changes=CHANGES)
    change = await add(pool, b"2", call_id="c1", version=2, function="change", listed=7)
    late = await add(pool, b"3", call_id="c1", version=3, outdated=True)
    async with transaction(pool) as connection:
        counting = await filings_of(connection, ["c1"])
        assert [(one.version, one.persons, one.is_change) for one in counting] == [(1, 3, False), (2, 7, True)]
        assert isinstance(counting[0], Judged)
        assert msgspec.to_builtins(counting[0].changes) == CHANGES
        assert await filings_of_submission(connection, late.submission_id) == [late]
        await outdate(connection, first.id, SERIES)
        assert [one.version for one in await filings_of(connection, ["c1"])] == [change.parts[0].version]


async def test_the_last_shapes_of_a_line_are_found_by_kind(pool: Pool) -> None:
    shapes = [Shape(format="csv", size=n, fields={"sex": n}, headers={"sex": "Geschlecht"}) for n in range(1, LAST + 4)]
    for n, shape in enumerate(shapes, 1):
        await add(pool, bytes([n]), shape, id=uuid4(), version=n, series=f"call/{n}/passengers")
    crew = await add(pool, b"crew", Shape(format="csv", size=99), kind="crew", series="voyage/a/crew")
    async with pool.acquire() as connection:
        found = await shapes_before(connection, "example-line", crew.arrival, kind="passengers")
        assert found == [Earlier(f"call/{shape.size}/passengers", shape) for shape in shapes[::-1][:LAST]]
        (own,) = await shapes_before(connection, "example-line", crew.arrival + 1, kind="crew")
        assert own.sailing == "voyage/a/crew/2026-11-21", "a series without a call may be that of many sailings"
        everything = await shapes_before(connection, "example-line", crew.arrival + 1)
        assert [one.shape.size for one in everything[:2]] == [99, LAST + 3]
        assert await shapes_before(connection, "other-line", 2**62) == []
