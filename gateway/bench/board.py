"""The arrivals board under load: 2,000 calls with two or three lists each, drawn; and one update on its way to 200 open boards.

In: how many runs. Out: figures. The parts are measured in this process, the page and the update against a running gateway on a PostgreSQL of its
own; the 200 screens are clients of this process and share the machine with it.
"""

import asyncio
import csv
import io
import random
import shutil
import statistics
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from uuid import uuid4

import aiohttp

from gateway import store
from gateway.arrivals import Arrivals
from gateway.bench.figure import Figure, timed
from gateway.catalogue import read_law
from gateway.demo.world import World, memory, new_folder, world
from gateway.manifest import ListKind
from gateway.store import Pool, embedded
from gateway.store.manifests import Filing, NewManifest, Part, add_manifests, series_of_call
from gateway.store.submissions import NewSubmission, add_submission
from gateway.track import Row
from gateway.web.frames import Drawer
from gateway.web.view import MOST, View

CALLS, SCREENS = 2000, 200
_LEGS = (("FIHEL", "EETLL", 44), ("GRPIR", "MTMLA", 480), ("GBDVR", "FRCQF", 22), ("ESALG", "MAPTM", 31), ("ITBRI", "GRIGO", 190), ("DEKEL", "NOOSL", 380))  # fmt: skip
_COLUMNS = (
    "id",
    "carrier",
    "service",
    "vessel",
    "voyage",
    "departure_port",
    "arrival_port",
    "distance_nm",
    "etd",
    "eta",
)
_ALL = View(own=None, port=None, day=date.min, state=None, carrier=None, show=MOST, face="table")
_FIRST = View(own=None, port=None, day=None, state=None, carrier=None, show=100, face="table")
_PATIENCE_SECONDS, _QUIET_SECONDS = 30, 1.5


async def figures(now: datetime, *, quick: bool) -> list[Figure]:
    """Starts everything, measures, ends everything."""
    folder = new_folder(memory())
    try:
        async with embedded.run(folder / "postgres", for_tests=True) as server:
            pool = await store.open(server.database(), size=4)
            await store.migrate(pool)
            async with world(now, blind=True, database_url=server.database().url, workers="0") as running:
                await running.ready()
                found = await _measured(running, pool, now, 3 if quick else 9)
            await store.close(pool)
        return found
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _measured(running: World, pool: Pool, now: datetime, runs: int) -> list[Figure]:
    headers = {"Authorization": f"Bearer {running.operator}"}
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(running.url, connector=connector, headers=headers) as session:
        await _tell(session, list(_schedule(now)))
        await _file(pool, now)
        return [*await _parts(pool, now, runs), *await _pages(session, runs), *await _updates(session, now, runs)]


def _schedule(now: datetime) -> Iterator[dict[str, str]]:
    """Calls from two days ago to six days ahead."""
    chance = random.Random(7)  # the same sailings in every run
    for number in range(CALLS):
        departs, arrives, miles = _LEGS[number % len(_LEGS)]
        leaves = now + timedelta(hours=chance.uniform(-40, 140))
        yield {
            "id": f"bench-{number:04}",
            "carrier": "aurora-cruises" if number % 9 else "adria-lines",
            "service": "ferry",
            "vessel": f"SPECIMEN {number % 80}",
            "voyage": f"B{number}",
            "departure_port": departs,
            "arrival_port": arrives,
            "distance_nm": str(miles),
            "etd": leaves.isoformat(),
            "eta": (leaves + timedelta(hours=max(1.0, miles / 18))).isoformat(),
        }


async def _tell(session: aiohttp.ClientSession, calls: list[dict[str, str]]) -> None:
    text = io.StringIO()
    table = csv.DictWriter(text, _COLUMNS)
    table.writeheader()
    table.writerows(calls)
    async with session.post("/v1/calls", data=text.getvalue(), headers={"Content-Type": "text/csv"}) as answer:
        answer.raise_for_status()


async def _file(pool: Pool, now: datetime) -> None:
    """Two or three lists for each call, as facts alone: what is sealed is not looked at."""
    async with store.transaction(pool) as connection:
        sent = NewSubmission(
            id=uuid4(), carrier="aurora-cruises", channel="bench", sha256=bytes(32), size=1, files=1, received_at=now,
            options={}, sealed=b"", wrapped=b"", key_id="bench", receipt=b"{}",
        )  # fmt: skip
        row = (await add_submission(connection, sent)).row
        kinds = [ListKind.PASSENGERS, ListKind.CREW, ListKind.PASSENGERS]
        facts = [
            _filing(sent, row.arrival, number * 3 + at, f"bench-{number:04}", kind, 1 + at // 2)
            for number in range(CALLS)
            for at, kind in enumerate(kinds[: 2 + number % 2])
        ]
        await add_manifests(connection, [NewManifest(one, b"", b"", "bench") for one in facts])
    await pool.execute("ANALYZE")


def _filing(sent: NewSubmission, arrival: int, number: int, call: str, kind: ListKind, version: int) -> Filing:
    persons = 490 if kind is ListKind.PASSENGERS else 60
    part = Part(kind=kind.value, series=series_of_call(call, kind.value), version=version, listed=persons)
    return Filing(
        id=uuid4(), submission_id=sent.id, number=number, arrival=arrival, call_id=call, carrier=sent.carrier,
        kind=kind.value, purposes=["border", "safety"], function="original", vessel_imo=None, vessel_name=None,
        voyage_number=None, departure_port=None, arrival_port=None, departs=None, arrives=None, persons=persons,
        passengers=persons, crew=0, counts={"on_board": 550}, deadlines={}, received_at=sent.received_at, parts=(part,),
    )  # fmt: skip


async def _parts(pool: Pool, now: datetime, runs: int) -> list[Figure]:
    """What a page is made of, one by one."""
    arrivals, drawer = Arrivals(read_law()), Drawer({})
    later = now + timedelta(seconds=1)
    async with pool.acquire() as connection:
        first = await _seconds(arrivals, connection, later)
        again = [await _seconds(arrivals, connection, later) for _ in range(runs)]
        rows: list[Row] = await arrivals.rows(connection, later)
    start = time.perf_counter()
    drawer.frame(_ALL, rows, later).whole(later)
    cold = time.perf_counter() - start
    whole = timed(lambda: drawer.frame(_ALL, rows, later).whole(later), runs).median
    page = timed(lambda: drawer.frame(_FIRST, rows, later).whole(later), runs).median
    return [
        Figure(what=f"board of {CALLS:,} calls: first look at the store, law and lists judged", value=first * 1000, unit="ms"),
        Figure(what="    looking again, nothing moved", value=statistics.median(again) * 1000, unit="ms", peer="the first look", ratio=first / statistics.median(again)),
        Figure(what="    all calls drawn for the first time in a language", value=cold * 1000, unit="ms"),
        Figure(what="    all calls drawn again", value=whole * 1000, unit="ms", peer="the first time", ratio=cold / whole),
        Figure(what="    the first page drawn (100 calls and the day's links)", value=page * 1000, unit="ms"),
    ]  # fmt: skip


async def _seconds(arrivals: Arrivals, connection: store.Connection, now: datetime) -> float:
    start = time.perf_counter()
    await arrivals.rows(connection, now)
    return time.perf_counter() - start


async def _pages(session: aiohttp.ClientSession, runs: int) -> list[Figure]:
    """Over HTTP, compressed."""
    found = []
    for what, address in (("first page", "/"), (f"all {CALLS:,} calls on one page", f"/?day=all&show={MOST}")):
        seconds, size = [], 0
        for _ in range(runs + 1):
            start = time.perf_counter()
            async with session.get(address, headers={"Accept-Encoding": "gzip"}) as answer:
                size = int(answer.headers.get("Content-Length", 0)) or len(await answer.read())
            seconds.append(time.perf_counter() - start)
        value = statistics.median(seconds[1:]) * 1000
        found.append(
            Figure(what=f"board over HTTP: {what} ({size / 1000:.0f} kB)", value=value, unit="ms", aim="<= 200")
        )
    return found


async def _updates(session: aiohttp.ClientSession, now: datetime, runs: int) -> list[Figure]:
    """A call's time moves: from the schedule's first byte sent until each of the open boards has it."""
    calls = (one for one in _schedule(now) if datetime.fromisoformat(one["eta"]) > now + timedelta(minutes=20))
    call = min(calls, key=lambda one: one["eta"])  # among the first that a board shows
    seconds = []
    async with _watching(session) as screens:
        for run in range(runs):
            eta = datetime.fromisoformat(call["eta"]) + timedelta(minutes=1 + run)
            told = [asyncio.create_task(screen.readuntil(f'id="call-{call["id"]}"'.encode())) for screen in screens]
            start = time.perf_counter()
            await _tell(session, [call | {"eta": eta.isoformat()}])
            await asyncio.wait_for(asyncio.gather(*told), _PATIENCE_SECONDS)
            seconds.append(time.perf_counter() - start)
            await asyncio.sleep(_QUIET_SECONDS)
            for screen in screens:
                screen.read_nowait()
    what = f"one update, from the schedule sent to the last of {SCREENS} open boards"
    return [
        Figure(what=f"{what}, median", value=statistics.median(seconds), unit="s", aim="<= 1"),
        Figure(what=f"{what}, worst", value=max(seconds), unit="s", aim="<= 1"),
    ]


@asynccontextmanager
async def _watching(session: aiohttp.ClientSession) -> AsyncIterator[list[aiohttp.StreamReader]]:
    """The streams of so many open boards, each of which has shown all calls once."""
    forever = aiohttp.ClientTimeout(total=None, sock_read=_PATIENCE_SECONDS)
    answers = await asyncio.gather(*(session.get("/board/events", timeout=forever) for _ in range(SCREENS)))
    try:
        await asyncio.gather(*(answer.content.readuntil(b"\n\n") for answer in answers))
        await asyncio.sleep(_QUIET_SECONDS)
        yield [answer.content for answer in answers]
    finally:
        for answer in answers:
            answer.close()
