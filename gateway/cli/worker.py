"""./gw worker: reads, checks, seals, delivers and tells, on the database that a gateway uses.

In: submissions and deliveries that wait. Out: what `process` and `deliver` make of them. `run` starts workers of its own;
more may run on other machines. One may be killed at any time: what it held is claimed again when its lease ends.
"""

import asyncio
import sys

import click

from gateway.catalogue import Catalogue
from gateway.cli import lasting
from gateway.cli.exits import Unfit
from gateway.deliver import Deliverer
from gateway.identity import read_ssh_key
from gateway.keyring import SecretKey
from gateway.notify import Notifier
from gateway.process.renew import run as renewing
from gateway.process.verdicts import run as hear
from gateway.process.worker import run as process
from gateway.senders import Means
from gateway.senders.https import session
from gateway.settings import Settings
from gateway.store import Database


@click.command()
@click.option("--child", is_flag=True, hidden=True, help="End when standard input does: its other end is our parent's.")
def worker(child: bool) -> None:
    """A worker on the database in GATEWAY_DATABASE_URL, beside those that `run` starts."""
    settings = lasting.settings()
    if settings.database_url is None:
        raise click.UsageError("GATEWAY_DATABASE_URL must name the database that the gateway uses")
    if not (settings.state / "identity").exists():  # one of its own could open nothing that the gateway sealed
        raise Unfit(f"{settings.state} holds no identity: copy the gateway's there, or set GATEWAY_STATE")
    lasting.main(work(settings, child=child))


async def work(settings: Settings, *, child: bool) -> None:
    """Processes and delivers until SIGINT or SIGTERM; a `child` also until its parent is gone."""
    stop = lasting.stop_on_signals()
    if child:
        await _stop_with_parent(stop)
    catalogue = lasting.catalogue(settings)
    database = Database(settings.database_url or "")
    async with lasting.pool(database) as pool, session() as http:
        ssh = _ssh_key(settings, catalogue)
        means = Means(session=http, identity=catalogue.identity, access_point=catalogue.access_point, ssh=ssh)
        lease = settings.lease_seconds
        deliverer = Deliverer(pool, database, catalogue.recipients, means, lease)
        kinds = (
            process(pool, database, catalogue, lease_seconds=lease, stop=stop),
            hear(pool, database, catalogue, lease_seconds=lease, stop=stop),
            renewing(pool, catalogue, stop),
            deliverer.run(stop),
            Notifier(pool, means, settings).run(database, stop),
        )
        tasks = [asyncio.create_task(one) for one in kinds]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        stop.set()
        await asyncio.wait(tasks)
        await asyncio.gather(*tasks)


def _ssh_key(settings: Settings, catalogue: Catalogue) -> SecretKey | None:
    """Ours, where a recipient is reached by SFTP."""
    is_needed = any(one.sftp for one in catalogue.recipients.values())
    return read_ssh_key(settings.state, "ssh-client") if is_needed else None


async def _stop_with_parent(stop: asyncio.Event) -> None:
    """A worker whose `run` was killed has no database left to work on. The system closes the pipe, however `run` ended."""

    class Parent(asyncio.Protocol):
        def connection_lost(self, exc: Exception | None) -> None:
            stop.set()

    await asyncio.get_running_loop().connect_read_pipe(Parent, sys.stdin)
