"""Silence never pays: whatever is left out, in whatever order things come, nobody looks better for it. Excuses only take away."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gateway.manifest import Counts, ListKind, Purpose
from gateway.obligations import ExpectedCall
from gateway.track import Event, EventKind, Filing, Outage
from gateway.track.metrics import Card, Value
from gateway.track.quality import Quality
from tests.measure import card, carded, event, facts_of
from tests.often import often
from tests.sailing import at, count, filing, sailing

START = at("2026-07-20T08:00")
FERRIES = [sailing(id=f"S{n}", atd="2026-07-20T10:00") for n in (1, 2)]
CRUISE = sailing(
    "TRIST-GRPIR", id="S3", service="cruise", etd="2026-07-18T16:00", eta="2026-07-21T09:30"
)  # by the 20th, 9:30
CALLS = [*FERRIES, CRUISE]

times = st.integers(0, 300).map(lambda minutes: START + timedelta(minutes=minutes))
deadlines = st.dictionaries(st.sampled_from(["EU-9841-COUNT", "EU-9841-LIST", "EU-SBC-CRUISE"]), times, max_size=2)


@st.composite
def one_filing(draw: Callable[[Any], Any]) -> Filing:
    """A list, good or bad, a count, or a change; for any purpose; under deadlines that may have moved since."""
    gap = draw(st.sampled_from([0, 0, 1, 50]))
    persons = draw(st.sampled_from([0, 1, 90, 100, 110]))
    gap = min(gap, persons)
    return filing(
        draw(st.sampled_from([ListKind.PASSENGERS, ListKind.CREW])),
        call=draw(st.sampled_from(["S1", "S2", "S3"])),
        submission=f"s{draw(st.integers(0, 10**6))}",
        received_at=draw(times),
        version=draw(st.integers(1, 5)),
        persons=persons,
        counts=draw(st.sampled_from([Counts(), Counts(), Counts(on_board=100), Counts(on_board=90), Counts(passengers=0), Counts(passengers=90, crew=10)])),
        missing={"birth_date": gap} if gap else {},
        errors=draw(st.sampled_from([{}, {}, {"sex": 1}, {"": 1}])),
        quality=draw(st.sampled_from([None, Quality(faulty={"birth_date": gap} if gap else {})])),
        deadlines=draw(deadlines),
        purposes=draw(st.sampled_from([(), (), (Purpose.SAFETY,), (Purpose.BORDER, Purpose.SAFETY), (Purpose.BOOKING,)])),
        is_change=draw(st.sampled_from([False, False, False, True])),
        of_everybody=draw(st.booleans()),
    )  # fmt: skip


some_filings = st.lists(one_filing(), max_size=10, unique_by=lambda one: (one.call, one.order))
some_events = st.lists(
    st.builds(
        lambda kind, when, number, persons, call: event(kind, "2026-07-20T00:00", persons, id=f"e{number}", call=call, at=when, reported_at=when),
        st.sampled_from(EventKind), times, st.integers(1, 9), st.sampled_from([1, 90, 100]), st.sampled_from(["S1", "S2"]),
    ),
    max_size=4,
    unique_by=lambda one: one.id,
)  # fmt: skip

NEVER_BETTER = (
    ("coverage", ""), ("on-time", ""), ("early-complete", ""), ("manifest-sufficiency", ""), ("score", "timeliness"),
    ("score", "sufficiency"), ("score", "agreement"),
)  # fmt: skip
MONOTONE = tuple(key for key in NEVER_BETTER if key != ("manifest-sufficiency", ""))


def parts(one: Value) -> tuple[int, int]:
    assert one.numerator is not None
    assert one.denominator is not None
    return one.numerator, one.denominator


@often(25)
@given(some_filings, some_events, st.data())
def test_leaving_any_filing_out_never_improves_timeliness_coverage_or_the_score(
    filings: list[Filing], events: list[Event], data: Any
) -> None:
    """A list that is taken back is left out here: who takes it back has not kept silent."""
    kept = data.draw(st.lists(st.booleans(), min_size=len(filings), max_size=len(filings)))
    fewer = [one for one, is_kept in zip(filings, kept, strict=True) if is_kept]
    told, silent = card(CALLS, filings, events), card(CALLS, fewer, events)
    for key in MONOTONE:
        had, has = parts(told.value(*key)), parts(silent.value(*key))
        assert had[1] == has[1], (key, "what was expected does not move with what was sent")
        assert has[0] <= had[0], key
    assert points(silent) <= points(told)


@often(15)
@given(some_filings, some_events)
def test_nothing_never_scores_above_something_complete_in_time(filings: list[Filing], events: list[Event]) -> None:
    """Even beside whatever else was sent."""
    good = [filing(call=one.id, received_at=START, counts=Counts(on_board=100)) for one in FERRIES]
    good += [filing(kind, call="S3", received_at=START) for kind in (ListKind.PASSENGERS, ListKind.CREW)]
    nothing, best = card(CALLS), card(CALLS, good)
    assert (points(nothing), points(best)) == (0, 1000)
    assert (
        points(nothing)
        <= points(card(CALLS, filings, events))
        <= points(card(CALLS, [*filings, *good], events))
        == 1000
    )


@often(25)
@given(some_filings, some_events, st.randoms(use_true_random=False))
def test_no_order_of_filings_events_or_sailings_matters(
    filings: list[Filing], events: list[Event], random: Any
) -> None:
    shuffled: list[list[Any]] = [list(CALLS), list(filings), list(events)]
    for some in shuffled:
        random.shuffle(some)
    assert card(CALLS, filings, events) == card(*shuffled)


@often(15)
@given(some_filings, st.integers(1, 40))
def test_a_sailing_of_which_nothing_came_never_improves_anything(filings: list[Filing], more: int) -> None:
    silent: list[ExpectedCall] = [sailing(id=f"X{n}", atd="2026-07-20T11:00") for n in range(more)]
    before, after = card(CALLS, filings), card(CALLS + silent, filings)
    assert after.sailings == before.sailings + more
    for key in NEVER_BETTER:
        had, has = parts(before.value(*key)), parts(after.value(*key))
        assert has[0] == had[0]
        assert has[1] >= had[1]
    assert points(after) <= points(before)


@often(25)
@given(some_filings, times, st.integers(1, 200))
def test_an_excuse_only_takes_away_from_both(filings: list[Filing], since: Any, minutes: int) -> None:
    down = Outage(
        id="o",
        since=since,
        until=since + timedelta(minutes=minutes),
        what="api",
        carrier=None,
        declared_by="desk",
        declared_at=since,
    )
    before = card(CALLS, filings)
    after = next(iter(carded(facts_of(CALLS, filings), outages=[down])))
    for key in NEVER_BETTER:
        had, has = parts(before.value(*key)), parts(after.value(*key))
        assert has[0] <= had[0]
        assert had[0] - has[0] <= had[1] - has[1], "what leaves the numerator leaves the denominator"
    if since <= at("2026-07-20T09:30") and since + timedelta(minutes=minutes) >= at("2026-07-20T10:15"):
        assert after.points is None, "every deadline lies in it"


@often(15)
@given(some_filings)
def test_no_number_is_more_than_what_it_is_of(filings: list[Filing]) -> None:
    for value in card(CALLS, filings).values:
        if value.denominator is not None and value.metric != "post-departure-changes":
            assert value.numerator is not None
            assert 0 <= value.numerator <= value.denominator, value


def points(one: Card) -> int:
    assert one.points is not None
    return one.points


def test_a_count_alone_and_a_list_alone_agree_with_nobody() -> None:
    """Leaving out the one that would show a difference gains nothing."""
    call, listed = [FERRIES[0]], filing(received_at=START, persons=90)
    both = card(call, [count(START, 100), listed])
    for alone in ([count(START, 100)], [listed], []):
        assert parts(card(call, alone).value("score", "agreement")) == (0, 10_000)
    assert parts(both.value("score", "agreement")) == (9_000, 10_000)
