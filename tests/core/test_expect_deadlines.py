"""Deadlines follow whoever tells of the sailing: minute by minute, and in the night when clocks change."""

from datetime import timedelta

import pytest

from gateway.expect import Said, merged
from gateway.expect.calendar import parse_calendar
from gateway.expect.said import scheduled
from gateway.obligations import ExpectedCall, Moment, due
from gateway.obligations.calls import NOBODY, UNKNOWN_PORT
from gateway.track import State, standings
from tests.core.test_expect_merge import NOON, ais, schedule, window
from tests.sailing import MINUTE, at, complete, duty, sailing, shipped_law

LIST, ARRIVAL = "EU-9841-LIST", "FI-PXA"


def call(*sayings: Said) -> ExpectedCall:
    return merged("S1", [schedule(distance_nm=44.0), *sayings])


def test_a_deadline_after_departure_follows_what_ais_saw() -> None:
    """Planned for 10:00, seen to leave at 10:25: the list is due 25 minutes later, and is no stand-in's any more."""
    planned, seen = duty(LIST, call()), duty(LIST, call(ais(atd="2026-07-20T10:25")))
    assert planned.deadline is not None
    assert seen.deadline == planned.deadline + 25 * MINUTE
    assert (planned.provisional, seen.provisional) == (True, False)
    assert "(AIS)" in seen.explanation


@pytest.mark.parametrize(("minutes", "state"), [(-1, State.ON_TIME), (0, State.ON_TIME), (1, State.LATE)])
def test_a_list_is_judged_by_the_departure_that_was_seen(minutes: int, state: State) -> None:
    asked = duty(LIST, call(ais(atd="2026-07-20T10:25")))
    assert asked.deadline is not None
    (found,) = standings(
        [asked], complete(asked, asked.deadline + minutes * MINUTE), asked.deadline + timedelta(hours=1)
    )
    assert found.state is state


def test_an_early_declaration_of_departure_does_not_help_and_a_late_one_neither() -> None:
    """The ship's agent says 10:40; AIS saw 10:25: 10:25 it is."""
    both = call(ais(atd="2026-07-20T10:25"), window("ATD, departure", atd="2026-07-20T10:40"))
    assert duty(LIST, both).deadline == duty(LIST, call(ais(atd="2026-07-20T10:25"))).deadline


def test_a_deadline_before_arrival_moves_with_the_eta_that_was_notified() -> None:
    def arriving(*sayings: Said) -> ExpectedCall:
        return merged(
            "S1",
            [
                schedule(service="cruise", departure_port="RULED", arrival_port="FIHEL", etd="2026-07-18T10:00"),
                *sayings,
            ],
        )

    planned = duty(ARRIVAL, arriving()).deadline
    moved = duty(ARRIVAL, arriving(window("NOA, arrival", eta="2026-07-20T13:30"))).deadline
    typed = duty(ARRIVAL, arriving(ais(NOON + timedelta(hours=3), eta="2026-07-20T20:00"))).deadline
    assert planned is not None
    assert moved == planned + timedelta(hours=1)
    assert typed == planned


@pytest.mark.parametrize(
    ("stated", "utc"),
    [
        ("20261025T025900", "2026-10-24T23:59"),
        ("20261025T033000", "2026-10-25T00:30"),
        ("20261025T040000", "2026-10-25T02:00"),
    ],
)
def test_in_the_night_when_clocks_are_put_back(stated: str, utc: str) -> None:
    """A calendar's local time is one instant, and the deadline counts from it; the hour that comes twice is its first."""
    event = f"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:S1\nDTSTART:{stated}\nSUMMARY:SPECIMEN STAR FIHEL-EETLL\nX-SAILING-CARRIER:specimen\nX-SAILING-SERVICE:ferry\nX-SAILING-DISTANCE-NM:44\nEND:VEVENT\nEND:VCALENDAR\n"
    (planned,), _ = parse_calendar(event.encode(), at("2026-10-20T00:00").date())
    assert planned.etd == Moment(at(utc), "schedule")
    found = duty(LIST, merged("S1", [scheduled(planned, "desk", NOON)]))
    later = duty(LIST, merged("S1", [scheduled(planned, "desk", NOON), ais(atd=(at(utc) + MINUTE).isoformat())]))
    assert found.deadline is not None
    assert later.deadline == found.deadline + MINUTE


def test_a_ship_that_came_from_nobody_knows_where_owes_nothing_for_sure() -> None:
    """It may have come from outside Schengen, or from the next bay: what is due is shown, and not counted."""
    came = merged("x", [ais(carrier="specimen", arrival_port="FIHEL", ata="2026-07-20T12:31")])
    found = due(came, shipped_law())
    assert not any(one.counted for one in found if "the port of departure" in one.missing)
    assert any("the port of departure" in one.missing for one in found)


def test_a_sailing_of_nobody_counts_against_nobody() -> None:
    assert any(one.counted for one in due(sailing(), shipped_law()))
    assert not any(one.counted for one in due(sailing(carrier=NOBODY), shipped_law()))


def test_from_an_unknown_port_is_not_from_outside_the_union() -> None:
    """A duty of those who come from elsewhere holds for a ship from Tunis; of one from nobody knows where that is not known."""

    def lacks(departure: str) -> tuple[str, ...]:
        return duty("EU-9841-LIST-INBOUND", sailing(f"{departure}-ITCTA")).missing

    assert "the port of departure" not in lacks("TNTUN")
    assert "the port of departure" in lacks(UNKNOWN_PORT)
