"""Two calls that turn out to be one sailing: only where it is one for sure, and nothing that was said is lost."""

from typing import Any

import pytest

from gateway.expect import Said, merged, unions
from tests.core.test_expect_merge import HOUR, NOON, ais, schedule, window

SHIP = {"imo": "9074729"}
LEFT = {"departure_port": "FIHEL", "atd": "2026-07-20T10:07", **SHIP}
CAME = {"arrival_port": "EETLL", "ata": "2026-07-20T12:31", **SHIP}


def made(held: frozenset[str] = frozenset(), **said: Said) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """(kept, absorbed) of what becomes one, and what stays two. Every argument is a call of which one voice speaks."""
    found, apart = unions(
        [merged(id, [one]) for id, one in said.items()], {id: [one] for id, one in said.items()}, held
    )
    assert all(union.said.keys() >= {said[union.absorbed].voice} for union in found)
    return [(union.kept, union.absorbed) for union in found], apart


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ({"A": ais(**LEFT)}, [("S", "A")]),
        ({"A": ais(**LEFT), "B": ais(**CAME)}, [("S", "A"), ("S", "B")]),  # its two ends
        ({"A": ais(**LEFT), "B": ais(**LEFT | {"atd": "2026-07-20T11:30"})}, [("S", "A")]),  # it leaves once
        ({"A": ais(**LEFT | {"imo": "8814275"})}, []),
        ({"A": ais(**LEFT | {"departure_port": "SESTO"})}, []),
        ({"A": ais(**LEFT | {"atd": "2026-07-21T10:07"})}, []),
        ({"V": window("VID", **CAME | {"arrival_visit_id": "EE-8"})}, []),  # another visit
        ({"V": window("VID", **SHIP, arrival_visit_id="ee-7", arrival_port="EETLL", eta="2026-07-23T10:00")}, [("S", "V")]),
        ({"V": window("VID", imo="8814275", arrival_visit_id="EE-7", arrival_port="EETLL", eta="2026-07-20T12:30")}, []),
        ({"T": schedule(id="T", **SHIP)}, []),  # two rows are two sailings
    ],
)  # fmt: skip
def test_what_is_one_sailing_with_the_row_of_a_schedule(others: dict[str, Said], expected: list[Any]) -> None:
    row = schedule(**SHIP, arrival_visit_id="EE-7")
    assert made(S=row, **others) == (expected, [])
    assert made(**dict(reversed(others.items())), S=row)[0] == expected or len(expected) == 2  # whichever comes first


def test_between_two_rows_nobody_can_tell() -> None:
    rows = {f"S{n}": schedule(id=f"S{n}", **SHIP, etd=f"2026-07-20T{10 + n:02}:37", eta=None) for n in (-1, 0)}
    assert made(**rows, A=ais(**LEFT)) == ([], [])
    assert made(**rows, A=ais(**LEFT | {"atd": "2026-07-20T10:40"}))[0] == [("S0", "A")]


def test_two_of_which_one_voice_speaks_are_two() -> None:
    noa = window("NOA", **CAME)
    assert made(V=noa, W=window("NOA", NOON + HOUR, **CAME)) == ([], [])
    assert made(V=noa, W=window("ATA", NOON + HOUR, **CAME))[0] == [("W", "V")]


def test_what_has_lists_is_kept_and_two_that_have_some_stay_two() -> None:
    pair = {"S": schedule(**SHIP), "A": ais(**LEFT)}
    assert made(frozenset("A"), **pair) == ([("A", "S")], [])
    assert made(frozenset("AS"), **pair) == ([], [("A", "S")])
