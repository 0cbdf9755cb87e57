"""The database's disk is full: nothing is acknowledged that is not kept, what was is still there, and it goes on by itself."""

import asyncio
import hashlib
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import aiohttp
import pytest

from gateway import store
from gateway.catalogue import load
from gateway.demo.show import Show
from gateway.demo.world import GATEWAY, World
from gateway.seal import Sealed
from gateway.sent import opened
from gateway.settings import load as load_settings
from gateway.settings import utc_now
from gateway.store import embedded
from tests.flow.processes import new_folder

SMALL, LARGE = "size=96m", "size=256m"  # an empty database has 58 MB


@contextmanager
def disk(folder: Path) -> Iterator[None]:
    """A file system of its own, small and in memory."""
    folder.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", f"{SMALL},mode=711", "tmpfs", folder], capture_output=True)
    if made.returncode:
        pytest.skip("no file system can be mounted here (that takes root)")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


async def submit(world: World, session: aiohttp.ClientSession, token: str, body: bytes) -> tuple[int, dict[str, Any]]:
    headers = {"Authorization": f"Bearer {token}"}
    async with session.post(f"{world.url}/v1/submissions", data=body, headers=headers) as answer:
        return answer.status, await answer.json(content_type=None)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a file system")
async def test_a_full_disk_is_a_503_and_nothing_acknowledged_is_lost() -> None:
    random, acked, now = Random(1), dict[str, str](), utc_now()
    with new_folder() as folder, disk(folder / "state"):
        world = World(folder, now, {"workers": "0"}, blind=False)
        try:
            await world.start(GATEWAY)
            await world.ready()
            timeout = aiohttp.ClientTimeout(total=30)
            async with aiohttp.ClientSession(timeout=timeout) as session:
                token = await Show(world, session, now).token("carrier", "meridian-line")

                async def file(size: int) -> int:
                    body = random.randbytes(size)
                    status, document = await submit(world, session, token, body)
                    if status == 202:
                        acked[document["id"]] = hashlib.sha256(body).hexdigest()
                    else:
                        assert (status, document["type"].rpartition(":")[2]) == (503, "store-unavailable")
                    return status

                async with asyncio.timeout(60):
                    while await file(500_000) == 202:
                        pass
                refusals = [await file(500_000) for _ in range(5)]
                assert len(acked) > 5
                assert 503 in refusals
                subprocess.run(["mount", "-o", f"remount,{LARGE}", folder / "state"], check=True)
                before = len(acked)
                async with asyncio.timeout(60):
                    while await file(500_000) != 202:
                        await asyncio.sleep(0.2)
                assert len(acked) == before + 1
        finally:
            await world.end(GATEWAY)
        assert acked.items() <= (await _stored(world)).items()
        assert "Traceback" not in (folder / "log").read_text()


async def _stored(world: World) -> dict[str, str]:
    catalogue = load(load_settings(world.settings), utc_now().date())
    async with embedded.run(world.state / "postgres") as server:
        pool = await store.open(server.database(), size=1)
        rows = await pool.fetch("SELECT id, sealed, wrapped, key_id FROM submission")
        await store.close(pool)
    found = {}
    for row in rows:
        [file] = opened(Sealed(row["wrapped"], row["sealed"], row["key_id"]), row["id"], catalogue)
        found[str(row["id"])] = hashlib.sha256(file.data).hexdigest()
    return found
