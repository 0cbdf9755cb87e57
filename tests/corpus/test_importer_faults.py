"""The nine faults of the open import of the IMO single window's template, each read rightly here.

The workbooks are laid out as that template is: headers in row 18 from column B, persons from row 19, crew on a sheet of their
own. What that importer does with them is known from its code; the numbers are those of the list of its faults.
"""

import re
from pathlib import Path

import pytest

from gateway.carrier import Carrier, parse
from gateway.findings import Severity
from gateway.make import Order, make
from gateway.make.fill import pages
from gateway.make.layouts import LAYOUTS
from gateway.make.page import Page, xlsx
from gateway.manifest import ListKind, Sex
from gateway.process.understand import Known, Understood, understand
from gateway.sent import File
from tests.corpus.cases import NOW, ON

SHIP = Known(
    defaults={
        "vessel.name": "Sample Star", "vessel.imo": "9999840", "departure.port": "EGALY", "arrival.port": "GRPIR",
        "departure.estimated": "2026-11-22T18:00:00+02:00", "arrival.estimated": "2026-11-24T08:00:00+02:00",
    }
)  # fmt: skip


def drawn(persons: int = 12) -> tuple[Page, Page]:
    """Crew and passengers on the template's two sheets."""
    made = make(Order(form="imo-xlsx", persons=persons, seed=11, on=ON, kind=ListKind.MIXED))
    crew, passengers = pages(made.manifest, LAYOUTS["imo"], as_text=False)
    return crew, passengers


def read(crew: Page, passengers: Page, carrier: Carrier | None = None, name: str | None = None) -> Understood:
    return understand((File(xlsx([crew, passengers]), name),), carrier=carrier, now=NOW, known_of=lambda manifest: SHIP)


def codes_at(understood: Understood, sheet: str, person: int, field: str) -> list[str]:
    return [
        finding.code
        for finding in understood.findings
        if (finding.place.sheet, finding.place.person, finding.place.field) == (sheet, person, field)
    ]


def errors(understood: Understood) -> list[str]:
    return [f"{one.code} {one.place}" for one in understood.findings if one.severity is Severity.ERROR]


def test_1_the_port_of_disembarkation_is_its_own() -> None:
    crew, passengers = drawn()
    for page in (crew, passengers):
        page.put(1, "embarkation", "EGALY")
        page.put(1, "disembarkation", "TRKUS")
    understood = read(crew, passengers)
    for one in understood.lists:
        first = one.manifest.persons[0]
        assert first.embarkation is not None
        assert first.disembarkation is not None
        assert (first.embarkation.code, first.disembarkation.code) == ("EGALY", "TRKUS")


@pytest.mark.parametrize(
    ("said", "sex"), [("MALE", Sex.MALE), ("FEMALE", Sex.FEMALE), ("m ", Sex.MALE), ("Other", Sex.UNSPECIFIED)]
)
def test_2_words_for_the_sex_are_that_sex(said: str, sex: Sex) -> None:
    crew, passengers = drawn()
    crew.put(2, "sex", said)
    passengers.put(2, "sex", said)
    understood = read(crew, passengers)
    assert [one.manifest.persons[1].sex for one in understood.lists] == [sex, sex]


def test_2_a_word_that_is_no_sex_is_said_and_not_made_another() -> None:
    crew, passengers = drawn()
    passengers.put(2, "sex", "Perhaps")
    understood = read(crew, passengers)
    assert understood.lists[1].manifest.persons[1].sex is None
    assert codes_at(understood, "Passenger List", 2, "sex") == ["N-22"]


def test_3_an_unknown_country_or_port_is_said() -> None:
    crew, passengers = drawn()
    passengers.put(1, "nationality", "QQQ")
    passengers.put(2, "embarkation", "QQXYZ")
    understood = read(crew, passengers)
    assert codes_at(understood, "Passenger List", 1, "nationality") == ["N-20"]
    assert codes_at(understood, "Passenger List", 2, "embarkation") != []


@pytest.mark.parametrize(
    ("said", "lookup", "code"), [("PIR", "", "GRPIR"), ("S1", '[lookup.port]\nS1 = "TRKUS"\n', "TRKUS")]
)
def test_3_a_port_by_its_last_three_letters_or_the_lines_own_word(said: str, lookup: str, code: str) -> None:
    line = parse("specimen", f'name = "Specimen"\ncontact = "a@specimen.example"\nservice = "cruise"\n{lookup}')
    assert isinstance(line, Carrier)
    crew, passengers = drawn()
    passengers.put(1, "disembarkation", said)
    understood = read(crew, passengers, line)
    port = understood.lists[1].manifest.persons[0].disembarkation
    assert port is not None
    assert port.code == code
    assert lookup or "N-24" in codes_at(understood, "Passenger List", 1, "disembarkation")  # a guess is told


def test_4_dates_of_one_column_are_read_in_one_order() -> None:
    """03/04/1970 is the 3 April where the column says that the day comes first, and a date that nobody can read costs itself alone."""
    crew, passengers = drawn()
    for number in range(1, len(passengers.people) + 1):
        passengers.put(number, "birth_date", f"{12 + number}/04/1970")
    passengers.put(1, "birth_date", "03/04/1970")
    passengers.put(2, "birth_date", "one day in spring")
    passengers.headers = [
        header and re.sub(r"Date of Birth.*", "Date of Birth", header) for header in passengers.headers
    ]
    understood = read(crew, passengers)
    people = understood.lists[1].manifest.persons
    assert people[0].birth_date == "1970-04-03"
    assert people[1].birth_date is None
    assert codes_at(understood, "Passenger List", 2, "birth_date") == ["N-01"]
    assert len(people) == len(passengers.people)


def test_5_strange_signs_in_a_name_are_said_and_the_rest_of_it_stays() -> None:
    crew, passengers = drawn()
    passengers.put(1, "family_name", "SPECI#MEN$")
    understood = read(crew, passengers)
    assert understood.lists[1].manifest.persons[0].family_name == "SPECI#MEN$"
    assert codes_at(understood, "Passenger List", 1, "family_name") != []


@pytest.mark.parametrize("name", ["../../upload.xlsx", "/etc/list.xlsx", "..\\list.xlsx", "list.xlsx\0.sh"])
def test_6_a_files_name_is_never_a_path(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    understood = read(*drawn(), name=name)
    assert errors(understood) == []
    assert list(tmp_path.rglob("*")) == []
    assert name not in str(understood.findings)


def test_7_a_list_with_bad_rows_keeps_all_its_rows() -> None:
    """Nobody is stored in part: the list holds everyone, and says whose cells are wrong."""
    crew, passengers = drawn()
    for number in (1, 3):
        passengers.put(number, "nationality", "Atlantis")
    understood = read(crew, passengers)
    assert [len(one.manifest.persons) for one in understood.lists] == [len(crew.people), len(passengers.people)]
    assert {finding.place.person for finding in understood.findings if finding.code == "N-20"} == {1, 3}


def test_8_no_document_is_one_error_and_a_number_alone_misses_what_it_misses() -> None:
    crew, passengers = drawn()
    for field in ("document.number", "document.issuer", "document.expiry"):
        passengers.put(1, field, None)
    for field in ("document.issuer", "document.expiry"):
        passengers.put(2, field, None)
    understood = read(crew, passengers)
    of = {
        person: sorted(
            one.code
            for one in understood.findings
            if one.place.sheet == "Passenger List" and one.place.person == person and one.severity is Severity.ERROR
        )
        for person in (1, 2)
    }
    assert of == {1: ["D-01"], 2: ["D-06", "D-30"]}  # the issuer, and the expiry of what the header calls a passport


def test_9_the_master_is_who_has_that_rank() -> None:
    """Whoever stands first, and whatever is wrong with them."""
    crew, passengers = drawn()
    crew.people.reverse()
    last = len(crew.people)
    crew.put(last, "birth_date", "soon")
    understood = read(crew, passengers)
    masters = [place for place, person in enumerate(understood.lists[0].manifest.persons, 1) if person.master]
    assert masters == [last]
    assert "P-83" not in {finding.code for finding in understood.findings}


def test_the_template_as_it_should_be_has_no_errors() -> None:
    assert errors(read(*drawn())) == []
