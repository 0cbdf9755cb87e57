"""The board is kept up to date by what changed: it always shows what a look at everything would, and leaves alone what did not move."""

import random
from datetime import datetime, timedelta
from uuid import uuid4

import msgspec

from gateway import store
from gateway.arrivals import Arrivals
from gateway.manifest import ListKind
from gateway.obligations import ExpectedCall, Moment
from gateway.settings import utc_now
from gateway.store import Pool
from gateway.store.calls import upsert_calls
from gateway.store.compliance import declare_outage
from gateway.store.manifests import Filing, NewManifest, Part, add_manifests, next_versions, outdate, series_of_call
from gateway.store.onboard import add_event
from gateway.store.submissions import NewSubmission, add_submission
from gateway.track import Event, EventKind, Outage, State
from tests.sailing import shipped_law

NOW = utc_now()


def ferry(id: str, leaves: float, **changes: object) -> ExpectedCall:
    """Two hours from Helsinki to Tallinn; `leaves` in hours from now."""
    etd = NOW + timedelta(hours=leaves)
    known = {
        "id": id, "carrier": "specimen", "service": "ferry", "departure_port": "FIHEL", "arrival_port": "EETLL", "distance_nm": 44.0,
        "etd": Moment(etd, "test"), "eta": Moment(etd + timedelta(hours=2), "test"),
    }  # fmt: skip
    return ExpectedCall(**(known | changes))  # type: ignore[arg-type]


async def expect(pool: Pool, *calls: ExpectedCall) -> None:
    async with store.transaction(pool) as connection:
        await upsert_calls(connection, calls, utc_now())


async def sent(pool: Pool, call: str, at: datetime, kind: ListKind = ListKind.PASSENGERS) -> NewManifest:
    """A list for the call: its facts, nothing sealed."""
    async with store.transaction(pool) as connection:
        id = uuid4()
        new = NewSubmission(
            id=id, carrier="specimen", channel="test", sha256=id.bytes * 2, size=1, files=1, received_at=at, options={}, sealed=b"",
            wrapped=b"", key_id="test", receipt=b"{}",
        )  # fmt: skip
        row = (await add_submission(connection, new)).row
        series = series_of_call(call, kind.value)
        [version] = await next_versions(connection, [series])
        part = Part(kind=kind.value, series=series, version=version, listed=100)
        made = NewManifest(
            Filing(
                id=uuid4(), submission_id=id, number=1, arrival=row.arrival, call_id=call, carrier="specimen", kind=kind.value,
                purposes=["safety"], function="original", vessel_imo=None, vessel_name=None, voyage_number=None, departure_port=None,
                arrival_port=None, departs=None, arrives=None, persons=100, passengers=100, crew=0, counts={"on_board": 100},
                deadlines={}, received_at=at, parts=(part,),
            ), b"", b"", "test",
        )  # fmt: skip
        await add_manifests(connection, [made])
    return made


async def seen(pool: Pool, arrivals: Arrivals, now: datetime) -> dict[str, object]:
    async with pool.acquire() as connection:
        return {row.call.id: row for row in await arrivals.rows(connection, now)}


async def test_only_what_moved_is_judged_anew(pool: Pool) -> None:
    arrivals = Arrivals(shipped_law())
    await expect(pool, *(ferry(f"C{n}", n) for n in range(1, 5)))
    first = await seen(pool, arrivals, NOW)
    assert await seen(pool, arrivals, NOW + timedelta(minutes=1)) == first
    await expect(pool, ferry("C2", 2, vessel="SPECIMEN MOON"))
    await sent(pool, "C3", NOW)
    event = Event(
        id=str(uuid4()), call="C4", kind=EventKind.BOARDED, at=NOW, persons=7, by="carrier specimen", reported_at=NOW
    )
    async with store.transaction(pool) as connection:
        await add_event(connection, event, b"k" * 32)
    again = await seen(pool, arrivals, NOW + timedelta(minutes=2))
    assert {id for id in again if again[id] is not first[id]} == {"C2", "C3", "C4"}
    assert again["C4"].on_board == 7  # type: ignore[attr-defined]


async def test_a_deadline_passes_without_anything_in_the_store(pool: Pool) -> None:
    arrivals = Arrivals(shipped_law())
    await expect(pool, ferry("soon", 1), ferry("later", 9))
    before = await seen(pool, arrivals, NOW)
    at = NOW + timedelta(hours=1)  # the count is due before departure
    for now, state in ((at - timedelta(microseconds=1), State.DUE), (at, State.MISSING), (NOW, State.DUE)):
        found = await seen(pool, arrivals, now)
        assert found["soon"].state is state  # type: ignore[attr-defined]
        assert found["later"] is before["later"]


async def test_an_outage_that_is_declared_later_excuses(pool: Pool) -> None:
    arrivals = Arrivals(shipped_law())
    await expect(pool, ferry("C1", -1))
    assert (await seen(pool, arrivals, NOW))["C1"].state is State.MISSING  # type: ignore[attr-defined]
    down = Outage(
        id=str(uuid4()), since=NOW - timedelta(hours=3), until=NOW, what="gateway", carrier=None, declared_by="desk", declared_at=NOW
    )  # fmt: skip
    async with store.transaction(pool) as connection:
        await declare_outage(connection, down)
    assert (await seen(pool, arrivals, NOW))["C1"].state is State.EXCUSED  # type: ignore[attr-defined]


async def test_whatever_happens_it_shows_what_a_look_at_everything_would(pool: Pool) -> None:
    chance, arrivals, kept = random.Random(5), Arrivals(shipped_law()), []
    now = NOW
    for _ in range(25):
        id = f"C{chance.randrange(6)}"
        step = chance.randrange(5)
        if step < 2 or not kept:
            await expect(pool, ferry(id, chance.uniform(-30, 30), vessel=chance.choice((None, "SPECIMEN STAR"))))
            kept.append(await sent(pool, id, now - timedelta(minutes=chance.randrange(300))))
        elif step == 2:
            one = chance.choice(kept).filing
            async with store.transaction(pool) as connection:
                await outdate(connection, one.id, one.parts[0].series)
        elif step == 3:
            await expect(pool, ferry(id, 1, status="cancelled"))
        else:
            now += timedelta(minutes=chance.randrange(90))
        assert await seen(pool, arrivals, now) == await seen(pool, Arrivals(shipped_law()), now)
    assert msgspec.json.encode(list((await seen(pool, arrivals, now)).values()))
