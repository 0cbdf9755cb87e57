"""Workbooks that mean harm are refused before anything opens them, and honest ones are not."""

import struct
import time
import zlib
from io import BytesIO
from pathlib import Path
from random import Random
from zipfile import ZipFile

import pytest

from gateway.findings import Severity, worst
from gateway.formats import workbook, zipped
from gateway.formats.workbook import archive, binary
from tests.formats.books import ANNA, HEADERS, OLE, book, ods, xlsx
from tests.formats.measured import cost

GOLDEN = Path(__file__).parents[1] / "golden" / "workbook"
ONE = '<row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c>'
CORNERS = f'{ONE}</row><row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>'
FILLED = '<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>'


def codes(data: bytes) -> list[str]:
    return [finding.code for finding in workbook.guard(data)]


def bomb() -> bytes:
    """4.7 MB that unpack to 592 MB, 126 to 1: one packed block, 592 times over."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    noise = Random(7).randbytes(5_200).hex().encode()
    block = packer.compress(b" " * (1_000_000 - len(noise)) + noise) + packer.flush(zlib.Z_FULL_FLUSH)
    packed = block * 592 + packer.flush()
    data = bytearray(xlsx("", **{"xl/worksheets/sheet2.xml": b""}))
    out = BytesIO(data)
    with ZipFile(out, "a") as zipped:
        zipped.writestr("xl/worksheets/sheet3.xml", packed)
    patched = bytearray(out.getvalue())
    for signature, method, size in ((b"PK\x01\x02", 10, 24), (b"PK\x03\x04", 8, 22)):
        start = patched.rfind(signature)
        struct.pack_into("<H", patched, start + method, zlib.DEFLATED)
        struct.pack_into("<I", patched, start + size, 592_000_000)
    return bytes(patched)


def lying(data: bytes) -> bytes:
    """The same archive, every size over 1 MB declared as 1,000 bytes, locally and in the directory."""
    patched = bytearray(data)
    for signature, at in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        start = patched.find(signature)
        while start >= 0:
            if struct.unpack_from("<I", patched, start + at)[0] > 1_000_000:
                struct.pack_into("<I", patched, start + at, 1000)
            start = patched.find(signature, start + 4)
    return bytes(patched)


@pytest.fixture(scope="module")
def big() -> bytes:
    return bomb()


def test_the_corner_cells_that_ask_for_512_gib_are_refused() -> None:
    assert codes(xlsx(CORNERS)) == ["T-03"]


@pytest.mark.parametrize(
    ("cells", "refused"),
    [
        (f'{ONE}</row><row r="50000"><c r="IV50000"><v>1</v></c></row>', False),
        (f'{ONE}</row><row r="50001"><c r="A50001"><v>1</v></c></row>', True),
        (f'{ONE}<c r="IW1"><v>1</v></c></row>', True),
        (f"{ONE}<c r='JA1'><v>1</v></c></row>", True),
        (f'{ONE}<c\n r = "aaa1"><v>1</v></c></row>', True),
        (f'{ONE}<c s="1" r="XFD1" t="n"><v>1</v></c></row>', True),
    ],
)
def test_rows_to_50000_and_columns_to_iv(cells: str, refused: bool) -> None:
    assert (codes(xlsx(cells)) == ["T-03"]) is refused


def test_a_reference_cut_in_two_pieces_is_seen() -> None:
    start = len(xlsx_part(""))
    noise = Random(7).randbytes(1 << 19).hex()  # does not pack well, so that the ratio is not what refuses it
    assert codes(xlsx(noise)) == []
    for shift in range(0, 60, 8):
        padding = noise[: (1 << 20) - start - 48 + shift]
        assert codes(xlsx(padding + '<row r="1"><c r="XFD1048576" s="1"><v>1</v></c></row>')) == ["T-03"], shift
        assert codes(xlsx(padding + '<row r="1"><c r="XFD1048576" s="1"/></row>')) == [], shift


def test_coloured_cells_without_a_value_are_no_cells() -> None:
    """Finland's national spreadsheet has 690,000 of them; a reader sets nothing aside for them."""
    for empty in ('<c r="XFD1" s="4"/>', "<c s='4' r='XFD1' />", '<c r="XFD1" s="4"></c>'):
        data = xlsx(f'{ONE}{empty}</row><row r="1048576" s="1" customFormat="1"/>')
        assert codes(data) == []
        assert b'"columns": [{"texts": ["x"], "kinds": "t"}]' in workbook.decode(data)
    for filled in (
        '<c r="XFD1" a="/>" ><v>1</v></c>',
        "<c r='XFD1' a='/>'><v>1</v></c>",
        '<c r="XFD1"> </c>',
        '<c r="XFD1"',
    ):
        assert codes(xlsx(f"{ONE}{filled}</row>")) == ["T-03"], filled


def xlsx_part(cells: str) -> bytes:
    with ZipFile(BytesIO(xlsx(cells))) as zipped:
        return zipped.read("xl/worksheets/sheet1.xml").removesuffix(b"</sheetData></worksheet>")


def test_a_bomb_is_refused_by_what_it_declares(big: bytes) -> None:
    assert 4_000_000 < len(big) < 5_500_000
    began = time.perf_counter()
    assert codes(big) == ["T-03"]
    assert time.perf_counter() - began < 0.5


def test_a_bomb_that_lies_about_its_size_is_counted_as_it_comes_out(big: bytes) -> None:
    assert codes(lying(big)) == ["T-03"]
    noisy = xlsx(Random(7).randbytes(1 << 19).hex())
    assert codes(noisy) == []
    assert codes(lying(noisy)) == ["T-03"]


def test_every_part_counts_towards_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_BYTES", 4000)
    assert codes(xlsx(ONE + "</row>")) == []
    assert codes(xlsx(ONE + "</row>", **{"xl/sharedStrings.xml": Random(7).randbytes(4000)})) == ["T-03"]


def test_refusing_costs_the_gateway_nothing(big: bytes) -> None:
    for hostile in (big, lying(big), xlsx(CORNERS)):
        found, grown, seconds = cost("workbook.guard(data)", hostile)
        assert found == "['T-03']"
        assert grown < 64 << 10
        assert seconds < 2


def test_ratio_members_packing_names() -> None:
    assert codes(xlsx(ONE + "</row>" + " " * 1_500_000)) == ["T-03"]  # more than 200 to 1
    assert codes(xlsx(ONE + "</row>", **{f"xl/part{n}.xml": b"x" for n in range(500)})) == ["T-03"]
    out = BytesIO()
    with ZipFile(out, "w", 12) as zipped:
        zipped.writestr("xl/worksheets/sheet1.xml", "x" * 100)
    assert codes(out.getvalue()) == ["T-03"]
    with pytest.warns(UserWarning, match="Duplicate"):
        assert codes(xlsx(ONE + "</row>", **{"xl/workbook.xml": b"x"})) == ["T-03"]


def test_a_zip_with_a_password_and_a_locked_compound_file() -> None:
    locked = bytearray(xlsx(ONE + "</row>"))
    at = locked.find(b"PK\x01\x02")
    locked[at + 8] |= 1
    assert codes(bytes(locked)) == ["T-04"]
    crew = bytearray((GOLDEN / "xls-crew" / "input.xls").read_bytes())
    at = crew.find("Workbook".encode("utf-16-le"))
    name = "EncryptedPackage".encode("utf-16-le")
    crew[at : at + len(name)] = name
    crew[at + 64] = len(name) + 2
    assert codes(bytes(crew)) == ["T-04"]


def test_an_encrypted_xls_stream_is_said_to_be_locked() -> None:
    crew = bytearray((GOLDEN / "xls-crew" / "input.xls").read_bytes())
    at = crew.find(struct.pack("<HH", 0x0809, 16))  # the first record, BOF; the next becomes FILEPASS
    length = struct.unpack_from("<H", crew, at + 2)[0]
    struct.pack_into("<H", crew, at + 4 + length, 0x002F)
    assert codes(bytes(crew)) == ["T-04"]


def test_xls_cells_out_of_bounds_and_headers_that_lie() -> None:
    crew = (GOLDEN / "xls-crew" / "input.xls").read_bytes()
    assert codes(crew) == []
    at = crew.find(struct.pack("<HH", 0x00FD, 10))  # the first text cell
    for row, column in ((50_000, 1), (3, 256), (65_535, 65_535)):
        assert codes(crew[: at + 4] + struct.pack("<HH", row, column) + crew[at + 8 :]) == ["T-03"]
    for where in (44, 64, 72):
        assert codes(crew[:where] + struct.pack("<I", 0x00FFFFFF) + crew[where + 4 :]) == ["T-03"]
    assert codes(crew[: len(crew) // 2]) in (["T-05"], ["T-03"])


def test_ods_repeats_count_only_where_something_stands() -> None:
    honest = f'<table:table-row>{FILLED}<table:table-cell table:number-columns-repeated="16383"/></table:table-row>'
    honest += '<table:table-row table:number-rows-repeated="1048575"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    assert codes(ods(honest)) == []
    for bad in (
        f'<table:table-row><table:table-cell table:number-columns-repeated="4000000000"/>{FILLED}</table:table-row>',
        f'<table:table-row table:number-rows-repeated="4000000000">{FILLED}</table:table-row>',
        f'<table:table-row table:number-rows-repeated="60000"><table:table-cell/></table:table-row><table:table-row>{FILLED}</table:table-row>',
        '<table:table-row><table:table-cell table:number-columns-repeated="300" office:value-type="string"><text:p>x</text:p></table:table-cell></table:table-row>',
        '<table:table-row><table:table-cell table:number-columns-repeated="300"><text:p>x</text:p></table:table-cell></table:table-row>',
    ):
        assert codes(ods(bad)) == ["T-03"], bad


def test_xlsb_rows_and_columns() -> None:
    def record(kind: int, *numbers: int) -> bytes:
        body = struct.pack(f"<{len(numbers)}I", *numbers)
        return bytes([kind, len(body)]) + body

    honest = record(0, 0, 0) + record(7, 0, 1, 2) + b"\x91\x01\x04" + bytes(4) + record(0, 49_999) + record(5, 255, 0)
    for size in (1, 3, 7, 1000):
        pieces = [honest[at : at + size] for at in range(0, len(honest), size)]
        assert binary.check(iter(pieces)) == len(honest)
        for bad in (record(0, 50_000), record(7, 256, 1, 2)):
            worse = honest + bad
            with pytest.raises(zipped.Refusal):
                binary.check(iter([worse[at : at + size] for at in range(0, len(worse), size)]))


@pytest.mark.parametrize("page", [b"<html><table>", b"\xef\xbb\xbf\r\n<!DOCTYPE HTML PUBLIC", b"<TABLE border=1>"])
def test_a_web_page_under_the_name_of_a_workbook(page: bytes) -> None:
    assert workbook.recognise(page)
    assert codes(page + b"<tr><td>ERIKSSON</td></tr>") == ["T-07"]
    xml = b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">'
    assert codes(xml) == ["T-07"]


def test_what_is_noted_and_read_all_the_same() -> None:
    def touch(sheet: object) -> None:
        sheet.row_dimensions[3].hidden = True  # type: ignore[attr-defined]
        sheet["G2"] = "=A2"  # type: ignore[index]
        sheet["G3"] = "#N/A"  # type: ignore[index]

    data = book((*HEADERS, "Cabin"), ANNA, OLE, touch=touch)
    found = {finding.code: finding for finding in workbook.guard(data)}
    assert found.keys() == {"T-09", "T-10", "T-11"}
    assert str(found["T-10"].place) == 'sheet "Passengers", cell G2'
    assert str(found["T-11"].place) == 'sheet "Passengers", cell G3'
    assert worst(found.values()) is Severity.WARNING
    with_macros = BytesIO(data)
    with ZipFile(with_macros, "a") as zipped:
        zipped.writestr("xl/vbaProject.bin", b"x")
    assert "T-08" in codes(with_macros.getvalue())


def test_truncated_and_broken_archives_are_findings() -> None:
    whole = book(HEADERS, ANNA)
    for cut in range(0, len(whole), 97):
        assert worst(workbook.guard(whole[:cut])) is Severity.ERROR or not cut
    spoilt = bytearray(whole)
    at = spoilt.find(b"xl/worksheets/sheet1.xml") + 40
    spoilt[at : at + 40] = zlib.compress(b"x" * 40)[:18].ljust(40, b"\xff")
    assert workbook.read(bytes(spoilt), {}).findings
