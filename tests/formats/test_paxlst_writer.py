"""What the native sea form says, and that reading it and normalising gives the manifest back."""

import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.formats import paxlst
from gateway.formats.forms import FORMS
from gateway.formats.paxlst_writer import write
from gateway.formats.raw import RawList
from gateway.formats.writing import Declarant, WriteOrder
from gateway.manifest import (
    Call,
    Counts,
    Document,
    DocumentType,
    Function,
    ListKind,
    Manifest,
    Nationality,
    Permit,
    Person,
    Port,
    Role,
    Vessel,
)  # fmt: skip
from gateway.normalise import normalise
from tests.formats.paxlst_text import codes
from tests.often import often
from tests.specimen import TODAY, VOYAGE, crew_manifest, crew_member, large_manifest, passenger, passenger_manifest

ORDER = WriteOrder(
    message_id="M-1",
    at=datetime(2026, 11, 21, 12, 0, tzinfo=UTC),
    sender="SEAGATEWAY",
    recipient="NSWGR",
    control=7,
    visit_id="GRPIR-2026-000123",
    declarant=Declarant(
        id="GR123456789", name="PORT AGENT", contact_name="ON DUTY", phone="+302100000000", email="duty@example.org"
    ),
)

CALLS = (
    Call(port=Port(code="ITBRI"), estimated_arrival="2026-11-24T08:00", estimated_departure="2026-11-24T18:00"),
    Call(port=Port(name="Utopia Bay"), estimated_arrival="2026-11-27T08:00"),
)


def segments(manifest: Manifest, order: WriteOrder = ORDER) -> list[str]:
    return [text for text in re.split(r"(?<!\?)'", write(manifest, order).decode("iso8859-1")[9:]) if text]


def manifests(manifest: Manifest) -> list[Manifest]:
    """Written, read, normalised; without any finding."""
    reading = paxlst.read(write(manifest, ORDER), {})
    assert codes(reading) == []
    read = [normalise(raw, None, today=TODAY) for raw in reading.lists if isinstance(raw, RawList)]
    assert [finding for one in read for finding in one.findings] == []
    return [one.manifest for one in read]


def carried(manifest: Manifest) -> Manifest:
    """What the form carries of a manifest of one kind."""
    persons = tuple(_carried(person, index) for index, person in enumerate(manifest.persons, 1))
    voyage = manifest.voyage
    size = len(persons)
    return msgspec.structs.replace(
        manifest,
        purposes=(), carrier=None, code_lists={}, persons=persons, issued=_minutes(manifest.issued),
        vessel=msgspec.structs.replace(manifest.vessel, call_sign=None, mmsi=None),
        voyage=msgspec.structs.replace(
            voyage, direction=None, visit_id=ORDER.visit_id,
            departure=_without_name(voyage.departure), arrival=_without_name(voyage.arrival),
        ),
        counts=Counts(crew=size) if manifest.kind is ListKind.CREW else Counts(passengers=size),
    )  # fmt: skip


def _minutes(time: str | None) -> str | None:
    return time and re.sub(r"(T\d\d:\d\d):\d\d", r"\1", time)


def _without_name(call: Call | None) -> Call | None:
    if call is None:
        return None
    times = {
        f: _minutes(getattr(call, f))
        for f in ("estimated_arrival", "estimated_departure", "actual_arrival", "actual_departure")
    }
    return Call(port=_port(call.port) or Port(), **times)


def _port(port: Port | None) -> Port | None:
    return Port(code=port.code) if port and port.code else port


def _carried(person: Person, sequence: int) -> Person:
    return msgspec.structs.replace(
        person,
        sequence=sequence,
        family_name=person.family_name_latin, given_names=person.given_names_latin,
        transit=person.transit or None, embarkation=_port(person.embarkation), disembarkation=_port(person.disembarkation),
    )  # fmt: skip


def forgotten(manifest: Manifest) -> Manifest:
    """Without what normalising adds: editions, and codes that follow from words."""
    persons = tuple(msgspec.structs.replace(person, rank_code=None) for person in manifest.persons)
    return msgspec.structs.replace(manifest, code_lists={}, persons=persons)


def test_the_native_sea_form_segment_by_segment() -> None:
    manifest = passenger_manifest(persons=(passenger(4),), voyage=msgspec.structs.replace(VOYAGE, itinerary=CALLS))
    assert segments(manifest) == [
        "UNB+UNOC:3+SEAGATEWAY:ZZ+NSWGR:ZZ+261121:1200+000000007++APIS",
        "UNG+PAXLST+SEAGATEWAY:ZZ+NSWGR:ZZ+261121:1200+1+UN+D:05B",
        "UNH+1+PAXLST:D:05B:UN+M-1+01:F",
        "BGM+745+SPECIMEN-1+9",
        "RFF+ATZ:GRPIR-2026-000123",
        "DTM+137:202611210900?+0000:205",
        "NAD+MS+GR123456789++PORT AGENT",
        "CTA+IC+:ON DUTY",
        "COM+?+302100000000:TE+duty@example.org:EM",
        "TDT+20+SP1147+1++:::Specimen Line+++1234567:146:11:SPECIMEN STAR:MLT",
        "LOC+125+GRPIR:139:6",
        "DTM+189:202611231800?+0200:205",
        "LOC+87+MTMLA:139:6",
        "DTM+232:202611250730?+0100:205",
        "LOC+92+ITBRI:139:6",
        "DTM+232:202611240800:203",
        "DTM+189:202611241800:203",
        "LOC+92+:::Utopia Bay",
        "DTM+232:202611270800:203",
        "NAD+FL+++O?'TESTER:MARY-JANE",
        "ATT+2++F",
        "DTM+329:20150517:102",
        "LOC+178+GRPIR:139:6",
        "LOC+179+MTMLA:139:6",
        "LOC+180+IRL:162:5:Cork",
        "NAT+2+IRL",
        "RFF+AVF:BK5047",
        "RFF+SEA:7052",
        "DOC+39+TS4471902",
        "DTM+36:20310415:102",
        "DTM+182:20210415:102",
        "LOC+91+IRL:162:5",
        "CNT+42:1",
        "UNT+32+1",
        "UNE+1+1",
        "UNZ+1+000000007",
    ]


def test_passengers_crew_and_stowaways_are_messages_of_their_own() -> None:
    stowaway = passenger(1, role=Role.STOWAWAY, documents=())
    guest = passenger(2, role=Role.OTHER_SHIP_CREW)
    persons = (crew_member(1), passenger(0), stowaway, crew_member(0), guest)
    written = segments(passenger_manifest(kind=ListKind.MIXED, persons=persons))
    heads = [text[:9] for text in written if text[:3] in ("UNH", "BGM", "CNT", "UNT", "UNE", "UNZ")]
    kinds = [text.split("+")[1] for text in written if text.startswith(("BGM", "NAD")) and "+MS+" not in text]
    assert kinds == ["745", "FL", "DFY", "250", "FM", "FM", "745", "DEE"]
    assert [head for head in heads if head.startswith(("CNT", "UNE"))] == [
        "CNT+42:2",
        "CNT+41:2",
        "CNT+42:1",
        "UNE+3+1",
    ]
    counted = [int(text.split("+")[1]) for text in written if text.startswith("UNT")]
    assert sum(counted) == len(written) - 4
    assert codes(paxlst.read(write(passenger_manifest(kind=ListKind.MIXED, persons=persons), ORDER), {})) == []


@pytest.mark.parametrize("manifest", [passenger_manifest(), crew_manifest()])
def test_read_and_normalised_it_is_what_was_written(manifest: Manifest) -> None:
    [read] = manifests(manifest)
    assert forgotten(read) == forgotten(carried(manifest))


def test_a_mixed_list_comes_back_in_two() -> None:
    persons = passenger_manifest().persons + crew_manifest().persons
    passengers, crew = manifests(passenger_manifest(kind=ListKind.MIXED, persons=persons))
    assert forgotten(passengers) == forgotten(carried(passenger_manifest()))
    assert forgotten(crew) == forgotten(carried(crew_manifest(reference="SPECIMEN-1")))


_LATIN = st.text("AEIOBR", min_size=1, max_size=9)
_NAMES = st.lists(_LATIN, min_size=1, max_size=9).map(" ".join)
_CODES = st.text("AB0123/?+:'-", min_size=2, max_size=9).filter(lambda text: any(char.isalnum() for char in text))
_DATES = st.dates(date(1925, 1, 1), TODAY)
_STATES = st.sampled_from(["SWE", "NOR", "GRC", "PHL", "XXA"])


@st.composite
def _persons(draw: st.DrawFn) -> Person:
    family, given_ = draw(_NAMES.filter(lambda name: len(name) < 36)), draw(_NAMES)
    born = draw(_DATES).isoformat()
    maybe: dict[str, Any] = {
        field: draw(st.none() | _CODES)
        for field in ("cabin", "booking_reference", "carrier_reference", "ticket_number")
    }
    documents = draw(st.lists(st.builds(
        Document, st.sampled_from([DocumentType.PASSPORT, DocumentType.IDENTITY_CARD, DocumentType.SEAFARER_BOOK]),
        st.text("ABC123", min_size=5, max_size=9), _STATES.filter(lambda s: s != "XXA"), _DATES.map(lambda d: d.replace(year=2030, day=1).isoformat()),
    ), max_size=3))  # fmt: skip
    visas = draw(
        st.lists(
            st.builds(Permit, st.text("V123", min_size=5, max_size=9), st.just("GRC"), st.just("2027-01-01")),
            max_size=2,
        )
    )
    return msgspec.structs.replace(
        passenger(0), family_name=family, family_name_latin=family, given_names=given_, given_names_latin=given_,
        birth_date=draw(st.sampled_from([born, born[:7], born[:4]])), transit=draw(st.sampled_from([True, None])),
        nationalities=tuple(Nationality(code, code) for code in draw(st.lists(_STATES.filter(lambda s: s != "XXA"), min_size=1, max_size=3, unique=True))),
        documents=tuple(documents), visas=tuple(visas), **maybe,
    )  # fmt: skip


@given(st.lists(_persons(), min_size=1, max_size=5))
@often(30)
def test_whatever_the_persons_they_come_back(persons: list[Person]) -> None:
    manifest = passenger_manifest(persons=tuple(persons))
    reading = paxlst.read(write(manifest, ORDER), {})
    assert codes(reading) == []
    [raw] = reading.lists
    assert isinstance(raw, RawList)
    read = normalise(raw, None, today=TODAY).manifest
    assert msgspec.to_builtins(forgotten(read).persons) == msgspec.to_builtins(forgotten(carried(manifest)).persons)


def test_letters_of_every_script_are_written_in_latin() -> None:
    person = passenger(
        0,
        family_name="ΠΑΠΑΔΟΠΟΥΛΟΥ",
        given_names="Ζωή",
        family_name_latin=None,
        given_names_latin=None,
        birth_place="Łódź",
    )
    written = segments(passenger_manifest(persons=(person,)))
    assert "NAD+FL+++PAPADOPOULOU:ZOI" in written
    assert next(text for text in written if text.startswith("LOC+180")).isascii()


def test_names() -> None:
    def name(**names: str | None) -> str:
        person = passenger(
            0, **{f: names.get(f) for f in ("family_name", "given_names", "family_name_latin", "given_names_latin")}
        )
        return next(text for text in segments(passenger_manifest(persons=(person,))) if text.startswith("NAD+FL"))

    assert name(family_name="DE LA SPECIMEN") == "NAD+FL+++DE LA SPECIMEN:"
    assert name(given_names="ANNA") == "NAD+FL+++ANNA:"
    assert name() == "NAD+FL+++:"
    assert (
        name(family_name="TEST", given_names="ANNA " * 9)
        == "NAD+FL+++TEST:ANNA ANNA ANNA ANNA ANNA ANNA ANNA:ANNA ANNA"
    )


def test_documents_and_dates() -> None:
    person = passenger(
        0, birth_date="1974", documents=(Document(DocumentType.OTHER, "F1", native_type="FERRY CARD"), Document(None, "X")),
        visas=(Permit("V1", "GRC", "2027-01-01"),), vehicle_registration="ABC 123", birth_country=None, phone="1", residence_country="SWE",
        rank="SINGER",
    )  # fmt: skip
    written = segments(passenger_manifest(persons=(person,)))
    start = next(at for at, text in enumerate(written) if text.startswith("NAD+FL"))
    assert written[start + 2 : -4] == [
        "DTM+329:1974:602", "LOC+174+SWE:162:5", "LOC+178+GRPIR:139:6", "LOC+179+MTMLA:139:6", "LOC+180+:::Göteborg",
        "COM+1:TE", "EMP+1++:::SINGER", "NAT+2+SWE", "RFF+AVF:BK1047", "RFF+SEA:7012", "DOC+:::FERRY CARD+F1", "DOC+:::other+X",
        "DOC+V+V1", "DTM+36:20270101:102", "LOC+91+GRC:162:5", "TDT+10++3+++++ABC 123",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("function", "code"),
    [
        (Function.FINAL, "22"),
        (Function.ORIGINAL, "9"),
        (Function.REPLACE, "5"),
        (Function.CHANGE, "4"),
        (Function.CANCEL, "1"),
    ],
)
def test_functions(function: Function, code: str) -> None:
    assert f"BGM+745+SPECIMEN-1+{code}" in segments(passenger_manifest(function=function))


@pytest.mark.parametrize(
    ("vessel", "text"),
    [
        (
            Vessel(call_sign="9HTS7", mmsi="229000007", name="STAR"),
            "TDT+20+SP1147+1++:::Specimen Line+++9HTS7:103::STAR",
        ),
        (Vessel(mmsi="229000007"), "TDT+20+SP1147+1++:::Specimen Line+++229000007"),
        (Vessel(name="STAR"), "TDT+20+SP1147+1++:::Specimen Line+++:::STAR"),
        (Vessel(), "TDT+20+SP1147+1++:::Specimen Line"),
    ],
)
def test_ships_without_an_imo_number(vessel: Vessel, text: str) -> None:
    manifest = passenger_manifest(vessel=vessel)
    written = next(segment for segment in segments(manifest) if segment.startswith("TDT"))
    assert written.rstrip("+:") == text
    assert manifests(manifest)[0].vessel == (Vessel(call_sign="9HTS7", name="STAR") if vessel.call_sign else vessel)


def test_nobody_on_board_and_only_a_count() -> None:
    assert "CNT+42:0" in segments(passenger_manifest(persons=(), counts=Counts()))
    assert "CNT+42:120" in segments(passenger_manifest(persons=(), counts=Counts(passengers=120)))
    assert "CNT+41:0" in segments(crew_manifest(persons=(), counts=Counts()))


def test_a_test_is_marked_and_a_carrier_code_is_one() -> None:
    manifest = passenger_manifest(voyage=msgspec.structs.replace(VOYAGE, operator="ZZZZ"))
    written = segments(manifest, msgspec.structs.replace(ORDER, test=True))
    assert written[0].endswith("+000000007++APIS++++1")
    assert "TDT+20+SP1147+1++ZZZZ:172:20+++1234567:146:11:SPECIMEN STAR:MLT" in written


def test_line_breaks_and_odd_signs_do_not_break_the_message() -> None:
    person = passenger(0, birth_place="A'\n\x01B-C", cabin="7+1:2'", given_names_latin=None, given_names="")
    [read] = manifests(passenger_manifest(persons=(person,)))
    assert (read.persons[0].birth_place, read.persons[0].cabin) == ("A' B-C", "7+1:2'")


# UN/EDIFACT D.05B, in the order within group 4 that readers with a fixed grammar want
_GRAMMAR = re.compile(
    r"UNB UNG (UNH BGM (RFF )?(DTM )*(NAD (CTA )?(COM )*)*(TDT (DTM )*(LOC (DTM ){0,5})*)+"
    r"(NAD (ATT )*(DTM )*(MEA )*(GEI )*(FTX )*(LOC )*(COM )?(EMP )*(NAT )*(RFF )*(DOC (DTM )*(LOC )*)*(TDT )?)*CNT UNT )+UNE UNZ "
)


def test_segments_stand_in_the_order_of_strict_readers(shared_data: Path) -> None:
    persons = (
        passenger(0, visas=(Permit("V1", "GRC"),), phone="1", rank="X", vehicle_registration="A1"),
        crew_member(0),
    )
    voyage = msgspec.structs.replace(VOYAGE, itinerary=CALLS)
    ours = segments(passenger_manifest(persons=persons, voyage=voyage))
    assert _GRAMMAR.fullmatch("".join(f"{text[:3]} " for text in ours))
    probe = (shared_data / "edifact/synthetic/gtas-probe/33_projection_recommended.edi").read_text()
    assert _GRAMMAR.fullmatch("".join(f"{text.strip()[:3]} " for text in probe.split("'")[1:-1]))


def test_the_forms_table_writes_it() -> None:
    assert FORMS["paxlst-sea"].write(passenger_manifest(), ORDER) == write(passenger_manifest(), ORDER)
    assert len(write(large_manifest(500), ORDER)) > 100_000
