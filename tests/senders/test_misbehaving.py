"""The bench of recipients that misbehave, all over TLS: each kind has one stated outcome, and then everything arrives."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gateway.demo.folders import certificate
from gateway.settings import MAX_ATTEMPTS, utc_now
from gateway.store import Database, Pool, transaction
from gateway.store.retention import end_retention
from tests.senders.delivering import NSW, alarms, delivering, events, failed, make_due, owe, state_is, until
from tests.senders.recipient import Recipient, Request, Script, answer, hang, recipient


@pytest.fixture
async def nsw(tmp_path: Path) -> AsyncIterator[Recipient]:
    async with recipient(tmp_path) as nsw:
        yield nsw


async def lost(request: Request, writer: asyncio.StreamWriter) -> bytes:
    """It took the delivery, and its answer never came."""
    writer.transport.abort()
    return b""


async def slowly(request: Request, writer: asyncio.StreamWriter) -> bytes:
    await asyncio.sleep(0.2)
    return answer(201)


class Kind(msgspec.Struct):
    """What the recipient does the first time; what is noted; from when to when it is tried again, in seconds."""

    script: Script
    outcome: str
    status: int | None = None
    least: float = 3
    most: float = 6


KINDS = {
    "slower than we wait": Kind(hang, "no answer within 0.4 s"),
    "500": Kind(answer(500), "the recipient answered 500", 500),
    "503 with Retry-After": Kind(answer(503, Retry_After="90"), "the recipient answered 503", 503, 88, 90),
    "429 with Retry-After": Kind(answer(429, Retry_After="3600"), "the recipient answered 429", 429, 3590, 3600),
    "half an answer": Kind(answer(201, b"a receipt")[:-4], "the connection failed (ClientPayloadError)"),
    "half a status line": Kind(b"HTTP/1.1 20", "the connection failed (ServerDisconnectedError)"),
    "takes it and its answer is lost": Kind(lost, "the connection failed ("),
    "speaks something else": Kind(b"220 mail.example ESMTP\r\n", "the connection failed ("),
}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
async def test_it_is_kept_and_arrives_later_as_the_same_delivery(
    database: Database, pool: Pool, nsw: Recipient, kind: Kind
) -> None:
    nsw.script.append(kind.script)
    async with delivering(database, pool, nsw.known(NSW), lease_seconds=0.5):
        id = await owe(pool)
        row = await failed(pool, id)
        assert row["last_outcome"].startswith(kind.outcome)
        assert (row["state"], row["last_status"]) == ("waiting", kind.status)
        assert kind.least < row["wait"] <= kind.most
        await make_due(pool)
        await state_is(pool, "accepted", id)
    assert [request.delivery for request in nsw.requests] == [str(id)] * 2  # it may have had it: the id tells
    assert await events(pool, id) == ["delivery-accepted"]
    assert await alarms(pool) == {}


@pytest.mark.parametrize("status", [302, 400, 403, 410, 422])
async def test_what_it_refuses_a_person_must_look_at(
    database: Database, pool: Pool, nsw: Recipient, status: int
) -> None:
    nsw.script.append(answer(status))
    async with delivering(database, pool, nsw.known(NSW)):
        id = await owe(pool)
        await state_is(pool, "refused", id)
    assert await alarms(pool) == {"delivery-refused": str(id)}


async def test_slow_but_in_time_is_no_failure(database: Database, pool: Pool, nsw: Recipient) -> None:
    nsw.script.append(slowly)
    async with delivering(database, pool, nsw.known(NSW)):
        await state_is(pool, "accepted", await owe(pool))
    assert len(nsw.requests) == 1


async def test_the_wrong_certificate_gets_nothing(
    database: Database, pool: Pool, nsw: Recipient, tmp_path: Path
) -> None:
    other = certificate(tmp_path / "other.key", utc_now())
    async with delivering(database, pool, nsw.known(NSW, pinned=other)):
        row = await failed(pool, await owe(pool))
    assert (row["state"], nsw.bytes) == ("waiting", 0)
    assert await alarms(pool) == {"recipient-out-of-reach": NSW}


async def test_a_day_away_with_restarts_between_and_everything_arrives_in_order(
    database: Database, pool: Pool, nsw: Recipient
) -> None:
    """The clock is moved, not waited for: after each failure all times of the row go back by what it was to wait."""
    await nsw.close()
    first = await owe(pool, sequence_key="s", replaces=False, max_attempts=MAX_ATTEMPTS)
    second = await owe(pool, sequence_key="s", replaces=False, max_attempts=MAX_ATTEMPTS)
    away, attempts = 0.0, 0
    while away < 24 * 3600:
        attempts += 1
        async with delivering(database, pool, nsw.known(NSW)):  # a new process each time
            away += await moved_on(pool, await failed(pool, first, attempts))
        async with transaction(pool) as connection:
            await end_retention(connection, utc_now() + timedelta(seconds=away))
    assert attempts < MAX_ATTEMPTS
    await nsw.open()
    async with delivering(database, pool, nsw.known(NSW)):
        await make_due(pool)
        await state_is(pool, "accepted", first, second)
    assert [request.delivery for request in nsw.requests] == [str(first), str(second)]
    assert [request.body for request in nsw.requests] == [b"envelope"] * 2
    assert await alarms(pool) == {}, "it is back, and nothing waits that was tried in vain"


async def moved_on(pool: Pool, row: Any) -> float:
    """As if the wait were over; how long it was."""
    back = (
        "run_at = run_at - $1::float8 * interval '1 second', created_at = created_at - $1::float8 * interval '1 second'"
    )
    await pool.execute(f"UPDATE delivery SET {back}", float(row["wait"]))
    return float(row["wait"])


async def test_one_that_hangs_costs_the_others_nothing(
    database: Database, pool: Pool, nsw: Recipient, tmp_path: Path
) -> None:
    """Its lanes are its own. How little it costs is measured by `./gw bench`."""
    (tmp_path / "bad").mkdir()
    async with recipient(tmp_path / "bad") as bad:
        bad.script += [hang] * 50
        known = (bad.known("example-bad", timeout_seconds=60), nsw.known(NSW))
        hanging = [await owe(pool, "example-bad") for _ in range(10)]
        async with delivering(database, pool, *known, lease_seconds=100):

            async def all_lanes_hang() -> bool:
                return bad.connections == 4

            await until(all_lanes_hang)
            await state_is(pool, "accepted", *[await owe(pool) for _ in range(20)])
            assert bad.connections == 4
            await bad.close()
        await bad.open()
    states = await pool.fetch("SELECT state FROM delivery WHERE id = ANY($1::uuid[])", hanging)
    assert {row["state"] for row in states} == {"waiting"}
