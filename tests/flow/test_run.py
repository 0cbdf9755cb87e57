"""./gw run as a process: it ends when it is told to, leaves nothing behind, starts again, and says why it cannot start."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.demo.world import GATEWAY, World
from gateway.identity import read_identity
from gateway.settings import PROJECT, utc_now
from tests.flow.processes import mentioning, new_folder, postmaster, until, workers

END_SECONDS = 10
"""Two workers that are still being imported take two seconds of a core each, and share the cores with the rest of the suite."""


@pytest.fixture(scope="module")
async def world() -> AsyncIterator[World]:
    """A gateway without recipients, not started; the tests start it and end it."""
    with new_folder() as folder:
        world = World(folder, utc_now(), {"workers": "2"}, blind=False)
        try:
            yield world
        finally:
            with contextlib.suppress(KeyError):
                await world.kill(GATEWAY)


async def start(world: World) -> None:
    await world.start(GATEWAY)
    await world.ready()
    await until(lambda: len(workers(world)) == 2)


async def run(command: str = "run", **settings: str) -> tuple[int, str]:
    """A command that is expected to end by itself: exit status and what it said."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GATEWAY_")}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "gateway", command,
        env=kept | {"PYTHONPATH": str(PROJECT)} | {f"GATEWAY_{name.upper()}": value for name, value in settings.items()},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    try:
        said, _ = await asyncio.wait_for(process.communicate(), 30)
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode is not None
    return process.returncode, said.decode()


@pytest.mark.parametrize("way", ["SIGTERM to run", "Ctrl-C at the terminal"])
async def test_told_to_end_it_leaves_nothing(world: World, way: str) -> None:
    await start(world)
    process = world.processes[GATEWAY]
    if way == "SIGTERM to run":
        process.terminate()
    else:
        os.killpg(process.pid, signal.SIGINT)  # the terminal tells every process of the group
    assert await asyncio.wait_for(process.wait(), END_SECONDS) == 0
    assert mentioning(world.folder) == {}
    assert "Traceback" not in (world.folder / "log").read_text()


async def test_kill_9_leaves_no_postgres_and_its_workers_end(world: World) -> None:
    await start(world)
    assert postmaster(world)
    await world.kill(GATEWAY)
    await until(lambda: mentioning(world.folder) == {}, END_SECONDS)


async def test_kill_9_while_the_workers_start_leaves_none_of_them(world: World) -> None:
    await world.start(GATEWAY)
    await until(lambda: workers(world), 30)
    await world.kill(GATEWAY)
    await until(lambda: mentioning(world.folder) == {}, END_SECONDS)


async def test_a_worker_that_dies_is_replaced_and_a_second_gateway_is_told_why_it_cannot_run(world: World) -> None:
    await start(world)
    before = set(workers(world))
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    await until(lambda: len(set(workers(world)) - before) == 2)
    assert "a worker ended with status -9; starting another" in (world.folder / "log").read_text()

    status, said = await run(state=str(world.state), port="1")
    assert (status, said.count("\n")) == (3, 1)
    assert f"another gateway already runs the database in {world.state}/postgres" in said

    environment = Path(f"/proc/{workers(world)[0]}/environ").read_bytes().decode().split("\0")
    database = next(one.partition("=")[2] for one in environment if one.startswith("GATEWAY_DATABASE_URL="))
    port = world.url.rpartition(":")[2]
    with new_folder() as other:
        status, said = await run(state=str(other), port=port, database_url=database)
        assert (status, said) == (
            3, f"Error: cannot listen on 127.0.0.1:{port}: Address already in use; set GATEWAY_PORT\n"
        )  # fmt: skip
        await _a_worker_of_nobody_stays(database, other)
    assert await world.end(GATEWAY) == 0


async def _a_worker_of_nobody_stays(database: str, folder: Path) -> None:
    """One that a person starts outlives the shell it was started from, and ends when told to."""
    shell = await asyncio.create_subprocess_exec(
        "/bin/sh", "-c", f"{sys.executable} -m gateway worker & sleep 1",
        env=os.environ | {"PYTHONPATH": str(PROJECT), "GATEWAY_DATABASE_URL": database, "GATEWAY_STATE": str(folder)},
        start_new_session=True,
    )  # fmt: skip
    await shell.wait()
    await asyncio.sleep(1.5)
    [pid] = mentioning(folder)
    os.kill(pid, signal.SIGTERM)
    await until(lambda: mentioning(folder) == {}, END_SECONDS)


@pytest.mark.parametrize(
    ("command", "url"),
    [
        ("run", "postgresql://gateway:s3cret@127.0.0.1:1/gateway"),
        ("run", "s3cret, and no address"),
        ("worker", "postgresql://gateway:s3cret@/gateway?host=/no/such/folder"),
    ],
)
async def test_a_database_out_of_reach_is_a_sentence(tmp_path: Path, command: str, url: str) -> None:
    read_identity(tmp_path, utc_now().date())
    status, said = await run(command, state=str(tmp_path), database_url=url)
    assert (status, said.count("\n")) == (3, 1)
    assert "the database in GATEWAY_DATABASE_URL cannot be used" in said
    assert "s3cret" not in said


async def test_other_things_that_are_not_fit_are_sentences(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    database = "postgresql://127.0.0.1:1/gateway"
    status, said = await run(state=str(tmp_path / "file" / "state"), database_url=database)
    assert (status, said) == (3, f"Error: {tmp_path}/file/state cannot be used: Not a directory\n")
    status, said = await run("worker", state=str(tmp_path / "new"), database_url=database)
    assert (status, said.count("\n")) == (3, 1)
    assert f"{tmp_path}/new holds no identity" in said
    assert not (tmp_path / "new").exists()
    (tmp_path / "identity").write_text("rubbish")
    status, said = await run(state=str(tmp_path), database_url=database)
    assert status == 3
    assert "identity" in said
    assert "Traceback" not in said
