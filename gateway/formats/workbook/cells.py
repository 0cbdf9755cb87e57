"""What runs alone in the child process: a workbook's bytes in, its grid as JSON out.

Imports nothing of the gateway, so that the child starts in some 40 ms; `gateway.jail` runs this file by its path.
python-calamine reads XLSX, XLSM, XLSB, XLS and ODS, cannot run macros and follows no links, but a hostile file can make it ask
for more memory than there is, which ends the process it runs in: hence the child.
"""

import json
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

_KINDS = {str: "t", float: "n", int: "n", bool: "b", datetime: "d", date: "d", time: "c", timedelta: "c"}


def decode(data: bytes) -> bytes:
    """The grid, as `formats.grid.parse` takes it. Never a value in an error: only which of two problems it was."""
    problem, sheets = "", []
    try:
        with CalamineWorkbook.from_filelike(BytesIO(data)) as book:
            for index, meta in enumerate(book.sheets_metadata):
                if meta.typ is SheetTypeEnum.WorkSheet:
                    hidden = meta.visible is not SheetVisibleEnum.Visible
                    sheets.append(_sheet(book.get_sheet_by_index(index), meta.name, hidden))
    except PasswordError:
        problem = "password"
    except (CalamineError, OSError, ValueError, OverflowError):
        problem = "broken"
    if problem:
        sheets = []
    return json.dumps({"sheets": sheets, "problem": problem}, ensure_ascii=False, check_circular=False).encode()


def _sheet(sheet: Any, name: str, hidden: bool) -> dict[str, Any]:
    rows = sheet.to_python(skip_empty_area=False)
    merged = [(*first, *last) for first, last in sheet.merged_cell_ranges or ()]
    return {
        "name": name[:64],  # spreadsheets allow 31; it is shown in findings
        "hidden": hidden,
        "merged": merged,
        "columns": [_column(cells) for cells in zip(*rows, strict=True)],
    }


def _column(cells: Sequence[Any]) -> dict[str, Any]:
    types = set(map(type, cells))
    if types == {str}:
        texts, kinds = [cell if cell and not cell.isspace() else None for cell in cells], "t"
    else:
        texts, kinds = [_text(cell) for cell in cells], "".join([_KINDS.get(type(cell), "t") for cell in cells])
    while texts and texts[-1] is None:
        texts.pop()
    return {"texts": texts, "kinds": kinds[: len(texts)] if len(kinds) > 1 else kinds}


def _text(cell: Any) -> str | None:
    if isinstance(cell, str):
        return cell if cell and not cell.isspace() else None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):  # every number of a workbook is one: 123456001 comes back as 123456001.0
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e21 else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="minutes" if not cell.second else "seconds")
    if isinstance(cell, timedelta):  # a length of time, as [h]:mm shows it: 25:00
        minutes, seconds = divmod(int(cell.total_seconds()), 60)
        return f"{minutes // 60:02}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")
    if isinstance(cell, time):
        return cell.isoformat(timespec="minutes" if not cell.second else "seconds")
    return str(cell)
