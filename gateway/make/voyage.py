"""The sailing that an invented list is for: a ship, a leg between real ports, times around the day.

In: the day, the carrier's profile if there is one, and the persons. Out: a `Manifest`. Ships without a profile are invented too.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Final

from msgspec.structs import replace

from gateway.carrier import Carrier
from gateway.make.people import Travel, crew, passengers
from gateway.manifest import Call, Counts, Direction, ListKind, Manifest, Person, Port, Vessel, Voyage

SHIP: Final = ("9999840", "Sample Star")
_CRUISE: Final = ("EGALY", "GRPIR", "TRKUS")
_FERRY: Final = ("GRIGO", "ITBRI", "ITAOI")


def leg(carrier: Carrier | None) -> tuple[Port, Port, Port]:
    """Departure, arrival, and the port after it."""
    codes = _FERRY if carrier and carrier.service == "ferry" else _CRUISE
    return Port(code=codes[0]), Port(code=codes[1]), Port(code=codes[2])


def listed(persons: int, kind: ListKind, random: Random, carrier: Carrier | None, on: date) -> tuple[Person, ...]:
    """So many persons of that kind; of a mixed list, one in four is crew, and they come last."""
    travel = Travel(random, *leg(carrier), today=on)
    sailors = {ListKind.PASSENGERS: 0, ListKind.CREW: persons, ListKind.MIXED: -(-persons // 4)}[kind]
    people = [*passengers(persons - sailors, travel), *crew(sailors, travel)]
    return numbered(people)


def numbered(people: Sequence[Person]) -> tuple[Person, ...]:
    """In this order, counted from 1."""
    return tuple(replace(person, sequence=number) for number, person in enumerate(people, 1))


def manifest(people: tuple[Person, ...], kind: ListKind, carrier: Carrier | None, on: date) -> Manifest:
    """The list for a ship that sails in the evening of `on` and arrives two mornings later."""
    departure, arrival, onward = leg(carrier)
    imo, name = next(iter(carrier.vessels.items()), SHIP) if carrier else SHIP
    sails, lands = f"{on}T18:00:00+02:00", f"{on + timedelta(days=2)}T08:00:00+02:00"
    return Manifest(
        kind=kind,
        carrier=carrier.id if carrier else None,
        reference=f"XS-{on:%j}",
        issued=f"{on}T09:00:00+02:00",
        vessel=Vessel(name=name, imo=imo, flag="GRC", call_sign="SVXX"),
        voyage=Voyage(
            number=f"XS{on:%j}",
            direction=Direction.ARRIVAL,
            departure=Call(port=departure, estimated_departure=sails),
            arrival=Call(port=arrival, estimated_arrival=lands),
            itinerary=(Call(port=onward, estimated_arrival=f"{on + timedelta(days=3)}T08:00:00+02:00"),),
        ),
        counts=_counts(people, kind),
        persons=people,
    )


def _counts(people: Sequence[Person], kind: ListKind) -> Counts:
    sailors = sum(person.role == "crew" for person in people)
    if kind is ListKind.CREW:
        return Counts(crew=sailors, basis="counted")
    if kind is ListKind.PASSENGERS:
        return Counts(passengers=len(people), basis="counted")
    return Counts(on_board=len(people), passengers=len(people) - sailors, crew=sailors, basis="counted")
