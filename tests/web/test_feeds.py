"""A recipient that fetches: pull, replay, acknowledge; its own feed and no other."""

import asyncio
import base64
from datetime import timedelta
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from gateway.seal import open_envelope
from gateway.settings import utc_now
from gateway.store import transaction
from gateway.store.retention import end_retention
from gateway.web import feeds
from tests.specimen import passenger
from tests.web.world import FEED, POSTED, Folders, Gateway, list_of

ME = ("recipient", FEED)
PATH = f"/v1/feeds/{FEED}"


async def filed(gateway: Gateway, *lists: bytes) -> None:
    """These lists are received and processed, one after the other."""
    for one in lists:
        await gateway.send(one)
        await gateway.process()


def voyage(number: int, **changes: Any) -> bytes:
    """A list of a voyage of its own."""
    return list_of(reference=f"SPECIMEN-{number}", vessel={"name": f"SPECIMEN {number}"}, **changes)


async def page(gateway: Gateway, query: str = "") -> Any:
    reply = await gateway.ask("GET", PATH + query, ME)
    assert reply.status == 200, reply
    return reply.json


async def acknowledge(gateway: Gateway, *ids: str, who: tuple[str, str] = ME, path: str = PATH) -> Any:
    return await gateway.ask("POST", f"{path}/ack", who, data=msgspec.json.encode({"deliveries": ids}))


async def test_what_is_owed_is_fetched_opened_and_acknowledged(gateway: Gateway, folders: Folders) -> None:
    assert await page(gateway) == {"recipient": FEED, "deliveries": [], "next": 0, "ended": 0}
    await filed(gateway, voyage(1))
    found = await page(gateway)
    [one] = found["deliveries"]
    assert (one["position"], found["next"], one["acknowledged"], one["form"]) == (1, 1, False, "common-json")
    opened = open_envelope(
        base64.b64decode(one["envelope"]), [folders.recipient], gateway.catalogue.identity.verify_keys
    )
    assert opened.delivery_id == one["id"]
    assert b"ERIKSSON" in opened.payload
    said = await acknowledge(gateway, one["id"])
    assert (said.status, said.json) == (200, {"acknowledged": [one["id"]], "not_waiting": []})
    assert await gateway.pool.fetchval("SELECT state FROM delivery") == "accepted"
    logged = await gateway.pool.fetch("SELECT subject FROM log_entry WHERE event = 'delivery-accepted'")
    assert [row["subject"] for row in logged] == [{"delivery": one["id"], "recipient": FEED}]


async def test_nothing_in_a_feed_can_be_read_without_the_recipients_key(gateway: Gateway) -> None:
    await filed(gateway, voyage(1))
    reply = await gateway.ask("GET", PATH, ME)
    for one in reply.json["deliveries"]:
        assert b"ERIKSSON" not in base64.b64decode(one["envelope"])
    assert b"ERIKSSON" not in reply.body


async def test_positions_stay_and_reading_again_replays(gateway: Gateway) -> None:
    await filed(gateway, voyage(1), voyage(2))
    first = await page(gateway)
    await filed(gateway, voyage(3))
    assert [one["position"] for one in first["deliveries"]] == [1, 2]
    newer = await page(gateway, f"?after={first['next']}")
    assert [one["position"] for one in newer["deliveries"]] == [3]
    await acknowledge(gateway, *[one["id"] for one in first["deliveries"]])
    again = await page(gateway, "?after=0")
    assert [one["id"] for one in again["deliveries"]] == [
        one["id"] for one in first["deliveries"] + newer["deliveries"]
    ]
    assert [one["acknowledged"] for one in again["deliveries"]] == [True, True, False]
    assert [one["envelope"] for one in again["deliveries"][:2]] == [one["envelope"] for one in first["deliveries"]]
    assert await page(gateway, "?after=99") == {"recipient": FEED, "deliveries": [], "next": 99, "ended": 0}


async def test_a_reader_can_go_through_it_in_small_steps(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    await filed(gateway, *[voyage(number) for number in range(1, 8)])
    positions, after = [], 0
    while (found := await page(gateway, f"?after={after}&limit=3"))["deliveries"]:
        assert len(found["deliveries"]) <= 3
        positions += [one["position"] for one in found["deliveries"]]
        after = found["next"]
    assert positions == list(range(1, 8))
    assert len((await page(gateway))["deliveries"]) == 7
    monkeypatch.setattr(feeds, "_PAGE_BYTES", 1)
    assert len((await page(gateway))["deliveries"]) == 4  # enough bytes after the first reading


async def test_a_newer_list_takes_the_place_of_one_not_yet_fetched(gateway: Gateway) -> None:
    await filed(gateway, list_of(reference="FIRST"))
    [old] = (await page(gateway))["deliveries"]
    await filed(gateway, list_of(reference="SECOND", persons=(passenger(0), passenger(1))))
    [new] = (await page(gateway))["deliveries"]
    assert (new["id"] != old["id"], new["version"], new["position"]) == (True, 2, 2)
    said = await acknowledge(gateway, old["id"], new["id"])
    assert said.json == {"acknowledged": [new["id"]], "not_waiting": [old["id"]]}


async def test_what_reached_the_end_of_retention_is_counted_and_what_waits_is_still_there(gateway: Gateway) -> None:
    await filed(gateway, voyage(1), voyage(2), voyage(3))
    first, second, _ = (await page(gateway))["deliveries"]
    await acknowledge(gateway, first["id"], second["id"])
    assert (await page(gateway))["ended"] == 0
    async with transaction(gateway.pool) as connection:
        await end_retention(connection, utc_now() + timedelta(days=1))
    again = await page(gateway)
    assert [one["position"] for one in again["deliveries"]] == [3]
    assert (again["ended"], again["next"]) == (2, 3)
    assert [(await page(gateway, f"?after={position}"))["ended"] for position in (1, 2, 3)] == [1, 0, 0]


async def test_a_reader_that_waits_is_told_when_something_comes(gateway: Gateway) -> None:
    began = asyncio.get_running_loop().time()
    waiting = asyncio.create_task(gateway.ask("GET", PATH, ME, headers={"Prefer": "wait=30"}))
    await asyncio.sleep(0.2)
    assert not waiting.done()
    await filed(gateway, voyage(1))
    reply = await waiting
    assert [one["position"] for one in reply.json["deliveries"]] == [1]
    assert asyncio.get_running_loop().time() - began < 10
    reply = await gateway.ask("GET", PATH + "?after=1", ME, headers={"Prefer": "wait=1"})
    assert (reply.status, reply.json["deliveries"]) == (200, [])


async def test_acknowledging_twice_or_anything_else_changes_nothing(gateway: Gateway) -> None:
    await filed(gateway, voyage(1))
    [one] = (await page(gateway))["deliveries"]
    stranger = str(uuid4())
    assert (await acknowledge(gateway, one["id"], one["id"])).json["acknowledged"] == [one["id"]]
    said = await acknowledge(gateway, one["id"], stranger)
    assert said.json == {"acknowledged": [], "not_waiting": [one["id"], stranger]}
    assert await gateway.pool.fetchval("SELECT count(*) FROM log_entry WHERE event = 'delivery-accepted'") == 1


async def test_a_feed_is_the_recipients_own(gateway: Gateway) -> None:
    await filed(gateway, voyage(1))
    [one] = (await page(gateway))["deliveries"]
    for who in (("recipient", POSTED), ("recipient", "long-gone")):
        for name in (FEED, POSTED, "nobody-knows", "%00"):
            reply = await gateway.ask("GET", f"/v1/feeds/{name}", who)
            assert (reply.status, reply.problem) == (404, "no-such-feed")
        said = await acknowledge(gateway, one["id"], who=who)
        assert (said.status, said.problem) == (404, "no-such-feed")
    assert (await gateway.ask("GET", f"/v1/feeds/{POSTED}", ME)).status == 404
    assert await gateway.pool.fetchval("SELECT state FROM delivery") == "waiting"


@pytest.mark.parametrize("query", ["after=-1", "after=x", "after=²", "after=" + "9" * 19, "limit=0", "limit=501", "limit=1&limit=2", "before=3"])  # fmt: skip
async def test_a_position_is_a_number(shared_gateway: Gateway, query: str) -> None:
    reply = await shared_gateway.ask("GET", f"{PATH}?{query}", ME)
    assert (reply.status, reply.problem) == (400, "bad-parameter")


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b'{"deliveries":[]}', b'{"deliveries":["x"]}', b'{"deliveries":null}', b'{"deliveries":["00000000-0000-0000-0000-000000000000"],"more":1}', b'{"deliveries":[' + b",".join([b'"00000000-0000-0000-0000-000000000000"'] * 501) + b"]}"])  # fmt: skip
async def test_an_acknowledgement_names_deliveries(shared_gateway: Gateway, body: bytes) -> None:
    reply = await shared_gateway.ask("POST", f"{PATH}/ack", ME, data=body)
    assert (reply.status, reply.problem) == (400, "bad-acknowledgement")


async def test_an_acknowledgement_is_small(shared_gateway: Gateway) -> None:
    assert (await shared_gateway.ask("POST", f"{PATH}/ack", ME, data=b" " * 70_000)).status == 413
