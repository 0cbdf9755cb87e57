"""Good, invented lists for tests: nobody on them exists, every check finds them clean on `TODAY`.

`passenger_manifest(purposes=(Purpose.SAFETY,))` replaces what a test is about; `passenger(1, cabin=None)` one person.
Numbers look invented: ICAO Doc 9303's specimen passport, ship 1234567 (its check digit is right, it is no ship).
"""

from datetime import UTC, date, datetime
from typing import Any

import msgspec

from gateway.manifest import (
    Call,
    Counts,
    Direction,
    Document,
    DocumentType,
    ListKind,
    Manifest,
    Nationality,
    Person,
    Port,
    Purpose,
    Role,
    Sex,
    Vessel,
    Voyage,
)

TODAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

VESSEL = Vessel(name="SPECIMEN STAR", imo="1234567", call_sign="9HTS7", mmsi="229000007", flag="MLT")

VOYAGE = Voyage(
    number="SP1147",
    operator="Specimen Line",
    direction=Direction.ARRIVAL,
    departure=Call(port=Port(code="GRPIR", name="Piraeus"), estimated_departure="2026-11-23T18:00:00+02:00"),
    arrival=Call(port=Port(code="MTMLA", name="Valletta"), estimated_arrival="2026-11-25T07:30:00+01:00"),
)

UNDATED = Voyage(
    number="SP1147", departure=Call(port=Port(code="GRPIR")), arrival=Call(port=Port(code="MTMLA"))
)  # of whatever day its sailing is

_PASSENGERS: tuple[tuple[str, str, Sex, str, str, str, str], ...] = (
    ("ERIKSSON", "ANNA MARIA", Sex.FEMALE, "1974-08-12", "Göteborg", "SWE", "L898902C3"),
    ("TESTPERSON", "OLE", Sex.MALE, "1968-02-29", "Bergen", "NOR", "TP1047239"),
    ("SPECIMEN", "ZOË", Sex.UNSPECIFIED, "1991-11-03", "Utrecht", "NLD", "SPEC7K2L4"),
    ("MUSTERMANN", "ERIKA", Sex.FEMALE, "1983-06-25", "Köln", "DEU", "C01X00T47"),
    ("O'TESTER", "MARY-JANE", Sex.FEMALE, "2015-05-17", "Cork", "IRL", "TS4471902"),
)

_CREW: tuple[tuple[str, str, Sex, str, str, str, str, str, str], ...] = (
    ("SAMPLE", "JOHAN", Sex.MALE, "1971-03-09", "Turku", "FIN", "FT5520187", "Master", "10101"),
    ("PROBE", "LUCIA", Sex.FEMALE, "1986-12-02", "Cebu", "PHL", "P7730046A", "Chief officer", "10111"),
    ("TRIALMAN", "PEDRO", Sex.MALE, "1994-07-21", "Vigo", "ESP", "XTE338104", "Second officer", "10121"),
)


def passenger(index: int = 0, **changes: Any) -> Person:
    """One of the five specimen passengers, with `changes`."""
    family, given, sex, born, place, state, number = _PASSENGERS[index]
    person = Person(
        sequence=index + 1,
        transit=False,
        family_name=family,
        given_names=given,
        family_name_latin=family,
        given_names_latin=given.replace("Ë", "E"),
        sex=sex,
        birth_date=born,
        birth_place=place,
        birth_country=state,
        nationalities=(Nationality(state, state),),
        documents=(Document(DocumentType.PASSPORT, number, state, "2031-04-15", issued="2021-04-15"),),
        embarkation=VOYAGE.departure.port if VOYAGE.departure else None,
        disembarkation=VOYAGE.arrival.port if VOYAGE.arrival else None,
        cabin=f"70{index + 1}2",
        booking_reference=f"BK{index + 1}047",
    )
    return msgspec.structs.replace(person, **changes)


def crew_member(index: int = 0, **changes: Any) -> Person:
    """One of the three specimen crew members, the master first, with `changes`."""
    family, given, sex, born, place, state, number, rank, rank_code = _CREW[index]
    person = Person(
        sequence=index + 1,
        role=Role.CREW,
        master=index == 0,
        family_name=family,
        given_names=given,
        family_name_latin=family,
        given_names_latin=given,
        sex=sex,
        birth_date=born,
        birth_place=place,
        birth_country=state,
        nationalities=(Nationality(state, state),),
        documents=(Document(DocumentType.PASSPORT, number, state, "2029-09-30", issued="2024-09-30"),),
        rank=rank,
        rank_code=rank_code,
    )
    return msgspec.structs.replace(person, **changes)


def passenger_manifest(**changes: Any) -> Manifest:
    """A passenger list for an arrival from Piraeus in Valletta, for border checks and for safety."""
    manifest = Manifest(
        kind=ListKind.PASSENGERS,
        purposes=(Purpose.BORDER, Purpose.SAFETY),
        carrier="specimen",
        reference="SPECIMEN-1",
        issued="2026-11-21T09:00:00+00:00",
        vessel=VESSEL,
        voyage=VOYAGE,
        counts=Counts(on_board=8, passengers=5, crew=3, basis="counted"),
        persons=tuple(passenger(index) for index in range(len(_PASSENGERS))),
    )
    return msgspec.structs.replace(manifest, **changes)


def crew_manifest(**changes: Any) -> Manifest:
    """The crew list of the same voyage."""
    crew = tuple(crew_member(index) for index in range(len(_CREW)))
    manifest = passenger_manifest(kind=ListKind.CREW, reference="SPECIMEN-2", persons=crew)
    return msgspec.structs.replace(manifest, **changes)


def large_manifest(size: int) -> Manifest:
    """A clean passenger list of `size` invented people, all different, for measurements and growth."""
    return passenger_manifest(
        counts=Counts(on_board=size + 3, passengers=size, crew=3, basis="counted"),
        persons=tuple(_one_of_many(index) for index in range(size)),
    )


def _letters(number: int) -> str:
    return "".join(chr(65 + number // 26**place % 26) for place in range(4))


def _one_of_many(index: int) -> Person:
    name = _letters(index * 7919)
    born = f"{1940 + index % 70}-{1 + index // 70 % 12:02}-{1 + index // 840 % 28:02}"
    like = passenger(index % len(_PASSENGERS))
    return msgspec.structs.replace(
        like,
        sequence=index + 1,
        family_name=f"TEST{name}",
        family_name_latin=f"TEST{name}",
        birth_date=born,
        documents=(msgspec.structs.replace(like.documents[0], number=f"TX{1000003 + 17 * index}"),),
        cabin=str(1000 + index // 2),
    )
