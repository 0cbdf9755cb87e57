"""The persons-on-board ledger: where each number comes from, what events do to it, and that their order does nothing."""

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.manifest import Counts, ListKind, Purpose
from gateway.track import Agreement, Event, EventKind, EventReason, Filing, Ledger, ledger
from gateway.track.ledger import declared
from tests.measure import event
from tests.often import often
from tests.sailing import at, count, filing

LATER = at("2026-07-21T00:00")
LISTS = [filing(received_at="2026-07-20T09:00"), filing(ListKind.CREW, received_at="2026-07-20T09:01", persons=20)]
COUNT = count("2026-07-20T09:50", 120, submission="sub-2")


def book(filings: list[Filing], events: list[Event] | None = None, now: Any = LATER) -> Ledger:
    return ledger("S1", filings, events or [], now)


def test_every_number_says_where_it_comes_from() -> None:
    booked = filing(received_at="2026-07-10T08:00", persons=110, purposes=(Purpose.BOOKING,), submission="bookings")
    told = [
        event(EventKind.BOARDED, "2026-07-20T09:10", 80),
        event(EventKind.BOARDED, "2026-07-20T09:40", 40),
        event(EventKind.DISEMBARKED, "2026-07-20T12:40", 118),
    ]
    one = book([booked, *LISTS, COUNT], told)
    numbers = {name: getattr(one, name) for name in ("booked", "boarded", "counted", "listed", "disembarked")}
    assert {name: number.persons for name, number in numbers.items()} == {
        "booked": 110, "boarded": 120, "counted": 120, "listed": 120, "disembarked": 118,
    }  # fmt: skip
    assert [origin.submission for origin in numbers["listed"].origins] == ["sub-1", "sub-1"]
    assert [(origin.event, origin.by, origin.persons) for origin in numbers["boarded"].origins] == [
        (told[0].id, "carrier specimen", 80), (told[1].id, "carrier specimen", 40),
    ]  # fmt: skip
    assert numbers["counted"].origins[0].at == COUNT.received_at
    assert (one.agreement, one.difference, one.sailed_with, one.on_board) == (Agreement.AGREES, 0, 120, 2)


@pytest.mark.parametrize(
    ("filings", "agreement", "difference"),
    [
        ([], Agreement.NOTHING, None),
        ([COUNT], Agreement.COUNT_ONLY, None),
        (LISTS, Agreement.LIST_ONLY, None),
        ([*LISTS, COUNT], Agreement.AGREES, 0),
        ([*LISTS, count("2026-07-20T09:50", 118)], Agreement.DIFFERS, -2),
        ([LISTS[0], COUNT], Agreement.DIFFERS, 20),  # nobody of the crew is on a list
    ],
)
def test_count_against_list_is_visible_before_departure(
    filings: list[Filing], agreement: Agreement, difference: int | None
) -> None:
    one = book(filings)
    assert (one.agreement, one.difference) == (agreement, difference)


def test_everybody_is_on_board_whom_a_list_of_passengers_leaves_out() -> None:
    """100 passengers and 20 of the crew were declared; only the passengers are listed, and 98 of them."""
    declared_with = Counts(passengers=100, crew=20, on_board=120)
    one = book([filing(received_at="2026-07-20T09:00", persons=98, counts=declared_with)])
    assert one.counted is not None
    assert one.comparable is not None
    assert (one.counted.persons, one.comparable.persons, one.sailed_with, one.on_board) == (120, 100, 120, 120)
    assert (one.agreement, one.difference) == (Agreement.DIFFERS, 2)
    of_passengers = book([filing(received_at="2026-07-20T09:00", persons=98, counts=Counts(passengers=100))])
    assert (of_passengers.on_board, of_passengers.difference) == (100, 2)


@pytest.mark.parametrize(
    ("kind", "sailed_with", "on_board"),
    [
        (EventKind.LATE_BOARDER, 122, 122), (EventKind.STOWAWAY, 122, 122), (EventKind.BIRTH, 122, 122),
        (EventKind.LEFT_ASHORE, 118, 118), (EventKind.DEATH, 120, 118), (EventKind.DISEMBARKED, 120, 118),
        (EventKind.NO_SHOW, 120, 120), (EventKind.RECOUNT, 2, 2),
    ],
)  # fmt: skip
def test_what_each_event_does_after_the_count_and_that_one_before_it_was_counted(
    kind: EventKind, sailed_with: int, on_board: int
) -> None:
    one = book([*LISTS, COUNT], [event(kind, "2026-07-20T10:05", 2)])
    assert (one.sailed_with, one.on_board) == (sailed_with, on_board)
    before = book([*LISTS, COUNT], [event(kind, "2026-07-20T09:30", 2)])
    assert (before.sailed_with, before.on_board) == (120, 120)


def test_an_event_explains_a_difference_and_mends_nothing() -> None:
    """118 counted, 120 listed: two did not come. The list still holds them, and is to be sent again."""
    short = count("2026-07-20T09:50", 118)
    absent = event(EventKind.NO_SHOW, "2026-07-20T09:45", 2, reason=EventReason.MISSED_CLOSING)
    one = book([*LISTS, short], [absent])
    assert (one.agreement, one.difference, one.explained) == (Agreement.DIFFERS, -2, -2)
    anew = filing(received_at="2026-07-20T10:05", persons=98, version=2)
    mended = book([*LISTS, short, anew], [absent])
    assert (mended.agreement, mended.explained) == (Agreement.AGREES, 0)


def test_a_list_that_is_taken_back_leaves_the_ledger() -> None:
    taken = filing(received_at="2026-07-20T09:30", persons=0, withdrawn=True)
    one = book([*LISTS, COUNT, taken])
    assert one.listed is not None
    assert one.listed.persons == 20
    assert book([LISTS[0], taken]).listed is None
    replaced = book([*LISTS, COUNT, filing(received_at="2026-07-20T09:40", persons=99, version=2)])
    assert replaced.listed is not None
    assert replaced.listed.persons == 119


def test_a_corrected_event_counts_once_and_one_taken_back_not_at_all() -> None:
    first = event(EventKind.STOWAWAY, "2026-07-20T11:00", 3, id="e")
    right = event(EventKind.STOWAWAY, "2026-07-20T11:00", 1, id="e", revision=2, reported_at=at("2026-07-20T11:30"))
    back = event(
        EventKind.STOWAWAY,
        "2026-07-20T11:00",
        1,
        id="e",
        revision=3,
        withdrawn=True,
        reported_at=at("2026-07-20T11:40"),
    )
    for order in permutations([first, right]):
        one = book([*LISTS, COUNT], list(order))
        assert (one.sailed_with, len(one.events)) == (121, 1)
    assert book([*LISTS, COUNT], [first, right], at("2026-07-20T11:29")).sailed_with == 123, "as it was known then"
    assert book([*LISTS, COUNT], [back, first, right]).events == ()


def test_without_a_count_those_who_boarded_are_compared() -> None:
    told = [event(EventKind.BOARDED, "2026-07-20T09:30", 118), event(EventKind.LATE_BOARDER, "2026-07-20T09:58", 2)]
    one = book(LISTS, [*told, event(EventKind.STOWAWAY, "2026-07-20T11:00")])
    assert (one.counted, one.sailed_with, one.difference) == (None, 121, 1)
    assert book(LISTS, told[1:]).boarded is None, "late boarders alone say nothing of the others"


@pytest.mark.parametrize(
    ("counts", "kinds", "expected"),
    [
        (Counts(passengers=100, crew=20), {"passengers", "crew"}, 120),
        (Counts(passengers=100), {"passengers", "crew"}, None),
        (Counts(on_board=120), {"passengers"}, 120),
        (Counts(on_board=120, crew=20), {"passengers"}, 100),
        (Counts(on_board=120, crew=20), {"crew"}, 20),
        (Counts(on_board=120), set(), 120),
    ],
)
def test_a_number_is_compared_with_the_list_of_those_it_is_about(
    counts: Counts, kinds: set[str], expected: int | None
) -> None:
    assert declared(counts, frozenset(map(ListKind, kinds))) == expected


events = st.lists(
    st.builds(
        lambda kind, minute, id, revision, persons, withdrawn: event(
            kind, f"2026-07-20T10:{minute:02}", persons, id=f"e{id}-{kind}", revision=revision, withdrawn=withdrawn,
            reported_at=at("2026-07-20T11:00"),
        ),
        st.sampled_from(EventKind), st.integers(0, 59), st.integers(1, 3), st.integers(1, 3), st.integers(0, 5), st.booleans(),
    ),
    max_size=8,
    unique_by=lambda one: (one.id, one.revision),
)  # fmt: skip


@often(25)
@given(events, st.randoms(use_true_random=False))
def test_the_order_in_which_events_are_told_changes_nothing(told: list[Event], random: Any) -> None:
    shuffled = list(told)
    random.shuffle(shuffled)
    filings = [*LISTS, COUNT]
    assert book(filings, told) == book(filings[::-1], shuffled)
