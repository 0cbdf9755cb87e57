"""EMSWe formalities PXA, PXD, CWA and CWD, MIG 2.0: a manifest for the national single window, as XML or JSON.

In: a `Manifest` of passengers or of crew, and a `WriteOrder`. Out: one Envelope, bytes. One element tree is built per
message (`tree`) and written in either syntax, so the two forms cannot drift apart. The element order is the XSD's as
reconstructed from the public JSON Schemas (2.0.1.0); no official v2 XSD of these formalities is public.
Withdrawal (PurposeCode 1) is the header alone. Unknown optionals are omitted, never filled (MIG principles P33, P35).

A person needs gender, names, birth date and a nationality (all 1..1 in the schema). `cannot_carry` names those who
lack one, so that the caller can say so; `tree` expects them to be gone.
"""

import json
from collections.abc import Iterator
from typing import Any, Final
from xml.sax.saxutils import escape

from gateway.codes import documents, sex
from gateway.codes.countries import iso2_of
from gateway.formats.writing import WriteOrder
from gateway.manifest import Direction, Document, Function, ListKind, Manifest, Nationality, Person, Port, Purpose, Role

_NS = "urn:un:unece:uncefact:data:standard:"
_NAMESPACES: Final = {
    "env": _NS + "Envelope",
    "mai": _NS + "MAI:MMTPlus",
    "qdt": _NS + "QualifiedDataType:100",
    "ram": _NS + "ReusableAggregateBusinessInformationEntity:100",
    "udt": _NS + "UnqualifiedDataType:100",
}
_SUBTYPES: Final = {Purpose.BORDER: "SUB-01", Purpose.SAFETY: "SUB-02"}  # R-PXA-001
_CATEGORIES: Final = {Role.PASSENGER: "FL", Role.STOWAWAY: "DEE", Role.OTHER_SHIP_CREW: "DFY"}  # R-PXA-002
_REPEATED: Final = frozenset(
    ("ram:SubtypeCode", "ram:DefinedTradeContact", "ram:OnboardTransportPerson", "ram:NationalityTradeCountry")
)
_LONGEST_NAME = 70  # an..70
_WITHOUT_STATE: Final = frozenset(("XXA", "XXB", "XXC", "XXX"))  # the only codes besides ISO alpha-3 in DE-035-04

Node = tuple[str, Any]
"""(element name, text | int | list of Nodes). A list of nodes is a container, in XSD order."""


def formality(manifest: Manifest) -> str:
    """PXA, PXD, CWA or CWD: by the list's kind and whether it is made for an arrival (default) or a departure."""
    ending = "D" if manifest.voyage.direction is Direction.DEPARTURE else "A"
    return ("CW" if manifest.kind is ListKind.CREW else "PX") + ending


def cannot_carry(person: Person) -> list[str]:
    """The required fields that this person lacks; empty if MIG 2.0 can carry the person."""
    lacking = []
    if person.birth_date is None or len(person.birth_date) != 10:
        lacking.append("birth_date")
    if not any(_nationality_code(one) for one in person.nationalities):
        lacking.append("nationality")
    if not (person.family_name or person.given_names):
        lacking.append("family_name")
    return lacking


def tree(manifest: Manifest, order: WriteOrder) -> list[Node]:
    """The Envelope's children: the header MAI and, unless the list is withdrawn, the formality."""
    code = formality(manifest)
    is_withdrawn = manifest.function is Function.CANCEL
    header = ("mai:MAI", _header(code, order, is_withdrawn))
    return [header] if is_withdrawn else [header, (f"{code.lower()}:{code}", list(_body(code, manifest, order)))]


def _header(code: str, order: WriteOrder, is_withdrawn: bool) -> list[Node]:
    party = _party(order)
    at = order.at.isoformat(timespec="seconds").replace("+00:00", "Z")
    header: list[Node] = [
        (
            "mai:ExchangedDocument",
            [
                ("ram:ID", order.message_id),
                ("ram:TypeCode", code),
                ("ram:PurposeCode", "1" if is_withdrawn else "9"),  # R-MAI-001: 9 is original and update
                ("ram:VersionID", "2.0"),
                ("ram:FirstSignatoryDocumentAuthentication", [("ram:FormattedActualDateTime", at)]),
            ],
        ),
        ("mai:ExchangedDeclaration", [("ram:DeclarantTradeParty", party)]),
    ]
    if order.visit_id:
        visit: Node = ("ram:CallTransportEvent", [("ram:ID", order.visit_id)])
        header.append(("mai:SpecifiedLogisticsTransportMovement", [visit]))
    return header


def _party(order: WriteOrder) -> list[Node]:
    declarant = order.declarant
    if declarant is None:
        return [("ram:ID", order.sender), ("ram:RoleCode", "AG")]
    party: list[Node] = [("ram:ID", declarant.id), ("ram:Name", declarant.name[:70]), ("ram:RoleCode", declarant.role)]
    if declarant.contact_name and declarant.phone and declarant.email:  # each 1..1 once a contact is named
        phone: Node = ("ram:TelephoneUniversalCommunication", [("ram:CompleteNumber", declarant.phone)])
        mail: Node = ("ram:EmailURIUniversalCommunication", [("ram:URIID", declarant.email)])
        party.append(("ram:DefinedTradeContact", [("ram:PersonName", declarant.contact_name), phone, mail]))
    return party


def _body(code: str, manifest: Manifest, order: WriteOrder) -> Iterator[Node]:
    prefix = code.lower()
    subtypes: list[Node] = [("ram:SubtypeCode", _SUBTYPES[p]) for p in order.purposes if p in _SUBTYPES]
    if subtypes:
        yield (f"{prefix}:ExchangedDocument", subtypes)
    build = _crew_member if code.startswith("CW") else _passenger
    people: list[Node] = [("ram:OnboardTransportPerson", list(build(p, i))) for i, p in enumerate(manifest.persons, 1)]
    yield (f"{prefix}:SpecifiedLogisticsTransportMovement", people)


def _passenger(person: Person, number: int) -> Iterator[Node]:
    yield ("ram:CategoryCode", _CATEGORIES.get(person.role, "FL"))
    yield from _who(person)
    if person.transit is not None:
        yield ("ram:InTransitIndicator", int(person.transit))
    yield ("ram:SequenceNumeric", number)  # G-GENERAL-002: 1, 2, 3 …
    yield ("ram:BirthDate", person.birth_date)
    if person.special_care:
        yield ("ram:AssistanceRequirements", person.special_care[:256])
    if person.emergency_contact:
        yield ("ram:EmergencyTelephoneUniversalCommunication", [("ram:CompleteNumber", person.emergency_contact[:256])])
    yield from _where_and_papers(person, is_crew=False)


def _crew_member(person: Person, number: int) -> Iterator[Node]:
    if person.rank_code:
        yield ("ram:RoleCode", person.rank_code)
    yield from _who(person)
    yield ("ram:SequenceNumeric", number)
    yield ("ram:BirthDate", person.birth_date)
    yield from _where_and_papers(person, is_crew=True)


def _who(person: Person) -> Iterator[Node]:
    yield ("ram:GenderCode", sex.emswe_code(person.sex))
    # GivenName and FamilyName are both 1..1; a holder of one name repeats it rather than inventing a placeholder (P35).
    given, family = (
        _written(person.given_names, person.given_names_latin),
        _written(person.family_name, person.family_name_latin),
    )
    yield ("ram:GivenName", (given or family)[:_LONGEST_NAME])
    yield ("ram:FamilyName", (family or given)[:_LONGEST_NAME])
    if person.birth_country:
        yield ("ram:BirthCountryID", person.birth_country)
    if person.birth_place:
        yield ("ram:BirthplaceName", person.birth_place[:35])


def _written(submitted: str | None, latin: str | None) -> str:
    """As submitted when every letter is Latin (up to U+024F), else the ICAO form: single windows read Latin script."""
    if submitted and all(char < "ɐ" for char in submitted):
        return submitted
    return latin or ""


def _where_and_papers(person: Person, *, is_crew: bool) -> Iterator[Node]:
    for code in dict.fromkeys(_nationality_code(one) for one in person.nationalities):
        if code:
            yield ("ram:NationalityTradeCountry", [("ram:AdditionalIdentificationID", code)])
    yield from _port("ram:EmbarkationLogisticsLocation", person.embarkation)
    yield from _port("ram:DisembarkationLogisticsLocation", person.disembarkation)
    for document in person.documents:
        written = list(_document(document, is_crew=is_crew))
        if written:  # 0..1 in the schema: the first that can be written
            yield ("ram:TravelIdentityReferencedDocument", written)
            break
    if person.visas and person.visas[0].number:
        yield ("ram:TravelVisaReferencedDocument", _permit(person.visas[0].number, person.visas[0].issuer))
    if person.phone and not is_crew:
        yield ("ram:MobileTelephoneUniversalCommunication", [("ram:CompleteNumber", person.phone[:35])])
    if person.email and not is_crew:
        yield ("ram:EmailURIUniversalCommunication", [("ram:URIID", person.email[:256])])
    if person.residence_permits and person.residence_permits[0].number:
        permit = person.residence_permits[0]
        yield ("ram:ResidencePermitReferencedDocument", _permit(permit.number or "", permit.issuer))
    if person.ticket_number and not is_crew:
        yield ("ram:AssociatedPassengerBooking", [("ram:TicketID", person.ticket_number[:16])])


def _nationality_code(nationality: Nationality) -> str | None:
    return nationality.code if nationality.code in _WITHOUT_STATE else nationality.iso3


def _port(element: str, port: Port | None) -> Iterator[Node]:
    if port is not None and port.code:
        yield (element, [("ram:ID", port.code)])


def _document(document: Document, *, is_crew: bool) -> Iterator[Node]:
    """A travel document: type, number and expiry are 1..1, for crew the issuing country too (alpha-2). Else nothing."""
    code = documents.un1001(document.type) if document.type else None
    issuer = iso2_of(document.issuer) if document.issuer else None
    if not (code and document.number and document.expiry and len(document.expiry) == 10) or (is_crew and not issuer):
        return
    yield ("ram:TypeCode", code)
    yield ("ram:ID", document.number[:70])
    if document.issued and len(document.issued) == 10:
        yield ("ram:IssueDate", document.issued)
    yield ("ram:EffectiveSpecifiedPeriod", [("ram:EndDate", document.expiry)])
    if issuer:
        yield ("ram:IssueLogisticsLocation", [("ram:CountryID", issuer)])
    if document.issuer_name:
        yield ("ram:IssuerTradeParty", [("ram:Name", document.issuer_name[:70])])


def _permit(number: str, issuer: str | None) -> list[Node]:
    country = iso2_of(issuer) if issuer else None
    nodes: list[Node] = [("ram:ID", number[:70])]
    if country:
        nodes.append(("ram:IssueLogisticsLocation", [("ram:CountryID", country)]))
    return nodes


# XML 1.0 allows no other control characters; what is replaced was reported by `normalise` long before.
_NOT_XML = {code: "\ufffd" for code in range(32) if code not in (9, 10, 13)}


def write_xml(manifest: Manifest, order: WriteOrder) -> bytes:
    """The Envelope as XML, UTF-8."""
    code = formality(manifest).lower()
    spaces = dict(sorted((_NAMESPACES | {code: f"{_NS}{code.upper()}:MMTPlus"}).items()))
    declared = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in spaces.items())
    parts = [f'<?xml version="1.0" encoding="UTF-8"?>\n<env:Envelope{declared}>']
    _append_xml(parts, tree(manifest, order))
    parts.append("</env:Envelope>\n")
    return "".join(parts).encode()


def _append_xml(parts: list[str], nodes: list[Node]) -> None:
    for name, value in nodes:
        if isinstance(value, list):
            parts.append(f"<{name}>")
            _append_xml(parts, value)
            parts.append(f"</{name}>")
        else:
            parts.append(f"<{name}>{value if value.__class__ is int or value.isalnum() else _text(value)}</{name}>")


def _text(value: str) -> str:
    return escape(value.translate(_NOT_XML))


def write_json(manifest: Manifest, order: WriteOrder) -> bytes:
    """The Envelope as JSON in the declarant API's mapping: prefixed keys, arrays where an element repeats."""
    return json.dumps({"env:Envelope": _as_object(tree(manifest, order))}, ensure_ascii=False).encode()


def _as_object(nodes: list[Node]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name, value in nodes:
        written = _as_object(value) if isinstance(value, list) else value
        if name in _REPEATED:
            members.setdefault(name, []).append(written)
        else:
            members[name] = written
    return members
