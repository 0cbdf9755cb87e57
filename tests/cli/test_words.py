"""How findings are shown: the gravest first, a kind together, and never a wall of the same."""

import msgspec

from gateway.cli.words import from_api, lines, shown
from gateway.findings import Finding, Place, Severity


def finding(code: str, severity: Severity = Severity.ERROR, person: int = 1, text: str = "it is missing") -> Finding:
    return Finding(code, severity, text, Place(line=person, person=person), "give it", "a law")


def test_errors_come_first_and_a_kind_stays_together() -> None:
    found = [
        finding("A-01", Severity.INFO), finding("B-01", Severity.WARNING), finding("C-01", person=1), finding("D-01"),
        finding("C-01", person=2),
    ]  # fmt: skip
    heads = [line[:4] + line.split("line ")[1][0] for line in shown(found) if "line " in line]
    assert heads == ["C-011", "C-012", "D-011", "B-011", "A-011"]


def test_of_a_kind_five_are_told_at_length_and_the_rest_counted() -> None:
    many = list(shown(finding("C-01", person=person) for person in range(1, 1201)))
    assert many[-1] == "C-01  error    the same at 1,195 more places"
    assert len(many) == 5 * 3 + 1
    assert not any("more places" in line for line in shown(finding("C-01", person=person) for person in range(1, 6)))


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
