"""ISO 28005 EPC messages: the electronic port clearance of ships, for the crew and passenger lists in it.

In: XML bytes with one or more `EPCMessage`, in the dialect of 2011 (as EMSA's prototype single windows had it) or of 2021, in the
namespace `http://www.iso.org/28005-2`, in none, or mixed, alone, in an envelope, or as text within one. Out: a `RawList` for the
crew and one for the passengers of each message, one without persons where it only counts or cancels. Names of elements
decide, never namespaces. ISO 28005-2:2011, ISO 28005-2:2021, ISO 28005-1:2013 (bodies).

`xmltree` parses, `xmlpeople` makes columns of persons, `epc_people` knows what they mean, `epc_header` reads the rest.
The code lists of the standard (duties, kinds of time) are not public: what is no plain word or code of IMO's stays as it is.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from lxml import etree

from gateway.findings import Finding, Rule, Severity
from gateway.formats import epc_header, epc_people, xmlpeople, xmltree
from gateway.formats.raw import ElementPlaces, HeaderValue, RawList, Reading
from gateway.manifest import ListKind

NAME = "epc"
MEDIA: tuple[str, ...] = ("application/xml", "text/xml")
JAILED = False

ANSWER = Rule(
    id="X-13",
    severity=Severity.ERROR,
    text="this EPC message is an authority's answer ({body}), not a list of passengers or crew",
    hint="send the message with EPCRequestBody",
    cites="ISO 28005-1",
)
NO_LIST = Rule(
    id="X-14",
    severity=Severity.ERROR,
    text="this EPC message holds neither CrewList nor PassengerList, and no number of persons on board",
    hint="send the crew and the passengers in EPCRequestBody",
    cites="ISO 28005-2, CrewList and PassengerList",
)
NOT_CANCELLED = Rule(
    id="X-25",
    severity=Severity.WARNING,
    text="'Cancel' says no: the message cancels nothing, and nothing was done with it",
    hint="send Cancel with true to take a message back",
    cites="ISO 28005-1, EPCCancelBody",
)
CANCELLED = Rule(
    id="X-26",
    severity=Severity.WARNING,
    text="'EPCCancelBody' takes a message back as a whole and names neither ship nor voyage; it was read as a list that is withdrawn",
    hint="send ShipID, VoyageNumber and the port of call with it, so that the list can be found that is meant",
    cites="ISO 28005-1, EPCCancelBody",
)
NO_PERSON = Rule(
    id="X-27",
    severity=Severity.WARNING,
    text="{count} elements stand among the persons and are none; they were not read",
    hint="put nothing but persons into CrewList and PassengerList",
    cites="ISO 28005-2, CrewList and PassengerList",
)
RULES: tuple[Rule, ...] = (
    *xmltree.RULES, *xmlpeople.RULES, *epc_people.RULES, *epc_header.RULES,
    ANSWER, NO_LIST, NOT_CANCELLED, CANCELLED, NO_PERSON,
)  # fmt: skip

_DIALECTS = {"dates": "iso", "document.type": "un1001"}
_LISTS = {"CrewList": ListKind.CREW, "PassengerList": ListKind.PASSENGERS}
_PERSONS = ("CrewData", "CrewMemberData", "PassengerData")
_ANSWERS = ("EPCAcknowledgeBody", "EPCReceiptBody")


def recognise(head: bytes) -> bool:
    """An EPCMessage, or an envelope that holds one near its beginning."""
    return xmltree.root_of(head)[1] == "EPCMessage" or xmltree.mentions(head, "EPCMessage")


def read(data: bytes, options: Mapping[str, Any]) -> Reading:
    """All lists of all messages. No options."""
    root, findings = xmltree.parse(data)
    if root is None:
        return Reading(findings=findings)
    messages, said = xmltree.documents(root, "EPCMessage")
    findings += said
    if not messages and not said:
        findings.append(NO_LIST.at())
    parts = [part for message, above in messages for part in _parts(message, above, findings)]
    lists = [
        found
        for number, part in enumerate(parts, 1)
        if (found := _list(part, number if len(parts) > 1 else None, findings)) is not None
    ]
    return Reading(lists=lists, findings=findings)


class _Part(msgspec.Struct, kw_only=True):
    """A list of a message. `path`: of its persons' elements."""

    kind: ListKind
    header: epc_header.Header
    people: list[Any] = []
    path: str = ""


def _parts(message: etree._Element, above: str, findings: list[Finding]) -> Iterator[_Part]:
    header = epc_header.read_header(message, above)
    findings += header.findings
    withdraws = _withdraws(message, above, header, findings)
    is_list = False
    for name, kind in _LISTS.items():
        lists = [one for body in xmltree.children(message, "EPCRequestBody") for one in xmltree.children(body, name)]
        lists = [one for one in lists if one.get(f"{xmltree.XSI}nil") not in ("true", "1")]
        if lists:
            is_list = True
            people = [one for each in lists for one in _people(each, above, findings)]
            yield _Part(kind=kind, header=header, people=people, path=_path(lists, people, above))
    if is_list or withdraws is False:
        return
    if withdraws or any(field.startswith("counts.") for field in header.values):
        yield _Part(kind=ListKind.MIXED, header=header, path=xmltree.place(message, None, above).path or "")
        return
    answer = next((name for name in _ANSWERS if xmltree.child(message, name) is not None), None)
    where = xmltree.place(message, None, above)
    findings.append(ANSWER.at(where, body=answer) if answer else NO_LIST.at(where))


def _withdraws(message: etree._Element, above: str, header: epc_header.Header, findings: list[Finding]) -> bool | None:
    """Whether the message takes an earlier one back; None where it does not speak of that."""
    body = xmltree.child(message, "EPCCancelBody")
    if body is None:
        return None
    where = xmltree.place(body, "function", above)
    if (xmltree.text(body, "Cancel") or "true").casefold() in ("false", "0"):
        findings.append(NOT_CANCELLED.at(where))
        return False
    header.values["function"] = HeaderValue("cancel", where)
    if not any(field.startswith(("vessel.", "voyage.", "arrival.", "departure.")) for field in header.values):
        findings.append(CANCELLED.at(where))
    return True


def _people(of: etree._Element, above: str, findings: list[Finding]) -> Iterator[etree._Element]:
    """The persons' elements, by their names; another one that has parts may be a person too, and must not be lost."""
    others = []
    for one in of:
        if xmltree.local(one) in _PERSONS or len(one):
            yield one
        else:
            others.append(one)
    if others:
        findings.append(NO_PERSON.at(xmltree.place(others[0], None, above), count=len(others)))


def _path(lists: list[Any], people: list[Any], above: str) -> str:
    """An XPath of which the n-th element is the n-th person."""
    names = list(dict.fromkeys(xmltree.local(one) for one in people)) or ["*"]
    step = names[0] if len(names) == 1 else f"*[{' or '.join(f'self::{name}' for name in names)}]"
    path = xmltree.place(lists[0], None, above).path or ""
    return f"{path}/{step}" if len(lists) == 1 else f"({path.removesuffix('[1]')}/{step})"


def _list(part: _Part, number: int | None, findings: list[Finding]) -> RawList | None:
    if len(part.people) > xmlpeople.MOST_PERSONS:
        findings.append(xmlpeople.TOO_MANY.at(most=xmlpeople.MOST_PERSONS))
        return None
    fields, said = epc_people.read_people(part.people, part.path, number)
    findings += said
    return RawList(
        format=NAME,
        kind=part.kind,
        size=fields.size,
        columns={field: values for field, values in fields.columns.items() if any(values)},
        places=ElementPlaces(part.path, fields.names, number),
        header=part.header.values,
        itinerary=part.header.itinerary,
        dialects=_DIALECTS,
        extras=fields.extras,
    )
