"""Parts of one list in several files of a submission are read as one; nothing else is put together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.formats import edifact_files, paxlst
from gateway.formats.edifact_files import Together, together
from gateway.formats.raw import RawList
from gateway.process.understand import understand
from gateway.sent import File
from tests.formats.paxlst_text import HEADER, interchange, message
from tests.often import often
from tests.specimen import NOW


def part(text: str, name: str, access: str = "V1", kind: str = "PAXLST") -> bytes:
    segments = (*HEADER, f"NAD+FL+++TEST{name}:A", "CNT+42:1")
    return interchange(message(*segments, access=access, part=text, kind=kind)).encode()


FIRST, SECOND, LAST = part("01:C", "A"), part("02", "B"), part("03:F", "C")
TABLE = b"Surname;Forename\nTESTA;ANNA\n"


def numbers(files: list[bytes]) -> list[int]:
    return [one.number for one in together(files)]


def names(data: bytes) -> list[object]:
    return [
        name for raw in paxlst.read(data, {}).lists if isinstance(raw, RawList) for name in raw.columns["family_name"]
    ]


def test_parts_in_any_order_among_other_files() -> None:
    [whole, table] = together([LAST, TABLE, SECOND, FIRST])
    assert (whole.number, table) == (1, Together(2, TABLE))
    assert names(whole.data) == ["TESTA", "TESTB", "TESTC"]
    assert [(one.code, "1, 3, 4" in one.text) for one in whole.findings] == [("E-37", True)]
    assert not paxlst.read(whole.data, {}).findings


def test_what_does_not_belong_together_stays_apart() -> None:
    assert numbers([FIRST, part("02:F", "B", access="V2")]) == [1, 2]
    assert numbers([FIRST, part("02:F", "B", kind="PNRGOV")]) == [1, 2]
    assert numbers([part("01:F", "A"), part("01:F", "A")]) == [1, 2]
    assert numbers([FIRST + SECOND + LAST, FIRST]) == [1, 2]
    assert numbers([FIRST]) == [1]
    assert numbers([]) == []


def test_two_lists_across_the_same_files_are_one_group() -> None:
    assert numbers([FIRST + part("01:C", "X", access="V2"), SECOND + LAST, part("02:F", "Y", access="V2")]) == [1]


def test_too_much_is_not_put_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edifact_files, "_MOST_BYTES", len(FIRST + SECOND + LAST))
    assert numbers([FIRST, SECOND, LAST]) == [1, 2, 3]


def test_a_list_of_several_files_is_whole_and_one_that_never_is_is_held() -> None:
    whole = understand([File(LAST), File(FIRST), File(SECOND)], carrier=None, now=NOW)
    assert [(one.file, len(one.manifest.persons), one.cut) for one in whole.lists] == [(1, 3, "")]
    assert "E-31" not in {finding.code for finding in whole.findings}
    assert whole.formats == ("paxlst",) * 3
    unfinished = understand([File(FIRST), File(LAST)], carrier=None, now=NOW)
    assert [(len(one.manifest.persons), one.cut[:4]) for one in unfinished.lists] == [(2, "E-31")]


@given(st.permutations([FIRST, SECOND, LAST, TABLE]), st.integers(0, 400))
@often(30)
def test_no_file_is_lost_whatever_is_cut(files: list[bytes], cut: int) -> None:
    files = [files[0][:cut], *files[1:]]
    found = together(files)
    assert all(any(data in one.data for one in found) for data in files)
    assert sum(len(one.data) for one in found) - sum(map(len, files)) == len(files) - len(found)
