"""The UK single window's own templates and test workbooks: every cell of a person is read, in its field, at its place.

The cells are read a second time with openpyxl, and what each column is, is written down here from the templates by hand.
"""

import datetime
import re
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pytest

from gateway.formats import workbook
from gateway.formats.raw import CellPlaces, RawList, Reading
from gateway.manifest import ListKind
from tests.formats.books import book

CREW = [
    "document.type",
    "document.other_type",
    "document.issuer",
    "document.number",
    "rank",
    "family_name",
    "given_names",
    "sex",
    "birth_date",
    "birth_place",
    "nationality",
    "document.expiry",
]
PASSENGERS = [*(field for field in CREW if field != "rank"), "cabin", "embarkation", "disembarkation", "transit"]
LISTS = {
    "Fal5-Files/Crew details including supernumeraries FAL 5-Positive-Test.xlsx": [5, 6, 7],
    "Fal5-Files/FAL 5-With-same-TD-NumberAndCountry-asFAL6.xlsx": [5, 6, 7, 8],
    "Fal5-Files/FAL5-invalidCharacters.xlsx": [5, 6],
    "Fal5-Files/FAL5-invalidGender.xlsx": [5, 6, 7, 8, 9, 10, 11],
    "Fal5-Files/FAL5-maxCharacters.xlsx": [5],
    "Fal6-Files/FAL 6-CorrectedWith-same-TD-NumberAndCountry-asFAL5.xlsx": [5, 6, 7],
    "Fal6-Files/FAL 6-With-same-TD-NumberAndCountry-asFAL5.xlsx": [5, 6, 7],
    "Fal6-Files/FAL6-mandatory-fields-missing.xlsx": [5, 7],
    "Fal6-Files/Passenger details FAL 6 - invalidDates.xlsx": [5],
    "Fal6-Files/Passenger details FAL 6 - missingOtherTD.xlsx": [5],
}
BLANK = (
    "fixtures/Crew details FAL 5 Template with Null values.xlsx",
    "fixtures/Fal6-Files/Passenger details FAL 6 - blank.xlsx",
    "fixtures/Passenger details FAL 6.xlsx",
    "templates/Crew details (FAL 5).xlsx",
    "templates/Passenger details including supernumeraries (FAL 6).xlsx",
)


@pytest.fixture(scope="module")
def uk(shared_data: Path) -> Path:
    return shared_data / "formats" / "uk-nmsw"


def read(file: Path) -> Reading:
    return workbook.read(file.read_bytes(), {})


def only(reading: Reading) -> RawList:
    (found,) = reading.lists
    assert isinstance(found, RawList)
    return found


def as_text(value: Any) -> str | None:
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    return str(value)


@pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
@pytest.mark.parametrize("name", LISTS)
def test_every_cell_is_in_its_field_at_its_place(uk: Path, name: str) -> None:
    found = only(read(uk / "fixtures" / name))
    fields, kind, tab = (CREW, ListKind.CREW, "FAL 5") if "Fal5" in name else (PASSENGERS, ListKind.PASSENGERS, "FAL 6")
    assert found.kind is kind
    assert isinstance(found.places, CellPlaces)
    assert found.places.rows == LISTS[name]
    assert found.columns.keys() == set(fields)
    assert not found.extras
    sheet = openpyxl.load_workbook(uk / "fixtures" / name)[tab]
    for field in fields:
        for index, text in enumerate(found.columns[field]):
            cell = found.places.at(field, index).cell
            assert cell == f"{'ABCDEFGHIJKLMNO'[fields.index(field)]}{LISTS[name][index]}"
            assert text == as_text(sheet[cell].value), f"{field} at {cell}"
    assert found.dialects["document.type"] == "uk"
    assert found.dialects["birth_date"] == "uk"


@pytest.mark.parametrize("name", BLANK)
def test_a_blank_template_has_no_persons(uk: Path, name: str) -> None:
    reading = read(uk / name)
    assert not reading.lists
    assert "T-23" in [finding.code for finding in reading.findings]


@pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
def test_the_general_declaration_tells_of_the_voyage(uk: Path) -> None:
    """Labels in columns A, C and E, values in B, D and F; the date and the time of a call are two cells."""
    cells = {
        "direction": "B2", "vessel.name": "B3", "vessel.imo": "D3", "vessel.call_sign": "F3", "vessel.flag": "D4",
        "arrival.port": "B5", "arrival.estimated": "D5", "departure.port": "B6", "departure.estimated": "D6",
        "voyage.number": "B7", "last_port": "D7", "next_port": "F7", "counts.crew": "B14", "counts.passengers": "B15",
    }  # fmt: skip
    files = sorted((uk / "fixtures" / "Fal1-Files").glob("*.xlsx"))
    assert len(files) == 10
    for file in files:
        found = only(read(file))
        assert found.size == 0
        sheet = openpyxl.load_workbook(file)["FAL 1"]
        expected = {field: cell for field, cell in cells.items() if as_text(sheet[cell].value) is not None}
        assert {field: value.place.cell for field, value in found.header.items()} == expected, file.name
        for field, cell in expected.items():
            text = as_text(sheet[cell].value)
            if field.endswith(".estimated"):
                text = f"{text}T{sheet['F' + cell[1]].value:%H:%M}"
            assert found.header[field].text == text
    assert not only(read(uk / "templates" / "General declaration (FAL 1).xlsx")).header


def test_the_name_of_the_tab_is_part_of_the_form() -> None:
    headers = ("TYPE OF TRAVEL DOCUMENT (TD)", "TD_NUMBER", "FAMILY NAME\n35 characters or less", "FORENAMES", "GENDER")
    rows = (
        ("Your reference (optional)", "REF 7"),
        ("UK NMSW FAL 5: Crew details",),
        headers,
        ("P", "TP1", "SAMPLE", "JOHAN", "M"),
    )
    for tab, warned in (("FAL 5", False), ("FAL5", True)):
        reading = workbook.read(book(*rows, title=tab), {})
        assert only(reading).header["reference"].text == "REF 7"
        assert ("T-29" in [finding.code for finding in reading.findings]) is warned


def test_the_form_that_was_sent_by_email_until_2018() -> None:
    rows = [("Flight/Ship", "SPECIMEN STAR"), (), (), (), ("Voyage No", "S1"), ()]
    headers = (
        "TD_TYPE",
        "NATURE OF IDENTITY DOCUMENT",
        "TD_ISSUING_STATE",
        "TD_NUMBER",
        "SURNAME",
        "FORENAME",
        "SEX",
        "DOB ",
        "NATIONALITY",
    )
    person = ("P", None, "UTO", 123456001, "ERIKSSON", "ANNA", "Unspecified", "12/08/1974", "UTO")
    typed = ("P", None, "UTO", "L898902C3", "SPECIMEN", "ZOE", "M", datetime.date(1991, 11, 3), "UTO")
    found = only(workbook.read(book(*rows, headers, person, typed, title="FAL"), {}))
    assert found.columns["birth_date"] == ["12/08/1974", "1991-11-03"]
    assert found.dialects == {"birth_date": "dmy", "document.expiry": "dmy", "document.type": "uk", "times": "dmy"}
    assert str(found.places.at("birth_date", 1)) == 'sheet "FAL", cell H9, column "DOB"'


def fill(template: Path, sheets: dict[str, dict[str, str]]) -> bytes:
    """The template with texts in some of its cells. (openpyxl needs four seconds to load and save it.)"""
    out = BytesIO()
    with ZipFile(template) as old, ZipFile(out, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            for cell, text in sheets.get(name, {}).items():
                filled = f'<c r="{cell}" t="inlineStr"><is><t>{text}</t></is></c>'.encode()
                part, count = re.subn(rb'<c r="%s"[^>]*/>' % cell.encode(), filled, part)
                assert count == 1, cell
            new.writestr(name, part)
    return out.getvalue()


def test_the_imo_single_windows_import_template(shared_data: Path) -> None:
    template = shared_data / "formats" / "kystverket" / "IMO-MSW-Data-Import-Template.xlsx"
    assert not read(template).lists
    values = ("ERIKSSON", "ANNA", "MARIA", "UTO", "F", "1974/08/12", "L898902C3", "UTO", "2030/04/15", "PIR", "MTMLA")
    rests = {"sheet2": ("MASTER", "Turku", "1"), "sheet3": ("V1", "Turku", "N")}
    sheets = {
        f"xl/worksheets/{sheet}.xml": {
            f"{letter}20": value for letter, value in zip("CDEFGHIJKLMNOP", (*values, *rest), strict=True)
        }
        for sheet, rest in rests.items()
    }
    crew, passengers = workbook.read(fill(template, sheets), {}).lists
    assert isinstance(crew, RawList)
    assert isinstance(passengers, RawList)
    assert (crew.kind, passengers.kind) == (ListKind.CREW, ListKind.PASSENGERS)
    common = [
        "family_name",
        "given_names",
        "middle_names",
        "nationality",
        "sex",
        "birth_date",
        "document.number",
        "document.issuer",
        "document.expiry",
        "embarkation",
        "disembarkation",
    ]
    for one in (crew, passengers):
        assert {field: one.columns[field] for field in (*common, "document.type", "birth_place")} == {
            **dict(zip(common, ([value] for value in values), strict=True)),
            "document.type": ["passport"],
            "birth_place": ["Turku"],
        }
        assert one.places.at("document.expiry", 0).cell == "K20"
    assert (crew.columns["rank"], list(crew.extras.values())) == (["MASTER"], [["1"]])
    assert (passengers.columns["visa.number"], passengers.columns["transit"]) == (["V1"], ["N"])
