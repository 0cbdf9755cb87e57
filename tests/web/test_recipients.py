"""An operator sees how each recipient is served, and pauses, resumes, replays: over HTTP, at the command line, in the metrics."""

import asyncio
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from gateway.settings import utc_now
from gateway.store.deliveries import claim_deliveries, settle_accepted, today_of
from tests.cli.desk import gw
from tests.web.test_feeds import ME, PATH, acknowledge, filed, page, voyage
from tests.web.world import FEED, POSTED, Gateway

DESK = ("operator", "desk")


async def change(gateway: Gateway, what: str, recipient: str = FEED, **said: Any) -> Any:
    reply = await gateway.ask("POST", f"/v1/recipients/{recipient}/{what}", DESK, data=msgspec.json.encode(said))
    return reply.json if reply.status == 200 else reply.problem


async def standing(gateway: Gateway, recipient: str = FEED) -> Any:
    found = (await gateway.ask("GET", "/v1/recipients", DESK)).json["recipients"]
    return next(one for one in found if one["id"] == recipient)


async def events(gateway: Gateway, *names: str) -> list[Any]:
    question = "SELECT event, subject FROM log_entry WHERE event = ANY($1::text[]) ORDER BY id"
    return [(row["event"], row["subject"]) for row in await gateway.pool.fetch(question, names)]


async def test_lag_backlog_last_success_and_state(gateway: Gateway) -> None:
    idle = await standing(gateway)
    assert (idle["state"], idle["waiting"], idle["lag_seconds"], idle["last_success"]) == ("idle", 0, 0, None)
    await filed(gateway, voyage(1), voyage(2))
    await gateway.pool.execute("UPDATE delivery SET created_at = created_at - interval '1 hour'")
    waits = await standing(gateway)
    assert (waits["state"], waits["waiting"], 3600 < waits["lag_seconds"] < 3700) == ("waiting", 2, True)
    await acknowledge(gateway, *[one["id"] for one in (await page(gateway))["deliveries"]])
    assert (await standing(gateway))["last_success"] is not None
    await gateway.pool.execute("UPDATE delivery SET recipient = 'gone', state = 'waiting'")
    assert (await standing(gateway, "gone"))["state"] == "set-aside"  # its folder is away, and what it is owed is seen
    await gateway.pool.execute("UPDATE delivery SET recipient = $1, last_outcome = 'no answer'", POSTED)
    assert (await standing(gateway, POSTED))["state"] == "failing"


async def claimed(gateway: Gateway, recipient: str = POSTED) -> list[Any]:
    known, day = gateway.catalogue.recipients[recipient], utc_now().date()
    today = {recipient: today_of(known, day)}
    return await claim_deliveries(gateway.pool, {recipient: 4}, today, day, lease_seconds=30)


async def posted(gateway: Gateway, *lists: bytes) -> None:
    """What these lists owe goes to the recipient that is posted to."""
    await filed(gateway, *lists)
    await gateway.pool.execute("UPDATE delivery SET recipient = $1, route_id = ''", POSTED)


async def test_a_paused_recipient_is_sent_nothing_and_loses_nothing(gateway: Gateway) -> None:
    await posted(gateway, voyage(1), voyage(2))
    said = await change(gateway, "pause", POSTED, reason="its key is changed")
    assert (said["state"], said["paused"]["reason"], said["waiting"]) == ("paused", "its key is changed", 2)
    assert await claimed(gateway) == []
    await posted(gateway, voyage(3))
    await gateway.pool.execute("UPDATE delivery SET attempts = max_attempts WHERE version = 1")
    assert await claimed(gateway) == []  # nor is anything given up meanwhile
    await gateway.pool.execute("UPDATE delivery SET attempts = 0, run_at = now() + interval '4 hours'")
    assert (await change(gateway, "resume", POSTED))["state"] == "waiting"
    order = "SELECT d.id FROM delivery d ORDER BY arrival"
    expected = [row["id"] for row in await gateway.pool.fetch(order)]
    assert {one.id for one in await claimed(gateway)} == set(expected)
    due = "SELECT id FROM delivery ORDER BY run_at"
    assert await events(gateway, "recipient-paused", "recipient-resumed") == [
        ("recipient-paused", {"recipient": POSTED, "by": "desk"}),
        ("recipient-resumed", {"recipient": POSTED, "by": "desk"}),
    ]
    assert len(await gateway.pool.fetch(due)) == 3


async def test_after_a_pause_the_order_of_the_lists_is_the_order_of_sending(gateway: Gateway) -> None:
    await posted(gateway, *[voyage(number) for number in range(1, 7)])
    await change(gateway, "pause", POSTED, reason="r")
    await gateway.pool.execute("UPDATE delivery SET run_at = now() + random() * interval '4 hours'")
    await change(gateway, "resume", POSTED)
    found = await gateway.pool.fetch("SELECT arrival FROM delivery ORDER BY run_at, id")
    assert [row["arrival"] for row in found] == sorted(row["arrival"] for row in found)


async def test_a_paused_feed_is_shut_and_opens_where_it_was(gateway: Gateway) -> None:
    await filed(gateway, voyage(1))
    before = await page(gateway)
    await change(gateway, "pause", reason="r")
    shut = await gateway.ask("GET", PATH, ME)
    assert (shut.status, shut.problem, shut.headers["Retry-After"]) == (503, "feed-paused", "300")
    assert (await acknowledge(gateway, before["deliveries"][0]["id"])).status == 200  # what it has it has
    await filed(gateway, voyage(2))
    await change(gateway, "resume")
    assert [one["position"] for one in (await page(gateway))["deliveries"]] == [1, 2]


async def test_what_is_replayed_keeps_its_id_and_comes_again_at_the_end(gateway: Gateway) -> None:
    await filed(gateway, voyage(1), voyage(2))
    first, second = (await page(gateway))["deliveries"]
    await acknowledge(gateway, first["id"], second["id"])
    assert (await change(gateway, "replay", delivery=first["id"]))["replayed"] == 1
    again = (await page(gateway, "?after=2"))["deliveries"]
    assert [(one["position"], one["id"], one["envelope"]) for one in again] == [(3, first["id"], first["envelope"])]
    assert await events(gateway, "delivery-replayed") == [
        ("delivery-replayed", {"recipient": FEED, "delivery": first["id"], "by": "desk"})
    ]
    assert (await change(gateway, "replay", since=(utc_now() - timedelta(hours=1)).isoformat()))["replayed"] == 1
    assert (await change(gateway, "replay", since=(utc_now() + timedelta(hours=1)).isoformat()))["replayed"] == 0


async def test_an_older_list_is_never_replayed_over_a_newer_one(gateway: Gateway) -> None:
    await posted(gateway, voyage(1), voyage(1, issued="2026-11-22T00:00:00Z"))
    for _ in range(2):
        for one in await claimed(gateway):
            async with gateway.pool.acquire() as connection, connection.transaction():
                await settle_accepted(connection, one.id, one.lease, outcome="accepted")
    old, new = [row["id"] for row in await gateway.pool.fetch("SELECT id FROM delivery ORDER BY arrival")]
    await gateway.pool.execute("UPDATE delivery SET state = 'accepted', settled_at = now()")
    assert (await change(gateway, "replay", POSTED, delivery=str(old)))["replayed"] == 0
    assert (await change(gateway, "replay", POSTED, since="2026-01-01T00:00:00Z"))["replayed"] == 1
    assert [one.id for one in await claimed(gateway)] == [new]


@pytest.mark.parametrize(
    ("what", "said"),
    [("pause", {}), ("pause", {"reason": ""}), ("pause", {"reason": "a\u0000b"}), ("replay", {}),
     ("replay", {"since": "2026-11-22T00:00:00"}), ("replay", {"delivery": "x"}),
     ("replay", {"delivery": "00000000-0000-0000-0000-000000000000", "since": "2026-11-22T00:00:00Z"})],
)  # fmt: skip
async def test_a_wish_that_cannot_be_understood_changes_nothing(
    shared_gateway: Gateway, what: str, said: dict[str, str]
) -> None:
    assert await change(shared_gateway, what, **said) == "bad-recipient-request"


async def test_only_recipients_that_there_are(shared_gateway: Gateway) -> None:
    assert await change(shared_gateway, "resume", "nobody") == "no-such-recipient"


async def test_the_metrics_say_it_as_well(gateway: Gateway) -> None:
    await filed(gateway, voyage(1))
    await acknowledge(gateway, (await page(gateway))["deliveries"][0]["id"])
    await change(gateway, "pause", reason="r")
    lines = (await gateway.ask("GET", "/metrics", DESK)).body.decode().splitlines()
    assert f'gateway_recipient_paused{{recipient="{FEED}"}} 1.0' in lines
    assert f'gateway_deliveries_waiting{{recipient="{FEED}"}} 0.0' in lines
    last = next(line for line in lines if line.startswith("gateway_delivery_last_success_timestamp_seconds{"))
    assert abs(float(last.split()[1]) - utc_now().timestamp()) < 60


async def test_the_same_at_the_command_line(gateway: Gateway) -> None:
    await filed(gateway, voyage(1))
    there = ("--to", gateway.url, "--token", await gateway.token(*DESK))
    listed = await asyncio.to_thread(gw, "recipients", *there)
    assert listed.exit_code == 0
    assert f"{FEED:<20} waiting           1 waiting, lag 0 min, no success yet" in listed.output
    paused = await asyncio.to_thread(gw, "recipients", "pause", FEED, "--reason", "key exchange", *there)
    assert "paused" in paused.output
    assert "; key exchange" in paused.output
    assert (await asyncio.to_thread(gw, "recipients", "resume", FEED, *there)).exit_code == 0
    await acknowledge(gateway, (await page(gateway))["deliveries"][0]["id"])
    again = await asyncio.to_thread(gw, "recipients", "replay", FEED, "--since", "2026-01-01T00:00:00Z", *there)
    assert (again.exit_code, "1 sent again" in again.output) == (0, True)
    nothing = await asyncio.to_thread(gw, "recipients", "replay", FEED, "--since", "2036-01-01T00:00:00Z", *there)
    assert nothing.exit_code == 1
    assert (await asyncio.to_thread(gw, "recipients", "replay", FEED, *there)).exit_code == 2
