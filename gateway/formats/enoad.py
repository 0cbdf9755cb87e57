"""Notices of arrival in the XML of the United States' eNOA/D and its kin: what shipboard systems write for NVMC, CARICOM, eBorder.

In: XML bytes with one or more `NOTICE`. Out: a `RawList` for each list of persons in it, crew and others apart. **Experimental**:
the schema (NOAD.ZIP, versions 3.1 to 3.6 and later) is not public, so only names that published documents show are known by
heart, in `TAGS`. Another element is read as a table's column would be: by the carrier's profile (`columns`, `ignore`), or
by words that say plainly what it is; the rest stays with the persons as extras. It is said once a file.

What such systems do to values is not undone here: FNU for no given name is for `normalise` to read, and signs that were
stripped from names cannot be brought back. NVMC news pages 2013 to 2018; Oracle SPMS documentation, seen 2026.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from lxml import etree

from gateway.codes.countries import country
from gateway.findings import Finding, Place, Rule, Severity
from gateway.formats import xmlpeople, xmltree
from gateway.formats.raw import HEADER_FIELDS, PERSON_FIELDS, ElementPlaces, HeaderValue, RawList, Reading
from gateway.formats.tables.words import COLUMNS, LABELS, key
from gateway.formats.xmlpeople import shown
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
COUNTRY_AS_STATE = Rule(
    id="X-33",
    severity=Severity.INFO,
    text="STATE holds the name of a country, as in notices for CARICOM; it was read as the country of the port",
    hint="nothing, if that is so",
)
NO_LIST = Rule(
    id="X-34",
    severity=Severity.ERROR,
    text="this notice holds no list of persons: no CREW_LIST, and no other list with LAST_NAME, FIRST_NAME or ID_NUM",
    hint="export the notice with its crew and non-crew lists",
    cites="33 CFR 160.206",
)
NOT_KEPT = Rule(
    id="X-35",
    severity=Severity.INFO,
    text="{count} kinds of element besides the persons have no field in a list and were not kept: {names}",
    hint="nothing, if no authority asked for them",
)
RULES: tuple[Rule, ...] = (
    *xmltree.RULES, *xmlpeople.RULES, EXPERIMENTAL, BY_WORDS, STRIPPED, COUNTRY_AS_STATE, NO_LIST, NOT_KEPT,
)  # fmt: skip

TAGS = {
    "LAST_NAME": "family_name",
    "FIRST_NAME": "given_names",
    "ID_NUM": "document.number",
    "US_ADDRESS_STREET": "extra",
    "US_ADDRESS_CITY": "extra",
    "US_ADDRESS_STATE": "extra",
    "US_ADDRESS_STATE_ABBR": "extra",
    "US_ADDRESS_ZIP": "extra",
    "LONGSHOREMAN_WORK_DECLARATION": "extra",
}
"""Elements of a person that were seen in a published document; "extra": known, and without a field."""

_OF_PERSONS = ("LAST_NAME", "FIRST_NAME", "ID_NUM")
_LEFT_OUT = (
    "NOTICE_DETAILS/VERSION",
    "SOURCE/",
    "EXPANSION/",
)  # the form's edition, who sent it, the sender's own fields
_MOST_LISTS = 50
_MOST_NAMED = 8
_LONGEST_PATH = 200
_MOST_PATHS = 1_000
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
    words = _Words(options)
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


class _Words:
    """What an element's name says: by the table, by the profile, by its words."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self._named = {key(name): field for name, field in options.get("columns", {}).items()}
        self.ignored = frozenset(key(name) for name in options.get("ignore", ()))

    def stated(self, path: str) -> str:
        """The person's field that the profile or `TAGS` gives it, "" for none."""
        field = self._named.get(key(path)) or TAGS.get(path, "")
        return field if field in PERSON_FIELDS else ""

    def person(self, path: str) -> str:
        return _by_words(path, COLUMNS, PERSON_FIELDS)

    def header(self, path: str) -> str:
        named = self._named.get(key(path), "")
        return named if named in HEADER_FIELDS else _by_words(path, LABELS, HEADER_FIELDS)


def _by_words(path: str, table: Mapping[str, str], fields: Sequence[str]) -> str:
    """With the words of the elements around it, else by its own."""
    found = (table.get(key(words), "") for words in (path.replace("/", " "), path.rpartition("/")[2]))
    return next((field for field in found if field in fields), "")


class _Part(msgspec.Struct, kw_only=True):
    kind: ListKind
    header: dict[str, HeaderValue]
    people: list[Any]
    path: str


def _parts(notice: etree._Element, above: str, words: _Words, findings: list[Finding]) -> Iterator[_Part]:
    """The lists of one notice."""
    lists = [one for one in notice.iter() if _is_list(one)]
    if len(lists) > _MOST_LISTS:
        findings.append(xmltree.TOO_MUCH.at(most=_MOST_LISTS, what="lists"))
    header = _Header(notice, frozenset(lists), above, words)
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


class _Header:
    """What the notice says besides its persons: the arrival by its documented names, the rest by words."""

    def __init__(self, notice: etree._Element, lists: frozenset[etree._Element], above: str, words: _Words) -> None:
        self.values: dict[str, HeaderValue] = {}
        self.findings: list[Finding] = []
        self._above, self._words = above, words
        self._fields: dict[str, str] = {}
        self._left: dict[str, etree._Element] = {}
        self._used: set[etree._Element] = set()
        below = [(notice, "")]
        for element, before in below:
            self._arrival(element)
            for one in element:
                path = f"{before}/{xmltree.local(one)}".lstrip("/")
                if one in lists:
                    continue
                if len(one) and len(path) <= _LONGEST_PATH:
                    below.append((one, path))
                if not path.startswith(_LEFT_OUT) and one not in self._used:
                    self._take(path, one)
        if self._left:
            place = xmltree.place(notice, None, above)
            self.findings.append(NOT_KEPT.at(place, count=len(self._left), names=_names(self._left)))

    def _take(self, path: str, element: etree._Element) -> None:
        text = xmltree.text(element)
        if path not in self._fields and len(self._fields) < _MOST_PATHS:
            self._fields[path] = self._words.header(path)
        field = self._fields.get(path) if text else ""
        if text and field and field not in self.values:
            self._put(field, text, element)
        elif len(path) > _LONGEST_PATH or (text and not (field and self.values[field].text == text)):
            self._left.setdefault(path, element)

    def _put(self, field: str, text: str, element: etree._Element) -> None:
        self.values[field] = HeaderValue(text, xmltree.place(element, field, self._above))

    def _arrival(self, block: etree._Element) -> None:
        """`ARRIVE_DT, ARRIVE_TIME, PORT_NAME, STATE`: the port of arrival, and when. The first such block counts."""
        if "arrival.port_name" in self.values:
            return
        day, clock, port, state = (xmltree.child(block, name) for name in _ARRIVAL)
        if day is None or port is None:
            return
        when = " ".join(filter(None, (xmltree.text(day), xmltree.text(clock))))
        where, land = xmltree.text(port) or "", xmltree.text(state) or ""
        if when and "arrival.estimated" not in self.values:
            self._put("arrival.estimated", when, day)
            self._used.update(one for one in (day, clock) if one is not None)
        if not where:
            return
        self._used.add(port)
        is_abroad = state is not None and len(land) > 3 and land.casefold() not in _STATES and country(land) is not None
        self._put("arrival.port_name", f"{where}, {land}" if is_abroad else where, port)
        if is_abroad and state is not None:
            self._used.add(state)
            self.findings.append(COUNTRY_AS_STATE.at(xmltree.place(state, None, self._above)))


_ARRIVAL = ("ARRIVE_DT", "ARRIVE_TIME", "PORT_NAME", "STATE")
_STATES = ("georgia",)  # a state of the United States that has a country's name


def _list(part: _Part, number: int | None, words: _Words) -> tuple[RawList | None, list[Finding]]:
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
        findings.append(BY_WORDS.at(Place(message=number, path=part.path), count=len(by_words), names=_names(by_words)))
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


def _names(paths: Mapping[str, object]) -> str:
    more = ", …" if len(paths) > _MOST_NAMED else ""
    return ", ".join(shown(path) for path in list(paths)[:_MOST_NAMED]) + more


def _has_signs(one: RawList) -> bool:
    names = (*one.columns.get("family_name", ()), *one.columns.get("given_names", ()))
    return any(sign in name for name in names if name for sign in "'’-")


def _version(notices: Sequence[tuple[etree._Element, str]]) -> str:
    """The edition that the first notice states, as far as it looks like one."""
    stated = xmltree.text(notices[0][0], "NOTICE_DETAILS", "VERSION") if notices else None
    return f" (version {stated})" if stated and re.fullmatch(r"\d{1,2}(\.\d{1,2}){0,2}", stated, re.A) else ""
