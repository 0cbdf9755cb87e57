"""A zip or gzip is handed back as one: each file is its own copy, at its place, and what comes back can be sent again."""

import gzip
import json
from io import BytesIO
from zipfile import ZipFile

import pytest

from gateway.answers import Copy, NotMade, documents
from gateway.findings import Finding, Severity
from gateway.formats import archive
from gateway.process import hand_back, packed, same
from gateway.process.understand import NO_HINTS
from gateway.sent import File
from tests.answers.reading import NOW, comments, corrected, marked, read
from tests.formats.books import ANNA, HEADERS, OLE, book
from tests.formats.test_archive import HOSTILE
from tests.formats.test_archive import packed as as_zip
from tests.process.test_archives import EDIFACT, FILES, TABLE

UNTIDY = TABLE.replace(b";SWE", b";Sweden")
LISTS = FILES | {
    "lists/passengers.csv": UNTIDY,
    "more.xlsx": book(HEADERS, (*ANNA[:4], "Atlantis", ANNA[5]), (*OLE[:4], "Norway", OLE[5])),
    "notes/read me.pdf": b"%PDF-1.7",
}


def unzipped(copy: Copy) -> dict[str, bytes]:
    assert (copy.media_type, copy.ending) == ("application/zip", ".zip")
    with ZipFile(BytesIO(copy.data)) as archived:
        return {name: archived.read(name) for name in archived.namelist()}


def test_every_file_is_marked_at_its_place() -> None:
    files = unzipped(marked(as_zip(LISTS)))
    assert list(files) == [
        "crew.cusres.edi", "lists/passengers.csv", "more.xlsx", "ours.json", "ours.json.findings.json",
        "notes/read me.pdf", "notes/read me.pdf.findings.json",
    ]  # fmt: skip
    assert b"Findings of the passenger-data gateway" in files["lists/passengers.csv"].splitlines()[0]
    assert ("Passengers", "E2") in comments(files["more.xlsx"])
    assert files["ours.json"] == LISTS["ours.json"]
    told = json.loads(files["notes/read me.pdf.findings.json"])["findings"]
    assert {one["place"]["member"] for one in told} == {"notes/read me.pdf"}


def test_a_marked_archive_that_comes_back_is_read_as_the_first() -> None:
    data = as_zip({name: LISTS[name] for name in ("lists/passengers.csv", "more.xlsx", "ours.json")})
    again = read(marked(data).data)
    assert [one.manifest for one in again.lists] == [one.manifest for one in read(data).lists]
    assert {one.code for one in again.findings} - {one.code for one in read(data).findings} == {"Z-06"}


def test_every_file_is_corrected_at_its_place() -> None:
    data = as_zip(LISTS)
    copy = corrected(data)
    files = unzipped(copy)
    assert list(files) == list(LISTS)
    assert files["crew.edi"] == EDIFACT  # as it was sent: corrections are not made there
    assert files["lists/passengers.csv"] == UNTIDY.replace(b"Sweden", b"SWE").replace(
        b"12/08/1974", b"1974-08-12"
    ).replace(b"29/02/1968", b"1968-02-29")
    assert {one.place.member for one in copy.repairs} == {"lists/passengers.csv", "more.xlsx"}
    assert read(copy.data).count(Severity.ERROR) <= read(data).count(Severity.ERROR)


def test_a_gzip_comes_back_as_one() -> None:
    data = gzip.compress(UNTIDY, mtime=0)
    copy = corrected(data)
    assert (copy.media_type, copy.ending) == ("application/gzip", ".csv.gz")
    assert gzip.decompress(copy.data) == corrected(UNTIDY).data
    assert gzip.decompress(marked(data).data) == marked(UNTIDY).data
    assert marked(gzip.compress(LISTS["ours.json"])).ending == archive.OURS


def test_what_is_found_of_no_file_stands_by_itself() -> None:
    finding = Finding("H-07", Severity.ERROR, "of all of them")
    members = archive.unpack(as_zip({"a.csv": TABLE})).members
    files = unzipped(packed.marked(members, [finding], lambda member: documents.listed([])))
    assert json.loads(files["archive.findings.json"])["findings"][0]["code"] == "H-07"


def test_files_that_would_get_one_name_are_told_apart() -> None:
    data = as_zip({"list.xls": b"%PDF", "list.xlsx": LISTS["more.xlsx"], "list.xlsm": LISTS["more.xlsx"]})
    assert list(unzipped(marked(data))) == ["list.xls", "list.xls.findings.json", "list.xlsx", "list-2.xlsx"]


def test_where_nothing_can_be_corrected_it_is_said() -> None:
    with pytest.raises(NotMade, match="corrections are made in"):
        corrected(as_zip({"crew.edi": EDIFACT, "more.edi": EDIFACT}))


def test_an_archive_that_was_refused_is_answered_with_its_findings() -> None:
    for name, (data, *_) in list(HOSTILE.items())[:6]:
        copy = marked(data)
        assert (name, copy.ending) == (name, archive.OURS)


def test_a_repair_that_reads_otherwise_is_left_out_of_every_file(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [frozenset(("birth_date",)), frozenset[str]()]
    monkeypatch.setattr(same, "otherwise", lambda *args: answers.pop(0))
    copy = hand_back.corrected(File(as_zip(LISTS)), None, NO_HINTS, NOW)
    assert b"12/08/1974" in unzipped(copy)["lists/passengers.csv"]
