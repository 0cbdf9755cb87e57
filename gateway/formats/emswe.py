"""EMSWe formalities PXA, PXD, CWA and CWD, MIG 2.0: a manifest for the national single window, as XML or JSON.

In: a `Manifest` of passengers or of crew, and a `WriteOrder`. Out: one Envelope, bytes. One element tree is built per
message (`tree`) and written in either syntax, so the two forms cannot drift apart. The element order is the XSD's as
reconstructed from the public JSON Schemas (2.0.1.0); no official v2 XSD of these formalities is public.
Withdrawal (PurposeCode 1) is the header alone. Unknown optionals are omitted, never filled (MIG principles P33, P35). How a list may be used (`marking`) has no element here:
the XML says it in a comment, the JSON not at all; the sealed envelope's handling header carries it for both.

A person needs gender, names, birth date and a nationality (all 1..1 in the schema). `cannot_carry` names those who
lack one, so that the caller can say so; `tree` expects them to be gone. `refuses` says why a list cannot be written at all.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, Final
from xml.sax.saxutils import escape

import msgspec

from gateway.codes import documents, sex
from gateway.formats.emswe_values import alpha2, birth_country, clean, cut, day, moment, nationalities, whole, written
from gateway.formats.marking import said
from gateway.formats.writing import WriteOrder
from gateway.manifest import (
    Direction,
    Document,
    Function,
    ListKind,
    Manifest,
    Permit,
    Person,
    Port,
    Purpose,
    Role,
)

_NS = "urn:un:unece:uncefact:data:standard:"
_NAMESPACES: Final = {
    "env": _NS + "Envelope",
    "qdt": _NS + "QualifiedDataType:100",
    "ram": _NS + "ReusableAggregateBusinessInformationEntity:100",
    "udt": _NS + "UnqualifiedDataType:100",
}
_SUBTYPES: Final = {Purpose.BORDER: "SUB-01", Purpose.SAFETY: "SUB-02"}  # R-PXA-001
_CATEGORIES: Final = {Role.PASSENGER: "FL", Role.STOWAWAY: "DEE", Role.OTHER_SHIP_CREW: "DFY"}  # R-PXA-002
_REPEATED: Final = frozenset(
    ("ram:SubtypeCode", "ram:DefinedTradeContact", "ram:OnboardTransportPerson", "ram:NationalityTradeCountry")
)
_NAME, _PLACE, _CARE, _PHONE, _MAIL = 70, 35, 256, 35, 256  # an..
_NUMBER, _TICKET, _VISIT, _RANK = 70, 16, 35, 5

_DASHES: Final = re.compile("-(?=-)")  # two of them would end a comment

Node = tuple[str, Any]
"""(element name, text | int | Nodes). What holds nodes is a container, in XSD order; it is gone through once. A tuple is one that many
persons share, such as a port: its XML is made once."""


def formality(manifest: Manifest) -> str:
    """PXA, PXD, CWA or CWD: by the list's kind and whether it is made for an arrival (default) or a departure."""
    ending = "D" if manifest.voyage.direction is Direction.DEPARTURE else "A"
    return ("CW" if manifest.kind is ListKind.CREW else "PX") + ending


def refuses(manifest: Manifest) -> str:
    """Why this list cannot be said in EMSWe, or an empty text."""
    if manifest.purposes and not _SUBTYPES.keys() & set(
        manifest.purposes
    ):  # even its withdrawal would be of another list
        return "EMSWe's passenger and crew lists take no booking data: they would replace the list for border checks or safety"
    if manifest.function is Function.CANCEL:
        return ""
    if manifest.function is Function.CHANGE:  # MIG principle P13: whoever an update leaves out is gone
        return "EMSWe takes whole lists only, and this one changes some persons of an earlier list"
    if not manifest.persons:  # OnboardTransportPerson is 1..n; counts go with the ship's notification (NOA, NOD)
        return "EMSWe has no list without persons; declared numbers belong in the ship's notification"
    return ""


def cannot_carry(person: Person) -> list[str]:
    """The required fields that this person lacks; empty if MIG 2.0 can carry the person."""
    lacking = []
    if not day(person.birth_date):
        lacking.append("birth_date")
    if not nationalities(person.nationalities):
        lacking.append("nationality")
    if not any(_names(person)):
        lacking.append("family_name")
    return lacking


def tree(manifest: Manifest, order: WriteOrder) -> list[Node]:
    """The Envelope's children: the header MAI and, unless the list is withdrawn, the formality."""
    code = formality(manifest)
    is_withdrawn = manifest.function is Function.CANCEL
    head = ("mai:MAI", header(code, order, is_withdrawn=is_withdrawn))
    return [head] if is_withdrawn else [head, (f"{code.lower()}:{code}", _body(code, manifest, order))]


def header(code: str, order: WriteOrder, *, is_withdrawn: bool) -> list[Node]:
    """MAI: what every formality begins with."""
    # Of two messages the window believes the later one (ERR-019), and two lists can come within a second.
    precision = "milliseconds" if order.at.microsecond else "seconds"
    at = order.at.isoformat(timespec=precision).replace("+00:00", "Z")
    document: list[Node] = [
        ("ram:ID", order.message_id),
        ("ram:TypeCode", code),
        ("ram:PurposeCode", "1" if is_withdrawn else "9"),  # R-MAI-001: 9 is original and update
        ("ram:VersionID", "2.0"),
        ("ram:FirstSignatoryDocumentAuthentication", [("ram:FormattedActualDateTime", at)]),
    ]
    found: list[Node] = [
        ("mai:ExchangedDocument", document),
        ("mai:ExchangedDeclaration", [("ram:DeclarantTradeParty", list(_party(order)))]),
    ]
    if visit := whole(order.visit_id, _VISIT):
        found.append(("mai:SpecifiedLogisticsTransportMovement", [("ram:CallTransportEvent", [("ram:ID", visit)])]))
    return found


def _party(order: WriteOrder) -> Iterator[Node]:
    declarant = order.declarant
    if declarant is None:
        yield from (("ram:ID", order.sender), ("ram:RoleCode", "AG"))
        return
    yield ("ram:ID", declarant.id)
    yield ("ram:Name", cut(declarant.name, _NAME))
    yield ("ram:RoleCode", declarant.role)
    phone, mail = whole(declarant.phone, _PHONE), whole(declarant.email, _MAIL)
    if declarant.contact_name and phone and mail:  # each 1..1 once a contact is named
        yield (
            "ram:DefinedTradeContact",
            [
                ("ram:PersonName", cut(declarant.contact_name, _NAME)),
                ("ram:TelephoneUniversalCommunication", [("ram:CompleteNumber", phone)]),
                ("ram:EmailURIUniversalCommunication", [("ram:URIID", mail)]),
            ],
        )


def _body(code: str, manifest: Manifest, order: WriteOrder) -> Iterator[Node]:
    prefix = code.lower()
    subtypes: list[Node] = [("ram:SubtypeCode", _SUBTYPES[p]) for p in dict.fromkeys(order.purposes) if p in _SUBTYPES]
    if subtypes:
        yield (f"{prefix}:ExchangedDocument", subtypes)
    build = _crew_member if code.startswith("CW") else _passenger
    # Written one by one: the nodes of 10,000 persons at once made the garbage collector go through all of them again and again,
    # a third of the time.
    people = (("ram:OnboardTransportPerson", build(p, i)) for i, p in enumerate(manifest.persons, 1))
    yield (f"{prefix}:SpecifiedLogisticsTransportMovement", people)


def _passenger(person: Person, number: int) -> Iterator[Node]:
    yield ("ram:CategoryCode", _CATEGORIES.get(person.role, "FL"))
    yield from _who(person)
    if person.transit is not None:
        yield ("ram:InTransitIndicator", int(person.transit))
    yield from _when(person, number)
    if care := cut(person.special_care, _CARE):
        yield ("ram:AssistanceRequirements", care)
    if contact := cut(person.emergency_contact, _CARE):
        yield ("ram:EmergencyTelephoneUniversalCommunication", [("ram:CompleteNumber", contact)])
    yield from _papers(person, is_crew=False)
    if phone := whole(person.phone, _PHONE):
        yield ("ram:MobileTelephoneUniversalCommunication", [("ram:CompleteNumber", phone)])
    if mail := whole(person.email, _MAIL):
        yield ("ram:EmailURIUniversalCommunication", [("ram:URIID", mail)])
    yield from _leave("ram:ResidencePermitReferencedDocument", person.residence_permits)
    if ticket := cut(person.ticket_number, _TICKET):
        yield ("ram:AssociatedPassengerBooking", [("ram:TicketID", ticket)])


def _crew_member(person: Person, number: int) -> Iterator[Node]:
    if rank := whole(person.rank_code, _RANK):
        yield ("ram:RoleCode", rank)
    yield from _who(person)
    yield from _when(person, number)
    yield from _papers(person, is_crew=True)
    yield from _leave("ram:ResidencePermitReferencedDocument", person.residence_permits)


def _who(person: Person) -> Iterator[Node]:
    yield ("ram:GenderCode", sex.emswe_code(person.sex))
    # GivenName and FamilyName are both 1..1; a holder of one name repeats it rather than inventing a placeholder (P35).
    given, family = _names(person)
    yield ("ram:GivenName", cut(given or family, _NAME))
    yield ("ram:FamilyName", cut(family or given, _NAME))
    code, name = birth_country(person.birth_country)
    if code:
        yield ("ram:BirthCountryID", code)
    if place := cut(", ".join(filter(None, (clean(person.birth_place), name))), _PLACE):
        yield ("ram:BirthplaceName", place)


def _names(person: Person) -> tuple[str, str]:
    given = written(person.given_names, person.given_names_latin)
    return given, written(person.family_name, person.family_name_latin)


def _when(person: Person, number: int) -> Iterator[Node]:
    if embarked := moment(person.embarked_at):
        yield ("ram:EmbarkationDateTime", embarked)
    yield ("ram:SequenceNumeric", number)  # G-GENERAL-002: 1, 2, 3 …
    yield ("ram:BirthDate", person.birth_date)
    if leaves := day(person.disembarks_on):
        yield ("ram:DisembarkationDate", leaves)


def _papers(person: Person, *, is_crew: bool) -> Iterator[Node]:
    for code in nationalities(person.nationalities):
        yield ("ram:NationalityTradeCountry", (("ram:AdditionalIdentificationID", code),))
    yield from _port("ram:EmbarkationLogisticsLocation", person.embarkation)
    yield from _port("ram:DisembarkationLogisticsLocation", person.disembarkation)
    written = (list(_document(document, is_crew=is_crew)) for document in person.documents)
    if document := next(filter(None, written), None):  # 0..1 in the schema: the first that can be written
        yield ("ram:TravelIdentityReferencedDocument", document)
    yield from _leave("ram:TravelVisaReferencedDocument", person.visas)


def _port(element: str, port: Port | None) -> Iterator[Node]:
    if port is not None and port.code:
        yield (element, (("ram:ID", port.code),))


def _document(document: Document, *, is_crew: bool) -> Iterator[Node]:
    """A travel document: type, number and expiry are 1..1, for crew the issuing country too (alpha-2). Else nothing."""
    code = documents.un1001(document.type)
    number, expiry, issuer = whole(document.number, _NUMBER), day(document.expiry), alpha2(document.issuer)
    if not (code and number and expiry) or (is_crew and not issuer):
        return
    yield ("ram:TypeCode", code)
    yield ("ram:ID", number)
    if issued := day(document.issued):
        yield ("ram:IssueDate", issued)
    yield ("ram:EffectiveSpecifiedPeriod", (("ram:EndDate", expiry),))
    if issuer:
        yield ("ram:IssueLogisticsLocation", (("ram:CountryID", issuer),))
    if name := cut(document.issuer_name, _NAME):
        yield ("ram:IssuerTradeParty", [("ram:Name", name)])


def _leave(element: str, permits: tuple[Permit, ...]) -> Iterator[Node]:
    """The first visa or residence permit that has a number: 0..1 in the schema."""
    for permit in permits:
        if number := whole(permit.number, _NUMBER):
            issuer = alpha2(permit.issuer)
            where: list[Node] = [("ram:IssueLogisticsLocation", [("ram:CountryID", issuer)])] if issuer else []
            yield (element, [("ram:ID", number), *where])
            return


def write_xml(manifest: Manifest, order: WriteOrder) -> bytes:
    """The Envelope as XML, UTF-8."""
    return xml_document(tree(manifest, order), formality(manifest), order)


def xml_document(nodes: list[Node], code: str, order: WriteOrder) -> bytes:
    """An Envelope with the formality `code`, and the terms of use in a comment."""
    note = "; ".join(filter(None, said(order.terms))) if order.terms else ""
    return xml_envelope(nodes, ("mai", code.lower()), note)


def xml_envelope(nodes: list[Node], modules: Sequence[str], note: str = "") -> bytes:
    """An Envelope of these children; `modules` are the prefixes of the parts that they are from, `note` a comment."""
    spaces = dict(sorted((_NAMESPACES | {one: f"{_NS}{one.upper()}:MMTPlus" for one in modules}).items()))
    declared = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in spaces.items())
    parts = [f'<?xml version="1.0" encoding="UTF-8"?>\n<env:Envelope{declared}>']
    if note:
        parts.append(f"<!-- {_DASHES.sub('- ', clean(note))} -->")
    _append_xml(parts, nodes)
    parts.append("</env:Envelope>\n")
    return "".join(parts).encode()


def _append_xml(parts: list[str], nodes: Iterable[Node]) -> None:
    for name, value in nodes:
        if isinstance(value, str):
            text = escape(value) if "&" in value or "<" in value or ">" in value else value
            parts.append(f"<{name}>{text}</{name}>")
        elif isinstance(value, int):
            parts.append(f"<{name}>{value}</{name}>")
        elif isinstance(value, tuple):
            parts.append(_shared_xml(name, value))
        else:
            parts.append(f"<{name}>")
            _append_xml(parts, value)
            parts.append(f"</{name}>")


@lru_cache(maxsize=4096)
def _shared_xml(name: str, nodes: tuple[Node, ...]) -> str:
    parts = [f"<{name}>"]
    _append_xml(parts, nodes)
    return "".join((*parts, f"</{name}>"))


def write_json(manifest: Manifest, order: WriteOrder) -> bytes:
    """The Envelope as JSON in the declarant API's mapping: prefixed keys, arrays where an element repeats."""
    return msgspec.json.encode(json_envelope(tree(manifest, order), _REPEATED))


def json_envelope(nodes: list[Node], repeated: frozenset[str]) -> dict[str, Any]:
    """An Envelope of these children; `repeated` are the elements that are arrays."""
    return {"env:Envelope": _as_object(nodes, repeated)}


def _as_object(nodes: Iterable[Node], repeated: frozenset[str]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name, value in nodes:
        written = value if value is None or isinstance(value, str | int) else _as_object(value, repeated)
        if name in repeated:
            members.setdefault(name, []).append(written)
        else:
            members[name] = written
    return members
