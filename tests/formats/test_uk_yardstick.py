"""The yardstick: workbooks that the United Kingdom's single window uses to test itself, read to the end.

For each file: the mistakes it holds, by cell, as one sees them on opening it, and the findings that must stand there.
Several codes at a cell: any of them tells the mistake. What a file does right must not be called an error.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.findings import Finding, Severity
from gateway.manifest import DocumentType, Sex
from gateway.process.understand import Understood, understand
from gateway.sent import File

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)

# fixture -> cell -> the codes of which one must stand there
CREW = "Fal5-Files"
PASSENGERS = "Fal6-Files"
FORM = "Fal1-Files"
MISTAKES: dict[str, dict[str, str]] = {
    f"{CREW}/FAL5-invalidCharacters.xlsx": {
        "A5": "N-28",  # "Wrong" is no type of document
        "C5": "N-20",  # a sign behind the country
        "E5": "P-81",  # a sign in the rank
        "F5": "N-71",  # brackets in the family name
        "G5": "N-71",  # a question mark
        "H5": "N-22",
        "I5": "N-09",  # two-digit year
        "J5": "N-71",
        "K5": "N-20",
        "L5": "N-09",  # 13/01-2030
        "C6": "N-21",  # "America"
        "F6": "P-15",
        "G6": "P-15 N-71",
        "L6": "D-33",
    },
    f"{CREW}/FAL5-invalidGender.xlsx": {
        "H5": "P-20",  # blank
        "H6": "N-22",
        "H8": "N-22",
        "H9": "N-22",
        "D5": "C-20 C-21",  # the same document again in row 11
        "D11": "C-20 C-21",
        "D6": "C-20 C-21",  # and row 6 in row 8
        "D8": "C-20 C-21",
    },
    f"{CREW}/FAL5-maxCharacters.xlsx": {
        "C5": "N-21",  # "England"
        "D5": "D-10",  # 40 digits
        "J5": "P-69",
        "K5": "N-20",
    },
    f"{CREW}/FAL 5-With-same-TD-NumberAndCountry-asFAL6.xlsx": {"D7": "T-30", "F7": "C-22", "F8": "C-22"},
    f"{PASSENGERS}/Passenger details FAL 6 - invalidDates.xlsx": {"H5": "N-33", "K5": "N-33"},  # 12/30/1977, 35/03/2035
    f"{PASSENGERS}/Passenger details FAL 6 - missingOtherTD.xlsx": {"B5": "D-05"},  # O in A5, and not of which kind
    f"{PASSENGERS}/FAL6-mandatory-fields-missing.xlsx": {
        "C5": "D-06",
        "D5": "D-02",
        "E5": "P-01 P-02",
        "G5": "P-20",
        "H5": "P-21",
        "I5": "P-33",
        "J5": "P-27",
        "K5": "D-30",
        "M5": "P-40",
        "N5": "P-41",
        "O5": "P-49",
        "A7": "D-03",
        "H7": "P-21",
    },
    f"{FORM}/FAL1-same-arrival-departure-port.xlsx": {"B5": "V-26"},
    f"{FORM}/FAL1-with-spl-characters-not-allowed-not-deleted.xlsx": {
        "B3": "V-11",
        "D3": "N-31",
        "F3": "V-08",
        "D4": "N-20",
        "B14": "N-32",
        "B15": "N-32",
        "D5": "V-44",  # arrival a year before departure
    },
    f"{FORM}/GDF1-arrival-errors.xlsx": {"D7": "N-35", "D5": "V-44", "F3": "V-08"},
    f"{FORM}/GDF1-departure-errors.xlsx": {"F7": "N-35", "D5": "V-44", "F3": "V-08"},
    f"{FORM}/GDF1-bad-imo-and-locodes.xlsx": {"D3": "N-31", "B5": "V-22", "B6": "V-22"},
    f"{FORM}/FAL 1-CrownDependency.xlsx": {"D3": "V-04", "D5": "V-46"},  # their own test ship has no check digit
}
EMPTY = {
    "Passenger details FAL 6.xlsx": "T-23",
    "Crew details FAL 5 Template with Null values.xlsx": "T-23",
    f"{PASSENGERS}/Passenger details FAL 6 - blank.xlsx": "T-23",
}
GOOD = (
    f"{CREW}/Crew details including supernumeraries FAL 5-Positive-Test.xlsx",
    f"{FORM}/General declaration FAL 1 - goodData.xlsx",
    f"{FORM}/GDF1-LOCODE-GoodWithSpaces.xlsx",
    f"{FORM}/GDF1-imo-with-prefix.xlsx",
)


def read(shared_data: Path, *names: str) -> Understood:
    folder = shared_data / "formats/uk-nmsw/fixtures"
    return understand([File((folder / name).read_bytes()) for name in names], carrier=None, now=NOW)


def at_cells(findings: Sequence[Finding]) -> dict[str, set[str]]:
    cells: dict[str, set[str]] = {}
    for finding in findings:
        if finding.place.cell:
            cells.setdefault(finding.place.cell, set()).add(finding.code)
    return cells


@pytest.mark.parametrize("name", MISTAKES, ids=lambda name: name.split("/")[-1])
def test_every_mistake_is_told_at_its_cell(shared_data: Path, name: str) -> None:
    found = at_cells(read(shared_data, name).findings)
    untold = {cell: codes for cell, codes in MISTAKES[name].items() if found.get(cell, set()).isdisjoint(codes.split())}
    assert not untold, {cell: found.get(cell) for cell in untold}


@pytest.mark.parametrize("name", EMPTY, ids=lambda name: name.split("/")[-1])
def test_an_empty_form_is_an_error_and_not_an_empty_list(shared_data: Path, name: str) -> None:
    understood = read(shared_data, name)
    assert not understood.lists
    assert EMPTY[name] in {finding.code for finding in understood.findings if finding.severity is Severity.ERROR}


def test_a_declaration_without_its_required_boxes_is_told_by_their_names(shared_data: Path) -> None:
    findings = read(shared_data, f"{FORM}/GDF1-mandatory-fields-missing.xlsx").findings
    assert {"V-01", "V-10", "V-20", "V-21"} <= {f.code for f in findings if f.severity is Severity.ERROR}


@pytest.mark.parametrize("name", GOOD, ids=lambda name: name.split("/")[-1])
def test_what_is_right_is_not_called_wrong(shared_data: Path, name: str) -> None:
    """No value that stands in a cell is refused; 123456789, which their testers use, looks like no real number."""
    findings = read(shared_data, name).findings
    errors = [(f.code, f.place.cell) for f in findings if f.place.cell and f.severity is Severity.ERROR]
    assert not [error for error in errors if error[0] != "D-11"]


def test_the_same_document_in_both_lists_is_told(shared_data: Path) -> None:
    understood = read(
        shared_data,
        f"{CREW}/FAL 5-With-same-TD-NumberAndCountry-asFAL6.xlsx",
        f"{PASSENGERS}/FAL 6-With-same-TD-NumberAndCountry-asFAL5.xlsx",
    )
    crew, passengers = (at_cells(one.findings) for one in understood.lists)
    for cells, repeated in ((crew, ("D7", "D8")), (passengers, ("D6", "D7"))):
        assert not [cell for cell in repeated if cells.get(cell, set()).isdisjoint(("C-20", "C-21", "D-11"))]


def test_the_positive_crew_list_is_read_as_meant(shared_data: Path) -> None:
    """Line breaks in every cell, numbers as numbers and as text, dates as dates and as text, padding to 40 characters."""
    persons = read(shared_data, GOOD[0]).lists[0].manifest.persons
    assert [(p.family_name, p.given_names, p.sex, p.birth_date) for p in persons] == [
        ("Smith Smith", "John", Sex.MALE, "1970-02-12"),
        ("Fury", "Nick", Sex.MALE, "1975-01-01"),
        ("AlfredSame", "Adam", Sex.FEMALE, "2020-06-29"),
    ]
    papers = [person.documents[0] for person in persons]
    assert [(d.type, d.number, d.issuer, d.expiry) for d in papers] == [
        (DocumentType.SEAFARER_BOOK, "278348", "GBR", "2030-07-12"),
        (DocumentType.PASSPORT, "098765456798765", "USA", "2026-01-01"),
        (DocumentType.PASSPORT, "123456789", "GBR", "2026-09-13"),
    ]


def test_the_positive_form_is_read_as_meant(shared_data: Path) -> None:
    manifest = read(shared_data, f"{FORM}/General declaration FAL 1 - goodData.xlsx").lists[0].manifest
    voyage = manifest.voyage
    assert (manifest.vessel.imo, manifest.vessel.call_sign, manifest.vessel.flag) == ("1234567", None, "GBR")
    assert (manifest.counts.crew, manifest.counts.passengers) == (12, 20)
    assert voyage.departure
    assert voyage.arrival
    assert (voyage.departure.port.name, voyage.departure.estimated_departure) == ("AUXXX", "2023-02-12T14:00")
    assert (voyage.arrival.port.code, voyage.arrival.estimated_arrival) == ("GBPOR", "2023-05-03T14:00")
    assert [call.port.code for call in voyage.itinerary] == ["NLRTM"]
