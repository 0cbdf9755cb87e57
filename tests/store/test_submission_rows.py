"""A submission is stored once, claimed by one worker at a time, and settled by nobody else."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest

from gateway.store import BOARD, SUBMISSION, Database, Pool, connect, open, transaction
from gateway.store.alarms import acknowledge_alarm, open_alarms, raise_alarm
from gateway.store.log import entries_of_submission
from gateway.store.statements import SQL
from gateway.store.submissions import (
    Answer,
    ClaimedSubmission,
    FindingCount,
    LeaseLost,
    Sealed,
    add_finding_counts,
    add_submission,
    claim_submissions,
    finding_counts,
    finding_counts_of_carrier,
    sealed_answer,
    sealed_submission,
    settle_submission,
    submission,
    submissions,
    try_submission_again,
    try_submission_later,
    waiting,
)
from tests.store.rows import NOW, answer, new_submission, stored, undone


async def settle(pool: Pool, claimed: ClaimedSubmission, what: Answer | None = None) -> None:
    async with transaction(pool) as connection:
        await settle_submission(connection, claimed.id, claimed.lease, what or answer(), claimed.receipt)


async def lease_ends(pool: Pool) -> None:
    await pool.execute("UPDATE submission SET run_at = now() - interval '1 second' WHERE state = 'received'")


async def test_what_is_stored_is_read_back(pool: Pool) -> None:
    new = new_submission()
    async with transaction(pool) as connection:
        added = await add_submission(connection, new)
    assert added.outcome == "new"
    assert (added.row.receipt, added.row.options, added.row.state) == (new.receipt, new.options, "received")
    async with pool.acquire() as connection:
        assert await submission(connection, new.id) == added.row
        assert await submission(connection, new.id, carrier="example-line") == added.row
        assert await submission(connection, new.id, carrier="other-line") is None
        assert await sealed_submission(connection, new.id) == Sealed(new.sealed, new.wrapped, new.key_id)
        assert await sealed_answer(connection, new.id) is None


async def test_the_newest_come_first_page_by_page(pool: Pool) -> None:
    rows = [await stored(pool, bytes([n]), carrier="a" if n % 2 else "b") for n in range(5)]
    async with pool.acquire() as connection:
        assert await submissions(connection, limit=2) == [rows[4], rows[3]]
        assert await submissions(connection, before=rows[3].arrival, limit=2) == [rows[2], rows[1]]
        assert await submissions(connection, carrier="a") == [rows[3], rows[1]]


async def test_the_same_body_again_is_the_first_submission(pool: Pool) -> None:
    first = await stored(pool)
    async with transaction(pool) as connection:
        again = await add_submission(connection, new_submission())
        other = await add_submission(connection, new_submission(carrier="other-line"))
    assert (again.row, again.outcome) == (first, "same-body")
    assert other.outcome == "new"


async def test_the_same_body_for_another_sailing_is_another_submission(pool: Pool) -> None:
    first = await stored(pool)
    async with transaction(pool) as connection:
        other = new_submission(options={"call": "another-sailing"}, idempotency_key_hash=None)
        added = await add_submission(connection, other)
    assert added.outcome == "new"
    assert added.row.id != first.id


async def test_a_key_means_one_body_for_ever(pool: Pool) -> None:
    first = await stored(pool, idempotency_key_hash=b"key")
    async with transaction(pool) as connection:
        again = await add_submission(connection, new_submission(idempotency_key_hash=b"key"))
        reused = await add_submission(connection, new_submission(b"other", idempotency_key_hash=b"key"))
        foreign = await add_submission(
            connection, new_submission(b"other", idempotency_key_hash=b"key", carrier="other-line")
        )
    assert (again.row, again.outcome) == (first, "same-key")
    assert (reused.row, reused.outcome) == (first, "key-reused-with-other-body")
    assert foreign.outcome == "new"
    assert await pool.fetchval("SELECT count(*) FROM submission") == 2


async def test_a_second_key_over_a_known_body_is_remembered_too(pool: Pool) -> None:
    first = await stored(pool, idempotency_key_hash=b"key")
    async with transaction(pool) as connection:
        linked = await add_submission(connection, new_submission(idempotency_key_hash=b"key 2"))
        reused = await add_submission(connection, new_submission(b"other", idempotency_key_hash=b"key 2"))
    assert (linked.row, linked.outcome) == (first, "same-body")
    assert (reused.row, reused.outcome) == (first, "key-reused-with-other-body")


@pytest.mark.parametrize("key", [None, b"key"])
async def test_equal_submissions_at_once_are_one(database: Database, key: bytes | None) -> None:
    pool = await open(database, size=20)

    async def submit() -> tuple[object, str]:
        async with transaction(pool) as connection:
            added = await add_submission(connection, new_submission(idempotency_key_hash=key))
            return added.row.id, added.outcome

    answers = await asyncio.gather(*[submit() for _ in range(100)])
    await pool.close()
    assert len({id for id, _ in answers}) == 1
    assert [outcome for _, outcome in answers].count("new") == 1


async def test_one_key_with_many_bodies_at_once_takes_one(database: Database) -> None:
    pool = await open(database, size=20)

    async def submit(n: int) -> str:
        async with transaction(pool) as connection:
            return (await add_submission(connection, new_submission(bytes([n]), idempotency_key_hash=b"key"))).outcome

    outcomes = await asyncio.gather(*[submit(n) for n in range(40)])
    assert sorted(outcomes) == ["key-reused-with-other-body"] * 39 + ["new"]
    assert await pool.fetchval("SELECT count(*) FROM submission") == 1
    await pool.close()


async def test_a_rolled_back_submission_leaves_its_key_free(pool: Pool) -> None:
    await undone(pool, add_submission, new_submission(idempotency_key_hash=b"key"))
    async with transaction(pool) as connection:
        added = await add_submission(connection, new_submission(b"other", idempotency_key_hash=b"key"))
    assert added.outcome == "new"


async def test_a_claim_takes_the_oldest_and_counts(pool: Pool) -> None:
    first, second, _ = [await stored(pool, bytes([n])) for n in range(3)]
    claimed = await claim_submissions(pool, lease_seconds=60, limit=2)
    assert {one.id for one in claimed} == {first.id, second.id}
    assert [one.attempts for one in claimed] == [1, 1]
    assert claimed[0].sealed.startswith(b"sealed ")
    assert len(await claim_submissions(pool, lease_seconds=60, limit=9)) == 1
    assert await claim_submissions(pool, lease_seconds=60, limit=9) == []


async def test_two_workers_never_claim_the_same(database: Database, pool: Pool) -> None:
    ids = {(await stored(pool, n.to_bytes(2, "big"))).id for n in range(60)}
    workers = [await open(database, size=2) for _ in range(4)]

    async def work(own: Pool) -> list[object]:
        mine: list[object] = []
        while claimed := await claim_submissions(own, lease_seconds=60, limit=3):
            for one in claimed:
                await settle(own, one)
            mine += [one.id for one in claimed]
        return mine

    shares = await asyncio.gather(*[work(own) for own in workers])
    for own in workers:
        await own.close()
    assert sorted(str(id) for share in shares for id in share) == sorted(map(str, ids))
    assert await pool.fetchval("SELECT count(*) FROM submission WHERE state = 'processed' AND attempts = 1") == 60


async def test_settling_makes_the_answer_readable(pool: Pool) -> None:
    await stored(pool)
    [claimed] = await claim_submissions(pool, lease_seconds=60, limit=1)
    async with transaction(pool) as connection:
        await settle_submission(connection, claimed.id, claimed.lease, answer(), claimed.receipt)
        await add_finding_counts(connection, claimed.id, {("P-07", "error"): 1, ("D-01", "warning"): 2})
    async with pool.acquire() as connection:
        row = await submission(connection, claimed.id)
        assert row is not None
        assert (row.state, row.format, row.persons, row.errors, row.warnings) == ("processed", "csv", 3, 1, 2)
        assert await sealed_answer(connection, claimed.id) == Sealed(b"findings", b"answer key", "gateway-2026")
        counts = [FindingCount("D-01", "warning", 2), FindingCount("P-07", "error", 1)]
        assert await finding_counts(connection, claimed.id) == counts
        week = timedelta(days=7)
        assert await finding_counts_of_carrier(connection, "example-line", NOW - week, NOW + week) == counts
        assert await finding_counts_of_carrier(connection, "example-line", NOW + week, NOW + 2 * week) == []


async def test_a_dead_workers_submission_goes_to_another_and_its_late_answer_is_refused(pool: Pool) -> None:
    await stored(pool)
    [zombie] = await claim_submissions(pool, lease_seconds=0.05, limit=1)
    await asyncio.sleep(0.06)
    [other] = await claim_submissions(pool, lease_seconds=60, limit=1)
    assert (other.id, other.attempts) == (zombie.id, 2)
    with pytest.raises(LeaseLost):
        await settle(pool, zombie, answer(persons=999))
    async with transaction(pool) as connection:
        with pytest.raises(LeaseLost):
            await try_submission_later(connection, zombie.id, zombie.lease, seconds=0)
    await settle(pool, other)
    with pytest.raises(LeaseLost):
        await settle(pool, other)  # nobody settles twice
    assert await pool.fetchval("SELECT persons FROM submission") == 3


async def test_given_back_it_waits_for_its_time(pool: Pool) -> None:
    await stored(pool)
    [claimed] = await claim_submissions(pool, lease_seconds=60, limit=1)
    async with transaction(pool) as connection:
        await try_submission_later(connection, claimed.id, claimed.lease, seconds=30)
    assert await claim_submissions(pool, lease_seconds=60, limit=1) == []
    await lease_ends(pool)
    [again] = await claim_submissions(pool, lease_seconds=60, limit=1)
    assert again.attempts == 2


async def test_a_poison_pill_fails_with_an_alarm_and_is_not_lost(pool: Pool) -> None:
    poison, good = await stored(pool, b"poison"), await stored(pool, b"good")
    for _ in range(3):
        claimed = await claim_submissions(pool, lease_seconds=60, limit=5)
        assert poison.id in {one.id for one in claimed}
        for one in claimed:
            if one.id == good.id:
                await settle(pool, one)
        await lease_ends(pool)
    assert await claim_submissions(pool, lease_seconds=60, limit=5) == []
    async with transaction(pool) as connection:
        row = await submission(connection, poison.id)
        assert row is not None
        assert (row.state, row.attempts) == ("failed", 3)
        assert await sealed_submission(connection, poison.id) is not None
        [alarm] = await open_alarms(connection)
        assert (alarm.kind, alarm.subject) == ("submission-failed", str(poison.id))
        [entry] = await entries_of_submission(connection, str(poison.id))
        assert entry.event == "submission-failed"
        queue = await waiting(connection)
        assert (queue.waiting, queue.failed, queue.oldest) == (0, 1, None)
        assert await try_submission_again(connection, poison.id, "desk", NOW)
        assert not await try_submission_again(connection, poison.id, "desk", NOW)
    [again] = await claim_submissions(pool, lease_seconds=60, limit=5)
    assert (again.id, again.attempts) == (poison.id, 1)


async def test_the_same_trouble_is_one_alarm_until_somebody_has_looked(pool: Pool) -> None:
    async with transaction(pool) as connection:
        first = await raise_alarm(connection, "late", "call-1", "no list came")
        assert await raise_alarm(connection, "late", "call-1", "no list came yet") == first
        assert await raise_alarm(connection, "late", "call-2", "no list came") != first
        alarm = next(one for one in await open_alarms(connection) if one.id == first)
        assert (alarm.times, alarm.text) == (2, "no list came yet")
        assert await acknowledge_alarm(connection, first, "desk", NOW)
        assert not await acknowledge_alarm(connection, first, "desk", NOW)
        assert await raise_alarm(connection, "late", "call-1", "no list came") != first
        assert len(await open_alarms(connection)) == 2


async def test_a_commit_says_look_now(database: Database, pool: Pool) -> None:
    listener = await connect(database)
    heard: asyncio.Queue[str] = asyncio.Queue()
    for channel in (SUBMISSION, BOARD):
        await listener.add_listener(channel, lambda _connection, _pid, channel, _payload: heard.put_nowait(channel))
    await undone(pool, add_submission, new_submission())
    await stored(pool)
    assert await asyncio.wait_for(heard.get(), 5) == SUBMISSION
    [claimed] = await claim_submissions(pool, lease_seconds=60, limit=1)
    await settle(pool, claimed)
    assert await asyncio.wait_for(heard.get(), 5) == BOARD
    assert heard.empty()
    await listener.close()


async def test_a_statement_that_fails_leaves_the_pool_usable(pool: Pool) -> None:
    with pytest.raises(asyncpg.PostgresError):
        async with transaction(pool) as connection:
            await add_submission(connection, new_submission(sha256=b"short"))
    async with pool.acquire() as connection:
        assert await submission(connection, uuid4()) is None


async def test_the_claim_reads_only_what_is_due(pool: Pool) -> None:
    await pool.execute(
        "INSERT INTO submission (id, carrier, channel, sha256, size, files, received_at, options, sealed, key_id,"
        " receipt, state)"
        " SELECT gen_random_uuid(), 'c', 'h', sha256(n::text::bytea), 1, 1, now(), '{}', 's', 'k', 'r',"
        " CASE WHEN n % 1000 = 0 THEN 'received' ELSE 'processed' END FROM generate_series(1, 5000) n"
    )
    async with pool.acquire() as connection:
        await connection.execute("ANALYZE submission")
        await connection.execute("SET plan_cache_mode = force_generic_plan")  # what a long-lived worker runs
        plan = await connection.fetch("EXPLAIN " + SQL["submission_claim"], 60.0, 10)
    assert "submission_due" in str(plan)
    assert "Seq Scan on submission" not in str(plan)
