"""Which call a saying is about: by id, Visit ID, or ship, port and time. Never by a guess."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateway.expect import Origin, Placed, Said, merged, place, scheduled
from gateway.expect.place import Ships, is_near
from gateway.obligations import ExpectedCall
from gateway.obligations.calls import UNKNOWN_PORT
from tests.core.test_expect_merge import NOON, ais, window
from tests.sailing import sailing

NOTHING = Placed(None)


def hourly(first: int = 6, last: int = 20) -> list[ExpectedCall]:
    return [
        sailing(id=f"H{n:02}", etd=f"2026-07-20T{n:02}:00", eta=f"2026-07-20T{n:02}:40") for n in range(first, last)
    ]


def known(*calls: ExpectedCall) -> dict[str, list[Said]]:
    return {call.id: [scheduled(call, "desk", NOON)] for call in calls}


def where(one: Said, *calls: ExpectedCall, **more: Any) -> Placed:
    return place([one], calls, known(*calls) | more)[0]


def seen(time: str, **others: Any) -> Said:
    return ais(**({"departure_port": "FIHEL", "atd": time} | others))


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        ("2026-07-20T11:04", Placed("H11")),
        ("2026-07-20T10:52", Placed("H11")),
        ("2026-07-20T11:30", Placed(None, ("H11", "H12"))),  # half an hour late, or early: nobody can tell
        ("2026-07-20T19:30", Placed("H19")),  # the last of the day
        ("2026-07-21T12:00", NOTHING),
    ],
)
def test_the_sailing_that_was_seen_is_the_nearest(time: str, expected: Placed) -> None:
    assert where(seen(time), *hourly()) == expected


@pytest.mark.parametrize(
    "other", [{"imo": "9074729"}, {"departure_port": "EETLL"}, {"imo": None}, {"departure_port": UNKNOWN_PORT}]
)
def test_another_ship_or_port_is_another_sailing(other: dict[str, Any]) -> None:
    assert where(seen("2026-07-20T11:04", **other), *hourly()) == NOTHING


def test_a_diverted_ship_is_not_the_planned_call() -> None:
    came = ais(departure_port="FIHEL", atd="2026-07-20T11:04", arrival_port="LVRIX", ata="2026-07-20T11:50")
    assert where(came, *hourly()) == NOTHING


def test_a_sailing_that_was_seen_already_is_not_seen_again() -> None:
    calls = hourly(10, 13)
    before = {"H11": [*known(calls[1])["H11"], seen("2026-07-20T11:04")]}
    assert where(seen("2026-07-20T11:07"), *calls, **before) == Placed("H11")  # by a second receiver
    assert where(seen("2026-07-20T11:30"), *calls, **before) == Placed("H12")  # it left once


def test_a_cancelled_sailing_gives_way() -> None:
    calls = [*hourly(11, 12), sailing(id="OFF", etd="2026-07-20T11:30", status="cancelled")]
    assert where(seen("2026-07-20T11:16"), *calls) == Placed("H11")


def test_rows_of_a_schedule_take_the_sailing_that_was_seen_each_its_own() -> None:
    """Of fourteen rows one is the ship that AIS saw; the others do not take it for want of a better."""
    unannounced = merged("seen", [seen("2026-07-20T11:03")])
    rows = [scheduled(call, "desk", NOON) for call in hourly()]
    found = place(rows, [unannounced], {"seen": [seen("2026-07-20T11:03")]})
    assert [one.call.id for one, to in zip(rows, found, strict=True) if to.call] == ["H11"]
    late = merged("seen", [seen("2026-07-20T11:30")])
    assert not [to for to in place(rows, [late], {"seen": [seen("2026-07-20T11:30")]}) if to.call]


def test_a_source_finds_its_own_id_wherever_it_was_put() -> None:
    call = merged("seen", [seen("2026-07-20T11:03")])
    moved = scheduled(sailing(id="H11", etd="2026-07-22T11:00", eta="2026-07-22T12:00"), "desk", NOON)
    before = {"seen": [seen("2026-07-20T11:03"), scheduled(hourly(11, 12)[0], "desk", NOON)]}
    assert place([moved], [call], before) == [Placed("seen")]


def test_a_visit_id_says_which() -> None:
    call = sailing(id="A", arrival_visit_id="EE20260720-001")
    noa = window("NOA arrival", arrival_visit_id="ee20260720-001", imo=None, eta="2026-07-25T10:00")
    assert where(noa, call) == Placed("A")
    assert where(noa, call, sailing(id="B", arrival_visit_id="EE20260720-001")) == Placed(None, ("A", "B"))
    another = window(
        "VID", arrival_visit_id="EE20260720-001", imo="9074729", arrival_port="EETLL", eta="2026-07-20T12:30"
    )
    assert where(another, call) == Placed(None, ("A",))  # the ship of a visit does not change (G-SID-001)
    assert where(window("NOA arrival", arrival_visit_id="EE-2", imo=None), call) == NOTHING


def test_a_window_finds_the_ship_in_its_port() -> None:
    call = sailing(id="A")
    vid = window("VID", arrival_port="EETLL", eta="2026-07-20T13:00")
    assert where(vid, call) == Placed("A")
    assert where(window("VID", arrival_port="EETLL", eta="2026-07-21T13:00"), call) == NOTHING
    assert where(window("VID", arrival_port="EETLL"), call) == NOTHING  # no time, no sailing


def test_origin_is_the_voice_s_own_but_for_a_schedule() -> None:
    call = sailing(id="A", atd="2026-07-20T10:00")
    assert call.atd is not None
    word = scheduled(call, "desk", NOON)
    assert word.origin_of(type(call.atd)(call.atd.at, "VTS")) is Origin.PORT
    assert window("ATD").origin_of(type(call.atd)(call.atd.at, "VTS")) is Origin.WINDOW


def test_a_ship_without_a_number_is_known_by_its_name() -> None:
    """A schedule that only names its ships; and a ship of the same name with a number of its own."""
    named = sailing(id="A", imo=None, vessel="m/s Specimen Stár")
    assert where(seen("2026-07-20T10:07", vessel="SPECIMEN STAR"), named) == Placed("A")
    assert where(seen("2026-07-20T10:07", vessel="OTHER STAR"), named) == NOTHING
    assert where(seen("2026-07-20T10:07", vessel=None), named) == NOTHING
    numbered = sailing(id="A", imo="9074729", vessel="SPECIMEN STAR")
    assert where(seen("2026-07-20T10:07", vessel="SPECIMEN STAR"), numbered) == NOTHING
    shown = merged("seen", [seen("2026-07-20T10:07", vessel="SPECIMEN STAR")])
    row = scheduled(named, "desk", NOON)
    assert place([row], [shown], {"seen": [seen("2026-07-20T10:07", vessel="SPECIMEN STAR")]}) == [Placed("seen")]


def test_what_a_voice_said_before_says_which_call_it_means() -> None:
    """It was seen to leave, and a window expects it: the arrival belongs to what was seen."""
    left = seen("2026-07-20T10:07")
    expected = merged("vid", [window("VID", arrival_port="EETLL", eta="2026-07-20T12:31")])
    came = ais(departure_port="FIHEL", atd="2026-07-20T10:07", arrival_port="EETLL", ata="2026-07-20T12:31")
    known_ = {"seen": [left], "vid": [window("VID", arrival_port="EETLL", eta="2026-07-20T12:31")]}
    assert place([came], [merged("seen", [left]), expected], known_) == [Placed("seen")]


def test_a_schedule_with_other_ids_says_other_sailings() -> None:
    """What a schedule has already it is not made to mean again, however near it is."""
    row = scheduled(sailing(id="ANOTHER", etd="2026-07-20T11:01", eta="2026-07-20T11:41"), "desk", NOON)
    assert where(row, *hourly()) == NOTHING


@pytest.mark.parametrize("hour", range(0, 24, 3))
@pytest.mark.parametrize("apart", [-12, -11, 0, 5, 12])
def test_whatever_is_near_is_looked_at(hour: int, apart: int) -> None:
    """Of a season only what is around the time is looked at, and half a day either way is still near."""
    here = sailing(id="A", etd=f"2026-07-20T{hour:02}:00", eta=None)
    other = sailing(
        id="B", etd=f"{datetime(2026, 7, 20, hour, tzinfo=UTC) + timedelta(hours=apart):%Y-%m-%dT%H:%M}", eta=None
    )
    far = sailing(id="C", etd="2026-07-23T12:00", eta=None)
    assert is_near(here, other)
    assert Ships([(one, one.id) for one in (far, other)]).of(here) == ["B"]
