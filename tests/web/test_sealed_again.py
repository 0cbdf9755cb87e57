"""Keys that expire while a delivery waits: sealed again from the stored list, across restarts, and never sent as it was."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway.keyring import SecretKey, new_recipient_keys
from gateway.process.renew import ENDED, renew, run
from gateway.seal import WrongKey, open_envelope
from gateway.settings import utc_now
from gateway.store import transaction
from gateway.store.retention import end_retention
from tests.senders.delivering import alarms, delivering, events, owe, state_is, until
from tests.senders.recipient import recipient
from tests.web.test_feeds import acknowledge, filed, page, voyage
from tests.web.world import FEED, Folders, Gateway, running

TODAY = utc_now().date()


@pytest.fixture
def folders(tls_folders: Folders) -> Folders:
    """Of this test's own: it changes them."""
    return tls_folders


def give_key(folders: Folders, *, until: int = 90, since: int = 0) -> SecretKey:
    """The recipient's folder names a new key, and no other."""
    secret, public = new_recipient_keys("jwe")
    folder = folders.settings.keys / FEED
    (folder / "next.pem").write_bytes(public.pem)
    days = f"from = {TODAY + timedelta(days=since)}, until = {TODAY + timedelta(days=until)}"
    lines = (folder / "recipient.toml").read_text().splitlines()
    kept = [f'key = [{{ file = "next.pem", {days} }}]' if line.startswith("key =") else line for line in lines]
    (folder / "recipient.toml").write_text("\n".join(kept) + "\n")
    return secret


@asynccontextmanager
async def restarted(gateway: Gateway) -> AsyncIterator[Gateway]:
    """The gateway again, on the same store, with the folders as they are now."""
    await gateway.stop()
    async with running(gateway.context.settings, gateway.context.database, gateway.pool) as again:
        yield again


def opened(gateway: Gateway, one: Any, secret: SecretKey) -> Any:
    return open_envelope(base64.b64decode(one["envelope"]), [secret], gateway.catalogue.identity.verify_keys)


async def test_a_feed_gives_nothing_that_its_reader_cannot_open(gateway: Gateway, folders: Folders) -> None:
    await filed(gateway, voyage(1), voyage(2))
    first, _ = (await page(gateway))["deliveries"]
    before = opened(gateway, first, folders.recipient)
    secret = give_key(folders)
    async with restarted(gateway) as later:
        assert (await page(later))["deliveries"] == []  # not yet: it would be the old envelope
        assert await renew(later.pool, later.catalogue, utc_now()) == 2
        again, _ = (await page(later))["deliveries"]
        assert (again["id"], again["position"]) == (first["id"], first["position"])
        after = opened(later, again, secret)
        assert (after.payload, after.handling) == (before.payload, before.handling)
        with pytest.raises(WrongKey):
            opened(later, again, folders.recipient)
        assert await events(later.pool, again["id"]) == ["delivery-sealed-again"]
        assert await renew(later.pool, later.catalogue, utc_now()) == 0


async def test_a_worker_looks_by_itself_and_one_bad_delivery_keeps_no_other(
    gateway: Gateway, folders: Folders, caplog: pytest.LogCaptureFixture
) -> None:
    await filed(gateway, voyage(1), voyage(2))
    bad, good = [row["id"] for row in await gateway.pool.fetch("SELECT id FROM delivery ORDER BY id")]
    await gateway.pool.execute("UPDATE delivery SET handling = '{}' WHERE id = $1", bad)  # as if we had made a mistake
    give_key(folders)
    async with restarted(gateway) as later:
        stop = asyncio.Event()
        at_work = asyncio.create_task(run(later.pool, later.catalogue, stop))

        async def is_done() -> bool:
            return await events(later.pool, good) == ["delivery-sealed-again"]

        await until(is_done)
        stop.set()
        await at_work
        assert await events(later.pool, bad) == []
    assert "ValidationError" in caplog.text


async def test_a_reader_does_not_run_past_what_must_be_sealed_again(gateway: Gateway, folders: Folders) -> None:
    await filed(gateway, voyage(1))
    await page(gateway)
    give_key(folders)
    async with restarted(gateway) as later:
        await filed(later, voyage(2))
        held_back = await page(later)
        assert (held_back["deliveries"], held_back["next"]) == ([], 0)
        await renew(later.pool, later.catalogue, utc_now())
        assert [one["position"] for one in (await page(later))["deliveries"]] == [1, 2]


async def test_while_no_key_is_valid_it_waits_and_a_person_is_told(gateway: Gateway, folders: Folders) -> None:
    await filed(gateway, voyage(1))
    give_key(folders, since=-9, until=-1)
    async with restarted(gateway) as later:
        assert await renew(later.pool, later.catalogue, utc_now()) == 0
        assert await later.pool.fetchval("SELECT state FROM delivery") == "waiting"
        assert await alarms(later.pool) == {"recipient-without-key": FEED}
        shown = (await later.ask("GET", "/v1/recipients", ("operator", "desk"))).json["recipients"]
        assert [one["state"] for one in shown if one["id"] == FEED] == ["without-key"]
    secret = give_key(folders)
    async with restarted(later) as last:
        await renew(last.pool, last.catalogue, utc_now())
        [one] = (await page(last))["deliveries"]
        assert b"ERIKSSON" in opened(last, one, secret).payload


async def test_where_the_route_has_ended_nothing_is_sent_and_that_is_said(gateway: Gateway, folders: Folders) -> None:
    await filed(gateway, voyage(1))
    (folders.settings.keys / FEED / "routes.toml").unlink()
    async with restarted(gateway) as later:
        assert (await page(later))["deliveries"] == []
        assert await renew(later.pool, later.catalogue, utc_now()) == 1
        found = await later.pool.fetchrow("SELECT id, state, last_outcome FROM delivery")
        assert (found["state"], found["last_outcome"]) == ("given-up", ENDED)
        assert await alarms(later.pool) == {"delivery-ended": str(found["id"])}
        assert await events(later.pool, found["id"]) == ["delivery-ended"]


async def test_what_the_recipient_had_is_replayed_to_its_new_key_while_its_route_lasts(
    gateway: Gateway, folders: Folders
) -> None:
    await filed(gateway, voyage(1))
    [one] = (await page(gateway))["deliveries"]
    await acknowledge(gateway, one["id"])
    secret = give_key(folders)
    path, desk, said = f"/v1/recipients/{FEED}/replay", ("operator", "desk"), b'{"since":"2026-01-01T00:00:00Z"}'
    async with restarted(gateway) as later:
        assert (await later.ask("POST", path, desk, data=said)).json["replayed"] == 1
        await renew(later.pool, later.catalogue, utc_now())
        [again] = (await page(later))["deliveries"]
        assert (opened(later, again, secret).delivery_id, again["position"]) == (one["id"], 2)
        await acknowledge(later, one["id"])
    (folders.settings.keys / FEED / "routes.toml").unlink()
    async with restarted(later) as last:
        assert (await last.ask("POST", path, desk, data=said)).json["replayed"] == 0
        assert await last.pool.fetchval("SELECT state FROM delivery") == "accepted"


async def test_keys_end_without_anybody_starting_anything(gateway: Gateway) -> None:
    """The same catalogue, on another day."""
    await filed(gateway, voyage(1))
    assert await renew(gateway.pool, gateway.catalogue, utc_now()) == 0
    assert await renew(gateway.pool, gateway.catalogue, utc_now() + timedelta(days=91)) == 0
    assert await alarms(gateway.pool) == {"recipient-without-key": FEED}  # its last key has ended


async def test_what_still_waits_outlives_retention(gateway: Gateway, folders: Folders) -> None:
    await filed(gateway, voyage(1))
    secret = give_key(folders)
    async with restarted(gateway) as later:
        async with transaction(later.pool) as connection:
            await end_retention(connection, utc_now() + timedelta(days=1))
        await renew(later.pool, later.catalogue, utc_now())
        [one] = (await page(later))["deliveries"]
        assert b"ERIKSSON" in opened(later, one, secret).payload
        await later.pool.execute("UPDATE delivery SET state = 'accepted'")
        async with transaction(later.pool) as connection:
            await end_retention(connection, utc_now() + timedelta(days=1))
        kept = "SELECT count(*) FROM manifest m JOIN delivery d ON true WHERE m.wrapped IS NOT NULL OR d.envelope IS NOT NULL"
        assert await later.pool.fetchval(kept) == 0


async def test_posted_once_it_is_sealed_again_and_never_before(
    gateway: Gateway, folders: Folders, tmp_path: Path
) -> None:
    async with recipient(tmp_path / "state") as nsw:
        folder = folders.settings.keys / FEED
        (folder / "server.pem").write_bytes(nsw.certificate or b"")
        send = f'transport = "https"\n[https]\nurl = "{nsw.url}"\ntls = "server.pem"'
        told = (folder / "recipient.toml").read_text().replace('transport = "feed"', send)
        (folder / "recipient.toml").write_text(told)
        await filed(gateway, voyage(1))
        id = await gateway.pool.fetchval("SELECT id FROM delivery")
        secret = give_key(folders)
        async with restarted(gateway) as later:
            known = later.catalogue.recipients[FEED]
            async with delivering(later.context.database, later.pool, known):
                other = await owe(
                    later.pool, FEED
                )  # made before keys were kept: sent as it is, and so the sender was at work
                await state_is(later.pool, "accepted", other)
                assert await later.pool.fetchval("SELECT attempts FROM delivery WHERE id = $1", id) == 0
                await renew(later.pool, later.catalogue, utc_now())
                await state_is(later.pool, "accepted", id)
            _, request = nsw.requests
            verify = later.catalogue.identity.verify_keys
            assert open_envelope(request.body, [secret], verify).delivery_id == request.delivery == str(id)
