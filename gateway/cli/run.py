"""./gw run and ./gw worker: the gateway's processes.

`run` is the web process: it starts the embedded PostgreSQL (unless GATEWAY_DATABASE_URL names one), brings the schema up
to date, serves, keeps watch, and starts `worker` processes, which it starts again whenever one ends. A worker reads,
checks, seals and delivers. All that they share is the database, so more of either may run on other machines.
"""

import asyncio
import contextlib
import hashlib
import logging
import os
import secrets
import signal
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import asyncpg
import click
from aiohttp import web

from gateway import process, store, watch
from gateway.catalogue import Catalogue, CatalogueError, load
from gateway.cli.exits import Unfit
from gateway.deliver import Deliverer
from gateway.settings import PROJECT, Settings, SettingsError, utc_now
from gateway.settings import load as load_settings
from gateway.store import Database, Pool, embedded
from gateway.store.cluster import CannotStart
from gateway.store.tokens import Token, add_token
from gateway.web import make_app, server_tls
from gateway.web.context import Context

_AGAIN_SECONDS = 0.5
_LOCAL_TOKEN = "operator.token"  # noqa: S105 - a file name


@click.command()
def run() -> None:
    """The gateway itself: API, board, workers. Settings are GATEWAY_… in the environment (see README)."""
    settings = _settings()

    def ready(url: str, catalogue: Catalogue) -> None:
        for problem in catalogue.problems:
            click.echo(f"set aside or to be looked at: {problem.where}: {problem.text}", err=True)
        click.echo(
            f"gateway ready at {url} (board: {url}/, operator's token: {settings.state / _LOCAL_TOKEN})", err=True
        )

    _main(serve(settings, ready))


@click.command()
def worker() -> None:
    """A worker on the database in GATEWAY_DATABASE_URL, beside those that `run` starts."""
    settings = _settings()
    if settings.database_url is None:
        raise click.UsageError("GATEWAY_DATABASE_URL must name the database that the gateway uses")
    _main(work(settings))


def _settings() -> Settings:
    logging.basicConfig(
        level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr
    )
    try:
        return load_settings()
    except SettingsError as problems:
        raise click.ClickException(f"the settings cannot be used:\n{problems}") from None


def _main(coroutine: Coroutine[Any, Any, None]) -> None:
    try:
        asyncio.run(coroutine)
    except (CannotStart, CatalogueError, store.MigrationProblem) as problem:
        raise Unfit(str(problem)) from None
    except (asyncpg.PostgresError, ConnectionError) as problem:
        said = f"the database in GATEWAY_DATABASE_URL cannot be used ({type(problem).__name__}); check address, user and password"
        raise Unfit(said) from None


def _stop_on_signals() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    return stop


async def serve(settings: Settings, ready: Callable[[str, Catalogue], None]) -> None:
    """Serves until SIGINT or SIGTERM. `ready` is told the address once lists can be taken."""
    stop = _stop_on_signals()
    catalogue = load(settings, utc_now().date())
    async with _database(settings) as database, _pool(database) as pool:
        await store.migrate(pool)
        await _local_token(settings, pool)
        runner = web.AppRunner(
            make_app(Context(settings, catalogue, database, pool)), access_log=None, shutdown_timeout=3
        )
        await runner.setup()
        tls = server_tls(settings, catalogue)
        try:
            site = web.TCPSite(runner, settings.host, settings.port, ssl_context=tls, backlog=1024)
            await site.start()
        except OSError as problem:
            await runner.cleanup()
            raise CannotStart(
                f"cannot listen on {settings.host}:{settings.port}: {problem.strerror}; set GATEWAY_PORT"
            ) from None
        tasks = [asyncio.create_task(watch.run(pool, catalogue, settings.name, stop))]
        tasks += [asyncio.create_task(_keep_worker(settings, database, stop)) for _ in range(settings.workers)]
        ready(f"{'https' if tls else 'http'}://{settings.host}:{settings.port}", catalogue)
        await stop.wait()
        await runner.cleanup()
        await asyncio.gather(*tasks)


@asynccontextmanager
async def _database(settings: Settings) -> AsyncIterator[Database]:
    if settings.database_url is not None:
        yield Database(settings.database_url)
        return
    async with embedded.run(settings.state / "postgres") as server:
        yield server.database()


@asynccontextmanager
async def _pool(database: Database) -> AsyncIterator[Pool]:
    pool = await store.open(database)
    try:
        yield pool
    finally:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(store.close(pool), 5)


async def _local_token(settings: Settings, pool: Pool) -> None:
    """An operator's token for the commands on this machine, in a file that only its owner can read."""
    path = settings.state / _LOCAL_TOKEN
    token = path.read_text().strip() if path.exists() else secrets.token_urlsafe(32)
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(token + "\n")
    now = utc_now()
    made = Token(
        sha256=hashlib.sha256(token.encode()).digest(),
        kind="operator",
        subject="local",
        note="made at the first start, for commands on this machine",
        created_at=now,
        expires_at=now + timedelta(days=3650),
    )
    with contextlib.suppress(asyncpg.UniqueViolationError):
        async with store.transaction(pool) as connection:
            await add_token(connection, made)


async def _keep_worker(settings: Settings, database: Database, stop: asyncio.Event) -> None:
    """One worker process, started again whenever it ends before we do."""
    environment = os.environ | {
        "GATEWAY_DATABASE_URL": database.url,
        "PYTHONPATH": os.pathsep.join(filter(None, (str(PROJECT), os.environ.get("PYTHONPATH")))),
    }
    while not stop.is_set():
        child = await asyncio.create_subprocess_exec(sys.executable, "-m", "gateway", "worker", env=environment)
        ended = asyncio.create_task(child.wait())
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait((ended, stopped), return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if child.returncode is None:
            child.terminate()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(ended), 20)
            if child.returncode is None:
                child.kill()
                await ended
        elif not stop.is_set():
            logging.getLogger("gateway").warning("a worker ended with status %s; starting another", child.returncode)
            await asyncio.sleep(_AGAIN_SECONDS)


async def work(settings: Settings) -> None:
    """Processes and delivers until SIGINT or SIGTERM."""
    stop = _stop_on_signals()
    catalogue = load(settings, utc_now().date())
    database = Database(settings.database_url or "")
    async with _pool(database) as pool:
        deliverer = Deliverer(pool, database, catalogue.recipients, settings.lease_seconds)
        tasks = {
            asyncio.create_task(
                process.run(pool, database, catalogue, lease_seconds=settings.lease_seconds, stop=stop)
            ),
            asyncio.create_task(deliverer.run(stop)),
        }
        orphaned = asyncio.create_task(_stop_when_orphaned(stop))
        await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        stop.set()
        orphaned.cancel()
        await asyncio.gather(*tasks)


async def _stop_when_orphaned(stop: asyncio.Event) -> None:
    """A worker whose `run` was killed has no database left to work on."""
    parent = os.getppid()
    while os.getppid() == parent:  # noqa: ASYNC110 - no event tells it
        await asyncio.sleep(1)
    stop.set()
