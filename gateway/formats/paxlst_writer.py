"""PAXLST D.05B for port authorities and single windows: the native sea form (`paxlst-sea`).

In: a `Manifest` and a `WriteOrder`. Out: one interchange: a message for passengers, one for crew, one for stowaways, each
with its own count, as the guides ask (EU 2019/1744, appendix 2). Segments stand in the order that strict readers want:
ATT DTM FTX LOC COM EMP NAT RFF DOC(DTM LOC). Letters are ISO 8859-1 (UNOC); names are ICAO Doc 9303-3 letters.

Not in the message, for want of a segment: remarks, special care, emergency contacts, MRZ, residence permits, extras,
times of embarkation, more than three documents and two visas (D.05B: five DOC), the ship's call sign and MMSI beside
its IMO number, actual times of other calls. `PROFILES` is the table of forms: what differs between recipients is in it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC
from functools import lru_cache
from typing import Final

import msgspec

from gateway.codes import documents, sex
from gateway.codes.names import latin
from gateway.formats.edifact import released, write_segment
from gateway.formats.marking import said
from gateway.formats.writing import WriteOrder
from gateway.keyring import Terms
from gateway.manifest import (
    Call,
    Document,
    DocumentType,
    Function,
    ListKind,
    Manifest,
    Permit,
    Person,
    Port,
    Role,
    Vessel,
)

Code = tuple[str | None, ...]
"""A code with its list and agency (1131, 3055), and in the fourth place a text."""


class Profile(msgspec.Struct, frozen=True):
    """How one kind of recipient wants ports, countries, documents and names written."""

    port: Callable[[Port], Code]
    country: Callable[[str], Code]
    document: Callable[[DocumentType | None, str | None], Code]
    roles: Mapping[tuple[Role, bool], str]  # (role, in transit) -> NAD 3035


def _sea_port(port: Port) -> Code:
    return (port.code, "139", "6") if port.code else ("", None, None, port.name)


def _sea_document(kind: DocumentType | None, native: str | None) -> Code:
    code = documents.un1001(kind)
    return (code,) if code else ("", None, None, native or kind or "other")


PROFILES: Final = {
    "paxlst-sea": Profile(
        port=_sea_port,
        country=lambda code: (code, "162", "5"),
        document=_sea_document,
        roles={
            (Role.PASSENGER, False): "FL",
            (Role.PASSENGER, True): "DDU",
            (Role.CREW, False): "FM",
            (Role.CREW, True): "DDT",
            (Role.OTHER_SHIP_CREW, False): "DFY",
            (Role.OTHER_SHIP_CREW, True): "DFY",
            (Role.STOWAWAY, False): "DEE",
            (Role.STOWAWAY, True): "DEE",
        },
    )
}

_FUNCTIONS: Final = {
    Function.ORIGINAL: "9",
    Function.REPLACE: "5",
    Function.CHANGE: "4",
    Function.CANCEL: "1",
    Function.FINAL: "22",
}
_PASSENGERS, _CREW = ("745", "42"), ("250", "41")  # BGM 1001, CNT 6069
_LISTS: Final = {
    Role.PASSENGER: (_PASSENGERS, 0),
    Role.OTHER_SHIP_CREW: (_PASSENGERS, 0),
    Role.CREW: (_CREW, 1),
    Role.STOWAWAY: (_PASSENGERS, 2),
}
_NAME_LENGTH: Final = 35  # 3036, up to D.05B
_REFERENCE_LENGTH: Final = 35  # 0068 and 1004
_TEXT_LENGTH: Final = 512  # 4440; the envelope's handling header is whole


def write(manifest: Manifest, order: WriteOrder, profile: str = "paxlst-sea") -> bytes:
    """The interchange, without line breaks."""
    form = PROFILES[profile]
    messages = [
        _message(str(number), manifest, order, codes, persons, form)
        for number, (codes, persons) in enumerate(_lists(manifest), 1)
    ]
    at = order.at.astimezone(UTC)
    moment = (at.strftime("%y%m%d"), at.strftime("%H%M"))
    sender, recipient = (order.sender, "ZZ"), (order.recipient, "ZZ")
    control = f"{order.control:09}"
    test = ("", "", "", "1") if order.test else ()
    return "".join(
        (
            "UNA:+.? '",
            _segment("UNB", ("UNOC", "3"), sender, recipient, moment, control, "", "APIS", *test),
            _segment("UNG", "PAXLST", sender, recipient, moment, "1", "UN", ("D", "05B")),
            *messages,
            _segment("UNE", str(len(messages)), "1"),
            _segment("UNZ", "1", control),
        )
    ).encode("iso8859-1")


def _lists(manifest: Manifest) -> Iterable[tuple[tuple[str, str], list[Person]]]:
    """Passengers, crew, stowaways; one empty list where nobody is on board."""
    lists: dict[int, tuple[tuple[str, str], list[Person]]] = {}
    for person in manifest.persons:
        codes, position = _LISTS[person.role]
        lists.setdefault(position, (codes, []))[1].append(person)
    empty = _CREW if manifest.kind is ListKind.CREW else _PASSENGERS
    return [lists[position] for position in sorted(lists)] or [(empty, [])]


def _message(
    number: str, manifest: Manifest, order: WriteOrder, codes: tuple[str, str], persons: list[Person], form: Profile
) -> str:
    document, count = codes
    segments = [
        _segment("UNH", number, ("PAXLST", "D", "05B", "UN"), order.message_id[:_REFERENCE_LENGTH], ("01", "F")),
        *_header(manifest, order, document, form),
        *_people(persons, order, form),
        _segment("CNT", (count, str(len(persons) or _declared(manifest, count)))),
    ]
    return "".join((*segments, _segment("UNT", str(len(segments) + 1), number)))


def _declared(manifest: Manifest, count: str) -> int:
    """How many are on board where only that is reported, and no list."""
    return (manifest.counts.passengers if count == "42" else manifest.counts.crew) or 0


def _header(manifest: Manifest, order: WriteOrder, document: str, form: Profile) -> Iterator[str]:
    reference = manifest.reference or order.message_id
    yield _segment("BGM", document, reference[:_REFERENCE_LENGTH], _FUNCTIONS[manifest.function])
    if visit := order.visit_id or manifest.voyage.visit_id:
        yield _segment("RFF", ("ATZ", visit))
    if manifest.issued:
        yield _segment("DTM", ("137", *_moment(manifest.issued)))
    yield from _declarant(order)
    yield _transport(manifest)
    voyage = manifest.voyage
    yield from _border_call("125", voyage.departure, form)
    yield from _border_call("87", voyage.arrival, form)
    for call in voyage.itinerary:
        yield _segment("LOC", "92", form.port(call.port))
        for code, time in (("232", call.estimated_arrival), ("189", call.estimated_departure)):
            if time:
                yield _segment("DTM", (code, *_moment(time)))


def _declarant(order: WriteOrder) -> Iterator[str]:
    party = order.declarant
    if party is None:
        yield _segment("NAD", "MS", None, None, order.sender)
        return
    yield _segment("NAD", "MS", party.id, None, party.name or order.sender)
    if party.contact_name:
        yield _segment("CTA", "IC", ("", party.contact_name))
    if contacts := [contact for contact in ((party.phone, "TE"), (party.email, "EM")) if contact[0]]:
        yield _segment("COM", *contacts)


def _transport(manifest: Manifest) -> str:
    operator = manifest.voyage.operator or ""
    is_code = len(operator) <= 4 and operator.isalnum() and operator.isupper()
    carrier: Code = (operator, "172", "20") if is_code else ("", None, None, operator)
    number = manifest.voyage.number
    return _segment("TDT", "20", number, "1", None, carrier if operator else None, None, None, _ship(manifest.vessel))


def _ship(vessel: Vessel) -> Code:
    """C222: the IMO number, else the call sign, else the MMSI; name and flag."""
    known: Code = next(
        (
            code
            for code in ((vessel.imo, "146", "11"), (vessel.call_sign, "103", None), (vessel.mmsi, None, None))
            if code[0]
        ),
        ("", None, None),
    )
    return (*known, vessel.name, vessel.flag)


def _border_call(qualifier: str, call: Call | None, form: Profile) -> Iterator[str]:
    if call is None:
        return
    yield _segment("LOC", qualifier, form.port(call.port))
    departs = qualifier == "125"
    estimated, actual = ("189", "136") if departs else ("232", "178")
    times = (
        (estimated, call.estimated_departure if departs else call.estimated_arrival),
        (actual, call.actual_departure if departs else call.actual_arrival),
    )
    for code, time in times:
        if time:
            yield _segment("DTM", (code, *_moment(time)))


def _people(persons: list[Person], order: WriteOrder, form: Profile) -> Iterator[str]:
    """The first person bears the terms of the whole list: the directory has no FTX before group 4."""
    for index, person in enumerate(persons):
        yield from _person(person, form, order.terms if index == 0 else None)


def _terms(terms: Terms) -> str:
    return _segment("FTX", "AAI", None, None, tuple(text[:_TEXT_LENGTH] or None for text in said(terms)))


def _person(person: Person, form: Profile, terms: Terms | None) -> Iterator[str]:
    yield _segment("NAD", form.roles[person.role, bool(person.transit)], None, None, _names(person))
    if person.sex:
        yield _common("ATT", "2", None, sex.edifact_code(person.sex))
    if person.birth_date:
        yield _segment("DTM", ("329", *_moment(person.birth_date)))
    if terms:
        yield _terms(terms)
    yield from _places(person, form)
    if contacts := [contact for contact in ((person.phone, "TE"), (person.email, "EM")) if contact[0]]:
        yield _segment("COM", *contacts)
    if rank := person.rank or person.rank_code or ("MASTER" if person.master else None):
        yield _segment("EMP", "1", None, ("", None, None, rank))
    for nationality in person.nationalities:
        yield _common("NAT", "2", nationality.code)
    yield from _references(person)
    for document in person.documents[:3]:
        yield from _document(form.document(document.type, document.native_type), document, form)
    for visa in person.visas[:2]:
        yield from _document(("V",), visa, form)
    if person.vehicle_registration:  # group 7; mode 3 is road
        yield _segment("TDT", "10", None, "3", None, None, None, None, person.vehicle_registration)


_STATED_NONE = {"no given name": "FNU"}


def _names(person: Person) -> Code:
    """Family and given names; given names of more than 35 letters go on in the third component. A person known to have
    no given name gets FNU, first name unknown, as US systems and GTAS ask; one whose given name is not known has it empty.
    """
    family = person.family_name_latin or latin(person.family_name or "")
    given = (
        person.given_names_latin or latin(person.given_names or "") or _STATED_NONE.get(person.name_reason or "", "")
    )
    if not family:
        return given, ""
    at = given.rfind(" ", 0, _NAME_LENGTH + 1) if len(given) > _NAME_LENGTH else -1
    return (family, given[:at], given[at + 1 :]) if at > 0 else (family, given)


def _places(person: Person, form: Profile) -> Iterator[str]:
    if person.residence_country:
        yield _segment("LOC", "174", form.country(person.residence_country))
    for qualifier, port in (("178", person.embarkation), ("179", person.disembarkation)):
        if port and (port.code or port.name):
            yield _common("LOC", qualifier, form.port(port))
    country, place = person.birth_country, person.birth_place
    if country:
        yield _segment("LOC", "180", (*form.country(country), place))
    elif place:
        yield _segment("LOC", "180", ("", None, None, place))


def _references(person: Person) -> Iterator[str]:
    references = {
        "AVF": person.booking_reference, "ABO": person.carrier_reference, "SEA": person.cabin, "YZY": person.ticket_number,
    }  # fmt: skip
    for code, text in references.items():
        if text:
            yield _segment("RFF", (code, text))


def _document(code: Code, paper: Document | Permit, form: Profile) -> Iterator[str]:
    yield _segment("DOC", code, paper.number)
    if paper.expiry:
        yield _segment("DTM", ("36", *_moment(paper.expiry)))
    if isinstance(paper, Document) and paper.issued:
        yield _segment("DTM", ("182", *_moment(paper.issued)))
    if paper.issuer:
        yield _common("LOC", "91", form.country(paper.issuer))


def _moment(iso: str) -> tuple[str, str]:
    """(text, format code): ISO 8601 of any precision as UN/EDIFACT 2379 has it. Seconds are left out."""
    day, _, time = iso.partition("T")
    digits = day.replace("-", "")
    if not time:
        return digits, {4: "602", 6: "610"}.get(len(digits), "102")
    clock, offset = time[:5].replace(":", ""), time[5:].lstrip(":.0123456789").replace(":", "")
    if not offset:
        return digits + clock, "203"
    return digits + clock + ("+0000" if offset == "Z" else offset), "205"


def _segment(*elements: str | Code | None) -> str:
    return write_segment(*elements, text=_text)


@lru_cache(maxsize=4096)
def _common(*elements: str | Code | None) -> str:
    """A segment that many persons share (sex, port, country): written once."""
    return _segment(*elements)


def _text(text: str) -> str:
    return text if text.isalnum() and text.isascii() else released(_line(text))


def _line(text: str) -> str:
    """One line in ISO 8859-1; what is in other letters as ICAO Doc 9303-3 writes it."""
    if text.isascii() and text.isprintable():
        return text
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    try:
        line.encode("iso8859-1")
    except UnicodeEncodeError:
        return latin(line)
    return line
