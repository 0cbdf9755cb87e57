"""The tour: every sample is sent to a running world, and what comes of it is shown and compared.

In: a world. Out: printed text, and what did not come out as it should.
"""

import asyncio
import itertools
from datetime import datetime
from typing import Any

import aiohttp
import click

from gateway.demo import samples
from gateway.demo.show import Show
from gateway.demo.world import World

# How each call should stand once everything was sent; see samples.SAILINGS for why.
STANDINGS = {
    "aurora-south": "on-time",
    "aurora-north": "due",
    "britannia-1": "on-time",
    "britannia-2": "incomplete",
    "fjord-7": "late",
    "adria-33": "on-time",
    "meridian-5": "on-time",
    "nordhavn-9": "missing",
    "nordhavn-10": "due",
}


async def tour(world: World, now: datetime, stop: asyncio.Event, *, stay: bool) -> list[str]:
    """Shows everything in a world that was just started; returns what went wrong. With `stay`, until `stop` is set."""
    await world.ready()
    async with aiohttp.ClientSession() as session:
        show = Show(world, session, now)
        await show.import_schedule()
        for sample in itertools.chain(samples.good(now), samples.bad(now)):
            if stop.is_set():
                return ["stopped before the end"]
            await show.tell(sample)
        await show.tell_recipients()
        await show.tell_standings(compare)
        if stay:
            viewer = await show.token("viewer", "GRPIR")
            click.echo(
                f"\nThe board: {world.url}/sign-in?screen=1  (the access token: {viewer})\nCtrl-C ends the demo."
            )
            await stop.wait()
    return show.wrong


def compare(calls: list[dict[str, Any]]) -> list[str]:
    """What of the board's calls is not as it should be at the end, a line each."""
    found = {call["id"]: call["state"] for call in calls}
    return [f"{id} is {found.get(id)}, expected {state}" for id, state in STANDINGS.items() if found.get(id) != state]
