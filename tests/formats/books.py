"""Small workbooks for tests, made here: nobody in them exists."""

import struct
from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

HEADERS = ("Family name", "Given names", "Sex", "Date of birth", "Nationality", "Passport No.")
ANNA = ("ERIKSSON", "ANNA MARIA", "F", "1974-08-12", "UTO", "L898902C3")
OLE = ("TESTPERSON", "OLE", "M", "1968-02-29", "NOR", "TP1047239")
ZOE = ("SPECIMEN", "ZOË", "X", "1991-11-03", "NLD", "SPEC7K2L4")


def book(
    *rows: Sequence[Any],
    title: str = "Passengers",
    touch: Callable[[Worksheet], None] | None = None,
    **others: Sequence[Any],
) -> bytes:
    """A workbook with these rows on its first sheet; `others`: title -> rows of further sheets."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert isinstance(sheet, Worksheet)
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    for name, more in others.items():
        other = workbook.create_sheet(name)
        for row in more:
            other.append(list(row))
    if touch:
        touch(sheet)
    out = BytesIO()
    workbook.save(out)
    return out.getvalue()


_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def xlsx(sheet_data: str, **parts: bytes) -> bytes:
    """A workbook of one sheet, written by hand: what no library would write."""
    out = BytesIO()
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    with ZipFile(out, "w", ZIP_DEFLATED) as zipped:
        zipped.writestr("[Content_Types].xml", _TYPES)
        zipped.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="r1" Type="{_OFFICE}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
        )
        zipped.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{main}" xmlns:r="{_OFFICE}"><sheets><sheet name="List" sheetId="1" r:id="r1"/></sheets></workbook>',
        )
        zipped.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="r1" Type="{_OFFICE}/worksheet" '
            'Target="worksheets/sheet1.xml"/></Relationships>',
        )
        zipped.writestr(
            "xl/worksheets/sheet1.xml", f'<worksheet xmlns="{main}"><sheetData>{sheet_data}</sheetData></worksheet>'
        )
        for name, data in parts.items():
            zipped.writestr(name, data)
    return out.getvalue()


def ods(table_rows: str) -> bytes:
    """An OpenDocument spreadsheet with these rows."""
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as zipped:
        zipped.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        zipped.writestr(
            "content.xml",
            '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
            'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'
            f'<office:body><office:spreadsheet><table:table table:name="List">{table_rows}</table:table></office:spreadsheet>'
            "</office:body></office:document-content>",
        )
    return out.getvalue()


def xlsb(rows: Sequence[Sequence[str | float | None]], name: str = "List") -> bytes:
    """The least that is an XLSB ([MS-XLSB] 2.1.4): one sheet, texts in their cells (BrtCellSt) and numbers (BrtCellReal)."""
    binary = "application/vnd.ms-excel.sheet.binary.macroEnabled.main"
    types = _TYPES.replace("/xl/workbook.xml", "/xl/workbook.bin").replace(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml", binary
    )
    cells = b"".join(
        _record(0, struct.pack("<I21x", row)) + b"".join(_cell(column, value) for column, value in enumerate(values))
        for row, values in enumerate(rows)
    )
    edge = struct.pack("<4I", 0, max(len(rows) - 1, 0), 0, max(map(len, rows), default=1) - 1)
    sheet = (
        _record(0x81, b"") + _record(0x94, edge) + _record(0x91, b"") + cells + _record(0x92, b"") + _record(0x82, b"")
    )
    tabs = _record(0x9C, struct.pack("<2I", 0, 1) + _wide("r1") + _wide(name))
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as zipped:
        zipped.writestr("[Content_Types].xml", types)
        zipped.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.bin"/></Relationships>',
        )
        zipped.writestr(
            "xl/_rels/workbook.bin.rels",
            f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="r1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.bin"/></Relationships>',
        )
        zipped.writestr(
            "xl/workbook.bin", _record(0x83, b"") + _record(0x8F, b"") + tabs + _record(0x90, b"") + _record(0x84, b"")
        )
        zipped.writestr("xl/worksheets/sheet1.bin", sheet)
    return out.getvalue()


def _record(kind: int, body: bytes) -> bytes:
    """Numbers above 127 go on in a second byte."""
    head = bytes([kind]) if kind < 0x80 else bytes([kind, 1])
    length = bytes([len(body)]) if len(body) < 0x80 else bytes([len(body) & 0x7F | 0x80, len(body) >> 7])
    return head + length + body


def _cell(column: int, value: str | float | None) -> bytes:
    at = struct.pack("<2I", column, 0)
    if value is None:
        return _record(1, at)
    return _record(6, at + _wide(value)) if isinstance(value, str) else _record(5, at + struct.pack("<d", value))


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")
