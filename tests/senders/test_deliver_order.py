"""Deliveries keep their order and their outcome, whatever becomes of the worker, the store and our own mistakes."""

import asyncio
import logging
from collections.abc import AsyncIterator

import asyncpg
import pytest

from gateway import deliver
from gateway.senders import Means, Outcome, Outgoing
from gateway.settings import utc_now
from gateway.store import Database, Pool, log
from tests.senders.delivering import NSW, alarms, delivering, events, failed, look, make_due, owe, state_is, until
from tests.senders.recipient import Recipient, Request, answer, hang, recipient


@pytest.fixture
async def nsw() -> AsyncIterator[Recipient]:
    async with recipient() as nsw:
        yield nsw


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

    async def mistaken(outgoing: Outgoing, means: Means) -> Outcome:
        if outgoing.body == b"poison":
            raise ValueError("ERIKSSON")
        return await usual(outgoing, means)

    monkeypatch.setattr(deliver, "SENDERS", {"https": mistaken})
    with caplog.at_level(logging.WARNING):
        async with delivering(database, pool, nsw.known(NSW)):
            id = await owe(pool, envelope=b"poison")
            assert (await failed(pool, id))["state"] == "waiting"
            await state_is(pool, "accepted", await owe(pool))
    assert "unexpected ValueError at test_deliver_order.py" in caplog.text
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
