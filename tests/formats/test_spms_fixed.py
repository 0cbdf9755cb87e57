"""Malaysia's fixed-width list: every character has its field, is kept as it is, or is named in a finding."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway import formats
from gateway.findings import Severity
from gateway.formats import delimited, spms_fixed
from gateway.formats.raw import RawList, Reading
from gateway.process.understand import CUT, Understood, understand
from gateway.sent import File
from tests.often import often
from tests.specimen import NOW

GOLDEN = (Path(__file__).parents[1] / "golden/spms-fixed/passengers/input.txt").read_bytes()
HEADER, ANNA, OLE, ZOE = GOLDEN.decode().split("\r\n")[:4]


def text(*lines: str, end: str = "\r\n") -> bytes:
    return "".join(line + end for line in lines).encode()


def lists(reading: Reading) -> list[RawList]:
    return [one for one in reading.lists if isinstance(one, RawList)]


def codes(data: bytes) -> list[str]:
    return [finding.code for finding in spms_fixed.read(data, {}).findings]


def understood(data: bytes) -> Understood:
    return understand([File(data)], carrier=None, now=NOW)


def test_it_is_recognised_by_its_first_line_alone() -> None:
    assert formats.recognise(GOLDEN) is spms_fixed
    assert spms_fixed.recognise(b"\xef\xbb\xbf" + GOLDEN)
    for other in (b"H;20261124120000;x", b"H20261324120000 no month 13", b"Header", ANNA.encode(), b"H2026112412000"):
        assert not spms_fixed.recognise(other)


def test_what_is_known_is_read_as_it_is_meant() -> None:
    (one,) = understood(GOLDEN).lists
    manifest = one.manifest
    assert [(person.birth_date, person.sex) for person in manifest.persons] == [
        ("1974-08-12", "F"), ("1968-02-29", "M"), ("1991-11-03", "F"),
    ]  # fmt: skip
    assert (manifest.vessel.name, manifest.counts.passengers) == ("SPECIMEN STAR", 3)
    assert manifest.voyage.departure is not None
    assert manifest.voyage.arrival is not None
    assert (manifest.voyage.departure.port.code, manifest.voyage.arrival.port.name) == ("SGSIN", "PORT KLANG")
    assert manifest.voyage.arrival.estimated_arrival == "2026-11-25T07:30"


def test_what_is_not_known_stays_with_the_person() -> None:
    (one,) = understood(GOLDEN).lists
    assert [dict(person.extras) for person in one.manifest.persons] == [
        {"Kind of line": "F", "Characters from 83": "L898902C3   UTO"},
        {"Kind of line": "F", "Characters from 83": "TP1047239   NOR"},
        {"Kind of line": "P", "National id": "000000000000"},
    ]
    assert not any(person.documents for person in one.manifest.persons)


def test_every_character_of_a_person_is_somewhere() -> None:
    """Letters never seen elsewhere in their line come back from columns and extras."""
    line = "F" + "".join(chr(0x4E00 + at) for at in range(1, 121))
    (one,) = lists(spms_fixed.read(text(HEADER, line), {}))
    kept = [column[0] or "" for column in (*one.columns.values(), *one.extras.values())]
    assert sorted("".join(kept)) == sorted(line)


def test_numbers_of_the_header_are_compared_with_the_persons() -> None:
    wrong = understood(text(HEADER, ANNA, OLE))
    assert [str(one.place) for one in wrong.findings if one.code == "C-01"] == [
        'line 1, column "characters 208 to 219"'
    ]
    assert "C-01" not in {one.code for one in understood(GOLDEN).findings}


def test_lines_that_are_no_persons_are_told_and_hold_the_list() -> None:
    data = text(HEADER, ANNA, "X" + OLE[1:], "", ZOE)
    assert codes(data) == ["Z-22", "Z-20"]
    (one,) = understood(data).lists
    assert one.cut.startswith("Z-22")
    assert codes(text(ANNA, HEADER, OLE)) == ["Z-22", "Z-20"]


def test_short_lines_are_told_and_hold_the_list() -> None:
    for data in (
        text(HEADER, ANNA, OLE[:81]),
        text(HEADER[:200], ANNA),
        text(HEADER, ANNA, end="\n") + OLE[:100].encode(),
    ):
        assert "Z-21" in codes(data)
        assert {one.cut[:4] for one in understood(data).lists} == {"Z-21"}
    assert codes(text(HEADER, ANNA, OLE.rstrip())) == ["Z-20"]  # a program that trims lines has trimmed no field


def test_nobody_is_an_error_unless_the_header_says_0() -> None:
    assert codes(text(HEADER)) == ["Z-20", "Z-23"]
    assert codes(text(HEADER.replace("000000000003", "000000000000"))) == ["Z-20"]


def test_each_header_begins_a_list() -> None:
    reading = spms_fixed.read(text(HEADER, ANNA, HEADER.replace("SINGAPORE", "PENANG   "), OLE, ZOE), {})
    assert [one.size for one in lists(reading)] == [1, 2]
    assert [one.header["last_port"].text for one in lists(reading)] == ["SINGAPORE", "PENANG"]
    assert lists(reading)[1].places.at("sex", 0).line == 4


def test_too_many_lines_are_not_taken_apart() -> None:
    assert codes(HEADER.encode() + b"\n" * 300_000) == ["T-45"]


def test_cut_anywhere_it_is_never_taken_for_whole() -> None:
    """A cut on the end of a line is seen by the number in the header."""
    for cut in range(20, len(GOLDEN) - 42):
        reading = spms_fixed.read(GOLDEN[:cut], {})
        told = {one.code for one in reading.findings if one.severity is Severity.ERROR} & CUT
        (one,) = lists(reading)
        assert told or one.size < 3, cut


@pytest.mark.parametrize("stated", [None, "utf-8", "no such encoding"])
@often(40)
@given(
    st.lists(
        st.one_of(st.binary(max_size=100), st.sampled_from([HEADER.encode(), ANNA.encode(), b"\n", b"P", b"\x1a"]))
    )
)
def test_junk_never_makes_it_raise(stated: str | None, parts: list[bytes]) -> None:
    data = b"".join(parts)
    spms_fixed.recognise(data)
    reading = spms_fixed.read(data, {"encoding": stated} if stated else {})
    assert all(one.size == len(column) for one in lists(reading) for column in one.columns.values())


def test_a_csv_stays_a_csv() -> None:
    data = b"H20261124;P\nSurname;Forename\n"
    assert formats.recognise(data) is delimited
