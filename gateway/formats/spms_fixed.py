"""Malaysia's fixed-width passenger list, as Oracle's shipboard system (SPMS) writes it for the immigration department.

In: bytes: a line "H" with the ship and the voyage, then a line "P" or "F" a person; each field at its own characters. Out: a
list for each header, with line and characters of every value. Experimental: the layout is carried over from the vendor's
description (docs.oracle.com, seen 2026), whose table of persons was seen only to the sex. What comes after it, and what has no
field in a list, is kept in the person's extras or named in a finding; nothing of it is guessed.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any, NamedTuple

from gateway.findings import Finding, Place, Rule, Severity
from gateway.formats import encodings
from gateway.formats.delimited import TOO_LARGE
from gateway.formats.raw import CellPlaces, HeaderValue, RawList, Reading
from gateway.manifest import ListKind

NAME = "spms-fixed"
MEDIA: tuple[str, ...] = ("text/plain",)
JAILED = False

KNOWN_IN_PART = Rule(
    id="Z-20",
    severity=Severity.INFO,
    text="this fixed-width list of Malaysia's is known only in part: of each person the name, date of birth and sex are read, "
    "the rest is kept as it is; of the header these were left out: {left_out}",
    hint="nothing to do; to have documents and nationalities read, send a workbook or PAXLST as well, or the form's description",
)
CUT_OFF = Rule(
    id="Z-21",
    severity=Severity.ERROR,
    text="this line ends before its last field, so the file may be cut off",
    hint="export the list again and look at its size; do not let a program remove the spaces at the end of lines",
)
STRANGE_LINE = Rule(
    id="Z-22",
    severity=Severity.ERROR,
    text="this line is neither a header (H) nor a person (P or F), so it was not read",
    hint="export the list again; do not edit it by hand",
)
NOBODY = Rule(
    id="Z-23",
    severity=Severity.ERROR,
    text="the header is followed by no person, and it does not say that there are 0",
    hint="export the list again and look at its size; it may be cut off",
)
RULES: tuple[Rule, ...] = (KNOWN_IN_PART, CUT_OFF, STRANGE_LINE, NOBODY, TOO_LARGE, *encodings.RULES)

_HEADER = (
    ("H", 1), ("issued", 14), ("vessel.name", 40), ("ship's agent", 40), ("ship type", 1), ("country", 3), ("last_port", 40),
    ("departure.estimated", 14), ("arrival.port", 40), ("arrival.estimated", 14), ("counts.passengers", 12), ("ship's weight", 6),
    ("local passengers", 6), ("foreign passengers", 6), ("end", 2),
)  # fmt: skip
"""What stands in a header, and in how many characters; a name that is no field of ours is left out and said."""
_PERSON = (("Kind of line", 1), ("National id", 12), ("full_name", 60), ("birth_date", 8), ("sex", 1))
_REST = "Characters from 83"
_COLUMNS = ("full_name", "birth_date", "sex")
_LEFT_OUT = ("ship's agent", "ship type", "country", "ship's weight", "local passengers", "foreign passengers")

_START = re.compile(rb"(\xef\xbb\xbf)?H(19|20)\d\d(0[1-9]|1[0-2])[0-3]\d[0-2]\d[0-5]\d[0-5]\d[^\r\n;,|\t]{5}")
_MOST_LINES = 200_000


class _Span(NamedTuple):
    name: str
    start: int
    end: int

    @property
    def shown(self) -> str:
        return f"characters {self.start + 1} to {self.end}" if self.end - self.start > 1 else f"character {self.end}"


def _spans(layout: Sequence[tuple[str, int]]) -> tuple[_Span, ...]:
    ends = accumulate(width for _, width in layout)
    return tuple(_Span(name, end - width, end) for (name, width), end in zip(layout, ends, strict=True))


_OF_HEADER, _OF_PERSON = _spans(_HEADER), _spans(_PERSON)
_HEADER_END, _PERSON_END = _OF_HEADER[-1].end, _OF_PERSON[-1].end

Line = tuple[int, str]


def recognise(head: bytes) -> bool:
    """A line that begins with H and a time of fourteen digits."""
    return _START.match(head) is not None


def read(data: bytes, options: Mapping[str, Any]) -> Reading:
    """A list for each header."""
    text, findings = encodings.decode(data, options.get("encoding"))
    if text.count("\n") > _MOST_LINES:
        return Reading(findings=[*findings, TOO_LARGE.at(most=_MOST_LINES, what="lines")])
    lines = [(number, line.rstrip("\r")) for number, line in enumerate(text.lstrip("\ufeff").split("\n"), 1)]
    open_line = 0 if text.endswith(("\n", "\x1a")) else len(lines)  # the last line has no end, so it may be cut off
    lists: list[RawList] = []
    for header, people, strange in _groups([line for line in lines if line[1].strip("\x1a ")]):
        findings += [STRANGE_LINE.at(Place(line=number)) for number, _ in strange]
        if header:
            one = _list(header, people)
            lists.append(one)
            findings += _said(one, header, people, open_line)
    return Reading(lists=lists, findings=findings if lists or findings else [NOBODY.at()])


def _groups(lines: Sequence[Line]) -> Iterator[tuple[Line | None, list[Line], list[Line]]]:
    """Each header with the persons below it, and what is neither."""
    header: Line | None = None
    people: list[Line] = []
    strange: list[Line] = []
    for line in lines:
        if line[1].startswith("H"):
            yield header, people, strange
            header, people, strange = line, [], []
        elif header and line[1].startswith(("P", "F")):
            people.append(line)
        else:
            strange.append(line)
    yield header, people, strange


def _list(header: Line, people: Sequence[Line]) -> RawList:
    columns = {span.name: [line[span.start : span.end].strip() or None for _, line in people] for span in _OF_PERSON}
    columns[_REST] = [line[_PERSON_END:].rstrip() or None for _, line in people]
    shown = {span.name: span.shown for span in _OF_PERSON}
    return RawList(
        format=NAME,
        kind=ListKind.PASSENGERS,
        size=len(people),
        columns={field: columns[field] for field in _COLUMNS},
        places=CellPlaces(
            columns=dict.fromkeys(_COLUMNS, ""),
            rows=[number for number, _ in people],
            headers={field: shown[field] for field in _COLUMNS},
        ),
        header=_header(header),
        dialects={"sex": "iso5218", "birth_date": "ymd", "times": "ymd"},
        extras={name: texts for name, texts in columns.items() if name not in _COLUMNS and any(texts)},
    )


def _header(header: Line) -> dict[str, HeaderValue]:
    number, line = header
    return {
        span.name: HeaderValue(_unfilled(span.name, text), Place(line=number, column=span.shown, field=span.name))
        for span in _OF_HEADER
        if span.name not in ("H", "end", *_LEFT_OUT) and (text := line[span.start : span.end].strip())
    }


def _unfilled(field: str, text: str) -> str:
    """A number without the zeros that fill up its characters."""
    return (text.lstrip("0") or "0") if field.startswith("counts.") else text


def _said(one: RawList, header: Line, people: Sequence[Line], open_line: int) -> Iterator[Finding]:
    """What is known in part, what may be missing, and what was left out."""
    left = [span.name for span in _OF_HEADER if span.name in _LEFT_OUT and header[1][span.start : span.end].strip()]
    yield KNOWN_IN_PART.at(Place(line=header[0]), left_out=", ".join(left) or "nothing")
    if len(header[1]) < _HEADER_END:
        yield CUT_OFF.at(Place(line=header[0]))
    longest = max((len(line) for _, line in people), default=0)
    for number, line in people:
        if len(line) < (longest if number == open_line else _PERSON_END):
            yield CUT_OFF.at(Place(line=number))
    declared = one.header.get("counts.passengers")
    if not people and (declared is None or declared.text != "0"):
        yield NOBODY.at(Place(line=header[0]))
