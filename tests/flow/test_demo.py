"""./gw demo as a newcomer runs it: it shows the whole way, says so in its exit status, and leaves nothing behind."""

import asyncio
import os
import signal
import sys
import tempfile
from pathlib import Path

import pytest

from gateway.demo.samples import SAILINGS
from gateway.demo.tour import STANDINGS, compare
from gateway.demo.world import memory
from gateway.settings import PROJECT
from tests.flow.processes import mentioning, until

SECONDS = 90


async def start(*options: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "gateway", "demo", *options, cwd=PROJECT,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip


def folders() -> set[Path]:
    return {
        found for place in (memory(), Path(tempfile.gettempdir())) if place for found in place.glob("gateway-demo-*")
    }


async def nothing_is_left(before: set[Path]) -> None:
    """But folders that somebody is at work in: other tests start gateways of this kind beside this one."""
    await until(lambda: all(mentioning(folder) for folder in folders() - before))


async def test_it_shows_everything_and_ends_well() -> None:
    before = folders()
    demo = await start("--exit")
    said = (await asyncio.wait_for(demo.communicate(), SECONDS))[0].decode()
    assert demo.returncode == 0, said
    lines = said.splitlines()
    assert lines[0].startswith("Starting PostgreSQL")
    assert lines[1] == f"{len(SAILINGS)} expected calls imported"
    assert lines[-1] == "everything came out as it should"
    await nothing_is_left(before)


async def test_ctrl_c_ends_it_at_once_and_leaves_nothing() -> None:
    before = folders()
    demo = await start()
    assert demo.stdout is not None
    while b"imported" not in await asyncio.wait_for(demo.stdout.readline(), SECONDS):
        pass
    os.killpg(demo.pid, signal.SIGINT)
    said = (await asyncio.wait_for(demo.communicate(), SECONDS))[0].decode()
    assert demo.returncode == 1
    assert "stopped before the end" in said
    assert "Traceback" not in said
    await nothing_is_left(before)


@pytest.mark.parametrize("id", STANDINGS)
def test_a_call_that_stands_otherwise_is_told(id: str) -> None:
    calls = [{"id": one, "state": "another" if one == id else state} for one, state in STANDINGS.items()]
    assert compare(calls) == [f"{id} is another, expected {STANDINGS[id]}"]
