"""A national single window as strict as the Finnish one: it keeps visits and formalities, and answers each message with an FRM.

In: an EMSWe message in JSON (MIG 2.0). Out: the answer as the declarant's interface of Finland writes it, and what is filed. Rules by
their names in the public list of national rules (MIG 2.0.1 with NR rules, 2026-05). Written apart from the gateway's own reader and
writer, so that neither can be wrong in the same way.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

NOT_WITHDRAWN = frozenset(  # R-MAI-004
    ("ATA", "ATD", "CAR", "CGM", "COA", "EXT", "NAC", "NOA", "NOD", "PPA", "SDA", "SDD", "SID", "VID")
)
NOT_UPDATED = {"CAR", "COA", "EXT", "PNO", "NAC", "SDA", "SDD", "VID"}
AHEAD = "/env:Envelope.mai:MAI."

Told = tuple[str, str, str, str | None]
"""(error code, its text, the way to the value, the person's number)."""


@dataclass
class Formality:
    """What is filed of one kind for one visit. `subtypes`: for what; `persons`: how many; `at`: the newest authentication time."""

    declarant: str
    at: datetime
    subtypes: tuple[str, ...] = ()
    persons: int = 0
    is_withdrawn: bool = False
    versions: int = 1


@dataclass
class Visit:
    formalities: dict[str, Formality] = field(default_factory=dict)
    is_cancelled: bool = False
    is_completed: bool = False


@dataclass
class SingleWindow:
    """`visits`: by Visit ID; `filed`: every message that was accepted, oldest first; `withdrawn`: (visit, formality, subtype)."""

    visits: dict[str, Visit] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    filed: list[str] = field(default_factory=list)
    withdrawn: list[tuple[str, str, str]] = field(default_factory=list)

    def take(self, message: bytes) -> tuple[int, bytes]:
        """HTTP status and body: 201 for what is new, 200 for an update, 400 for what is refused."""
        envelope = json.loads(message)["env:Envelope"]
        head = envelope["mai:MAI"]
        document = head["mai:ExchangedDocument"]
        id, code = document["ram:ID"], document["ram:TypeCode"]
        visit_id = (
            head.get("mai:SpecifiedLogisticsTransportMovement", {}).get("ram:CallTransportEvent", {}).get("ram:ID", "")
        )
        told = list(self._wrong(envelope, head, document, visit_id))
        self.seen.add(id)
        is_update = not told and self._file(envelope, head, document, visit_id)
        answer = {"env:Envelope": _answer(id, code, visit_id, told)}
        if told:
            return 400, json.dumps(
                {"frmResponse": answer, "errorKey": "VALIDATION_FAILED", "fieldErrors": None}
            ).encode()
        self.filed.append(id)
        return 200 if is_update else 201, json.dumps(answer).encode()

    def _wrong(self, envelope: Any, head: Any, document: Any, visit_id: str) -> Iterator[Told]:
        code, purpose = document["ram:TypeCode"], document["ram:PurposeCode"]
        at = "mai:ExchangedDocument."
        if document.get("ram:VersionID") != "2.0":
            yield "ERR-002", "Use value 2.0", AHEAD + at + "ram:VersionID", None  # R-MAI-003
        if document["ram:ID"] in self.seen:
            yield "ERR-025", "The message identifier has been used before.", AHEAD + at + "ram:ID", None
        if visit_id not in self.visits:
            yield "ERR-001", "The Visit ID is not known.", AHEAD + "ram:CallTransportEvent.ram:ID", None  # G-MAI-001
            return
        visit = self.visits[visit_id]
        if visit.is_cancelled:
            yield "ERR-023", "The visit has been cancelled.", "", None  # G-MAI-005
        if visit.is_completed:
            yield "ERR-022", "The visit is completed.", "", None
        if code == "COA" and "ATA" in visit.formalities:
            yield "ERR-008", "The ship has arrived.", "", None  # NR-COA-001
        if purpose == "1" and code in NOT_WITHDRAWN:
            yield "ERR-009", "The formality cannot be withdrawn.", AHEAD + at + "ram:PurposeCode", None
        yield from self._out_of_turn(visit.formalities.get(code), head, document)
        if purpose == "9":
            yield from _wrong_persons(envelope, code)

    def _out_of_turn(self, known: Formality | None, head: Any, document: Any) -> Iterator[Told]:
        if known is None:
            return
        code = document["ram:TypeCode"]
        if known.declarant != _declarant(head):
            yield "ERR-006", "The declarant is another one.", AHEAD + "mai:ExchangedDeclaration", None  # NR-MAI-002
        if code in NOT_UPDATED and document["ram:PurposeCode"] == "9":
            yield "ERR-008", "The formality cannot be updated.", "", None
        if _authenticated(document) <= known.at:
            yield "ERR-019", "The message has been received out of sequence.", "", None

    def _file(self, envelope: Any, head: Any, document: Any, visit_id: str) -> bool:
        """True if something of this kind was there before."""
        visit, code = self.visits[visit_id], document["ram:TypeCode"]
        before = visit.formalities.get(code)
        body: Any = next((value for name, value in envelope.items() if name != "mai:MAI"), {})
        is_withdrawn = document["ram:PurposeCode"] == "1"
        subtypes = tuple(_named(body, "ExchangedDocument").get("ram:SubtypeCode", ()))
        visit.formalities[code] = Formality(
            declarant=_declarant(head),
            at=_authenticated(document),
            subtypes=() if is_withdrawn else subtypes,
            persons=0 if is_withdrawn else len(_persons(body)),
            is_withdrawn=is_withdrawn,
            versions=before.versions + 1 if before else 1,
        )
        gone = set(before.subtypes) - set(visit.formalities[code].subtypes) if before else set()
        self.withdrawn += [(visit_id, code, one) for one in sorted(gone)]  # G-PXA-003
        visit.is_cancelled = visit.is_cancelled or code == "COA"
        return before is not None


def _wrong_persons(envelope: Any, code: str) -> Iterator[Told]:
    body = envelope.get(f"{code.lower()}:{code}")
    if body is None:
        yield "ERR-029", "The formality is missing.", f"/env:Envelope.{code.lower()}:{code}", None
        return
    base = f"/env:Envelope.{code.lower()}:{code}.{code.lower()}:SpecifiedLogisticsTransportMovement.ram:OnboardTransportPerson"
    for number, person in enumerate(_persons(body), 1):
        if person.get("ram:SequenceNumeric") != number:
            yield "ERR-010", "Items are numbered 1, 2, 3.", base + ".ram:SequenceNumeric", str(number)  # G-GENERAL-002
        if code in ("PXA", "PXD") and "ram:TravelIdentityReferencedDocument" in person:
            yield from _lacking(person, base, number)


def _lacking(person: Any, base: str, number: int) -> Iterator[Told]:
    """NR-PXA-001 to -005: who has a document is checked at a border, and then these are asked for."""
    asked = {
        "ram:BirthCountryID": "ram:BirthCountryID",
        "ram:InTransitIndicator": "ram:InTransitIndicator",
        "ram:EmbarkationLogisticsLocation": "ram:EmbarkationLogisticsLocation.ram:ID",
        "ram:DisembarkationLogisticsLocation": "ram:DisembarkationLogisticsLocation.ram:ID",
    }
    document = person["ram:TravelIdentityReferencedDocument"]
    if "ram:IssueLogisticsLocation" not in document:
        path = ".ram:TravelIdentityReferencedDocument.ram:IssueLogisticsLocation.ram:CountryID"
        yield "ERR-027", "Issuing country of the document is mandatory.", base + path, str(number)
    for name, path in asked.items():
        if name not in person:
            yield "ERR-027", "Mandatory where a document is given.", f"{base}.{path}", str(number)


def _answer(id: str, code: str, visit_id: str, told: list[Told]) -> Any:
    errors = [
        {
            "ram:TypeCode": error,
            "ram:Description": [{"@languageID": "EN", "$": text}],
            "ram:SequenceNumeric": at,
            "ram:SpecifiedIdentifiedPointer": [
                {"ram:SequenceNumeric": 1, "ram:TagID": path} | ({"ram:SequenceID": number} if number else {})
            ]
            if path
            else [],
        }
        for at, (error, text, path, number) in enumerate(told, 1)
    ]
    return {
        "res:RES": {
            "res:ExchangedDocument": {"ram:PurposeCode": "9", "ram:ResponseTypeCode": "FRM", "ram:VersionID": "2.0"},
            "res:SpecifiedLogisticsTransportMovement": {"ram:CallTransportEvent": {"ram:ID": visit_id}},
            "res:AcknowledgementDocument": {
                "ram:ID": f"UT-{id[:8]}",
                "ram:ReferenceReferencedDocument": {"ram:IssuerAssignedID": None, "ram:TypeCode": code, "ram:ID": id},
                "ram:AuthorityIssuerTradeParty": [{"ram:ID": "UTMNSW-00001", "ram:Name": "UT MNSW"}],
            },
        },
        "frm:FRM": {
            "frm:AcknowledgementDocument": {
                "ram:StatusCode": "8" if told else "1",
                "ram:ReferencedReportedError": errors,
            }
        },
    }


def _declarant(head: Any) -> str:
    return head["mai:ExchangedDeclaration"]["ram:DeclarantTradeParty"]["ram:ID"]


def _authenticated(document: Any) -> datetime:
    stated = document["ram:FirstSignatoryDocumentAuthentication"]["ram:FormattedActualDateTime"]
    return datetime.fromisoformat(stated)


def _named(body: Any, ending: str) -> Any:
    return next((value for name, value in body.items() if name.endswith(":" + ending)), {})


def _persons(body: Any) -> list[Any]:
    return _named(body, "SpecifiedLogisticsTransportMovement").get("ram:OnboardTransportPerson", [])
