"""An export that changed is an alarm and a warning at its first file, through the running gateway."""

from typing import Any

import pytest

from gateway.store.alarms import open_alarms
from tests.web.world import CARRIER, Gateway, call

HEADER = "Surname;Forename;Sex;DOB;Nationality;Document number"
PERSONS = [f"TEST{chr(65 + n)};ANNA;F;{n + 1:02}.08.1974;{{state}};TX100{n:02}" for n in range(12)]


@pytest.fixture(autouse=True)
async def expected(gateway: Gateway) -> None:
    await gateway.expect(*[call(f"C{n}") for n in range(7)])


def export(n: int, header: str = HEADER, state: str = "SWE", most: int = 12) -> bytes:
    return "\n".join([header, *[row.format(state=state).replace("TX1", f"TX{n}") for row in PERSONS[:most]]]).encode()


async def answered(gateway: Gateway, n: int, body: bytes) -> Any:
    location = (await gateway.send(body, path=f"/v1/submissions?call=C{n}")).headers["Location"]
    await gateway.process()
    return (await gateway.ask("GET", location + "/answer", ("carrier", CARRIER))).json


def drifted(answer: Any) -> list[str]:
    return [finding["text"] for finding in answer["findings"] if finding["code"] == "H-10"]


async def alarms(gateway: Gateway) -> list[tuple[str, str, str, int]]:
    async with gateway.pool.acquire() as connection:
        return [(one.kind, one.subject, one.text, one.times) for one in await open_alarms(connection)]


async def test_a_column_that_went_is_told_at_once(gateway: Gateway) -> None:
    for n in range(3):
        assert drifted(await answered(gateway, n, export(n))) == []
    renamed = HEADER.replace("Nationality", "Ntl Cd")
    first = await answered(gateway, 3, export(3, renamed))
    what = "the column 'Nationality' (nationality) is gone; a column that was not there before (letter E, 3 letters, 1 space, 2 letters) is new"
    assert drifted(first) == [f"this list does not look like this line's last 3 passengers lists: {what}"]
    ((kind, subject, text, times),) = await alarms(gateway)
    assert (kind, subject, times) == ("export-changed", f"{CARRIER}/delimited/passengers", 1)
    assert text.startswith(
        f"the passengers lists of {CARRIER} look different since submission {first['submission']}: {what}"
    )
    assert drifted(await answered(gateway, 4, export(4, renamed))) == [], "from now on that is how they look"
    assert drifted(await answered(gateway, 5, export(5))) == []
    assert len(await alarms(gateway)) == 1


async def test_a_field_that_is_suddenly_blank_is_told_before_a_deadline_is_missed(gateway: Gateway) -> None:
    for n in range(3):
        await answered(gateway, n, export(n))
    (said,) = drifted(await answered(gateway, 3, export(3, state="")))
    assert "'nationality' is given for 0 of 12 persons" in said
    assert "TEST" not in said
    assert [one[0] for one in await alarms(gateway)] == ["export-changed"]


async def test_what_can_suddenly_not_be_read_is_an_alarm(gateway: Gateway) -> None:
    for n in range(2):
        await answered(gateway, 0, b"%PDF-1.4 nothing of a list" + bytes(n))
    ((kind, subject, text, times),) = await alarms(gateway)
    assert (kind, subject, times) == ("list-unreadable", f"{CARRIER}/unreadable", 2)
    assert text.endswith("it is nothing that is known; ask the line"), "who never sent a list has changed nothing"
    for n in range(3):
        await answered(gateway, n, export(n))
        assert await alarms(gateway) == [], "its next one could be read"
    await answered(gateway, 3, b"%PDF-1.4 a list once")
    ((_, _, text, times),) = await alarms(gateway)
    assert times == 1
    assert "its last 3 were delimited" in text


async def test_half_of_the_persons_gone_from_one_version_to_the_next_is_an_alarm(gateway: Gateway) -> None:
    await answered(gateway, 0, export(0))
    half = await answered(gateway, 0, export(0, most=5))
    assert [one["code"] for one in half["findings"] if one["code"][0] == "H"] == ["H-05"]
    ((kind, subject, text, _),) = await alarms(gateway)
    assert (kind, subject) == ("list-halved", f"{CARRIER}/passengers")
    assert "7 of the 12 persons of version 1 are not on this list any more, and 0 are new" in text
