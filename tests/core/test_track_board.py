"""The arrivals board, worked out by hand."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.manifest import Counts, ListKind, Purpose
from gateway.obligations import Due, Exemption, ExpectedCall, due
from gateway.track import Filing, Row, State, board
from tests.often import often
from tests.sailing import at, count, filing, sailing, shipped_law

NOW = at("2026-07-20T10:05")

COUNTED = Counts(on_board=100)  # a list that also says how many are on board, so that it meets the count


def dues_of(calls: list[ExpectedCall]) -> list[Due]:
    return [one for call in calls for one in due(call, shipped_law())]


def counted(row: Row) -> int | None:
    return row.book.counted.persons if row.book.counted else None


def test_a_row_says_who_reported_how_many_are_on_board_and_what_is_next() -> None:
    call = sailing(atd="2026-07-20T10:00")
    filings = [
        count("2026-07-20T09:50", on_board=412),
        filing(ListKind.CREW, received_at="2026-07-20T09:55", persons=40),
    ]
    (row,) = board([call], dues_of([call]), filings, NOW)
    assert (row.state, row.next_deadline) == (State.DUE, at("2026-07-20T10:15"))
    assert row.last_received == at("2026-07-20T09:55")
    assert (row.reported, counted(row), row.listed, row.on_board) == ((ListKind.CREW,), 412, 40, 412)
    states = {one.due.obligation: one.state for one in row.standings}
    assert states["EU-9841-COUNT"] is State.ON_TIME
    assert states["EU-9841-LIST"] is State.DUE
    assert states["IMO-SOLAS-COUNT"] is State.NOT_COUNTED


@pytest.mark.parametrize(
    ("filings", "listed"),
    [
        ([], None),
        ([("passengers", 370, 0), ("crew", 40, 1)], 410),
        ([("passengers", 370, 0), ("passengers", 372, 5), ("crew", 40, 1)], 412),
        ([("passengers", 370, 0), ("crew", 40, 1), ("passengers", 374, 2), ("crew", 41, 2)], 415),
    ],
)
def test_listed_are_those_on_the_newest_lists(filings: list[tuple[str, int, int]], listed: int | None) -> None:
    made = [
        filing(
            ListKind(kind),
            persons=persons,
            received_at=at("2026-07-20T09:00") + timedelta(minutes=minute),
            version=minute,
        )
        for kind, persons, minute in filings
    ]
    (row,) = board([sailing()], [], made, NOW)
    assert (row.listed, row.on_board, counted(row)) == (listed, listed, None)


def test_bookings_are_no_persons_on_board() -> None:
    call = sailing(atd="2026-07-20T10:00")
    crew = filing(ListKind.CREW, received_at="2026-07-20T09:40", persons=40)
    booked = filing(
        ListKind.PASSENGERS,
        received_at="2026-07-20T09:55",
        persons=500,
        purposes=(Purpose.BOOKING,),
        counts=Counts(on_board=500),
    )
    (row,) = board([call], dues_of([call]), [crew, booked], NOW)
    assert (row.reported, counted(row), row.listed, row.last_received) == (
        (ListKind.CREW,), None, 40, at("2026-07-20T09:40"),
    )  # fmt: skip


def test_overall_is_the_worst_state_and_rows_come_by_arrival() -> None:
    calls = [
        sailing(id="S1", eta="2026-07-20T15:00"),  # no count before 10:00
        sailing(id="S2", eta="2026-07-20T14:00", status="cancelled"),
        sailing(id="S3", eta="2026-07-20T13:00", exemptions=(Exemption("*", "declared outage"),)),
        sailing(id="S4", eta="2026-07-20T12:00"),
        sailing(id="S5", eta="2026-07-20T11:00", etd="2026-07-20T09:00", distance_nm=10.0),
    ]
    filings = [filing(received_at="2026-07-20T09:00", call="S4", counts=COUNTED), count("2026-07-20T09:30", call="S5")]
    rows = board(calls, dues_of(calls), filings, NOW)
    assert [(row.call.id, row.state) for row in rows] == [
        ("S5", State.LATE),
        ("S4", State.ON_TIME),
        ("S3", State.EXCUSED),
        ("S2", State.CANCELLED),
        ("S1", State.MISSING),
    ]
    assert [row.state for row in board([sailing()], [], [], NOW)] == [State.NOT_DUE]


SIX = [sailing(id=f"S{n}", atd="2026-07-20T10:00") for n in range(1, 7)]
some_filings = st.lists(
    st.builds(
        lambda number, minutes, kind, gap, numbers: filing(
            kind, call=f"S{number}", received_at=at("2026-07-20T09:30") + timedelta(minutes=minutes), submission=f"s{minutes}",
            persons=0 if numbers else 100, counts=Counts(on_board=100) if numbers else Counts(),
            missing={"birth_date": gap} if gap else {},
        ),
        st.integers(1, 6), st.integers(0, 90), st.sampled_from(ListKind), st.sampled_from([0, 0, 7]), st.booleans(),
    ),
    max_size=12,
    unique_by=lambda one: (one.call, one.order),
)  # fmt: skip


@often(30)
@given(some_filings, st.randoms(use_true_random=False))
def test_neither_the_order_of_filings_nor_of_sailings_matters(filings: list[Filing], random: Any) -> None:
    shuffled, calls = list(filings), list(SIX)
    random.shuffle(shuffled)
    random.shuffle(calls)
    assert board(SIX, dues_of(SIX), filings, NOW) == board(calls, dues_of(SIX), shuffled, NOW)
