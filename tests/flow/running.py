"""A world with clients in it: started, disturbed, brought to rest, and read once it has stopped."""

import asyncio
from collections.abc import Awaitable, Callable

import aiohttp

from gateway import store
from gateway.catalogue import load
from gateway.demo.folders import RECIPIENTS
from gateway.demo.show import Show
from gateway.demo.world import GATEWAY, World
from gateway.settings import load as load_settings
from gateway.settings import utc_now
from gateway.store import embedded
from tests.flow import evidence
from tests.flow.clients import MAKERS, Client
from tests.flow.evidence import Evidence
from tests.flow.nemesis import Fault, Signs


async def _clients(running: World, seed: int, session: aiohttp.ClientSession) -> list[Client]:
    """One for each maker, with the schedule in place."""
    now = utc_now()
    show = Show(running, session, now)
    await show.import_schedule()
    tokens = [await show.token("carrier", make(0, now).carrier) for make in MAKERS]
    return [
        Client(number, make, running.url, token, running.folder, seed, now)
        for number, (make, token) in enumerate(zip(MAKERS, tokens, strict=True), 1)
    ]


async def filing_until(
    running: World, seed: int, disturb: Callable[[Callable[[], Signs]], Awaitable[list[Fault]]]
) -> list[Fault]:
    """Clients file while `disturb` goes on; it can look for signs of life. All that was begun is seen through."""
    async with aiohttp.ClientSession() as session:
        clients = await _clients(running, seed, session)

    def signs() -> Signs:
        files = [running.folder / name / "journal.jsonl" for name in RECIPIENTS]
        return Signs(sum(client.acks for client in clients), min(file.read_bytes().count(b"\n") for file in files))

    stop = asyncio.Event()
    try:
        async with asyncio.TaskGroup() as filing:
            for client in clients:
                filing.create_task(client.run(stop))
            try:
                return await disturb(signs)
            finally:
                stop.set()
    finally:
        for client in clients:
            client.close()


async def rest(running: World) -> None:
    """Returns when nothing waits any more."""
    headers = {"Authorization": f"Bearer {running.operator}"}
    async with aiohttp.ClientSession(headers=headers) as session, asyncio.timeout(90):
        while True:
            try:
                async with session.get(f"{running.url}/metrics") as answer:
                    lines = (await answer.text()).splitlines()
            except (aiohttp.ClientError, OSError):
                lines = []
            waiting = [
                line for line in lines if line.startswith(("gateway_submissions_waiting", "gateway_deliveries_waiting"))
            ]
            if waiting and all(line.endswith(" 0.0") for line in waiting):
                break
            await asyncio.sleep(0.1)
    await asyncio.sleep(1.5)  # the log is put in order once a second


async def left(running: World) -> Evidence:
    """The evidence, read from a database that was started anew for it."""
    await running.end(GATEWAY)
    catalogue = load(load_settings(running.settings), utc_now().date())
    async with embedded.run(running.state / "postgres") as server:
        pool = await store.open(server.database(), size=2)
        try:
            return await evidence.gather(running.folder, list(RECIPIENTS), pool, catalogue)
        finally:
            await store.close(pool)
