"""Deliveries reach their recipients: in order, once in effect, each at its own pace, and a person hears of what fails."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import aiohttp
import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway import deliver
from gateway.deliver import Deliverer, next_attempt
from gateway.demo.folders import certificate
from gateway.keyring import Recipient as Known
from gateway.senders import Outcome, Outgoing, TryLater
from gateway.settings import MAX_ATTEMPTS, utc_now
from gateway.store import DELIVERY, Database, Pool, log
from gateway.store.alarms import open_alarms
from tests.senders.recipient import Recipient, Request, answer, hang, recipient
from tests.store.rows import owed, stored

NSW = "example-nsw"


@pytest.fixture
async def nsw() -> AsyncIterator[Recipient]:
    async with recipient() as nsw:
        yield nsw


@asynccontextmanager
async def delivering(
    database: Database, pool: Pool, *recipients: Known, lease_seconds: float = 30
) -> AsyncIterator[Deliverer]:
    """A deliverer at work, ended with the block."""
    deliverer = Deliverer(pool, database, {one.id: one for one in recipients}, lease_seconds)
    stop = asyncio.Event()
    running = asyncio.create_task(deliverer.run(stop))
    try:
        yield deliverer
    finally:
        stop.set()
        await running


async def owe(pool: Pool, recipient: str = NSW, **changes: Any) -> UUID:
    """A delivery in a sequence of its own, unless told otherwise."""
    changes.setdefault("sequence_key", uuid4().hex)
    return await owed(pool, await stored(pool, uuid4().bytes), recipient=recipient, **changes)


async def look(pool: Pool, id: UUID) -> Any:
    question = "SELECT *, EXTRACT(epoch FROM run_at - now()) AS wait FROM delivery WHERE id = $1"
    return await pool.fetchrow(question, id)


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


async def test_accepted_with_the_recipients_receipt_and_one_log_entry(
    database: Database, pool: Pool, tmp_path: Path
) -> None:
    async with recipient(tmp_path) as nsw, delivering(database, pool, nsw.known(NSW)):
        id = await owe(pool)
        await state_is(pool, "accepted", id)
    row = await look(pool, id)
    assert (row["attempts"], row["last_status"], row["recipient_receipt"]) == (1, 201, b"thanks")
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
    assert (row["last_status"], row["recipient_receipt"]) == (208, b"a receipt")
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
        deliverer = Deliverer(pool, database, {one.id: one for one in (*known, nsw.known(NSW))}, 60)
        stop = asyncio.Event()
        running = asyncio.create_task(deliverer.run(stop))

        async def all_hang() -> bool:
            return slow.connections == 120

        await until(all_hang)
        ids = [await owe(pool) for _ in range(6)]
        await state_is(pool, "accepted", *ids, seconds=2)
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
    import msgspec

    feed = msgspec.structs.replace(one, send=msgspec.structs.replace(one.send, transport="feed", url=None))
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
            await make_due(pool)
        await state_is(pool, "accepted", id)
    assert await alarms(pool) == {"recipient-out-of-reach": NSW}


async def test_a_newer_list_waits_for_an_older_change_that_it_does_not_replace(
    database: Database, pool: Pool, nsw: Recipient
) -> None:
    nsw.script.append(answer(503))
    async with delivering(database, pool, nsw.known(NSW)):
        older = await owe(pool, sequence_key="s", replaces=False)
        await failed(pool, older)
        newer = await owe(pool, sequence_key="s", replaces=False)
        await state_is(pool, "accepted", await owe(pool))
        assert (await look(pool, newer))["attempts"] == 0
        await make_due(pool)
        await state_is(pool, "accepted", older, newer)
    sent = [request.delivery for request in nsw.requests]
    assert [id for id in sent if id in (str(older), str(newer))] == [str(older), str(older), str(newer)]


async def test_an_older_list_that_waits_is_superseded_and_never_sent(
    database: Database, pool: Pool, nsw: Recipient
) -> None:
    nsw.script.append(answer(503))
    async with delivering(database, pool, nsw.known(NSW)):
        older = await owe(pool, sequence_key="s")
        await failed(pool, older)
        newer = await owe(pool, sequence_key="s")
        await state_is(pool, "accepted", newer)
        await make_due(pool)
        late = await owe(pool, sequence_key="s", arrival=1, version=3)  # processed last, received first
        await state_is(pool, "accepted", await owe(pool))
    assert [(await look(pool, id))["state"] for id in (older, late)] == ["superseded", "superseded"]
    assert [r.delivery for r in nsw.requests][:2] == [str(older), str(newer)]
    assert str(late) not in [r.delivery for r in nsw.requests]
    assert await events(pool, older) == ["delivery-superseded"]


async def test_a_newer_list_waits_while_an_older_one_is_on_its_way(
    database: Database, pool: Pool, nsw: Recipient
) -> None:
    release = asyncio.Event()

    async def slowly(request: Request, writer: asyncio.StreamWriter) -> bytes:
        await release.wait()
        return answer(201)

    nsw.script.append(slowly)
    async with delivering(database, pool, nsw.known(NSW)):
        older = await owe(pool, sequence_key="s")

        async def is_under_way() -> bool:
            return len(nsw.requests) == 1

        await until(is_under_way)
        newer = await owe(pool, sequence_key="s")
        await state_is(pool, "accepted", await owe(pool))
        assert (await look(pool, newer))["attempts"] == 0
        release.set()
        await state_is(pool, "accepted", older, newer)
    assert nsw.requests[-1].delivery == str(newer)


async def test_a_zombie_may_not_say_what_became_of_it(database: Database, pool: Pool, nsw: Recipient) -> None:
    release = asyncio.Event()

    async def slowly(request: Request, writer: asyncio.StreamWriter) -> bytes:
        await release.wait()
        return answer(422)

    nsw.script.append(slowly)
    async with delivering(database, pool, nsw.known(NSW)):
        id = await owe(pool)

        async def is_under_way() -> bool:
            return len(nsw.requests) == 1

        await until(is_under_way)
        await make_due(pool)  # as if the first worker had been frozen until its lease ended
        async with delivering(database, pool, nsw.known(NSW)):
            await state_is(pool, "accepted", id)
        release.set()
    assert (await look(pool, id))["state"] == "accepted"
    assert await events(pool, id) == ["delivery-accepted"]
    assert await alarms(pool) == {}
    assert [request.delivery for request in nsw.requests] == [str(id)] * 2


async def test_an_outcome_is_kept_while_the_store_is_away(database: Database, pool: Pool, nsw: Recipient) -> None:
    name = database.url.split("@/")[1].split("?")[0]
    admin = await asyncpg.connect(database.url.replace(f"/{name}?", "/postgres?"))

    async def store_goes(request: Request, writer: asyncio.StreamWriter) -> bytes:
        await admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        await admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
        asyncio.get_running_loop().call_later(0.5, lambda: back.append(asyncio.create_task(store_returns())))
        return answer(201)

    async def store_returns() -> None:
        await admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")

    back: list[asyncio.Task[None]] = []
    nsw.script.append(store_goes)
    async with delivering(database, pool, nsw.known(NSW)):
        id = await owe(pool)

        async def is_back() -> bool:
            return bool(back) and back[0].done()

        await until(is_back)
        await state_is(pool, "accepted", id)
    await admin.close()
    assert len(nsw.requests) == 1


async def test_told_to_stop_it_does_not_wait_for_a_recipient_that_hangs(
    database: Database, pool: Pool, nsw: Recipient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliver, "_END_SECONDS", 0.2)
    nsw.script.append(hang)
    started = asyncio.get_running_loop().time()
    async with delivering(database, pool, nsw.known(NSW, timeout_seconds=60)):
        id = await owe(pool)

        async def is_under_way() -> bool:
            return len(nsw.requests) == 1

        await until(is_under_way)
    assert asyncio.get_running_loop().time() - started < 2
    row = await look(pool, id)
    assert (row["state"], row["lease"], row["last_outcome"]) == ("waiting", None, "the gateway was stopped in mid-send")
    assert row["wait"] <= 6


async def test_what_is_under_way_may_end_when_told_to_stop(database: Database, pool: Pool, nsw: Recipient) -> None:
    async def slowly(request: Request, writer: asyncio.StreamWriter) -> bytes:
        await asyncio.sleep(0.3)
        return answer(201)

    nsw.script.append(slowly)
    async with delivering(database, pool, nsw.known(NSW)):
        id = await owe(pool)

        async def is_under_way() -> bool:
            return len(nsw.requests) == 1

        await until(is_under_way)
    assert (await look(pool, id))["state"] == "accepted"


async def test_a_mistake_of_ours_stops_nothing_and_is_logged_without_its_text(
    database: Database, pool: Pool, nsw: Recipient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    usual = deliver.SENDERS["https"]

    async def mistaken(outgoing: Outgoing, session: aiohttp.ClientSession) -> Outcome:
        if outgoing.body == b"poison":
            raise ValueError("ERIKSSON")
        return await usual(outgoing, session)

    monkeypatch.setattr(deliver, "SENDERS", {"https": mistaken})
    with caplog.at_level(logging.WARNING):
        async with delivering(database, pool, nsw.known(NSW)):
            id = await owe(pool, envelope=b"poison")
            assert (await failed(pool, id))["state"] == "waiting"
            await state_is(pool, "accepted", await owe(pool))
    assert "unexpected ValueError at test_deliver.py" in caplog.text
    assert "ERIKSSON" not in caplog.text
    assert await alarms(pool) == {"recipient-out-of-reach": NSW}


async def test_every_outcome_is_in_the_log_and_the_log_is_whole(database: Database, pool: Pool, nsw: Recipient) -> None:
    nsw.script += [answer(201), answer(404), answer(201)]
    async with delivering(database, pool, nsw.known(NSW)):
        for state in ("accepted", "refused", "accepted"):
            await state_is(pool, state, await owe(pool))
    head = await log.integrate(pool, lambda size, root, at: b"signed", utc_now())
    assert head is not None
    assert head.size == 3


LATER = TryLater("busy")


@given(attempts=st.integers(1, 10_000), jitter=st.floats(0, 1, exclude_max=True))
def test_backoff_stays_within_its_jitter(attempts: int, jitter: float) -> None:
    wait = next_attempt(attempts, LATER, jitter).total_seconds()
    middle = next_attempt(attempts, LATER, 0.5).total_seconds()
    assert middle * 0.8 - 1e-6 <= wait < middle * 1.2 + 1e-6
    assert 4 <= wait <= 4 * 3600 * 1.2
    assert next_attempt(attempts + 1, LATER, jitter) >= next_attempt(attempts, LATER, jitter)


def test_backoff_as_it_is_told_to_operators() -> None:
    waits = [next_attempt(n, LATER, 0.5).total_seconds() for n in range(1, MAX_ATTEMPTS)]
    assert waits == [5, 15, 45, 135, 405, 1215, 3645, 10935, *[14400] * 5]
    assert 24 < sum(waits) / 3600 < 25


@given(attempts=st.integers(1, 20), jitter=st.floats(0, 1, exclude_max=True), after=st.integers(0, 86400))
def test_never_before_the_recipients_own_time(attempts: int, jitter: float, after: int) -> None:
    said = TryLater("busy", 503, timedelta(seconds=after))
    assert next_attempt(attempts, said, jitter) == max(timedelta(seconds=after), next_attempt(attempts, LATER, jitter))
