"""Many sources, one call: who is believed, what is kept, and that no order of events changes it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.expect import Origin, Said, claims, merged, restated
from gateway.expect.said import TIMES
from gateway.obligations import ExpectedCall, Moment
from gateway.obligations.calls import NOBODY, UNKNOWN_PORT
from tests.often import often
from tests.sailing import at, sailing

NOON = at("2026-07-20T12:00")
HOUR = timedelta(hours=1)
BLANK: dict[str, Any] = {"id": "", "carrier": NOBODY, "departure_port": UNKNOWN_PORT, "arrival_port": UNKNOWN_PORT}
BLANK |= {"vessel": None, "distance_nm": None, "etd": None, "eta": None}


def said(voice: str, origin: Origin, when: datetime = NOON, **known: Any) -> Said:
    flags = {name: known.pop(name) for name in ("withdrawn", "by") if name in known}
    source, watched = origin.value, known.pop("atd_source", None)
    call = sailing(**{**BLANK, **known})
    times = {name: Moment(moment.at, source) for name in TIMES if (moment := getattr(call, name))}
    if watched and call.atd:
        times["atd"] = Moment(call.atd.at, watched)
    return Said(
        voice=voice, origin=origin, at=when, call=_replaced(call, times), by=flags.pop("by", "someone"), **flags
    )


def _replaced(call: ExpectedCall, times: dict[str, Moment]) -> ExpectedCall:
    values = {name: getattr(call, name) for name in call.__struct_fields__}
    return ExpectedCall(**(values | times))


def schedule(when: datetime = NOON, **known: Any) -> Said:
    planned = {
        "id": "S1",
        "carrier": "specimen",
        "departure_port": "FIHEL",
        "arrival_port": "EETLL",
        "vessel": "SPECIMEN STAR",
    }
    planned |= {"etd": "2026-07-20T10:00", "eta": "2026-07-20T12:30"}
    return said("schedule", Origin.SCHEDULE, when, **(planned | known))


def ais(when: datetime = NOON, **known: Any) -> Said:
    return said("AIS", Origin.AIS, when, **known)


def window(form: str, when: datetime = NOON, **known: Any) -> Said:
    return said(f"EMSWe {form}", Origin.WINDOW, when, **known)


def the(time: str, *sayings: Said) -> tuple[str, str] | None:
    moment: Moment | None = getattr(merged("S1", sayings), time)
    return (f"{moment.at:%H:%M}", moment.source) if moment else None


def test_a_departure_is_believed_of_whoever_watched() -> None:
    """Port office, AIS, single window, carrier, schedule: each is believed where those before it are silent."""
    voices = [
        schedule(atd="2026-07-20T10:00", atd_source="port office"),
        ais(atd="2026-07-20T10:01"),
        window("ATD", atd="2026-07-20T10:02"),
        said("line", Origin.CARRIER, atd="2026-07-20T10:03"),
        schedule(atd="2026-07-20T10:04"),
    ]
    believed = [the("atd", *voices[start:]) for start in range(5)]
    assert [found and found[0] for found in believed] == ["10:00", "10:01", "10:02", "10:03", "10:04"]
    assert believed[1] == ("10:01", "AIS")


def test_an_arrival_time_is_the_newest_that_was_notified() -> None:
    plan, typed = schedule(NOON + 5 * HOUR), ais(NOON + 9 * HOUR, eta="2026-07-20T15:00")
    noa = window("NOA arrival", eta="2026-07-20T13:00")
    line = said("line", Origin.CARRIER, NOON + HOUR, eta="2026-07-20T13:30")
    assert the("eta", plan) == ("12:30", "schedule")
    assert the("eta", plan, typed) == (
        "12:30",
        "schedule",
    )  # what is typed on board moves nothing that somebody vouches for
    assert the("eta", typed) == ("15:00", "AIS")
    assert the("eta", plan, noa, typed) == ("13:00", "single window")
    assert the("eta", plan, noa, line, typed) == ("13:30", "carrier")


def test_saying_again_makes_nothing_newer() -> None:
    first, second = (
        window("NOA arrival", eta="2026-07-20T13:00"),
        said("line", Origin.CARRIER, NOON + HOUR, eta="2026-07-20T14:00"),
    )
    again = restated(first, window("NOA arrival", NOON + 2 * HOUR, eta="2026-07-20T13:00"))
    assert the("eta", again, second) == ("14:00", "carrier")
    moved = restated(again, window("NOA arrival", NOON + 2 * HOUR, eta="2026-07-20T13:10"))
    assert the("eta", moved, second) == ("13:10", "single window")


def test_a_word_that_comes_late_does_not_undo_the_correction() -> None:
    newer, older = (
        window("NOA arrival", NOON, eta="2026-07-20T13:00"),
        window("NOA arrival", NOON - HOUR, eta="2026-07-20T12:00"),
    )
    assert restated(newer, older) is newer


def test_the_schedule_imported_again_leaves_what_ais_saw() -> None:
    """It takes back its own time, and nobody else's."""
    seen = ais(atd="2026-07-20T10:07")
    before = [schedule(boarding_closed="2026-07-20T09:50"), seen]
    assert the("boarding_closed", *before) == ("09:50", "schedule")
    after = [restated(before[0], schedule(NOON + HOUR)), seen]
    assert the("boarding_closed", *after) is None
    assert the("atd", *after) == ("10:07", "AIS")


def test_what_ais_sees_adds_up() -> None:
    left = ais(departure_port="FIHEL", atd="2026-07-20T10:07", vessel="SPECIMEN STAR")
    came = ais(NOON + HOUR, arrival_port="EETLL", ata="2026-07-20T12:31")
    whole = merged("x", [restated(left, came)])
    assert (whole.departure_port, whole.arrival_port, whole.vessel) == ("FIHEL", "EETLL", "SPECIMEN STAR")
    assert whole.atd is not None
    assert whole.ata is not None
    assert not whole.announced
    assert whole.carrier == NOBODY


@pytest.mark.parametrize(
    ("witness", "status"),
    [
        ({}, "cancelled"),
        ({"atd": "2026-07-20T10:07"}, "planned"),
        ({"ata": "2026-07-20T12:07"}, "planned"),
        ({"eta": "2026-07-20T12:07"}, "cancelled"),
    ],
)
def test_a_sailing_that_was_seen_is_not_cancelled(witness: dict[str, str], status: str) -> None:
    assert merged("S1", [schedule(status="cancelled"), ais(**witness)]).status == status
    declared = window("ATD", **witness)
    assert merged("S1", [schedule(status="cancelled"), declared]).status == "cancelled"  # nobody saw that


def test_a_call_that_all_took_back_stays_known() -> None:
    call = merged("S1", [schedule(withdrawn=True)])
    assert (call.status, call.vessel, call.id) == ("cancelled", "SPECIMEN STAR", "S1")
    assert merged("S1", [schedule(withdrawn=True), ais(atd="2026-07-20T10:07", withdrawn=True)]).status == "cancelled"
    other = merged(
        "S1", [schedule(withdrawn=True), window("NOA arrival", arrival_port="EETLL", eta="2026-07-20T13:00")]
    )
    assert (other.status, other.vessel, other.etd) == ("planned", None, None)


def test_whose_ship_it_is_says_the_schedule() -> None:
    found = merged("S1", [window("VID", carrier="other", service="cruise", vessel="STAR"), schedule()])
    assert (found.carrier, found.service, found.vessel) == ("specimen", "ferry", "SPECIMEN STAR")
    unowned = merged("S1", [said("schedule", Origin.SCHEDULE, etd="2026-07-20T10:00"), window("VID", carrier="other")])
    assert unowned.carrier == "other"


def test_contradictions_are_shown_and_said_by_whom() -> None:
    found = claims(
        [schedule(), ais(departure_port="FIHEL", atd="2026-07-20T10:07", arrival_port="LVRIX", by="station 7")]
    )
    assert [(one.what, one.value, one.counts, one.contradicts) for one in found if one.what == "arrival_port"] == [
        ("arrival_port", "EETLL", True, False),
        ("arrival_port", "LVRIX", False, True),
    ]
    assert [one.by for one in found if one.what == "atd"] == ["station 7"]
    assert not [one for one in found if one.what in ("departure_port", "vessel")]  # they agree, or only one says it
    two = claims([schedule(atd="2026-07-20T10:00"), ais(atd="2026-07-20T10:07")])
    assert [(one.voice, one.counts, one.contradicts) for one in two if one.what == "atd"] == [
        ("AIS", True, False),
        ("schedule", False, True),
    ]


# --- properties

_MOMENTS = st.none() | st.integers(0, 50).map(lambda n: f"2026-07-20T{10 + n // 10:02}:{n % 10:02}")
_ORIGINS = {
    "schedule": Origin.SCHEDULE,
    "AIS": Origin.AIS,
    "NOA": Origin.WINDOW,
    "ATD": Origin.WINDOW,
    "line": Origin.CARRIER,
    "vts": Origin.PORT,
}


@st.composite
def _sayings(draw: st.DrawFn) -> list[Said]:
    voices = draw(st.lists(st.sampled_from(sorted(_ORIGINS)), min_size=1, unique=True))
    return [
        said(
            voice,
            _ORIGINS[voice],
            NOON + draw(st.integers(0, 3)) * HOUR,
            carrier=draw(st.sampled_from(["", "a", "b"])),
            vessel=draw(st.sampled_from([None, "STAR", "MOON"])),
            arrival_port=draw(st.sampled_from([UNKNOWN_PORT, "EETLL", "LVRIX"])),
            status=draw(st.sampled_from(["planned", "planned", "cancelled"])),
            withdrawn=draw(st.sampled_from([False, False, True])),
            **{name: draw(_MOMENTS) for name in TIMES},
        )
        for voice in voices
    ]


@often(20)
@given(_sayings(), st.randoms(use_true_random=False))
def test_the_order_of_the_sources_changes_nothing(sayings: list[Said], chance: Any) -> None:
    shuffled = sayings[:]
    chance.shuffle(shuffled)
    assert merged("S1", shuffled) == merged("S1", sayings)
    assert claims(shuffled) == claims(sayings)


@often(20)
@given(_sayings())
def test_silence_removes_nothing_and_nothing_said_is_lost(sayings: list[Said]) -> None:
    """A voice that says nothing adds nothing; each time that is said is in the claims; one of each counts."""
    silent = said("another", Origin.PORT, NOON + 9 * HOUR)
    standing = [one for one in sayings if not one.withdrawn]
    if standing:
        assert merged("S1", [*sayings, silent]) == merged("S1", sayings) or not merged("S1", sayings).announced
    for name in TIMES:
        stated = [one for one in standing or sayings if one.time(name)]
        shown = [one for one in claims(sayings) if one.what == name]
        assert len(shown) == len(stated)
        assert sum(one.counts for one in shown) == bool(stated)
        assert (getattr(merged("S1", sayings), name) is None) == (not stated)


@often(20)
@given(_sayings())
def test_no_saying_of_a_carrier_undoes_what_was_seen(sayings: list[Said]) -> None:
    """Whatever schedules, lines and windows say: a departure that AIS saw is the departure, and the call is not cancelled."""
    others = [one for one in sayings if one.origin not in (Origin.PORT, Origin.AIS)]
    seen = merged("S1", [*others, ais(atd="2026-07-20T10:07")])
    assert seen.atd == Moment(at("2026-07-20T10:07"), "AIS")
    assert seen.status == "planned"
