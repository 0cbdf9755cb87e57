"""What runs alone in the child process: a workbook and an order in, the workbook with marks or corrections out, as XLSX.

Imports nothing of the gateway: `gateway.jail` runs this file by its path, because a stranger's file may make openpyxl take
any amount of memory or time. In there no file can be opened, so everything is imported before (`_warmed`), and parts are
written to memory. Office Open XML, ECMA-376 part 1: cells 18.3.1.4, comments 18.7, fills 18.8.20, quotePrefix 18.8.45.

The order, as JSON behind its length: `marks` (sheet, cell, severity, comment; "row 5" for the first cell in use in that row; the
gravest first), `changes` (each a list of what is written
together: sheet, cell, text that must stand there, new text, and its line of the table), `tab`, `title`, `notes` and `table` of the sheet that is added, `ours`, the titles
of sheets that were added before, `signs` that open a formula, and `sheets`: the cells of a file that openpyxl cannot open, as
`workbook.cells` gives them. The last of each line of a table is where it leads. The answer: the numbers of the changes that
were made, as JSON behind its length, and the workbook.
"""

import json
import warnings
from collections.abc import Mapping
from copy import copy
from datetime import date, datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.comments import Comment
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.styles import Alignment, Color, Font, PatternFill
from openpyxl.utils import datetime as days
from openpyxl.utils import get_column_letter
from openpyxl.worksheet import _writer
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.writer.excel import ExcelWriter
from openpyxl.xml.functions import Element, SubElement

AUTHOR = "Passenger-data gateway"
_FILLS = {  # plain, striped, dotted: told apart without their colours (WCAG 2.2, 1.4.1); black on each has over 7 : 1 (1.4.6)
    "error": PatternFill("solid", fgColor="FFFFC7CE"),
    "warning": PatternFill("lightUp", fgColor="FFD6A300", bgColor="FFFFF2CC"),
    "info": PatternFill("gray0625", fgColor="FF5B9BD5", bgColor="FFDDEBF7"),
}
_inner: Any = _writer  # its types do not tell all that is there
_days: Any = days
_OURS = {(fill.fill_type, fill.fgColor.rgb) for fill in _FILLS.values()}
_MOST_COLUMNS = 1 << 14  # of a sheet (ECMA-376)
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_THEIRS = "\n\nYour own comment:\n"
_BOLD, _LINK = Font(bold=True), Font(color="FF0563C1", underline="single")
_WIDTHS = {"A": 38, "B": 10, "C": 9, "D": 70, "E": 60, "F": 34}


def write(data: bytes) -> bytes:
    """The workbook as ordered. Raises for what openpyxl cannot open or write."""
    size = int.from_bytes(data[:8], "big")
    order, file = json.loads(data[8 : 8 + size]), data[8 + size :]
    book = _anew(order["sheets"]) if order["sheets"] is not None else load_workbook(BytesIO(file), rich_text=True)
    has_formulas = _settle(book, order["ours"])
    results = load_workbook(BytesIO(file), data_only=True) if has_formulas and order["sheets"] is None else None
    tabs = {sheet.title[:64]: sheet for sheet in book.worksheets}
    made = [at for at, change in enumerate(order["changes"]) if _change(tabs, change)]
    styles: dict[Any, Any] = {}
    for (name, cell), (severity, text) in _by_cell(tabs, order["marks"]).items():
        _mark(tabs[name], cell, severity, text, styles)
    table = order["table"] + [one[4:] for at in made for one in order["changes"][at]]
    _listed(book, order["tab"], [order["title"], *order["notes"]], table)
    _guard(book, order["signs"])
    head = json.dumps(made).encode()
    return len(head).to_bytes(8, "big") + head + _saved(book, results)


def _settle(book: Any, ours: list[str]) -> bool:
    """Takes off what an earlier copy of ours left. Whether there are formulas."""
    has_formulas = False
    for sheet in book.worksheets:
        if sheet["A1"].value in ours and len(book.worksheets) > 1:
            book.remove(sheet)
            continue
        for cell in sheet._cells.values():
            has_formulas = has_formulas or cell.data_type == "f"
            if not isinstance(cell, MergedCell) and cell.comment is not None and cell.comment.author == AUTHOR:
                _unmark(cell)
    return has_formulas


def _guard(book: Any, signs: str) -> None:
    """Makes texts that look like formulas stay texts when somebody edits them, theirs and ours."""
    for sheet in book.worksheets:
        for cell in sheet._cells.values():
            if cell.data_type == "s" and str(cell.value)[:1] in signs:
                cell.quotePrefix = True


def _by_cell(tabs: Mapping[str, Any], marks: list[list[str]]) -> dict[tuple[str, str], tuple[str, str]]:
    """(sheet, cell) -> how grave, and all that is said there: of the cell, and of a row that begins with it."""
    found: dict[tuple[str, str], tuple[str, str]] = {}
    firsts = {name: _firsts(sheet) for name, sheet in tabs.items()}
    for name, cell, severity, text in sorted(marks, key=lambda mark: list(_FILLS).index(mark[2])):
        if name in tabs:
            here = firsts[name].get(cell, f"A{cell[4:]}") if cell.startswith("row ") else _first_of(tabs[name], cell)
            gravest, above = found.get((name, here), (severity, ""))
            found[name, here] = gravest, f"{above}\n\n{text}" if above else text
    return found


def _firsts(sheet: Any) -> dict[str, str]:
    """ "row 5" -> the first cell in use there."""
    columns: dict[int, int] = {}
    for (row, column), cell in sheet._cells.items():
        if cell.value is not None and column < columns.get(row, _MOST_COLUMNS):
            columns[row] = column
    return {f"row {row}": f"{get_column_letter(column)}{row}" for row, column in columns.items()}


def _first_of(sheet: Any, cell: str) -> str:
    """The cell itself, or the one that holds the value of those merged with it."""
    if not isinstance(sheet[cell], MergedCell):
        return cell
    area = next(area for area in sheet.merged_cells.ranges if cell in area)
    return f"{get_column_letter(area.min_col)}{area.min_row}"


def _unmark(cell: Cell) -> None:
    own = (cell.comment.text if cell.comment else "").partition(_THEIRS)[2]
    cell.comment = Comment(own, "") if own else None
    if (cell.fill.fill_type, cell.fill.fgColor.rgb) in _OURS:
        cell.fill = PatternFill()


def _anew(sheets: list[dict[str, Any]]) -> Any:
    """A new workbook with these cells."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for one in sheets:
        sheet = book.create_sheet(one["name"])
        sheet.sheet_state = "hidden" if one["hidden"] and len(sheets) > 1 else "visible"
        for column, filled in enumerate(one["columns"], 1):
            for row, text in enumerate(filled["texts"]):
                if text is not None:
                    kinds = filled["kinds"]
                    _put(sheet.cell(row + 1, column), text, kinds if len(kinds) == 1 else kinds[row])
        for top, left, bottom, right in one["merged"]:
            sheet.merge_cells(start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1)
    if all(sheet.sheet_state == "hidden" for sheet in book.worksheets) and book.worksheets:
        book.worksheets[0].sheet_state = "visible"
    return book


def _put(cell: Any, text: str, kind: str = "t") -> None:
    """A text is never taken for a formula, whatever it begins with."""
    if kind == "n":
        cell.value = float(text) if "." in text or "e" in text else int(text)
    elif kind == "b":
        cell.value = text == "true"
    elif kind == "d":
        cell.value = datetime.fromisoformat(text)
        cell.number_format = "yyyy-mm-dd" if "T" not in text or text.endswith("T00:00") else "yyyy-mm-dd hh:mm"
    else:
        cell.value = "".join(sign for sign in text if sign >= " " or sign in "\t\n\r")
        cell.data_type = "s"


def _change(tabs: Mapping[str, Any], change: list[list[str]]) -> bool:
    """Only where those texts still stand there as texts: never over a formula, a number, a date or a label."""
    cells = [tabs[sheet][cell] if sheet in tabs else None for sheet, cell, *_ in change]
    if not all(map(_is_text, cells, [one[2] for one in change])):
        return False
    for cell, one in zip(cells, change, strict=True):
        _put(cell, one[3])
    return True


def _is_text(cell: Any, text: str) -> bool:
    return isinstance(cell, Cell) and cell.data_type == "s" and str(cell.value) == text


def _mark(sheet: Any, cell: str, severity: str, text: str, styles: dict[Any, Any]) -> None:
    found = sheet[cell]
    before = copy(found._style)
    if (severity, before) not in styles:
        font = copy(found.font)
        font.color = Color("FF000000")
        found.fill, found.font = _FILLS[severity], font
        styles[severity, before] = copy(found._style)
    found._style = copy(styles[severity, before])
    own = found.comment.text if found.comment else ""
    comment = Comment(text + (_THEIRS + own if own else ""), AUTHOR)
    comment.width, comment.height = 380, 40 + 18 * (len(text) // 55 + text.count("\n"))
    found.comment = comment


def _listed(book: Any, tab: str, above: list[str], table: list[list[str]]) -> None:
    """The sheet that is added: a title and notes, then a table; each place that is a cell leads there."""
    sheet: Any = book.create_sheet(tab)
    for row, text in enumerate(above, 1):
        _put(sheet.cell(row, 1), text)
    wrapped, linked, bold = (
        _style(sheet, font) for font in (None, _LINK, _BOLD)
    )  # a style for each cell takes ten times as long
    for row, line in enumerate(table, 1 + len(above)):
        for column, text in enumerate(line[:-1], 1):
            cell = sheet.cell(row, column)
            _put(cell, text)
            cell._style = copy(linked if line[-1] and column == 1 else wrapped)
        if line[-1]:
            place = sheet.cell(row, 1)
            place.hyperlink = Hyperlink(ref=place.coordinate, location=line[-1])
    for row in (1, 1 + len(above)):
        for found in sheet[row]:
            found._style = copy(bold)
    for letter, width in _WIDTHS.items():
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = f"A{2 + len(above)}"


def _style(sheet: Any, font: Font | None) -> Any:
    cell: Any = Cell(sheet, 1, 1)
    if font is None or font is _LINK:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    if font is not None:
        cell.font = font
    return cell._style


class _InMemory(ExcelWriter):
    """openpyxl writes each sheet to a file first, which cannot be here."""

    def write_worksheet(self: Any, ws: Any) -> None:
        ws._drawing = SpreadsheetDrawing()
        ws._drawing.charts, ws._drawing.images = ws._charts, ws._images
        writer = _inner.WorksheetWriter(ws, BytesIO())
        writer.write()
        ws._rels = writer._rels
        self._archive.writestr(ws.path[1:], writer.out.getvalue())
        self.manifest.append(ws)


_written = _inner.write_cell


def _saved(book: Any, results: Any) -> bytes:
    """`results`: the workbook with the results of its formulas, which openpyxl would leave out: without them, a program that
    does not calculate reads empty cells."""

    def write_cell(xf: Any, sheet: Any, cell: Any, styled: Any = None) -> None:
        known = (
            results[sheet.title][cell.coordinate]
            if results and cell.data_type == "f" and sheet.title in results
            else None
        )
        if isinstance(cell.value, CellRichText):
            xf.write(_rich(cell))
        elif known is None or known.value is None or not isinstance(cell.value, str):
            _written(xf, sheet, cell, styled)
        else:
            xf.write(_formula(cell, known, book.epoch))

    _inner.write_cell = write_cell
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        _InMemory(book, archive).save()
    return out.getvalue()


def _rich(cell: Any) -> Any:
    """A text in several fonts. openpyxl drops the parts that are nothing but spaces or line ends."""
    found = Element("c", {"r": cell.coordinate, "s": str(cell.style_id), "t": "inlineStr"})
    inline = SubElement(found, "is")
    for part in cell.value:
        run = SubElement(inline, "r")
        if isinstance(part, TextBlock):
            run.append(part.font.to_tree("rPr"))
        SubElement(run, "t", {_SPACE: "preserve"}).text = str(part)
    return found


def _formula(cell: Any, known: Any, epoch: Any) -> Any:
    value, kind = known.value, {"s": "str", "d": "n"}.get(known.data_type, known.data_type)
    if known.data_type == "d":
        value = _days.to_excel(value, epoch)
    elif known.data_type == "b":
        value = int(value)
    found = Element("c", {"r": cell.coordinate, "s": str(cell.style_id), "t": kind})
    SubElement(found, "f").text = cell.value[1:]
    SubElement(found, "v").text = str(value)
    return found


def _warmed() -> None:
    """Imports what openpyxl and zipfile import only when they need it."""
    warnings.simplefilter("ignore")
    "".encode("cp437")
    book = Workbook()
    book.worksheets[0]["A1"] = date(2026, 1, 1)
    _mark(book.worksheets[0], "A1", "info", "x", {})
    _listed(book, "Findings", ["x"], [["x", "'Sheet'!A1"]])
    load_workbook(BytesIO(_saved(book, None)), rich_text=True)


if __name__ == "jailed":
    _warmed()
