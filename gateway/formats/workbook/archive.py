"""The guard of zipped workbooks (XLSX, XLSM, XLSB: ECMA-376 parts; ODS: OpenDocument 1.3 content.xml).

In: the bytes. Out: findings; one of severity error means that nothing may unpack the file. Nothing is unpacked here either:
members stream through in pieces, and the bytes that really come out are counted, for the declared sizes may lie.
"""

import re
from collections.abc import Iterator
from xml.sax.saxutils import unescape
from zipfile import ZipInfo

from gateway.findings import Finding, Place
from gateway.formats import zipped
from gateway.formats.workbook import binary, opendocument
from gateway.formats.workbook.limits import (
    BROKEN,
    ERROR_VALUE,
    HIDDEN,
    MACROS,
    MOST_BYTES,
    MOST_MEMBERS,
    MOST_ROWS,
    NO_RESULT,
    PASSWORD,
    REFUSED,
    too_many_columns,
    too_many_rows,
)
from gateway.formats.zipped import Refusal

_KEPT = 256  # of a piece: a reference or a formula's end cut in two is seen whole with the next piece

_OUTSIDE = re.compile(
    rb'=\s*["\'](?:[A-Za-z]{0,3}([5-9]\d{4}|\d{6,})|([A-Za-z]{3,}|[J-Zj-z][A-Za-z]|[Ii][W-Zw-z])\d+)["\']'
    rb'(?!(?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|\'[^\'<]*\'))*\s*(?:/>|></))'
)  # an attribute that could be a row over 50,000 or a column right of IV; starts with "=", which a text is searched for fastest.
# An element that ends at once, or holds nothing, is no cell: Finland's template has 690,000 such cells, coloured to the last column.
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
        return _inspect(data, zipped.entries(data, most=MOST_MEMBERS, most_bytes=MOST_BYTES))
    except Refusal as refusal:
        return [REFUSED.at(why=refusal.why)]
    except zipped.Locked:
        return [PASSWORD.at()]
    except zipped.BROKEN:
        return [BROKEN.at()]


def _inspect(data: bytes, members: list[ZipInfo]) -> list[Finding]:
    names = {member.filename.lower(): member for member in members}
    if len(names) != len(members):
        raise Refusal("two parts inside it have the same name")
    findings = [MACROS.at()] if any(name.endswith("vbaproject.bin") for name in names) else []
    titles = _titles(data, names)
    budget = MOST_BYTES
    for name, member in names.items():
        pieces = zipped.pieces(data, member, budget)
        if name.startswith("xl/worksheets/") and name.endswith(".xml"):
            budget -= _worksheet(pieces, titles.get(name), findings)
        elif name.startswith("xl/worksheets/") and name.endswith(".bin"):
            budget -= binary.check(pieces)
        elif name == "content.xml":
            budget -= opendocument.check(pieces)
        else:
            budget -= sum(map(len, pieces))
    return findings


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
        is_cut = len(text) - match.start() < _KEPT - 16 and b">" not in text[match.end() :]
        if is_cut or not _OF_A_CELL.search(text[max(match.start() - 16, 0) : match.start()]):
            continue  # what is cut off in the middle of its tag is seen whole with the next piece
        if match[1] is not None and int(match[1][:12]) > MOST_ROWS:
            raise too_many_rows()
        if match[2] is not None:
            raise too_many_columns()


def _titles(data: bytes, names: dict[str, ZipInfo]) -> dict[str, str]:
    """Worksheet part -> the name on its tab (ECMA-376 part 1, 18.2.20, through the workbook's relationships)."""
    parts = [names.get("xl/workbook.xml"), names.get("xl/_rels/workbook.xml.rels")]
    if None in parts:
        return {}
    workbook, relations = (b"".join(zipped.pieces(data, part, zipped.RATIO_FROM)) for part in parts if part)
    targets = {_attribute(tag, b"Id"): _attribute(tag, b"Target") for tag in _TARGET.findall(relations)}
    tags = _SHEET.findall(workbook)
    return {
        "xl/" + targets.get(_attribute(tag, rb"\w+:id"), "").lower().removeprefix("/xl/"): _attribute(tag, b"name")
        for tag in tags
    }


def _attribute(tag: bytes, name: bytes) -> str:
    match = re.search(rb"\s" + name + rb'\s*=\s*"([^"]*)"', tag)
    return unescape(match[1].decode("utf-8", "replace"), {"&quot;": '"', "&apos;": "'"}) if match else ""
