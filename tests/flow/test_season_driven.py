"""A season through a running gateway: its board says what is true, a driver can be stopped and go on, and two do nothing twice."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import aiohttp
import pytest

from gateway.cli.driving import Drive
from gateway.cli.exits import Unusable
from gateway.cli.simulate import Wanted
from gateway.cli.training import Training
from gateway.demo.world import World, world
from gateway.settings import PROJECT, utc_now
from gateway.simulate.fleet import LINES, profile
from tests.flow.processes import new_folder

SECONDS = 60
OPTIONS = ("--speed", "1000", "--days", "1", "--only", "cruise", "--lines", "1", "--size", "1", "--seed", "5")


@pytest.fixture(scope="module")
async def training() -> AsyncIterator[World]:
    """A training gateway with the season's lines, and the demo's two recipients."""
    with new_folder() as folder:
        for id in LINES:
            (folder / f"{id}.toml").write_text(profile(id))
        async with world(utc_now(), in_memory=True, blind=True, name="training", carriers=str(folder)) as running:
            await running.ready()
            yield running


async def submissions(running: World) -> list[dict[str, Any]]:
    operator = {"Authorization": f"Bearer {running.operator}"}
    async with (
        aiohttp.ClientSession(headers=operator) as session,
        session.get(f"{running.url}/v1/submissions") as answer,
    ):
        return (await answer.json())["submissions"]


async def test_the_board_says_what_is_true_of_everything_that_happened(training: World) -> None:
    """A season that began half an hour ago, when no driver ran: some lists come in time, some late, some never."""
    lines = ("ornek-feribot", "specimen-cruises")
    day = date(2026, 7, 20)
    wanted = Wanted(seed=90, days=1, speed=60, since=day, service=None, lines=lines, size=1)
    now, stop = utc_now().replace(microsecond=0), asyncio.Event()
    async with aiohttp.ClientSession() as session:
        gateway = Training(session, training.url, training.operator, None)
        recipients = await gateway.prove()
        assert recipients == ["demo-nsw", "demo-piu"]
        began = await gateway.admit(lines, wanted.key, now - timedelta(minutes=32), 2)
        drive = Drive(wanted.laid(began), gateway, recipients)
        driven = asyncio.create_task(drive.run(stop))
        sent = -1
        while sent < sum(drive.sent.values()) or sent == 0:  # until nothing more is due for now
            sent = sum(drive.sent.values())
            await asyncio.sleep(0.7)
        stop.set()
        await driven
        assert await gateway.admit((), wanted.key, now, 2) == began  # as another driver would be told
        await gateway.leave()
    assert drive.wrong == []
    assert drive.compared.differences == {}
    assert drive.compared.stand.keys() >= {"on-time", "late", "missing", "due", "cancelled"}
    assert sum(drive.compared.stand.values()) == len(drive.laid.season.sailings)
    assert drive.sent["passengers"] > 15
    assert drive.sent["crew"] > 4


async def start(running: World) -> asyncio.subprocess.Process:
    """./gw simulate, as a trainer starts it."""
    environment = os.environ | {"GATEWAY_TOKEN": running.operator, "PYTHONUNBUFFERED": "1"}
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "gateway", "simulate", "--to", running.url, *OPTIONS, cwd=PROJECT, env=environment,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip


async def until_said(driver: asyncio.subprocess.Process, word: str) -> str:
    said = ""
    assert driver.stdout is not None
    while word not in said:
        line = await asyncio.wait_for(driver.stdout.readline(), SECONDS)
        assert line, said
        said += line.decode()
    return said


async def end(driver: asyncio.subprocess.Process) -> str:
    os.killpg(driver.pid, signal.SIGINT)
    said = (await asyncio.wait_for(driver.communicate(), SECONDS))[0].decode()
    assert "Traceback" not in said
    assert "stopped; the same command goes on with this season" in said
    assert said.rstrip().endswith("the gateway's board says what is true"), said
    assert driver.returncode == 0
    return said


async def test_a_driver_stops_and_goes_on_and_two_at_once_do_nothing_twice(training: World) -> None:
    before = {one["id"] for one in await submissions(training)}
    first = await start(training)
    assert "begins at" in await until_said(first, "sends its list")
    await end(first)
    after_first = {one["id"] for one in await submissions(training)} - before
    assert after_first
    both = [await start(training) for _ in range(2)]
    for driver in both:
        assert "goes on; it began at" in await until_said(driver, "(crew, ")
    for driver in both:
        await end(driver)
    found = [one for one in await submissions(training) if one["id"] not in before]
    assert len({one["sha256"] for one in found}) == len(found)
    wanted = Wanted(seed=5, days=1, speed=1000, since=None, service="cruise", lines=("specimen-cruises",), size=1)
    turns = wanted.laid(utc_now()).turns()
    reports = sum(len(turn.step.reports) for turn in turns)
    assert len(after_first) <= len(found) <= reports


async def test_a_gateway_with_a_stranger_among_its_recipients_or_sailings_is_left_alone(training: World) -> None:
    async with aiohttp.ClientSession() as session:
        gateway = Training(session, training.url, training.operator, None)
        call = (
            b"id,carrier,service,vessel,departure_port,arrival_port,etd\nx-1,real-line,ferry,Real Ship,FIHEL,EETLL,%s\n"
        )
        soon = (utc_now() + timedelta(hours=1)).isoformat().encode()
        await gateway.ask("POST", "/v1/calls", body=call % soon, headers={"Content-Type": "text/csv"})
        with pytest.raises(Unusable, match="expects sailings of real-line"):
            await gateway.prove()
