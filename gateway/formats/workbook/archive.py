"""The guard of zipped workbooks (XLSX, XLSM, XLSB: ECMA-376 parts; ODS: OpenDocument 1.3 content.xml).

In: the bytes. Out: findings; one of severity error means that nothing may unpack the file. Nothing is unpacked here either:
members stream through in pieces, and the bytes that really come out are counted, for the declared sizes may lie.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from io import BytesIO
from xml.sax.saxutils import unescape
from zipfile import BadZipFile, ZipFile, ZipInfo

from gateway.findings import Finding, Place
from gateway.formats.workbook import binary, opendocument
from gateway.formats.workbook.limits import (
    BROKEN,
    ERROR_VALUE,
    HIDDEN,
    MACROS,
    MOST_BYTES,
    MOST_MEMBERS,
    MOST_RATIO,
    MOST_ROWS,
    NO_RESULT,
    PASSWORD,
    RATIO_FROM,
    REFUSED,
    Refusal,
    too_many_columns,
    too_many_rows,
)

_PIECE = 1 << 20
_KEPT = 256  # of a piece: a reference or a formula's end cut in two is seen whole with the next piece

_OUTSIDE = re.compile(
    rb'=\s*["\'](?:[A-Za-z]{0,3}([5-9]\d{4}|\d{6,})|([A-Za-z]{3,}|[J-Zj-z][A-Za-z]|[Ii][W-Zw-z])\d+)["\']'
)  # an attribute that could be a row over 50,000 or a column right of IV; starts with "=", which a text is searched for fastest
_OF_A_CELL = re.compile(rb"\sr\s*$")
_HIDDEN_ROW = re.compile(rb'<(?:\w+:)?row\b[^>]{0,200}\bhidden="(?:1|true)"')
_NO_RESULT = re.compile(
    rb'<c r="([A-Z]+\d+)"[^>]{0,80}><f[^>]{0,120}(?:/>|>[^<]{0,120}</f>)(?:<v\s*/>|<v>\s*</v>)?</c>'
)
_ERROR_VALUE = re.compile(rb'<c r="([A-Z]+\d+)"[^>]{0,80}\bt="e"')
_SHEET = re.compile(rb"<(?:\w+:)?sheet\b[^>]*>")
_TARGET = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>")


def guard(data: bytes) -> list[Finding]:
    """What keeps this workbook from being opened, or what should be known about it."""
    try:
        members = ZipFile(BytesIO(data)).infolist()
        _declared(members)
        return _inspect(data, members)
    except Refusal as refusal:
        return [REFUSED.at(why=refusal.why)]
    except PermissionError:
        return [PASSWORD.at()]
    except (BadZipFile, zlib.error, struct.error, ValueError, NotImplementedError, EOFError, OSError):
        return [BROKEN.at()]


def _declared(members: list[ZipInfo]) -> None:
    if len(members) > MOST_MEMBERS:
        raise Refusal(f"it has {len(members):,} parts inside, and {MOST_MEMBERS} is the most")
    if sum(member.file_size for member in members) > MOST_BYTES:
        raise Refusal(f"unpacked it would be over {MOST_BYTES // 1_000_000} MB")
    for member in members:
        if member.flag_bits & 1:
            raise PermissionError
        if member.compress_type not in (0, 8):
            raise Refusal("it is packed in a way that workbooks are not")
        if member.file_size > RATIO_FROM and member.file_size > MOST_RATIO * max(member.compress_size, 1):
            raise Refusal(f"a part of it unpacks to more than {MOST_RATIO} times its size")


def _inspect(data: bytes, members: list[ZipInfo]) -> list[Finding]:
    names = {member.filename.lower(): member for member in members}
    if len(names) != len(members):
        raise Refusal("two parts inside it have the same name")
    findings = [MACROS.at()] if any(name.endswith("vbaproject.bin") for name in names) else []
    titles = _titles(data, names)
    budget = MOST_BYTES
    for name, member in names.items():
        pieces = _pieces(data, member, budget)
        if name.startswith("xl/worksheets/") and name.endswith(".xml"):
            budget -= _worksheet(pieces, titles.get(name), findings)
        elif name.startswith("xl/worksheets/") and name.endswith(".bin"):
            budget -= binary.check(pieces)
        elif name == "content.xml":
            budget -= opendocument.check(pieces)
        else:
            budget -= sum(map(len, pieces))
    return findings


def _pieces(data: bytes, member: ZipInfo, budget: int) -> Iterator[bytes]:
    """A member's bytes, as they come out; more than `budget`, or than the member declared, refuse the workbook."""
    signature, name_length, extra_length = struct.unpack_from("<I22xHH", data, member.header_offset)
    if signature != 0x04034B50:
        raise BadZipFile
    start = member.header_offset + 30 + name_length + extra_length
    packed = memoryview(data)[start : start + member.compress_size]
    seen = 0
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    while len(packed):
        if member.compress_type == 0:
            piece, packed = bytes(packed[:_PIECE]), packed[_PIECE:]
        else:
            piece = inflater.decompress(inflater.unconsumed_tail or packed[:_PIECE], _PIECE)
            if not inflater.unconsumed_tail:
                packed = packed[_PIECE:]
            if inflater.eof:
                packed = packed[:0]
            elif not len(packed):
                piece += inflater.flush()
        seen += len(piece)
        if seen > budget:
            raise Refusal(f"unpacked it would be over {MOST_BYTES // 1_000_000} MB")
        if seen > member.file_size:
            raise Refusal("a part of it is larger than it says")
        yield piece


def _worksheet(pieces: Iterator[bytes], title: str | None, findings: list[Finding]) -> int:
    """Counts a worksheet part's bytes; refuses cells out of bounds; notes what is hidden or has no value."""
    size, kept = 0, b""
    rows = 0
    empty: list[str] = []
    wrong: list[str] = []
    for piece in pieces:
        size += len(piece)
        text = kept + piece
        _within(text)
        fresh = max(len(kept) - 1, 0)
        if b"hidden=" in text:
            rows += sum(match.end() > fresh for match in _HIDDEN_ROW.finditer(text))
        if b"<f" in text:
            empty += [match[1].decode() for match in _NO_RESULT.finditer(text) if match.end() > fresh]
        if b't="e"' in text:
            wrong += [match[1].decode() for match in _ERROR_VALUE.finditer(text) if match.end() > fresh]
        kept = text[-_KEPT:]
    findings += [HIDDEN.at(Place(sheet=title), count=rows)] if rows else []
    findings += [NO_RESULT.at(Place(sheet=title, cell=empty[0]), count=len(set(empty)))] if empty else []
    findings += [ERROR_VALUE.at(Place(sheet=title, cell=wrong[0]), count=len(set(wrong)))] if wrong else []
    return size


def _within(text: bytes) -> None:
    for match in _OUTSIDE.finditer(text):
        if not _OF_A_CELL.search(text[max(match.start() - 16, 0) : match.start()]):
            continue
        if match[1] is not None and int(match[1][:12]) > MOST_ROWS:
            raise too_many_rows()
        if match[2] is not None:
            raise too_many_columns()


def _titles(data: bytes, names: dict[str, ZipInfo]) -> dict[str, str]:
    """Worksheet part -> the name on its tab (ECMA-376 part 1, 18.2.20, through the workbook's relationships)."""
    parts = [names.get("xl/workbook.xml"), names.get("xl/_rels/workbook.xml.rels")]
    if None in parts:
        return {}
    workbook, relations = (b"".join(_pieces(data, part, RATIO_FROM)) for part in parts if part)
    targets = {_attribute(tag, b"Id"): _attribute(tag, b"Target") for tag in _TARGET.findall(relations)}
    tags = _SHEET.findall(workbook)
    return {
        "xl/" + targets.get(_attribute(tag, rb"\w+:id"), "").lower().removeprefix("/xl/"): _attribute(tag, b"name")
        for tag in tags
    }


def _attribute(tag: bytes, name: bytes) -> str:
    match = re.search(rb"\s" + name + rb'\s*=\s*"([^"]*)"', tag)
    return unescape(match[1].decode("utf-8", "replace"), {"&quot;": '"', "&apos;": "'"}) if match else ""
