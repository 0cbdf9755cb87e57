"""The arrivals board and the scorecard, worked out by hand, and that silence never pays."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.manifest import Counts, ListKind, Purpose
from gateway.obligations import Due, Exemption, ExpectedCall, due
from gateway.track import Filing, Period, Score, State, Tally, board, scorecard
from tests.sailing import at, count, filing, sailing, shipped_law

NOW = at("2026-07-20T10:05")
JULY = Period(at("2026-07-01T00:00"), at("2026-08-01T00:00"))
AUGUST = at("2026-08-02T00:00")

COUNTED = Counts(on_board=100)  # a list that also says how many are on board, so that it meets the count


def dues_of(calls: list[ExpectedCall]) -> list[Due]:
    return [one for call in calls for one in due(call, shipped_law())]


def test_a_row_says_who_reported_how_many_are_on_board_and_what_is_next() -> None:
    call = sailing(atd="2026-07-20T10:00")
    filings = [
        count("2026-07-20T09:50", on_board=412),
        filing(ListKind.CREW, received_at="2026-07-20T09:55", persons=40),
    ]
    (row,) = board([call], dues_of([call]), filings, NOW)
    assert (row.state, row.next_deadline) == (State.DUE, at("2026-07-20T10:15"))
    assert row.last_received == at("2026-07-20T09:55")
    assert (row.reported, row.counted, row.listed, row.on_board) == ((ListKind.CREW,), 412, 40, 412)
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
    assert (row.listed, row.on_board, row.counted) == (listed, listed, None)


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
    assert (row.reported, row.counted, row.listed, row.last_received) == (
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


def score(calls: list[ExpectedCall], filings: list[Filing], now: Any = AUGUST) -> list[Score]:
    return scorecard(calls, dues_of(calls), filings, JULY, now)


SIX = [sailing(id=f"S{n}", atd="2026-07-20T10:00") for n in range(1, 7)]
FILED = [
    # S1: both in time. S2: list 20 min late. S3: a count in time, a list with gaps. S4: a count 10 min late. S5: silence.
    filing(call="S1", counts=COUNTED, received_at="2026-07-20T09:00"),
    count("2026-07-20T09:00", call="S2"),
    filing(call="S2", counts=COUNTED, received_at="2026-07-20T10:35"),
    count("2026-07-20T09:00", call="S3"),
    filing(
        call="S3", counts=COUNTED, received_at="2026-07-20T10:10", persons=200, missing={"birth_date": 50, "sex": 10}
    ),
    count("2026-07-20T10:10", call="S4"),
    filing(call="S4", counts=COUNTED, received_at="2026-07-20T10:15"),
    # S6: first with gaps and in time, mended too late.
    count("2026-07-20T09:00", call="S6"),
    filing(call="S6", counts=COUNTED, received_at="2026-07-20T10:05", missing={"birth_date": 100}),
    filing(call="S6", counts=COUNTED, received_at="2026-07-20T11:15", version=2),
]


def test_a_scorecard_worked_out_by_hand() -> None:
    (one,) = score(SIX, FILED)
    assert one.carrier == "specimen"
    assert one.sailings == Tally(due=6, on_time=1, late=3, incomplete=1, missing=1)
    assert one.obligations == {
        "EU-9841-COUNT": Tally(due=6, on_time=4, late=1, missing=1),
        "EU-9841-LIST": Tally(due=6, on_time=2, late=2, incomplete=1, missing=1),
    }
    assert one.lateness == (timedelta(minutes=10), timedelta(minutes=20), timedelta(minutes=60))
    assert one.median_lateness == timedelta(minutes=20)
    birth = one.fields["birth_date"]  # S1 S2 S4: 300 of 300; S3: 150 of 200; S6: 0 of 100, what came after adds nothing
    assert (birth.asked, birth.given, birth.share) == (600, 450, 0.75)
    assert (one.fields["sex"].asked, one.fields["sex"].given) == (600, 590)
    assert one.sailings.on_time_share is None
    assert (one.excused, one.undetermined) == (0, 0)


def test_no_share_below_thirty_sailings() -> None:
    calls = [sailing(id=f"S{n}", atd="2026-07-20T10:00") for n in range(30)]
    filings = [filing(call=f"S{n}", counts=COUNTED, received_at="2026-07-20T09:00") for n in range(24)]
    assert score(calls, filings)[0].sailings.on_time_share == 0.8
    assert score(calls[:29], filings)[0].sailings.on_time_share is None


def test_what_is_not_in_the_denominator() -> None:
    calls = [
        sailing(id="S1", status="cancelled"),
        sailing(id="S2", exemptions=(Exemption("*", "force majeure"),)),
        sailing(id="S3", etd="2026-08-01T00:00", eta="2026-08-01T02:30"),  # belongs to August
        sailing("TRIST-GRPIR", id="S4", service="cruise", eta=None),  # nobody said when it arrives
    ]
    (one,) = score(calls, [])
    assert one.sailings == Tally()
    assert (one.excused, one.undetermined) == (1, 1)
    (early,) = score([sailing()], [filing(received_at="2026-07-20T09:00", counts=COUNTED)], at("2026-07-20T09:59"))
    assert early.sailings == Tally()


def test_each_carrier_has_its_own_score_and_silence_has_one_too() -> None:
    calls = [sailing(id="S1", carrier="silent"), sailing(id="S2", carrier="punctual")]
    punctual, silent = score(calls, [filing(call="S2", counts=COUNTED, received_at="2026-07-20T09:00")])
    assert (punctual.carrier, punctual.sailings) == ("punctual", Tally(due=1, on_time=1))
    assert (silent.carrier, silent.sailings) == ("silent", Tally(due=1, missing=1))


def test_a_call_given_twice_counts_once() -> None:
    once = [SIX[0]]
    assert scorecard(once * 2, dues_of(once), FILED, JULY, AUGUST) == score(once, FILED)


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


@settings(max_examples=60, deadline=None)
@given(some_filings, st.integers(1, 40))
def test_a_sailing_without_filings_never_improves_anything(filings: list[Filing], more: int) -> None:
    calls = SIX + [sailing(id=f"Q{n}", atd="2026-07-20T10:00") for n in range(30)]
    silent = [sailing(id=f"X{n}", atd="2026-07-20T11:00") for n in range(more)]
    (before,), (after,) = score(calls, filings), score(calls + silent, filings)
    assert after.sailings.due == before.sailings.due + more
    assert after.sailings.missing == before.sailings.missing + more
    assert after.sailings.on_time == before.sailings.on_time
    assert before.sailings.on_time_share is not None
    assert after.sailings.on_time_share is not None
    assert after.sailings.on_time_share <= before.sailings.on_time_share
    assert after.fields == before.fields
    assert (after.lateness, after.excused) == (before.lateness, before.excused)


@settings(max_examples=60, deadline=None)
@given(some_filings, st.randoms(use_true_random=False))
def test_neither_the_order_of_filings_nor_of_sailings_matters(filings: list[Filing], random: Any) -> None:
    shuffled, calls = list(filings), list(SIX)
    random.shuffle(shuffled)
    random.shuffle(calls)
    assert score(SIX, filings) == score(calls, shuffled)
    assert board(SIX, dues_of(SIX), filings, NOW) == board(calls, dues_of(SIX), shuffled, NOW)


@settings(max_examples=60, deadline=None)
@given(some_filings)
def test_the_four_outcomes_add_up(filings: list[Filing]) -> None:
    (one,) = score(SIX, filings)
    for tally in (one.sailings, *one.obligations.values()):
        assert tally.on_time + tally.late + tally.incomplete + tally.missing == tally.due
    assert all(0 <= filled.given <= filled.asked for filled in one.fields.values())
