"""Delimited texts handed back: the sender's own lines, in the same encoding and with the same delimiter.

In: the bytes, the carrier's options, findings or changes. Out: the text with one more column, or with values written anew.
A line that nothing is done to stays as it is, to the byte; one with a text that a spreadsheet would run is written again with
that text made inert. RFC 4180. Bytes that were no letters come out as they came in, where the encoding allows it.
"""

import codecs
import csv
from collections.abc import Iterator, Mapping, Sequence
from io import StringIO
from typing import Any, NamedTuple

from gateway.answers import said
from gateway.answers.copies import Change, Copy, NotMade, Repair
from gateway.findings import Finding, Place
from gateway.formats import delimited, encodings, tables
from gateway.formats.inert import inert, is_active, plain
from gateway.formats.tables.words import is_ours

_MEDIA = "text/csv"
_MOST = 1 << 16  # more columns than any line has
_WITH_MARK = {
    "utf-8-sig": "utf-8",
    "utf-32": "utf-32-le",
}  # the mark stays a letter of the text, and goes out as it came


Value = tuple[int, int]
"""(line from 1, column from 0)"""

AS_UTF_8 = "the text was written as UTF-8: once corrected, its letters would be taken for those of another encoding"
GUARDED = (
    "an apostrophe was put in front of a text that a spreadsheet would take for a formula; the gateway reads past it"
)


class _Record(NamedTuple):
    """One record: its first line from 1, the lines as they came, and its values."""

    line: int
    text: str
    values: list[str]


def marked(data: bytes, findings: Sequence[Finding], options: Mapping[str, Any]) -> Copy:
    """The text with the column "Findings"; what is wrong with the whole list stands in its header."""
    file = _File(data, options)
    lines: dict[int, list[Finding]] = {}
    whole: list[Finding] = []
    for finding in said.gravest_first(findings):
        known = finding.place.line in file.starts and finding.place.line != file.header
        (lines.setdefault(finding.place.line or 0, []) if known else whole).append(finding)
    added = {line: said.in_one_line(found) for line, found in lines.items()}
    about = said.in_one_line(whole, placed=True)
    guarded = sum(1 for _ in file.guarded())
    notes = [*filter(None, [about]), *([_guarded_in_words(guarded)] if guarded else ())]
    added[file.header] = f"{said.TITLE}: {' | '.join(notes)}" if notes else said.TITLE
    return Copy(data=file.bytes_of(file.written(added)), media_type=_MEDIA, ending=".csv")


def corrected(data: bytes, changes: Sequence[Change[Value]], options: Mapping[str, Any]) -> Copy:
    """The text with those changes that could be made."""
    file = _File(data, options)
    made = [write.repair for change in changes if file.change(change) for write in change]
    made += [Repair(place, GUARDED) for place in file.guarded()]
    text = file.written({})
    if not file.is_told_by_its_bytes(text):
        made.append(Repair(Place(), AS_UTF_8))
    return Copy(data=file.bytes_of(text), media_type=_MEDIA, ending=".csv", repairs=tuple(made))


def _guarded_in_words(count: int) -> str:
    return f"{count} {'value' if count == 1 else 'values'}: {GUARDED}"


class _File:
    """A text taken apart, so that each record is still its own lines."""

    def __init__(self, data: bytes, options: Mapping[str, Any]) -> None:
        parted = delimited.part(data, options)
        if parted.problem or not parted.records:
            raise NotMade("the text cannot be taken apart into lines; take the answer as JSON")
        self._stated = options.get("encoding")
        self._encoding = encodings.encoding_of(data, self._stated)[0]
        self.encoding = _exact(self._encoding, data)
        self.text, self.errors = _letters(data, self.encoding)
        self.delimiter = parted.delimiter
        self.starts = frozenset(parted.sheet.lines or ())
        header = tables.header_of(parted.sheet, options)
        self.header = parted.sheet.line(header.row if header else 0)
        titles = parted.records[header.row if header else 0]
        self.ours = next((at for at, text in enumerate(titles) if is_ours(text)), len(titles) + _MOST)
        self.records = list(self._records(parted.sheet.lines or []))
        self.values = {record.line: self._theirs(record.values) for record in self.records}
        self.width = max(map(len, self.values.values()))
        self.titles = titles

    def _theirs(self, values: Sequence[str]) -> list[str]:
        """Without the column that an earlier copy of ours added."""
        return list(values[: self.ours])

    def _records(self, starts: Sequence[int]) -> Iterator[_Record]:
        """The lines before the first, between and behind records are records without values."""
        lines = StringIO(self.text, newline="").readlines()
        at = 0
        for start in starts:
            if start - 1 > at:
                yield _Record(-at, "".join(lines[at : start - 1]), [])
            reader = csv.reader((lines[number] for number in range(start - 1, len(lines))), delimiter=self.delimiter)
            values = next(reader)
            at = start - 1 + reader.line_num
            yield _Record(start, "".join(lines[start - 1 : at]), values)
        yield _Record(-at, "".join(lines[at:]), [])

    def change(self, change: Change[Value]) -> bool:
        """Whether it was made."""
        for (line, column), was, *_ in change:
            values = self.values.get(line, [])
            if column >= len(values) or plain(values[column]) != was:
                return False
        for (line, column), _, becomes, _ in change:
            self.values[line][column] = becomes
        return True

    def guarded(self) -> Iterator[Place]:
        """Where `written` puts an apostrophe in front of what a spreadsheet would run."""
        for record in self.records:
            values = self.values.get(record.line, [])
            for column, value in enumerate(values if record.values else ()):
                if is_active(value):
                    header = self.titles[column] if column < len(self.titles) else ""
                    yield Place(line=record.line, column=header or None)
            if not record.values:
                yield from (Place(line=1 - record.line + at) for at in self._unread(record.text))

    def _unread(self, text: str) -> Iterator[int]:
        """The lines of this text, from 0, that are changed when they are written."""
        for at, line in enumerate(StringIO(text, newline="")):
            if self._harmless(line) != line:
                yield at

    def written(self, added: Mapping[int, str]) -> str:
        """The whole text; `added`: line -> what stands in the last column."""
        return "".join(self._line(record, added) for record in self.records)

    def _line(self, record: _Record, added: Mapping[int, str]) -> str:
        if not record.values:
            return self._between(record.text)
        body = record.text.rstrip("\r\n")
        values = self.values[record.line]
        if values != record.values or any(map(is_active, values)):
            body = self._joined([inert(plain(value)) for value in values])
        if added and (record.line >= self.header or record.line in added):
            body += self.delimiter * (self.width - len(values) + 1) + self._joined([added.get(record.line, "")])
        return body + record.text[len(record.text.rstrip("\r\n")) :]

    def _between(self, text: str) -> str:
        """Blank lines, and lines that could not be read for a quotation mark left open: as they came, if nothing in them runs."""
        return "".join(map(self._harmless, StringIO(text, newline="")))

    def _harmless(self, line: str) -> str:
        try:
            values = next(csv.reader([line], delimiter=self.delimiter), [])
        except csv.Error:  # one value of more than 131,072 characters
            return inert(line)
        if not any(map(is_active, values)):
            return line
        return self._joined([inert(value) for value in values]) + line[len(line.rstrip("\r\n")) :]

    def _joined(self, values: Sequence[str]) -> str:
        out = StringIO(newline="")
        csv.writer(out, delimiter=self.delimiter, lineterminator="\r\n").writerow(
            values
        )  # what ends a line is quoted in a value
        return out.getvalue()[:-2] if values != [""] else ""

    def bytes_of(self, text: str) -> bytes:
        """In the encoding that it came in; as UTF-8 with its mark where that would be taken for another one now."""
        if self.is_told_by_its_bytes(text):
            return self._encoded(text)
        return codecs.BOM_UTF8 + text.encode("utf-8", "replace")

    def is_told_by_its_bytes(self, text: str) -> bool:
        """Whether these letters are read from their bytes: an encoding is guessed from letters that may not be there any more."""
        body = self._encoded(text)
        now = encodings.encoding_of(body, self._stated)[0]
        return now == self._encoding or body.decode(now, "replace") == body.decode(self._encoding, "replace")

    def _encoded(self, text: str) -> bytes:
        try:
            return text.encode(self.encoding, self.errors)
        except UnicodeEncodeError:  # our own words, in an encoding without their letters
            return text.encode(self.encoding, "replace")


def _exact(encoding: str, data: bytes) -> str:
    """The encoding that leaves the mark at the start of a text where it is."""
    if encoding == "utf-16":
        return "utf-16-le" if data.startswith(codecs.BOM_UTF16_LE) else "utf-16-be"
    return _WITH_MARK.get(encoding, encoding)


def _letters(data: bytes, encoding: str) -> tuple[str, str]:
    """The text, and how what is no letter goes back into bytes."""
    try:
        return data.decode(encoding, "surrogateescape"), "surrogateescape"
    except UnicodeDecodeError:
        return data.decode(encoding, "replace"), "replace"
