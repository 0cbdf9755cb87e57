"""What `run` and `worker` share: settings, signals, the store, and words for what cannot be helped.

In: the environment. Out: a coroutine that runs until it is told to stop, or a sentence and an exit status. An exception
that nobody foresaw is shown by its type and place, without its text, which could hold a passenger's value.
"""

import asyncio
import logging
import signal
import sys
import traceback
from collections.abc import AsyncIterator, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from gateway import store
from gateway.catalogue import Catalogue, CatalogueError, load
from gateway.cli import environment
from gateway.cli.exits import Unfit
from gateway.identity import BadIdentity
from gateway.mistakes import said
from gateway.settings import Settings, utc_now
from gateway.store import Database, Pool
from gateway.store.cluster import CannotStart

_THREADS = 32  # host names of recipients are looked up in threads; slow ones must not keep lists from being read

_log = logging.getLogger("gateway")


def settings() -> Settings:
    """GATEWAY_… in the environment; logging is set up on the way."""
    logging.basicConfig(
        level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr
    )
    logging.getLogger("asyncpg").setLevel(logging.ERROR)  # that the store is away is said once, by whoever needs it
    return environment.settings()


def main(coroutine: Coroutine[Any, Any, None]) -> None:
    """Runs it to its end."""
    try:
        asyncio.run(_quietly(coroutine))
    except (CannotStart, store.MigrationProblem) as problem:
        raise Unfit(str(problem)) from None
    except Exception as error:
        _log.critical("unexpected %s\n%s", said(error), "".join(traceback.format_tb(error.__traceback__)))
        sys.exit(1)


async def _quietly(coroutine: Coroutine[Any, Any, None]) -> None:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_log_without_values)
    loop.set_default_executor(ThreadPoolExecutor(_THREADS))
    await coroutine


def _log_without_values(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    error = context.get("exception")
    _log.error("%s: %s", context["message"], said(error) if error else "no exception")


def stop_on_signals() -> asyncio.Event:
    """Set by SIGINT and SIGTERM."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    return stop


def catalogue(settings: Settings) -> Catalogue:
    """The data folders and the identity; `CannotStart` where they cannot be reached or used."""
    try:
        return load(settings, utc_now().date())
    except (CatalogueError, BadIdentity) as problem:
        raise CannotStart(str(problem)) from None
    except OSError as problem:
        raise CannotStart(f"{problem.filename} cannot be used: {problem.strerror}") from None


@asynccontextmanager
async def pool(database: Database) -> AsyncIterator[Pool]:
    """The store while the block lasts; `CannotStart` where it cannot be reached now."""
    try:
        opened = await store.open(database)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, ValueError) as problem:
        raise CannotStart(
            f"the database in GATEWAY_DATABASE_URL cannot be used ({type(problem).__name__}):"
            " check that it runs, and the address, the user and the password"
        ) from None
    try:
        yield opened
    finally:
        try:
            await asyncio.wait_for(store.close(opened), 5)
        except TimeoutError:
            opened.terminate()
