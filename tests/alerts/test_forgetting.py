"""Alarms and the addresses that were told of them are not kept for ever."""

from datetime import timedelta
from pathlib import Path

from gateway import watch
from gateway.arrivals import LONGEST_LEG
from gateway.catalogue import load
from gateway.settings import Settings, utc_now
from gateway.store import Pool, transaction
from gateway.store.alarms import KEPT, forget
from tests.alerts.mailserver import mailserver
from tests.alerts.telling import line, notifier, opened, over, plan, turn


async def left(pool: Pool) -> dict[str, int]:
    return {
        table: await pool.fetchval(f"SELECT count(*) FROM {table}") for table in ("alarm", "alert", "alert_message")
    }


async def test_what_is_settled_is_forgotten_after_its_time_and_what_is_open_never(pool: Pool, tmp_path: Path) -> None:
    first, second = await opened(pool), await opened(pool, "S2/X")
    async with mailserver(tmp_path) as server, notifier(pool, server.postbox()) as one:
        await plan(pool, line(email=("office@specimen.example",)))
        await turn(one)  # one mail of both
        await over(pool, first)
        await plan(pool, line(email=("office@specimen.example",)))
        await turn(one)
    assert await left(pool) == {"alarm": 2, "alert": 3, "alert_message": 2}
    closed = await pool.fetchval("SELECT closed_at FROM alarm WHERE id = $1", first)
    async with transaction(pool) as connection:
        assert await forget(connection, closed) == 0
        assert await forget(connection, closed + timedelta(minutes=1)) == 1
    assert await left(pool) == {"alarm": 1, "alert": 1, "alert_message": 1}, "the mail told of the other one as well"
    await over(pool, second)
    async with transaction(pool) as connection:
        assert await forget(connection, utc_now() + timedelta(minutes=1)) == 1
    assert await left(pool) == {"alarm": 0, "alert": 0, "alert_message": 0}


async def test_the_watch_forgets_by_its_clock(pool: Pool, tmp_path: Path) -> None:
    known = load(Settings(state=tmp_path, keys=tmp_path), utc_now().date())
    assert known.terms.contest_window + LONGEST_LEG < KEPT
    for subject, age in (("old", KEPT + timedelta(hours=1)), ("young", KEPT - timedelta(hours=1)), ("open", None)):
        id = await opened(pool, subject)
        if age is not None:
            await over(pool, id)
            await pool.execute("UPDATE alarm SET closed_at = $2 WHERE id = $1", id, utc_now() - age)
    await watch.forget(pool, known, utc_now())
    assert {row["subject"] for row in await pool.fetch("SELECT subject FROM alarm")} == {"young", "open"}
