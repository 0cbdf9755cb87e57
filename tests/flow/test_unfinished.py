"""Parts of one list in several submissions: put together when the last has come, in whatever order; and never forgotten."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import permutations
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway import watch
from gateway.formats.edifact_files import are_whole, open_parts, together
from gateway.process.answer import Answer
from gateway.sent import File
from gateway.settings import utc_now
from gateway.store import Pool
from gateway.store.alarms import open_alarms
from tests.flow.desk import Desk, call, catalogue, codes
from tests.formats.paxlst_text import HEADER, interchange, message
from tests.often import often
from tests.process.office import entry, recipient

NSW = "mt-nsw"
UNDATED = [segment for segment in HEADER if not segment.startswith("DTM")]  # of whatever day its sailing is


@pytest.fixture
async def desk(pool: Pool, tmp_path: Path) -> Desk:
    made = Desk(pool, catalogue(tmp_path, recipient(entry("json", form="common-json"), id=NSW)))
    ours = {
        "vessel": "EXAMPLE STAR",
        "imo": "9999993",
        "voyage": "0417",
        "departure_port": "ITBRI",
        "arrival_port": "GRPIR",
    }
    await made.expect(msgspec.structs.replace(call(), **ours))
    return made


def part(text: str, *names: str, access: str = "V1", total: int = 6) -> str:
    people = [
        segment
        for name in names
        for segment in (f"NAD+FL+++TEST{name}:ANNA", "ATT+2++F", "DTM+329:740812", "NAT+2+UTO")
    ]
    return message(*UNDATED, *people, f"CNT+42:{total}", access=access, part=text)


def file(*messages: str) -> File:
    return File(interchange(*messages).encode())


PARTS = (part("01:C", "A", "B"), part("02", "C", "D"), part("03:F", "E", "F"))


async def put(desk: Desk, *messages: str) -> Answer:
    return await desk.put(file(*messages), call="C1", purposes=["border"])


def sent(answer: Answer) -> list[int]:
    return [one.persons for listed in answer.lists for one in listed.deliveries]


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_the_list_goes_when_its_last_part_has_come(desk: Desk, order: Sequence[int]) -> None:
    answers = [await put(desk, PARTS[at]) for at in order]
    assert [sent(answer) for answer in answers] == [[], [], [6]]
    assert [bool(codes(answer, "E-31")) for answer in answers] == [True, True, False]
    assert answers[0].lists[0].held.startswith("E-31")
    said = next(one.text for one in answers[1].findings if one.code == "E-31")
    assert {2: "those behind number 2", 1: "number 2", 0: "number 1"}[order[2]] in said, "what is still missing"
    (one,) = answers[2].lists
    assert (one.persons, one.held, codes(answers[2], "H-15")) == (6, "", ["H-15"])
    assert "2 parts" in next(one.text for one in answers[2].findings if one.code == "H-15")
    (body,) = await desk.bodies(NSW)
    assert all(f"TEST{name}".encode() in body for name in "ABCDEF")
    assert await desk.pool.fetchval("SELECT count(*) FROM waiting_list") == 0
    assert (await desk.board()).listed == 6


async def test_other_lists_of_the_earlier_file_are_not_sent_again(desk: Desk) -> None:
    other = part("01:F", "X", "Y", access="OTHER", total=2).replace("NAD+FL", "NAD+FM").replace("BGM+745", "BGM+250")
    first = await put(desk, other, PARTS[0])
    assert sent(first) == [2]
    last = await put(desk, *PARTS[1:])
    assert (len(last.lists), sent(last)) == (1, [6])


async def test_a_part_that_comes_again_takes_the_place_of_the_first(desk: Desk) -> None:
    await put(desk, PARTS[0])
    await put(desk, part("01:C", "A", "Z"))
    answer = await put(desk, *PARTS[1:])
    (body,) = await desk.bodies(NSW)
    assert (sent(answer), b"TESTZ" in body, b"TESTB" in body) == ([6], True, False)
    assert "E-33" not in codes(answer, "E-")


async def test_a_list_of_the_same_name_the_next_day_is_another(desk: Desk) -> None:
    await put(desk, PARTS[0])
    await desk.pool.execute("UPDATE waiting_list SET received_at = received_at - interval '25 hours'")
    assert sent(await put(desk, *PARTS[1:])) == []


async def test_what_another_line_sent_is_not_put_to_it(desk: Desk) -> None:
    await put(desk, PARTS[0])
    assert sent(await desk.put(file(part("02:F", "C", access="V2")), call="C1")) == []
    await desk.pool.execute("UPDATE waiting_list SET key = sha256('another line')")
    assert sent(await put(desk, *PARTS[1:])) == []


async def test_a_list_that_stays_unfinished_is_told_once(desk: Desk) -> None:
    await put(desk, PARTS[0])
    await put(desk, PARTS[2])

    async def alarms(minutes: int) -> list[tuple[str, int]]:
        await watch.raise_unfinished(desk.pool, utc_now() + timedelta(minutes=minutes))
        async with desk.pool.acquire() as connection:
            return [(one.kind, one.times) for one in await open_alarms(connection) if one.kind == "list-unfinished"]

    assert await alarms(20) == []
    told = await alarms(40)
    assert told == [("list-unfinished", 2)], "one line, though two submissions hold parts of it"
    assert await alarms(50) == told
    assert sent(await put(desk, PARTS[1])) == [6], "and still it may come"


async def test_what_can_no_longer_be_opened_is_missing(desk: Desk) -> None:
    await put(desk, PARTS[0])
    await desk.pool.execute("UPDATE submission SET wrapped = NULL")
    assert sent(await put(desk, *PARTS[1:])) == []


LETTERS = st.text("ABC' +:?éñЖ", min_size=1, max_size=8)


@often(25)
@given(LETTERS)
def test_a_part_is_the_same_when_it_is_taken_out_of_its_file(name: str) -> None:
    """Whatever signs are in it: what is kept of an earlier file is read as it was there."""
    released = "".join(f"?{sign}" if sign in "?'+:" else sign for sign in name)
    first = interchange(part("01:C", released)).replace("UNOC", "UNOY").encode()
    second = interchange(part("02:F", "B")).encode()
    ((key, parts),) = open_parts(first).items()
    assert key == ("PAXLST", "V1")
    again = open_parts(parts[1])[key]
    assert again == parts, "taking it out twice changes nothing"
    (joined,) = together([second], waiting={key: parts})
    assert joined.data.startswith(second)
    assert released.encode() in joined.data
    assert not are_whole(parts)
    assert are_whole({**parts, **open_parts(second)[key]})
