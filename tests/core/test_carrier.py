"""A carrier's profile says all that is wrong with it at once, and the lines of the checkout are right."""

from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook

from gateway.carrier import _MEANT, Carrier, parse
from gateway.formats import delimited, workbook
from gateway.formats.raw import FIELDS
from gateway.manifest import Document, DocumentType
from gateway.normalise import normalise

FOLDER = Path(__file__).parents[2] / "carriers"
MINIMAL = 'name = "Example Line"\ncontact = "desk@line.example"\nservice = "ferry"\n'


def problems(text: str) -> list[str]:
    found = parse("line", MINIMAL + text)
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.toml")), ids=lambda path: path.stem)
def test_the_lines_of_the_checkout_have_no_problems(path: Path) -> None:
    carrier = parse(path.stem, path.read_text("utf-8"))
    assert isinstance(carrier, Carrier), carrier
    assert carrier.contact.endswith(".example")
    assert carrier.vessels


def test_a_minimal_profile_is_enough() -> None:
    carrier = parse("line", MINIMAL)
    assert isinstance(carrier, Carrier)
    assert (carrier.id, carrier.service, carrier.columns) == ("line", "ferry", {})


def test_every_problem_is_told_at_once() -> None:
    found = parse("line", 'contact = "nobody"\ncolums = {}\n[dates]\nbirth_date = "dym"\n[vessels]\n"9999992" = "X"\n')
    assert isinstance(found, list)
    assert len(found) == 6
    text = "\n".join(found)
    for part in (
        "'colums'; did you mean 'columns'?",
        "name: required",
        "contact:",
        "service:",
        "'dym'; did you mean 'ymd'?",
        "9999992",
    ):
        assert part in text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[columns]\n"Født" = "birthdate"', "did you mean 'birth_date'?"),
        ('[columns]\n"Født" = 3', "expected a text"),
        ('[tolerate]\n"V-04" = { reason = "two hulls", untill = 2027-01-01 }', "did you mean 'until'?"),
        ('[tolerate]\n"V-04" = { reason = "two hulls", until = "2027-01-01" }', "without quotes"),
        ('[tolerate]\n"V-4" = { reason = "two hulls", until = 2027-01-01 }', "not a finding code"),
        ('[tolerate]\n"V-04" = "agreed"', "say why"),
        ('[lookup.countri]\n"DANSK" = "DNK"', "did you mean 'country'?"),
        ("[lookup.country]\nDANSK = 1", "both texts"),
        ("[expect]\npeople = { min = 9, max = 3 }", "min is greater"),
        ("[expect]\npeople = { min = -1 }", "a number of persons"),
        ('[expect]\nfilled."document.nummer" = 0.9', "did you mean 'document.number'?"),
        ('[expect]\nfilled."document.number" = 90', "between 0 and 1"),
        ('[reads.tabel]\nsheet = "x"', "did you mean 'table'?"),
        ('[reads.table]\nheader = "3"', "expected a number"),
        ('[reads.table]\nseet = "x"', "did you mean 'sheet'?"),
        ('[codes]\n"document.type" = "ukk"', "did you mean 'uk'?"),
        ('[dates]\nbirthday = "dmy"', "unknown date field"),
        ('[vessels]\n"9999993" = 4', "expected the name of the ship"),
        ('vessels = ["9999993"]', "expected a table"),
        ("ignore = [1]", "expected a list of texts"),
        ('ignore = ["Nat."]\n[columns]\n"Nat." = "nationality"', "choose one"),
        ("name = ", "not TOML"),
        ('[columns]\n"X" = "surname"', "did you mean 'family_name'?"),
        ('[columns]\n"X" = "Date of birth"', "did you mean 'birth_date'?"),
        ('[columns]\n"X" = "passport-number"', "did you mean 'document.number'?"),
        ("[expect]\nfilled.gender = 0.9", "did you mean 'sex'?"),
        ('[reads.table]\nencoding = "klingon"', "reads.table.encoding: no encoding of text has this name"),
        ('[reads.table]\nencoding = "hex"', "no encoding of text"),
        ('[reads.table]\nencoding = "a\\u0000b"', "no encoding of text"),
        ('[reads.table]\ndelimiter = ";;"', "reads.table.delimiter: expected one sign"),
        ('[reads.table]\ndelimiter = ""', "expected one sign"),
        (
            '[lookup.country]\nDANSK = "DANMARKIEN"',
            "lookup.country.\"DANSK\": 'DANMARKIEN' is not known; expected a country",
        ),
        ('[lookup.sex]\nK = "kvinnd"', "expected M, F or X"),
        ('[lookup.port]\nBGO = "NOBERGO"', "expected a UN/LOCODE"),
        ('[lookup.document]\nPas = "pasport card 7"', "expected passport, identity-card"),
    ],
)
def test_a_problem_says_what_to_do(text: str, expected: str) -> None:
    assert any(expected in problem for problem in problems(text)), problems(text)


def test_words_and_options_that_a_reader_can_follow_are_no_problems() -> None:
    text = """
[reads.table]
encoding = "windows-1252"
delimiter = "\\t"
[lookup.country]
DANSK = "DNK"
TYSK = "D"
KOSOVO = "RKS"
[lookup.sex]
K = "F"
U = "X"
[lookup.port]
BGO = "NOBGO"
UKENDT = "ZZUKN"
[lookup.document]
Pas = "passport"
Kort = "identity-card"
Ophold = "residence-document"
Bog = "seafarer-book"
Visum = "visa"
Andet = "other"
"""
    assert isinstance(parse("line", MINIMAL + text), Carrier), parse("line", MINIMAL + text)


def test_every_everyday_word_leads_to_a_field() -> None:
    assert set(_MEANT.values()) <= FIELDS
    assert not _MEANT.keys() & FIELDS


def test_an_identifier_is_a_file_name() -> None:
    assert isinstance(parse("Nordhavn Line", MINIMAL), list)
    assert isinstance(parse("../x", MINIMAL), list)


def test_a_tolerance_ends() -> None:
    carrier = parse("line", MINIMAL + '[tolerate]\n"V-04" = { reason = "two hulls", until = 2027-01-01 }')
    assert isinstance(carrier, Carrier)
    assert carrier.tolerated("V-04", date(2027, 1, 1)) == "two hulls"
    assert carrier.tolerated("V-04", date(2027, 1, 2)) == ""
    assert carrier.tolerated("V-05", date(2026, 1, 1)) == ""


def test_a_reader_is_told_the_columns_and_its_own_options() -> None:
    text = 'ignore = ["Kahyt"]\n[reads.table]\nheader = 3\n[columns]\n"Født" = "birth_date"'
    carrier = parse("line", MINIMAL + text)
    assert isinstance(carrier, Carrier)
    assert carrier.options_for("table") == {"header": 3, "columns": {"Født": "birth_date"}, "ignore": ("Kahyt",)}
    assert "header" not in carrier.options_for("json")


def line(id: str) -> Carrier:
    carrier = parse(id, (FOLDER / f"{id}.toml").read_text("utf-8"))
    assert isinstance(carrier, Carrier)
    return carrier


def test_adria_s_text_file_is_read_by_its_profile() -> None:
    """Windows-1252, semicolons, Italian letters for the sexes, day before month, a line of totals, columns not to keep."""
    rows = [
        "M/n Adria Esempio;;;;;;;",
        "Cognome;Nome;Sesso;Data di nascita;Cittadinanza;Tariffa;Ponte;Assistenza",
        "ÈSEMPIO;Anna Maria;D;03/04/1970;ITALIANA;AD;7;No",
        "PROVÀ;Nicolò;U;05/12/1988;TEDESCA;AD;7;sedia a rotelle",
        "D'ESEMPIO;Żoë;D;01/02/2019;HRV;CH;7;",
        "Totale passeggeri;3;;;;;;",
    ]
    data = "\r\n".join(rows).encode("cp1252", "replace")
    carrier = line("adria-lines")
    reading = delimited.read(data, carrier.options_for("table"))
    done = normalise(reading.lists[0], carrier, today=date(2026, 11, 21))  # type: ignore[arg-type]
    persons = done.manifest.persons
    assert [(p.family_name, p.sex, p.birth_date, p.nationalities[0].code, p.special_care) for p in persons] == [
        ("ÈSEMPIO", "F", "1970-04-03", "ITA", None),
        ("PROVÀ", "M", "1988-12-05", "DEU", "sedia a rotelle"),
        ("D'ESEMPIO", "F", "2019-02-01", "HRV", None),
    ]
    assert not [person.extras for person in persons if person.extras]
    assert {finding.code for finding in done.findings} == {"N-71", "N-60"}, (
        "a letter that Windows-1252 has not; few people"
    )


def test_nordhavn_s_workbook_is_read_by_its_profile() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Passagerer"
    for row in (
        ["Nordhavn Line"],
        ["21-11-2026"],
        ["Efternavn", "Fornavn", "Født", "Køn", "Nat.", "Dok.type", "Dok.nr.", "Udløber", "Kahyt", "Bemærkning"],
        ["PRØVESEN", "Anna", "03-04-1970", "K", "DANSK", "Pas", "200000001", "05-06-2031", "12", "intet"],
        [
            "TESTMANN",
            "Jens",
            date(1981, 2, 3),
            "M",
            "TYSK",
            "ID-kort",
            "L01X00T47",
            date(2030, 4, 5),
            "14",
            None,
        ],
    ):
        sheet.append(row)
    book.create_sheet("Pivot").append(["Efternavn", "Fornavn", "Født"])
    data = BytesIO()
    book.save(data)
    carrier = line("nordhavn")
    reading = workbook.read(data.getvalue(), carrier.options_for("table"))
    done = normalise(reading.lists[0], carrier, today=date(2026, 11, 21))  # type: ignore[arg-type]
    assert [(p.family_name, p.sex, p.birth_date, p.nationalities[0].code) for p in done.manifest.persons] == [
        ("PRØVESEN", "F", "1970-04-03", "DNK"),
        ("TESTMANN", "M", "1981-02-03", "DEU"),
    ]
    assert [p.documents[0] for p in done.manifest.persons] == [
        Document(DocumentType.PASSPORT, "200000001", None, "2031-06-05"),
        Document(DocumentType.IDENTITY_CARD, "L01X00T47", None, "2030-04-05"),
    ]
    assert not [person.cabin for person in done.manifest.persons if person.cabin]
    assert [finding.code for finding in done.findings] == ["N-60"]
