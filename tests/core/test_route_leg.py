"""Which border each Passenger Information Unit is told of."""

import msgspec
import pytest
from hypothesis import given

from gateway.manifest import Call, Direction, Manifest, Port, Voyage
from gateway.route import border_leg
from tests.manifests import manifests
from tests.often import often


def call(port: str, day: int = 0) -> Call:
    """One that arrives in the morning of a day and leaves in its evening; without a day it has no times."""
    times = {
        f"estimated_{kind}": f"2026-11-{day:02}T{hour}:00" for kind, hour in (("arrival", "08"), ("departure", "18"))
    }
    return Call(port=Port(code=port or None), **(times if day else {}))


def voyage(*ports: str, direction: Direction | None = Direction.ARRIVAL, first: int = 10) -> Voyage:
    calls = [call(port, first + at if first else 0) for at, port in enumerate(ports)]
    return Voyage(direction=direction, departure=calls[0], arrival=calls[-1], itinerary=tuple(calls[1:-1]))


def leg(one: Voyage) -> tuple[str | None, str | None]:
    assert one.departure
    assert one.arrival
    return one.departure.port.code, one.arrival.port.code


CRUISE = ("ITVCE", "HRSPU", "MEKOT", "GRCFU", "GRPIR", "TRIST")
ROUND = ("GRPIR", "TRKUS", "TRIST", "GRPIR")


@pytest.mark.parametrize("first", [10, 0], ids=["with times", "without"])
@pytest.mark.parametrize(
    ("ports", "country", "direction", "expected"),
    [
        (("GRPIR", "MTMLA"), "MT", Direction.ARRIVAL, ("GRPIR", "MTMLA")),
        (CRUISE, "TR", Direction.ARRIVAL, ("GRPIR", "TRIST")),
        (CRUISE, "IT", Direction.ARRIVAL, ("ITVCE", "HRSPU")),
        (CRUISE, "HR", Direction.ARRIVAL, ("ITVCE", "HRSPU")),
        (CRUISE, "HR", Direction.DEPARTURE, ("HRSPU", "MEKOT")),
        (CRUISE, "ME", Direction.ARRIVAL, ("HRSPU", "MEKOT")),
        (CRUISE, "GR", Direction.ARRIVAL, ("MEKOT", "GRCFU")),
        (CRUISE, "GR", Direction.DEPARTURE, ("GRPIR", "TRIST")),
        (CRUISE, "ES", Direction.ARRIVAL, ("ITVCE", "TRIST")),
        (ROUND, "GR", Direction.ARRIVAL, ("TRIST", "GRPIR")),
        (ROUND, "GR", Direction.DEPARTURE, ("GRPIR", "TRKUS")),
        (ROUND, "TR", None, ("GRPIR", "TRKUS")),
        (("GRPIR", "", "GRCFU"), "GR", Direction.ARRIVAL, ("GRPIR", "GRCFU")),
        (("GRPIR", "GRCFU"), "GR", Direction.ARRIVAL, ("GRPIR", "GRCFU")),
    ],
)
def test_each_country_has_its_own_leg(
    ports: tuple[str, ...], country: str, direction: Direction | None, expected: tuple[str, str], first: int
) -> None:
    one = voyage(*ports, direction=direction, first=first)
    crosses = (ports[0][:2] == country) is not (ports[-1][:2] == country)
    stated = not first and crosses  # without times it is not known what lies between
    assert leg(border_leg(one, country)) == (leg(one) if stated else expected)


def test_calls_before_the_leg_and_behind_it_stand_by_their_times() -> None:
    one = Voyage(
        departure=call("ITVCE", 12), arrival=call("TRIST", 14), itinerary=(call("ESBCN", 10), call("GRPIR", 13), call("TRIZM", 15))
    )  # fmt: skip
    assert leg(border_leg(one, "GR")) == ("ITVCE", "GRPIR")
    assert leg(border_leg(one, "ES")) == ("ESBCN", "ITVCE")  # it only leaves
    told = border_leg(one, "GR")
    assert [other.port.code for other in told.itinerary] == ["ESBCN", "TRIST", "TRIZM"]


def test_an_end_that_stands_among_the_calls_as_well_is_one_call() -> None:
    one = voyage(*ROUND)
    assert one.departure
    assert one.arrival
    doubled = msgspec.structs.replace(one, itinerary=(one.departure, *one.itinerary, one.arrival))
    assert leg(border_leg(doubled, "GR")) == ("TRIST", "GRPIR")


@given(manifests())
@often(20)
def test_nothing_is_invented(manifest: Manifest) -> None:
    voyage = manifest.voyage
    known = [one for one in (voyage.departure, *voyage.itinerary, voyage.arrival) if one]
    told = border_leg(voyage, "GR")
    assert all(one in known for one in (told.departure, *told.itinerary, told.arrival) if one)
    assert (told.departure is None, told.arrival is None) == (voyage.departure is None, voyage.arrival is None)
