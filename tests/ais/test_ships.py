"""Departures and arrivals as ships make them, and all that looks like one and is none."""

from datetime import timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.ais.nearest import Ports, distance
from gateway.ais.sentences import Message, Position
from gateway.ais.ships import MOST_SHIPS, Fleet, Sighting
from tests.ais.voyage import IMO, MINUTE, NOON, PLACES, STAR, crossing, lies, place, sails, static
from tests.often import often

HELSINKI, TALLINN = place("FIHEL"), place("EETLL")
SEA = (59.8, 24.85)  # half way
HOUR = timedelta(hours=1)


def fleet(wanted: tuple[str, ...] = ()) -> Fleet:
    return Fleet(Ports(PLACES), wanted)


def seen(track: list[Any], to: Fleet | None = None) -> list[Sighting]:
    ships = fleet() if to is None else to
    return [one for message in track for one in ships.hear(message)]


def short(sightings: list[Sighting]) -> list[str]:
    """FIHEL 12:31 > EETLL 15:00"""
    return [
        f"{one.departure_port or '-'}{f' {one.atd:%H:%M}' if one.atd else ''} > {one.arrival_port or '-'}{f' {one.ata:%H:%M}' if one.ata else ''}"
        for one in sightings
    ]


def test_a_crossing_is_a_departure_and_an_arrival() -> None:
    found = seen(crossing())
    assert short(found) == ["FIHEL 12:31 > -", "FIHEL 12:31 > EETLL 15:00"]
    assert {(one.imo, one.vessel, one.ship_type) for one in found} == {("9074729", "SPECIMEN STAR", 60)}


def test_a_ship_first_heard_in_port_has_no_arrival() -> None:
    """The gateway's own start is no event."""
    assert seen([static(), *lies(HELSINKI, NOON, 60)]) == []


def test_a_ship_first_heard_at_sea_arrives_from_nobody_knows_where() -> None:
    assert short(seen([*crossing()[20:], static(NOON + 4 * HOUR)])) == ["- > EETLL 15:00"]


@pytest.mark.parametrize("knots", [0.2, 0.6, 1.5, 1.9, 2.5])
def test_a_ship_that_swings_or_shifts_its_berth_does_not_leave(knots: float) -> None:
    """An hour to and fro within a mile, then still again."""
    track: list[Any] = [static(), *lies(HELSINKI, NOON, 30)]
    for n in range(60):
        there = (HELSINKI[0] + (n % 10) / 600, HELSINKI[1])
        track.append(Position(STAR, NOON + (31 + n) * MINUTE, *there, knots))
    track += lies((HELSINKI[0] + 1 / 100, HELSINKI[1]), NOON + 2 * HOUR, 30)
    assert seen(track) == []


def test_a_stop_in_the_lock_is_no_arrival() -> None:
    """Four minutes still in the port's own waters, and on."""
    start = sails(SEA, HELSINKI, NOON, 1.2)
    held = lies(HELSINKI, start[-1].at + MINUTE, 3)
    assert seen([static(), *start, *held, *sails(HELSINKI, SEA, held[-1].at, 1.2)]) == []


def test_a_wait_at_sea_is_no_arrival() -> None:
    start = sails(HELSINKI, SEA, NOON + 30 * MINUTE, 1.2)
    waits = lies(SEA, start[-1].at + MINUTE, 40)
    on = sails(SEA, TALLINN, waits[-1].at, 1.2)
    track = [static(), *lies(HELSINKI, NOON, 30), *start, *waits, *on, *lies(TALLINN, on[-1].at + MINUTE, 20)]
    assert [one[:14] for one in short(seen(track))] == ["FIHEL 12:31 > ", "FIHEL 12:31 > "]
    assert seen(track)[-1].arrival_port == "EETLL"


def test_what_was_not_heard_is_not_said() -> None:
    """No reports for an hour when it left, and none when it arrived: neither moment is known."""
    gap = [static(), *lies(HELSINKI, NOON, 30), *sails(HELSINKI, TALLINN, NOON + 30 * MINUTE, 2.5)[60:100]]
    arrived = [*gap, *lies(TALLINN, NOON + 5 * HOUR, 30)]
    ships = fleet()
    assert seen(arrived, ships) == []
    assert ships.counts["departures unheard"] == 1
    assert ships.counts["arrivals unheard"] == 1
    elsewhere = [static(), *lies(HELSINKI, NOON, 30), *lies(TALLINN, NOON + 5 * HOUR, 30)]
    assert seen(elsewhere) == []


def test_a_jump_is_no_voyage() -> None:
    track: list[Any] = crossing()
    for n in (3, 8, 60, 170):
        track.insert(n, Position(STAR, track[n - 1].at + timedelta(seconds=20), 10.0, 20.0, 12.0))
    ships = fleet()
    assert short(seen(track, ships)) == ["FIHEL 12:31 > -", "FIHEL 12:31 > EETLL 15:00"]
    assert ships.counts["positions not believed"] == 4


def test_of_two_ships_with_one_number_the_first_is_believed() -> None:
    other = [
        Position(STAR, one.at + timedelta(seconds=5), 36.0, 14.5, one.speed)
        for one in crossing()
        if isinstance(one, Position)
    ]
    track = sorted([*crossing()[1:], *other], key=lambda one: one.at)
    assert short(seen([static(), *track])) == ["FIHEL 12:31 > -", "FIHEL 12:31 > EETLL 15:00"]


def test_two_receivers_and_a_late_one_change_nothing() -> None:
    track = crossing()
    doubled = [one for message in track for one in (message, message)]
    late = track[:40] + track[10:30] + track[40:]
    assert short(seen(doubled)) == short(seen(late)) == short(seen(track))


@pytest.mark.parametrize(
    ("ship", "wanted", "count"),
    [
        ({"ship_type": 70}, (), 0),
        ({"ship_type": 70}, ("9074729",), 2),
        ({"ship_type": 43}, (), 2),
        ({"imo": 0}, (), 0),
        ({"imo": IMO + 1}, (), 0),  # its check digit is wrong
    ],
)
def test_which_ships_are_told_of(ship: dict[str, int], wanted: tuple[str, ...], count: int) -> None:
    assert len(seen([static(**ship), *crossing()[1:]], fleet(wanted))) == count


def test_a_ship_is_told_of_once_it_says_who_it_is() -> None:
    assert short(seen([*crossing()[1:], static(NOON + 4 * HOUR)])) == ["FIHEL 12:31 > -", "FIHEL 12:31 > EETLL 15:00"]


def test_between_two_ports_nothing_is_said() -> None:
    ships = Fleet(Ports({"FIHEL": HELSINKI, "FIVSS": (HELSINKI[0], HELSINKI[1] + 0.02)}))
    assert seen([static(), *sails(SEA, HELSINKI, NOON, 1.2), *lies(HELSINKI, NOON + 72 * MINUTE, 20)], ships) == []
    assert ships.counts["between FIHEL, FIVSS: two ports that are watched are too near one another"] == 1


def test_ports_are_near_across_the_date_line() -> None:
    ports = Ports({"FJSUV": (-18.1, 179.99), "WSAPW": (10.0, 10.0)})
    assert ports.at(-18.1, -179.99) == ("FJSUV",)
    assert ports.at(-18.1, -179.8) == ()
    assert abs(distance(60, 24, 61, 24) - 60) < 0.1


def test_no_more_ships_are_kept_than_there_is_room_for() -> None:
    ships = fleet()
    for number in range(MOST_SHIPS + 50):
        ships.hear(Position(201_000_000 + number, NOON, 0.0, 0.0, 1.0))
    assert len(ships) == MOST_SHIPS
    assert ships.counts["ships forgotten"] == 50


_MOVES = st.tuples(st.integers(-400, 2000), st.floats(-1, 1), st.floats(-1, 1), st.none() | st.floats(0, 102))


@often(20)
@given(st.lists(_MOVES, max_size=60))
def test_no_track_makes_a_ship_leave_twice_without_arriving(
    moves: list[tuple[int, float, float, float | None]],
) -> None:
    """However it is reported to move: departures and arrivals alternate, in the order of time, and each is in a watched port."""
    at = NOON
    track: list[Message] = [static()]
    for seconds, north, east, speed in moves:
        at += timedelta(seconds=seconds)
        track.append(Position(STAR, at, HELSINKI[0] + north / 4, HELSINKI[1] + east / 4, speed))
    found = seen(track)
    departures = [one.atd for one in found if one.arrival_port is None and one.atd]
    arrivals = [one.ata for one in found if one.ata]
    assert departures == sorted(departures)
    assert arrivals == sorted(arrivals)
    for one, following in pairwise(departures):
        assert following - one >= timedelta(minutes=5)
    assert all(one.arrival_port in (None, *PLACES) and one.departure_port in (None, *PLACES) for one in found)


@often(25)
@given(st.integers(0, 10_000))
def test_lost_and_doubled_reports_move_no_moment_far(seed: int) -> None:
    """A fifth is lost, some come twice: the same departure and arrival, within the reports that were lost."""
    chance, track = Random(seed), crossing()
    heard = [track[0]]
    for one in track[1:]:
        if chance.random() > 0.2:
            heard += [one] * chance.choice([1, 1, 2])
    found = seen(heard)
    left = [one.atd for one in found if one.atd and one.arrival_port is None]
    came = [one.ata for one in found if one.ata]
    assert len(left) == len(came) == 1
    assert abs(left[0] - (NOON + 31 * MINUTE)) <= 12 * MINUTE
    assert abs(came[0] - (NOON + 180 * MINUTE)) <= 12 * MINUTE
