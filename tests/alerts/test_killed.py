"""A worker is killed in the middle of telling: nothing is lost, and what comes again says by its id that it is the same.

Real processes, a real mail server, a real webhook. More often: ALERT_KILLS=5 ./gw test tests/alerts/test_killed.py
"""

import asyncio
import os
import re
import signal
import sys
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from gateway.catalogue import load
from gateway.settings import Settings, utc_now
from gateway.store import Database, Pool
from tests.alerts.mailserver import SENDER, Mailserver, mailserver
from tests.alerts.telling import line, notifier, opened, plan, turn
from tests.flow.processes import until
from tests.senders.recipient import Recipient, hang, recipient
from tests.web.world import make_folders

MAILS = ("office@specimen.example", "night@specimen.example")
KILLS = int(os.environ.get("ALERT_KILLS", "1"))


@asynccontextmanager
async def worker(
    settings: Settings, database: Database, server: Mailserver
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A worker as `./gw worker` starts one, on the database of this test; killed at the end, whatever it does."""
    told = {
        "DATABASE_URL": database.url, "STATE": settings.state, "KEYS": settings.keys, "CARRIERS": settings.carriers, "LEASE_SECONDS": 2, "NAME": settings.name,
        "SMTP_URL": f"smtp://127.0.0.1:{server.port}", "SMTP_FROM": SENDER, "SMTP_CA": server.ca,
    }  # fmt: skip
    environment = dict(os.environ) | {f"GATEWAY_{name}": str(value) for name, value in told.items()}
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "gateway", "worker", env=environment)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        assert await process.wait() == -signal.SIGKILL, "it ended before it was killed"


async def test_killed_in_mid_send_it_tells_everybody_and_repeats_under_the_same_ids(
    pool: Pool, database: Database, tmp_path: Path
) -> None:
    settings = make_folders(tmp_path).settings
    await asyncio.to_thread(load, settings, utc_now().date())  # makes the identity
    async with mailserver(tmp_path) as server, recipient() as hook:
        server.hangs.add("DATA")  # it has the mail, and does not say so
        hook.script += [hang] * KILLS
        alarms = [await opened(pool, f"S{n}/X") for n in range(3)]
        await plan(pool, line(email=MAILS, webhook=hook.url))
        for killed in range(1, KILLS + 1):
            async with worker(settings, database, server):
                await until(lambda n=killed: (len(server.mails), len(hook.requests)) == (2 * n, n), 60)
        server.hangs.clear()
        async with notifier(pool, server.postbox(), settings=settings) as other, asyncio.timeout(60):  # another process
            while await pool.fetchval("SELECT count(*) FROM alert WHERE state <> 'sent'"):
                await turn(other)  # finds nothing until the lease has ended
                await asyncio.sleep(0.05)
    check(server, hook, alarms)
    messages = {str(row["id"]) for row in await pool.fetch("SELECT id FROM alert_message")}
    entries = await pool.fetch("SELECT subject FROM log_entry WHERE event = 'alert-sent'")
    assert sorted(row["subject"]["message"] for row in entries) == sorted(messages), "each left once, says the log"


def check(server: Mailserver, hook: Recipient, alarms: list[int]) -> None:
    """Whoever drops repeats by the id has each alarm once; without that, no more often than once a life of a worker."""
    mails = defaultdict(list)
    for mail, to in zip(server.mails, server.to, strict=True):
        mails[mail["Message-ID"]].append((to, mail.get_content()))
    assert sorted(said[0][0] for said in mails.values()) == [[MAILS[1]], [MAILS[0]]]
    for said in mails.values():
        assert len(said) == KILLS + 1
        assert said.count(said[0]) == len(said), "what repeats is the same to the letter"
        assert [int(id) for id in re.findall(r"Alarm (\d+),", said[0][1])] == alarms
    assert len({request.delivery for request in hook.requests}) == 1
    assert len(hook.requests) == KILLS + 1
    for request in hook.requests:
        assert [one["alarm"] for one in msgspec.json.decode(request.body)["alerts"]] == alarms
    assert [request.headers["gateway-attempt"] for request in hook.requests] == [str(n + 1) for n in range(KILLS + 1)]
