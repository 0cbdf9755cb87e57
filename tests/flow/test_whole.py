"""A list that changes some persons: a single window, which takes whole lists only, gets the whole list with the changes in it."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gateway.changes import marks_of, put_on
from gateway.manifest import Function, ListKind, Manifest, Purpose
from gateway.process.renew import renew
from gateway.settings import utc_now
from gateway.store import Pool
from tests.flow.desk import Desk, call, catalogue, codes, voyage
from tests.process.office import entry, recipient
from tests.specimen import crew_manifest, crew_member, large_manifest, passenger, passenger_manifest

HOURS = [f"2026-11-21T{hour:02}:00:00+00:00" for hour in range(8, 20)]
NSW, PORT = "mt-nsw", "mt-old"
FIVE = passenger_manifest().persons
CORRECTED = msgspec.structs.replace(FIVE[1], sequence=1, birth_place="Oslo")
NEW = passenger(
    0, sequence=2, family_name="NEWCOMER", family_name_latin="NEWCOMER", birth_date="1999-01-01", documents=()
)


@pytest.fixture
async def desk(pool: Pool, tmp_path: Path) -> Desk:
    window = recipient(entry("both"), id=NSW)
    old = recipient(entry("paxlst", form="paxlst-sea"), id=PORT)
    made = Desk(pool, catalogue(tmp_path, window, old))
    await made.expect(call())
    return made


def whole(at: int, **changes: Any) -> Manifest:
    return passenger_manifest(**({"issued": HOURS[at], "voyage": voyage()} | changes))


def change(at: int, *persons: Any, **changes: Any) -> Manifest:
    return whole(at, function=Function.CHANGE, persons=persons or (CORRECTED, NEW), **changes)


def listed(body: bytes) -> list[tuple[int, str, str]]:
    """(number, family name, birthplace) of everybody in an EMSWe message."""
    envelope = json.loads(body)["env:Envelope"]
    (code,) = set(envelope) - {"mai:MAI"}
    assert envelope["mai:MAI"]["mai:ExchangedDocument"]["ram:PurposeCode"] == "9"
    people = envelope[code][f"{code[:3]}:SpecifiedLogisticsTransportMovement"]["ram:OnboardTransportPerson"]
    return [(one["ram:SequenceNumeric"], one["ram:FamilyName"], one["ram:BirthplaceName"]) for one in people]


def names(body: bytes) -> list[str]:
    return [name for _, name, _ in listed(body)]


async def test_the_single_window_gets_everybody_and_the_others_the_change(desk: Desk) -> None:
    await desk.put(whole(0))
    answer = await desk.put(change(1))
    assert codes(answer) == ["H-04"]
    assert {sent.recipient: sent.persons for sent in answer.lists[0].deliveries} == {NSW: 6, PORT: 2}
    (body,) = await desk.bodies(NSW)
    found = listed(body)
    assert [number for number, _, _ in found] == [1, 2, 3, 4, 5, 6]
    assert [name for _, name, _ in found] == [*[one.family_name for one in FIVE], "NEWCOMER"]
    assert found[1][2] == "Oslo"
    assert await desk.owed(NSW) == [("border+safety", "superseded"), ("border+safety", "waiting")]
    first, second = await desk.bodies(PORT)
    assert (first.count(b"NAD+FL"), second.count(b"NAD+FL")) == (5, 2)
    assert b"+4'" in second, "1225: a change"


async def test_that_the_visit_is_not_known_is_said_of_the_whole_that_goes_there(desk: Desk) -> None:
    assert codes(await desk.put(whole(0)), "X-58") == ["X-58"]
    assert codes(await desk.put(change(1)), "X-58") == ["X-58"]
    assert codes(await desk.put(whole(0, issued=HOURS[0], reference="late")), "X-58") == [], "it was kept but not sent"


async def test_change_upon_change_and_a_whole_list_after_them(desk: Desk) -> None:
    await desk.put(whole(0))
    await desk.put(change(1))
    second = msgspec.structs.replace(
        NEW, sequence=1, family_name="SECOND", family_name_latin="SECOND", birth_date="1980-01-01"
    )
    await desk.put(change(2, second))
    assert names((await desk.bodies(NSW))[-1])[-2:] == ["NEWCOMER", "SECOND"]
    await desk.put(whole(3, persons=FIVE[:2]))
    await desk.put(change(4, second))
    assert names((await desk.bodies(NSW))[-1]) == ["ERIKSSON", "TESTPERSON", "SECOND"]


async def test_a_change_that_came_before_its_list_is_in_what_the_single_window_gets(desk: Desk) -> None:
    early = await desk.put(change(1))
    assert codes(early) == ["H-02"]
    assert await desk.owed(NSW) == []
    await desk.put(whole(0))
    (body,) = await desk.bodies(NSW)
    assert names(body) == [*[one.family_name for one in FIVE], "NEWCOMER"]


async def sealed_again(desk: Desk) -> None:
    """As if every key had been another so far."""
    await desk.pool.execute("UPDATE delivery SET sealed_to = 'another', envelope = '' WHERE state = 'waiting'")
    await renew(desk.pool, desk.known, utc_now())


@pytest.mark.parametrize("first", ["the list", "the change"])
async def test_sealed_again_it_is_the_same_whole_list(desk: Desk, first: str) -> None:
    lists = [whole(0), change(1)]
    for one in lists if first == "the list" else reversed(lists):
        await desk.put(one)
    before = [await desk.bodies(who) for who in (NSW, PORT)]
    assert len(names(before[0][-1])) == 6
    await sealed_again(desk)
    assert [await desk.bodies(who) for who in (NSW, PORT)] == before
    assert [state for _, state in await desk.owed(NSW)][-1] == "waiting"


async def test_in_one_submission_too(desk: Desk) -> None:
    answer = await desk.put(whole(0), change(1))
    assert [one.held for one in answer.lists] == ["", ""]
    assert len(names((await desk.bodies(NSW))[-1])) == 6


async def test_passengers_and_crew_change_each_their_own(desk: Desk) -> None:
    await desk.put(whole(0), crew_manifest(issued=HOURS[0], voyage=voyage()))
    mate = crew_member(1, sequence=1, birth_place="Manila")
    await desk.put(change(1, mate, msgspec.structs.replace(NEW, sequence=2), kind=ListKind.MIXED))
    found = [listed(body) for body in await desk.bodies(NSW)]
    assert sorted(map(len, found)) == [3, 6]
    assert "Manila" in {place for one in found for _, _, place in one}


async def test_of_a_list_that_was_withdrawn_no_whole_is_made(desk: Desk) -> None:
    await desk.put(whole(0))
    await desk.put(whole(1, function=Function.CANCEL, persons=()))
    answer = await desk.put(change(2))
    assert codes(answer) == ["H-12"]
    assert [sent.recipient for sent in answer.lists[0].deliveries] == [PORT]
    assert [why for who, why in answer.lists[0].not_sent if who == NSW]
    assert codes(await desk.put(change(3))) == ["H-12"], "it stays withdrawn"
    assert (await desk.put(whole(4))).lists[0].held == ""
    assert codes(await desk.put(change(5))) == ["H-04"]


async def test_of_a_list_whose_key_was_destroyed_no_whole_is_made(desk: Desk) -> None:
    await desk.put(whole(0))
    await desk.pool.execute("UPDATE manifest SET wrapped = NULL")
    answer = await desk.put(change(1))
    assert codes(answer) == ["H-04", "H-13"]
    assert [sent.recipient for sent in answer.lists[0].deliveries] == [PORT]


async def test_nobody_is_reported_for_more_than_the_list_was_for_that_he_was_on(desk: Desk) -> None:
    """Collected for safety, for safety alone (98/41/EC art. 5(4)): the change speaks for the persons whom it names."""
    await desk.put(whole(0, purposes=(Purpose.SAFETY,)))
    answer = await desk.put(change(1, purposes=(Purpose.BORDER,)))
    assert "H-18" in codes(answer)
    assert await desk.owed(NSW) == [("safety", "waiting")]
    (body,) = await desk.bodies(NSW)
    assert (body.count(b'"ram:FamilyName"'), b"NEWCOMER" in body) == (5, False)
    await desk.put(whole(2, purposes=(Purpose.BORDER, Purpose.SAFETY)))
    await desk.put(change(3, purposes=(Purpose.SAFETY,)))
    answer = await desk.put(change(4, purposes=(Purpose.BORDER, Purpose.SAFETY)))
    assert "H-18" not in codes(answer), "the list that both change was for both"
    assert [purposes for purposes, _ in await desk.owed(NSW)] == ["safety", *["border+safety"] * 3]


async def test_of_one_kind_no_whole_is_made_and_of_the_other_there_is(desk: Desk) -> None:
    """A message about nobody would withdraw everybody."""
    await desk.put(whole(0), crew_manifest(issued=HOURS[0], voyage=voyage(), purposes=(Purpose.SAFETY,)))
    mate = crew_member(1, sequence=1, birth_place="Manila")
    answer = await desk.put(change(1, mate, msgspec.structs.replace(NEW, sequence=2), kind=ListKind.MIXED))
    assert "H-18" in codes(answer)
    found = sorted(body.count(b'"ram:FamilyName"') for body in await desk.bodies(NSW))
    assert found == [3, 6]
    assert len(await desk.owed(NSW)) == 3


async def test_of_one_kind_the_list_can_no_longer_be_opened(desk: Desk) -> None:
    await desk.put(whole(0))
    await desk.put(crew_manifest(issued=HOURS[0], voyage=voyage()))
    await desk.pool.execute("UPDATE manifest SET wrapped = NULL WHERE kind = 'crew'")
    mate = crew_member(1, sequence=1, birth_place="Manila")
    answer = await desk.put(change(1, mate, msgspec.structs.replace(NEW, sequence=2), kind=ListKind.MIXED))
    assert "H-13" in codes(answer)
    assert sorted(body.count(b'"ram:FamilyName"') for body in await desk.bodies(NSW)) == [3, 6]


async def test_a_change_that_comes_late_is_held(desk: Desk) -> None:
    await desk.put(whole(3))
    answer = await desk.put(change(1))
    assert codes(answer) == ["H-01"]
    assert len(await desk.owed(NSW)) == 1


def test_whoever_is_put_on_is_counted_as_the_marks_count_them() -> None:
    old = large_manifest(50).persons
    new_papers = tuple(msgspec.structs.replace(one, documents=()) for one in old[10:14])
    made = put_on(old, (*new_papers, NEW))
    assert len(made) == 51
    assert [one.sequence for one in made] == list(range(1, 52))
    assert made[10:14] == tuple(msgspec.structs.replace(one, documents=()) for one in old[10:14])
    assert put_on(made, ()) == made
    assert len(marks_of(made, bytes(32))) == 51
