"""Deliveries reach their recipients: in order, once in effect, each at its own pace, and a person hears of what fails."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.deliver import Deliverer, next_attempt
from gateway.demo.folders import certificate
from gateway.senders import TryLater
from gateway.settings import MAX_ATTEMPTS, utc_now
from gateway.store import Database, Pool
from tests.often import often
from tests.senders.delivering import (
    NSW,
    alarms,
    answered,
    delivering,
    events,
    failed,
    look,
    make_due,
    owe,
    sending,
    state_is,
    until,
)
from tests.senders.recipient import Recipient, answer, hang, recipient

LATER = TryLater("busy")


@pytest.fixture
async def nsw() -> AsyncIterator[Recipient]:
    async with recipient() as nsw:
        yield nsw


async def test_accepted_with_the_recipients_receipt_and_one_log_entry(
    database: Database, pool: Pool, tmp_path: Path
) -> None:
    async with recipient(tmp_path) as nsw, delivering(database, pool, nsw.known(NSW)):
        id = await owe(pool)
        await state_is(pool, "accepted", id)
    row = await look(pool, id)
    assert (row["attempts"], row["last_status"], await answered(pool, id)) == (1, 201, b"thanks")
    assert [request.delivery for request in nsw.requests] == [str(id)]
    assert await events(pool, id) == ["delivery-accepted"]
    assert await alarms(pool) == {}


async def test_what_waited_before_the_start_is_delivered(database: Database, pool: Pool, nsw: Recipient) -> None:
    ids = [await owe(pool) for _ in range(9)]
    async with delivering(database, pool, nsw.known(NSW)):
        await state_is(pool, "accepted", *ids)
    assert {request.delivery for request in nsw.requests} == {str(id) for id in ids}
    assert len(nsw.requests) == 9


async def test_503_then_accepted_is_the_same_delivery(database: Database, pool: Pool, nsw: Recipient) -> None:
    nsw.script.append(answer(503))
    async with delivering(database, pool, nsw.known(NSW)):
        id = await owe(pool)
        row = await failed(pool, id)
        assert (row["state"], row["last_status"], row["last_outcome"]) == ("waiting", 503, "the recipient answered 503")
        assert 3 < row["wait"] <= 6
        await make_due(pool)
        await state_is(pool, "accepted", id)
    assert [(r.delivery, r.headers["gateway-attempt"]) for r in nsw.requests] == [(str(id), "1"), (str(id), "2")]
    assert await events(pool, id) == ["delivery-accepted"]


async def test_429_comes_back_when_the_recipient_says(database: Database, pool: Pool, nsw: Recipient) -> None:
    nsw.script.append(answer(429, Retry_After="3600"))
    async with delivering(database, pool, nsw.known(NSW)):
        row = await failed(pool, await owe(pool))
    assert 3590 < row["wait"] <= 3600


@pytest.mark.parametrize("status", [301, 400, 404, 422])
async def test_refused_is_told_to_a_person_and_not_sent_again(
    database: Database, pool: Pool, nsw: Recipient, status: int
) -> None:
    nsw.script.append(answer(status))
    async with delivering(database, pool, nsw.known(NSW)):
        id = await owe(pool)
        await state_is(pool, "refused", id)
        await make_due(pool)
        other = await owe(pool)
        await state_is(pool, "accepted", other)
    assert [request.delivery for request in nsw.requests] == [str(id), str(other)]
    assert (await look(pool, id))["last_status"] == status
    assert await events(pool, id) == ["delivery-refused"]
    assert await alarms(pool) == {"delivery-refused": str(id)}


async def test_nobody_listens_then_somebody_does(database: Database, pool: Pool, nsw: Recipient) -> None:
    await nsw.close()
    async with delivering(database, pool, nsw.known(NSW)):
        id = await owe(pool)
        assert (await failed(pool, id))["state"] == "waiting"
        await nsw.open()
        await make_due(pool)
        await state_is(pool, "accepted", id)


async def test_an_answer_never_comes(database: Database, pool: Pool, nsw: Recipient) -> None:
    nsw.script.append(hang)
    async with delivering(database, pool, nsw.known(NSW), lease_seconds=0.5):
        row = await failed(pool, await owe(pool))
    assert row["last_outcome"] == "no answer within 0.4 s"  # before the lease ends, and with it our right to send


async def test_a_wrong_certificate_gets_nothing_and_a_person_hears_of_it_at_once(
    database: Database, pool: Pool, tmp_path: Path
) -> None:
    async with recipient(tmp_path) as nsw:
        wrong = nsw.known(NSW, pinned=certificate(tmp_path / "other.key", utc_now()))
        async with delivering(database, pool, wrong):
            id = await owe(pool, envelope=b"x" * 100_000)
            row = await failed(pool, id)
            assert await alarms(pool) == {"recipient-out-of-reach": NSW}
        assert (row["state"], nsw.requests, nsw.bytes) == ("waiting", [], 0)
        await make_due(pool)
        async with delivering(database, pool, nsw.known(NSW)):
            await state_is(pool, "accepted", id)


async def test_half_an_answer_is_sent_again_and_the_repeat_is_the_recipients_to_drop(
    database: Database, pool: Pool, nsw: Recipient
) -> None:
    nsw.script += [answer(201, b"a receipt")[:-5], answer(208, b"a receipt")]
    async with delivering(database, pool, nsw.known(NSW)):
        id = await owe(pool)
        await failed(pool, id)
        await make_due(pool)
        await state_is(pool, "accepted", id)
    row = await look(pool, id)
    assert (row["last_status"], await answered(pool, id)) == (208, b"a receipt")
    assert [request.delivery for request in nsw.requests] == [str(id)] * 2
    assert await events(pool, id) == ["delivery-accepted"]


async def test_recipients_that_hang_hold_up_nobody(database: Database, pool: Pool, nsw: Recipient) -> None:
    async with recipient() as slow:
        slow.script += [hang] * 200
        hanging = [f"hangs-{n}" for n in range(30)]  # times four lanes: more than a session's usual 100 connections
        for name in hanging:
            for _ in range(5):
                await owe(pool, name)
        known = [slow.known(name, timeout_seconds=60) for name in hanging]
        async with sending() as means:
            deliverer = Deliverer(pool, database, {one.id: one for one in (*known, nsw.known(NSW))}, means, 60)
            stop = asyncio.Event()
            running = asyncio.create_task(deliverer.run(stop))

            async def all_hang() -> bool:
                return slow.connections == 120

            await until(all_hang)
            ids = [await owe(pool) for _ in range(6)]
            await state_is(pool, "accepted", *ids, seconds=10)  # those that hang do so for a minute
            assert slow.connections == 120
            running.cancel()
            await slow.close()
            await asyncio.gather(running, return_exceptions=True)
        await slow.open()


async def test_what_a_set_aside_recipient_is_owed_waits(database: Database, pool: Pool, nsw: Recipient) -> None:
    id = await owe(pool, "set-aside")
    async with delivering(database, pool, nsw.known(NSW)):
        await state_is(pool, "accepted", await owe(pool))
        row = await look(pool, id)
        assert (row["state"], row["attempts"]) == ("waiting", 0)
    async with delivering(database, pool, nsw.known("set-aside")):
        await state_is(pool, "accepted", id)


async def test_a_feed_is_not_posted_to(database: Database, pool: Pool, nsw: Recipient) -> None:
    id = await owe(pool, "fetches")
    one = nsw.known("fetches")
    feed = msgspec.structs.replace(one, send=msgspec.structs.replace(one.send, transport="feed"), https=None)
    async with delivering(database, pool, feed, nsw.known(NSW)):
        await state_is(pool, "accepted", await owe(pool))
    assert (await look(pool, id))["attempts"] == 0


async def test_after_the_last_attempt_it_is_given_up_and_told(database: Database, pool: Pool, nsw: Recipient) -> None:
    nsw.script += [answer(503)] * 3
    async with delivering(database, pool, nsw.known(NSW)):
        id = await owe(pool, max_attempts=2)
        await failed(pool, id)
        await make_due(pool)
        await state_is(pool, "given-up", id)
        await make_due(pool)
        await failed(pool, await owe(pool))
    assert [request.delivery for request in nsw.requests].count(str(id)) == 2
    assert await events(pool, id) == ["delivery-given-up"]
    assert (await alarms(pool))["delivery-given-up"] == str(id)


async def test_a_recipient_that_stays_away_is_told_of_long_before_anything_is_given_up(
    database: Database, pool: Pool, nsw: Recipient
) -> None:
    nsw.script += [answer(503)] * 5
    async with delivering(database, pool, nsw.known(NSW)):
        id = await owe(pool, max_attempts=MAX_ATTEMPTS)
        for attempt in range(1, 6):
            assert await alarms(pool) == {}
            assert (await failed(pool, id, attempt))["state"] == "waiting"
            told = await alarms(pool)
            await make_due(pool)
        await state_is(pool, "accepted", id)
    assert told == {"recipient-out-of-reach": NSW}
    assert await alarms(pool) == {}, "it is back"


@often(50)
@given(attempts=st.integers(1, 10_000), jitter=st.floats(0, 1, exclude_max=True))
def test_backoff_stays_within_its_jitter(attempts: int, jitter: float) -> None:
    wait = next_attempt(attempts, LATER, jitter).total_seconds()
    middle = next_attempt(attempts, LATER, 0.5).total_seconds()
    assert middle * 0.8 - 1e-6 <= wait < middle * 1.2 + 1e-6
    assert 4 <= wait <= 4 * 3600 * 1.2
    assert next_attempt(attempts + 1, LATER, jitter) >= next_attempt(attempts, LATER, jitter)


def test_backoff_as_it_is_told_to_operators() -> None:
    waits = [next_attempt(n, LATER, 0.5).total_seconds() for n in range(1, MAX_ATTEMPTS)]
    assert waits == [5, 15, 45, 135, 405, 1215, 3645, 10935, *[14400] * 7]
    shortest = sum(next_attempt(n, LATER, 0).total_seconds() for n in range(1, MAX_ATTEMPTS))
    assert shortest > 24 * 3600  # a day of store and forward, however the jitter falls


@often(50)
@given(attempts=st.integers(1, 20), jitter=st.floats(0, 1, exclude_max=True), after=st.integers(0, 86400))
def test_never_before_the_recipients_own_time(attempts: int, jitter: float, after: int) -> None:
    said = TryLater("busy", 503, timedelta(seconds=after))
    assert next_attempt(attempts, said, jitter) == max(timedelta(seconds=after), next_attempt(attempts, LATER, jitter))
