"""Workbooks handed back: the sender's own with its wrong cells filled and commented, or with safe repairs made.

In: the bytes, findings or repairs. Out: XLSX. `sheets` does it in the jail's child; here is what it is ordered. A file that
openpyxl cannot write (XLS, XLSB, ODS) or not open becomes a new workbook with the same cells; one that nobody can open, a
workbook that only lists the findings. The added sheet says what of the sender's own is not in the copy.
"""

import json
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile

from gateway import jail
from gateway.answers import said, sheets
from gateway.answers.copies import XLSX, Change, Copy, NotMade
from gateway.findings import Finding, Severity, worst
from gateway.formats import inert, workbook

_LIMITS = {"memory_bytes": 1 << 30, "cpu_seconds": 60, "wall_seconds": 120}
_MACROS = "The macros of your workbook are not in this copy."
_PICTURES = "Pictures, shapes and buttons of your workbook are not in this copy."
_OTHER_LOOK = (
    "This is a new workbook with the cells of yours: its look, its formulas and its kind of file were not kept."
)
_NOT_OPENED = "Your file could not be opened, so that this workbook holds the findings alone."


Cell = tuple[str, str]
"""(sheet, cell)"""


def marked(data: bytes, findings: Sequence[Finding]) -> Copy:
    """The workbook with its marks and the sheet "Findings"."""
    marks = [
        (sheet, cell, found[0].severity.value, said.comment(found))
        for (sheet, cell), found in said.by_cell(findings).items()
    ]
    order = _order("Findings", said.TITLE) | {"marks": marks, "table": said.table(findings)}
    _, book = _written(data, order)
    return Copy(data=book, media_type=XLSX, ending=".xlsx")


def corrected(data: bytes, changes: Sequence[Change[Cell]]) -> Copy:
    """The workbook with those changes that could be made, and the sheet "Corrections" that lists them."""
    lines = [
        [(*one.at, one.was, one.becomes, str(one.repair.place), one.repair.what, "") for one in change]
        for change in changes
    ]
    order = _order("Corrections", said.CORRECTED) | {"changes": lines, "table": [["Place", "What was done", ""]]}
    made, book = _written(data, order)
    repairs = tuple(one.repair for at in made for one in changes[at])
    return Copy(data=book, media_type=XLSX, ending=".xlsx", repairs=repairs)


def _order(tab: str, title: str) -> dict[str, Any]:
    return {
        "tab": tab, "title": title, "notes": [], "table": [], "marks": [], "changes": [], "sheets": None,
        "ours": [said.TITLE, said.CORRECTED], "signs": inert.SIGNS,
    }  # fmt: skip


def _written(data: bytes, order: Mapping[str, Any]) -> tuple[list[int], bytes]:
    """What the child makes of it: the sender's own workbook, else its cells, else only the added sheet."""
    names = _parts(data) if worst(workbook.guard(data)) is not Severity.ERROR else None
    if names is not None and "xl/workbook.xml" in names:
        try:
            return _in_child(data, order, notes=_lost(names))
        except jail.BrokeOff:
            pass  # openpyxl refuses some workbooks that programs open and calamine reads
    grid = jail.grid_of(workbook, data)[0] if names is not None else None
    cells = json.loads(grid)["sheets"] if grid else []
    note = _OTHER_LOOK if cells else _NOT_OPENED
    try:
        return _in_child(b"", order, notes=[note], sheets=cells)
    except jail.BrokeOff:
        raise NotMade("this workbook cannot be written again; take the answer as JSON") from None


def _in_child(data: bytes, order: Mapping[str, Any], **more: Any) -> tuple[list[int], bytes]:
    head = json.dumps({**order, **more}).encode()
    try:
        answer = jail.in_child(sheets.write, len(head).to_bytes(8, "big") + head + data, **_LIMITS)
    except jail.GaveUp as gave_up:
        why = f"writing this workbook again takes more {gave_up.what} than a list needs; take the answer as JSON"
        raise NotMade(why) from None
    size = 8 + int.from_bytes(answer[:8], "big")
    return json.loads(answer[8:size]), answer[size:]


def _parts(data: bytes) -> frozenset[str]:
    """The names of what is packed in it; of an XLS, which is not packed, none."""
    try:
        return frozenset(name.lower() for name in ZipFile(BytesIO(data)).namelist())
    except BadZipFile:
        return frozenset()


def _lost(names: frozenset[str]) -> list[str]:
    has_macros = any(name.endswith("vbaproject.bin") for name in names)
    drawn = ("xl/media/", "xl/drawings/drawing", "xl/ctrlprops/", "xl/embeddings/")
    return [_MACROS] * has_macros + [_PICTURES] * any(name.startswith(drawn) for name in names)
