"""GTAS' JSON door (`gtas-json`): a `MessageSummaryList` of already processed lists, put where its other files go.

In: a `Manifest` and a `WriteOrder`. Out: one document; a summary for every 500 persons. The one door of GTAS that is told countries
and moments outright: ports go by their UN/LOCODE, no surrogate has to be loaded, dates of birth have all their digits. The voyage
has four characters here as well (`voyage_code`). Members are those of GTAS' information-share 0.1 as its loader reads them
(US-CBP/GTAS, commit dba5100); a whole GTAS was not run with it: try it with the Passenger Information Unit first.

GTAS keeps of it: name, sex, birth, nationality, residence, role, ports, booking, and of a document kind, number and expiry. Not
written: all that `paxlst-gtas` does not write, the cabin and the kind's own word; a date without its day. GTAS itself drops the
issuing state and the date of issue.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, time
from hashlib import blake2b
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from gateway.codes.countries import country
from gateway.codes.documents import api_letter
from gateway.codes.ports import country_of, port_zone
from gateway.codes.sex import edifact_code
from gateway.formats.paxlst_fitness import NO_WITHDRAWAL, NOBODY, has_name
from gateway.formats.paxlst_profiles import FLIGHT_ROLES, PERSONS_IN_A_FILE, PROFILES
from gateway.formats.paxlst_writer import slices_of
from gateway.formats.paxlst_writer_header import CARRIER, arrives, departs, voyage_code
from gateway.formats.paxlst_writer_people import names
from gateway.formats.writing import WriteOrder
from gateway.manifest import Call, Function, Manifest, Person, Port

_FORM: Final = PROFILES["paxlst-gtas"]
_TYPES: Final = {"FM": "C", "DDT": "C", "DDU": "I", "FL": "P"}  # GTAS: crew, in transit, passenger
_ENCODE: Final = msgspec.json.Encoder()

Node = dict[str, Any]


def write(manifest: Manifest, order: WriteOrder) -> bytes:
    """The document, as UTF-8. Moments are milliseconds since 1970."""
    leg = _leg(manifest)
    event = _event(leg)
    summaries = [
        {
            "eventIdentifier": event,
            "action": "PROCESSED_APIS",
            "hashCode": _digest(order.message_id, str(number)).upper(),
            "messageType": "APIS",
            "transmissionDate": _milliseconds(order.at),
            "transmissionSource": order.sender,
            "sourceMessageVersion": "SEA 1",
            "messageTravelInformation": [leg],
            "passengerSummaries": [_person(person) for person in persons],
        }
        for number, persons in enumerate(slices_of(manifest, PERSONS_IN_A_FILE), 1)
    ]
    whole = {"messageAction": "PROCESSED_APIS", "eventIdentifier": event, "messageSummaryList": summaries}
    return _ENCODE.encode(whole)


def lacking(person: Person, manifest: Manifest) -> list[str]:
    """What GTAS cannot load this person without."""
    return [] if has_name(person) else ["family_name"]


def refuses(manifest: Manifest) -> str:
    """Why GTAS cannot be told this list, or an empty text."""
    if manifest.function is Function.CANCEL:
        return NO_WITHDRAWAL
    if not manifest.persons:
        return NOBODY
    voyage = manifest.voyage
    for which, call in (("departure", voyage.departure), ("arrival", voyage.arrival)):
        if call is None or not call.port.code or not _state(call.port):
            return f"the port of {which} is not known by its UN/LOCODE, and GTAS tells a border by its country"
    if _moments(voyage.departure, departs(manifest)) is None:
        return "the time of departure is missing, and GTAS knows a sailing by its day"
    return ""


def _leg(manifest: Manifest) -> Node:
    """`messageTravelInformation`: the one border crossing, with moments in UTC and on the clocks of the ports."""
    voyage, number = manifest.voyage, voyage_code(manifest)
    origin, destination = _code(voyage.departure), _code(voyage.arrival)
    leaves, enters = _moments(voyage.departure, departs(manifest)), _moments(voyage.arrival, arrives(manifest))
    day = datetime.combine(leaves[1].date(), time(0), UTC) if leaves else None
    vessel = manifest.vessel
    told = {"vessel": vessel.name, "imo": vessel.imo, "voyage": voyage.number}
    return _given(
        carrier=CARRIER,
        flightNumber=number,
        fullFlightNumber=CARRIER + number,
        origin=origin,
        originCountry=voyage.departure and _state(voyage.departure.port),
        destination=destination,
        destinationCountry=voyage.arrival and _state(voyage.arrival.port),
        etdDate=day and _milliseconds(day),
        etd=leaves and _milliseconds(leaves[0]),
        localEtdDate=leaves and _milliseconds(leaves[1]),
        etaDate=enters and _milliseconds(datetime.combine(enters[1].date(), time(0), UTC)),
        eta=enters and _milliseconds(enters[0]),
        localEtaDate=enters and _milliseconds(enters[1]),
        idTag=_digest(origin, destination, number, str(day and day.date())),
        borderCrossingEvent=True,
        travelDescriptors={name: text for name, text in told.items() if text},
    )


def _event(leg: Node) -> Node:
    """The key of the sailing: six texts, as GTAS would have found them in an EDIFACT message."""
    key = [leg["origin"], leg["destination"], CARRIER, leg["flightNumber"], str(leg["etdDate"])]
    return {
        "eventType": "APIS",
        "identifier": "".join(key),
        "identifierArrayList": [*key, str(leg["localEtdDate"])],
        "countryOrigin": leg["originCountry"],
        "countryDestination": leg["destinationCountry"],
    }


def _person(person: Person) -> Node:
    family, given, *more = names(person, _FORM)
    state = person.nationalities[0].code if person.nationalities else None
    ports: Node = {}
    for word, port in (("embark", person.embarkation), ("debark", person.disembarkation)):
        if port and (port.code or port.name):
            ports |= _given(**{f"{word}ation": port.code or port.name, f"{word}Country": _state(port)})
    return {
        "passengerBiographic": _given(
            passengerType=_TYPES[FLIGHT_ROLES[person.role, bool(person.transit)]],
            lastName=family,
            firstName=given,
            middleName=more[0] if more else None,
            gender=edifact_code(person.sex) if person.sex else None,
            dob=_day(person.birth_date),
            nationality=state,
            residencyCountry=person.residence_country,
        ),
        "passengerTrip": _given(**ports, reservationReferenceNumber=person.booking_reference),
        "passengerDocumentsList": list(_documents(person)),
        "passengerHits": [],
        "passengerIds": {},
    }


def _documents(person: Person) -> Iterator[Node]:
    papers = [(api_letter(one.type) or "F", one.number, one.issuer, one.expiry) for one in person.documents]
    papers += [("V", one.number, one.issuer, one.expiry) for one in person.visas]
    for kind, number, issuer, expiry in papers:
        if number:
            yield _given(
                documentType=kind,
                documentNumber=number,
                issuanceCountry=issuer,
                expirationDate=_day(expiry),
                messageType="APIS",
            )


def _given(**members: Any) -> Node:
    return {name: value for name, value in members.items() if value is not None and value != ""}


def _code(call: Call | None) -> str:
    return (call and call.port.code) or ""


def _state(port: Port) -> str | None:
    found = country(country_of(port.code)) if port.code else None
    return found.iso3 if found else None


def _moments(call: Call | None, stated: str | None) -> tuple[datetime, datetime] | None:
    """(the moment, the port's clock read as UTC), where the time can be read. A clock whose zone is not known is taken for UTC, as
    GTAS does itself."""
    try:
        at = datetime.fromisoformat(stated or "")
    except ValueError:
        return None
    if not 1 < at.year < 9999:
        return None
    name = port_zone(_code(call))
    zone = ZoneInfo(name) if name else at.tzinfo or UTC
    local = at.replace(tzinfo=zone) if at.tzinfo is None else at.astimezone(zone)
    return local, local.replace(tzinfo=UTC)


def _day(iso: str | None) -> int | None:
    try:
        return _milliseconds(datetime.strptime(iso or "", "%Y-%m-%d").replace(tzinfo=UTC))
    except ValueError:
        return None


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp()) * 1000


def _digest(*texts: str) -> str:
    """40 digits, as long as the SHA-1 that GTAS makes itself."""
    return blake2b("\0".join(texts).encode(errors="replace"), digest_size=20).hexdigest()
