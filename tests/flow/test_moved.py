"""A recipient that is reached in another way from now on: what waits for it goes that way, and nothing of it is left behind."""

import asyncio
from pathlib import Path

import msgspec
import pytest

from gateway.keyring import Recipient
from gateway.process.renew import renew
from gateway.seal import open_envelope
from gateway.settings import utc_now
from gateway.store import Pool
from gateway.store.deliveries import OURSELVES, claim_deliveries, today_of
from tests.flow.desk import Desk, call, catalogue, voyage
from tests.process.office import entry, recipient
from tests.specimen import passenger_manifest

NSW = "mt-nsw"


@pytest.fixture
async def desk(pool: Pool, tmp_path: Path) -> Desk:
    made = Desk(pool, catalogue(tmp_path, recipient(entry(), id=NSW)))
    await made.expect(call())
    await made.put(passenger_manifest(voyage=voyage()))
    return made


async def claimed(desk: Desk, one: Recipient) -> list[bytes]:
    """What would be sent to it now."""
    day = utc_now().date()
    found = await claim_deliveries(desk.pool, {NSW: 4}, {NSW: today_of(one, day)}, day, lease_seconds=0)
    return [delivery.envelope for delivery in found]


async def test_whoever_is_told_to_stop_does_not_first_seal_all_that_waits(desk: Desk) -> None:
    await desk.pool.execute("UPDATE delivery SET sealed_to = 'another'")
    stop = asyncio.Event()
    stop.set()
    assert await renew(desk.pool, desk.known, utc_now(), stop) == 0
    assert await renew(desk.pool, desk.known, utc_now()) == 1


async def test_from_envelopes_to_as4_and_back(desk: Desk) -> None:
    before, (first,) = desk.known.recipients[NSW], await desk.bodies(NSW)
    now_as4 = msgspec.structs.replace(before, form="as4", keys=())
    desk.known = msgspec.structs.replace(desk.known, recipients={NSW: now_as4})
    assert await claimed(desk, now_as4) == [], "it is sealed to a key that counts no more"
    assert await renew(desk.pool, desk.known, utc_now()) == 1
    (envelope,) = await claimed(desk, now_as4)
    identity = desk.known.identity
    secrets = [one.opens for one in identity.generations]
    assert open_envelope(envelope, secrets, identity.verify_keys).payload == first
    assert await desk.pool.fetchval("SELECT sealed_to FROM delivery") == OURSELVES
    assert await renew(desk.pool, desk.known, utc_now()) == 0
    desk.known = msgspec.structs.replace(desk.known, recipients={NSW: before})
    assert await renew(desk.pool, desk.known, utc_now()) == 1
    assert await desk.bodies(NSW) == [first]
