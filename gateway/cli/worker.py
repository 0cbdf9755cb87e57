"""./gw worker: reads, checks, seals and delivers, on the database that a gateway uses.

In: submissions and deliveries that wait. Out: what `process` and `deliver` make of them. `run` starts workers of its own;
more may run on other machines. One may be killed at any time: what it held is claimed again when its lease ends.
"""

import asyncio
import os

import click

from gateway.cli import lasting
from gateway.cli.exits import Unfit
from gateway.deliver import Deliverer
from gateway.process.worker import run as process
from gateway.settings import Settings
from gateway.store import Database


@click.command()
@click.option("--child-of", type=int, hidden=True, help="End when this is no longer the parent process.")
def worker(child_of: int | None) -> None:
    """A worker on the database in GATEWAY_DATABASE_URL, beside those that `run` starts."""
    settings = lasting.settings()
    if settings.database_url is None:
        raise click.UsageError("GATEWAY_DATABASE_URL must name the database that the gateway uses")
    if not (settings.state / "identity").exists():  # one of its own could open nothing that the gateway sealed
        raise Unfit(f"{settings.state} holds no identity: copy the gateway's there, or set GATEWAY_STATE")
    lasting.main(work(settings, child_of))


async def work(settings: Settings, parent: int | None) -> None:
    """Processes and delivers until SIGINT or SIGTERM, or until `parent` is gone."""
    stop = lasting.stop_on_signals()
    catalogue = lasting.catalogue(settings)
    database = Database(settings.database_url or "")
    async with lasting.pool(database) as pool:
        deliverer = Deliverer(pool, database, catalogue.recipients, settings.lease_seconds)
        processing = process(pool, database, catalogue, lease_seconds=settings.lease_seconds, stop=stop)
        tasks = [asyncio.create_task(processing), asyncio.create_task(deliverer.run(stop))]
        orphaned = asyncio.create_task(_stop_when_orphaned(parent, stop))
        await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        stop.set()
        await asyncio.wait(tasks)
        orphaned.cancel()
        await asyncio.gather(*tasks)


async def _stop_when_orphaned(parent: int | None, stop: asyncio.Event) -> None:
    """A worker whose `run` was killed has no database left to work on."""
    while parent in (None, os.getppid()):  # noqa: ASYNC110 - no event tells it
        await asyncio.sleep(1)
    stop.set()
