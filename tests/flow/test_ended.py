"""An entry of a register ends while a single window has the list for it: that is said, and is no withdrawal."""

import json
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from gateway.keyring import Recipient
from gateway.manifest import Function, Manifest, Purpose
from gateway.process.renew import renew
from gateway.settings import utc_now
from gateway.store import Pool
from gateway.store.alarms import open_alarms
from tests.flow.desk import Desk, as_of_today, call, catalogue, voyage
from tests.process.office import entry, recipient
from tests.specimen import TODAY, passenger_manifest

NSW = "mt-nsw"
BORDER, SAFETY = entry("border", purposes=["border"]), entry("safety", purposes=["safety"])


@pytest.fixture
async def desk(pool: Pool, tmp_path: Path) -> Desk:
    made = Desk(pool, catalogue(tmp_path, recipient(BORDER, SAFETY, id=NSW)))
    await made.expect(call())
    return made


def with_recipient(desk: Desk, *entries: str) -> Desk:
    one = as_of_today(recipient(*entries, id=NSW))
    return Desk(desk.pool, msgspec.structs.replace(desk.known, recipients={one.id: one}))


def ended(text: str) -> str:
    """The entry, as it is the day after its end."""
    return text.replace(str(TODAY), str(TODAY - timedelta(days=9))).replace(
        str(TODAY + timedelta(days=30)), str(TODAY - timedelta(days=1))
    )


def version(n: int, *purposes: Purpose, **changes: object) -> Manifest:
    said = purposes or (Purpose.BORDER, Purpose.SAFETY)
    given = {"issued": f"2026-11-21T{8 + n:02}:00:00+00:00", "voyage": voyage(), "purposes": said} | changes
    return passenger_manifest(**given)


async def alarms(desk: Desk) -> list[tuple[str, str]]:
    async with desk.pool.acquire() as connection:
        return [(one.kind, one.text) for one in await open_alarms(connection)]


@pytest.mark.parametrize("entries", [(ended(BORDER), SAFETY), (SAFETY,)], ids=["ended", "taken out"])
@pytest.mark.parametrize("purposes", [(), (Purpose.SAFETY,)], ids=["as before", "saying less"])
async def test_a_purpose_whose_entry_ended_is_not_withdrawn(
    desk: Desk, entries: tuple[str, ...], purposes: tuple[Purpose, ...]
) -> None:
    await desk.put(version(1))
    later = with_recipient(desk, *entries)
    answer = await later.put(version(2, *purposes))
    assert answer.lists[0].deliveries == ()
    assert [why for who, why in answer.lists[0].not_sent if "would withdraw it" in why]
    assert await desk.owed(NSW) == [("border+safety", "waiting")], "what it has stands"
    ((kind, text),) = await alarms(desk)
    assert kind == "purpose-without-entry"
    assert "passengers of call/C1 for border" in text
    assert "ERIKSSON" not in text
    back = await desk.put(version(3))
    assert [sent.persons for sent in back.lists[0].deliveries] == [5]


async def test_what_was_never_sent_is_nothing_that_could_be_withdrawn(desk: Desk) -> None:
    """It waited until its entry ended and was given up unsent: the next list goes as far as the entries do."""
    await desk.put(version(1))
    later = with_recipient(desk, ended(BORDER), SAFETY)
    await renew(desk.pool, later.known, utc_now())
    assert await desk.owed(NSW) == [("border+safety", "given-up")]
    await later.put(version(2, Purpose.SAFETY))
    assert await desk.owed(NSW) == [("border+safety", "given-up"), ("safety", "waiting")]


async def test_where_every_entry_ended_that_is_said_too(desk: Desk) -> None:
    await desk.put(version(1))
    later = with_recipient(desk, ended(BORDER), ended(SAFETY))
    await later.put(version(2))
    ((kind, text),) = await alarms(desk)
    assert (kind, "for border and safety" in text) == ("purpose-without-entry", True)
    assert isinstance(later.known.recipients[NSW], Recipient)


async def test_a_new_list_goes_as_far_as_the_entries_do(desk: Desk) -> None:
    """Nobody has it for the border: leaving that out withdraws nothing."""
    later = with_recipient(desk, ended(BORDER), SAFETY)
    await later.put(version(1))
    assert await desk.owed(NSW) == [("safety", "waiting")]
    assert await alarms(desk) == []


async def test_a_withdrawal_goes_and_what_follows_it_starts_anew(desk: Desk) -> None:
    await desk.put(version(1))
    later = with_recipient(desk, ended(BORDER), SAFETY)
    await later.put(version(2, function=Function.CANCEL, persons=()))
    await later.put(version(3))
    assert await desk.owed(NSW) == [("border+safety", "superseded"), ("safety", "superseded"), ("safety", "waiting")]
    assert await alarms(desk) == []
    (body,) = await desk.bodies(NSW)
    assert json.loads(body)["env:Envelope"]["mai:MAI"]["mai:ExchangedDocument"]["ram:PurposeCode"] == "9"


async def test_an_entry_that_is_not_for_this_voyage_has_not_ended(desk: Desk) -> None:
    """The list was for an arrival from elsewhere by mistake: corrected, no border list is due."""
    external = BORDER + '[route.when]\nscope = "schengen-border"\n'
    outside = with_recipient(desk, external, SAFETY)
    port = msgspec.structs.replace(
        voyage().departure, port=msgspec.structs.replace(voyage().departure.port, code="TRIST")
    )
    await outside.put(version(1, voyage=msgspec.structs.replace(voyage(), departure=port)), call="C1")
    await outside.put(version(2), call="C1")
    assert await desk.owed(NSW) == [("border+safety", "superseded"), ("safety", "waiting")]
    assert await alarms(desk) == []
