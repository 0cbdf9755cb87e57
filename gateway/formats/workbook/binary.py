"""The guard of an XLSB worksheet part: how far its cells reach ([MS-XLSB] 2.1.4, records of variable length).

In: the part's bytes, in pieces. Out: their number, or a `Refusal`. A row header (BrtRowHdr, 0) starts with the row, every
cell record (1 to 11) with its column; all others are passed over.
"""

from collections.abc import Iterator

from gateway.formats.workbook.limits import MOST_COLUMNS, MOST_ROWS, too_many_columns, too_many_rows

_LONGEST_HEAD = 2 + 4 + 4  # record type, record size, first number


def check(pieces: Iterator[bytes]) -> int:
    """The number of bytes seen; refuses a row below the last or a cell right of the last column."""
    size, rest, skip = 0, b"", 0
    for piece in pieces:
        size += len(piece)
        rest += piece
        if skip >= len(rest):
            skip, rest = skip - len(rest), b""
            continue
        skip = _walk(rest, skip, len(rest) - _LONGEST_HEAD)
        rest, skip = rest[skip:], max(skip - len(rest), 0)
    _walk(rest + bytes(_LONGEST_HEAD), skip, len(rest))
    return size


def _walk(data: bytes, at: int, end: int) -> int:
    """The position after the last record that starts before `end`."""
    while at < end:
        record = data[at]
        at += 1
        if record & 0x80:
            record = (record & 0x7F) | (data[at] & 0x7F) << 7
            at += 1
        length = shift = 0
        for _ in range(4):
            byte = data[at]
            at += 1
            length |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                break
        if record <= 11 and length >= 4:
            first = int.from_bytes(data[at : at + 4], "little")
            if record == 0 and first >= MOST_ROWS:
                raise too_many_rows()
            if record and first >= MOST_COLUMNS:
                raise too_many_columns()
        at += length
    return at
