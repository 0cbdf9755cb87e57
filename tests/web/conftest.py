"""A running gateway for each test, on its own database."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.store import Database, Pool
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
