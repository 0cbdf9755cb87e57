"""Archives: what is in them comes out whole, and what means harm does not come out at all."""

import gzip
import struct
import zlib
from collections.abc import Mapping
from io import BytesIO
from random import Random
from zipfile import ZIP_DEFLATED, ZIP_LZMA, ZIP_STORED, ZipFile, ZipInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.findings import Severity, worst
from gateway.formats import archive, workbook, zipped
from tests.formats.books import ANNA, HEADERS, book, ods, xlsx
from tests.formats.measured import cost
from tests.often import often

LIST = b"Family name;Given names;Sex\r\nERIKSSON;ANNA MARIA;F\r\nTESTPERSON;OLE;M\r\n"
OTHER = b"Family name;Given names;Sex\r\nSPECIMEN;ZOE;X\r\n"


def packed(files: Mapping[str, bytes], method: int = ZIP_DEFLATED) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", method) as zipped_files:
        for name, data in files.items():
            zipped_files.writestr(name, data)
    return out.getvalue()


def codes(data: bytes, budget: int = archive.MOST_BYTES) -> list[str]:
    came = archive.unpack(data, budget)
    assert bool(came.members) != (worst(came.findings) is Severity.ERROR)  # whole or not at all
    return [finding.code for finding in came.findings]


# --- what is an archive, and what comes out ---------------------------------------------------------------------


@pytest.mark.parametrize("method", [ZIP_STORED, ZIP_DEFLATED])
def test_every_file_comes_out_under_its_name(method: int) -> None:
    data = packed({"crew.csv": LIST, "lists/passengers.csv": OTHER}, method)
    assert archive.recognise(data) == archive.ZIP
    came = archive.unpack(data)
    assert [(one.name, one.data) for one in came.members] == [("crew.csv", LIST), ("lists/passengers.csv", OTHER)]
    assert not came.findings


def test_a_workbook_is_no_archive() -> None:
    for data in (book(HEADERS, ANNA), xlsx(""), ods("")):
        assert archive.recognise(data) is None
        assert workbook.recognise(data)
        for cut in (60, len(data) // 2, len(data) - 30):  # its directory is gone; its first part still says what it is
            assert archive.recognise(data[:cut]) is None


def test_workbooks_inside_come_out_as_they_are() -> None:
    inside = book(HEADERS, ANNA)
    came = archive.unpack(packed({"list.xlsx": inside}))
    assert [one.data for one in came.members] == [inside]


def test_gzip_holds_one_file() -> None:
    assert archive.recognise(gzip.compress(LIST)) == archive.GZIP
    assert [one.data for one in archive.unpack(gzip.compress(LIST) + bytes(512)).members] == [LIST]
    assert codes(gzip.compress(LIST) * 2) == ["Z-01"]
    assert codes(gzip.compress(LIST) + b"more") == ["Z-03"]
    assert codes(gzip.compress(packed({"a.csv": LIST}))) == ["Z-04"]
    assert [one.data for one in archive.unpack(gzip.compress(book(HEADERS, ANNA))).members]
    assert codes(gzip.compress(bytes(8_000_000))) == ["Z-01"]
    noise = Random(7).randbytes(5_000).hex().encode() * 3
    assert codes(gzip.compress(noise), budget=20_000) == ["Z-01"]


def test_what_computers_add_is_left_out_and_said() -> None:
    extra = dict.fromkeys(("lists/", "__MACOSX/._crew.csv", ".DS_Store", "lists/Thumbs.db", "lists/._crew.csv"), b"")
    came = archive.unpack(packed({**extra, "lists/crew.csv": LIST}))
    assert [one.name for one in came.members] == ["lists/crew.csv"]
    assert [finding.text[:1] for finding in came.findings] == ["5"]
    assert codes(packed(extra)) == ["Z-06", "Z-05"]
    assert codes(packed({})) == ["Z-05"]


def test_a_name_is_shown_without_what_a_screen_obeys() -> None:
    (one, other) = archive.unpack(packed({"\x1b[2Jcrew.csv": LIST, f"{'x' * 90}.csv": OTHER})).members
    assert one.name == "\N{REPLACEMENT CHARACTER}[2Jcrew.csv"
    assert other.name == f"…{'x' * 59}.csv"
    assert "crew" not in repr(one)


# --- what means harm ----------------------------------------------------------------------------------------------


def declared(data: bytes, size: int) -> bytes:
    """The same zip, the first file said to have `size` bytes."""
    patched = bytearray(data)
    for signature, at in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        struct.pack_into("<I", patched, patched.find(signature) + at, size)
    return bytes(patched)


def with_flag(data: bytes) -> bytes:
    patched = bytearray(data)
    patched[patched.find(b"PK\x01\x02") + 8] |= 1
    return bytes(patched)


def overlapping() -> bytes:
    """Two names for the same bytes: what a bomb without nesting is made of."""
    data = bytearray(packed({"a.csv": LIST, "b.csv": LIST}))
    first = data.find(b"PK\x01\x02")
    second = data.find(b"PK\x01\x02", first + 4)
    struct.pack_into("<I", data, second + 42, 0)
    return bytes(data)


def many(count: int, name: str = "{}.csv") -> bytes:
    """A zip of empty files, by hand: `zipfile` is slow at it."""
    local, central = bytearray(), bytearray()
    for number in range(count):
        path = name.format(number).encode()
        central += (
            struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 20, 20, *[0] * 4, 0, 0, 0, len(path), *[0] * 4, 0, len(local))
            + path
        )
        local += struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, *[0] * 4, 0, 0, 0, len(path), 0) + path
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, count & 0xFFFF, count & 0xFFFF, len(central), len(local), 0)
    return bytes(local + central + end)


def doubled() -> bytes:
    return packed({"a.csv": LIST, "b.csv": OTHER}).replace(b"b.csv", b"a.csv")


HOSTILE = {
    "a bomb that says so": (packed({"list.csv": bytes(70_000_000)}), "Z-01"),
    "a bomb that packs 1000 to 1": (packed({"list.csv": bytes(2_000_000)}), "Z-01"),
    "a bomb that lies": (declared(packed({"list.csv": bytes(70_000_000)}), 1000), "Z-01"),
    "a file larger than it says": (declared(packed({"list.csv": LIST}), 50), "Z-01"),
    "10,000 files": (many(10_000), "Z-01"),
    "a directory of 30,000 entries": (many(30_000), "Z-01"),
    "21 files": (many(21), "Z-01"),
    "a zip in a zip": (packed({"a.csv": LIST, "b.zip": packed({"c.csv": LIST})}), "Z-04"),
    "a gzip in a zip": (packed({"a.csv.gz": gzip.compress(LIST)}), "Z-04"),
    "a password": (with_flag(packed({"a.csv": LIST})), "Z-02"),
    "a packing that is not read": (packed({"a.csv": LIST}, ZIP_LZMA), "Z-01"),
    "two files of one name": (doubled(), "Z-01"),
    "files that overlap": (overlapping(), "Z-01"),
    "a path out of it": (packed({"../../etc/list.csv": LIST}), "Z-01"),
    "a path out of it, from Windows": (packed({"..\\list.csv": LIST}), "Z-01"),
    "a path from the root": (packed({"/etc/list.csv": LIST}), "Z-01"),
    "a drive": (packed({"D:\\list.csv": LIST}), "Z-01"),
    "a checksum that is not right": (packed({"a.csv": LIST}, ZIP_STORED).replace(b"OLE", b"OLA"), "Z-03"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_what_means_harm_is_refused_with_a_sentence(case: str) -> None:
    data, code = HOSTILE[case]
    assert archive.recognise(data)
    assert codes(data) == [code]


def test_a_name_that_only_begins_like_a_way_out_is_none() -> None:
    assert codes(packed({"..crew.csv": LIST, "a..b/crew.csv": OTHER})) == []


def test_refusing_costs_the_gateway_nothing() -> None:
    """60,000 entries would be 36 MB of objects."""
    for hostile in (many(60_000, "{}"), HOSTILE["a bomb that lies"][0]):
        found, grown, seconds = cost("archive.unpack(data).findings", hostile)
        assert found == "['Z-01']"
        assert grown < 16 << 10
        assert seconds < 5


def test_the_workbooks_guard_counts_its_directory_first_too() -> None:
    (told,) = workbook.guard(many(30_000, "xl/{}"))
    assert told.code == "T-03"
    assert "directory" in told.text


def test_what_may_come_out_is_for_all_archives_together() -> None:
    data = packed({"a.csv": LIST, "b.csv": OTHER})
    whole = len(LIST) + len(OTHER)
    assert codes(data, budget=whole) == []
    assert codes(data, budget=whole - 1) == ["Z-01"]
    assert codes(data, budget=0) == ["Z-01"]


# --- whatever comes -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [packed({"a.csv": LIST, "b.csv": OTHER}), packed({"a.csv": LIST}, ZIP_STORED), gzip.compress(LIST)],
    ids=["deflated", "stored", "gzip"],  # a gzip holds the time
)
def test_cut_anywhere_it_is_never_a_part_of_itself(data: bytes) -> None:
    for cut in range(3, len(data)):
        assert codes(data[:cut]) != [], cut


@pytest.mark.parametrize("seed", range(4))
def test_with_bytes_changed_it_is_whole_or_refused(seed: int) -> None:
    random = Random(seed)
    data = packed({"a.csv": LIST, "b.csv": OTHER})
    for _ in range(400):
        spoilt = bytearray(data)
        for _ in range(random.randrange(1, 4)):
            spoilt[random.randrange(len(spoilt))] = random.randrange(256)
        if archive.recognise(bytes(spoilt)):
            came = archive.unpack(bytes(spoilt))
            assert {one.data for one in came.members} <= {LIST, OTHER, b""}


@often(100)
@given(st.sampled_from((b"", b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b\x08")), st.binary(max_size=200))
def test_junk_never_makes_it_raise(start: bytes, junk: bytes) -> None:
    archive.recognise(start + junk)
    codes(start + junk)


def test_zip64_as_some_programs_write_it_is_read() -> None:
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as made, made.open(ZipInfo("a.csv"), "w", force_zip64=True) as member:
        member.write(LIST)
    assert [one.data for one in archive.unpack(out.getvalue()).members] == [LIST]
    assert zlib.crc32(LIST) == zipped.directory(out.getvalue())[0].CRC
