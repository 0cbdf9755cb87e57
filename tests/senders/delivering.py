"""A deliverer at work on a real database, and how to look at what it does."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import msgspec

from gateway.deliver import Deliverer
from gateway.keyring import Recipient as Known
from gateway.keyring import new_identity
from gateway.seal import Sealed, open_at_rest
from gateway.senders import Means, Outgoing
from gateway.senders.https import session
from gateway.settings import utc_now
from gateway.store import DELIVERY, Database, Pool
from gateway.store.alarms import open_alarms
from tests.senders.ssh_server import CLIENT
from tests.store.rows import owed, stored

NSW = "example-nsw"
IDENTITY = new_identity(date(2026, 11, 21))
SIGNER = IDENTITY.signer


@asynccontextmanager
async def delivering(
    database: Database, pool: Pool, *recipients: Known, lease_seconds: float = 30
) -> AsyncIterator[Deliverer]:
    """A deliverer at work, ended with the block."""
    known = {one.id: one for one in recipients}
    async with sending() as means, at_work(Deliverer(pool, database, known, means, lease_seconds)) as deliverer:
        yield deliverer


@asynccontextmanager
async def at_work(deliverer: Deliverer) -> AsyncIterator[Deliverer]:
    stop = asyncio.Event()
    running = asyncio.create_task(deliverer.run(stop))
    try:
        yield deliverer
    finally:
        stop.set()
        await running


@asynccontextmanager
async def sending() -> AsyncIterator[Means]:
    """What senders may use, with a gateway's key of its own."""
    async with session() as http:
        yield Means(session=http, identity=IDENTITY, ssh=CLIENT)


def outgoing(
    recipient: Known, body: bytes, id: str = "11111111-2222-5333-8444-555555555555", **changes: Any
) -> Outgoing:
    """One attempt of a delivery, as a sender is given it; `changes` are what a test is about."""
    usual = Outgoing(
        recipient=recipient,
        delivery_id=id,
        manifest_id="11111111-2222-5333-8444-666666666666",
        route_id="border",
        form="common-json",
        purpose="border",
        legal_basis="a law",
        version=1,
        created_at=utc_now(),
        media_type="application/vnd.maritime-sealed",
        body=body,
        attempt=1,
        timeout_seconds=5,
    )
    return msgspec.structs.replace(usual, **changes)


async def owe(pool: Pool, recipient: str = NSW, **changes: Any) -> UUID:
    """A delivery in a sequence of its own, unless told otherwise."""
    changes.setdefault("sequence_key", uuid4().hex)
    return await owed(pool, await stored(pool, uuid4().bytes), recipient=recipient, **changes)


async def look(pool: Pool, id: UUID) -> Any:
    question = "SELECT *, EXTRACT(epoch FROM run_at - now()) AS wait FROM delivery WHERE id = $1"
    return await pool.fetchrow(question, id)


async def answered(pool: Pool, id: UUID) -> bytes | None:
    """What the recipient answered, as it is kept."""
    kept = await pool.fetchrow("SELECT * FROM response WHERE delivery_id = $1", id)
    if kept is None:
        return None
    sealed = Sealed(kept["wrapped"], kept["sealed"], kept["key_id"])
    return open_at_rest(sealed, IDENTITY, context=b"response/" + kept["id"].bytes)


async def until(condition: Callable[[], Awaitable[object]], seconds: float = 5) -> None:
    deadline = asyncio.get_running_loop().time() + seconds
    while not await condition():
        assert asyncio.get_running_loop().time() < deadline, "it did not happen in time"
        await asyncio.sleep(0.01)


async def state_is(pool: Pool, state: str, *ids: UUID, seconds: float = 5) -> None:
    async def are() -> bool:
        states = await pool.fetch("SELECT state FROM delivery WHERE id = ANY($1::uuid[])", ids)
        return [row["state"] for row in states] == [state] * len(ids)

    await until(are, seconds)


async def failed(pool: Pool, id: UUID, attempts: int = 1) -> Any:
    """The delivery once this many attempts have come back without success."""

    async def has() -> bool:
        row = await look(pool, id)
        return row["attempts"] == attempts and row["lease"] is None

    await until(has)
    return await look(pool, id)


async def make_due(pool: Pool) -> None:
    await pool.execute("UPDATE delivery SET run_at = now() - interval '1 second' WHERE state = 'waiting'")
    await pool.execute("SELECT pg_notify($1, '')", DELIVERY)


async def events(pool: Pool, id: UUID) -> list[str]:
    question = "SELECT event FROM log_entry WHERE subject ->> 'delivery' = $1 ORDER BY id"
    return [row["event"] for row in await pool.fetch(question, str(id))]


async def alarms(pool: Pool) -> dict[str, str]:
    async with pool.acquire() as connection:
        return {alarm.kind: alarm.subject for alarm in await open_alarms(connection)}
