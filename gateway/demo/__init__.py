"""The demo: the main job on one machine, with real processes, real PostgreSQL, real TLS and invented people.

In: nothing. Out: printed text, and whether everything came out as it should. `samples` says what is sent and what should
come of it, `world` starts the processes, `show` sends and compares, `stand_in` is the recipients' side.
"""

import asyncio
import itertools
import signal
from typing import Any

import aiohttp
import click

from gateway.demo import samples
from gateway.demo.show import Show
from gateway.demo.world import world
from gateway.settings import utc_now

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


async def run(*, stay: bool) -> list[str]:
    """The whole demo; returns what went wrong. With `stay`, keeps running until Ctrl-C so that the board can be looked at."""
    now = utc_now()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    click.echo("Starting PostgreSQL, the gateway with a worker, a single window and a PIU …", err=True)
    async with world(now) as running, aiohttp.ClientSession() as session:
        show = Show(running, session, now)
        await show.import_schedule()
        for sample in itertools.chain(samples.good(now), samples.bad(now)):
            if stop.is_set():
                return ["stopped before the end"]
            await show.tell(sample)
        await show.tell_recipients()
        await show.tell_standings(_compare)
        if stay:
            viewer = await show.token("viewer", "demo port")
            click.echo(f"\nThe board: {running.url}/  (sign in with the token {viewer})\nCtrl-C ends the demo.")
            await stop.wait()
    return show.wrong


def _compare(calls: list[dict[str, Any]]) -> list[str]:
    found = {call["id"]: call["state"] for call in calls}
    return [f"{id} is {found.get(id)}, expected {state}" for id, state in STANDINGS.items() if found.get(id) != state]
