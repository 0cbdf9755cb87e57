"""PAXLST: passenger and crew lists in UN/EDIFACT, D.02B to D.16B, as airlines, ports and ships send them.

In: the bytes of one or more interchanges. Out: a `RawList` for every list, also where it comes in several messages.
The message is read without a grammar: a file that a strict reader refuses for its order or an unknown qualifier is read
here, and what had no place is said. Other messages (CUSRES, ...; PNRGOV has its own reader), lists of removals and messages
that were cut off are recognised and refused, each with a sentence.

`edifact` has the syntax, `edifact_messages` the envelopes, `edifact_parts` joins parts, `paxlst_voyage` reads the header,
`paxlst_people` the persons with `paxlst_rows`, `paxlst_opening`, `paxlst_scopes`, `paxlst_segments` and `paxlst_columns`; `paxlst_counts` compares, `paxlst_status` has BGM 266. Segments are counted through the file, from UNB.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from gateway.findings import Finding, Place, Rule, Severity, shape
from gateway.formats import (
    edifact,
    edifact_files,
    edifact_messages,
    edifact_parts,
    paxlst_counts,
    paxlst_people,
    paxlst_ports,
    paxlst_status,
    paxlst_voyage,
)
from gateway.formats.edifact_findings import MORE, Findings
from gateway.formats.edifact_messages import CUT_OFF, Message
from gateway.formats.paxlst_columns import Table
from gateway.formats.paxlst_counts import compared, declared
from gateway.formats.paxlst_opening import CREW, PERSONS
from gateway.formats.paxlst_people import People
from gateway.formats.paxlst_voyage import TIMES, Header, read_header
from gateway.formats.raw import RawList, Reading, SegmentPlaces
from gateway.manifest import ListKind

NAME = "paxlst"
MEDIA: tuple[str, ...] = ("application/edifact",)
JAILED = False

OTHER_MESSAGE = Rule(
    id="E-12", severity=Severity.ERROR, text="this is a {type} message{meaning}, not a list of passengers or crew",
    hint="send the list as PAXLST, and bookings (PNRGOV) in a file of their own", cites="UN/EDIFACT PAXLST, 1.1",
)  # fmt: skip
US_EDIFACT = Rule(
    id="E-13", severity=Severity.ERROR, text="this is the older United States form of PAXLST (with UNS and PDT), which is not read here",
    hint="send PAXLST of a UN directory, D.02B or later",
)  # fmt: skip
REMOVALS = Rule(
    id="E-16", severity=Severity.ERROR, text="this message takes persons off an earlier list (BGM {document} {variant}); a list is only taken as a whole",
    hint="send the whole list again, with BGM 1225 = 5 (replace)",
)  # fmt: skip
WRONG_KIND = Rule(
    id="E-19", severity=Severity.WARNING, text="BGM does not say that this is a list of {kind}, as its persons are; it was read as one",
    hint="use BGM 745 for passengers and 250 for crew", cites="UN/EDIFACT 1001",
)  # fmt: skip
NOBODY = Rule(
    id="E-23", severity=Severity.WARNING, text="the list holds no person: there is no NAD with FL, FM or another code for persons",
    hint="if nobody is on board, say so with CNT 42 or 41 and 0",
)  # fmt: skip
PARTS_DIFFER = Rule(
    id="E-24", severity=Severity.WARNING, text="the parts of the list do not agree about {what}; the first part was believed",
    hint="send every part with the same header",
)  # fmt: skip
RULES: tuple[Rule, ...] = (
    *edifact.RULES, *edifact_messages.RULES, *edifact_parts.RULES, *edifact_files.RULES, *paxlst_voyage.RULES, *paxlst_people.RULES,
    *paxlst_counts.RULES, *paxlst_status.RULES, OTHER_MESSAGE, US_EDIFACT, REMOVALS, WRONG_KIND, NOBODY, PARTS_DIFFER, MORE,
)  # fmt: skip

_MEANINGS: Final = {
    "PNRGOV": " (bookings)",
    "CUSRES": " (an authority's answer)",
    "APERAK": " (an acknowledgement)",
    "CONTRL": " (an acknowledgement)",
    "BERMAN": " (a port call)",
}
_REMOVALS: Final = frozenset(("XR", "RP", "H"))
_CREW_LISTS: Final = ("250", "336")
_DATES: Final = (
    "birth_date", "document.expiry", "document.issued", "document2.expiry", "document2.issued", "document3.expiry",
    "document3.issued", "visa.expiry", "visa2.expiry", *TIMES,
)  # fmt: skip
_TAGS: Final = {
    "sex": "ATT", "birth_date": "DTM", "expiry": "DTM", "issued": "DTM", "type": "DOC", "number": "DOC",
    "other_type": "DOC", "issuer": "LOC", "residence_country": "LOC", "embarkation": "LOC", "disembarkation": "LOC",
    "birth_place": "LOC", "birth_country": "LOC", "nationality": "NAT", "nationality2": "NAT", "nationality3": "NAT",
    "booking_reference": "RFF", "carrier_reference": "RFF", "cabin": "RFF", "ticket_number": "RFF", "phone": "COM",
    "email": "COM", "rank": "EMP", "rank_code": "EMP", "vehicle_registration": "TDT",
}  # fmt: skip


def recognise(head: bytes) -> bool:
    """Any EDIFACT interchange, so that other messages than PAXLST are refused by name."""
    return edifact.recognise(head)


def read(data: bytes, options: Mapping[str, Any]) -> Reading:
    """Every list in `data`, and every finding. The format has no options."""
    findings = Findings()
    messages: list[Message] = []
    for interchange in edifact.interchanges(data, findings):
        messages += edifact_messages.messages(interchange, len(messages) + 1, findings)
    readable = [message for message in messages if _is_readable(message, findings)]
    lists = [_read_list(parts, findings) for parts in edifact_parts.whole_lists(readable, findings)]
    return Reading(lists=[raw for raw in lists if raw is not None], findings=findings.finished())


def _is_readable(message: Message, findings: list[Finding]) -> bool:
    segments = message.interchange.segments
    if message.type != "PAXLST":
        type_ = message.type if message.type.isalpha() and len(message.type) == 6 else "nameless"
        findings.append(OTHER_MESSAGE.at(message.place, type=type_, meaning=_MEANINGS.get(type_, "")))
    elif any(segments[index].startswith("UNS") for index in message.marks):
        findings.append(US_EDIFACT.at(message.place))
    elif not message.whole:
        findings.append(CUT_OFF.at(message.place))
    else:
        return True
    return False


def _read_list(messages: Sequence[Message], findings: list[Finding]) -> RawList | None:
    blocks = [_person_blocks(message) for message in messages]
    header = _read_header(messages, blocks, findings)
    if header.document == "266":
        return paxlst_status.read_status(messages, header, findings)
    if taken_off := _removal(header):
        findings.append(REMOVALS.at(messages[0].place, document=header.document, variant=taken_off))
        return None
    size = sum(map(len, blocks))
    table = Table(size, findings)
    people = People(table, "FM" if header.document in _CREW_LISTS else "FL")
    for message, of_message in zip(messages, blocks, strict=True):
        people.add(message, of_message)
    table.finish()
    if not size:
        findings.append(NOBODY.at(messages[0].place))
    crew = sum(role in CREW for role in table.column("role").values)
    counts = compared(declared(messages, findings), size - crew, crew, findings)
    raw = RawList(
        format=NAME,
        kind=_kind(header, size, crew, messages[0].place, findings),
        size=size,
        columns={field: column.values for field, column in table.columns.items()},
        places=_places(messages, table),
        header={**header.values, **counts},
        itinerary=header.itinerary,
        dialects=_dialects(table),
        extras={label: column.values for label, column in table.extras.items()},
    )
    return paxlst_ports.decoded(raw, messages)


def _removal(header: Header) -> str:
    """How BGM says that the persons are off an earlier list; an empty text where it does not."""
    function = header.values.get("function")
    if header.variant in _REMOVALS:
        return header.variant
    return "1225 = 3" if function is not None and function.text.strip() == "3" else ""


def _person_blocks(message: Message) -> list[tuple[int, int]]:
    """Where each person's segments start and end. NAD opens a person by its code; behind TDT, unless it names a party."""
    segments, element = message.interchange.segments, message.interchange.separators.element
    marks = [*message.marks, message.end]
    blocks: list[tuple[int, int]] = []
    transport = next((i for i in range(message.start, message.end) if segments[i].startswith("TDT")), message.end)
    for index, stop in pairwise(marks):
        if not segments[index].startswith("NAD"):
            continue
        code = "".join(segments[index].split(element, 2)[1:2]).strip().upper()
        if code in PERSONS or (code not in _PARTIES and (index > transport or blocks)):
            blocks.append((index, stop))
    return blocks


_PARTIES: Final = frozenset(("MS", "MR", "FR", "AG", "CA", "CV", "DT", "CG", "HX"))


def _read_header(
    messages: Sequence[Message], blocks: Sequence[Sequence[tuple[int, int]]], findings: list[Finding]
) -> Header:
    """The first part's header; the others are compared with it."""
    headers: list[Header] = []
    for message, of_message in zip(messages, blocks, strict=True):
        counts = (index for index in message.marks if message.interchange.segments[index].startswith("CNT"))
        end = of_message[0][0] if of_message else next(counts, message.end)
        headers.append(read_header(message, end, [] if headers else findings))
    for field, what in (("voyage.number", "the voyage"), ("vessel.imo", "the ship"), ("departure.port", "the leg")):
        if len({header.values[field].text for header in headers if field in header.values}) > 1:
            findings.append(PARTS_DIFFER.at(messages[0].place, what=what))
    if len({header.document for header in headers}) > 1:
        findings.append(PARTS_DIFFER.at(messages[0].place, what="the kind of list"))
    return headers[0]


def _kind(header: Header, size: int, crew: int, place: Place, findings: list[Finding]) -> ListKind:
    said = {"745": ListKind.PASSENGERS, "250": ListKind.CREW, "336": ListKind.CREW}.get(header.document)
    if not size:
        return said or ListKind.PASSENGERS
    kind = ListKind.CREW if crew == size else ListKind.MIXED if crew else ListKind.PASSENGERS
    if said is not kind and (said is None or kind is not ListKind.MIXED):
        findings.append(WRONG_KIND.at(place, kind=kind.value, shape=shape(header.document)))
    return kind


def _places(messages: Sequence[Message], table: Table) -> SegmentPlaces:
    tags = {field: tag for field in table.columns if (tag := _TAGS.get(field.rpartition(".")[2]))}
    return SegmentPlaces(
        people=table.opened_at,
        segments={field: table.columns[field].where for field in tags},
        tags=tags,
        message=messages[0].number if len(messages) == 1 else None,
    )


def _dialects(table: Table) -> dict[str, str]:
    """Document codes are the guides' letters, or the numbers of UN/EDIFACT 1001 where nothing but numbers is used."""
    types = [field for field in table.columns if field.endswith(".type")]
    codes = {code for field in types for code in set(table.columns[field].values) if code}
    document = "un1001" if codes and all(code.isdecimal() for code in codes) else "api"
    return {**dict.fromkeys(_DATES, "edifact"), "sex": "edifact", **dict.fromkeys(types, document)}
