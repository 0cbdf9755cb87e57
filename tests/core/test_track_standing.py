"""How a duty stands: first complete version, kinds and purposes of lists, corrections, withdrawals, moved schedules."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.findings import Place, Rule, Severity
from gateway.manifest import Counts, Document, ListKind, Purpose
from gateway.obligations import due
from gateway.track import State, errors_by_field, missing_fields, standing, standings
from tests.often import often
from tests.sailing import MINUTE, at, complete, count, duty, filing, sailing, shipped_law
from tests.specimen import crew_manifest, crew_member, passenger, passenger_manifest

FERRY = sailing(atd="2026-07-20T10:00")
LIST = duty("EU-9841-LIST", FERRY)  # by 10:15
COUNT = duty("EU-9841-COUNT", FERRY)  # before 10:00
CRUISE = duty("EU-SBC-CRUISE", sailing("TRIST-GRPIR", service="cruise", etd="2026-07-18T16:00", eta="2026-07-20T06:00"))
NOTICE = at("2026-07-19T06:00")  # of CRUISE
LATER = at("2026-08-01T00:00")


def test_the_first_complete_version_decides_and_later_ones_change_nothing() -> None:
    gap = filing(received_at="2026-07-20T09:00", missing={"birth_date": 3})
    full = filing(received_at="2026-07-20T10:12", version=2)
    again = filing(received_at="2026-07-20T11:00", version=3)
    worse = filing(received_at="2026-07-20T12:00", version=4, missing={"sex": 100})
    for filings in permutations([gap, full, again, worse]):
        judged = standing(LIST, filings, LATER)
        assert (judged.state, judged.received_at) == (State.ON_TIME, full.received_at)


def test_an_early_incomplete_version_does_not_stop_the_clock() -> None:
    gap = filing(received_at="2026-07-20T09:00", missing={"birth_date": 3})
    full = filing(received_at="2026-07-20T10:40", version=2)
    judged = standing(LIST, [gap, full], LATER)
    assert (judged.state, judged.lateness) == (State.LATE, timedelta(minutes=25))
    before = standing(LIST, [gap], at("2026-07-20T10:00"))
    assert (before.state, before.missing) == (State.DUE, {"birth_date": 3})
    after = standing(LIST, [gap, full], at("2026-07-20T10:20"))
    assert (after.state, after.missing) == (State.INCOMPLETE, {"birth_date": 3})


def test_only_what_this_law_asks_for_keeps_a_list_incomplete() -> None:
    elsewhere = filing(received_at="2026-07-20T09:00", missing={"document.number": 50}, errors={"document.expiry": 2})
    assert standing(LIST, [elsewhere], LATER).state is State.ON_TIME
    for errors in ({"birth_date": 1}, {"": 1}):
        judged = standing(LIST, [filing(received_at="2026-07-20T09:00", errors=errors)], LATER)
        assert (judged.state, judged.errors) == (State.INCOMPLETE, 1)


def test_a_count_is_met_by_a_number_or_by_a_list_of_everybody() -> None:
    assert standing(COUNT, [count("2026-07-20T09:59")], LATER).state is State.ON_TIME
    assert standing(COUNT, [count("2026-07-20T10:01")], LATER).state is State.LATE
    everybody = filing(of_everybody=True, received_at="2026-07-20T09:59")
    assert standing(COUNT, [everybody], LATER).state is State.ON_TIME
    passengers = filing(received_at="2026-07-20T09:59")
    assert standing(COUNT, [passengers], LATER).state is State.MISSING, "who else is on board is not said"
    by_parts = filing(received_at="2026-07-20T09:00", persons=0, counts=Counts(passengers=90, crew=10))
    assert standing(COUNT, [by_parts], LATER).state is State.ON_TIME
    nothing = filing(received_at="2026-07-20T09:00", persons=0, counts=Counts(passengers=90))
    assert standing(COUNT, [nothing], LATER).state is State.MISSING


def test_a_list_of_changes_is_no_list_and_takes_nothing_back() -> None:
    """Its persons may be complete, or lack what the whole list had: neither says anything of the others on board."""
    some = filing(received_at="2026-07-20T09:00", version=1, persons=101, is_change=True)
    assert standing(LIST, [some], LATER).state is State.MISSING
    whole = filing(received_at="2026-07-20T09:05", version=2)
    worse = filing(received_at="2026-07-20T09:10", version=3, missing={"birth_date": 3}, is_change=True)
    for filings in ([whole], [whole, some], [whole, worse], [some, whole, worse]):
        assert standing(LIST, filings, LATER).received_at == whole.received_at
    everybody = filing(of_everybody=True, received_at="2026-07-20T09:59", is_change=True)
    assert standing(COUNT, [everybody], LATER).state is State.MISSING, "it names some of those on board"
    counted = filing(received_at="2026-07-20T09:59", counts=Counts(on_board=140), is_change=True)
    assert standing(COUNT, [counted], LATER).state is State.ON_TIME, "a number that it declares is one"


def test_a_number_alone_is_no_list_unless_nobody_travels() -> None:
    assert standing(LIST, [count("2026-07-20T09:00")], LATER).state is State.MISSING
    empty = filing(received_at="2026-07-20T09:00", persons=0, counts=Counts(on_board=40, passengers=0, crew=40))
    assert standing(LIST, [empty], LATER).state is State.ON_TIME


def test_a_nominal_list_needs_passengers_and_crew() -> None:
    passengers = filing(received_at=NOTICE - MINUTE)
    alone = standing(CRUISE, [passengers], LATER)
    assert (alone.state, alone.lists) == (State.INCOMPLETE, (ListKind.CREW,))
    crew = filing(ListKind.CREW, received_at=NOTICE + MINUTE)
    both = standing(CRUISE, [passengers, crew], LATER)
    assert (both.state, both.received_at) == (State.LATE, crew.received_at)
    parts = [filing(kind, of_everybody=True, received_at=NOTICE) for kind in (ListKind.PASSENGERS, ListKind.CREW)]
    assert standing(CRUISE, parts, LATER).state is State.ON_TIME


def test_a_list_serves_the_purposes_it_was_sent_for() -> None:
    border = filing(received_at="2026-07-20T09:00", purposes=(Purpose.BORDER,))
    assert standing(LIST, [border], LATER).state is State.MISSING
    both = filing(received_at="2026-07-20T09:00", purposes=(Purpose.BORDER, Purpose.SAFETY))
    assert standing(LIST, [both], LATER).state is State.ON_TIME


def test_what_was_taken_back_does_not_stand() -> None:
    sent = filing(received_at="2026-07-20T09:00")
    taken = filing(received_at="2026-07-20T09:30", persons=0, withdrawn=True)
    again = filing(received_at="2026-07-20T10:30", version=2)
    assert standing(LIST, [taken, sent], LATER).state is State.MISSING
    assert standing(LIST, [again, taken, sent], LATER).state is State.LATE
    for_border = msgspec.structs.replace(taken, purposes=(Purpose.BORDER,))
    assert standing(LIST, [sent, for_border], LATER).state is State.ON_TIME
    of_crew = msgspec.structs.replace(taken, kind=ListKind.CREW)
    assert standing(LIST, [sent, of_crew], LATER).state is State.ON_TIME


def test_a_schedule_moved_after_receipt_does_not_make_a_list_late() -> None:
    """The ship came earlier than it was to come when the list was sent."""
    in_time_then = [
        filing(kind, received_at=NOTICE + timedelta(hours=2), deadlines={"EU-SBC-CRUISE": NOTICE + timedelta(hours=3)})
        for kind in (ListKind.PASSENGERS, ListKind.CREW)
    ]
    assert standing(CRUISE, in_time_then, LATER).state is State.ON_TIME
    just_then = [msgspec.structs.replace(one, deadlines={"EU-SBC-CRUISE": one.received_at}) for one in in_time_then]
    assert standing(CRUISE, just_then, LATER).state is State.ON_TIME
    late_then = [msgspec.structs.replace(one, deadlines={"EU-SBC-CRUISE": NOTICE}) for one in in_time_then]
    assert standing(CRUISE, late_then, LATER).state is State.LATE
    moved_back = [
        msgspec.structs.replace(one, received_at=NOTICE, deadlines={"EU-SBC-CRUISE": NOTICE - MINUTE})
        for one in in_time_then
    ]
    assert standing(CRUISE, moved_back, LATER).state is State.ON_TIME


def test_the_future_is_not_seen() -> None:
    full = filing(received_at="2026-07-20T10:12")
    assert standing(LIST, [full], at("2026-07-20T10:11")).state is State.DUE
    assert standing(LIST, [full], at("2026-07-20T10:12")).state is State.ON_TIME


def test_a_filing_of_another_call_is_nobodys() -> None:
    other = filing(received_at="2026-07-20T09:00", call="S2")
    assert standing(LIST, [other], LATER).state is State.MISSING
    assert standing(COUNT, [other], LATER).state is State.MISSING


def test_one_duty_may_be_satisfied_by_another() -> None:
    """An EMSWe passenger list is due by the same hour as the Borders Code's list and does not ask for documents."""
    call = sailing("TRIST-GRPIR", service="cruise", etd="2026-07-18T16:00", eta="2026-07-20T06:00")
    dues = due(call, shipped_law())
    filings = complete(CRUISE, NOTICE - MINUTE)
    by_name = {one.due.obligation: one for one in standings(dues, filings, LATER)}
    assert by_name["EU-SBC-CRUISE"].state is State.ON_TIME
    assert by_name["EU-EMSWE-CWA"].if_counted is State.ON_TIME
    lacking = [msgspec.structs.replace(one, missing={"rank": 5}) for one in filings]
    crew_list = msgspec.structs.replace(duty("EU-EMSWE-CWA", call), satisfied_by=())
    assert standing(crew_list, lacking, LATER).if_counted is State.INCOMPLETE
    assert {one.due.obligation: one for one in standings(dues, lacking, LATER)}[
        "EU-EMSWE-CWA"
    ].if_counted is State.ON_TIME


filings_strategy = st.lists(
    st.builds(
        lambda minutes, kind, gap, error, taken, version: filing(
            kind,
            received_at=at("2026-07-20T09:00") + timedelta(minutes=minutes),
            version=version,
            submission=f"sub-{minutes}-{version}",
            missing={"birth_date": gap} if gap else {},
            errors={"sex": error} if error else {},
            withdrawn=taken,
        ),
        st.integers(0, 120), st.sampled_from(ListKind), st.sampled_from([0, 0, 3]), st.sampled_from([0, 0, 1]),
        st.sampled_from([False, False, False, True]), st.integers(1, 9),
    ),
    max_size=6,
    unique_by=lambda one: one.order,
)  # fmt: skip


@often(60)
@given(filings_strategy, st.randoms(use_true_random=False))
def test_the_order_of_filings_does_not_matter(filings: list[Any], random: Any) -> None:
    mixed = list(filings)
    random.shuffle(mixed)
    for one in (LIST, COUNT, CRUISE):
        assert standing(one, filings, LATER) == standing(one, mixed, LATER)


@often(60)
@given(filings_strategy, st.integers(0, 600))
def test_sending_again_never_improves_a_met_duty(filings: list[Any], after: int) -> None:
    before = standing(LIST, filings, LATER)
    last = max((one.received_at for one in filings), default=at("2026-07-20T10:16"))
    again = filing(received_at=max(last, at("2026-07-20T10:16")) + timedelta(minutes=after), version=99)
    now_better = standing(LIST, [*filings, again], LATER)
    if before.received_at:
        assert now_better == before
    else:
        assert now_better.state is State.LATE


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"family_name": None}, {"family_name": 1}),
        ({"family_name": None, "name_reason": "no family name"}, {}),
        ({"given_names": None, "name_reason": "no given name"}, {}),
        ({"given_names": None, "name_reason": "refused"}, {"given_names": 1}),
        ({"nationalities": ()}, {"nationality": 1}),
        ({"documents": ()}, {"document.type": 1, "document.number": 1, "document.issuer": 1}),
        ({"documents": (Document(number="X"),)}, {"document.type": 1, "document.issuer": 1}),
        ({"birth_date": None, "sex": None}, {"birth_date": 1, "sex": 1}),
        ({"embarkation": None, "transit": None}, {"embarkation": 1, "transit": 1}),
    ],
)
def test_missing_fields(changes: dict[str, Any], expected: dict[str, int]) -> None:
    asked = ("family_name", "given_names", "sex", "birth_date", "nationality", "embarkation", "transit", "rank",
             "document.type", "document.number", "document.issuer", "counts.on_board")  # fmt: skip
    assert missing_fields(passenger_manifest(), asked) == {}
    assert missing_fields(passenger_manifest(persons=(passenger(0), passenger(1, **changes))), asked) == expected


def test_rank_is_asked_of_crew_and_ports_of_passengers() -> None:
    crew = crew_manifest(persons=(crew_member(0, rank=None, rank_code=None), crew_member(1, rank=None)))
    assert missing_fields(crew, ("rank", "embarkation")) == {"rank": 1}
    bare = passenger_manifest(counts=Counts(passengers=5))
    assert missing_fields(bare, ("counts.on_board", "counts.crew", "counts.passengers")) == {
        "counts.on_board": 1,
        "counts.crew": 1,
    }


def test_errors_are_counted_by_the_fields_they_touch() -> None:
    error = Rule(id="P-99", severity=Severity.ERROR, text="wrong")
    warning = Rule(id="P-98", severity=Severity.WARNING, text="odd")
    findings = [
        error.at(Place(person=1, field="sex")),
        error.at(Place(person=2, field="full_name")),
        error.at(),
        warning.at(Place(person=1, field="birth_date")),
    ]
    assert errors_by_field(findings) == {"sex": 1, "family_name": 1, "given_names": 1, "": 1}
