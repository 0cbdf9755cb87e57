"""Declared numbers go to a single window in the ship's notification, and only while it has no lists of passengers and crew."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gateway.manifest import Counts, ListKind, Manifest, Purpose
from gateway.process.notices import LISTS_SENT
from gateway.store import Pool
from tests.flow.desk import Desk, call, catalogue, voyage
from tests.process.office import entry, recipient
from tests.specimen import VESSEL, crew_manifest, passenger_manifest

NSW = "mt-nsw"
HOURS = [f"2026-11-21T{hour:02}:00:00+00:00" for hour in range(8, 20)]


@pytest.fixture
async def desk(pool: Pool, tmp_path: Path) -> Desk:
    window = recipient(entry("lists"), entry("numbers", form="emswe-notice-json"), id=NSW)
    made = Desk(pool, catalogue(tmp_path, window))
    await made.expect(call())
    return made


def numbers(at: int, on_board: int) -> Manifest:
    sailing = voyage()
    assert sailing.arrival is not None
    again = msgspec.structs.replace(sailing.arrival, estimated_departure=sailing.arrival.estimated_arrival)
    return Manifest(
        kind=ListKind.MIXED, carrier="meridian-line", vessel=VESSEL, voyage=msgspec.structs.replace(sailing, arrival=again),
        purposes=(Purpose.SAFETY,), counts=Counts(on_board=on_board), issued=HOURS[at], reference=f"N{at}",
    )  # fmt: skip


def of(manifest: Manifest, at: int, **changes: Any) -> Manifest:
    return msgspec.structs.replace(manifest, issued=HOURS[at], voyage=voyage(), **changes)


def said(bodies: list[bytes]) -> list[tuple[str, int | None]]:
    """(formality, persons on board) of each message."""
    found = []
    for body in bodies:
        envelope = json.loads(body)["env:Envelope"]
        (name,) = set(envelope) - {"mai:MAI"}
        moved = envelope[name][f"{name[:3]}:SpecifiedLogisticsTransportMovement"]
        found.append((name[4:], moved.get("ram:OnboardPersonQuantity")))
    return found


async def test_numbers_go_as_a_notification_and_the_newest_replaces_the_others(desk: Desk) -> None:
    await desk.put(numbers(0, 208))
    await desk.put(numbers(1, 209))
    assert said(await desk.bodies(NSW)) == [("NOA", 209)]


async def test_numbers_and_one_list_go_beside_each_other(desk: Desk) -> None:
    """Neither replaces the other, in whatever order they come: of the crew nobody has a list yet."""
    await desk.put(numbers(0, 208))
    await desk.put(of(passenger_manifest(), 1))
    await desk.put(numbers(2, 210))
    assert sorted(said(await desk.bodies(NSW)), key=str) == [("NOA", 210), ("PXA", None)]


async def test_where_both_lists_were_sent_no_numbers_are(desk: Desk) -> None:
    await desk.put(of(passenger_manifest(), 0))
    await desk.put(of(crew_manifest(), 1))
    answer = await desk.put(numbers(2, 208))
    assert [sent for one in answer.lists for sent in one.deliveries] == []
    said_of = [why for one in answer.lists for _, why in one.not_sent if why.startswith("numbers")]
    assert said_of == [f"numbers: {LISTS_SENT}"]
    assert sorted(code for code, _ in said(await desk.bodies(NSW))) == ["CWA", "PXA"]


async def test_a_list_makes_no_notification(desk: Desk) -> None:
    await desk.put(of(passenger_manifest(), 0))
    assert said(await desk.bodies(NSW)) == [("PXA", None)]
