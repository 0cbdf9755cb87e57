"""Our own PostgreSQL beside the gateway: started, watched, restarted after a crash, stopped with us.

In: a folder. Out: a `Server`, whose `database()` is reached through a Unix socket and a password only (no TCP at all).
postgres is our foreground child and dies with us. Whether an old server still holds the folder is for postgres to say
(postmaster.pid may name anybody after a crash): while it says so, we ask again. The folder itself is locked by us, so
that a second gateway on it gets a clear answer.
"""

import asyncio
import fcntl
import logging
import os
import shutil
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import asyncpg

from gateway.store import UNAVAILABLE, Database
from gateway.store.cluster import SUPERUSER, CannotStart, Cluster, log_tail, make_data, prepare, spawn

START_SECONDS = 30
STOP_SECONDS = 20
_STILL_HELD = ("lock file", "pre-existing shared memory block")
_NOT_YET = (OSError, asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError, asyncpg.InterfaceError)
_FOR_TESTS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
_log = logging.getLogger(__name__)


class Server:
    """A running PostgreSQL. It comes back under the same address when it is killed."""

    def __init__(self, cluster: Cluster, settings: tuple[str, ...]) -> None:
        self.cluster = cluster
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The postmaster's."""
        return self._started().pid

    def database(self, name: str = "gateway") -> Database:
        """The address of one of its databases, for this process and for others of the same user."""
        host = quote(str(self.cluster.sockets), safe="")
        return Database(f"postgresql://{SUPERUSER}:{self.cluster.password}@/{name}?host={host}")

    async def start(self) -> None:
        """Starts postgres and returns when a connection succeeds, or raises `CannotStart`."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            begin = _size(self.cluster.log)
            self._process = spawn(self.cluster, "postgres", self._arguments())
            if await self._answers(deadline):
                return
            said = log_tail(self.cluster, begin)
            if not any(words in said for words in _STILL_HELD) or time.monotonic() > deadline:
                raise CannotStart(f"PostgreSQL did not start in {self.cluster.folder}: {said or 'it said nothing'}")
            _forget_foreign_pid(self.cluster.data / "postmaster.pid")
            await asyncio.sleep(0.2)

    async def watch(self) -> None:
        """Starts postgres again whenever it is gone. Runs until cancelled."""
        while True:
            await asyncio.sleep(0.1)
            if self._process is None or self._process.poll() is None:
                continue
            _log.error("postgres is gone (status %s): starting it again", self._process.returncode)
            try:
                await self.start()
            except (CannotStart, *UNAVAILABLE) as problem:
                _log.error("%s", problem)
                await asyncio.sleep(2)

    async def stop(self) -> None:
        """Fast shutdown: open transactions are rolled back, everything committed is on disk. Forced after 20 s."""
        if self._process is None:
            return
        for name, seconds in ((signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
            if self._process.poll() is None:
                self._process.send_signal(name)
                await self._ends(seconds)

    async def _answers(self, deadline: float) -> bool:
        process = self._started()
        while time.monotonic() < deadline:
            if process.poll() is not None:
                return False
            try:
                await self._make_database()
            except asyncpg.InvalidPasswordError as problem:
                raise CannotStart(f"the file 'password' in {self.cluster.folder} is not this database's") from problem
            except asyncpg.CannotConnectNowError:  # it is replaying its log after a crash: never cut that short
                deadline = time.monotonic() + START_SECONDS
            except _NOT_YET:
                pass
            else:
                return True
            await asyncio.sleep(0.01)
        await self.stop()
        return False

    async def _make_database(self) -> None:
        connection = await asyncpg.connect(self.database("postgres").url, timeout=5)
        try:
            if await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = 'gateway'") is None:
                await connection.execute("CREATE DATABASE gateway")
        finally:
            await connection.close()

    async def _ends(self, seconds: float) -> None:
        with suppress(subprocess.TimeoutExpired):
            await asyncio.to_thread(self._started().wait, seconds)

    def _started(self) -> "subprocess.Popen[bytes]":
        if self._process is None:
            raise RuntimeError("the server was not started: take it from `run`")
        return self._process

    def _arguments(self) -> list[str]:
        sockets = str(self.cluster.sockets).replace('"', '""')
        settings = (
            "listen_addresses=",
            f'unix_socket_directories="{sockets}"',
            "unix_socket_permissions=0700",
            "log_error_verbosity=terse",  # no DETAIL: it would copy the row into the log
            "timezone=UTC",
            *self._settings,
        )
        return ["-D", str(self.cluster.data), *(word for setting in settings for word in ("-c", setting))]


@asynccontextmanager
async def run(folder: Path, *, for_tests: bool = False) -> AsyncIterator[Server]:
    """A server in `folder` while the block lasts; the database `gateway` is there. `for_tests`: fast, not crash-safe.

    Enter it from the main thread: postgres dies with the thread that started it.
    """
    with _locked(folder):
        cluster = prepare(folder)
        try:
            make_data(cluster, sync=not for_tests)
            server = Server(cluster, _FOR_TESTS if for_tests else ())
            try:
                await server.start()
                async with _watched(server):
                    yield server
            finally:
                await server.stop()
        finally:
            if cluster.sockets.parent != cluster.folder:
                shutil.rmtree(cluster.sockets, ignore_errors=True)


@asynccontextmanager
async def _watched(server: Server) -> AsyncIterator[None]:
    watching = asyncio.create_task(server.watch())
    try:
        yield
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as problem:
        raise CannotStart(f"the database's folder {folder} cannot be used: {problem.strerror}") from problem
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise CannotStart(
            f"another gateway already runs the database in {folder}: stop it, use another folder,"
            " or let both use one server with GATEWAY_DATABASE_URL"
        ) from None
    try:
        yield
    finally:
        os.close(descriptor)


def _forget_foreign_pid(file: Path) -> None:
    """postgres waits for whoever postmaster.pid names, if it runs as the same user: after a container's restart that may
    be any program. One that is not postgres will never let go. (A live server stays safe: its shared memory is in use.)
    """
    try:
        pid = int(file.read_text().split("\n", 1)[0])
        name = Path(f"/proc/{pid}/comm").read_text().strip()
    except (OSError, ValueError):
        return
    if name != "postgres":
        file.unlink(missing_ok=True)


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0
