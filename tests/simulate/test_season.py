"""The season as values: the same seed the same bytes, ships where they can be, local times on the nights when clocks change."""

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.carrier import Carrier, parse
from gateway.codes import imo
from gateway.codes.ports import is_sea_port, port_zone
from gateway.make.targets import TARGETS
from gateway.settings import PROJECT
from gateway.simulate import LEAD, Laid, Order, Sailing, Season, paper, season
from gateway.simulate.fleet import LINES, profile, ships
from gateway.simulate.incidents import INCIDENTS, ORDINARY, SILENT
from gateway.simulate.routes import ITINERARIES, ROUTES
from gateway.simulate.story import story
from gateway.simulate.timetable import legs, local
from tests.often import often

SINCE = datetime(2026, 7, 20, tzinfo=UTC)
WEEK = season(Order(seed=1, since=SINCE, days=7))


def laid(found: Season, speed: float) -> Laid:
    return Laid(season=found, begin=found.order.since - LEAD, speed=speed)


def test_forty_cruise_ships_and_three_hundred_ferry_sailings_a_day() -> None:
    days = Counter(leg.etd.date() for leg in legs(SINCE, SINCE + timedelta(days=7)) if leg.of.service == "ferry")
    assert set(days.values()) == {300}
    assert sum(len(ships(line.id)) for line in LINES.values() if line.service == "cruise") == 40
    assert len({one.leg.ship for one in WEEK.sailings if one.leg.of.service == "cruise"}) == 40


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    few = ("ornek-feribot", "campione-navi")

    def everything(seed: int) -> bytes:
        made = season(Order(seed=seed, since=SINCE, days=1, lines=few, size=0.05))
        turns = laid(made, 60).turns()
        sent = [paper(turn.sailing, report, turn.known, turn.at).data for turn in turns for report in turn.step.reports]
        return msgspec.json.encode([made, turns, sent])

    assert everything(3) == everything(3) != everything(4)


def test_a_season_of_some_lines_is_a_part_of_the_season_of_all() -> None:
    some = season(Order(seed=1, since=SINCE, days=7, lines=("deigma-lines",)))
    assert some.sailings == tuple(one for one in WEEK.sailings if one.leg.line == "deigma-lines")
    ferries = season(Order(seed=1, since=SINCE, days=7, service="ferry"))
    assert ferries.sailings == tuple(one for one in WEEK.sailings if one.leg.of.service == "ferry")


def test_every_ship_port_line_and_form_is_one_that_a_gateway_can_know() -> None:
    hulls = [ship for id in LINES for ship in ships(id)]
    numbers = [ship.imo for ship in hulls]
    assert len(set(numbers)) == len({ship.name for ship in hulls}) == len(hulls) == 85
    assert all(imo.is_valid(number) for number in numbers)
    samples = "".join(file.read_text() for file in (PROJECT / "carriers").glob("*.toml"))
    assert not any(number in samples for number in numbers)
    ports = {port for route in ROUTES for port in (route.a, route.b)}
    ports |= {stop.port for itinerary in ITINERARIES for stop in itinerary.stops}
    assert all(is_sea_port(port) and port_zone(port) for port in ports)
    assert all({line.passengers, line.crew or line.passengers} <= TARGETS.keys() for line in LINES.values())
    assert all(isinstance(parse(id, profile(id)), Carrier) for id in LINES)
    assert not LINES.keys() & {file.stem for file in (PROJECT / "carriers").glob("*.toml")}


@pytest.mark.parametrize("since", [SINCE, datetime(2026, 10, 22, tzinfo=UTC), datetime(2027, 3, 25, tzinfo=UTC)])
def test_a_ship_is_in_one_place_at_a_time_and_leaves_from_where_it_is(since: datetime) -> None:
    of_ship = defaultdict(list)
    for leg in legs(since, since + timedelta(days=10)):
        of_ship[leg.ship.imo].append(leg)
        assert leg.eta > leg.etd
        assert leg.nm / ((leg.eta - leg.etd) / timedelta(hours=1)) < 30
    for sailed in of_ship.values():
        for before, after in pairwise(sailed):
            assert before.eta < after.etd
            assert before.arrival == after.departure


@pytest.mark.parametrize("day", [date(2026, 10, 24), date(2026, 10, 25), date(2027, 3, 27), date(2027, 3, 28)])
def test_ferries_leave_by_their_port_s_clock_whatever_the_night_did(day: date) -> None:
    zone = ZoneInfo("Europe/Helsinki")
    noon = datetime.combine(day, time(12), zone)
    found = [
        leg.etd.astimezone(zone)
        for leg in legs(noon - timedelta(hours=14), noon + timedelta(hours=14))
        if leg.departure == "FIHEL"
    ]
    assert datetime.combine(day, time(6), zone) in found


def test_a_local_time_that_is_skipped_is_an_hour_later_and_of_two_it_is_the_first() -> None:
    assert local(date(2027, 3, 28), time(2, 30), "DKHLS") == datetime(
        2027, 3, 28, 1, 30, tzinfo=UTC
    )  # 03:30 in summer time
    assert local(date(2026, 10, 25), time(2, 30), "DKHLS") == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_every_incident_happens_in_a_week_and_most_sailings_are_ordinary() -> None:
    found = Counter(one.incident for one in WEEK.sailings)
    assert found.keys() == {*INCIDENTS, ORDINARY, SILENT}
    assert found[ORDINARY] > len(WEEK.sailings) / 2
    line, since, until = WEEK.silence
    silent = [one for one in WEEK.sailings if one.leg.line == line and since <= one.leg.etd < until]
    assert silent
    assert not any(step.reports for one in silent for step in story(one))


@pytest.mark.parametrize("incident", ["incomplete", "corrected", "cut", "swapped"])
def test_a_line_sends_only_faults_that_its_form_can_show(incident: str) -> None:
    """Else the list would be a good one, and the season would say that it is not."""
    able = [line for line in LINES.values() if INCIDENTS[incident].possible(line)]
    assert {line.service for line in able} == {"ferry", "cruise"}
    for line in able:
        one = msgspec.structs.replace(_of(line.id), incident=incident, persons=30, crew=10)
        for turn in laid(WEEK, 1).turns_of(one):
            for report in turn.step.reports:
                assert paper(one, report, turn.known, turn.at).data  # ValueError where a fault finds no place


def _of(line: str) -> Sailing:
    return next(one for one in WEEK.sailings if one.leg.line == line)


def test_the_drift_begins_in_mid_season_and_stays() -> None:
    line, changed = WEEK.drift
    of_line = [one for one in WEEK.sailings if one.leg.line == line]
    assert [one.has_drifted for one in of_line] == [one.leg.etd >= changed for one in of_line]
    assert {one.has_drifted for one in of_line} == {True, False}


@often(15)
@given(seed=st.integers(0, 2**31), service=st.sampled_from(["ferry", "cruise"]))
def test_stories_hold_together(seed: int, service: str) -> None:
    for one in season(Order(seed=seed, since=SINCE, days=1)).sailings[::7]:
        steps = story(one)
        told = [step.times for step in steps if step.times]
        reports = [report for step in steps for report in step.reports]
        assert [step.after for step in steps] == sorted(step.after for step in steps)
        assert all(report.persons > 0 for report in reports)
        assert len({(report.what, report.version, report.again) for report in reports}) == len(reports)
        if one.incident == "cancelled":
            assert [times.cancelled for times in told] == [True]
        else:
            assert told[-1].atd is not None
            assert told[-1].ata is not None
            assert told[-1].etd <= told[-1].atd < told[-1].ata


@pytest.mark.parametrize("speed", [1, 60, 1000])
def test_speed_brings_sailings_nearer_and_leaves_each_its_own_timing(speed: int) -> None:
    made = season(Order(seed=1, since=SINCE, days=1, lines=("deigma-lines",)))
    real, fast = laid(made, 1), laid(made, speed)
    first, last = made.sailings[0], made.sailings[-1]
    apart = real.departure(last) - real.departure(first)
    assert abs(apart / speed - (fast.departure(last) - fast.departure(first))) <= timedelta(seconds=1)
    for one in made.sailings:
        spans = [
            [(turn.at - kind.departure(one), turn.known.eta - kind.departure(one)) for turn in kind.turns_of(one)]
            for kind in (real, fast)
        ]
        assert spans[0] == spans[1]


def test_at_speed_one_every_moment_is_its_own() -> None:
    made = laid(WEEK, 1)
    assert all(made.departure(one) == one.leg.etd for one in WEEK.sailings)


def test_what_is_known_grows_with_time() -> None:
    made = laid(season(Order(seed=1, since=SINCE, days=1, lines=("deigma-lines",))), 60)
    for one in made.season.sailings:
        turns = list(made.turns_of(one))
        assert made.known_at(one, made.begin - timedelta(days=1)).atd is None
        for turn in turns:
            assert made.known_at(one, turn.at).atd == turn.known.atd


def test_the_sample_texts_name_no_file_of_this_machine() -> None:
    assert not any(str(Path.home()) in profile(id) for id in LINES)
