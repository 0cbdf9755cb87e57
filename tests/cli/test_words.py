"""How findings are shown: the gravest first, a kind together, and never a wall of the same."""

import msgspec
import pytest

from gateway.cli.words import from_api, lines, shown, summary
from gateway.findings import Finding, Place, Severity, alike, counted, places


def finding(code: str, severity: Severity = Severity.ERROR, person: int = 1, text: str = "it is missing") -> Finding:
    return Finding(code, severity, text, Place(line=person, person=person), "give it", "a law")


def other(code: str, person: int) -> Finding:
    """Of another column each time."""
    one = finding(code, person=person)
    return msgspec.structs.replace(one, place=msgspec.structs.replace(one.place, column=f"C{person}"))


def test_errors_come_first_and_a_kind_stays_together() -> None:
    found = [
        finding("A-01", Severity.INFO), finding("B-01", Severity.WARNING), other("C-01", person=1), finding("D-01"),
        other("C-01", person=2),
    ]  # fmt: skip
    heads = [line[:4] + line.split("line ")[1][0] for line in shown(found) if "line " in line]
    assert heads == ["C-011", "C-012", "D-011", "B-011", "A-011"]


def test_of_a_kind_five_are_told_at_length_and_the_rest_counted() -> None:
    many = list(shown(other("C-01", person=person) for person in range(1, 1201)))
    assert many[-1] == "C-01  error    the same at 1,195 more places"
    assert len(many) == 5 * 3 + 1
    assert not any("more places" in line for line in shown(other("C-01", person=person) for person in range(1, 6)))


def test_the_same_of_one_column_is_told_once() -> None:
    told = list(shown(finding("C-01", person=person) for person in range(1, 31)))
    assert told[0] == "C-01  error    line 1, and 29 more places: line 2, line 3, line 4, …: it is missing"
    assert len(told) == 3
    two = shown([finding("C-01", person=1), finding("C-01", person=2)])
    assert next(two) == "C-01  error    line 1, and 1 more place: line 2: it is missing"


def test_what_has_another_shape_or_stands_elsewhere_is_told_by_itself() -> None:
    one = Finding("C-01", Severity.ERROR, "it is missing", Place(sheet="A", cell="C2", person=1, field="sex"))
    for changes in (
        {"shape": "2 letters"}, {"place": Place(sheet="B", cell="C2", person=1, field="sex")},
        {"place": Place(sheet="A", cell="D2", person=1, field="rank")}, {"place": Place(sheet="A")},
    ):  # fmt: skip
        assert len(alike([one, msgspec.structs.replace(one, **changes)])) == 2, changes
    again = msgspec.structs.replace(one, place=Place(sheet="A", cell="C9", person=8, field="sex"))
    assert places([one, again]) == 'sheet "A", cell C2, and 1 more place: C9'


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 persons"), (1, "1 person"), (2, "2 persons"), (1200, "1,200 persons")]
)
def test_numbers_have_their_plural(number: int, said: str) -> None:
    assert counted(number, "person") == said
    assert summary(number, number, 1).startswith(f"{said}, {counted(number, 'error')}, 1 warning")


def test_what_differs_in_words_is_another_kind() -> None:
    assert len(list(shown(finding("C-01", text=f"the column '{at}' is not known") for at in range(7)))) == 7 * 3


def test_a_finding_at_length() -> None:
    told = msgspec.structs.replace(finding("C-01"), shape="2 letters", tolerated="agreed", severity=Severity.WARNING)
    assert list(lines(told)) == [
        "C-01  warning  line 1: it is missing (2 letters)",
        "               hint: give it",
        "               a law",
        "               tolerated: agreed",
    ]


def test_what_the_api_gives_is_shown_the_same() -> None:
    one = finding("C-01")
    assert from_api(msgspec.to_builtins(one)) == one
    assert list(shown([from_api(msgspec.json.decode(msgspec.json.encode(one)))])) == list(shown([one]))
