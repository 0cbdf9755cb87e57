"""An alarm whose cause is gone closes itself and says why; one of an event, when somebody has acknowledged it."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gateway import watch
from gateway.alerts import Concerns
from gateway.catalogue import Catalogue, load
from gateway.obligations import Moment
from gateway.settings import Settings, utc_now
from gateway.store import Pool, transaction
from gateway.store.alarms import acknowledge_alarm, close_others, open_alarms, raise_alarm
from gateway.store.calls import upsert_calls
from gateway.store.deliveries import settle_accepted, settle_refused, settle_try_later
from gateway.store.submissions import claim_submissions, settle_submission, try_submission_again
from tests.alerts.telling import desks, opened, plan, states
from tests.senders.delivering import NSW
from tests.store.rows import NOW, answer, owed, stored
from tests.store.test_delivery_rows import claim
from tests.web.test_sealed_again import give_key
from tests.web.world import FEED, call, make_folders


async def settled(pool: Pool) -> dict[str, str | None]:
    """kind -> why it is closed, of every alarm."""
    return {row["kind"]: row["closed_because"] for row in await pool.fetch("SELECT kind, closed_because FROM alarm")}


async def test_a_recipient_that_is_back(pool: Pool) -> None:
    await owed(pool, await stored(pool), recipient=NSW)
    await opened(pool, NSW, "recipient-out-of-reach")
    [one] = await claim(pool, {NSW: 1})
    async with transaction(pool) as connection:
        await settle_try_later(connection, one.id, one.lease, seconds=0, outcome="no answer")
    assert await settled(pool) == {"recipient-out-of-reach": None}
    [one] = await claim(pool, {NSW: 1})
    async with transaction(pool) as connection:
        await settle_accepted(connection, one.id, one.lease, outcome="accepted")
    assert await settled(pool) == {"recipient-out-of-reach": "deliveries get through again"}


async def test_what_was_refused_and_is_accepted_in_a_newer_version(pool: Pool) -> None:
    sequence: dict[str, Any] = {"sequence_key": "one/sequence", "recipient": NSW}
    other = await owed(pool, await stored(pool, b"another"), recipient=NSW, sequence_key="other/sequence")
    for body in (b"first", b"second"):
        await owed(pool, await stored(pool, body), **sequence)
        for one in await claim(pool, {NSW: 5}):
            async with transaction(pool) as connection:
                if body == b"first":
                    await settle_refused(connection, one.id, one.lease, outcome="unknown visit")
                else:
                    await settle_accepted(connection, one.id, one.lease, outcome="accepted")
    async with pool.acquire() as connection:
        assert [alarm.subject for alarm in await open_alarms(connection)] == [str(other)], (
            "another list is another matter"
        )
        assert [alarm.concerns.recipient for alarm in await open_alarms(connection)] == [NSW]


async def test_a_submission_that_was_tried_again_and_is_processed(pool: Pool) -> None:
    poison = await stored(pool)
    await pool.execute("UPDATE submission SET attempts = 3")
    assert await claim_submissions(pool, lease_seconds=5, limit=1) == []
    async with transaction(pool) as connection:
        assert await try_submission_again(connection, poison.id, "desk", NOW)
    assert await settled(pool) == {"submission-failed": None}, "until it is processed it is open"
    [one] = await claim_submissions(pool, lease_seconds=5, limit=1)
    async with transaction(pool) as connection:
        await settle_submission(connection, one.id, one.lease, answer(), b"receipt")
    assert await settled(pool) == {"submission-failed": "it was processed"}
    events = [row["event"] for row in await pool.fetch("SELECT event FROM log_entry ORDER BY id")]
    assert events == ["submission-failed", "submission-tried-again"]


@pytest.mark.parametrize(("kind", "closes"), [("export-changed", True), ("recipient-out-of-reach", False)])
async def test_acknowledging_settles_what_nobody_else_can_see_the_end_of(pool: Pool, kind: str, closes: bool) -> None:
    id = await opened(pool, "x", kind)
    async with transaction(pool) as connection:
        await acknowledge_alarm(connection, id, "desk", utc_now())
        again = await raise_alarm(connection, kind, "x", "once more")
        assert [alarm.id for alarm in await open_alarms(connection)] == [again]
    assert (again != id) is closes
    await plan(pool, desks())
    assert await states(pool) == []


async def test_the_others_of_a_kind(pool: Pool) -> None:
    for subject in "abc":
        await opened(pool, subject, "recipient-without-key")
    async with transaction(pool) as connection:
        await close_others(connection, ["recipient-without-key"], ["b"], "it has a key")
        assert [alarm.subject for alarm in await open_alarms(connection)] == ["b"]


# --- the watch ---------------------------------------------------------------------------------------------------


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return load(Settings(state=tmp_path, keys=tmp_path), utc_now().date())


async def filings(pool: Pool) -> list[tuple[str, str | None]]:
    question = "SELECT kind, closed_because FROM alarm WHERE subject LIKE '%/EU-9841-LIST' ORDER BY id"
    return [tuple(row) for row in await pool.fetch(question)]


async def test_a_sailing_on_the_watch_from_due_soon_to_cancelled(pool: Pool, catalogue: Catalogue) -> None:
    now = utc_now().replace(microsecond=0)
    sails = call(leaves=0, arrives=8)
    deadline = now + timedelta(minutes=15)

    async def look(minutes: float, **changes: Any) -> list[tuple[str, str | None]]:
        async with transaction(pool) as connection:
            await upsert_calls(connection, [msgspec.structs.replace(sails, **changes)], now)
        await watch.settle_deadlines(pool, catalogue, deadline + timedelta(minutes=minutes))
        return await filings(pool)

    sails = msgspec.structs.replace(sails, etd=Moment(now, "test"))
    assert await look(-11) == []
    assert await look(-10) == [("filing-due-soon", None)]
    assert await look(1) == [("filing-due-soon", "another alarm has taken its place"), ("filing-missing", None)]
    alarm = await pool.fetchrow("SELECT concerns, deadline, times FROM alarm WHERE kind = 'filing-missing' AND closed_at IS NULL AND subject LIKE '%/EU-9841-LIST'")  # fmt: skip
    assert msgspec.convert(alarm["concerns"], Concerns) == Concerns(carrier=sails.carrier, call="C1", ports=("GRPIR",))
    assert (alarm["deadline"], alarm["times"]) == (deadline, 1)
    assert (await look(2, status="cancelled"))[1] == ("filing-missing", "the sailing was cancelled")
    assert len(await look(3, status="cancelled")) == 2


async def test_two_gateways_on_watch_raise_each_alarm_once(pool: Pool, catalogue: Catalogue) -> None:
    async with transaction(pool) as connection:
        await upsert_calls(connection, [call(f"C{number}") for number in range(5)], utc_now())
    await asyncio.gather(*[watch.settle_deadlines(pool, catalogue, utc_now()) for _ in range(3)])
    assert await pool.fetchval("SELECT max(times) FROM alarm") == 1


async def test_a_key_that_is_about_to_end_until_the_next_is_there(pool: Pool, tmp_path: Path) -> None:
    folders = make_folders(tmp_path)
    give_key(folders, until=20)
    now = utc_now()
    for _ in range(2):
        await watch.settle_outlook(pool, load(folders.settings, now.date()), now)
    found = await pool.fetch("SELECT subject, text, concerns FROM alarm WHERE kind = 'key-ends'")
    [(subject, text, concerns)] = [tuple(row) for row in found]
    assert (subject, concerns) == (f"keys/{FEED}/recipient.toml", {"recipient": FEED})
    assert text.startswith(f"keys/{FEED}/recipient.toml: the last key ends on {now.date() + timedelta(days=20)} and no other takes over; ask the recipient")  # fmt: skip
    give_key(folders, until=200)
    await watch.settle_outlook(pool, load(folders.settings, now.date()), now)
    assert (await settled(pool))["key-ends"] == "it was renewed, or is no longer here"
