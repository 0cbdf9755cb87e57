"""A delivery goes to its recipient in order, once in effect, and is never forgotten."""

import asyncio
import random
from typing import Any
from uuid import UUID

import pytest

from gateway.store import Database, Pool, open, transaction
from gateway.store.alarms import open_alarms
from gateway.store.deliveries import (
    ClaimedDelivery,
    State,
    Today,
    acknowledge,
    add_deliveries,
    claim_deliveries,
    deliveries_of,
    feed,
    settle_accepted,
    settle_refused,
    settle_try_later,
)
from gateway.store.recipients import replay, served
from gateway.store.statements import SQL
from gateway.store.submissions import LeaseLost
from tests.store.rows import NOW, add_manifest, delivery, owed, stored

ROOM = {"example-nsw": 10}


async def claim(pool: Pool, room: dict[str, int] = ROOM, lease_seconds: float = 60) -> list[ClaimedDelivery]:
    today = {id: Today(id) for id in room}
    return await claim_deliveries(pool, room, today, NOW.date(), lease_seconds=lease_seconds)


async def accept(pool: Pool, claimed: ClaimedDelivery) -> None:
    async with transaction(pool) as connection:
        await settle_accepted(connection, claimed.id, claimed.lease, outcome="accepted", status=200)


async def later(pool: Pool, claimed: ClaimedDelivery, seconds: float = 0) -> State:
    async with transaction(pool) as connection:
        return await settle_try_later(
            connection, claimed.id, claimed.lease, seconds=seconds, outcome="busy", status=503
        )


async def state(pool: Pool, id: UUID) -> str:
    found: str = await pool.fetchval("SELECT state FROM delivery WHERE id = $1", id)
    return found


async def make_due(pool: Pool) -> None:
    await pool.execute("UPDATE delivery SET run_at = now() - interval '1 second' WHERE state = 'waiting'")


async def versions(pool: Pool, count: int, **changes: Any) -> list[UUID]:
    return [await owed(pool, await stored(pool, bytes([n])), **changes) for n in range(count)]


async def test_a_delivery_is_claimed_sent_and_accepted(pool: Pool) -> None:
    submission = await stored(pool)
    id = await owed(pool, submission)
    [claimed] = await claim(pool)
    assert (claimed.id, claimed.attempts, claimed.version, claimed.envelope) == (id, 1, 1, b"envelope")
    assert await claim(pool) == []
    async with pool.acquire() as connection:
        [shown] = await deliveries_of(connection, [claimed.manifest_id])
        assert (shown.state, shown.is_being_sent) == ("waiting", True)
        assert [(one.recipient, one.waiting) for one in await served(connection, [])] == [("example-nsw", 1)]
    await accept(pool, claimed)
    async with pool.acquire() as connection:
        [shown] = await deliveries_of(connection, [claimed.manifest_id])
        assert (shown.state, shown.is_being_sent, shown.last_status) == ("accepted", False, 200)
        assert await served(connection, []) == []
        [one] = await served(connection, ["example-nsw"])
        assert (one.waiting, one.oldest, one.last_success is None) == (0, None, False)


async def test_each_recipient_has_its_own_room(pool: Pool) -> None:
    for n in range(6):
        recipient = "slow" if n < 4 else "quick"
        await owed(pool, await stored(pool, bytes([n])), recipient=recipient, sequence_key=f"{n}")
    first = await claim(pool, {"slow": 1, "quick": 5, "nothing-waits": 3})
    assert sorted(one.recipient for one in first) == ["quick", "quick", "slow"]
    assert [one.recipient for one in await claim(pool, {"slow": 2, "quick": 5})] == ["slow", "slow"]
    assert await claim(pool, {}) == []


async def test_workers_never_claim_the_same(database: Database, pool: Pool) -> None:
    ids = [await owed(pool, await stored(pool, bytes([n])), sequence_key=f"{n}") for n in range(60)]
    workers = [await open(database, size=2) for _ in range(4)]

    async def work(own: Pool) -> list[UUID]:
        mine = []
        while claimed := await claim(own, {"example-nsw": 2}):
            for one in claimed:
                await accept(own, one)
                mine.append(one.id)
        return mine

    shares = await asyncio.gather(*[work(own) for own in workers])
    for own in workers:
        await own.close()
    assert sorted(id for share in shares for id in share) == sorted(ids)


async def test_a_dead_workers_delivery_goes_to_another_and_its_late_word_is_refused(pool: Pool) -> None:
    await owed(pool, await stored(pool))
    [zombie] = await claim(pool, lease_seconds=0.05)
    await asyncio.sleep(0.06)
    [other] = await claim(pool)
    assert (other.id, other.attempts) == (zombie.id, 2)
    with pytest.raises(LeaseLost):
        await accept(pool, zombie)
    with pytest.raises(LeaseLost):
        await later(pool, zombie)
    await accept(pool, other)
    with pytest.raises(LeaseLost):
        await later(pool, other)  # an accepted delivery never waits again
    assert await state(pool, other.id) == "accepted"


async def test_try_later_waits_its_time(pool: Pool) -> None:
    await owed(pool, await stored(pool))
    [claimed] = await claim(pool)
    assert await later(pool, claimed, seconds=30) == "waiting"
    assert await claim(pool) == []
    await make_due(pool)
    assert [one.attempts for one in await claim(pool)] == [2]


async def test_after_the_last_attempt_a_person_is_told_and_may_send_it_again(pool: Pool) -> None:
    id = await owed(pool, await stored(pool), max_attempts=2)
    [claimed] = await claim(pool)
    assert await later(pool, claimed) == "waiting"
    [claimed] = await claim(pool)
    assert await later(pool, claimed) == "given-up"
    async with transaction(pool) as connection:
        assert [(alarm.kind, alarm.subject) for alarm in await open_alarms(connection)] == [
            ("delivery-given-up", str(id))
        ]
        assert await replay(connection, Today("example-nsw"), NOW.date(), delivery=id) == [id]
        assert await replay(connection, Today("example-nsw"), NOW.date(), delivery=id) == []
    assert [one.attempts for one in await claim(pool)] == [1]
    assert await pool.fetchval("SELECT event FROM log_entry") == "delivery-given-up"


async def test_an_attempt_that_never_comes_back_counts(pool: Pool) -> None:
    id = await owed(pool, await stored(pool), max_attempts=2)
    for _ in range(2):
        assert len(await claim(pool)) == 1
        await make_due(pool)
    assert await claim(pool) == []
    assert await state(pool, id) == "given-up"
    async with pool.acquire() as connection:
        [shown] = await deliveries_of(connection, [await pool.fetchval("SELECT manifest_id FROM delivery")])
        assert shown.last_outcome == "the attempt never came back"
        assert len(await open_alarms(connection)) == 1


async def test_a_refusal_ends_it_with_an_alarm(pool: Pool) -> None:
    id = await owed(pool, await stored(pool))
    [claimed] = await claim(pool)
    async with transaction(pool) as connection:
        await settle_refused(connection, claimed.id, claimed.lease, outcome="unknown visit", status=422)
    assert await state(pool, id) == "refused"
    await make_due(pool)
    assert await claim(pool) == []
    async with pool.acquire() as connection:
        assert [alarm.kind for alarm in await open_alarms(connection)] == ["delivery-refused"]


async def test_a_newer_version_supersedes_what_still_waits(pool: Pool) -> None:
    first, second, third = await versions(pool, 3)
    assert [await state(pool, id) for id in (first, second, third)] == ["superseded", "superseded", "waiting"]
    assert [one.version for one in await claim(pool)] == [3]
    events = await pool.fetch("SELECT event, subject ->> 'delivery' AS delivery FROM log_entry ORDER BY id")
    assert [(row["event"], row["delivery"]) for row in events] == [
        ("delivery-superseded", str(first)),
        ("delivery-superseded", str(second)),
    ]


async def test_a_newer_version_waits_for_the_one_under_way(pool: Pool) -> None:
    first = await owed(pool, await stored(pool, b"1"))
    [claimed] = await claim(pool)
    second = await owed(pool, await stored(pool, b"2"))
    assert await state(pool, first) == "waiting"  # somebody is sending it: it cannot be called back
    assert await claim(pool) == []
    await accept(pool, claimed)
    assert [one.id for one in await claim(pool)] == [second]


async def test_one_that_failed_is_not_sent_again_once_overtaken(pool: Pool) -> None:
    first = await owed(pool, await stored(pool, b"1"))
    [claimed] = await claim(pool)
    second = await owed(pool, await stored(pool, b"2"))
    assert await later(pool, claimed) == "superseded"
    assert await state(pool, first) == "superseded"
    assert [one.id for one in await claim(pool)] == [second]


async def test_a_list_that_is_processed_late_never_follows_a_newer_one(pool: Pool) -> None:
    older, newer = await stored(pool, b"1"), await stored(pool, b"2")
    sent = await owed(pool, newer)
    [claimed] = await claim(pool)
    await accept(pool, claimed)
    late = await owed(pool, older)
    assert (await state(pool, sent), await state(pool, late)) == ("accepted", "superseded")
    assert await claim(pool) == []


async def test_a_change_goes_after_the_list_it_changes(pool: Pool) -> None:
    whole = await owed(pool, await stored(pool, b"1"))
    change = await owed(pool, await stored(pool, b"2"), replaces=False)
    [claimed] = await claim(pool)
    assert claimed.id == whole
    assert await later(pool, claimed, seconds=30) == "waiting"  # a change does not replace it
    assert await claim(pool) == []
    await make_due(pool)
    [claimed] = await claim(pool)
    await accept(pool, claimed)
    assert [one.id for one in await claim(pool)] == [change]


async def test_a_refused_version_holds_up_nothing(pool: Pool) -> None:
    await owed(pool, await stored(pool, b"1"))
    [claimed] = await claim(pool)
    async with transaction(pool) as connection:
        await settle_refused(connection, claimed.id, claimed.lease, outcome="no")
    second = await owed(pool, await stored(pool, b"2"))
    assert [one.id for one in await claim(pool)] == [second]
    async with transaction(pool) as connection:
        assert (
            await replay(connection, Today("example-nsw"), NOW.date(), delivery=claimed.id) == []
        )  # it would follow the newer one


async def test_other_recipients_and_purposes_are_other_sequences(pool: Pool) -> None:
    await owed(pool, await stored(pool, b"1"))
    await owed(pool, await stored(pool, b"2"), recipient="example-piu")
    await owed(pool, await stored(pool, b"3"), purpose="safety")
    assert len(await claim(pool, {"example-nsw": 9, "example-piu": 9})) == 3


@pytest.mark.parametrize("seed", range(8))
async def test_in_any_order_of_events_versions_only_grow(pool: Pool, seed: int) -> None:
    """Submissions arrive in order and are processed in any; workers accept, fail and die at random."""
    rng = random.Random(seed)
    arrived = [await stored(pool, bytes([n])) for n in range(8)]
    todo = rng.sample(arrived, len(arrived))
    held: list[ClaimedDelivery] = []
    applied: list[int] = []
    order = {one.id: n for n, one in enumerate(arrived)}
    for _ in range(200):
        match rng.choice(("process", "claim", "accept", "fail", "die")):
            case "process" if todo:
                await owed(pool, todo.pop(), max_attempts=100)
            case "claim":
                held += await claim(pool)
            case "accept" if held:
                one = held.pop()
                source = await pool.fetchval("SELECT submission_id FROM manifest WHERE id = $1", one.manifest_id)
                applied.append(order[source])
                await accept(pool, one)
            case "fail" if held:
                await later(pool, held.pop())
            case "die" if held:
                held.pop()
                await make_due(pool)
        assert len(held) <= 1
    assert applied == sorted(applied)


async def test_a_recipient_that_fetches_reads_all_in_order_and_again(pool: Pool) -> None:
    ids = [await owed(pool, await stored(pool, bytes([n])), sequence_key=f"{n}") for n in range(3)]
    first = await feed(pool, Today("example-nsw"), NOW.date(), limit=2)
    assert [(item.position, item.id, item.envelope) for item in first] == [
        (1, ids[0], b"envelope"),
        (2, ids[1], b"envelope"),
    ]
    assert [item.id for item in await feed(pool, Today("example-nsw"), NOW.date(), after=2)] == [ids[2]]
    assert await feed(pool, Today("other"), NOW.date()) == []
    async with transaction(pool) as connection:
        assert await acknowledge(connection, "example-nsw", ids[:2]) == ids[:2]
        assert await acknowledge(connection, "example-nsw", ids[:1]) == []
        assert await acknowledge(connection, "other", ids) == []
    again = await feed(pool, Today("example-nsw"), NOW.date())
    assert [(item.id, item.state) for item in again] == list(zip(ids, ["accepted", "accepted", "waiting"], strict=True))


async def test_a_feed_never_grows_behind_its_reader(database: Database, pool: Pool) -> None:
    submission = await stored(pool)
    async with transaction(pool) as connection:
        facts = await add_manifest(connection, submission)
    async with pool.acquire() as slow:
        unfinished = slow.transaction()
        await unfinished.start()
        early = delivery(facts, sequence_key="early")
        await add_deliveries(slow, [early])
        prompt = delivery(facts, sequence_key="prompt")
        async with transaction(pool) as connection:
            await add_deliveries(connection, [prompt])
        [seen] = await feed(pool, Today("example-nsw"), NOW.date())
        await unfinished.commit()
    assert seen.id == prompt.id
    assert [item.id for item in await feed(pool, Today("example-nsw"), NOW.date(), after=seen.position)] == [early.id]


async def test_a_position_that_was_given_stays(pool: Pool) -> None:
    older, newer = await stored(pool, b"1"), await stored(pool, b"2")
    first = await owed(pool, newer, sequence_key="a")
    async with pool.acquire() as slow:
        reading = slow.transaction()
        await reading.start()
        await slow.execute(SQL["feed_lock"], "example-nsw")
        await slow.execute(SQL["feed_number"], "example-nsw")
        second = await owed(pool, older, sequence_key="b")  # would come first, had nobody read yet
        other = asyncio.create_task(feed(pool, Today("example-nsw"), NOW.date()))
        await asyncio.sleep(0.1)
        await reading.commit()
    assert [(item.position, item.id) for item in await other] == [(1, first), (2, second)]


async def test_the_claim_reads_only_what_is_due(pool: Pool) -> None:
    """A queue with a long past: the claim must find its few rows through indexes, however the planner counts."""
    facts_of = await stored(pool)
    async with transaction(pool) as connection:
        facts = await add_manifest(connection, facts_of)
    await pool.execute(
        "INSERT INTO delivery (id, manifest_id, recipient, route_id, form, purpose, legal_basis, media_type, envelope,"
        " sequence_key, arrival, version, replaces, max_attempts, state)"
        " SELECT gen_random_uuid(), $1, 'example-' || n % 5, 'r', 'f', 'p', 'l', 'm', 'e', 'k' || n / 3, n, 1, true, 3,"
        " CASE WHEN n % 100 = 0 THEN 'waiting' ELSE 'accepted' END FROM generate_series(1, 20000) n",
        facts.id,
    )
    await pool.execute("ANALYZE")
    plans = await plan_of(pool, "delivery_claim", ["example-0"], [None], [""], [10], NOW.date(), 60.0)
    assert "delivery_due" in plans
    assert "delivery_in_sequence" in plans
    assert "Seq Scan on delivery" not in plans
    stale = await plan_of(pool, "delivery_stale", ["example-0"], ["k"], ["r"], NOW.date(), facts.id)
    assert "delivery_due" in stale
    assert "Seq Scan on delivery" not in stale


async def plan_of(pool: Pool, name: str, *values: object) -> str:
    async with pool.acquire() as connection:
        await connection.execute("SET plan_cache_mode = force_generic_plan")  # what a long-lived worker runs
        rows = await connection.fetch("EXPLAIN " + SQL[name], *values)
    return "\n".join(row[0] for row in rows)
