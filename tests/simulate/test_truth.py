"""What must be true of a sailing, by cases counted out by hand; and that a board which says otherwise is told."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateway.simulate import (
    Happened,
    Known,
    Order,
    Received,
    Report,
    Sailing,
    compared,
    on_board,
    season,
    states,
    worst,
)
from gateway.simulate.timetable import Leg
from gateway.simulate.truth import duties

ETD = datetime(2026, 7, 20, 10, tzinfo=UTC)
LATER = ETD + timedelta(days=1)
WEEK = season(Order(seed=1, since=ETD, days=7)).sailings


def sailing(departure: str, arrival: str) -> Sailing:
    return next(one for one in WEEK if (one.leg.departure, one.leg.arrival) == (departure, arrival))


def known(**more: Any) -> Known:
    return Known(**({"etd": ETD, "eta": ETD + timedelta(hours=2), "atd": ETD + timedelta(minutes=4)} | more))


def received(what: Any, after: float, persons: int = 10, told: Known | None = None, **how: Any) -> Received:
    """So many minutes after the planned departure."""
    report = Report(what=what, version=1, persons=persons, **how)
    return Received(report=report, at=ETD + timedelta(minutes=after), known=told or known())


@pytest.mark.parametrize(
    ("departure", "arrival", "expected"),
    [
        ("DKHLS", "SEHEL", {"EU-9841-COUNT"}),  # three miles
        ("FIHEL", "EETLL", {"EU-9841-COUNT", "EU-9841-LIST"}),
        ("GBDVR", "FRCQF", {"EU-SBC-FERRY"}),
        ("FRCQF", "GBDVR", {"EU-9841-COUNT", "EU-9841-LIST"}),
        ("MATNG", "ESTRF", set()),  # 17 miles
        ("TRMRM", "GRRHO", {"EU-SBC-FERRY"}),
        ("NOKRS", "DKHIR", set()),  # in the area, not in the Union
        ("TRKUS", "GRRHO", {"EU-SBC-CRUISE"}),
        ("GRRHO", "EGALY", {"EU-9841-COUNT", "EU-9841-LIST"}),
        ("GRPIR", "GRJMK", {"EU-9841-COUNT", "EU-9841-LIST", "EU-SBC-CRUISE"}),  # Alexandria was before
        ("PLGDN", "EETLL", {"EU-9841-COUNT", "EU-9841-LIST"}),  # a cruise that never leaves the area
    ],
)
def test_what_is_due(departure: str, arrival: str, expected: set[str]) -> None:
    assert set(duties(sailing(departure, arrival).leg)) == expected


@pytest.mark.parametrize(
    ("after", "expected"),
    [(-30, "on-time"), (18.9, "on-time"), (19.2, "late"), (60, "late")],  # departed 4 minutes late
)
def test_a_list_has_a_quarter_of_an_hour_after_departure(after: float, expected: str) -> None:
    found = states(sailing("FIHEL", "EETLL"), known(), [received("passengers", after)], LATER)
    assert found == {"EU-9841-COUNT": "missing", "EU-9841-LIST": expected}


@pytest.mark.parametrize(("after", "expected"), [(3.9, "on-time"), (4.2, "late")])
def test_the_number_on_board_is_due_before_departure(after: float, expected: str) -> None:
    assert states(sailing("DKHLS", "SEHEL"), known(), [received("count", after)], LATER) == {"EU-9841-COUNT": expected}


@pytest.mark.parametrize(("after", "expected"), [(33.9, "on-time"), (34.2, "late")])
def test_a_ferry_from_outside_has_half_an_hour(after: float, expected: str) -> None:
    assert states(sailing("GBDVR", "FRCQF"), known(), [received("passengers", after)], LATER) == {
        "EU-SBC-FERRY": expected
    }


@pytest.mark.parametrize(
    ("hours", "closed", "after", "expected"),
    [
        (26, None, 119, "on-time"), (26, None, 121, "late"),  # 24 hours before arrival
        (12, -20, 9, "on-time"), (12, -20, 11, "late"), (12, None, 33, "on-time"),
    ],
)  # fmt: skip
def test_a_cruise_reports_passengers_and_crew(hours: int, closed: int | None, after: float, expected: str) -> None:
    closing = ETD + timedelta(minutes=closed) if closed is not None else None
    told = known(eta=ETD + timedelta(hours=hours), boarding_closed=closing)
    leg = sailing("TRKUS", "GRRHO")
    both = [received("passengers", -30, told=told), received("crew", after, told=told)]
    assert states(leg, told, both, LATER) == {"EU-SBC-CRUISE": expected}
    assert states(leg, told, both[:1], LATER) == {"EU-SBC-CRUISE": "incomplete"}


@pytest.mark.parametrize(
    ("reports", "expected"),
    [
        ([], "missing"),
        ([received("passengers", -9, faults=("nationality-missing",))], "incomplete"),
        ([received("passengers", -9, faults=("nationality-missing",)), received("passengers", 50)], "late"),
        ([received("passengers", -9), received("passengers", 50, faults=("nationality-missing",))], "on-time"),
        ([received("passengers", -9, is_page=True)], "missing"),
        ([received("passengers", -9, faults=("workbook-cut",))], "missing"),
        ([received("count", -9)], "missing"),
    ],
)
def test_only_a_whole_list_is_one(reports: list[Received], expected: str) -> None:
    assert states(sailing("FIHEL", "EETLL"), known(), reports, LATER)["EU-9841-LIST"] == expected


def test_nothing_is_late_before_its_time_and_nothing_is_due_of_what_does_not_sail() -> None:
    one = sailing("FIHEL", "EETLL")
    assert set(states(one, known(), [], ETD).values()) == {"due"}
    assert set(states(one, known(cancelled=True), [], LATER).values()) == {"cancelled"}


def test_what_is_too_near_to_a_deadline_is_not_told() -> None:
    assert states(sailing("DKHLS", "SEHEL"), known(), [received("count", 4.05)], LATER) == {}


def test_a_departure_that_is_moved_later_excuses_what_came_in_between() -> None:
    """And one that is moved back makes nothing late that was in time when it came."""
    one, count = sailing("DKHLS", "SEHEL"), received("count", 30)
    moved = known(etd=ETD + timedelta(hours=1), atd=ETD + timedelta(hours=1))
    assert states(one, moved, [count], LATER) == {"EU-9841-COUNT": "on-time"}
    before = Received(report=count.report, at=count.at, known=moved)
    assert states(one, known(), [before], LATER) == {"EU-9841-COUNT": "on-time"}


def test_persons_on_board_are_those_declared_last_else_those_listed_last() -> None:
    assert on_board([]) is None
    lists = [received("passengers", -9, 100), received("crew", -8, 20), received("passengers", 5, 102)]
    assert on_board(lists) == 122
    assert on_board([received("count", -3, 123), *lists]) == 123
    assert on_board([received("passengers", -9, is_page=True)]) is None


@pytest.mark.parametrize(
    ("found", "expected"), [(["on-time", "missing"], "missing"), (["due", "late"], "late"), ([], "nothing due")]
)
def test_a_sailing_stands_as_its_worst_duty(found: list[str], expected: str) -> None:
    assert worst(found) == expected


def board(id: str, state: str, persons: int | None, obligation: str = "EU-9841-COUNT") -> list[dict[str, Any]]:
    return [{"id": id, "on_board": persons, "due": [{"obligation": obligation, "state": state, "counted": True}]}]


def test_a_board_that_says_otherwise_is_told() -> None:
    one = sailing("DKHLS", "SEHEL")
    happened = [Happened(one, known(), (received("count", -3, 77),))]
    good = compared(happened, board(one.id, "on-time", 77), LATER)
    assert (good.stand, good.differences, good.unknown) == ({"on-time": 1}, {}, [])
    assert compared(happened, board(one.id, "late", 77), LATER).differences == {
        one.id: ["EU-9841-COUNT is late, expected on-time"]
    }
    assert compared(happened, board(one.id, "on-time", 78), LATER).differences == {one.id: ["78 on board, expected 77"]}
    other = compared(happened, board(one.id, "on-time", 77, "NEW-LAW"), LATER)
    assert other.unknown == ["NEW-LAW"]
    assert other.differences == {one.id: ["EU-9841-COUNT is not there, expected on-time"]}
    assert compared(happened, [], LATER).stand == {}


def test_every_leg_s_duties_are_known() -> None:
    legs: set[Leg] = {one.leg for one in WEEK}
    assert all(isinstance(duties(leg), tuple) for leg in legs)
