"""National workbooks: Finland's spreadsheet, Sweden's MSW Reportal, the Seychelles' PVMIS. Nobody in them exists."""

import re
from collections.abc import Mapping, Sequence
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from gateway import jail
from gateway.findings import Severity
from gateway.formats import delimited, workbook
from gateway.formats.raw import CellPlaces, RawList, Reading
from gateway.process.understand import Understood, understand
from gateway.sent import File
from tests.formats.books import book
from tests.specimen import NOW

FINLAND_PASSENGERS = (
    "Sequence number", "Person type", "Person family name", "Person given name", "Person nationality",
    "Person date of birth\n(dd.mm.yyyy)", "Person place of birth name", "Person country of birth", "Person gender",
    "Person port of embarkation\n(5-character LOCODE)", "Person port of disembarkation\n(5-character LOCODE)",
    "Person in transit", "Person identity or travel document type", "Person identity or travel document number",
    "Person identity or travel document expiry date\n(dd.mm.yyyy)", "Person identity or travel document issuing nation",
    "Residence permit number", "Person visa number", "Person special care or assistance description",
    "Person emergency contact number",
)  # fmt: skip
FINLAND_CREW = (
    "Sequence number", "Person family name", "Person given name", "Crew member rank or rating", "Person nationality",
    "Person date of birth\n(dd.mm.yyyy)", "Place of birth", "Country of birth", "Person gender",
    "Person identity or travel document type", "Person identity or travel document number",
    "Person identity or travel document issuing nation", "Person identity or travel document expiry date\n(dd.mm.yyyy)",
    "Residence permit number", "Person visa number", "Crew effects type", "Crew effects description",
    "Crew effects onboard quantity", "Unit",
)  # fmt: skip
GUESTS = (
    (1, "FL – Passenger", "ERIKSSON", "ANNA MARIA", "SWE – Sweden", "12.08.1974", "Uppsala", "SWE – Sweden", "2 – Female",
     "SESTO", "FIHEL", "0 / No", "39 – Passport", "L898902C3", "15.04.2032", "SE – Sweden", "", "", "", "+46 70 000 00 00"),
    (2, "DEE – Stowaway", "TESTPERSON", "OLE", "XXC – Refugee (Other than above)", "29.02.1968", "Bergen",
     "YDYE – Yemen, Democratic", "1 – Male", "SESTO", "EETLL", "1 / Yes", "101 – Registration document", "TP1047239",
     "01.01.2030", "NO – Norway", "RP-1 / 2", "", "wheelchair", ""),
)  # fmt: skip
MASTER = (1, "SPECIMEN", "ZOË", "10100 – Captain / Master", "NLD – Netherlands", "03.11.1971", "Delft", "NLD – Netherlands",
          "0 – Not known", "718 – Seaman’s book", "SPEC7K2L4", "NL – Netherlands", "01.02.2031", "", "",
          "CRE-002 – Beer", "x", 6, "LTR / litre")  # fmt: skip


def top(code: str, title: str, context: str = "Arrival") -> list[tuple[str, ...]]:
    """The first eight rows of one of Finland's sheets."""
    return [
        (code, "2.0.1", "FI"), ("European Maritime Single Window environment",), (title,), ("Context", "DE-003-01"),
        ("Context", "Remarks"), (context, ""), ("",), (f"{title} information",),
    ]  # fmt: skip


def finland(context: str = "Arrival", **sheets: Sequence[Any]) -> bytes:
    return book(
        *top("PAX", "Passenger list", context), ("DE-001-02", "DE-035-01", "DE-035-02"), FINLAND_PASSENGERS, *GUESTS,
        *[(number,) for number in range(3, 101)],
        title="Passenger list",
        **{"Crew list and crew's effects": [*top("CRW", "Crew list and crew’s effects", context), FINLAND_CREW, MASTER], **sheets},
    )  # fmt: skip


def lists(reading: Reading) -> list[RawList]:
    return [one for one in reading.lists if isinstance(one, RawList)]


def read(data: bytes, name: str = "list.xlsx") -> Understood:
    return understand([File(data, name)], carrier=None, now=NOW)


def errors(understood: Understood) -> set[str]:
    return {one.code for one in understood.findings if one.severity is Severity.ERROR}


# --- Finland ------------------------------------------------------------------------------------------------------


def test_finlands_codes_are_those_that_were_picked() -> None:
    passengers, crew = lists(workbook.read(finland(), {}))
    assert passengers.size == 2
    assert passengers.columns["sex"] == ["2", "1"]
    assert passengers.columns["nationality"] == ["SWE", "XXC"]
    assert passengers.columns["birth_country"] == ["SWE", "YDYE"]
    assert passengers.columns["document.type"] == ["39", "101"]
    assert passengers.columns["transit"] == ["0", "1"]
    assert passengers.columns["role"] == ["FL", "DEE"]
    assert passengers.columns["permit.number"] == [None, "RP-1 / 2"]  # no code, though it looks like a choice
    assert (crew.columns["rank"], crew.columns["rank_code"]) == (["Captain / Master"], ["10100"])
    assert isinstance(crew.places, CellPlaces)
    assert crew.places.at("rank_code", 0).cell == crew.places.at("rank", 0).cell == "D10"
    assert crew.extras.keys() == {
        "Crew effects type",
        "Crew effects description",
        "Crew effects onboard quantity",
        "Unit",
    }


def test_finlands_people_are_read_as_they_are_meant() -> None:
    passengers, crew = [one.manifest for one in read(finland()).lists]
    assert (passengers.kind, crew.kind) == ("passengers", "crew")
    anna, ole = passengers.persons
    assert (anna.sex, anna.birth_date, anna.nationalities[0].code) == ("F", "1974-08-12", "SWE")
    assert (anna.documents[0].type, anna.documents[0].issuer, anna.documents[0].expiry) == (
        "passport",
        "SWE",
        "2032-04-15",
    )
    assert (anna.transit, ole.transit, ole.role, ole.special_care) == (False, True, "stowaway", "wheelchair")
    assert (crew.persons[0].rank_code, crew.persons[0].master, crew.persons[0].sex) == ("10100", True, None)
    assert crew.persons[0].documents[0].type == "seafarer-book"


NOTIFICATION = [
    *top("NOA", "Pre-arrival notification")[:3],
    ("DE-022-06",), ("Sequence number", "Last port of call\n(5-character LOCODE)"), (-1, "SESTO"), ("",),
    ("Sequence number", "Next port of call\n(5-character LOCODE)"), (1, "EETLL"), ("",),
    ("Date and time of arrival - estimated\n(dd.mm.yyyy hh:mm:ss)", "Date and time of departure - estimated\n(dd.mm.yyyy hh:mm:ss)"),
    ("25.11.2026 07:30:00", "25.11.2026 19:00:00"), ("",),
    ("Number of crew", "Number of passengers", "Stowaways found", "Number of persons on board (Including crew and passengers)"),
    (1, 1, 1, 3), ("",), ("The vessel is in regular scheduled service", "Regular service identifier", "Voyage Number"),
    ("", "", "SP1147"),
]  # fmt: skip


def test_finlands_notification_speaks_for_its_lists() -> None:
    data = finland(**{"Pre-arrival notification": NOTIFICATION})
    for one in read(data).lists:
        voyage = one.manifest.voyage
        assert (voyage.number, voyage.direction) == ("SP1147", "arrival")
        assert voyage.departure is not None
        assert voyage.arrival is not None
        assert (voyage.departure.port.code, voyage.arrival.estimated_arrival) == ("SESTO", "2026-11-25T07:30")
        assert voyage.departure.estimated_departure is None  # 19:00 is when she leaves the port that she arrives at
        assert (one.manifest.counts.crew, one.manifest.counts.on_board) == (1, 3)
    (left,) = [one for one in read(data).findings if one.code == "T-34" and "departure" in one.text]
    assert left.place.sheet == "Pre-arrival notification"


def test_a_notification_of_an_arrival_speaks_for_no_list_of_a_departure() -> None:
    data = finland("Departure", **{"Pre-arrival notification": NOTIFICATION})
    *of_persons, notification = lists(workbook.read(data, {}))
    assert [one.header.keys() for one in of_persons] == [{"direction"}] * 2
    assert (notification.size, notification.header["counts.on_board"].text) == (0, "3")
    assert [one.place.sheet for one in read(data).findings if one.code == "Z-11"] == [
        "Passenger list", "Crew list and crew's effects",
    ]  # fmt: skip
    values = ("-1", "1", "3", "SESTO", "EETLL", "SP1147", "25.11.2026 07:30:00", "25.11.2026 19:00:00")
    blank = [tuple("" if str(cell) in values else cell for cell in row) for row in NOTIFICATION]
    empty = workbook.read(finland("Departure", **{"Pre-arrival notification": blank}), {})
    assert [one.size for one in lists(empty)] == [2, 1]


def test_the_numbers_of_emswes_elements_are_no_values() -> None:
    for one in lists(workbook.read(finland(""), {})):
        assert not one.header


def filled(path: Path, cells: Mapping[str, Mapping[str, object]]) -> bytes:
    """A copy of a published workbook with texts put into its cells; `cells`: part -> cell -> text."""
    out = BytesIO()
    with ZipFile(path) as source, ZipFile(out, "w", ZIP_DEFLATED, compresslevel=1) as target:
        for name in source.namelist():
            part = source.read(name)
            for cell, text in cells.get(name, {}).items():
                said = f'<c r="{cell}" t="inlineStr"><is><t>{escape(str(text))}</t></is></c>'.encode()
                part, count = re.subn(rb'<c r="%s"[^>]*?(/>|>.*?</c>)' % cell.encode(), lambda _, said=said: said, part)
                assert count == 1, cell
            target.writestr(name, part)
    return out.getvalue()


def test_the_published_spreadsheet_filled_in(shared_data: Path) -> None:
    """Its coloured cells reach to the last column, and it has sixty sheets of codes."""
    path = shared_data / "emswe/NationalSpreadsheetV2.0.1.xlsx"
    columns = "ABCDEFGHIJKLMNOPQRST"
    passengers = {
        f"{columns[at]}{11 + row}": text for row, guest in enumerate(GUESTS) for at, text in enumerate(guest) if text
    }
    crew = {f"{columns[at]}11": text for at, text in enumerate(MASTER) if text}
    data = filled(path, {
        "xl/worksheets/sheet10.xml": passengers | {"A6": "Arrival"},
        "xl/worksheets/sheet9.xml": crew | {"A6": "Arrival"},
        "xl/worksheets/sheet3.xml": {"B35": "SESTO", "A71": "25.11.2026 07:30:00", "A91": 1, "B91": 1, "D91": 3},
    })  # fmt: skip
    reading = jail.read_file(data)
    ours = {one.kind: one.columns for one in lists(workbook.read(finland(), {}))}
    assert {one.kind: {field: list(texts) for field, texts in one.columns.items()} for one in lists(reading)} == ours
    for one in lists(reading):
        assert {field: value.text for field, value in one.header.items()} == {
            "direction": "Arrival", "last_port": "SESTO", "arrival.estimated": "25.11.2026 07:30:00",
            "counts.crew": "1", "counts.passengers": "1", "counts.on_board": "3",
        }  # fmt: skip
    assert {one.code for one in reading.findings} == {"T-14", "T-21"}
    assert len(next(one.text for one in reading.findings if one.code == "T-14")) < 400


# --- Sweden -------------------------------------------------------------------------------------------------------

SWEDEN = ("No.", "Family name", "Given names", "Gender", "Date of birth", "Place of birth", "Nationality",
          "Type of identity document", "Identity document number", "Issuing state", "Expiry date")  # fmt: skip


def test_sweden_writes_countries_in_full_and_unknown_for_a_name() -> None:
    passengers = [
        SWEDEN,
        (1, "ERIKSSON", "Unknown", "Female", "1974-08-12", "Uppsala", "Sweden", "Passport", "L898902C3", "Sweden", "2032-04-15"),
        (2, "Unknown", "OLE", "Male", "1968-02-29", "Hai Phong", "Viet Nam", "Passport", "TP1047239", "Netherlands", "2030-01-01"),
    ]  # fmt: skip
    others = {
        name: [("Item", "Quantity"), ("x", 1)]
        for name in ("Crew's effects", "Security", "Ship-to-ship", "Vehicles", "Waste")
    }
    codes = [("Country", "Code"), ("Sweden", "SE"), ("Viet Nam", "VN")]
    understood = read(book(*passengers, title="Passengers", Crew=[SWEDEN], **others, **{"reference data": codes}))
    (one,) = understood.lists
    first, second = one.manifest.persons
    assert [person.nationalities[0].code for person in one.manifest.persons] == ["SWE", "VNM"]
    assert [person.documents[0].issuer for person in one.manifest.persons] == ["SWE", "NLD"]
    assert (first.given_names, first.name_reason) == (None, "unknown")
    assert (second.family_name, second.name_reason) == (None, "unknown")
    assert not [one for one in understood.findings if one.code in ("N-20", "T-21")]
    left = next(one.text for one in understood.findings if one.code == "T-14")
    assert all(f'"{name}"' in left for name in (*others, "reference data"))


def test_an_empty_ship_states_0_and_a_blank_is_an_error() -> None:
    zero = read(book(("Number of passengers", 0), SWEDEN, title="Passengers"))
    assert [(one.manifest.counts.passengers, len(one.manifest.persons)) for one in zero.lists] == [(0, 0)]
    blank = read(book(("Number of passengers", ""), SWEDEN, title="Passengers"))
    assert not blank.lists
    assert errors(blank) == {"T-23"}


# --- Seychelles ---------------------------------------------------------------------------------------------------

PVMIS = ("No.", "Family name", "Given names", "Nationality", "Date of birth", "Place of birth", "Gender",
         "Nature (type) of identity document", "Number of identity document", "Issuing State of identity document",
         "Expiry date of identity document", "Port of embarkation", "Port of disembarkation", "Transit passenger or not",
         "Visa number if appropriate", "Country of residence", "Cabin", "Reservation number")  # fmt: skip
PVMIS_GUESTS = (
    (1, "ERIKSSON", "ANNA MARIA", "SWE", "1974-08-12", "Uppsala", "Female", "Passport", "L898902C3", "SWE", "2032-04-15",
     "SCVIC", "MUPLU", "No", "", "SWE", "4012", "RES-1"),
    (2, "TESTPERSON", "OLE", "NOR", "1968-02-29", "Bergen", "Male", "ID card", "TP1047239", "NOR", "2030-01-01",
     "SCVIC", "SCVIC", "Yes", "V-77", "SYC", "4014", "RES-2"),
    (3, "SPECIMEN", "ZOË", "NLD", "1991-11-03", "Delft", "Other", "Driver license", "SPEC7K2L4", "NLD", "2031-02-01",
     "SCVIC", "MUPLU", "No", "", "NLD", "4016", "RES-3"),
)  # fmt: skip


def as_csv(rows: Sequence[Sequence[object]]) -> bytes:
    return "\r\n".join(",".join(map(str, row)) for row in rows).encode()


@pytest.mark.parametrize("as_text", [False, True], ids=["FALs_template.xlsx", "csv"])
def test_the_seychelles_columns(as_text: bool) -> None:
    rows = [PVMIS, *PVMIS_GUESTS]
    forms = {
        "FAL 1": [("1.1 Name of ship", "SPECIMEN STAR"), ("1.2 IMO number", "1234567"), ("1.3 Call sign", "9HTS7"),
                  ("1.4 Voyage number", "SP1147"), ("Number of passengers", 3)],
        "FAL 2": [("Cargo", "Quantity")],
        "FAL 5": [("No.", "Family name", "Given names", "Rank or rating")],
    }  # fmt: skip
    understood = read(as_csv(rows), "fal6.csv") if as_text else read(book(*rows, title="FAL 6", **forms))
    (one,) = understood.lists
    anna, ole, zoe = one.manifest.persons
    assert (one.manifest.kind, anna.residence_country, anna.cabin, anna.booking_reference) == (
        "passengers",
        "SWE",
        "4012",
        "RES-1",
    )
    assert (ole.visas[0].number, ole.transit, ole.embarkation and ole.embarkation.code) == ("V-77", True, "SCVIC")
    assert [person.documents[0].type for person in (anna, ole, zoe)] == ["passport", "identity-card", "other"]
    assert [person.sex for person in (anna, ole, zoe)] == ["F", "M", "X"]
    assert not [found for found in understood.findings if found.code in ("T-21", "T-28", "N-28")]
    if not as_text:
        assert (one.manifest.vessel.imo, one.manifest.counts.passengers) == ("1234567", 3)


def test_a_csv_of_the_seychelles_is_recognised() -> None:
    assert delimited.recognise(as_csv([PVMIS, *PVMIS_GUESTS]))
