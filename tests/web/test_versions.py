"""Versions of a list through the running gateway: what changed is counted and shown, and an older list never takes the
place of a newer one, however late or in whatever order it comes."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from gateway.manifest import Call, Counts, Function, Person, Port
from gateway.process.worker import process_one
from gateway.seal import open_envelope
from gateway.settings import utc_now
from gateway.store import transaction
from gateway.store.retention import end_retention
from gateway.store.submissions import claim_submissions
from tests.specimen import UNDATED, VOYAGE, passenger, passenger_manifest
from tests.web.world import CARRIER, Folders, Gateway, call, list_of

FIVE = passenger_manifest().persons
NEW = passenger(
    0, sequence=6, family_name="NEWCOMER", family_name_latin="NEWCOMER", birth_date="1999-01-01", documents=()
)
MOVED = msgspec.structs.replace(FIVE[1], cabin="9001")
SECOND = (FIVE[0], MOVED, *FIVE[2:4], NEW)  # one moved, one gone, one new
MORNING, NOON = "2026-11-21T09:00:00+00:00", "2026-11-21T12:00:00+00:00"


@pytest.fixture(autouse=True)
async def expected(gateway: Gateway) -> None:
    await gateway.expect(call())


async def sent(gateway: Gateway, persons: tuple[Person, ...], issued: str | None = None, **changes: Any) -> str:
    """A list of these persons, not yet processed; where it is."""
    counts = Counts(passengers=len(persons), crew=3, on_board=len(persons) + 3)
    given: dict[str, Any] = {"persons": persons, "issued": issued, "counts": counts, "voyage": UNDATED} | changes
    reply = await gateway.send(list_of(**given), path="/v1/submissions?call=C1")
    assert reply.status == 202, reply
    return reply.headers["Location"]


async def answer(gateway: Gateway, location: str) -> Any:
    return (await gateway.ask("GET", location + "/answer", ("carrier", CARRIER))).json


async def answered(gateway: Gateway, *given: Any, **changes: Any) -> Any:
    location = await sent(gateway, *given, **changes)
    await gateway.process()
    return await answer(gateway, location)


async def on_the_board(gateway: Gateway) -> Any:
    ((one,),) = (await gateway.ask("GET", "/v1/calls", ("viewer", "MTMLA"))).json.values()
    return one


async def deliveries(gateway: Gateway) -> list[tuple[int, str]]:
    found = await gateway.pool.fetch("SELECT version, state FROM delivery ORDER BY created_at")
    return [(row["version"], row["state"]) for row in found]


def codes(answered: Any) -> list[str]:
    return [finding["code"] for finding in answered["findings"] if finding["code"].startswith("H-")]


DIFFERENCE = {"against_version": 1, "added": 1, "removed": 1, "changed": 1, "unchanged": 3}


async def test_what_changed_reaches_everybody_as_numbers(gateway: Gateway, folders: Folders) -> None:
    first = await answered(gateway, FIVE, MORNING)
    assert "changes" not in first["lists"][0]
    second = await answered(gateway, SECOND, NOON)
    assert second["lists"][0]["changes"] == DIFFERENCE
    (listed,) = (await on_the_board(gateway))["lists"]
    assert listed == {"kind": "passengers", "version": 2, "persons": 5, "changes": DIFFERENCE}
    page = (await gateway.ask("GET", "/", ("viewer", "MTMLA"))).body.decode()
    assert "Passengers, version 2: 1 added, 1 removed, 1 changed since version 1" in page
    assert "NEWCOMER" not in page
    envelope = await gateway.pool.fetchval("SELECT envelope FROM delivery WHERE version = 2")
    opened = open_envelope(envelope, [folders.recipient], gateway.catalogue.identity.verify_keys)
    assert opened.handling.version == 2
    assert msgspec.to_builtins(opened.handling.changes) == DIFFERENCE


async def test_the_first_list_tells_recipients_of_no_change(gateway: Gateway, folders: Folders) -> None:
    await answered(gateway, FIVE, MORNING)
    envelope = await gateway.pool.fetchval("SELECT envelope FROM delivery")
    opened = open_envelope(envelope, [folders.recipient], gateway.catalogue.identity.verify_keys)
    assert b"changes" not in msgspec.json.encode(opened.handling)


async def test_an_older_list_that_comes_late_changes_nothing(gateway: Gateway) -> None:
    await answered(gateway, SECOND, NOON)
    late = await answered(gateway, FIVE[:2], MORNING)
    assert codes(late) == ["H-01"]
    (said,) = [finding for finding in late["findings"] if finding["code"] == "H-01"]
    assert said["severity"] == "warning"
    assert NOON in said["text"]
    assert late["lists"][0]["held"].startswith("H-01")
    assert "deliveries" not in late["lists"][0]
    assert await deliveries(gateway) == [(1, "waiting")]
    shown = await on_the_board(gateway)
    assert [(one["version"], one["persons"]) for one in shown["lists"]] == [(1, 5)]
    assert shown["on_board"] == 8
    assert await gateway.pool.fetchval("SELECT count(*) FROM manifest_part WHERE outdated") == 1, "it is kept"
    third = await answered(gateway, FIVE, "2026-11-21T12:30:00+00:00")
    assert third["lists"][0]["changes"] == {**DIFFERENCE, "against_version": 1}, "compared with the one that counted"


async def test_the_order_of_processing_makes_no_difference(gateway: Gateway) -> None:
    """The newer list came first and is processed last: the older one, taken for the newest in between, is overtaken."""
    newer, older = await sent(gateway, SECOND, NOON), await sent(gateway, FIVE, MORNING)
    claimed = await claim_submissions(gateway.pool, lease_seconds=30, limit=2)
    for one in sorted(claimed, key=lambda one: -one.arrival):
        await process_one(gateway.pool, gateway.catalogue, one)
    assert codes(await answer(gateway, newer)) == codes(await answer(gateway, older)) == []
    assert await deliveries(gateway) == [(1, "superseded"), (2, "waiting")]
    assert [one["version"] for one in (await on_the_board(gateway))["lists"]] == [2]


async def test_without_a_time_of_issue_the_order_of_receipt_decides(gateway: Gateway) -> None:
    await sent(gateway, FIVE)
    await sent(gateway, SECOND)
    claimed = await claim_submissions(gateway.pool, lease_seconds=30, limit=2)
    for one in sorted(claimed, key=lambda one: -one.arrival):
        await process_one(gateway.pool, gateway.catalogue, one)
    assert await deliveries(gateway) == [(1, "waiting"), (2, "superseded")]
    assert [one["persons"] for one in (await on_the_board(gateway))["lists"]] == [5]


async def test_a_change_counts_on_top_of_the_whole_list(gateway: Gateway) -> None:
    await answered(gateway, FIVE, MORNING)
    change = await answered(gateway, (MOVED, NEW), NOON, function=Function.CHANGE)
    assert codes(change) == ["H-04"]
    assert change["lists"][0]["changes"] == {
        "against_version": 1, "added": 1, "removed": 0, "changed": 1, "unchanged": 4,
    }  # fmt: skip
    assert [(one["version"], one["persons"]) for one in (await on_the_board(gateway))["lists"]] == [(2, 6)]
    assert await deliveries(gateway) == [(1, "waiting"), (2, "waiting")], "a change goes after the list that it changes"
    whole = await answered(gateway, (*FIVE[:1], MOVED, *FIVE[2:], NEW), "2026-11-21T13:00:00+00:00")
    assert whole["lists"][0]["changes"] == {
        "against_version": 2, "added": 0, "removed": 0, "changed": 0, "unchanged": 6,
    }  # fmt: skip


async def test_a_change_of_nothing_known_is_no_list(gateway: Gateway) -> None:
    assert codes(await answered(gateway, (MOVED,), NOON, function=Function.CHANGE)) == ["H-02"]
    shown = await on_the_board(gateway)
    assert shown["lists"] == []
    assert {one["received_at"] for one in shown["due"] if one["product"] != "count"} == {None}


async def test_a_cancellation_takes_everybody_off(gateway: Gateway) -> None:
    await answered(gateway, FIVE, MORNING)
    gone = await answered(gateway, (), NOON, function=Function.CANCEL, counts=Counts())
    assert gone["lists"][0]["changes"]["removed"] == 5
    assert (await on_the_board(gateway))["lists"] == []
    assert await deliveries(gateway) == [(1, "superseded"), (2, "waiting")]
    assert codes(await answered(gateway, FIVE, "2026-11-21T10:00:00+00:00")) == ["H-01"], "older than the cancellation"


async def test_after_the_final_list_only_a_replacement_comes(gateway: Gateway) -> None:
    await answered(gateway, FIVE, MORNING)
    assert codes(await answered(gateway, SECOND, NOON, function=Function.FINAL)) == []
    after = await answered(gateway, FIVE, "2026-11-21T13:00:00+00:00")
    assert codes(after) == ["H-03"]
    assert after["lists"][0]["held"].startswith("H-03: version 2")
    assert [one["version"] for one in (await on_the_board(gateway))["lists"]] == [2]
    mended = await answered(gateway, FIVE, "2026-11-21T14:00:00+00:00", function=Function.REPLACE)
    assert codes(mended) == []
    assert mended["lists"][0]["changes"]["against_version"] == 2


async def test_a_list_from_before_the_schedule_is_on_the_board_once_that_is_imported(gateway: Gateway) -> None:
    leaves = (utc_now() + timedelta(days=3)).replace(minute=0, second=0, microsecond=0)
    voyage = msgspec.structs.replace(
        VOYAGE,
        departure=Call(port=Port(code="GRPIR"), estimated_departure=leaves.isoformat()),
        arrival=Call(port=Port(code="MTMLA"), estimated_arrival=(leaves + timedelta(hours=30)).isoformat()),
    )
    assert (await gateway.send(list_of(voyage=voyage))).status == 202
    await gateway.process()
    row = f"X9,{CARRIER},ferry,GRPIR,MTMLA,1234567,SP1147,{leaves.isoformat()},{(leaves + timedelta(hours=30)).isoformat()}"
    schedule = f"id,carrier,service,departure_port,arrival_port,imo,voyage,etd,eta\n{row}\n"
    reply = await gateway.ask(
        "POST", "/v1/calls", ("operator", "desk"), data=schedule, headers={"Content-Type": "text/csv"}
    )
    assert reply.json["changed"] == ["X9"]
    shown = (await gateway.ask("GET", "/v1/calls", ("viewer", "MTMLA"))).json["calls"]
    (one,) = [one for one in shown if one["id"] == "X9"]
    assert [(listed["kind"], listed["persons"]) for listed in one["lists"]] == [("passengers", 5)]


async def test_nothing_in_the_store_tells_who_it_was(gateway: Gateway) -> None:
    await answered(gateway, FIVE, MORNING)
    kept = await gateway.pool.fetchrow("SELECT * FROM series_current")
    assert b"marks" not in kept["sealed"]
    async with transaction(gateway.pool) as connection:
        ended = await end_retention(connection, utc_now() + timedelta(minutes=1))
    assert ended.series == 1
    assert await gateway.pool.fetchval("SELECT wrapped FROM series_current") is None
    again = await answered(gateway, SECOND, NOON)
    assert "changes" not in again["lists"][0], "there is nothing left to compare with"
