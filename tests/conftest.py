"""What every test stands on: real test data where it is at hand, and no way out of this machine."""

import shutil
import socket
import tempfile
from collections.abc import AsyncIterator, Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from gateway import store
from gateway.demo.world import memory
from gateway.store import embedded

SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of published reference data beside the checkout."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the reference data (../shared/data) is not beside this checkout")
    return SHARED_DATA


def _is_local(sock: socket.socket, address: Any) -> bool:
    if sock.family not in (socket.AF_INET, socket.AF_INET6):
        return True  # unix and netlink sockets do not leave the machine
    host = str(address[0])
    if host in ("localhost", ""):
        return True
    try:
        return ip_address(host.split("%")[0]).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True, scope="session")
def only_loopback() -> Iterator[None]:
    """A test that reaches for another machine fails, and says whom it wanted."""
    patch = pytest.MonkeyPatch()
    for name in ("connect", "connect_ex", "sendto"):
        real = getattr(socket.socket, name)

        def guarded(self: socket.socket, *args: Any, _real: Any = real) -> Any:
            if not _is_local(self, args[-1]):
                raise RuntimeError(f"a test reached for {args[-1]}; tests may only talk to this machine")
            return _real(self, *args)

        patch.setattr(socket.socket, name, guarded)
    yield
    patch.undo()


@pytest.fixture(scope="session")
def ground() -> Iterator[Path]:
    """A folder for databases: PostgreSQL may run as another user, to whom pytest's own folders are closed.

    In memory where a gigabyte is to spare: a database is copied there in 20 ms, on a busy disk in 400.
    """
    folder = Path(tempfile.mkdtemp(prefix="gateway-tests-", dir=memory()))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
async def postgres(ground: Path) -> AsyncIterator[embedded.Server]:
    """One PostgreSQL for the session, with a migrated database to copy. It forgets everything at a power cut."""
    async with embedded.run(ground / "postgres", for_tests=True) as server:
        pool = await store.open(server.database(), size=1)
        await store.migrate(pool)
        await store.close(pool)
        yield server


@pytest.fixture
async def database(postgres: embedded.Server) -> AsyncIterator[store.Database]:
    """The address of a database of this test's own, migrated and empty."""
    name = f"test_{uuid4().hex}"
    admin = await asyncpg.connect(postgres.database("postgres").url)
    try:
        await admin.execute(f"CREATE DATABASE {name} TEMPLATE gateway STRATEGY file_copy")
        yield postgres.database(name)
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await admin.close()


@pytest.fixture
async def pool(database: store.Database) -> AsyncIterator[store.Pool]:
    """A pool on this test's own database."""
    pool = await store.open(database, size=8)
    yield pool
    pool.terminate()
