"""FRM, the answer to an EMSWe formality in its own language (MIG 2.0: RES and FRM), as XML or JSON as it was sent.

In: the message as it came, and the findings about it. Out: one Envelope: whose answer it is to (message id, formality, Visit
ID), accepted (1), accepted but for the errors (3) or rejected (8), and each error with its path and the person's number. The code
list of errors has none for what is only worth a look: warnings are told as texts of the status. It says how the *gateway* took
the list; the authority's own answer is another.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, NamedTuple

import msgspec

from gateway.answers.copies import Copy, NotMade
from gateway.answers.said import gravest_first
from gateway.findings import Finding, Severity, worst
from gateway.formats import xmltree
from gateway.formats.emswe import Node, json_envelope, xml_envelope
from gateway.formats.emswe_values import cut

_US: Final = "Passenger-data gateway"
_WRAPPED: Final = {"formalityData": "frmResponse"}  # the declarant API's names around an Envelope
_REPEATED: Final = frozenset(
    ("ram:AuthorityIssuerTradeParty", "ram:ReferencedReportedError", "ram:Description", "ram:SpecifiedIdentifiedPointer", "ram:Status")
)  # fmt: skip
_ID, _VISIT, _OWN_ID, _TEXT, _STATUS, _TAG = 70, 35, 22, 512, 256, 512  # an..
_MOST_ERRORS, _MOST_STATUS = 9_999, 200
_TYPES: Final = (
    (re.compile(r"birth_date|.*\.(expiry|issued)|issued"), "ERR-020"),
    (re.compile(r".*\.(estimated|actual)|embarked_at|disembarks_on"), "ERR-021"),
    (re.compile(r"vessel\.imo"), "ERR-026"),
    (re.compile(r".*\.port|embarkation|disembarkation|last_port|next_port"), "ERR-017"),
    (re.compile(r".*\.number"), "ERR-013"),
    (re.compile(r"phone"), "ERR-015"),
    (re.compile(r"email"), "ERR-016"),
    (re.compile(r"sex|nationality\d?|.*country|.*\.(issuer|type|flag)|rank_code|role|transit"), "ERR-010"),
)
"""Field -> the code of EMSWe's list of errors; ERR-027 (no valid text) for the rest, ERR-029 for what is missing."""


class _Request(NamedTuple):
    """What is answered. `wrap`: the member that the answer is to stand in, in JSON; `is_json`."""

    id: str
    formality: str
    visit: str
    is_json: bool
    wrap: str = ""


def answer(data: bytes, findings: Sequence[Finding], at: datetime, *, is_read: bool) -> Copy:
    """The answer to the message in `data`. Ids are made of it and of `at`, the time of the answer."""
    request = _request(data)
    id = sha256(data + at.isoformat().encode()).hexdigest()
    found = gravest_first(findings)
    nodes: list[Node] = [
        ("res:RES", _response(request, id)),
        ("frm:FRM", [("frm:AcknowledgementDocument", list(_verdict(found, is_read)))]),
    ]
    if not request.is_json:
        return Copy(data=xml_envelope(nodes, ("frm", "res")), media_type="application/xml", ending=".frm.xml")
    envelope = json_envelope(nodes, _REPEATED)
    body = msgspec.json.encode({request.wrap: envelope} if request.wrap else envelope)
    return Copy(data=body, media_type="application/json", ending=".frm.json")


def _request(data: bytes) -> _Request:
    is_json = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{"
    text, formality, wrap = _in_json(data) if is_json else _in_xml(data)
    code = formality or text("MAI", "ExchangedDocument", "TypeCode")
    if not re.fullmatch(r"[A-Z]{3}", code):
        raise NotMade("this is no EMSWe message that could be answered as one; take the answer as JSON")
    visit = text("MAI", "SpecifiedLogisticsTransportMovement", "CallTransportEvent", "ID")
    id = text("MAI", "ExchangedDocument", "ID")
    return _Request(cut(id, _ID) or "not given", code, visit if len(visit) <= _VISIT else "", is_json, wrap)


_Text = Callable[..., str]


def _in_xml(data: bytes) -> tuple[_Text, str, str]:
    root, _ = xmltree.parse(data)
    parts = [xmltree.local(part) for part in root] if root is not None else []
    return lambda *path: xmltree.text(root, *path) or "", next((part for part in parts if part != "MAI"), ""), ""


def _in_json(data: bytes) -> tuple[_Text, str, str]:
    try:
        whole: Any = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        whole = {}
    around = next((name for name in _WRAPPED if isinstance(whole, dict) and name in whole), "")
    envelope = _member(whole[around] if around else whole, "Envelope")
    parts = [name.rpartition(":")[2] for name in envelope if name[:1] != "@"] if isinstance(envelope, dict) else []

    def text(*path: str) -> str:
        at = envelope
        for name in path:
            at = _member(at, name)
        return at.strip() if isinstance(at, str) else ""

    return text, next((part for part in parts if part != "MAI"), ""), _WRAPPED.get(around, "")


def _member(holder: Any, name: str) -> Any:
    """The member of this local name, whatever its prefix."""
    if not isinstance(holder, dict):
        return None
    return next((value for key, value in holder.items() if key.rpartition(":")[2] == name), None)


def _response(request: _Request, id: str) -> list[Node]:
    visit: list[Node] = [
        ("res:SpecifiedLogisticsTransportMovement", [("ram:CallTransportEvent", [("ram:ID", request.visit)])])
    ]
    return [
        (
            "res:ExchangedDocument",
            [("ram:ID", id), ("ram:PurposeCode", "9"), ("ram:VersionID", "2.0"), ("ram:ResponseTypeCode", "FRM")],
        ),
        *(visit if request.visit else ()),
        (
            "res:AcknowledgementDocument",
            [
                ("ram:ID", id[:_OWN_ID]),
                ("ram:ReferenceReferencedDocument", [("ram:TypeCode", request.formality), ("ram:ID", request.id)]),
                ("ram:AuthorityIssuerTradeParty", [("ram:Name", _US)]),
            ],
        ),
    ]


def _verdict(found: Sequence[Finding], is_read: bool) -> Iterator[Node]:
    errors = [one for one in found if one.severity is Severity.ERROR]
    yield ("ram:StatusCode", "8" if not is_read else "3" if worst(found) is Severity.ERROR else "1")
    others = [f"{one.severity.value} {one.code} at {one.place}: {one.text}" for one in found[len(errors) :]]
    for text in others[:_MOST_STATUS]:
        yield ("ram:Status", cut(text, _STATUS))
    for number, one in enumerate(errors[:_MOST_ERRORS], 1):
        yield ("ram:ReferencedReportedError", list(_error(one, number)))


def _error(finding: Finding, number: int) -> Iterator[Node]:
    place = finding.place
    shape = f" ({finding.shape})" if finding.shape else ""
    yield ("ram:TypeCode", _type(finding))
    yield ("ram:Description", cut(f"{finding.code}: {finding.text}{shape}. {finding.hint}", _TEXT))
    yield ("ram:SequenceNumeric", number)
    pointer: list[Node] = [("ram:SequenceNumeric", 1)]
    pointer += [("ram:TagID", cut(place.path, _TAG))] if place.path else []
    pointer += [("ram:SequenceID", str(place.person))] if place.person is not None else []
    if len(pointer) > 1:
        yield ("ram:SpecifiedIdentifiedPointer", pointer)


def _type(finding: Finding) -> str:
    if "missing" in finding.text:
        return "ERR-029"
    field = finding.place.field or ""
    return next((code for pattern, code in _TYPES if pattern.fullmatch(field)), "ERR-027")
