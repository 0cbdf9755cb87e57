"""Which sailing a list is for: one that fits, or none and the reason."""

from typing import Any

import pytest

from gateway.expect.same import ship_name
from gateway.manifest import Call, Manifest, Port, Vessel, Voyage
from gateway.obligations import ExpectedCall
from gateway.track import match
from tests.sailing import at, sailing
from tests.specimen import passenger_manifest

MORNING = sailing(id="MORNING", voyage="V1")  # 10:00 to 12:30 UTC
EVENING = sailing(id="EVENING", voyage="V2", etd="2026-07-20T17:00", eta="2026-07-20T19:30")
BACK = sailing("EETLL-FIHEL", id="BACK", voyage="V3", etd="2026-07-20T13:30", eta="2026-07-20T16:00")
NEXT_DAY = sailing(id="NEXT", voyage="V1", etd="2026-07-21T10:00", eta="2026-07-21T12:30")
ALL = [MORNING, EVENING, BACK, NEXT_DAY]
RECEIVED = at("2026-07-20T09:40")


def manifest(leaves: str | None = "FIHEL", arrives: str | None = "EETLL", **known: Any) -> Manifest:
    times = {"estimated_departure": known.pop("etd", None), "actual_departure": known.pop("atd", None)}
    voyage = Voyage(
        number=known.pop("voyage", None),
        departure=Call(port=Port(code=leaves), **times),
        arrival=Call(port=Port(code=arrives), estimated_arrival=known.pop("eta", None)),
    )
    vessel = Vessel(name=known.pop("name", "SPECIMEN STAR"), imo=known.pop("imo", "1234567"))
    return passenger_manifest(vessel=vessel, voyage=voyage, **known)


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"etd": "2026-07-20T13:00"}, "MORNING"),  # local time of Helsinki
        ({"etd": "2026-07-20T10:05Z"}, "MORNING"),
        ({"etd": "2026-07-20T16:30+00:00"}, "EVENING"),
        ({"atd": "2026-07-20T17:20Z"}, "EVENING"),
        ({"eta": "2026-07-20T12:30Z"}, "MORNING"),
        ({"leaves": "EETLL", "arrives": "FIHEL"}, "BACK"),
        ({"voyage": "V2"}, "EVENING"),
        ({"voyage": "v 2", "imo": None, "name": None}, "EVENING"),
        ({"voyage": "V1", "etd": "2026-07-21"}, "NEXT"),  # a day alone
        ({"etd": "2026-07-20T10:00Z", "imo": None, "name": "m/s Specimen Stár"}, "MORNING"),
        ({"etd": "2026-07-20T10:00Z", "leaves": None, "arrives": None}, "MORNING"),
        ({"voyage": "ANOTHER", "etd": "2026-07-20T10:00Z"}, "MORNING"),  # lines number voyages in several ways
        ({"voyage": "ANOTHER", "leaves": "EETLL", "arrives": "FIHEL"}, None),  # nothing shows that it is that sailing
        ({"voyage": "V1", "etd": "nonsense"}, None),
        ({}, None),  # four sailings fit
        ({"voyage": "V1"}, None),  # on two days
        ({"etd": "2026-07-20T10:00Z", "imo": "9074729"}, None),
        ({"etd": "2026-07-20T10:00Z", "imo": None, "name": "OTHER STAR"}, None),
        ({"voyage": "V2", "imo": "9074729"}, None),  # the voyage number does not outweigh another ship
        ({"etd": "2026-07-20T10:00Z", "imo": None, "name": None}, None),  # neither ship nor voyage
        ({"etd": "2026-07-20T10:00Z", "carrier": "another"}, None),
        ({"etd": "2026-07-20T10:00Z", "arrives": "SESTO"}, None),
        ({"etd": "2026-07-28T10:00Z"}, None),
    ],
)
def test_which_sailing(known: dict[str, Any], expected: str | None) -> None:
    for calls in (ALL, ALL[::-1]):
        found = match(manifest(**known), calls, RECEIVED)
        assert found.call == expected
        assert found.reason


def test_a_shuttle_is_told_by_its_minutes() -> None:
    hourly = [sailing(id=f"H{n}", etd=f"2026-07-20T{n:02}:00", eta=f"2026-07-20T{n:02}:40") for n in range(6, 20)]
    assert match(manifest(etd="2026-07-20T11:00Z"), hourly, RECEIVED).call == "H11"
    assert match(manifest(etd="2026-07-20T11:04Z"), hourly, RECEIVED).call == "H11"
    quarterly = [*hourly, sailing(id="Q", etd="2026-07-20T11:15", eta="2026-07-20T11:55")]
    assert match(manifest(etd="2026-07-20T11:02Z"), quarterly, RECEIVED).call == "H11"
    between = match(manifest(etd="2026-07-20T11:30Z"), hourly, RECEIVED)
    assert between.call is None
    assert between.reason.startswith("2 expected sailings fit: H11, H12;")


def test_a_delayed_ship_fits_by_its_actual_departure() -> None:
    late: list[ExpectedCall] = [sailing(id="LATE", atd="2026-07-21T02:00", eta="2026-07-21T04:30")]
    assert match(manifest(atd="2026-07-21T02:00Z"), late, at("2026-07-21T02:10")).call == "LATE"


def test_a_list_long_before_or_after_is_for_another_sailing() -> None:
    only = [MORNING]
    assert match(manifest(), only, at("2026-06-25T00:00")).call == "MORNING"
    assert match(manifest(), only, at("2026-06-15T00:00")).call is None
    assert match(manifest(), only, at("2026-07-23T12:00")).call == "MORNING"
    assert match(manifest(), only, at("2026-07-24T12:00")).call is None


@pytest.mark.parametrize(
    "text", ["SPECIMEN STAR", "M/S Specimen Star", "mv specimen-star", "MS. Specimen  Star", "M/V SPECIMEN STAR"]
)
def test_ship_names_compare_without_prefix_and_signs(text: str) -> None:
    assert ship_name(text) == "specimenstar"


def test_a_name_that_begins_like_a_prefix_is_kept() -> None:
    assert ship_name("MSC Specimen") == "mscspecimen"
    assert ship_name("MS") == "ms"
