"""The schema is brought up to date whole or not at all, once, by however many starters."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest

from gateway import store
from gateway.store import embedded

SHIPPED = ["0001_start.sql", "0002_versions.sql"]


@pytest.fixture
async def empty(postgres: embedded.Server) -> AsyncIterator[store.Pool]:
    name = f"empty_{uuid4().hex}"
    admin = await asyncpg.connect(postgres.database("postgres").url)
    await admin.execute(f"CREATE DATABASE {name}")
    pool = await store.open(postgres.database(name), size=8)
    yield pool
    await store.close(pool)
    await admin.execute(f"DROP DATABASE {name}")
    await admin.close()


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The migrations a test makes up."""
    files = {"0001_a.sql": "CREATE TABLE a (n integer)"}
    monkeypatch.setattr(store, "_migrations", lambda: files)
    return files


async def test_the_real_ones_apply_once(empty: store.Pool) -> None:
    assert await store.migrate(empty) == SHIPPED
    assert await store.migrate(empty) == []


async def test_starters_at_once_apply_once(empty: store.Pool) -> None:
    assert sorted(await asyncio.gather(*[store.migrate(empty) for _ in range(6)])) == [[]] * 5 + [SHIPPED]


async def test_new_files_are_added_in_order(empty: store.Pool, files: dict[str, str]) -> None:
    await store.migrate(empty)
    files |= {"0002_b.sql": "ALTER TABLE a ADD b integer", "0003_c.sql": "ALTER TABLE a ADD c integer"}
    assert await store.migrate(empty) == ["0002_b.sql", "0003_c.sql"]


async def test_a_file_that_fails_undoes_all(empty: store.Pool, files: dict[str, str]) -> None:
    files["0002_b.sql"] = "CREATE TABLE b (n integer); SELECT 1 / 0"
    with pytest.raises(asyncpg.DivisionByZeroError):
        await store.migrate(empty)
    assert await empty.fetchval("SELECT to_regclass('a')") is None


async def test_a_changed_file_is_refused(empty: store.Pool, files: dict[str, str]) -> None:
    await store.migrate(empty)
    files["0001_a.sql"] += " -- a thought"
    with pytest.raises(store.MigrationProblem, match=r"0001_a\.sql was changed"):
        await store.migrate(empty)


async def test_an_older_gateway_does_not_run_on_a_newer_database(empty: store.Pool, files: dict[str, str]) -> None:
    files["0002_b.sql"] = "CREATE TABLE b (n integer)"
    await store.migrate(empty)
    del files["0002_b.sql"]
    with pytest.raises(store.MigrationProblem, match="start the newer gateway"):
        await store.migrate(empty)


async def test_commits_are_durable_and_nothing_waits_for_ever(pool: store.Pool) -> None:
    async with pool.acquire() as connection:
        assert await connection.fetchval("SHOW synchronous_commit") == "on"
        assert await connection.fetchval("SHOW lock_timeout") == "10s"
        assert await connection.fetchval("SHOW idle_in_transaction_session_timeout") == "1min"


def test_an_address_does_not_show_its_password() -> None:
    assert "secret" not in repr(store.Database("postgresql://gateway:secret@/gateway"))
