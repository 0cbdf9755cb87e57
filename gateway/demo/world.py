"""The demo's processes: two stand-in recipients and a gateway with its workers, on loopback ports of the system's choosing.

In: an empty folder. Out: a running world, ended with the block. Each process can be ended, killed and started again by
its name, so that tests can do to it what the world does.
"""

import asyncio
import contextlib
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from pathlib import Path

from gateway.demo.folders import RECIPIENTS, prepare, trusting
from gateway.identity import read_identity
from gateway.settings import PROJECT

__all__ = ["GATEWAY", "CannotShow", "World", "memory", "new_folder", "trusting", "world"]

GATEWAY = "gateway"
_START_SECONDS = 60
_END_SECONDS = 15
_MEMORY, _ROOM = Path("/dev/shm"), 1 << 30  # a whole demo fills about 70 MB


class CannotShow(Exception):
    """The demo cannot go on; the text says why."""


class World:
    """`url` of the gateway, its `identity`, `journals` recipient -> address of its journal, `settings` of the gateway.

    `folder`: `state` is the gateway's, `keys` what it knows of recipients, `log` what all processes say; each recipient
    has one of its own. `processes` by name: "gateway" and the recipients.
    """

    def __init__(self, folder: Path, now: datetime, settings: dict[str, str], *, blind: bool) -> None:
        self.folder, self.state = folder, folder / "state"
        self.identity = read_identity(self.state, now.date())
        ports = {name: _free_port() for name in (*RECIPIENTS, GATEWAY)}
        self.url = f"http://127.0.0.1:{ports[GATEWAY]}"
        self.journals = {name: f"https://127.0.0.1:{ports[name]}/journal" for name in RECIPIENTS}
        for name in RECIPIENTS:
            prepare(folder, name, ports[name], self.identity, now)
        (folder / "keys" / "senders").mkdir()
        own = {
            "state": str(self.state),
            "keys": str(folder / "keys"),
            "port": str(ports[GATEWAY]),
            "name": "demo gateway",
        }
        self.settings = {f"GATEWAY_{name.upper()}": value for name, value in (own | settings).items()}
        sight = ["--blind"] if blind else []
        self._commands = {
            name: ["stand-in", str(folder / name), "--port", str(ports[name]), *sight] for name in RECIPIENTS
        }
        self._commands[GATEWAY] = ["run"]
        self.processes: dict[str, asyncio.subprocess.Process] = {}

    @property
    def operator(self) -> str:
        """The operator's token."""
        return (self.state / "operator.token").read_text().strip()

    async def start(self, name: str) -> asyncio.subprocess.Process:
        """One of the processes, in a session of its own. Its output goes to the common log."""
        settings = self.settings if name == GATEWAY else {}
        # aiohttp reads every authority's certificate when it is imported; here nobody is trusted but by its own.
        trusted = {"SSL_CERT_FILE": str(self.folder / next(iter(RECIPIENTS)) / "tls.pem")}
        with _log(self.folder) as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "gateway", *self._commands[name],
                env=_environment() | trusted | settings, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        self.processes[name] = process
        return process

    async def ready(self) -> None:
        """Returns when the gateway can take lists."""
        import aiohttp  # a quarter of a second: the processes are started before it

        deadline = asyncio.get_running_loop().time() + _START_SECONDS
        async with aiohttp.ClientSession() as session:
            while asyncio.get_running_loop().time() < deadline:
                if any(process.returncode is not None for process in self.processes.values()):
                    break
                with contextlib.suppress(aiohttp.ClientError, OSError):
                    async with session.get(f"{self.url}/readyz") as answer:
                        if answer.status == 200:
                            return
                await asyncio.sleep(0.05)
        said = (self.folder / "log").read_text(errors="replace")[-2000:]
        raise CannotShow(f"the gateway did not start; it said:\n{said}")

    async def end(self, name: str) -> int:
        """Asks the process to end, as a person would; its exit status."""
        process = self.processes[name]
        if process.returncode is None:
            process.terminate()
        try:
            return await asyncio.wait_for(process.wait(), _END_SECONDS)
        except TimeoutError:
            return await self.kill(name)

    async def kill(self, name: str) -> int:
        """Ends the process as a power cut would."""
        process = self.processes[name]
        if process.returncode is None:
            process.kill()
        return await process.wait()


@asynccontextmanager
async def world(
    now: datetime, *, blind: bool = False, in_memory: bool = False, **settings: str
) -> AsyncIterator[World]:
    """Everything started (await `ready`); ended, and its folder removed, with the block. `blind` recipients open nothing.

    `in_memory`: nothing of it need outlive a power cut, nor be measured. `settings` are the gateway's, `workers="2"` for
    GATEWAY_WORKERS.
    """
    folder = new_folder(memory() if in_memory else None)
    try:
        running = World(folder, now, settings, blind=blind)
        try:
            for name in (GATEWAY, *RECIPIENTS):  # the gateway takes longest
                await running.start(name)
            yield running
        finally:
            for name in reversed(running.processes):  # the gateway first: what it is sending may still be taken
                await running.end(name)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def memory() -> Path | None:
    """Linux' file system in memory, if it has a gigabyte to spare: initdb makes a thousand files, a second's work for a disk."""
    with contextlib.suppress(OSError):
        if shutil.disk_usage(_MEMORY).free >= _ROOM and os.access(_MEMORY, os.W_OK):
            return _MEMORY
    return None


def new_folder(parent: Path | None) -> Path:
    """A folder of its own, for databases as well."""
    folder = Path(tempfile.mkdtemp(prefix="gateway-demo-", dir=parent))
    folder.chmod(0o711)  # PostgreSQL's own user passes through
    return folder


def _environment() -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GATEWAY_") or name == "GATEWAY_PG_BINDIR"
    }
    return kept | {"PYTHONPATH": os.pathsep.join(filter(None, (str(PROJECT), os.environ.get("PYTHONPATH"))))}


@contextmanager
def _log(folder: Path) -> Iterator[int]:
    descriptor = os.open(folder / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
