"""The gateway once its database is there: the API and pages, the watch, and the workers.

In: the settings, the catalogue, a database. Serves until it is told to stop. A worker that ends is started again.
"""

import asyncio
import contextlib
import logging
import os
import ssl
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import click
from aiohttp import web

from gateway import store, watch
from gateway.catalogue import Catalogue
from gateway.cli import lasting
from gateway.cli.local_token import FILE as TOKEN_FILE
from gateway.cli.local_token import keep_token
from gateway.identity import BadIdentity, read_ssh_key
from gateway.keyring import Identity
from gateway.notify import Plan, parties
from gateway.settings import PROJECT, Settings
from gateway.store import Database
from gateway.store.accounts import accounts_sealed_to
from gateway.store.cluster import CannotStart
from gateway.store.submissions import sealed_to
from gateway.web import make_runner, server_tls
from gateway.web.context import Context

_AGAIN_SECONDS, _LONGEST_AGAIN_SECONDS = 0.5, 10.0
_LIVED_SECONDS = 10.0  # a worker that ends sooner than this is given more and more time before the next one
_END_SECONDS = 6.0  # for a worker to end; what it was doing is claimed again when its lease ends

_log = logging.getLogger("gateway")


async def serve(settings: Settings, catalogue: Catalogue, database: Database, stop: asyncio.Event) -> None:
    """Serves until `stop`; says where once lists can be taken."""
    async with lasting.pool(database) as pool:
        await store.migrate(pool)
        await know_what_is_stored(settings, catalogue.identity, pool)
        await keep_token(settings.state, pool)
        async with _site(Context(settings, catalogue, database, pool)) as url, sftp_door(settings, catalogue, pool):
            tasks = [asyncio.create_task(watch.run(pool, catalogue, settings.name, stop))]
            tasks += [asyncio.create_task(Plan(pool, parties(catalogue)).run(database, stop))]
            tasks += [asyncio.create_task(_keep_worker(database, stop)) for _ in range(settings.workers)]
            for problem in catalogue.problems:
                click.echo(f"set aside or to be looked at: {problem.where}: {problem.text}", err=True)
            click.echo(
                f"gateway ready at {url} (board: {url}/, operator's token: {settings.state / TOKEN_FILE})", err=True
            )
            await stop.wait()
        await asyncio.gather(*tasks)


async def know_what_is_stored(settings: Settings, identity: Identity, pool: store.Pool) -> None:
    """A database and an identity that do not belong together would take lists in and never open what is there."""
    async with pool.acquire(timeout=10) as connection:
        sealed = await sealed_to(connection) | await accounts_sealed_to(connection)
        unknown = [key for key in sorted(sealed) if identity.opener(key) is None]
    if unknown:
        raise CannotStart(
            f"the database holds lists or accounts sealed to identity {unknown[0][:16]}…, which is not in {settings.state / 'identity'}: "
            "restore that file from your copy, or point GATEWAY_STATE and GATEWAY_DATABASE_URL at what belongs together"
        )


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


@asynccontextmanager
async def sftp_door(settings: Settings, catalogue: Catalogue, pool: store.Pool) -> AsyncIterator[None]:
    """The door for files, where one is asked for."""
    if settings.sftp_port == 0:
        yield
        return
    try:
        from gateway.sftp import serving
    except ImportError:
        raise CannotStart(
            "GATEWAY_SFTP_PORT needs asyncssh: install the extra 'sftp', or leave the setting out"
        ) from None
    async with AsyncExitStack() as stack:
        try:
            host_key = read_ssh_key(settings.state, "ssh-host")
            await stack.enter_async_context(serving(settings, catalogue, pool, host_key))
        except BadIdentity as problem:
            raise CannotStart(str(problem)) from None
        except OSError as problem:
            said = f"cannot listen on {settings.host}:{settings.sftp_port}: {_why(problem)}; set GATEWAY_SFTP_PORT"
            raise CannotStart(said) from None
        click.echo(f"files are taken by SFTP at {settings.host}:{settings.sftp_port}", err=True)
        yield


def _tls(context: Context) -> ssl.SSLContext | None:
    try:
        return server_tls(context.settings, context.catalogue)
    except OSError as problem:  # ssl.SSLError is one
        raise CannotStart(f"GATEWAY_TLS_CERT and GATEWAY_TLS_KEY cannot be used: {_why(problem)}") from None


def _why(problem: OSError) -> str:
    """In the system's words; what asyncio adds to them is for programmers."""
    return os.strerror(problem.errno) if problem.errno else problem.strerror or type(problem).__name__


async def _keep_worker(database: Database, stop: asyncio.Event) -> None:
    """One worker process, started again whenever it ends before we do."""
    environment = os.environ | {
        "GATEWAY_DATABASE_URL": database.url,
        "PYTHONPATH": os.pathsep.join(filter(None, (str(PROJECT), os.environ.get("PYTHONPATH")))),
    }
    command = (sys.executable, "-m", "gateway", "worker", "--child")
    loop, pause = asyncio.get_running_loop(), _AGAIN_SECONDS
    while not stop.is_set():
        began = loop.time()
        try:
            # A session of its own: a Ctrl-C at the terminal is ours to pass on.
            child = await asyncio.create_subprocess_exec(
                *command, env=environment, start_new_session=True, stdin=asyncio.subprocess.PIPE
            )
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
