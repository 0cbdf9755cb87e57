"""Lists that replace one another, on a real database: by kind, also where both kinds came in one list, and whether or not
their sailing was known when they came."""

import json
from pathlib import Path

import msgspec
import pytest

from gateway.manifest import Counts, Function, ListKind, Manifest, Purpose
from gateway.settings import utc_now
from gateway.store import Pool
from gateway.store.calls import upsert_calls
from tests.flow.desk import Desk, call, catalogue, codes, voyage
from tests.process.office import entry, recipient
from tests.specimen import crew_manifest, crew_member, passenger, passenger_manifest

MORNING, NOON, EVENING = (f"2026-11-21T{hour}:00:00+00:00" for hour in ("09", "12", "18"))
BORDER, SAFETY = (Purpose.BORDER,), (Purpose.SAFETY,)
BOTH = (Purpose.BORDER, Purpose.SAFETY)
NSW = "mt-nsw"
FIVE, CREW = passenger_manifest().persons, crew_manifest().persons


@pytest.fixture
def desk(pool: Pool, tmp_path: Path) -> Desk:
    window = recipient(entry("border", purposes=["border"]), entry("safety", purposes=["safety"]), id=NSW)
    return Desk(pool, catalogue(tmp_path, window))


def passengers(issued: str = NOON, **changes: object) -> Manifest:
    return passenger_manifest(**({"issued": issued, "voyage": voyage()} | changes))


def crew(issued: str = NOON, **changes: object) -> Manifest:
    return crew_manifest(**({"issued": issued, "voyage": voyage()} | changes))


def everybody(issued: str = NOON, **changes: object) -> Manifest:
    people = [
        msgspec.structs.replace(one, sequence=at)
        for at, one in enumerate((crew_member(0), *FIVE, crew_member(1), crew_member(2)), 1)
    ]
    return passengers(issued, **({"kind": ListKind.MIXED, "persons": tuple(people)} | changes))


def subtypes(body: bytes) -> tuple[str, list[str]]:
    """The formality, and what it is for."""
    envelope = json.loads(body)["env:Envelope"]
    (code,) = set(envelope) - {"mai:MAI"}
    return code, envelope[code][f"{code[:3]}:ExchangedDocument"]["ram:SubtypeCode"]


# --- passengers and crew in one list ------------------------------------------------------------------------------


async def test_an_older_list_of_everybody_does_not_overtake_a_newer_one_of_passengers(desk: Desk) -> None:
    """Its crew counts, for no newer crew list is here; its passengers do not."""
    await desk.expect(call())
    await desk.put(passengers(NOON))
    late = await desk.put(everybody(MORNING))
    assert codes(late) == ["H-01"]
    assert "of the passengers of this sailing" in next(one.text for one in late.findings if one.code == "H-01")
    (one,) = late.lists
    assert one.held == "", "its crew is sent"
    assert [sent.persons for sent in one.deliveries] == [3]
    assert [who for who, why in one.not_sent if "H-01" in why] == [NSW]
    assert await desk.owed(NSW) == [("border+safety", "waiting")] * 2
    assert await desk.pool.fetchval("SELECT count(*) FROM manifest_part WHERE outdated") == 1
    row = await desk.board()
    assert [(one.kind, one.persons) for one in row.lists] == [("passengers", 5), ("crew", 3)]
    assert row.listed == 8


@pytest.mark.parametrize("mixed_first", [True, False])
async def test_both_ways_of_sending_are_compared_and_replace_each_other(desk: Desk, mixed_first: bool) -> None:
    await desk.expect(call())
    apart = [passengers(NOON if mixed_first else MORNING, persons=FIVE[:4]), crew(NOON if mixed_first else MORNING)]
    together = everybody(MORNING if mixed_first else NOON)
    first, then = ([together], apart) if mixed_first else (apart, [together])
    await desk.put(*first)
    answer = await desk.put(*then)
    changes = [one.changes for one in answer.lists]
    assert all(changes)
    assert sum(one.added + one.removed for one in changes if one) == 1, "the fifth passenger came or went, nobody else"
    assert await desk.owed(NSW) == [("border+safety", "superseded")] * 2 + [("border+safety", "waiting")] * 2
    row = await desk.board()
    assert row.listed == (7 if mixed_first else 8)
    assert {one.version for one in row.lists} == {2}


async def test_a_list_of_everybody_withdraws_no_purpose_of_the_lists_before(desk: Desk) -> None:
    """The passengers were filed for both, the crew for the border alone: each keeps its own."""
    await desk.expect(call())
    await desk.put(passengers(MORNING, purposes=BOTH), crew(MORNING, purposes=BORDER))
    answer = await desk.put(everybody(NOON, purposes=SAFETY))
    assert "X-57" in codes(answer, "X-")
    await desk.put(crew(EVENING, purposes=SAFETY))
    assert [subtypes(body) for body in await desk.bodies(NSW)] == [
        ("pxa:PXA", ["SUB-01", "SUB-02"]),
        ("cwa:CWA", ["SUB-01", "SUB-02"]),
    ]


async def test_purposes_of_passengers_are_not_those_of_crew(desk: Desk) -> None:
    await desk.expect(call())
    await desk.put(passengers(MORNING, purposes=BORDER))
    await desk.put(everybody(NOON, purposes=SAFETY))
    assert [subtypes(body) for body in await desk.bodies(NSW)] == [
        ("cwa:CWA", ["SUB-02"]),
        ("pxa:PXA", ["SUB-01", "SUB-02"]),
    ]


async def test_a_withdrawal_of_everybody_ends_both(desk: Desk) -> None:
    await desk.expect(call())
    await desk.put(passengers(MORNING), crew(MORNING))
    gone = await desk.put(everybody(NOON, function=Function.CANCEL, persons=(), counts=Counts()))
    assert gone.lists[0].changes
    assert gone.lists[0].changes.removed == 8
    assert (await desk.board()).lists == ()
    assert codes(await desk.put(crew(MORNING, reference="late"))) == ["H-01"]


async def test_a_list_of_everybody_leaves_alone_whom_it_does_not_name(desk: Desk) -> None:
    """A mixed list without crew is no crew list (`route.list_kinds`)."""
    await desk.expect(call())
    await desk.put(crew(MORNING))
    await desk.put(everybody(NOON, persons=FIVE))
    assert [(one.kind, one.persons) for one in (await desk.board()).lists] == [("crew", 3), ("passengers", 5)]
    assert await desk.owed(NSW) == [("border+safety", "waiting")] * 2


async def test_a_crew_list_beside_the_list_of_everybody_is_no_rival_unless_it_names_others(desk: Desk) -> None:
    await desk.expect(call())
    with_ranks = [msgspec.structs.replace(one, rank="Able seaman") for one in CREW]
    answer = await desk.put(everybody(), crew(persons=tuple(with_ranks)))
    assert codes(answer) == []
    assert await desk.owed(NSW) == [("border+safety", "superseded"), *[("border+safety", "waiting")] * 2]
    stranger = msgspec.structs.replace(
        CREW[0], family_name="NOBODY", family_name_latin="NOBODY", documents=(), birth_date="1999-09-09"
    )
    answer = await desk.put(everybody(EVENING), crew(EVENING, persons=(stranger, *CREW[1:])))
    assert codes(answer) == ["H-07", "H-07"]
    assert [len(one.deliveries) for one in answer.lists] == [1, 0], "who the passengers are is beyond doubt"


async def test_what_lacks_in_a_part_is_told_of_that_part(desk: Desk) -> None:
    await desk.expect(call())
    no_sex = passenger(0, sequence=4, sex=None, birth_date=None)
    await desk.put(everybody(persons=(*CREW, no_sex)))
    found = await desk.pool.fetch("SELECT kind, missing ->> 'sex' AS sex, errors ->> 'sex' AS wrong FROM manifest_part")
    assert {row["kind"]: (row["sex"], row["wrong"]) for row in found} == {
        "passengers": ("1", "1"),
        "crew": (None, None),
    }


# --- before and after the sailing was told ------------------------------------------------------------------------


async def test_lists_from_before_the_schedule_are_lists_of_the_call(desk: Desk) -> None:
    first = await desk.put(passengers(NOON, purposes=BORDER))
    assert first.lists[0].call is None
    await desk.expect(call())
    row = await desk.board()
    assert [(one.kind, one.version, one.persons) for one in row.lists] == [("passengers", 1, 5)], "it is reported"
    late = await desk.put(passengers(MORNING, persons=FIVE[:3]))
    assert codes(late) == ["H-01"]
    again = await desk.put(passengers(EVENING, purposes=SAFETY, persons=FIVE[:4]))
    assert (again.lists[0].call, again.lists[0].version) == ("C1", 3)
    assert again.lists[0].changes
    assert again.lists[0].changes.removed == 1
    assert "X-57" in codes(again, "X-")
    assert await desk.owed(NSW) == [("border", "superseded"), ("border+safety", "waiting")]


async def test_a_schedule_that_nobody_announced_is_seen_with_the_next_list(desk: Desk) -> None:
    """Imported while the first list was being processed: then nobody linked it."""
    await desk.put(passengers(NOON))
    async with desk.pool.acquire() as connection:
        await upsert_calls(connection, [call()], utc_now())
    answer = await desk.put(passengers(EVENING, persons=FIVE[:4]))
    assert answer.lists[0].changes


async def test_only_the_same_sailing_is_taken_over(desk: Desk) -> None:
    """The number comes again every day: yesterday's list is not today's, and one without a time is nobody's."""
    await desk.put(passengers(MORNING, voyage=voyage(days=1)))
    await desk.put(passengers(MORNING, voyage=msgspec.structs.replace(voyage(), departure=None, arrival=None)))
    await desk.put(passengers(NOON, voyage=voyage(days=2), persons=FIVE[:4]))
    await desk.expect(call("C2", days=2))
    assert [
        tuple(row) for row in await desk.pool.fetch("SELECT call_id, count(*) FROM manifest GROUP BY 1 ORDER BY 1")
    ] == [
        ("C2", 1),
        (None, 2),
    ]
    await desk.expect(call("C1", days=1))
    later = await desk.put(passengers(EVENING, voyage=voyage(days=1), persons=FIVE[:1]))
    assert later.lists[0].call == "C1"
    assert later.lists[0].changes
    assert later.lists[0].changes.removed == 4
    assert (await desk.put(passengers(EVENING, voyage=voyage(days=2)))).lists[0].changes


async def test_without_a_schedule_each_sailing_of_a_number_keeps_its_own(desk: Desk) -> None:
    """Two days of one voyage number, in turns; the second moved by two hours. No purpose of one is kept for the other."""
    await desk.put(passengers(MORNING, voyage=voyage(days=1)))
    answer = await desk.put(passengers(MORNING, voyage=voyage(days=2), purposes=SAFETY))
    assert (codes(answer, "X-57"), answer.lists[0].changes, answer.lists[0].version) == ([], None, 1)
    moved = await desk.put(passengers(NOON, voyage=voyage(days=1 + 2 / 24), persons=FIVE[:2], purposes=SAFETY))
    assert "X-57" in codes(moved, "X-")
    assert moved.lists[0].changes
    assert (moved.lists[0].version, moved.lists[0].changes.removed) == (2, 3)
    assert codes(await desk.put(passengers(MORNING, voyage=voyage(days=1), reference="late"))) == ["H-01"]


async def test_a_delivery_that_waits_is_overtaken_after_the_schedule_came(desk: Desk) -> None:
    await desk.put(everybody(MORNING))
    await desk.expect(call())
    await desk.put(crew(NOON))
    assert sorted(await desk.owed(NSW)) == [("border+safety", "superseded"), *[("border+safety", "waiting")] * 2]


# --- parts of one list --------------------------------------------------------------------------------------------


async def test_decks_in_files_of_their_own_are_sent_as_one_list_and_compared_as_one(desk: Desk) -> None:
    await desk.expect(call())
    answer = await desk.put(passengers(MORNING, persons=FIVE[:2]), passengers(MORNING, persons=FIVE[2:]))
    assert codes(answer) == ["H-11"]
    (one,) = answer.lists
    assert (one.persons, [sent.persons for sent in one.deliveries]) == (5, [5])
    again = await desk.put(passengers(NOON, persons=FIVE[:4]))
    assert again.lists[0].changes
    assert (again.lists[0].changes.removed, again.lists[0].changes.unchanged) == (1, 4)
    assert await desk.owed(NSW) == [("border+safety", "superseded"), ("border+safety", "waiting")]


async def test_two_versions_in_one_submission_are_held_as_ever(desk: Desk) -> None:
    await desk.expect(call())
    answer = await desk.put(passengers(persons=FIVE[:4]), passengers(persons=FIVE[1:]))
    assert codes(answer) == ["H-07", "H-07"]
    assert await desk.owed(NSW) == []
