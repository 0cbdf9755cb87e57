"""A list that does not say what it is for is for what the version before it was, unless its own content says more."""

import json
from pathlib import Path

import msgspec
import pytest

from gateway.manifest import Function, Manifest, Person, Purpose
from gateway.process.answer import Answer
from gateway.store import Pool
from tests.flow.desk import Desk, catalogue, codes, voyage
from tests.process.office import entry, recipient
from tests.specimen import passenger_manifest

NSW, UNIT = "mt-nsw", "mt-piu"
FIVE = passenger_manifest().persons
BARE = tuple(msgspec.structs.replace(one, documents=()) for one in FIVE)


@pytest.fixture
def desk(pool: Pool, tmp_path: Path) -> Desk:
    window = recipient(entry("border", purposes=["border"]), entry("safety", purposes=["safety"]), id=NSW)
    unit = recipient(entry("unit", purposes=["border"], form="common-json", decision="1"), id=UNIT, kind="piu")
    return Desk(
        pool, catalogue(tmp_path, window, unit)
    )  # without a schedule: of an expected call the law says what it is for


def version(n: int, persons: tuple[Person, ...] = FIVE, **changes: object) -> Manifest:
    """A list that says nothing of its purposes."""
    given = {"issued": f"2026-11-21T{8 + n:02}:00:00+00:00", "voyage": voyage(), "purposes": (), "persons": persons}
    return passenger_manifest(**(given | changes))


def purposes(answer: Answer) -> tuple[str, ...]:
    return answer.lists[0].purposes


async def test_an_export_that_lost_its_documents_stays_a_border_list(desk: Desk) -> None:
    first = await desk.put(version(1))
    assert (purposes(first), codes(first, "V-31")) == (("border",), ["V-31"])
    again = await desk.put(version(2, BARE))
    assert (purposes(again), codes(again, "V-31"), codes(again, "H-14")) == (("border",), [], ["H-14"])
    text = next(one.text for one in again.findings if one.code == "H-14")
    assert "taken for border, as the version before (5 of its 5 persons" in text
    assert [sent.recipient for sent in again.lists[0].deliveries] == [NSW, UNIT]
    assert await desk.owed(NSW) == [("border", "superseded"), ("border", "waiting")]


async def test_documents_that_came_later_make_a_border_list_as_ever(desk: Desk) -> None:
    assert purposes(await desk.put(version(1, BARE))) == ("safety",)
    later = await desk.put(version(2))
    assert (purposes(later), codes(later, "H-14")) == (("border",), [])
    assert await desk.owed(NSW) == [("safety", "superseded"), ("border+safety", "waiting")]


async def test_what_is_said_goes_before_what_was(desk: Desk) -> None:
    await desk.put(version(1))
    said = await desk.put(version(2, BARE, purposes=(Purpose.SAFETY,)))
    assert (purposes(said), codes(said, "H-14"), codes(said, "X-57")) == (("safety",), [], ["X-57"])


async def test_a_withdrawal_reaches_whoever_has_the_list(desk: Desk) -> None:
    """It names nobody, so that its content would make it one of a safety list."""
    await desk.put(version(1))
    gone = await desk.put(version(2, (), function=Function.CANCEL))
    assert [sent.recipient for sent in gone.lists[0].deliveries] == [NSW, UNIT]
    body = (await desk.bodies(NSW))[-1]
    assert json.loads(body)["env:Envelope"]["mai:MAI"]["mai:ExchangedDocument"]["ram:PurposeCode"] == "1"
    assert purposes(await desk.put(version(3, BARE))) == ("safety",), "and then it starts anew"


async def test_a_change_of_persons_without_documents_is_one_of_the_border_list(desk: Desk) -> None:
    await desk.put(version(1))
    moved = msgspec.structs.replace(BARE[0], cabin="9001")
    change = await desk.put(version(2, (moved,), function=Function.CHANGE))
    assert purposes(change) == ("border",)
    assert [sent.persons for sent in change.lists[0].deliveries] == [5, 1]


async def test_a_change_that_names_documents_makes_no_border_list_of_a_list_for_safety(desk: Desk) -> None:
    """It would be sent whole, for a purpose that the others on it were not collected for."""
    await desk.put(version(1, BARE))
    change = await desk.put(version(2, FIVE[:1], function=Function.CHANGE))
    assert (purposes(change), codes(change, "H-14")) == (("safety",), ["H-14"])
    assert await desk.owed(UNIT) == []
