"""The running gateway under load: receipts, answers, throughput, latency. Real processes, PostgreSQL, TLS and sealing.

In: how long. Out: figures. Recipients are blind stand-ins, so that what is measured is the gateway, its worker and its
database, on whatever cores this machine has; the client that sends shares them.
"""

import asyncio
import math
import signal
import statistics
import time
from datetime import datetime
from typing import Any

import aiohttp

from gateway.bench.core import paxlst_of
from gateway.bench.figure import Figure
from gateway.demo.show import Show
from gateway.demo.world import world
from gateway.make import tables
from gateway.make.specimens import passengers
from gateway.manifest import Port

_FERRY = (Port(code="GRIGO"), Port(code="ITBRI"))
_SETTLE_SECONDS = 120
_WELL, _HANGS = "demo-nsw", "demo-piu"
_APART_SECONDS = 0.05


async def figures(now: datetime, *, quick: bool) -> list[Figure]:
    """Starts everything, measures, ends everything."""
    async with world(now, blind=True) as running, aiohttp.ClientSession() as session:
        await running.ready()
        show = Show(running, session, now)
        await show.import_schedule()
        found = await _large_list(show, now, 3 if quick else 8)
        found += await _ferry_lists(show, now, 10 if quick else 40)
        found.append(await _busiest_day(show, now, 12 if quick else 130))
        found += await _one_hangs(show, now, 25 if quick else 100)
    return found


async def _post(show: Show, carrier: str, data: bytes, wait: int) -> tuple[float, dict[str, Any]]:
    token = await show.token("carrier", carrier)
    headers = {"Authorization": f"Bearer {token}", "Prefer": f"wait={wait}"}
    start = time.perf_counter()
    async with show.session.post(f"{show.world.url}/v1/submissions", data=data, headers=headers) as answer:
        document = await answer.json(content_type=None)
        return time.perf_counter() - start, document


async def _large_list(show: Show, now: datetime, runs: int) -> list[Figure]:
    """The largest ship: 7,600 passengers and 2,350 crew, as one list of 9,950."""
    receipts, answers = [], []
    for run in range(runs):
        data = paxlst_of(9950, now, seed=100 + run)
        receipts.append((await _post(show, "aurora-cruises", data, 0))[0])
        await _drained(show)
        data = paxlst_of(9950, now, seed=200 + run)
        answers.append((await _post(show, "aurora-cruises", data, 30))[0])
        await _drained(show)
    return [
        Figure(
            what="receipt for a list of 9,950 (worst of a few)", value=max(receipts) * 1000, unit="ms", aim="p95 <= 250"
        ),
        Figure(what="whole answer for a list of 9,950 (worst of a few)", value=max(answers), unit="s", aim="<= 1.5"),
    ]


async def _ferry_lists(show: Show, now: datetime, runs: int) -> list[Figure]:
    """A 500-person ferry list, from the first byte sent to delivered."""
    seconds = []
    for run in range(runs):
        start = time.perf_counter()
        await _post(show, "adria-lines", _ferry(500, run, now), 30)
        await _drained(show, every=0.01)
        seconds.append(time.perf_counter() - start)
    p95 = sorted(seconds)[max(0, int(len(seconds) * 0.95) - 1)]
    return [
        Figure(what="ferry list of 500, sent to delivered, median", value=statistics.median(seconds), unit="s"),
        Figure(what="ferry list of 500, sent to delivered, p95", value=p95, unit="s", aim="<= 1"),
    ]


async def _busiest_day(show: Show, now: datetime, sailings: int) -> Figure:
    """Dover's busiest day in kind: sailings of 490 persons, three in four as CSV, one in four as PAXLST to two recipients."""
    bodies = [
        ("adria-lines", _ferry(490, 1000 + n, now)) if n % 4 else ("aurora-cruises", paxlst_of(490, now, seed=1000 + n))
        for n in range(sailings)
    ]
    start = time.perf_counter()
    await asyncio.gather(*(_post(show, carrier, data, 0) for carrier, data in bodies))
    await _drained(show)
    seconds = time.perf_counter() - start
    return Figure(
        what=f"{sailings} sailings of 490 at once, all sealed, committed and delivered",
        value=sailings * 490 / seconds,
        unit="persons/s",
        aim=">= 8,000; first aim 2,500",
    )


def _ferry(persons: int, seed: int, now: datetime) -> bytes:
    people = passengers(persons, seed, *_FERRY, now.date())
    return tables.ferry_csv(people, ship="Adria Esempio", sailing="AL33", departure="GRIGO", arrival="ITBRI", when="")


async def _one_hangs(show: Show, now: datetime, lists: int) -> list[Figure]:
    """How long deliveries to one recipient take while the other is well, and while it is stopped in mid-word: the system
    still accepts its connections, and nothing answers. In turns, so that what else the machine does falls on both."""
    taken: dict[bool, list[float]] = {False: [], True: []}
    hanging = show.world.processes[_HANGS]
    for block in range(6):
        is_hung = bool(block % 2)
        hanging.send_signal(signal.SIGSTOP if is_hung else signal.SIGCONT)
        try:
            taken[is_hung] += await _delivery_seconds(show, now, block, lists)
        finally:
            hanging.send_signal(signal.SIGCONT)
    well, hung = (_p99(taken[is_hung]) for is_hung in (False, True))
    return [
        Figure(what="delivery to one recipient, p99, the other well", value=well * 1000, unit="ms"),
        Figure(
            what="delivery to one recipient, p99, the other hanging",
            value=hung * 1000,
            unit="ms",
            aim="within 20 %",
            peer="the other well",
            ratio=hung / well,
        ),
    ]


async def _delivery_seconds(show: Show, now: datetime, block: int, lists: int) -> list[float]:
    """Of small lists that go to both, 20 a second: from the end of processing until the one that is well has each."""
    posts = []
    for number in range(lists):
        data = paxlst_of(20, now, seed=5000 + 1000 * block + number)
        posts.append(asyncio.create_task(_post(show, "aurora-cruises", data, 0)))
        await asyncio.sleep(_APART_SECONDS)
    ids = [document["id"] for _, document in await asyncio.gather(*posts)]
    await _drained(show, recipient=_WELL)
    return [second for id in ids for second in await _taken(show, id)]


async def _taken(show: Show, submission: str) -> list[float]:
    headers = {"Authorization": f"Bearer {show.world.operator}"}
    async with show.session.get(f"{show.world.url}/v1/submissions/{submission}", headers=headers) as answer:
        document = await answer.json()
    start = datetime.fromisoformat(document["processed_at"])
    settled = [one["settled_at"] for one in document["deliveries"] if one["recipient"] == _WELL and one["settled_at"]]
    return [(datetime.fromisoformat(one) - start).total_seconds() for one in settled]


def _p99(seconds: list[float]) -> float:
    return sorted(seconds)[max(0, math.ceil(len(seconds) * 0.99) - 1)]


async def _drained(show: Show, *, every: float = 0.05, recipient: str = "") -> None:
    """Until nothing waits: neither a submission nor a delivery, to this recipient or to any."""
    deadline = time.monotonic() + _SETTLE_SECONDS
    headers = {"Authorization": f"Bearer {show.world.operator}"}
    while time.monotonic() < deadline:
        async with show.session.get(f"{show.world.url}/metrics", headers=headers) as answer:
            lines = (await answer.text()).splitlines()
        of = f'gateway_deliveries_waiting{{recipient="{recipient}'
        waiting = [line for line in lines if line.startswith(("gateway_submissions_waiting ", of))]
        if all(float(line.rsplit(" ", 1)[1]) == 0 for line in waiting):
            return
        await asyncio.sleep(every)
