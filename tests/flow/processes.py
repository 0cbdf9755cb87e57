"""The processes of a running world, found by what they were started with. Nothing here ends one that is not the world's."""

import asyncio
import contextlib
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from gateway.demo.world import GATEWAY, World


@contextmanager
def new_folder() -> Iterator[Path]:
    """A folder that PostgreSQL's own user may pass through."""
    folder = Path(tempfile.mkdtemp(prefix="gateway-flow-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def mentioning(folder: Path) -> dict[int, str]:
    """Every process that knows this folder, from its command line or its environment: pid -> command."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            command = (process / "cmdline").read_bytes()
            if command and bytes(folder) in command + (process / "environ").read_bytes():
                found[int(process.name)] = command.replace(b"\0", b" ").decode(errors="replace")
    found.pop(os.getpid(), None)
    return found


def workers(world: World) -> list[int]:
    """The worker processes that the gateway started."""
    run = world.processes[GATEWAY].pid
    named = [pid for pid, said in mentioning(world.folder).items() if " worker --child" in said]
    return [pid for pid in named if _parent(pid) == run]


def _parent(pid: int) -> int | None:
    with contextlib.suppress(OSError):
        found = re.search(r"^PPid:\s*(\d+)", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
        return int(found[1]) if found else None
    return None


def postmaster(world: World) -> int | None:
    """The embedded PostgreSQL, if it runs: the pid in its folder, if that is a postgres of that folder."""
    data = world.state / "postgres" / "data"
    with contextlib.suppress(OSError, ValueError):
        pid = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
        if b"postgres" in command and bytes(data) in command:
            return pid
    return None


async def until(condition: Callable[[], object], seconds: float = 10) -> float:
    """Waits; returns how long it took."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    while not condition():
        assert loop.time() < began + seconds, "it did not happen in time"
        await asyncio.sleep(0.02)
    return loop.time() - began
