"""A zip file under a guard: what it declares, and its parts piece by piece (PKWARE APPNOTE 6.3.10, RFC 1951).

In: bytes. Out: the entries of its directory, and the bytes of one entry as they come out, which are counted, for the declared
sizes may lie. Used for workbooks, which are zips, and for archives of lists. Nothing here holds more than a piece.
"""

import struct
import zlib
from collections.abc import Iterator
from io import BytesIO
from zipfile import BadZipFile, ZipFile, ZipInfo

MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
BROKEN = (BadZipFile, zlib.error, struct.error, ValueError, NotImplementedError, EOFError, OSError)
"""What a damaged zip raises."""

MOST_RATIO = 200  # for an entry over RATIO_FROM: the worst real workbook at hand, 6,018 numbered rows, has 15
RATIO_FROM = 1_000_000
_MOST_DIRECTORY = 1 << 20  # bytes: room for 10,000 entries; each takes half a kilobyte once it is read
_END, _END64 = b"PK\x05\x06", b"PK\x06\x06"
_PIECE = 1 << 20


class Refusal(Exception):
    """Ends a guard: `why` completes "… was not opened: …"."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Locked(Exception):
    """An entry is encrypted."""


def entries(data: bytes, *, most: int, most_bytes: int) -> list[ZipInfo]:
    """The directory, if what it declares is within bounds. Raises `Refusal`, `Locked`, or one of `BROKEN`."""
    found = directory(data)
    if len(found) > most:
        raise Refusal(f"it has {len(found):,} parts inside, and {most} is the most")
    if sum(entry.file_size for entry in found) > most_bytes:
        raise too_large(most_bytes)
    for entry in found:
        if entry.flag_bits & 1:
            raise Locked
        if entry.compress_type not in (0, 8):
            raise Refusal("it is packed in a way that is not read here; the usual one is deflate")
        if entry.file_size > RATIO_FROM and entry.file_size > MOST_RATIO * max(entry.compress_size, 1):
            raise Refusal(f"a part of it unpacks to more than {MOST_RATIO} times its size")
    return found


def directory(data: bytes) -> list[ZipInfo]:
    """All entries, of which nothing was looked at yet. Raises `Refusal` or one of `BROKEN`."""
    if _directory_size(data) > _MOST_DIRECTORY:
        raise Refusal(f"its directory alone has more than {_MOST_DIRECTORY:,} bytes")
    return ZipFile(BytesIO(data)).infolist()


def _directory_size(data: bytes) -> int:
    """What the end record says; looked at first, because every entry of a directory costs memory."""
    end = data.rfind(_END, max(len(data) - (1 << 16) - 22, 0))
    if end < 0 or end + 22 > len(data):
        raise BadZipFile
    size: int = struct.unpack_from("<I", data, end + 12)[0]
    large = data.rfind(_END64, max(end - 20 - 56, 0), end)
    return max(size if size != 0xFFFFFFFF else 0, struct.unpack_from("<Q", data, large + 40)[0] if large >= 0 else 0)


def pieces(data: bytes, entry: ZipInfo, budget: int) -> Iterator[bytes]:
    """An entry's bytes, as they come out; more than `budget`, or than the entry declared, refuse the zip."""
    signature, name_length, extra_length = struct.unpack_from("<I22xHH", data, entry.header_offset)
    if signature != 0x04034B50:
        raise BadZipFile
    start = entry.header_offset + 30 + name_length + extra_length
    packed = memoryview(data)[start : start + entry.compress_size]
    seen = 0
    for piece in _inflated(packed) if entry.compress_type else _stored(packed):
        seen += len(piece)
        if seen > budget:
            raise too_large(budget)
        if seen > entry.file_size:
            raise Refusal("a part of it is larger than it says")
        yield piece


def _stored(packed: memoryview) -> Iterator[bytes]:
    for at in range(0, len(packed), _PIECE):
        yield bytes(packed[at : at + _PIECE])


def _inflated(packed: memoryview) -> Iterator[bytes]:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    while len(packed):
        piece = inflater.decompress(inflater.unconsumed_tail or packed[:_PIECE], _PIECE)
        if not inflater.unconsumed_tail:
            packed = packed[_PIECE:]
        if inflater.eof:
            packed = packed[:0]
        elif not len(packed):
            piece += inflater.flush()
        yield piece


def too_large(most_bytes: int) -> Refusal:
    """`most_bytes`: what was left for it of all that may be unpacked."""
    return Refusal(f"it holds more than the {most_bytes // 1_000_000} MB that may be unpacked")
