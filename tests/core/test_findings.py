"""Findings: a place and a pattern, never a value; words for the person who can mend it."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.findings import WHOLE, Finding, Place, Rule, Severity, shape, worst
from tests.often import often

RULE = Rule(id="X-01", severity=Severity.ERROR, text="expected {what}", hint="write {what}", cites="a law")


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, "empty"),
        ("", "empty"),
        ("L898902C3", "1 letter, 6 digits, 1 letter, 1 digit"),
        ("12.08.1974", "2 digits, '.', 2 digits, '.', 4 digits"),
        ("ERIKSSON", "8 letters"),
        ("Ωμέγα", "5 letters"),
        ("１２", "2 digits"),
        ("  ", "2 spaces"),
        ("--", "2 '-'"),
        ("a\x00b", "1 letter, 1 control character, 1 letter"),
        ("😀", "1 sign"),
        (1974, "4 digits"),
        ("a1b2c3d4", "1 letter, 1 digit, 1 letter, 1 digit, 1 letter, 1 digit, …"),
        ("x" * 1000, "256 letters, …"),
    ],
)
def test_the_shape_of_a_value(value: object, told: str) -> None:
    assert shape(value) == told


@often(50)
@given(st.text(alphabet=st.characters(categories=("L", "N", "So", "Cc", "Zs")), min_size=2, max_size=40))
def test_no_letter_or_digit_of_a_value_is_in_its_shape(value: str) -> None:
    """A shape is the same for every value of that pattern."""
    other = "".join("Q" if c.isalpha() else "7" if c.isdigit() else c for c in value)
    assert shape(other) == shape(value)
    assert len(shape(value)) < 160


def test_a_rule_becomes_a_finding() -> None:
    finding = RULE.at(Place(line=3, person=2), shape="2 letters", what="a date")
    assert finding == Finding(
        "X-01", Severity.ERROR, "expected a date", Place(line=3, person=2), "write a date", "a law", "2 letters"
    )


def test_braces_stay_where_nothing_is_filled_in() -> None:
    assert RULE.at().text == "expected {what}"
    assert RULE.at().place == WHOLE


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (Place(), "the list as a whole"),
        (
            Place(file=2, sheet="Crew", cell="C14", column="Born", person=3),
            'file 2, sheet "Crew", cell C14, column "Born"',
        ),
        (Place(line=14, column="Born", person=3), 'line 14, column "Born"'),
        (Place(message=2, segment=17, tag="DTM", person=3), "message 2, segment 17, DTM, person 3"),
        (Place(path="/persons/2/sex", person=3), "/persons/2/sex, person 3"),
        (Place(field="sex"), "the list as a whole"),
    ],
)
def test_a_place_in_words(place: Place, words: str) -> None:
    assert str(place) == words


def test_the_worst_of_findings() -> None:
    def of(*severities: Severity) -> list[Finding]:
        return [Finding("X-01", severity, "") for severity in severities]

    assert worst([]) is None
    assert worst(of(Severity.INFO, Severity.ERROR, Severity.WARNING)) is Severity.ERROR
    assert worst(of(Severity.INFO, Severity.WARNING)) is Severity.WARNING
    assert worst(of(Severity.INFO)) is Severity.INFO


def test_a_finding_survives_storage_and_says_only_what_it_has() -> None:
    finding = RULE.at(Place(line=3), what="a date")
    data = msgspec.json.encode(finding)
    assert msgspec.json.decode(data, type=Finding) == finding
    assert set(json.loads(data)) == {"code", "severity", "text", "place", "hint", "cites"}
    assert json.loads(data)["place"] == {"line": 3}


def test_what_is_known_to_stand_in_another_file_stays_there() -> None:
    assert Place(cell="B3").within(1, "a.csv") == Place(cell="B3", file=1, member="a.csv")
    assert Place(member="b.csv").within(None, "a.csv") == Place(member="b.csv")
    assert Place(file=2, cell="B3").within(1, "a.csv") == Place(file=2, cell="B3")
