"""The eighteen metrics, each worked out by hand in a comment; what is excused; what is lost and shown; small numbers."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from gateway.catalogue import schemas
from gateway.changes import Changes
from gateway.manifest import Counts, ListKind, Purpose
from gateway.obligations import Exemption, due
from gateway.obligations.law import Validity
from gateway.track import EventKind, Filing, Outage
from gateway.track.excuses import Told
from gateway.track.metrics import (
    METRICS,
    Checked,
    Facts,
    Messages,
    Period,
    Submissions,
    heatmap,
    parse_terms,
    report,
    sailing_of,
    table,
)
from gateway.track.metrics.agreement import interval
from gateway.track.metrics.report import PARTS
from gateway.track.quality import MANY_WAYS, Quality, Wrong, quality_of
from tests.measure import AUGUST, card, carded, event, facts_of, fraction, lost, measured, terms
from tests.sailing import MINUTE, at, count, filing, sailing, shipped_law
from tests.specimen import passenger

COUNTED = Counts(on_board=100)  # a list that also says how many are on board, so that it meets the count

SIX = [sailing(id=f"S{n}", atd="2026-07-20T10:00") for n in range(1, 7)]
FILED = [
    # Count due before 10:00, list by 10:15. S1: both in time. S2: list 20 min late. S3: count in time, a list with gaps.
    # S4: a count 10 min late. S5: silence. S6: first with gaps and in time, mended 60 min late.
    filing(call="S1", counts=COUNTED, received_at="2026-07-20T09:00"),
    count("2026-07-20T09:00", call="S2"),
    filing(call="S2", counts=COUNTED, received_at="2026-07-20T10:35"),
    count("2026-07-20T09:00", call="S3"),
    filing(
        call="S3", counts=COUNTED, received_at="2026-07-20T10:10", persons=200, missing={"birth_date": 50, "sex": 10},
        quality=Quality(faulty={"birth_date": 45, "birth_date sex": 5, "sex": 5}), answered_at=at("2026-07-20T10:11"),
    ),
    count("2026-07-20T10:10", call="S4"),
    filing(call="S4", counts=COUNTED, received_at="2026-07-20T10:15"),
    count("2026-07-20T09:00", call="S6"),
    filing(
        call="S6", submission="gaps", counts=COUNTED, received_at="2026-07-20T10:05", missing={"birth_date": 100},
        answered_at=at("2026-07-20T10:06"),
    ),
    filing(call="S6", counts=COUNTED, received_at="2026-07-20T11:15", version=2),
]  # fmt: skip

BY_HAND = {
    # S5 alone sent nothing.
    ("coverage", ""): (5, 6),
    # 12 duties. Counts in time: S1 S2 S3 S6. Lists in time: S1 S4.
    ("on-time", ""): (6, 12),
    # A ferry's lists can be ready an hour before: counts (due 10:00) complete by 9:30 are S1 S2 S3 S6; lists (10:15) by 9:45 is S1.
    ("early-complete", ""): (5, 12),
    # Five fields of EU-9841-LIST for 600 persons (S1 100, S2 100, S3 200, S4 100, S6 100); lacking: S3 50 + 10, S6 100.
    ("field-completeness", ""): (3000 - 160, 3000),
    # S1 S2 S4: 300. S3: 200 less 45 + 5 + 5. S6: none, by the list in force at the deadline.
    ("person-sufficiency", ""): (445, 600),
    # 97 of 100 or more: S1 S2 S4; not S3, S6; S5 is due and never came.
    ("manifest-sufficiency", ""): (3, 6),
    # At 10:15, S1 100/100, S2 100 counted and no list, S3 100 against 200: nobody, S4 100/100, S5 nothing at all, S6 100/100.
    ("count-list-agreement", ""): (300, 500),
    # Told at 10:11 (S3, never mended) and 10:06 (S6, mended 11:15, before arrival at 12:30).
    ("correction-lag", "within"): (0, 2),
    ("correction-lag", "before-arrival"): (1, 2),
    # Nothing was compared with an earlier version; the largest lists: 100 100 200 100 100.
    ("post-departure-changes", ""): (0, 600),
    # Timeliness as 'on-time'. Sufficiency: S1 S2 S4 S6 whole (S6 was mended before arrival), S3 145 of 200, S5 nought.
    ("score", "timeliness"): (6, 12),
    ("score", "sufficiency"): (47_250, 60_000),
    # S1 S4 S6 whole; S2 had no list by 10:15; S3 counted half of those listed: nought; S5 nothing.
    ("score", "agreement"): (30_000, 60_000),
}


def test_a_scorecard_worked_out_by_hand() -> None:
    one = card(SIX, FILED)
    assert (one.carrier, one.route, one.sailings, one.excused, one.undetermined) == ("specimen", "", 6, 0, 0)
    assert {key: fraction(one.value(*key)) for key in BY_HAND} == BY_HAND
    # Late: the list of S2 by 20, the count of S4 by 10, the list of S6 by 60 minutes.
    assert one.value("lateness", "median").duration == timedelta(minutes=20)
    assert one.value("lateness", "p95").duration == timedelta(minutes=60)
    assert one.value("correction-lag", "median").duration == timedelta(minutes=69)
    assert (one.fields["birth_date"].asked, one.fields["birth_date"].given) == (600, 450)
    # (40 x 6/12 + 40 x 47250/60000 + 20 x 1/2) / 100 = (20 + 31.5 + 10) / 100
    assert one.points == 615
    assert one.value("score").numerator is None, "six sailings are told as numbers"


def test_every_metric_is_on_every_card_in_the_order_of_the_table() -> None:
    listed = [(metric.id, part) for metric in METRICS for part in metric.parts]
    assert len(METRICS) == 18
    for one in (card(SIX, FILED), card(SIX), card([sailing(etd="2026-09-01T00:00", eta="2026-09-01T02:00")])):
        assert [(value.metric, value.part) for value in one.values] == listed
        for value in one.values:
            known = value.reason or value.duration is not None or value.denominator is not None
            assert known, "what cannot be measured says why"
    assert {part for metric in METRICS for part in metric.parts if part} == PARTS.keys()


# --- each metric by itself ---------------------------------------------------------------------------------------

FERRY = sailing(atd="2026-07-20T10:00")


def one_of(metric: str, part: str = "", *filings: Filing, events: Any = (), **facts: Any) -> Any:
    (found,) = carded(facts_of([FERRY], filings, events, **facts))
    return found.value(metric, part)


@pytest.mark.parametrize(
    ("received", "lateness"),
    [("2026-07-20T10:14", None), ("2026-07-20T10:15", None), ("2026-07-20T10:16", 1)],
)
def test_before_at_and_after_the_deadline(received: str, lateness: int | None) -> None:
    one = card([FERRY], [count("2026-07-20T09:00"), filing(received_at=received)])
    assert fraction(one.value("on-time")) == ((1, 2) if lateness else (2, 2))
    assert one.value("lateness", "median").duration == (timedelta(minutes=lateness) if lateness else None)


def test_the_95th_of_a_hundred() -> None:
    """Twenty lists, 1 to 20 minutes late: the middle one of two is the 11th, and 19 of 20 do not exceed 19 minutes."""
    calls = [sailing(id=f"S{n}", atd="2026-07-20T10:00") for n in range(20)]
    late = [filing(call=f"S{n}", received_at=at("2026-07-20T10:16") + n * MINUTE) for n in range(20)]
    counts = [count("2026-07-20T09:00", call=one.id) for one in calls]
    one = card(calls, [*counts, *late])
    assert one.value("lateness", "median").duration == 11 * MINUTE
    assert one.value("lateness", "p95").duration == 19 * MINUTE


def test_what_was_handed_in_and_could_not_be_read() -> None:
    """Of 40 submissions 3 were no list. A route does not know of them: they name none."""
    sent = {"specimen": Submissions(40, 3)}
    (whole,) = carded(facts_of([FERRY]), submissions=sent)
    assert fraction(whole.value("syntax-reject-rate")) == (3, 40)
    (route,) = carded(facts_of([FERRY]), submissions=sent, by_route=True)
    assert route.route == "FIHEL-EETLL"
    assert "names no route" in route.value("syntax-reject-rate").reason


@pytest.mark.parametrize(
    ("counts", "listed", "expected"),
    [
        (Counts(on_board=100), 97, (97, 100)),  # 1 - 3/100
        (Counts(on_board=100), 103, (97, 100)),  # one too many is as wrong as one too few
        (Counts(on_board=10), 100, (0, 10)),  # never below nought
        (Counts(passengers=100, crew=20), 100, (100, 100)),  # the list of passengers against the number of passengers
        (Counts(on_board=120, crew=20), 100, (100, 100)),
        (Counts(), 100, (0, 100)),  # nobody counted: nobody agrees
    ],
)
def test_count_against_list(counts: Counts, listed: int, expected: tuple[int, int]) -> None:
    assert fraction(one_of("count-list-agreement", "", filing(received_at="2026-07-20T09:00", counts=counts, persons=listed))) == expected  # fmt: skip


def test_count_and_list_are_compared_a_quarter_of_an_hour_after_departure() -> None:
    wrong = [count("2026-07-20T09:00", 100), filing(received_at="2026-07-20T09:00", persons=90)]
    mended = filing(received_at="2026-07-20T10:15", persons=100, version=2)
    too_late = filing(received_at="2026-07-20T10:16", persons=100, version=2)
    assert fraction(card([FERRY], [*wrong, mended]).value("count-list-agreement")) == (100, 100)
    assert fraction(card([FERRY], [*wrong, too_late]).value("count-list-agreement")) == (90, 100)
    early = card([FERRY], wrong, now=at("2026-07-20T10:14"))
    assert fraction(early.value("count-list-agreement")) == (0, 0), "not compared yet"
    recount = event(EventKind.RECOUNT, "2026-07-20T10:05", 90)
    assert fraction(card([FERRY], wrong, [recount]).value("count-list-agreement")) == (90, 90)


def test_what_the_border_found_is_a_sample_with_its_interval() -> None:
    """95 of 100: (0.95 + 1.92/100 -+ 1.96 sqrt(0.95 x 0.05/100 + 0.96/10000)) / (1 + 3.84/100) = 0.888 to 0.978."""
    value = one_of("reconciliation", checked=Checked(100, 95))
    assert (*fraction(value), value.low, value.high) == (95, 100, 888, 979)
    assert one_of("reconciliation").reason
    assert interval(0, 10)[0] == 0
    assert interval(10, 10)[1] == 1000


def test_listed_and_not_on_board_and_the_other_way_about() -> None:
    """100 listed and 97 boarded: 3 ghosts at the least. 100 listed, 102 boarded: 2 missing of 102."""
    listed = filing(received_at="2026-07-20T09:00")
    for boarded, ghosts, missing in ((97, (3, 100), (0, 97)), (102, (0, 100), (2, 102))):
        told = [event(EventKind.BOARDED, "2026-07-20T09:50", boarded)]
        assert fraction(one_of("ghost-and-missing", "ghosts", listed, events=told)) == ghosts
        assert fraction(one_of("ghost-and-missing", "missing", listed, events=told)) == missing
    assert one_of("ghost-and-missing", "ghosts", listed).reason


def test_time_to_mend_runs_from_the_answer() -> None:
    """Answered 09:02, mended 09:30: 28 minutes, within 30. Mended 09:33: not. Sent before the answer: no time at all."""
    gap = filing(
        received_at="2026-07-20T09:00", submission="gap", missing={"sex": 1}, answered_at=at("2026-07-20T09:02")
    )
    for mended, within, lag in (("09:30", 1, 28), ("09:33", 0, 31), ("09:01", 1, 0)):
        fixed = filing(received_at=f"2026-07-20T{mended}", version=2)
        assert fraction(one_of("correction-lag", "within", gap, fixed)) == (within, 1)
        assert one_of("correction-lag", "median", gap, fixed).duration == lag * MINUTE
    assert fraction(one_of("correction-lag", "within", gap)) == (0, 1), "never mended is no better than late"


def test_changes_after_departure() -> None:
    """2 added, 1 removed, 3 changed of 101 listed; what was changed before departure is no matter."""
    first = filing(received_at="2026-07-20T09:00")
    before = Changes(against_version=1, added=9, removed=9, changed=0, unchanged=91)
    after = Changes(against_version=2, added=2, removed=1, changed=3, unchanged=96)
    filings = [
        first,
        filing(received_at="2026-07-20T09:30", version=2, changes=before),
        filing(received_at="2026-07-20T10:05", version=3, changes=after, persons=101),
    ]
    assert fraction(card([FERRY], filings).value("post-departure-changes")) == (6, 101)


def test_what_lists_are_made_of() -> None:
    """Of 100 listed: 4 twice, 2 also crew, 5 placeholders, 60 read from zones; 50 booked."""
    listed = filing(received_at="2026-07-20T09:00", quality=Quality(twice=4, across=2, placeholders=5, machine_read=60))
    booked = filing(received_at="2026-07-10T09:00", persons=50, purposes=(Purpose.BOOKING,), quality=Quality(booked=50))
    one = card([FERRY], [listed, booked])
    assert fraction(one.value("duplicates", "within")) == (4, 100)
    assert fraction(one.value("duplicates", "across")) == (2, 100)
    assert "not compared" in one.value("duplicates", "elsewhere").reason
    assert fraction(one.value("placeholders")) == (5, 100)
    assert [fraction(one.value("quality-source", part)) for part in ("machine-readable", "keyed", "booking")] == [
        (60, 150), (40, 150), (50, 150),
    ]  # fmt: skip
    of_old = msgspec.structs.replace(listed, quality=None)
    assert card([FERRY], [of_old]).value("placeholders").reason


def test_whose_affair_it_is_that_a_message_was_not_accepted() -> None:
    found = [
        one_of("receipt-failure", part, messages=Messages(20, 3, 1, 2)) for part in ("carrier", "gateway", "authority")
    ]
    assert [fraction(one) for one in found] == [(3, 20), (1, 20), (2, 20)]
    assert one_of("receipt-failure", "carrier").reason


# --- small numbers, excuses, evidence ----------------------------------------------------------------------------


def test_no_share_and_no_score_below_thirty_sailings() -> None:
    calls = [sailing(id=f"S{n}", atd="2026-07-20T10:00") for n in range(30)]
    filings = [filing(call=f"S{n}", counts=COUNTED, received_at="2026-07-20T09:00") for n in range(24)]
    whole = card(calls, filings)
    assert (whole.value("coverage").share, whole.value("on-time").share) == (0.8, 0.8)
    assert fraction(whole.value("score")) == (800, 1000)  # four fifths of all three parts
    few = card(calls[:29], filings)
    assert (few.value("coverage").share, few.value("on-time").share, few.value("person-sufficiency").share) == (
        None,
    ) * 3
    assert few.value("score").reason
    assert few.points is not None


def test_what_is_not_in_the_denominator() -> None:
    calls = [
        sailing(id="S1", status="cancelled"),
        sailing(id="S2", exemptions=(Exemption("*", "force majeure"),)),
        sailing(id="S3", etd="2026-08-01T00:00", eta="2026-08-01T02:30"),  # belongs to August
        sailing("TRIST-GRPIR", id="S4", service="cruise", eta=None),  # nobody said when it arrives
    ]
    one = card(calls)
    assert (one.sailings, one.excused, one.undetermined, one.points) == (0, 1, 1, None)
    assert lost(calls) == []
    assert card([sailing()], [], now=at("2026-07-20T09:59")).sailings == 0, "nothing has fallen due yet"


def test_each_carrier_and_each_route_has_its_own_card_and_silence_has_one_too() -> None:
    calls = [
        sailing(id="S1", carrier="silent"),
        sailing(id="S2", carrier="punctual"),
        sailing("EETLL-FIHEL", id="S3", carrier="punctual"),
    ]
    facts = facts_of(
        [*calls, sailing(id="S4", carrier="")], [filing(call="S2", counts=COUNTED, received_at="2026-07-20T09:00")]
    )
    punctual, silent = carded(facts)
    assert (punctual.carrier, *fraction(punctual.value("on-time"))) == ("punctual", 2, 4)
    assert (silent.carrier, *fraction(silent.value("on-time"))) == ("silent", 0, 2)
    routes = [(one.carrier, one.route, one.sailings) for one in carded(facts, by_route=True)]
    assert routes == [("punctual", "EETLL-FIHEL", 1), ("punctual", "FIHEL-EETLL", 1), ("silent", "FIHEL-EETLL", 1)]


def outage(since: str, until: str, **changes: Any) -> Outage:
    known = {
        "id": "o",
        "since": at(since),
        "until": at(until),
        "what": "api",
        "carrier": None,
        "declared_by": "desk",
        "declared_at": at(until),
    }
    return Outage(**(known | changes))


@pytest.mark.parametrize(
    ("declared", "due", "excused"),
    [
        (outage("2026-07-20T10:00", "2026-07-20T10:14"), 1, 1),  # the count before 10:00 falls into its first moment
        (outage("2026-07-20T10:01", "2026-07-20T10:15"), 1, 1),  # the list by 10:15 into its last
        (outage("2026-07-20T09:00", "2026-07-20T11:00"), 0, 1),
        (outage("2026-07-20T10:01", "2026-07-20T10:14"), 2, 0),
        (outage("2026-07-20T09:00", "2026-07-20T11:00", carrier="another"), 2, 0),
    ],
)
def test_a_deadline_in_a_declared_outage_is_held_against_nobody(declared: Outage, due: int, excused: int) -> None:
    one = card([FERRY], outages=[declared])
    assert (one.value("on-time").denominator, one.excused) == (due, excused)


CRUISE = sailing(
    "TRIST-GRPIR", service="cruise", etd="2026-07-18T16:00", eta="2026-07-20T06:00"
)  # lists by 19 July 06:00


@pytest.mark.parametrize(
    ("told", "is_excused"),
    [
        ([("2026-07-10T00:00", "2026-07-20T06:00")], False),
        # Six hours before the deadline it was still to arrive an hour later.
        ([("2026-07-10T00:00", "2026-07-20T07:00"), ("2026-07-19T00:01", "2026-07-20T06:00")], True),
        (
            [("2026-07-10T00:00", "2026-07-20T07:00"), ("2026-07-19T00:00", "2026-07-20T06:00")],
            False,
        ),  # told in good time
        (
            [("2026-07-10T00:00", "2026-07-20T05:00"), ("2026-07-19T00:01", "2026-07-20T06:00")],
            False,
        ),  # it gave more time
        (
            [("2026-07-19T03:00", "2026-07-20T07:00"), ("2026-07-19T04:00", "2026-07-20T06:00")],
            False,
        ),  # announced by nobody
    ],
)
def test_an_arrival_that_comes_forward_late_excuses(told: list[tuple[str, str]], is_excused: bool) -> None:
    notes = [Told(at(noted), at(value)) for noted, value in told]
    (one,) = carded(facts_of([CRUISE], told=notes))
    assert (one.excused, one.value("on-time").denominator) == ((1, 0) if is_excused else (0, 1))


def test_a_departure_that_moved_excuses_nothing() -> None:
    """A ferry's list hangs on its own departure, which is the line's to know."""
    notes = [Told(at("2026-07-01T00:00"), at("2026-07-20T14:00")), Told(at("2026-07-20T10:00"), at("2026-07-20T12:30"))]
    (one,) = carded(facts_of([FERRY], told=notes))
    assert (one.excused, one.value("on-time").denominator) == (0, 2)


def test_a_point_that_the_desk_gave_back_leaves_its_own_measure_alone() -> None:
    late = [count("2026-07-20T09:00"), filing(received_at="2026-07-20T10:20", counts=COUNTED)]
    upheld = frozenset({("on-time", "EU-9841-LIST"), ("count-list-agreement", "EU-9841-COUNT")})
    (before,), (after,) = carded(facts_of([FERRY], late)), carded(facts_of([FERRY], late, upheld=upheld))
    assert (fraction(before.value("on-time")), fraction(after.value("on-time"))) == ((1, 2), (1, 1))
    assert (fraction(before.value("count-list-agreement")), fraction(after.value("count-list-agreement"))) == ((0, 100), (0, 0))  # fmt: skip
    assert before.value("manifest-sufficiency") == after.value("manifest-sufficiency")
    assert (before.points, after.points) == (600, 1000)


def test_every_lost_point_shows_what_was_received_and_when() -> None:
    found = {(one.call, one.metric, one.obligation): one for one in lost(SIX, FILED)}
    late = found["S2", "on-time", "EU-9841-LIST"]
    assert (late.deadline, late.received_at, late.submission) == (
        at("2026-07-20T10:15"),
        at("2026-07-20T10:35"),
        "sub-1",
    )
    assert late.reason == "complete 20 min after the deadline"
    gaps = found["S3", "on-time", "EU-9841-LIST"]
    assert "birth_date lacks for 50 persons" in gaps.reason
    assert found["S3", "manifest-sufficiency", "EU-9841-LIST"].reason.startswith("145 of 200 persons")
    assert found["S5", "coverage", "EU-9841-COUNT"].received_at is None
    assert (
        found["S3", "count-list-agreement", "EU-9841-COUNT"].reason == "15 min after departure: 100 counted, 200 listed"
    )
    assert not [one for one in found if one[0] == "S1"]
    # 6 duties not on time, 3 lists not in full, 1 sailing not covered, 3 that do not agree: what is lost is what the numbers lack.
    by_metric = {
        metric: sum(one[1] == metric for one in found)
        for metric in ("on-time", "manifest-sufficiency", "coverage", "count-list-agreement")
    }
    assert by_metric == {"on-time": 6, "manifest-sufficiency": 3, "coverage": 1, "count-list-agreement": 3}


# --- what is kept, shown and printed -----------------------------------------------------------------------------


def test_persons_are_counted_by_what_they_lack() -> None:
    persons = [
        passenger(0),
        passenger(1, sex=None),
        passenger(2, birth_date="1980-01-01"),
        passenger(3, name_reason="unknown"),
    ]
    fine = Wrong(frozenset(), frozenset())
    wrong = [
        Wrong(frozenset({"document.number"}), frozenset({"C-20"})),
        fine,
        fine,
        Wrong(frozenset(), frozenset({"C-30"})),
    ]
    kept = quality_of(persons, wrong, asked={"sex", "birth_date", "rank"}, is_booking=False)
    assert kept == Quality(faulty={"document.number": 1, "sex": 1}, placeholders=2, twice=1, across=1)
    assert (kept.in_full(4, ["sex"]), kept.in_full(4, ["sex", "document.number"]), kept.in_full(4, [])) == (3, 2, 4)
    assert Quality(faulty={MANY_WAYS: 2}).in_full(4, ["cabin"]) == 2


def test_a_report_says_in_words_what_the_card_says_in_numbers() -> None:
    now, before = card(SIX, FILED), card(SIX)
    rows = {(row.metric, row.part): row for row in report(now, before).rows}
    assert (rows["coverage", ""].number, rows["coverage", ""].before, rows["coverage", ""].share) == (
        "5 of 6",
        "0 of 6",
        "",
    )
    assert rows["lateness", "median"].number == "20 min"
    assert rows["reconciliation", ""].number == "not measurable"
    assert rows["reconciliation", ""].note
    assert rows["duplicates", "within"].title.endswith("on one list")
    lines = table([now])
    assert len({len(line) for line in lines}) == 1
    assert lines[1][:8] == (
        "specimen",
        "",
        "2026-07-01T00:00:00+00:00",
        "2026-08-01T00:00:00+00:00",
        "coverage",
        "",
        "5",
        "6",
    )


def test_the_heatmap_has_a_cell_for_each_field_and_line() -> None:
    facts = facts_of([*SIX, sailing(id="X", carrier="silent")], FILED)
    heat = heatmap(carded(facts))
    assert heat.carriers == ("silent", "specimen")
    quiet, asked = heat.cells["sex"]
    assert quiet is None
    assert asked is not None
    assert (asked.asked, asked.given) == (600, 590)


def test_the_terms_are_read_whole_or_not_at_all() -> None:
    weights = terms().weights
    assert weights.timeliness + weights.sufficiency + weights.agreement == 100
    text = (schemas() / "scoring" / "terms.toml").read_text("utf-8")
    assert parse_terms(text) == terms()
    for was, wrong in (
        ("timeliness = 40", "timeliness = 41"),
        ("ferry =", "tram ="),
        ("ferry = ", "# "),
        ("PT30M", "soon"),
        ("[weights]", "[weight"),
    ):
        assert isinstance(parse_terms(text.replace(was, wrong)), str), was


def test_the_future_is_not_seen() -> None:
    seen = measured(facts_of([FERRY], [filing(received_at=AUGUST + MINUTE)]))
    assert seen[0].facts.filings == []
    crew = filing(ListKind.CREW, received_at="2026-07-20T09:00", persons=20)
    assert len(measured(facts_of([FERRY], [crew]))[0].facts.filings) == 1


# --- the clock ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("minute", "is_on_time"), [(4, True), (5, True), (6, False)])
def test_the_night_the_clocks_go_back_has_no_longer_quarters_of_an_hour(minute: int, is_on_time: bool) -> None:
    """Helsinki, 25 October 2026: 03:50 summer time is 00:50 UTC; at 01:00 UTC it is 03:00 again, and 15 minutes are 15 minutes."""
    call = sailing(etd="2026-10-25T00:50", atd="2026-10-25T00:50", eta="2026-10-25T03:00")
    filings = [count("2026-10-25T00:40"), filing(received_at=f"2026-10-25T01:0{minute}", counts=COUNTED)]
    october, later = Period(at("2026-10-01T00:00"), at("2026-11-01T00:00")), at("2026-11-02T00:00")
    (facts,) = facts_of([call], filings)
    judged = sailing_of(facts, october, terms(), (), later)
    assert {one.due.obligation: one.state.value for one in judged.standings}["EU-9841-LIST"] == (
        "on-time" if is_on_time else "late"
    )
    assert judged.compared_at == at("2026-10-25T01:05")


@pytest.mark.parametrize(("leaves", "duties"), [("2026-07-20T20:59", 1), ("2026-07-20T21:00", 2)])
def test_a_law_that_begins_at_midnight_in_the_port_counts_from_then(leaves: str, duties: int) -> None:
    """Midnight in Helsinki is 21:00 UTC in July; the list is a duty from 21 July on."""
    law = shipped_law()
    begins = [
        msgspec.structs.replace(one, valid=Validity(date(2026, 7, 21))) if one.id == "EU-9841-LIST" else one
        for one in law.obligations
    ]
    call = sailing(etd=leaves, atd=leaves, eta="2026-07-20T23:30")
    facts = Facts(call=call, dues=due(call, msgspec.structs.replace(law, obligations=tuple(begins))))
    (one,) = carded([facts])
    assert fraction(one.value("on-time")) == (0, duties)


def test_a_duty_belongs_to_the_period_in_which_its_deadline_falls() -> None:
    """Leaves at 23:50 on 31 July: the count is due in July, the list and the comparison in August."""
    call = sailing(etd="2026-07-31T23:50", atd="2026-07-31T23:50", eta="2026-08-01T02:00")
    one = card([call], [count("2026-07-31T23:00")])
    assert fraction(one.value("on-time")) == (1, 1)
    assert fraction(one.value("score", "agreement")) == (0, 0)
