"""The guard of an OpenDocument spreadsheet's content.xml: how far its filled cells reach.

In: the part's bytes, in pieces. Out: their number, or a `Refusal`. A repeated row or cell (`table:number-rows-repeated`,
OpenDocument 1.3 part 3, 19.675 and 19.677) costs a few letters and can stand for thousands of millions. Every office program
ends a sheet with a huge repeat of *empty* ones, so only those before or at filled cells count.
"""

import re
from collections.abc import Iterator

from gateway.formats.workbook.limits import MOST_COLUMNS, MOST_ROWS, too_many_columns, too_many_rows
from gateway.formats.zipped import Refusal

_TAG = re.compile(
    rb"<(/?)table:(table-row|table-cell|covered-table-cell|table)(?=[\s/>])([^<>]*)>(?P<empty></table:[\w-]*cell>)?"
)
_ROWS = re.compile(rb"table:number-rows-repeated\s*=\s*[\"']\s*(\d+)")
_COLUMNS = re.compile(rb"table:number-columns-repeated\s*=\s*[\"']\s*(\d+)")
_FILLED = re.compile(rb"office:value-type|table:formula|calcext:value-type")
_LONGEST_TAG = 1 << 16


def check(pieces: Iterator[bytes]) -> int:
    """The number of bytes seen; refuses a filled cell below the last row or right of the last column."""
    reach, size, kept = _Reach(), 0, b""
    for piece in pieces:
        size += len(piece)
        text = kept + piece
        cut = text.rfind(b"<")
        cut = len(text) if cut < 0 or text.find(b">", cut) >= 0 else cut
        if len(text) - cut > _LONGEST_TAG:
            raise Refusal("a part of it is written in a way that no office program writes")
        for match in _TAG.finditer(text, 0, cut):
            filled = (not match[3].endswith(b"/") and not match["empty"]) or bool(_FILLED.search(match[3]))
            reach.see(match[1] == b"/", match[2], match[3], filled)
        kept = text[cut:]
    return size


class _Reach:
    """Row and column of the tag that is being looked at."""

    def __init__(self) -> None:
        self.row = self.column = self.repeats = 0

    def see(self, closes: bool, name: bytes, attributes: bytes, filled: bool) -> None:
        if name == b"table":
            self.row = self.column = self.repeats = 0
        elif closes:
            return
        elif name == b"table-row":
            self.row += self.repeats
            self.repeats = _number(_ROWS, attributes)
            self.column = 0
        else:
            self.column += _number(_COLUMNS, attributes)
            if filled:
                self._within()

    def _within(self) -> None:
        if self.column > MOST_COLUMNS:
            raise too_many_columns()
        if self.row + self.repeats > MOST_ROWS:
            raise too_many_rows()


def _number(pattern: re.Pattern[bytes], attributes: bytes) -> int:
    match = pattern.search(attributes)
    return int(match[1][:12]) if match else 1
