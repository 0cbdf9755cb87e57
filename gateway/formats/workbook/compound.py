"""The guard of XLS workbooks: Compound File Binary ([MS-CFB]) with a BIFF stream ([MS-XLS]) inside.

In: the bytes. Out: findings; one of severity error means that nothing may open the file. The counts in the header and the
sizes in the directory say how much a reader sets aside before it reads; the row and column of each cell, how much it builds.
"""

import struct
from collections.abc import Iterator

from gateway.findings import Finding
from gateway.formats.workbook.limits import (
    BROKEN,
    MACROS,
    MOST_COLUMNS,
    MOST_ROWS,
    PASSWORD,
    REFUSED,
    too_many_columns,
    too_many_rows,
)
from gateway.formats.zipped import Refusal

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_END = 0xFFFFFFFA  # this and above are marks, not sectors
_CELLS = frozenset((0x0006, 0x00BD, 0x00BE, 0x00D6, 0x00FD, 0x0201, 0x0203, 0x0204, 0x0205, 0x027E))
_FILEPASS = 0x002F


class _Locked(Exception):
    """The workbook is encrypted."""


def guard(data: bytes) -> list[Finding]:
    """What keeps this workbook from being opened, or what should be known about it."""
    try:
        return _inspect(data)
    except Refusal as refusal:
        return [REFUSED.at(why=refusal.why)]
    except _Locked:
        return [PASSWORD.at()]
    except (struct.error, IndexError, ValueError):
        return [BROKEN.at()]


def _inspect(data: bytes) -> list[Finding]:
    file = _File(data)
    streams = {name: (start, size) for name, start, size in file.directory()}
    if "EncryptedPackage" in streams:  # an XLSX behind a password ([MS-OFFCRYPTO] 2.3.4)
        raise _Locked
    book = streams.get("Workbook") or streams.get("Book")
    if book is None:
        raise ValueError
    _records(file.stream(*book))
    return [MACROS.at()] if "_VBA_PROJECT_CUR" in streams else []


class _File:
    """Sectors, their chains and the directory. Raises ValueError or IndexError on whatever does not hold together."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        sector, mini = struct.unpack_from("<HH", data, 30)
        tables, first, _, self.cutoff, mini_first, minis, chain, chained = struct.unpack_from("<IIIIIIII", data, 44)
        if sector not in (9, 12) or mini != 6:
            raise ValueError
        self.size = 1 << sector
        self.count = len(data) // self.size
        if max(tables, minis, chained) > self.count:
            raise Refusal("its header speaks of more data than the file holds")
        self.next = self._table(tables, chain)
        self.first = first
        self.mini_next = _numbers(self._chain(mini_first))
        root = next(self.directory(), None)
        self.minis = self._chain(root[1]) if root else b""

    def _table(self, tables: int, chain: int) -> list[int]:
        places = list(struct.unpack_from("<109I", self.data, 76))
        seen = 0
        while chain < _END and seen <= self.count:
            more = _numbers(self._sector(chain))
            places += more[:-1]
            chain = more[-1]
            seen += 1
        return [number for place in places[:tables] if place < _END for number in _numbers(self._sector(place))]

    def _sector(self, number: int) -> bytes:
        sector = self.data[(number + 1) * self.size : (number + 2) * self.size]
        if not sector:
            raise ValueError
        return sector.ljust(self.size, b"\0")

    def _chain(self, number: int) -> bytes:
        sectors: list[bytes] = []
        while number < _END:
            sectors.append(self._sector(number))
            if len(sectors) > self.count:
                raise ValueError
            number = self.next[number]
        return b"".join(sectors)

    def directory(self) -> Iterator[tuple[str, int, int]]:
        """Name, first sector and size of every entry; the first is the root, whose sectors hold the short streams."""
        entries = self._chain(self.first)
        for at in range(0, len(entries) - 127, 128):
            length, kind = struct.unpack_from("<HB", entries, at + 64)
            if kind:
                start, size = struct.unpack_from("<II", entries, at + 116)
                if size > len(self.data) and size != 0xFFFFFFFF:
                    raise Refusal("a part of it is said to be larger than the file")
                yield entries[at : at + max(min(length, 64) - 2, 0)].decode("utf-16-le", "replace"), start, size

    def stream(self, start: int, size: int) -> bytes:
        if size >= self.cutoff:
            return self._chain(start)[:size]
        parts: list[bytes] = []
        while start < _END and len(parts) * 64 < size:
            parts.append(self.minis[start * 64 : start * 64 + 64])
            start = self.mini_next[start]
        return b"".join(parts)[:size]


def _numbers(sector: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(sector) // 4}I", sector[: len(sector) // 4 * 4]))


def _records(stream: bytes) -> None:
    """Walks the BIFF records: 2 bytes kind, 2 bytes length; a cell's start with row and column, from 0."""
    at, end, pair = 0, len(stream) - 3, struct.Struct("<HH")
    while at < end:
        kind, length = pair.unpack_from(stream, at)
        at += 4
        if kind == _FILEPASS:
            raise _Locked
        if kind in _CELLS and length >= 4 and at + 4 <= len(stream):
            row, column = pair.unpack_from(stream, at)
            if row >= MOST_ROWS:
                raise too_many_rows()
            if column >= MOST_COLUMNS:
                raise too_many_columns()
        at += length
