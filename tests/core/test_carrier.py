"""A carrier's profile says all that is wrong with it at once, and the lines of the checkout are right."""

from datetime import date
from pathlib import Path

import pytest

from gateway.carrier import Carrier, parse

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
    ],
)
def test_a_problem_says_what_to_do(text: str, expected: str) -> None:
    assert any(expected in problem for problem in problems(text)), problems(text)


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
