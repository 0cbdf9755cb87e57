"""What the clock brings: it comes, it comes again, and one thing that fails holds up no other."""

import asyncio
import hashlib
import logging
import re
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway import watch
from gateway.catalogue import Catalogue, load
from gateway.cli.local_token import keep_token
from gateway.demo import samples
from gateway.mistakes import said
from gateway.obligations import parse_schedule
from gateway.receipts.receipt import verify_head
from gateway.settings import Settings, utc_now
from gateway.store import Pool, log, transaction
from gateway.store.alarms import open_alarms
from gateway.store.calls import upsert_calls
from tests.store.rows import stored
from tests.web.world import make_folders

LONG = 30  # seconds after which a test gives up; nothing here is judged by how long it takes


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return load(Settings(state=tmp_path, keys=tmp_path), utc_now().date())


@asynccontextmanager
async def watching(pool: Pool, catalogue: Catalogue) -> AsyncIterator[None]:
    stop = asyncio.Event()
    running = asyncio.create_task(watch.run(pool, catalogue, "test", stop))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(running, LONG)


async def note(pool: Pool, what: str) -> None:
    async with transaction(pool) as connection:
        await log.append(connection, "noted", {"what": what}, utc_now())


async def head_has(pool: Pool, size: int) -> log.LogHead:
    async with asyncio.timeout(LONG), pool.acquire() as connection:
        while (head := await log.head(connection)) is None or head.size < size:
            await asyncio.sleep(0.02)
    return head


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_LOG_EVERY", "_BOARD_EVERY", "_AFTER_TROUBLE"):
        monkeypatch.setattr(watch, name, timedelta(seconds=0.05))


@pytest.mark.usefixtures("hasty")
async def test_the_log_is_put_in_order_and_its_head_signed_for_us(pool: Pool, catalogue: Catalogue) -> None:
    async with watching(pool, catalogue):
        for size in (1, 2, 3):
            await note(pool, str(size))
            head = await head_has(pool, size)
    stated = verify_head(head.signed, catalogue.identity.verify_keys)
    assert (stated.size, stated.gateway, stated.root) == (3, "test", head.root.hex())


@pytest.mark.usefixtures("hasty")
async def test_one_thing_that_fails_holds_up_no_other_and_is_said_once(
    pool: Pool, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tries: list[datetime] = []

    async def mistaken(pool: Pool, catalogue: Catalogue, now: datetime) -> None:
        tries.append(now)
        if len(tries) < 4:
            raise ValueError("ERIKSSON")

    monkeypatch.setattr(watch, "settle_deadlines", mistaken)
    with caplog.at_level(logging.WARNING):
        async with watching(pool, catalogue):
            await note(pool, "one")
            await head_has(pool, 1)
            while len(tries) < 5:
                await asyncio.sleep(0.02)
    assert [record.getMessage().split(" at ")[0] for record in caplog.records] == [
        "deadlines: ValueError",
        "deadlines: works again",
    ]
    assert "ERIKSSON" not in caplog.text


async def test_a_missed_deadline_is_one_alarm_however_often_it_is_seen(pool: Pool, catalogue: Catalogue) -> None:
    now = utc_now()
    calls, _ = parse_schedule(samples.schedule(now), "csv", source="test")
    async with transaction(pool) as connection:
        await upsert_calls(connection, calls, now)
    await watch.settle_deadlines(pool, catalogue, now)
    await watch.settle_deadlines(pool, catalogue, now)
    async with pool.acquire() as connection:
        missed = [alarm for alarm in await open_alarms(connection) if alarm.kind == "filing-missing"]
    assert any(alarm.subject.startswith("nordhavn-9/") for alarm in missed)
    assert {alarm.times for alarm in missed} == {1}
    assert len({alarm.subject for alarm in missed}) == len(missed)


@pytest.mark.usefixtures("hasty")
async def test_what_is_kept_too_long_can_no_longer_be_read(pool: Pool, catalogue: Catalogue) -> None:
    now = utc_now()
    old = await stored(pool, b"old", received_at=now - watch.RETENTION - timedelta(hours=1))
    new = await stored(pool, b"new", received_at=now - watch.RETENTION + timedelta(hours=1))
    await pool.execute("UPDATE submission SET state = 'processed'")

    async def keys() -> dict[Any, Any]:
        return {row["id"]: row["wrapped"] for row in await pool.fetch("SELECT id, wrapped FROM submission")}

    async with watching(pool, catalogue), asyncio.timeout(LONG):
        while (await keys())[old.id] is not None:
            await asyncio.sleep(0.02)
    assert (await keys())[new.id] is not None


def test_a_mistake_is_said_without_its_text() -> None:
    def raise_it() -> None:
        raise KeyError("ERIKSSON")

    with pytest.raises(KeyError) as caught:
        raise_it()
    assert said(caught.value).startswith("KeyError at test_watch.py:")
    assert said(TimeoutError("ERIKSSON")) == "TimeoutError"


@pytest.mark.parametrize("before", [None, "", "\n", "a token of before\n"])
async def test_the_operators_token_is_never_an_empty_one(pool: Pool, tmp_path: Path, before: str | None) -> None:
    file = tmp_path / "operator.token"
    if before is not None:
        file.write_text(before)  # an empty one is what a full disk may leave
        file.chmod(0o600)
    for _ in range(2):
        await keep_token(tmp_path, pool)
    token = file.read_text().strip()
    assert token == "a token of before" if before and before.strip() else len(token) > 30
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]
    assert await pool.fetchval("SELECT sha256 FROM access_token") == hashlib.sha256(token.encode()).digest()


async def test_a_file_of_ours_that_is_set_aside_is_an_alarm_until_it_is_mended(pool: Pool, tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    (keys / "ut-nsw").mkdir(parents=True)
    (carriers := tmp_path / "carriers").mkdir()
    (carriers / "line.toml").write_text("name = 1\nservice = 2\n")
    settings = Settings(state=tmp_path, keys=keys, carriers=carriers)

    async def open_ones() -> dict[str, str]:
        await watch.settle_set_aside(pool, load(settings, utc_now().date()))
        async with pool.acquire() as connection:
            return {one.subject: one.text for one in await open_alarms(connection) if one.kind == "set-aside"}

    found = await open_ones()
    assert set(found) == {str(carriers / "line.toml"), str(keys / "ut-nsw")}
    assert found[str(carriers / "line.toml")].count("; ") >= 1, "all that is wrong with it"
    (carriers / "line.toml").write_text('name = "Example Line"\ncontact = "desk@line.example"\nservice = "ferry"\n')
    assert set(await open_ones()) == {str(keys / "ut-nsw")}


async def test_what_only_comes_near_its_end_is_not_set_aside(pool: Pool, tmp_path: Path) -> None:
    given = make_folders(tmp_path)
    for recipient in given.settings.keys.glob("ut-*/recipient.toml"):
        text = recipient.read_text()
        recipient.write_text(re.sub(r"until = [0-9-]+", f"until = {utc_now().date() + timedelta(days=3)}", text))
    known = load(given.settings, utc_now().date())
    assert known.problems, "keys that are about to end"
    await watch.settle_set_aside(pool, known)
    async with pool.acquire() as connection:
        assert await open_alarms(connection) == []
