"""The numbers of persons in a ship's notification (NOA, NOD): valid whatever is declared, and refused where lists are what is asked for."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from gateway.formats import emswe_counts
from gateway.manifest import Call, Counts, Direction, Function, ListKind, Manifest, Port, Voyage
from tests.conftest import SHARED_DATA
from tests.formats.test_emswe import ORDER
from tests.often import often
from tests.specimen import passenger_manifest

XSD = etree.XMLSchema(etree.parse(Path(__file__).parents[2] / "schemas" / "emswe" / "Envelope.xsd"))
VOYAGE = Voyage(
    number="SP1147",
    departure=Call(port=Port(code="GRPIR"), estimated_departure="2026-11-23T18:00:00"),
    arrival=Call(
        port=Port(code="MTMLA"), estimated_arrival="2026-11-25T07:30:00+01:00", estimated_departure="2026-11-25T19:00"
    ),
)
NUMBERS = Counts(on_board=208, passengers=200, crew=8)


def declared(direction: Direction = Direction.DEPARTURE, counts: Counts = NUMBERS, **changes: Any) -> Manifest:
    voyage = msgspec.structs.replace(VOYAGE, direction=direction)
    return Manifest(**({"kind": ListKind.MIXED, "counts": counts, "voyage": voyage} | changes))


@cache
def official(code: str) -> Any:
    """The JSON Schema of MIG 2.0.1.0, where the reference data is at hand."""
    path = SHARED_DATA / "emswe" / "schema-2.0.1" / f"{code}_2.0.1.0.json"
    if not path.exists():
        pytest.skip("the JSON Schemas of MIG 2.0.1 (../shared/data) are not beside this checkout")
    return jsonschema_rs.validator_for(json.loads(path.read_bytes()), validate_formats=True)


def movement(manifest: Manifest) -> dict[str, Any]:
    envelope = json.loads(emswe_counts.write_json(manifest, ORDER))["env:Envelope"]
    (name,) = set(envelope) - {"mai:MAI"}
    found: dict[str, Any] = envelope[name][f"{name[:3]}:SpecifiedLogisticsTransportMovement"]
    return found


def test_a_departure_says_when_where_to_and_how_many() -> None:
    assert movement(declared()) == {
        "ram:ID": "SP1147",
        "ram:PassengerQuantity": 200,
        "ram:CrewQuantity": 8,
        "ram:OnboardPersonQuantity": 208,
        "ram:ItineraryTransportRoute": {
            "ram:ItineraryStopTransportEvent": [{"ram:SequenceNumeric": 1, "ram:OccurrenceLogisticsLocation": {"ram:ID": "MTMLA"}}]
        },
        # local to Piraeus, where it is two hours ahead of UTC
        "ram:CallTransportEvent": {"ram:EstimatedTransportMeansDepartureOccurrenceDateTime": "2026-11-23T18:00:00+02:00"},
    }  # fmt: skip


def test_an_arrival_has_the_port_before_and_what_the_call_is_for() -> None:
    found = movement(declared(Direction.ARRIVAL, Counts(passengers=200, crew=8)))
    assert found["ram:OnboardPersonQuantity"] == 208  # the sum of both
    assert found["ram:CallPurposeCode"] == ["2"]
    stop = found["ram:ItineraryTransportRoute"]["ram:ItineraryStopTransportEvent"]
    assert stop == [{"ram:SequenceNumeric": -1, "ram:OccurrenceLogisticsLocation": {"ram:ID": "GRPIR"}}]
    assert list(found["ram:CallTransportEvent"].values()) == ["2026-11-25T07:30:00+01:00", "2026-11-25T19:00:00+01:00"]


numbers = st.none() | st.integers(0, 99_999_999)


@often(30)
@given(
    st.builds(Counts, on_board=numbers, passengers=numbers, crew=numbers),
    st.sampled_from(Direction),
    st.none() | st.text(max_size=40),
)
def test_whatever_is_declared_the_message_is_valid_in_both_syntaxes_or_refused(
    counts: Counts, direction: Direction, number: str | None
) -> None:
    voyage = msgspec.structs.replace(VOYAGE, direction=direction, number=number)
    manifest = declared(counts=counts, voyage=voyage)
    if emswe_counts.refuses(manifest):
        return
    document = json.loads(emswe_counts.write_json(manifest, ORDER))
    assert list(official(emswe_counts.formality(manifest)).iter_errors(document)) == []
    XSD.assertValid(etree.fromstring(emswe_counts.write_xml(manifest, ORDER)))


@pytest.mark.parametrize(
    ("manifest", "why"),
    [
        (passenger_manifest(), "only where no lists are sent"),
        (declared(function=Function.CANCEL), "cannot be withdrawn"),
        (declared(counts=Counts(passengers=200)), "the number of all persons"),
        (declared(counts=Counts(on_board=0)), "the number of all persons"),
        (declared(kind=ListKind.CREW), "the number of all persons"),
        (declared(voyage=Voyage(direction=Direction.DEPARTURE)), "a NOD needs the estimated time of departure"),
        (declared(Direction.ARRIVAL, voyage=Voyage(direction=Direction.ARRIVAL)), "when it is to leave again"),
        (declared(voyage=msgspec.structs.replace(VOYAGE, departure=None)), "the last port of call"),
        (declared(voyage=Voyage(direction=Direction.DEPARTURE, departure=Call(port=Port(name="Nowhere"), estimated_departure="2026-11-23T18:00"))), "a NOD needs"),
    ],
    ids=["a list", "withdrawn", "passengers alone", "nobody", "crew", "no departure", "no times", "no last port", "no zone"],
)  # fmt: skip
def test_what_cannot_be_notified_is_said(manifest: Manifest, why: str) -> None:
    assert why in emswe_counts.refuses(manifest)
