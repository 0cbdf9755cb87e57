"""The worker on a real database: whatever a list or the store does to it, the next list has its turn."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import pytest

from gateway.catalogue import Catalogue, load
from gateway.manifest import Function, Manifest, Purpose
from gateway.process import worker
from gateway.process.done import Done
from gateway.receive import receive
from gateway.sent import File
from gateway.settings import Settings, utc_now
from gateway.store import Database, Pool
from gateway.store.alarms import open_alarms
from gateway.store.submissions import LeaseLost, claim_submissions
from tests.process.office import entry, recipient
from tests.specimen import passenger_manifest

NOISE = "".join(Random(1).choices([chr(code) for code in range(192, 1000)], k=3000))  # does not compress


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return load(Settings(state=tmp_path, keys=tmp_path), utc_now().date())


async def received(pool: Pool, catalogue: Catalogue, manifest: Manifest | bytes) -> UUID:
    data = manifest if isinstance(manifest, bytes) else msgspec.json.encode(manifest)
    added = await receive(
        pool, catalogue, [File(data)], carrier="meridian-line", channel="api", gateway="test", options={}, call=None,
        idempotency_key=None, now=utc_now(),
    )  # fmt: skip
    return added.row.id


@asynccontextmanager
async def working(
    database: Database, pool: Pool, catalogue: Catalogue, lease_seconds: float = 30
) -> AsyncIterator[None]:
    stop = asyncio.Event()
    running = asyncio.create_task(worker.run(pool, database, catalogue, lease_seconds=lease_seconds, stop=stop))
    try:
        yield
    finally:
        stop.set()
        await running


async def state_is(pool: Pool, id: UUID, state: str, seconds: float = 30) -> Any:
    async with asyncio.timeout(seconds):
        while (row := await pool.fetchrow("SELECT * FROM submission WHERE id = $1", id))["state"] != state:
            await asyncio.sleep(0.02)
    return row


def named(text: str) -> Manifest:
    """A list whose ship and voyage are called so."""
    usual = passenger_manifest()
    return msgspec.structs.replace(
        usual,
        vessel=msgspec.structs.replace(usual.vessel, name=text, imo=None),
        voyage=msgspec.structs.replace(usual.voyage, number=text),
    )


@pytest.mark.parametrize(
    "text", ["NUL \0", NOISE, "\u2028\x7f\x1b[31m", "'; DROP TABLE manifest; --", " " * 500, "\ufeff"]
)
async def test_no_text_in_a_header_is_too_odd_to_be_stored(
    database: Database, pool: Pool, catalogue: Catalogue, text: str
) -> None:
    id = await received(pool, catalogue, named(text))
    async with working(database, pool, catalogue):
        row = await state_is(pool, id, "processed")
    assert (row["attempts"], row["persons"]) == (1, 5)
    assert await pool.fetchval("SELECT count(*) FROM manifest") == 1


async def test_a_mistake_of_ours_costs_its_own_list_alone_and_a_person_is_told(
    database: Database,
    pool: Pool,
    catalogue: Catalogue,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    usual = worker.work

    def mistaken(claimed: Any, *rest: Any) -> Done:
        if claimed.id == poison:
            raise ValueError("ERIKSSON")
        return usual(claimed, *rest)

    monkeypatch.setattr(worker, "work", mistaken)
    monkeypatch.setattr(worker, "_AFTER_TROUBLE_SECONDS", 0.05)
    poison = await received(pool, catalogue, b"{}")
    with caplog.at_level(logging.WARNING):
        async with working(database, pool, catalogue):
            await state_is(pool, await received(pool, catalogue, passenger_manifest()), "processed")
            row = await state_is(pool, poison, "failed")
    assert row["attempts"] == 3
    async with pool.acquire() as connection:
        assert [(alarm.kind, alarm.subject) for alarm in await open_alarms(connection)] == [
            ("submission-failed", str(poison))
        ]
    assert f"submission {poison}: ValueError at test_worker.py" in caplog.text
    assert "ERIKSSON" not in caplog.text


async def test_a_store_that_was_away_for_a_moment_does_not_cost_a_lease(
    database: Database, pool: Pool, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual, broken = worker.work, list[bool]()

    def breaking(*arguments: Any) -> Done:
        if not broken:
            asyncio.run(_cut_everybody(database))
            broken.append(True)
        return usual(*arguments)

    monkeypatch.setattr(worker, "work", breaking)
    monkeypatch.setattr(worker, "_AFTER_TROUBLE_SECONDS", 0.05)
    id = await received(pool, catalogue, passenger_manifest())
    async with working(database, pool, catalogue, lease_seconds=3600):
        while not broken:
            await asyncio.sleep(0.02)
        async with asyncpg.create_pool(database.url, min_size=1) as watching:  # ours was cut as well
            row = await state_is(watching, id, "processed")
    assert 1 <= row["attempts"] <= 2


async def _cut_everybody(database: Database) -> None:
    connection = await asyncpg.connect(database.url)
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    await connection.execute(others)
    await connection.close()


async def test_what_a_zombie_made_is_undone(pool: Pool, catalogue: Catalogue) -> None:
    id = await received(pool, catalogue, passenger_manifest())
    [frozen] = await claim_submissions(pool, lease_seconds=60, limit=1)
    await pool.execute("UPDATE submission SET run_at = now()")  # its lease has ended
    [awake] = await claim_submissions(pool, lease_seconds=60, limit=1)
    with pytest.raises(LeaseLost):
        await worker.process_one(pool, catalogue, frozen)
    assert await pool.fetchval("SELECT count(*) FROM manifest") == 0
    await worker.process_one(pool, catalogue, awake)
    with pytest.raises(LeaseLost):
        await worker.process_one(pool, catalogue, frozen)
    await state_is(pool, id, "processed")
    assert await pool.fetchval("SELECT count(*) FROM manifest") == 1
    events = await pool.fetch("SELECT event FROM log_entry ORDER BY id")
    assert [row["event"] for row in events] == ["submission-received", "submission-processed"]


@pytest.mark.parametrize("make", [lambda: b"", lambda: b"\0" * 100, lambda: b"{", lambda: b"PK\x03\x04" + bytes(99)])
async def test_rubbish_is_processed_with_an_answer(
    database: Database, pool: Pool, catalogue: Catalogue, make: Callable[[], bytes]
) -> None:
    id = await received(pool, catalogue, make())
    async with working(database, pool, catalogue):
        row = await state_is(pool, id, "processed")
    assert row["errors"] >= 1
    assert row["answer_sealed"] is not None


async def test_a_later_version_does_not_withdraw_by_saying_less(pool: Pool, catalogue: Catalogue) -> None:
    """The second and the third list say less than the first, one after the other; after a withdrawal less is enough."""
    window = recipient(entry("border", purposes=["border"]), entry("safety", purposes=["safety"]))
    known = msgspec.structs.replace(catalogue, recipients={window.id: window})
    both, safety = (Purpose.BORDER, Purpose.SAFETY), (Purpose.SAFETY,)
    versions = [(both, Function.ORIGINAL), (safety, Function.ORIGINAL), (safety, Function.REPLACE)]
    versions += [(safety, Function.CANCEL), (safety, Function.ORIGINAL)]
    for number, (purposes, function) in enumerate(versions):
        manifest = passenger_manifest(purposes=purposes, function=function, reference=str(number))
        await received(pool, known, manifest)
        [claimed] = await claim_submissions(pool, lease_seconds=60, limit=1)
        await worker.process_one(pool, known, claimed)
    sent = await pool.fetch("SELECT purpose FROM delivery ORDER BY arrival")
    assert [row["purpose"] for row in sent] == ["border+safety"] * 3 + ["safety"] * 2
