"""Workbooks: XLSX, XLSM, XLSB, XLS and ODS.

In: bytes. Out: the lists on their sheets. `guard` looks at the packing and refuses bombs, passwords and web pages under a
false name; `decode` (python-calamine) is what `gateway.jail` runs in a child process of few rights and little memory;
`read_grid` takes the child's answer. `read` is all three in this process: for files of one's own, in tests.
"""

from collections.abc import Mapping
from typing import Any

from gateway.findings import Finding, Rule, Severity, worst
from gateway.formats import grid as grids
from gateway.formats import tables
from gateway.formats.raw import Reading
from gateway.formats.workbook import archive, cells, compound, limits
from gateway.formats.workbook.limits import BROKEN, PASSWORD, WEB_PAGE

NAME = "workbook"
MEDIA: tuple[str, ...] = (
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.ms-excel",
    "application/vnd.ms-excel.sheet.macroenabled.12",
    "application/vnd.ms-excel.sheet.binary.macroenabled.12",
    "application/vnd.oasis.opendocument.spreadsheet",
)
JAILED = True
RULES: tuple[Rule, ...] = (*limits.RULES, *tables.RULES)

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_PAGES = (b"<html", b"<!doctype html", b"<table", b"<meta")
_XML_2003 = b"urn:schemas-microsoft-com:office:spreadsheet"

decode = cells.decode


def recognise(head: bytes) -> bool:
    """A zip, a compound file, or what some programs save under the name .xls: a web page or Excel's XML of 2003."""
    return head.startswith((*_ZIP, compound.MAGIC)) or bool(_disguise(head))


def _disguise(head: bytes) -> str:
    start = head[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(_PAGES):
        return "a web page (HTML)"
    return "an XML text of Excel 2003" if _XML_2003 in head[:4096] else ""


def guard(data: bytes) -> list[Finding]:
    """Runs before anything opens the file. One finding of severity error, and nothing may."""
    if disguise := _disguise(data[:4096]):
        return [WEB_PAGE.at(what=disguise)]
    return compound.guard(data) if data.startswith(compound.MAGIC) else archive.guard(data)


def read_grid(grid: bytes, options: Mapping[str, Any]) -> Reading:
    """The lists in a grid that `decode` wrote."""
    read = grids.parse(grid)
    if read.problem:
        return Reading(findings=[(PASSWORD if read.problem == "password" else BROKEN).at()])
    return tables.read(read, options, NAME)


def read(data: bytes, options: Mapping[str, Any]) -> Reading:
    """Guard, decode and read without a child process."""
    found = guard(data)
    if worst(found) is Severity.ERROR:
        return Reading(findings=found)
    reading = read_grid(decode(data), options)
    return Reading(lists=reading.lists, findings=[*found, *reading.findings])
