"""One grid for every kind of table: XLSX, XLSM, XLSB, XLS, ODS and delimited text.

In: what a table reader found, sheet by sheet, column by column. Out: a `Grid`, which `tables` turns into lists. Columns and
not rows, because everything after this works down a column. The child process that reads workbooks hands its grid over as
JSON (`parse`): its standard-library writer costs the child 5 ms at start, a msgpack writer 60.
"""

from collections.abc import Sequence

import msgspec

TEXT, NUMBER, DATE, CLOCK, TRUTH = "t", "n", "d", "c", "b"
"""Kinds of cell. Dates and times of day that were typed as such come as ISO 8601 text, true and false as those words."""


class Column(msgspec.Struct, frozen=True, gc=False):
    """`texts` from the sheet's first row, None for an empty cell, without the empty end. `kinds`: a letter each, or one for all."""

    texts: Sequence[str | None] = ()
    kinds: str = TEXT

    def __repr__(self) -> str:
        return f"<Column {len(self.texts)} cells>"

    def text(self, row: int) -> str | None:
        return self.texts[row] if row < len(self.texts) else None

    def kind(self, row: int) -> str:
        return self.kinds if len(self.kinds) == 1 else self.kinds[row]

    def at(self, rows: Sequence[int]) -> list[str | None]:
        """The texts of these rows."""
        texts, end = self.texts, len(self.texts)
        if not rows or rows[-1] < end:
            return [texts[row] for row in rows]
        return [texts[row] if row < end else None for row in rows]


class Sheet(msgspec.Struct, frozen=True, gc=False):
    """`merged`: first row, first column, last row, last column, from 0. `lines`: the line of each row, in delimited text."""

    name: str | None
    columns: list[Column]
    hidden: bool = False
    merged: list[tuple[int, int, int, int]] = []
    lines: list[int] | None = None

    def __repr__(self) -> str:
        return f"<Sheet {self.name!r} {len(self.columns)} columns>"

    @property
    def height(self) -> int:
        return max((len(column.texts) for column in self.columns), default=0)

    def row(self, number: int) -> list[str | None]:
        """The texts of one row, from 0."""
        return [column.text(number) for column in self.columns]

    def line(self, row: int) -> int:
        """What the sender sees: the row's number on the sheet, or its line in the text."""
        return self.lines[row] if self.lines is not None else row + 1


class Grid(msgspec.Struct, frozen=True, gc=False):
    """All sheets, or the `problem` that kept them from being read: "password" or "broken"."""

    sheets: list[Sheet] = []
    problem: str = ""


_DECODER = msgspec.json.Decoder(Grid)


def parse(data: bytes) -> Grid:
    """The grid that `workbook.cells` wrote. Raises `msgspec.DecodeError` where it did not finish."""
    return _DECODER.decode(data)


def letters(column: int) -> str:
    """The letters of a column, from 0: 0 is A, 26 is AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name
