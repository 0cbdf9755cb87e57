"""A table before it is written: what stands above, the headers, a row a person, what stands below. And its bytes.

In: pages. Out: delimited text, XLSX or ODS, the same bytes for the same pages. A fault is put into a page's cells, and the page
says where a reader will see it: a cell of a sheet, or a line of a text.
"""

import io
import re
import zipfile
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import msgspec

from gateway.findings import Place
from gateway.formats import inert
from gateway.formats.grid import letters

Row = list[str | None]

_THEN = (1980, 1, 1, 0, 0, 0)  # the earliest moment that a ZIP archive can state
_WRITTEN = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns"


class Page(msgspec.Struct, kw_only=True):
    """`name` is the tab, None for a text. `fields`: the field of each column, "" where it has none."""

    name: str | None
    above: list[Row]
    headers: Row
    fields: list[str]
    help: list[Row]
    people: list[Row]
    below: list[Row]

    def rows(self) -> list[Row]:
        return [*self.above, self.headers, *self.help, *self.people, *self.below]

    def place(self, person: int, field: str) -> Place:
        """Where a reader sees that field of a person, counted from 1."""
        row = len(self.above) + 1 + len(self.help) + person
        if self.name is None:
            return Place(line=row, person=person, field=field)
        return Place(sheet=self.name, cell=f"{letters(self.fields.index(field))}{row}", person=person, field=field)

    def column(self, field: str) -> list[str | None]:
        at = self.fields.index(field)
        return [row[at] for row in self.people]

    def put(self, person: int, field: str, text: str | None) -> None:
        self.people[person - 1][self.fields.index(field)] = text


def delimited(pages: Sequence[Page], delimiter: str, encoding: str) -> bytes:
    """One page as text; lines end as RFC 4180 has it, and no program takes a value for a formula."""
    return inert.delimited(pages[0].rows(), delimiter).encode(encoding)


def xlsx(pages: Sequence[Page]) -> bytes:
    """A workbook with every cell a text, as their templates have it."""
    from openpyxl import Workbook  # half a second to import
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    for page in pages:
        sheet = book.create_sheet(page.name)
        for row in page.rows():
            sheet.append(
                [_as_text(WriteOnlyCell(sheet, text)) if inert.is_active(text or "") else text for text in row]
            )
    out = io.BytesIO()
    book.save(out)
    return _timeless(out.getvalue())


def _as_text(cell: Any) -> Any:
    """No formula, neither now nor when somebody edits it."""
    cell.data_type, cell.quotePrefix = "s", True
    return cell


def ods(pages: Sequence[Page]) -> bytes:
    """An OpenDocument spreadsheet (ODF 1.2), the least that office programs open."""
    tables = "".join(
        f"<table:table table:name={quoteattr(page.name or 'List')}>{''.join(map(_ods_row, page.rows()))}</table:table>"
        for page in pages
    )
    content = (
        f'<office:document-content xmlns:office="{_OFFICE}:office:1.0" xmlns:table="{_OFFICE}:table:1.0" '
        f'xmlns:text="{_OFFICE}:text:1.0" office:version="1.2"><office:body><office:spreadsheet>{tables}'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        f'<manifest:manifest xmlns:manifest="{_OFFICE}:manifest:1.0" manifest:version="1.2">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    )
    return _zipped(
        {"mimetype": kind.encode(), "content.xml": content.encode(), "META-INF/manifest.xml": manifest.encode()}
    )


def _ods_row(row: Row) -> str:
    cells = (
        f'<table:table-cell office:value-type="string"><text:p>{escape(text)}</text:p></table:table-cell>'
        if text
        else "<table:table-cell/>"
        for text in row
    )
    return f"<table:table-row>{''.join(cells)}</table:table-row>"


def _timeless(book: bytes) -> bytes:
    """The workbook without the moment at which it was made, so that the same pages give the same bytes."""
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["docProps/core.xml"] = _WRITTEN.sub(rb"\g<1>1980-01-01T00:00:00Z", parts["docProps/core.xml"])
    return _zipped(parts)


def _zipped(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in parts.items():
            method = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name, _THEN), data, method)
    return out.getvalue()
