"""Archives in a submission: each member is read as if it had come alone, and every finding says in which it stands."""

import gzip
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.findings import Severity
from gateway.formats import archive
from gateway.process.understand import Hints, Understood, understand
from gateway.sent import File
from tests.formats.books import ANNA, HEADERS, OLE, book
from tests.formats.paxlst_text import HEADER, interchange, message
from tests.formats.test_archive import HOSTILE, packed
from tests.often import often
from tests.process.office import as_file
from tests.specimen import NOW, crew_manifest, passenger_manifest

GOLDEN = Path(__file__).parents[1] / "golden"
TABLE = b"Surname;Forename;Sex;DOB;Nationality\nERIKSSON;ANNA MARIA;Q;12/08/1974;SWE\nTESTPERSON;OLE;M;29/02/1968;NOR\n"
EDIFACT = (GOLDEN / "paxlst/crew-list/input.edi").read_bytes()
FILES = {
    "crew.edi": EDIFACT,
    "lists/passengers.csv": TABLE,
    "more.xlsx": book(HEADERS, ANNA, OLE),
    "ours.json": as_file(passenger_manifest()).data,
}


def read(*files: File, **changes: Any) -> Understood:
    return understand(files, **({"carrier": None, "now": NOW} | changes))


def test_every_member_is_read_by_what_it_is() -> None:
    understood = read(File(packed(FILES), "lists.zip"))
    assert understood.formats == ("zip",)
    assert [(one.file, one.member, one.format) for one in understood.lists] == [
        (1, "crew.edi", "paxlst"),
        (1, "lists/passengers.csv", "delimited"),
        (1, "more.xlsx", "workbook"),
        (1, "ours.json", "common-json"),
    ]


def test_every_finding_names_its_member() -> None:
    understood = read(File(packed(FILES)))
    assert understood.findings
    assert {finding.place.member for finding in understood.findings} <= FILES.keys()
    (wrong,) = [finding for finding in understood.findings if finding.code == "N-22"]
    assert str(wrong.place) == '"lists/passengers.csv", line 2, column "Sex"'
    assert wrong in understood.lists[1].findings


def test_the_lists_are_those_of_the_files_sent_one_by_one() -> None:
    alone = [read(File(data)) for data in FILES.values()]
    together = read(File(packed(FILES)))
    assert [one.manifest for one in together.lists] == [one.lists[0].manifest for one in alone]


def test_archives_beside_files_keep_the_numbers_of_what_was_sent() -> None:
    understood = read(File(TABLE), File(packed({"crew.edi": EDIFACT})), File(gzip.compress(TABLE), "list.csv.gz"))
    assert understood.formats == ("delimited", "zip", "gzip")
    assert [(one.file, one.member) for one in understood.lists] == [(1, None), (2, "crew.edi"), (3, None)]
    sexes = [finding.place for finding in understood.findings if finding.code == "N-22"]
    assert [(place.file, place.member, place.line) for place in sexes] == [(1, None, 2), (3, None, 2)]


def test_members_are_compared_across() -> None:
    crew = crew_manifest(persons=passenger_manifest().persons)
    understood = read(File(packed({"a.json": as_file(passenger_manifest()).data, "b.json": as_file(crew).data})))
    across = [finding for finding in understood.findings if finding.code.startswith("C-3")]
    assert {finding.place.member for finding in across} <= {"a.json", "b.json"}
    assert across


def test_a_member_that_is_no_list_is_said_and_the_others_are_read() -> None:
    understood = read(File(packed({"read me.pdf": b"%PDF-1.7", "list.csv": TABLE, ".DS_Store": b"x"})))
    assert [one.member for one in understood.lists] == ["list.csv"]
    assert [(one.code, one.place.member) for one in understood.findings if one.code in ("T-02", "Z-06")] == [
        ("Z-06", None),
        ("T-02", "read me.pdf"),
    ]


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_archive_gives_one_sentence_and_harms_no_other_file(case: str) -> None:
    data, code = HOSTILE[case]
    understood = read(File(data), File(TABLE))
    (error,) = [one for one in understood.findings if one.place.file == 1]
    assert (error.code, error.severity) == (code, Severity.ERROR)
    assert [one.file for one in understood.lists] == [2]


def test_a_hostile_workbook_inside_is_left_to_its_own_guard() -> None:
    data, _ = HOSTILE["a password"]
    locked = packed({"xl/workbook.xml": b"x", "a": data})
    flagged = bytearray(locked)
    flagged[flagged.rfind(b"PK\x01\x02") + 8] |= 1
    understood = read(File(packed({"list.xlsx": bytes(flagged)})))
    assert [(one.code, one.place.member) for one in understood.findings] == [("T-04", "list.xlsx")]


def test_what_archives_hold_together_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_BYTES", 2 * len(TABLE))
    understood = read(*[File(packed({"a.csv": TABLE}))] * 3)
    assert [one.file for one in understood.lists] == [1, 2]
    assert [(one.code, one.place.file) for one in understood.findings if one.code == "Z-01"] == [("Z-01", 3)]


def test_a_format_that_was_named_is_that_of_the_members() -> None:
    understood = read(File(packed({"list.csv": TABLE})), hints=Hints(format="paxlst"))
    assert [(one.code, one.place.member) for one in understood.findings] == [("E-01", "list.csv")]


def test_cut_off_it_is_no_list_and_one_sentence() -> None:
    data = packed({"list.csv": TABLE, "crew.edi": EDIFACT})
    for cut in range(40, len(data), 11):
        understood = read(File(data[:cut]))
        assert not understood.lists, cut
        assert [one.code for one in understood.findings] == ["Z-03"], cut


@often(20)
@given(st.dictionaries(st.text(min_size=1, max_size=12), st.one_of(st.binary(max_size=80), st.just(TABLE)), max_size=4))
def test_whatever_is_in_it_never_makes_it_raise(members: dict[str, bytes]) -> None:
    try:
        data = packed(members)
    except (ValueError, IndexError):  # zipfile itself refuses such a name
        return
    understood = read(File(data))
    assert understood.formats
    assert understood.lists or understood.findings


def test_parts_of_a_list_in_an_archive_are_named_as_they_stand_in_it() -> None:
    first, second, last = (
        interchange(message(*HEADER, f"NAD+FL+++TEST{part[1]}:A", "CNT+42:1", access="V1", part=part)).encode()
        for part in ("01:C", "02", "03:F")
    )
    understood = read(File(TABLE), File(packed({"one.edi": first, "two.edi": second})), File(last))
    (said,) = [finding.text for finding in understood.findings if finding.code == "E-37"]
    assert '(2 "one.edi", 2 "two.edi", 3)' in said
    assert [len(one.manifest.persons) for one in understood.lists] == [2, 3]
