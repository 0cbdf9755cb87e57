"""Persons who are alike are read together: what comes of it is what comes of reading them one by one."""

import random

import msgspec
import pytest

from gateway.formats import paxlst, paxlst_rows
from gateway.formats.raw import RawList

HEAD = "UNB+UNOC:3+A+B+260601:0000+1'UNH+1+PAXLST:D:05B:UN+x+01:F'BGM+745'TDT+20+A1'LOC+125+EGALY'LOC+87+GRPIR'"
TAIL = "CNT+42:40'UNT+9+1'UNZ+1+1'"
PERSON = (
    "NAD+FL+++EXAMPLE{n}:ANNA", "ATT+2++F", "DTM+329:198{d}0118:102", "LOC+178+EGALY:139:6", "LOC+180+UTO:162:5:Town", "NAT+2+UTO",
    "RFF+AVF:XS{n}", "DOC+P:110:111+XS{n}5", "DTM+36:203{d}0101:102", "LOC+91+UTO",
)  # fmt: skip
ODD = (
    "NAT+2+XXA", "RFF+AVF:XS?'1", "RFF+ZZ:1:2", "GEI+4+173", "PDI+A", "DTM+329:850101:102", "DTM+36:300101:101", "DOC", "DOC+P",
    "DOC+V+VV12", "DOC+P:110:111+", "LOC+180+:::Nowhere", "NAD+XX+++A:B", "NAD+FL+++A:B:C", "NAD+FL+++A, B", "COM+1:TE+2:TE", "FTX+BAG+++X",
)  # fmt: skip


def made(seed: int) -> bytes:
    """Forty persons, of whom the more are odd the higher `seed` is."""
    chance = random.Random(seed)
    segments = [text.format(n=n, d=n % 10) for n in range(40) for text in PERSON]
    for _ in range(seed % 30):
        at = chance.randrange(len(segments))
        segments[at : at + chance.randrange(2)] = [chance.choice(ODD)] * chance.randrange(3)
    return (HEAD + "".join(f"{segment}'" for segment in segments) + TAIL).encode()


def told(data: bytes) -> list[object]:
    """The reading, with the order of its columns."""
    reading = paxlst.read(data, {})
    return [
        (msgspec.structs.asdict(one), list(one.columns), list(one.extras)) if isinstance(one, RawList) else one
        for one in (*reading.lists, *reading.findings)
    ]


@pytest.mark.parametrize("seed", range(120))
def test_together_as_one_by_one(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    together = told(made(seed))
    monkeypatch.setattr(paxlst_rows, "_FEWEST", 1_000)
    assert together == told(made(seed))


def test_nearly_all_persons_are_read_together(monkeypatch: pytest.MonkeyPatch) -> None:
    left: list[int] = []
    add = paxlst.People._add
    monkeypatch.setattr(
        paxlst.People, "_add", lambda self, person, *rest: (left.append(person), add(self, person, *rest))
    )
    paxlst.read(made(0), {})
    assert left == [0]


def test_a_document_without_a_number_is_of_its_kind() -> None:
    data = f"{HEAD}NAD+FL+++EXAMPLE:ANNA'DOC'NAD+FL+++EXAMPLE:BERTA'DOC+39'{TAIL}".encode()
    [raw] = paxlst.read(data, {}).lists
    assert isinstance(raw, RawList)
    assert (raw.columns["document.type"][1], "document.number" in raw.columns) == ("39", False)
