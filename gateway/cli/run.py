"""./gw run and ./gw worker: the gateway's processes.

`run` is the web process: it starts the embedded PostgreSQL (unless GATEWAY_DATABASE_URL names one), brings the schema up
to date, serves, keeps watch, and starts `worker` processes, which it starts again whenever one ends. A worker reads,
checks, seals and delivers. All that they share is the database, so more of either may run on other machines. Any of them
may be killed at any time: nothing is kept in memory that is not in the database.
"""

import asyncio
import contextlib
import logging
import os
import signal
import ssl
import sys
import traceback
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import click
from aiohttp import web

from gateway import store, watch
from gateway.catalogue import Catalogue, CatalogueError, load
from gateway.cli.exits import Unfit
from gateway.cli.local_token import FILE as TOKEN_FILE
from gateway.cli.local_token import keep_token
from gateway.deliver import Deliverer
from gateway.mistakes import said
from gateway.process.worker import run as process
from gateway.settings import PROJECT, Settings, SettingsError, utc_now
from gateway.settings import load as load_settings
from gateway.store import Database, Pool, embedded
from gateway.store.cluster import CannotStart
from gateway.web import make_runner, server_tls
from gateway.web.context import Context

_AGAIN_SECONDS, _LONGEST_AGAIN_SECONDS = 0.5, 10.0
_LIVED_SECONDS = 10.0  # a worker that ends sooner than this is given more and more time before the next one
_END_SECONDS = 6.0  # for a worker to end; what it was doing is claimed again when its lease ends
_THREADS = 32  # host names of recipients are looked up in threads; slow ones must not keep lists from being read

_log = logging.getLogger("gateway")


@click.command()
def run() -> None:
    """The gateway itself: API, board, workers. Settings are GATEWAY_… in the environment (see README)."""
    settings = _settings()

    def ready(url: str, catalogue: Catalogue) -> None:
        for problem in catalogue.problems:
            click.echo(f"set aside or to be looked at: {problem.where}: {problem.text}", err=True)
        click.echo(f"gateway ready at {url} (board: {url}/, operator's token: {settings.state / TOKEN_FILE})", err=True)

    _main(serve(settings, ready))


@click.command()
@click.option("--child-of", type=int, hidden=True, help="End when this is no longer the parent process.")
def worker(child_of: int | None) -> None:
    """A worker on the database in GATEWAY_DATABASE_URL, beside those that `run` starts."""
    settings = _settings()
    if settings.database_url is None:
        raise click.UsageError("GATEWAY_DATABASE_URL must name the database that the gateway uses")
    _main(work(settings, child_of))


def _settings() -> Settings:
    logging.basicConfig(
        level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr
    )
    try:
        return load_settings()
    except SettingsError as problems:
        raise click.ClickException(f"the settings cannot be used:\n{problems}") from None


def _main(coroutine: Coroutine[Any, Any, None]) -> None:
    """Runs it. An exception that nobody foresaw is shown without its text, which could hold a passenger's value."""
    try:
        asyncio.run(_quietly(coroutine))
    except (CannotStart, CatalogueError, store.MigrationProblem) as problem:
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


def _stop_on_signals() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    return stop


def _catalogue(settings: Settings) -> Catalogue:
    try:
        return load(settings, utc_now().date())
    except OSError as problem:
        raise CannotStart(f"{problem.filename} cannot be used: {problem.strerror}") from None


async def serve(settings: Settings, ready: Callable[[str, Catalogue], None]) -> None:
    """Serves until SIGINT or SIGTERM. `ready` is told the address once lists can be taken."""
    stop = _stop_on_signals()
    catalogue = _catalogue(settings)
    async with _database(settings) as database, _pool(database) as pool:
        await store.migrate(pool)
        await keep_token(settings.state, pool)
        async with _site(Context(settings, catalogue, database, pool)) as url:
            tasks = [asyncio.create_task(watch.run(pool, catalogue, settings.name, stop))]
            tasks += [asyncio.create_task(_keep_worker(database, stop)) for _ in range(settings.workers)]
            ready(url, catalogue)
            await stop.wait()
        await asyncio.gather(*tasks)


@asynccontextmanager
async def _site(context: Context) -> AsyncIterator[str]:
    """The API and the pages, at the address that is given."""
    settings = context.settings
    tls = _tls(context)
    runner = make_runner(context)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, settings.host, settings.port, ssl_context=tls, backlog=1024).start()
        except OSError as problem:
            said = f"cannot listen on {settings.host}:{settings.port}: {_why(problem)}; set GATEWAY_PORT"
            raise CannotStart(said) from None
        yield f"{'https' if tls else 'http'}://{settings.host}:{settings.port}"
    finally:
        await runner.cleanup()


def _tls(context: Context) -> ssl.SSLContext | None:
    try:
        return server_tls(context.settings, context.catalogue)
    except OSError as problem:  # ssl.SSLError is one
        raise CannotStart(f"GATEWAY_TLS_CERT and GATEWAY_TLS_KEY cannot be used: {_why(problem)}") from None


def _why(problem: OSError) -> str:
    """In the system's words; what asyncio adds to them is for programmers."""
    return os.strerror(problem.errno) if problem.errno else problem.strerror or type(problem).__name__


@asynccontextmanager
async def _database(settings: Settings) -> AsyncIterator[Database]:
    if settings.database_url is not None:
        yield Database(settings.database_url)
        return
    async with embedded.run(settings.state / "postgres") as server:
        yield server.database()


@asynccontextmanager
async def _pool(database: Database) -> AsyncIterator[Pool]:
    try:
        pool = await store.open(database)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, ValueError) as problem:
        raise CannotStart(
            f"the database in GATEWAY_DATABASE_URL cannot be used ({type(problem).__name__}):"
            " check that it runs, and the address, the user and the password"
        ) from None
    try:
        yield pool
    finally:
        try:
            await asyncio.wait_for(store.close(pool), 5)
        except TimeoutError:
            pool.terminate()


async def _keep_worker(database: Database, stop: asyncio.Event) -> None:
    """One worker process, started again whenever it ends before we do."""
    environment = os.environ | {
        "GATEWAY_DATABASE_URL": database.url,
        "PYTHONPATH": os.pathsep.join(filter(None, (str(PROJECT), os.environ.get("PYTHONPATH")))),
    }
    command = (sys.executable, "-m", "gateway", "worker", "--child-of", str(os.getpid()))
    loop, pause = asyncio.get_running_loop(), _AGAIN_SECONDS
    while not stop.is_set():
        began = loop.time()
        try:
            # A session of its own: a Ctrl-C at the terminal is ours to pass on.
            child = await asyncio.create_subprocess_exec(*command, env=environment, start_new_session=True)
            if not await _within(stop, child.wait()):
                return await _end(child)
            ended = f"a worker ended with status {child.returncode}"
        except OSError as problem:
            ended = f"no worker can be started: {problem.strerror}"
        _log.warning("%s; starting another in %g s", ended, pause)
        await _within(stop, asyncio.sleep(pause))
        pause = min(2 * pause, _LONGEST_AGAIN_SECONDS) if loop.time() - began < _LIVED_SECONDS else _AGAIN_SECONDS
    return None


async def _within(stop: asyncio.Event, work: Coroutine[Any, Any, Any]) -> bool:
    """Waits for `work` or `stop`, whichever comes first; whether it was `work`."""
    working, stopping = asyncio.create_task(work), asyncio.create_task(stop.wait())
    await asyncio.wait((working, stopping), return_when=asyncio.FIRST_COMPLETED)
    is_done = working.done()
    for task in (working, stopping):
        task.cancel()
    return is_done


async def _end(child: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        child.terminate()
    try:
        await asyncio.wait_for(child.wait(), _END_SECONDS)
    except TimeoutError:
        child.kill()
        await child.wait()


async def work(settings: Settings, parent: int | None) -> None:
    """Processes and delivers until SIGINT or SIGTERM, or until `parent` is gone."""
    stop = _stop_on_signals()
    catalogue = _catalogue(settings)
    database = Database(settings.database_url or "")
    async with _pool(database) as pool:
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
