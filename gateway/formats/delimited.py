"""Delimited text: CSV with commas or semicolons, TSV, and what booking systems and Excel's "Unicode text" make of it (RFC 4180).

In: bytes. Out: the list in them, with the line of every value. The encoding is UTF-8 if the bytes are that, UTF-16 if a mark
or the zero bytes say so, and otherwise what chardet makes of them, said in a finding. The delimiter is the one that makes the
best header; a first line "sep=;" decides it, and so does the profile.

Options, besides those of `tables`: `delimiter`, `encoding`.
"""

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from io import StringIO
from itertools import zip_longest
from typing import Any

import msgspec

from gateway.findings import Finding, Place, Rule, Severity
from gateway.formats import encodings, tables
from gateway.formats.grid import Column, Grid, Sheet
from gateway.formats.inert import plain
from gateway.formats.raw import CellPlaces, RawList, Reading
from gateway.formats.tables.headers import Header
from gateway.formats.tables.words import COLUMNS, LABELS, key

NAME = "delimited"
MEDIA: tuple[str, ...] = ("text/csv", "text/tab-separated-values", "text/plain")
JAILED = False

OPEN_QUOTE = Rule(
    id="T-42",
    severity=Severity.ERROR,
    text="a quotation mark is opened on this line and not closed, so the line could not be read; reading went on with the next",
    hint="write a quotation mark inside a value twice, and close each one that is opened",
    cites="RFC 4180, 2.7",
)
TOO_MANY = Rule(
    id="T-43",
    severity=Severity.ERROR,
    text="this line has more values than there are headers, so some may stand in the wrong column ({count} such lines, the first is named)",
    hint="put a value that holds the delimiter into quotation marks",
    cites="RFC 4180, 2.6",
)
TOO_FEW = Rule(
    id="T-44",
    severity=Severity.WARNING,
    text="this line has fewer values than there are headers; those at its end count as empty ({count} such lines, the first is named)",
    hint="check that no value is missing in the middle of the line and that no line is broken in two",
    cites="RFC 4180, 2.4",
)
TOO_LARGE = Rule(
    id="T-45",
    severity=Severity.ERROR,
    text="the text has more than {most:,} {what}, which no list of persons has",
    hint="send one list in one file",
)
RULES: tuple[Rule, ...] = (*encodings.RULES, OPEN_QUOTE, TOO_MANY, TOO_FEW, TOO_LARGE, *tables.RULES)

_OTHERS = ("<", "{", "[", "UNA", "UNB", "UNH", "%PD")  # XML, JSON, EDIFACT, PDF
_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_LINES = 40
_MOST_LINES = 200_000  # twice the largest figure the gateway is measured with, 100,000 persons in one list
_MOST_COLUMNS = 256
_LONGEST_RECORD = 12  # lines; more is a quotation mark left open, not an address
_MOST_STARTS = 1000  # after a quotation mark left open, reading goes on with the next line this often


def recognise(head: bytes) -> bool:
    """Text with a delimiter in its first lines that is not the start of another format."""
    text = encodings.peek(head)
    if text is None or text.lstrip("\ufeff \t\r\n")[:3].startswith(_OTHERS):
        return False
    lines = [line for line in text.splitlines()[:_SAMPLE_LINES] if line.strip()]
    return any(delimiter in line for line in lines for delimiter in _DELIMITERS)


class Parted(msgspec.Struct, frozen=True):
    """A text taken apart. `records` are its lines that are not blank, value by value. `problem` kept it from being read."""

    sheet: Sheet
    records: list[list[str]] = []
    delimiter: str = ""
    findings: Sequence[Finding] = ()
    problem: bool = False


def read(data: bytes, options: Mapping[str, Any]) -> Reading:
    """The list, or findings that say why there is none."""
    parted = part(data, options)
    if parted.problem:
        return Reading(findings=parted.findings)
    sheet = parted.sheet
    reading, headers = tables.read_headed(Grid(sheets=[sheet]), options, NAME)
    for one in reading.lists:
        if isinstance(one, RawList):
            one.delimiter = parted.delimiter
    persons = {line for one in reading.lists if isinstance(one, RawList) for line in _lines(one)}
    ragged = _ragged(sheet, parted.records, persons, headers)
    return Reading(lists=reading.lists, findings=[*parted.findings, *ragged, *reading.findings])


def part(data: bytes, options: Mapping[str, Any]) -> Parted:
    """The text as a table of values, before anybody asks what they mean."""
    nothing = Sheet(name=None, columns=[])
    text, findings = encodings.decode(data, options.get("encoding"))
    too_large = _too_large(text)
    if too_large:
        return Parted(nothing, findings=[*findings, too_large], problem=True)
    lines = StringIO(text, newline="").readlines()
    stated = lines[0].rstrip("\r\n")[4:] if lines and lines[0][:4].lower() == "sep=" else ""
    agreed = options.get("delimiter", "")
    if agreed and not _is_usable(agreed):
        findings.append(encodings.NOT_USABLE.at(what="a delimiter"))
    delimiter = next(filter(_is_usable, (agreed, stated)), "") or _delimiter(lines[:_SAMPLE_LINES], options)
    records, starts, broken = _whole_records(lines, 1 if stated else 0, delimiter)
    findings += broken
    if max(map(len, records), default=0) > _MOST_COLUMNS:
        return Parted(nothing, findings=[*findings, TOO_LARGE.at(most=_MOST_COLUMNS, what="columns")], problem=True)
    return Parted(_sheet(records, starts), records, delimiter, findings)


def _lines(one: RawList) -> list[int]:
    return one.places.rows if isinstance(one.places, CellPlaces) else []


def _is_usable(delimiter: str) -> bool:
    return len(delimiter) == 1 and delimiter not in '"\r\n\0'


def _too_large(text: str) -> Finding | None:
    """Looked at before anything is taken apart: 32 MiB of line ends would become 33 million lines."""
    if text.count("\n") + text.count("\r") > 2 * _MOST_LINES:
        return TOO_LARGE.at(most=_MOST_LINES, what="lines")
    return None


def _delimiter(lines: list[str], options: Mapping[str, Any]) -> str:
    """The one that makes the most known headers in one line; else the one that cuts most lines into equally many values."""
    words = {key(header) for header in options.get("columns", {})} | COLUMNS.keys() | LABELS.keys()

    def fitness(delimiter: str) -> tuple[int, int]:
        records = [record for record in _records(lines, 0, delimiter)[0] if len(record) > 1]
        known = max((sum(key(cell[:80]) in words for cell in record[:_MOST_COLUMNS]) for record in records), default=0)
        widths = Counter(map(len, records))
        return (known if known > 1 else 0, max(widths.values(), default=0))

    return max(_DELIMITERS, key=fitness)


Records = tuple[list[list[str]], list[int], list[Finding]]


def _whole_records(lines: list[str], start: int, delimiter: str) -> Records:
    """As `_records`; a record of several lines that is shorter than most is a quotation mark left open."""
    found = _records(lines, start, delimiter)
    if len(found[0]) + start == len(lines):
        return found
    width = Counter(map(len, found[0])).most_common(1)
    return _records(lines, start, delimiter, width[0][0]) if width else found


def _records(lines: list[str], start: int, delimiter: str, width: int = 0) -> Records:
    """The records that are not blank, the line on which each starts, and what could not be told apart."""
    records: list[list[str]] = []
    starts: list[int] = []
    findings: list[Finding] = []
    at = start
    for _ in range(_MOST_STARTS):
        reader = csv.reader((lines[number] for number in range(at, len(lines))), delimiter=delimiter)
        first = at
        try:
            for record in reader:
                end = at + reader.line_num
                if (end - first > 1 or end == len(lines)) and _is_run_on(record, lines[first:end], width, delimiter):
                    break
                if record:
                    records.append(record)
                    starts.append(first + 1)
                first = end
            else:
                return records, starts, findings
        except csv.Error:  # a value of more than 131,072 characters
            pass
        findings.append(OPEN_QUOTE.at(Place(line=first + 1)))
        at = first + 1
    return [], [], [TOO_LARGE.at(most=_MOST_STARTS, what="lines with a quotation mark left open")]


def _is_run_on(record: list[str], lines: list[str], width: int, delimiter: str) -> bool:
    """Whether this record ends where a quotation mark was left open. A strict reader objects to that, and to other things
    that are tolerated on one line: O"B or "a"b. More lines than an address has, and too few values while one holds
    delimiters after a line end, are signs as well."""
    if len(lines) > _LONGEST_RECORD:
        return True
    try:
        list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error as error:
        return len(lines) > 1 or "unexpected end" in str(error)
    return len(lines) > 1 and len(record) < width and any(delimiter in value.partition("\n")[2] for value in record)


def _sheet(records: list[list[str]], starts: list[int]) -> Sheet:
    columns = [
        Column([plain(cell) if cell and not cell.isspace() else None for cell in cells])
        for cells in zip_longest(*records, fillvalue="")
    ]
    return Sheet(name=None, columns=columns, lines=starts)


def _ragged(sheet: Sheet, records: list[list[str]], persons: set[int], headers: Sequence[Header]) -> list[Finding]:
    """Lines of persons with more or fewer values than the header: a value may stand in the wrong column."""
    if not headers:
        return []
    width = max(headers[0].texts, default=-1) + 1
    lines = [(line, record) for line, record in zip(sheet.lines or (), records, strict=True) if line in persons]
    more = [line for line, record in lines if len(record) > width and any(map(str.strip, record[width:]))]
    fewer = [line for line, record in lines if len(record) < width]
    return [
        rule.at(Place(line=found[0]), count=len(found)) for rule, found in ((TOO_MANY, more), (TOO_FEW, fewer)) if found
    ]
