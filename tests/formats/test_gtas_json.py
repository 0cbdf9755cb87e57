"""GTAS' JSON door: the members its loader reads, with the types they have there."""

import json
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given

from gateway.codes.surrogates import surrogate
from gateway.formats.forms import FORMS, fitting, parts
from gateway.formats.paxlst_fitness import NO_WITHDRAWAL, NOBODY
from gateway.formats.writing import WriteOrder
from gateway.manifest import Call, Document, DocumentType, Function, Manifest, Permit, Port
from tests.gtas_oracle import judge
from tests.manifests import manifests
from tests.often import often
from tests.specimen import NOW, VOYAGE, crew_manifest, large_manifest, passenger, passenger_manifest

FORM = FORMS["gtas-json"]
ORDER = WriteOrder(message_id="M-1", at=NOW, sender="SEAGATEWAY", recipient="UTOPIAPIU")

# Java names and types of GTAS' information-share 0.1: what Jackson does not know there makes the loader drop the whole document
LIST = {"messageAction", "eventIdentifier", "messageSummaryList", "summaryMetaData"}
EVENT = {"identifier", "identifierArrayList", "eventType", "countryOrigin", "countryDestination"}
SUMMARY = {
    "summaryMetaData", "rawMessage", "hashCode", "flightIdTag", "eventIdentifier", "relatedToHit", "messageType", "transmissionDate",
    "transmissionSource", "sourceMessageVersion", "pnrRefNumber", "action", "messageTravelInformation", "messagePhones",
    "messageFrequentFlyers", "messageCreditCards", "messageAddresses", "messageEmails", "passengerSummaries",
}  # fmt: skip
TRAVEL = {
    "carrier", "flightNumber", "fullFlightNumber", "origin", "originCountry", "destination", "destinationCountry", "etdDate", "direction",
    "idTag", "flightId", "flightIdTag", "localEtdDate", "localEtaDate", "etd", "eta", "etaDate", "passengerCount", "borderCrossingEvent",
    "travelDescriptors",
}  # fmt: skip
PERSON = {
    "version",
    "passengerBiographic",
    "passengerTrip",
    "passengerDocumentsList",
    "passengerHits",
    "passengerIds",
    "gtasId",
}
WHO = {
    "passengerId", "passengerType", "title", "firstName", "middleName", "lastName", "suffix", "gender", "nationality",
    "residencyCountry", "dob", "age",
}  # fmt: skip
TRIP = {
    "passengerId", "numberOfDaysVisaValid", "embarkation", "debarkation", "embarkCountry", "debarkCountry",
    "reservationReferenceNumber", "pnrReservationReferenceNumber", "coTravelerCount", "hoursBeforeTakeOff",
}  # fmt: skip
PAPER = {
    "documentType", "documentNumber", "expirationDate", "issuanceDate", "issuanceCountry", "messageType", "flightId", "passengerId",
    "numberOfDaysValid", "flightTagId",
}  # fmt: skip


def document(manifest: Manifest, order: WriteOrder = ORDER) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(FORM.write(manifest, order))
    return made


def day(*of: int) -> int:
    return int(datetime(*of, tzinfo=UTC).timestamp()) * 1000  # type: ignore[misc, arg-type]


def loads(made: dict[str, Any]) -> bool:
    """The loader's conditions: known members, one border crossing, what may not be absent, the lengths of columns."""
    assert made.keys() <= LIST
    for one in made["messageSummaryList"]:
        assert one.keys() <= SUMMARY
        assert one["eventIdentifier"].keys() <= EVENT
        assert len(one["eventIdentifier"]["identifierArrayList"]) == 6
        crossings = [leg for leg in one["messageTravelInformation"] if leg["borderCrossingEvent"]]
        assert len(crossings) == 1
        for leg in one["messageTravelInformation"]:
            assert leg.keys() <= TRAVEL
            assert len(leg["flightNumber"]) == 4
            assert {len(leg["originCountry"]), len(leg["destinationCountry"])} == {3}
            assert all(isinstance(leg[name], int) for name in ("etd", "etdDate", "localEtdDate"))
        for person in one["passengerSummaries"]:
            assert person.keys() <= PERSON
            assert person["passengerBiographic"].keys() <= WHO
            assert person["passengerTrip"].keys() <= TRIP
            assert person["passengerIds"] is not None
            assert person["passengerBiographic"]["lastName"]
            assert person["passengerBiographic"]["firstName"]
            for paper in person["passengerDocumentsList"]:
                assert paper.keys() <= PAPER
                assert len(paper["documentType"]) <= 3
    return True


def test_the_leg_and_its_key() -> None:
    made = document(passenger_manifest())
    assert loads(made)
    [summary] = made["messageSummaryList"]
    [leg] = summary["messageTravelInformation"]
    assert (leg["origin"], leg["originCountry"], leg["destination"], leg["destinationCountry"]) == (
        "GRPIR",
        "GRC",
        "MTMLA",
        "MLT",
    )
    assert (leg["etd"], leg["localEtdDate"], leg["etdDate"]) == (
        day(2026, 11, 23, 16),
        day(2026, 11, 23, 18),
        day(2026, 11, 23),
    )
    assert (leg["eta"], leg["localEtaDate"]) == (day(2026, 11, 25, 6, 30), day(2026, 11, 25, 7, 30))
    assert leg["travelDescriptors"] == {"vessel": "SPECIMEN STAR", "imo": "1234567", "voyage": "SP1147"}
    event = made["eventIdentifier"]
    assert event == summary["eventIdentifier"]
    assert event["identifierArrayList"] == [
        "GRPIR",
        "MTMLA",
        "ZZ",
        leg["flightNumber"],
        str(leg["etdDate"]),
        str(leg["localEtdDate"]),
    ]
    assert event["identifier"] == "".join(event["identifierArrayList"][:5])
    assert (made["messageAction"], event["eventType"]) == ("PROCESSED_APIS", "APIS")


def test_a_person() -> None:
    who = passenger(0, birth_date="1919-08-12", visas=(Permit("V1", "GRC", "2099-12-31"),), residence_country="NOR")
    [summary] = document(passenger_manifest(persons=(who,)))["messageSummaryList"]
    [person] = summary["passengerSummaries"]
    assert person["passengerBiographic"] == {
        "passengerType": "P", "lastName": "ERIKSSON", "firstName": "ANNA MARIA", "gender": "F", "dob": day(1919, 8, 12),
        "nationality": "SWE", "residencyCountry": "NOR",
    }  # fmt: skip
    assert person["passengerTrip"] == {
        "embarkation": "GRPIR", "embarkCountry": "GRC", "debarkation": "MTMLA", "debarkCountry": "MLT",
        "reservationReferenceNumber": "BK1047",
    }  # fmt: skip
    assert [
        (one["documentType"], one["documentNumber"], one["expirationDate"]) for one in person["passengerDocumentsList"]
    ] == [
        ("P", "L898902C3", day(2031, 4, 15)),
        ("V", "V1", day(2099, 12, 31)),
    ]


def test_the_same_sailing_has_the_same_number_at_both_doors() -> None:
    edifact = judge(FORMS["paxlst-gtas"].write(passenger_manifest(), ORDER), NOW)
    [leg] = document(passenger_manifest())["messageSummaryList"][0]["messageTravelInformation"]
    [flight] = edifact.flights
    assert (flight.number, flight.departs) == (leg["flightNumber"], leg["localEtdDate"])
    assert flight.origin == surrogate(leg["origin"])


def test_long_lists_and_later_versions() -> None:
    made = document(large_manifest(501))
    assert [len(one["passengerSummaries"]) for one in made["messageSummaryList"]] == [500, 1]
    later = document(large_manifest(501), msgspec.structs.replace(ORDER, message_id="M-2"))
    digests = [one["hashCode"] for whole in (made, later) for one in whole["messageSummaryList"]]
    assert len(set(digests)) == 4
    tags = {
        one["messageTravelInformation"][0]["idTag"] for whole in (made, later) for one in whole["messageSummaryList"]
    }
    assert len(tags) == 1
    crew = document(crew_manifest())["messageSummaryList"][0]["passengerSummaries"]
    assert {one["passengerBiographic"]["passengerType"] for one in crew} == {"C"}


@given(manifests())
@often(25)
def test_whatever_the_list_it_loads_or_is_refused(manifest: Manifest) -> None:
    leg = {"departure": VOYAGE.departure, "arrival": VOYAGE.arrival}
    manifest = msgspec.structs.replace(manifest, voyage=msgspec.structs.replace(manifest.voyage, **leg))
    for part in parts(manifest, FORM):
        whole, _ = fitting(part, FORM)
        assert FORM.refuses(whole) or loads(document(whole))


@pytest.mark.parametrize(
    ("manifest", "reason"),
    [
        (passenger_manifest(function=Function.CANCEL), NO_WITHDRAWAL),
        (passenger_manifest(persons=()), NOBODY),
        (passenger_manifest(voyage=msgspec.structs.replace(VOYAGE, arrival=Call(port=Port(name="Somewhere")))), "the port of arrival"),
        (passenger_manifest(voyage=msgspec.structs.replace(VOYAGE, departure=Call(port=Port(code="GRPIR"), estimated_departure="soon"))), "the time of"),
    ],
    ids=["cancelled", "empty", "no port", "no time"],
)  # fmt: skip
def test_what_cannot_be_said(manifest: Manifest, reason: str) -> None:
    assert FORM.refuses(manifest).startswith(reason)
    assert not FORM.refuses(passenger_manifest())


def test_who_is_left_out_and_which_papers_are_none() -> None:
    nameless = passenger(0, family_name=None, family_name_latin=None, given_names=None, given_names_latin=None)
    _, left_out = fitting(passenger_manifest(persons=(nameless, passenger(1))), FORM)
    assert left_out == [(0, ["family_name"])]
    bare = passenger(0, documents=(Document(DocumentType.PASSPORT),), birth_date="1974-08", birth_place=None)
    [person] = document(passenger_manifest(persons=(bare,)))["messageSummaryList"][0]["passengerSummaries"]
    assert person["passengerDocumentsList"] == []
    assert "dob" not in person["passengerBiographic"]
