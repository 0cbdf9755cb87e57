"""Notices of arrival in the XML of the United States' eNOA/D and its kin: what shipboard systems write for NVMC, CARICOM, eBorder.

In: XML bytes with one or more `NOTICE`. Out: a `RawList` for each list of persons in it, crew and others apart. **Experimental**:
the schema (NOAD.ZIP, versions 3.1 to 3.6 and later) is not public, so only names that published documents show are known by
heart, in `enoad_names`. Another element is read as a table's column would be: by the carrier's profile (`columns`, `ignore`), or
by words that say plainly what it is; the rest stays with the persons as extras. It is said once a file.

What such systems do to values is not undone here: FNU for no given name is for `normalise` to read, and signs that were
stripped from names cannot be brought back. NVMC news pages 2013 to 2018; Oracle SPMS documentation, seen 2026.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from lxml import etree

from gateway.findings import Finding, Place, Rule, Severity
from gateway.formats import enoad_header, xmlpeople, xmltree
from gateway.formats.enoad_header import Header
from gateway.formats.enoad_names import TAGS, Words, names_of
from gateway.formats.raw import ElementPlaces, HeaderValue, RawList, Reading
from gateway.formats.tables.words import key
from gateway.manifest import ListKind

NAME = "enoad"
MEDIA: tuple[str, ...] = ("application/xml", "text/xml")
JAILED = False

EXPERIMENTAL = Rule(
    id="X-30",
    severity=Severity.INFO,
    text="eNOA/D-like XML{version} is read experimentally: its schema is not public, and only what is documented of it is known",
    hint="compare what was read with your list; what was not recognised can be named in your profile, under columns",
    cites="NVMC eNOA/D; 33 CFR 160.206",
)
BY_WORDS = Rule(
    id="X-31",
    severity=Severity.INFO,
    text="{count} kinds of element were read by the words of their names: {names}",
    hint="compare one person with the list; where it is wrong, name the column in your profile",
)
STRIPPED = Rule(
    id="X-32",
    severity=Severity.INFO,
    text="no name holds an apostrophe or a hyphen; the system that wrote this may have stripped them, as in OBRIEN for O'BRIEN",
    hint="compare names with the documents, or take the signs out of the system's list of fields to strip",
    cites="ICAO 9303-3, 4.6",
)
NO_LIST = Rule(
    id="X-34",
    severity=Severity.ERROR,
    text="this notice holds no list of persons: no CREW_LIST, and no other list with LAST_NAME, FIRST_NAME or ID_NUM",
    hint="export the notice with its crew and non-crew lists",
    cites="33 CFR 160.206",
)
RULES: tuple[Rule, ...] = (
    *xmltree.RULES, *xmlpeople.RULES, *enoad_header.RULES, EXPERIMENTAL, BY_WORDS, STRIPPED, NO_LIST,
)  # fmt: skip

_OF_PERSONS = ("LAST_NAME", "FIRST_NAME", "ID_NUM")
_MOST_LISTS = 50
_DIALECTS = {"document.type": "spms"}


def recognise(head: bytes) -> bool:
    """A NOTICE, or an envelope that holds one near its beginning."""
    return xmltree.root_of(head)[1] == "NOTICE" or xmltree.mentions(head, "NOTICE_DETAILS")


def read(data: bytes, options: Mapping[str, Any]) -> Reading:
    """All lists of all notices. Options: `columns` (their element -> field) and `ignore` (elements to leave out)."""
    root, findings = xmltree.parse(data)
    if root is None:
        return Reading(findings=findings)
    notices, said = xmltree.documents(root, "NOTICE")
    findings += said
    words = Words(options)
    parts = [part for notice, above in notices for part in _parts(notice, above, words, findings)]
    findings.insert(0, EXPERIMENTAL.at(version=_version(notices)))
    if not parts:
        findings.append(NO_LIST.at())
    lists = [_list(part, number if len(parts) > 1 else None, words) for number, part in enumerate(parts, 1)]
    findings += [finding for _, found in lists for finding in found]
    read_lists = [one for one, _ in lists if one is not None]
    if any(one.size for one in read_lists) and not any(map(_has_signs, read_lists)):
        findings.append(STRIPPED.at())
    return Reading(lists=read_lists, findings=findings)


class _Part(msgspec.Struct, kw_only=True):
    kind: ListKind
    header: dict[str, HeaderValue]
    people: list[Any]
    path: str


def _parts(notice: etree._Element, above: str, words: Words, findings: list[Finding]) -> Iterator[_Part]:
    """The lists of one notice."""
    lists = [one for one in notice.iter() if _is_list(one)]
    if len(lists) > _MOST_LISTS:
        findings.append(xmltree.TOO_MUCH.at(most=_MOST_LISTS, what="lists"))
    header = Header(notice, frozenset(lists), above, words)
    findings += header.findings
    for one in lists[:_MOST_LISTS]:
        kind = ListKind.CREW if xmltree.local(one) == "CREW_LIST" else ListKind.PASSENGERS
        people = list(one)
        names = list(dict.fromkeys(map(xmltree.local, people)))
        path = f"{xmltree.place(one, None, above).path}/{names[0] if len(names) == 1 else '*'}"
        yield _Part(kind=kind, header=header.values, people=people, path=path)


def _is_list(element: etree._Element) -> bool:
    """A list of persons by its name, or by what the first element in it has."""
    name = xmltree.local(element)
    if name == "CREW_LIST" or not name.endswith("_LIST") or not len(element):
        return name == "CREW_LIST"
    return any(xmltree.child(element[0], tag) is not None for tag in _OF_PERSONS)


def _list(part: _Part, number: int | None, words: Words) -> tuple[RawList | None, list[Finding]]:
    if len(part.people) > xmlpeople.MOST_PERSONS:
        return None, [xmlpeople.TOO_MANY.at(most=xmlpeople.MOST_PERSONS)]
    columns = {
        path: values for path, values in xmlpeople.columns_of(part.people).items() if key(path) not in words.ignored
    }
    stated = {path: field for path in columns if (field := words.stated(path))}
    taken = set(stated.values())
    by_words: dict[str, str] = {}
    for path in columns:
        field = words.person(path)
        if path not in stated and path not in TAGS and field and field not in taken:
            by_words[path] = field
            taken.add(field)
    fields = xmlpeople.sorted_out(columns, len(part.people), stated | by_words)
    places = ElementPlaces(part.path, fields.names, number)
    findings = fields.findings(places, tuple(TAGS))
    if by_words:
        findings.append(
            BY_WORDS.at(Place(message=number, path=part.path), count=len(by_words), names=names_of(by_words))
        )
    raw = RawList(
        format=NAME,
        kind=part.kind,
        size=fields.size,
        columns={field: values for field, values in fields.columns.items() if any(values)},
        places=places,
        header=part.header,
        dialects=_DIALECTS,
        extras=fields.extras,
    )
    return raw, findings


def _has_signs(one: RawList) -> bool:
    names = (*one.columns.get("family_name", ()), *one.columns.get("given_names", ()))
    return any(sign in name for name in names if name for sign in "'’-")


def _version(notices: Sequence[tuple[etree._Element, str]]) -> str:
    """The edition that the first notice states, as far as it looks like one."""
    stated = xmltree.text(notices[0][0], "NOTICE_DETAILS", "VERSION") if notices else None
    return f" (version {stated})" if stated and re.fullmatch(r"\d{1,2}(\.\d{1,2}){0,2}", stated, re.A) else ""
