"""A running gateway for each test, on its own database."""

from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from gateway import store
from gateway.store import Database, Pool, embedded
from tests.web.world import Folders, Gateway, make_folders, running


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Folders:
    """Carriers, recipients and an identity."""
    return make_folders(tmp_path_factory.mktemp("gateway"))


@pytest.fixture
async def gateway(folders: Folders, database: Database, pool: Pool) -> AsyncIterator[Gateway]:
    """A gateway with nothing in its store."""
    async with running(folders.settings, database, pool) as found:
        yield found


@pytest.fixture
def tls_folders(tmp_path: Path) -> Folders:
    """Folders of this test's own."""
    return make_folders(tmp_path)


@pytest.fixture(scope="session")
async def shared_gateway(folders: Folders, postgres: embedded.Server) -> AsyncIterator[Gateway]:
    """One gateway for all the requests that are refused: whoever uses it stores nothing."""
    admin = await asyncpg.connect(postgres.database("postgres").url)
    await admin.execute("CREATE DATABASE shared TEMPLATE gateway STRATEGY file_copy")
    await admin.close()
    pool = await store.open(postgres.database("shared"), size=4)
    async with running(folders.settings, postgres.database("shared"), pool) as found:
        yield found
        assert await pool.fetchval("SELECT count(*) FROM submission") == 0
    await store.close(pool)
