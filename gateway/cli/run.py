"""./gw run: the gateway itself.

The web process. It starts the embedded PostgreSQL (unless GATEWAY_DATABASE_URL names one), brings the schema up
to date, serves, keeps watch, and starts `worker` processes, which it starts again whenever one ends. A worker reads,
checks, seals and delivers. All that they share is the database, so more of either may run on other machines. Any of them
may be killed at any time: nothing is kept in memory that is not in the database.
"""

import asyncio
import importlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import click

from gateway.cli import lasting
from gateway.settings import Settings
from gateway.store import Database, embedded


@click.command()
def run() -> None:
    """The gateway itself: API, board, workers. Settings are GATEWAY_… in the environment (see README)."""
    lasting.main(_run(lasting.settings()))


async def _run(settings: Settings) -> None:
    """Until SIGINT or SIGTERM. The database starts while the rest of the program is imported: each takes a second."""
    stop = lasting.stop_on_signals()
    catalogue = lasting.catalogue(settings)
    imported = asyncio.get_running_loop().run_in_executor(None, importlib.import_module, "gateway.cli.serving")
    async with _database(settings) as database:
        await (await imported).serve(settings, catalogue, database, stop)


@asynccontextmanager
async def _database(settings: Settings) -> AsyncIterator[Database]:
    if settings.database_url is not None:
        yield Database(settings.database_url)
        return
    async with embedded.run(settings.state / "postgres") as server:
        yield server.database()
