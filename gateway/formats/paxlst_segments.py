"""What one segment of a person says (PAXLST groups 4 to 7, D.02B to D.16B; airline guides 3.0 to 6.0; sea practice).

In: a segment cut into elements. Out: (`Target`, text) pairs: a field, a field of the open document, or an extra by its
label, for every text of the segment but these, which say nothing more about the person:

    1131, 3055        code list and agency (139:6, 162:5, 110:111): the code speaks for itself
    EMP 9003          says only that an occupation follows
    NAD 3045          how the name is arranged: C080's components say so
    TDT 8051, 8067    stage and mode of the vehicle in group 7; what identifies it is kept
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import Enum
from typing import Final, NamedTuple

from gateway.formats.edifact import Separators, cut


class Of(Enum):
    """Whose a value is: the person's, the open document's, or nobody's in our schema: an extra by its label."""

    PERSON = 1
    DOCUMENT = 2
    EXTRA = 3


class Target(NamedTuple):
    of: Of
    name: str


Said = Iterable[tuple[Target, str]]
Reader = Callable[[list[list[str]]], Said]

FIELDS: Final = {
    "ATT+2": "sex",
    "DTM+329": "birth_date",
    "LOC+174": "residence_country",
    "LOC+178": "embarkation",
    "LOC+179": "disembarkation",
    "NAT+2": "nationality",
    "RFF+AVF": "booking_reference",
    "RFF+ABO": "carrier_reference",
    "RFF+SEA": "cabin",
    "RFF+YZY": "ticket_number",
    "COM+TE": "phone",
    "COM+EM": "email",
}
"""Segment and qualifier -> field of a person. LOC 180, EMP and group 7's TDT hold more than one: see their functions."""

DOCUMENT_FIELDS: Final = {"DTM+36": "expiry", "DTM+182": "issued", "LOC+91": "issuer"}

KNOWN: Final = frozenset(
    ("ATT", "AUT", "COM", "CPI", "CTA", "DTM", "EMP", "FTX", "GEI", "GID", "LOC", "MEA", "NAT", "QTY", "RFF", "TDT")
)
"""Segments of the directory: a qualifier that is not in the tables makes an extra, by segment and qualifier."""

NO_TAG: Final = "a segment without a tag"

_UTC: Final = re.compile(r"(\d{12})(?:\d\d)?(?:UTC|GMT|Z)", re.ASCII)
_NOT_GIVEN: Final = {("602", 4): "XXXX", ("610", 6): "XX"}
_ZONED: Final = ("303", "304")
_LENGTHS: Final = {"101": 6, "102": 8, "201": 10, "203": 12, "204": 14, "602": 4, "610": 6}


def person_says(tag: str, parts: list[list[str]]) -> Said:
    """A segment that stands where a person, or one of the person's documents, is open."""
    if tag in _READERS and len(parts) > 1:
        return _READERS[tag](parts)
    if len(tag) != 3:
        return ((_extra(NO_TAG), joined(parts)),)
    name = label(tag, parts)
    rest = joined([parts[1][1:], *parts[2:]]) if name != tag else ""
    return ((_extra(name), rest) if rest else (_extra(tag), joined(parts[1:])),)


def says(text: str, separators: Separators) -> dict[Target, str] | None:
    """All that a segment's text says; None where that takes a closer look: a segment or a date that is to be reported, or two
    values of one kind."""
    parts = cut(text, separators)
    tag = parts[0][0].rstrip()
    found = [(target, value) for target, value in person_says(tag, parts) if value]
    said = dict(found)
    is_odd = tag not in KNOWN or (tag == "DTM" and misses_its_format(parts)) or len(said) < len(found)
    return None if is_odd else said


def label(tag: str, parts: list[list[str]]) -> str:
    """A segment with its qualifier: RFF+AVF; COM has it in the second component."""
    qualifier = text_at(parts, 1, 1 if tag == "COM" else 0)
    return f"{tag}+{qualifier}" if qualifier.isalnum() and len(qualifier) < 4 else tag


def date_text(parts: list[list[str]]) -> str:
    """C507 2380: digits whose number tells the form. A year, or a year and month (formats 602, 610), gets XX for what is
    not given, as ICAO Doc 9303-3 writes it, since six digits would be YYMMDD. An offset (205) stays behind its digits; UTC by name (303, 304) becomes one."""
    text = text_at(parts, 1, 1)
    if text_at(parts, 1, 2) in _ZONED and (found := _UTC.fullmatch(text)):
        return found[1] + "+0000"
    return text + _NOT_GIVEN.get((text_at(parts, 1, 2), len(text)), "")


def misses_its_format(parts: list[list[str]]) -> str:
    """The format code (2379) of a DTM whose text has not the length that it asks for; empty if all is well."""
    code = text_at(parts, 1, 2)
    text = text_at(parts, 1, 1)
    return code if text and _LENGTHS.get(code, len(text)) != len(text) else ""


def text_at(parts: list[list[str]], element: int, component: int = 0) -> str:
    try:
        return parts[element][component].strip()
    except IndexError:
        return ""


def joined(parts: Sequence[Sequence[str]]) -> str:
    """What elements hold, as one line: components by a blank, elements by a comma."""
    return ", ".join(filter(None, (" ".join(text.strip() for text in part if text.strip()) for part in parts)))


def _extra(name: str) -> Target:
    return Target(Of.EXTRA, name)


def _target(name: str) -> Target:
    if name in DOCUMENT_FIELDS:
        return Target(Of.DOCUMENT, DOCUMENT_FIELDS[name])
    return Target(Of.PERSON, FIELDS[name]) if name in FIELDS else _extra(name)


def _date(parts: list[list[str]]) -> Said:
    name = label("DTM", parts)
    return ((_target(name), date_text(parts)), (_extra(f"{name} more"), joined(parts[2:])))


def _reference(parts: list[list[str]]) -> Said:
    name = label("RFF", parts)
    return ((_target(name), text_at(parts, 1, 1)), (_extra(f"{name} more"), joined([parts[1][2:], *parts[2:]])))


def _coded(tag: str, element: int) -> Reader:
    """ATT, LOC, NAT: a code in the element's first component, or its text in the fourth; given both, the text is kept beside."""

    def read(parts: list[list[str]]) -> Said:
        name = label(tag, parts)
        code, text = text_at(parts, element), text_at(parts, element, 3)
        beside = joined([parts[element][4:] if len(parts) > element else (), *parts[2:element], *parts[element + 1 :]])
        return (
            (_target(name), code or text),
            (_extra(f"{name} name"), text if code else ""),
            (_extra(f"{name} more"), beside),
        )

    return read


_ports_and_countries = _coded("LOC", 2)


def _place(parts: list[list[str]]) -> Said:
    """LOC 180: the country of birth as a code of up to three letters, the place behind it or in its stead."""
    if text_at(parts, 1) != "180":
        return _ports_and_countries(parts)
    code, *texts = text_at(parts, 2), joined([parts[2][3:] if len(parts) > 2 else (), *parts[3:]])
    is_country = len(code) < 4 or text_at(parts, 2, 1) == "162"  # alpha-4 is a former country (ISO 3166-3)
    country, place = (code, texts) if is_country else ("", [code, *texts])
    return (
        (Target(Of.PERSON, "birth_country"), country),
        (Target(Of.PERSON, "birth_place"), ", ".join(filter(None, place))),
    )


def _contact(parts: list[list[str]]) -> Iterator[tuple[Target, str]]:
    """COM: up to three numbers, each with its own qualifier."""
    for number in parts[1:]:
        yield _target(label("COM", [[], number])), text_at([number], 0)


def _occupation(parts: list[list[str]]) -> Said:
    """EMP: the category (C948, the airlines' CR1 to CR5) or the occupation (C951) as code and text, or a job title."""
    codes = [text for text in (text_at(parts, 3), text_at(parts, 2)) if text]
    texts = [text for text in (joined([part[3:]]) for part in (*parts[3:4], *parts[2:3], *parts[4:5])) if text]
    titles = [*texts[:1], joined(parts[5:])] if texts else [joined(parts[5:]), ""]
    return (
        (Target(Of.PERSON, "rank_code"), codes[0] if codes else ""),
        (Target(Of.PERSON, "rank"), titles[0]),
        (_extra("EMP"), joined([codes[1:], texts[1:], [titles[1]], *([parts[4][:1]] if len(parts) > 4 else [])])),
    )


def _vehicle(parts: list[list[str]]) -> Said:
    """TDT in group 7: the person's own vehicle; C222 holds its registration as 8213, else as 8212; some put it in 8028."""
    found = [text for text in (text_at(parts, 8), text_at(parts, 8, 3), text_at(parts, 2)) if text]
    rest = joined([found[1:], *parts[4:8], *(part[4:] for part in parts[8:9]), *parts[9:]])
    return ((Target(Of.PERSON, "vehicle_registration"), found[0] if found else ""), (_extra("TDT"), rest))


_READERS: Final[dict[str, Reader]] = {
    "ATT": _coded("ATT", 3),
    "COM": _contact,
    "DTM": _date,
    "EMP": _occupation,
    "LOC": _place,
    "NAT": _coded("NAT", 2),
    "RFF": _reference,
    "TDT": _vehicle,
}
