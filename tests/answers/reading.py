"""What the tests of handed-back files share: a file is read, marked or corrected as the gateway does it."""

from collections.abc import Iterable
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import openpyxl
from python_calamine import CalamineWorkbook

from gateway.answers import Copy, said
from gateway.findings import Finding
from gateway.process import hand_back
from gateway.process.understand import NO_HINTS, Understood, understand
from gateway.sent import File

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def read(data: bytes) -> Understood:
    return understand([File(data)], carrier=None, now=NOW)


def marked(data: bytes) -> Copy:
    found = read(data)
    read_in = {one.member for one in found.lists}
    return hand_back.marked(File(data), found.formats[0], found.findings, None, NOW, read=read_in)


def corrected(data: bytes) -> Copy:
    return hand_back.corrected(File(data), None, NO_HINTS, NOW)


def codes(data: bytes) -> list[str]:
    return [finding.code for finding in read(data).findings]


def opened(data: bytes) -> Any:
    return openpyxl.load_workbook(BytesIO(data), rich_text=True)


def values(data: bytes) -> dict[str, list[list[Any]]]:
    """All cells of a workbook, by another library than the one that wrote them."""
    book = CalamineWorkbook.from_filelike(BytesIO(data))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def marks(found: Iterable[Finding], first: str = "A") -> set[tuple[str, str]]:
    """(sheet, cell) of what is to be marked, in a sheet whose rows begin in the column `first`."""
    return {(sheet, cell.replace("row ", first)) for sheet, cell in said.by_cell(found)}


def comments(data: bytes) -> dict[tuple[str, str], str]:
    """(sheet, cell) -> what the gateway says there."""
    return {
        (sheet.title, cell.coordinate): cell.comment.text
        for sheet in opened(data).worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment is not None and cell.comment.author == "Passenger-data gateway"
    }
