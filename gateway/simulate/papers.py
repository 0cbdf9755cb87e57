"""What a line sends: its lists in its own form, the number on board, a printed page; and the port's schedule.

In: a sailing, a report, what is known of the sailing then. Out: bytes, the same ones each time. People are invented by `make`: a later list has
the persons of the one before, and some more or fewer.
"""

from collections.abc import Mapping
from datetime import datetime
from random import Random
from typing import Final

import msgspec

from gateway.carrier import Carrier
from gateway.make import Order as MakeOrder
from gateway.make import written
from gateway.make.people import Travel, crew, passengers
from gateway.make.voyage import numbered
from gateway.manifest import Call, Counts, Direction, ListKind, Manifest, Person, Port, Vessel, Voyage
from gateway.simulate.fleet import carrier
from gateway.simulate.laid import Known
from gateway.simulate.season import Sailing
from gateway.simulate.story import Report

PAGE: Final = b"%PDF-1.4\n1 0 obj <</Type /Catalog>> endobj\n% passengers of sailing "
RENAMED: Final = {"Cittadinanza": "Nazionalità", "Nacionalidad": "Nationality"}
"""Headers of the lines whose export changes: as they were, and as they are from then on."""
_LATER: Final = 64  # persons who may come on a later list; no incident is about more


class Paper(msgspec.Struct, frozen=True):
    """A file's bytes. `persons`: who stand on it; 0 on what is no list."""

    data: bytes
    persons: int

    def __repr__(self) -> str:
        return f"<Paper {self.persons} persons>"


def paper(sailing: Sailing, report: Report, known: Known, at: datetime) -> Paper:
    """The file as it is sent at `at`."""
    if report.is_page:
        return Paper(PAGE + sailing.voyage.encode() + b"\n%%EOF\n", 0)
    if report.what == "count":
        return Paper(msgspec.json.encode(_count(sailing, report, known, at)), 0)
    return Paper(_list(sailing, report, known, at), report.persons)


def _list(sailing: Sailing, report: Report, known: Known, at: datetime) -> bytes:
    line, kind = sailing.leg.of, ListKind(report.what)
    form = line.crew if kind is ListKind.CREW and line.crew else line.passengers
    order = MakeOrder(
        form=form, persons=report.persons, seed=sailing.seed % 10**6, on=known.etd.date(), kind=kind, carrier=_export(sailing),
        faults=report.faults,
    )  # fmt: skip
    people = _people(sailing, report, known)
    stated = msgspec.structs.replace(_header(sailing, report, known, at), persons=people)
    made = written(stated, order, Random(f"{sailing.seed}/{report.what}/{report.version}"))
    if made.left_out:
        raise ValueError(f"a list of {sailing.leg.line} has no place for {', '.join(made.left_out)}")
    return made.data


def _export(sailing: Sailing) -> Carrier:
    """The line as its export has it, which the gateway need not know yet."""
    profile = carrier(sailing.leg.line)
    if not sailing.has_drifted:
        return profile
    columns = {RENAMED.get(header, header): field for header, field in profile.columns.items()}
    return msgspec.structs.replace(profile, columns=columns)


def _people(sailing: Sailing, report: Report, known: Known) -> tuple[Person, ...]:
    """The sailing's people are the same on each of its lists, and those who come later stand at the end."""
    leg = sailing.leg
    ends = Port(code=leg.departure), Port(code=leg.arrival), Port(code=leg.next or leg.arrival)
    travel = Travel(Random(f"{sailing.seed}/{report.what}"), *ends, today=known.etd.date())
    if report.what == "crew":
        return numbered(crew(report.persons, travel))
    return numbered(passengers(sailing.persons + _LATER, travel)[: report.persons])


def _header(sailing: Sailing, report: Report, known: Known, at: datetime) -> Manifest:
    leg, is_crew = sailing.leg, report.what == "crew"
    counts = (
        Counts(crew=report.persons, basis="counted") if is_crew else Counts(passengers=report.persons, basis="counted")
    )
    return Manifest(
        kind=ListKind.CREW if is_crew else ListKind.PASSENGERS,
        carrier=leg.line,
        reference=f"{sailing.voyage}-{report.what[0].upper()}{report.version}",
        issued=at.isoformat(),
        vessel=Vessel(name=leg.ship.name, imo=leg.ship.imo, flag="MLT", call_sign="9HXX"),
        voyage=Voyage(
            number=sailing.voyage,
            direction=Direction.DEPARTURE,
            departure=Call(port=Port(code=leg.departure), estimated_departure=known.etd.isoformat()),
            arrival=Call(port=Port(code=leg.arrival), estimated_arrival=known.eta.isoformat()),
        ),
        counts=counts,
    )


def _count(sailing: Sailing, report: Report, known: Known, at: datetime) -> Manifest:
    """Numbers only: how many are on board."""
    header = _header(sailing, report, known, at)
    return msgspec.structs.replace(header, counts=Counts(on_board=report.persons, basis="counted"))


def expected_call(sailing: Sailing, known: Known) -> Mapping[str, str | float]:
    """The sailing as a schedule has it (`POST /v1/calls`)."""
    leg = sailing.leg
    said: dict[str, str | float | None] = {
        "id": sailing.id, "carrier": leg.line, "service": leg.of.service, "vessel": leg.ship.name, "imo": leg.ship.imo,
        "voyage": sailing.voyage, "departure_port": leg.departure, "arrival_port": leg.arrival, "previous_port": leg.previous,
        "next_port": leg.next, "distance_nm": leg.nm, "etd": _iso(known.etd), "eta": _iso(known.eta), "atd": _iso(known.atd),
        "ata": _iso(known.ata), "boarding_closed": _iso(known.boarding_closed), "capacity": leg.usual * 2,
        "arrival_visit_id": f"{leg.arrival}-{sailing.voyage}", "departure_visit_id": f"{leg.departure}-{sailing.voyage}",
        "status": "cancelled" if known.cancelled else "planned",
    }  # fmt: skip
    return {name: value for name, value in said.items() if value is not None}


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
