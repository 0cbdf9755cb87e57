"""What the clock brings, to the minute: due soon, missed, incomplete, late; and that times which flap bring no storm and no silence."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.manifest import ListKind
from gateway.obligations import Exemption, ExpectedCall
from tests.alerts.ledger import Ledger
from tests.often import often
from tests.sailing import at, duty, filing, sailing

LIST = "EU-9841-LIST"  # by departure + 15 min; a leg of 2.5 h, so the lead time is the whole 10 min of a list
BORDER = "FI-PXA"  # by ETA - 24 h on a long voyage, whose lead time is 60 min
DEADLINE = at("2026-07-20T10:15")
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


def cruise(**changes: Any) -> ExpectedCall:
    known = {"service": "cruise", "distance_nm": 900.0, "etd": "2026-07-17T10:00", "eta": "2026-07-20T12:30"}
    return sailing("GBTIL-FIHEL", **(known | changes))


CRUISE_DEADLINE = at("2026-07-19T12:30")


@pytest.fixture
def ledger() -> Ledger:
    return Ledger(LIST)


@pytest.mark.parametrize(
    ("minutes", "kinds"),
    [
        (-120, []),
        (-10 - 1 / 60, []),
        (-10, ["filing-due-soon"]),
        (-1, ["filing-due-soon"]),
        (0, ["filing-due-soon"]),  # "by": what comes at the deadline itself is in time
        (1 / 60, ["filing-missing"]),
        (600, ["filing-missing"]),
    ],
)
def test_before_at_and_after_the_deadline(ledger: Ledger, minutes: float, kinds: list[str]) -> None:
    ledger.look(sailing(), DEADLINE + minutes * MINUTE)
    assert ledger.kinds == kinds


def test_an_alarm_says_what_for_which_sailing_and_by_when_in_the_ports_time(ledger: Ledger) -> None:
    ledger.look(sailing(), DEADLINE - MINUTE)
    [alarm] = ledger.open
    assert (alarm.subject, alarm.deadline) == (f"S1/{LIST}", DEADLINE)
    assert (alarm.concerns.carrier, alarm.concerns.call, alarm.concerns.ports) == ("specimen", "S1", ("FIHEL",))
    for part in ("SPECIMEN STAR, FIHEL to EETLL", "is due soon, and nothing has come", "2026-07-20 13:15 Europe/Helsinki (2026-07-20 10:15 UTC)", "Directive 98/41/EC art. 5"):  # fmt: skip
        assert part in alarm.text


def test_the_port_is_the_one_where_the_duty_falls() -> None:
    ledger = Ledger(BORDER)
    ledger.look(cruise(), CRUISE_DEADLINE - MINUTE)
    assert ledger.open[0].concerns.ports == ("FIHEL",)


@pytest.mark.parametrize(("minutes", "soon"), [(-61, False), (-60, True)])
def test_an_hour_ahead_for_a_border_list(minutes: int, soon: bool) -> None:
    ledger = Ledger(BORDER)
    ledger.look(cruise(), CRUISE_DEADLINE + minutes * MINUTE)
    assert bool(ledger.open) is soon


@pytest.mark.parametrize(("minutes", "soon"), [(-6, False), (-5, True)])
def test_on_a_short_leg_a_quarter_of_it(ledger: Ledger, minutes: int, soon: bool) -> None:
    ledger.look(sailing(eta="2026-07-20T10:20"), DEADLINE + minutes * MINUTE)
    assert bool(ledger.open) is soon


def test_seen_again_it_is_the_same_alarm(ledger: Ledger) -> None:
    for seconds in range(0, 600, 30):
        ledger.look(sailing(), DEADLINE - 10 * MINUTE + seconds * SECOND)
    assert [(news, kind) for _, news, kind in ledger.told] == [("opened", "filing-due-soon")]
    assert ledger.open[0].times == 1


def test_what_is_missed_takes_the_place_of_what_was_due_soon_without_a_second_message(ledger: Ledger) -> None:
    ledger.look(sailing(), DEADLINE)
    ledger.look(sailing(), DEADLINE + SECOND)
    assert [(news, kind) for _, news, kind in ledger.told] == [
        ("opened", "filing-due-soon"),
        ("opened", "filing-missing"),
    ]
    assert ledger.kinds == ["filing-missing"]


def test_a_list_that_came_closes_it_and_says_when(ledger: Ledger) -> None:
    ledger.look(sailing(), DEADLINE - MINUTE)
    ledger.look(sailing(), DEADLINE, [filing(received_at=DEADLINE - SECOND)])
    assert (ledger.open, ledger.alarms[0].closed_because) == ([], "the list came in time")


def test_a_list_that_came_late_closes_it_and_says_how_late(ledger: Ledger) -> None:
    ledger.look(sailing(), DEADLINE + MINUTE)
    ledger.look(sailing(), DEADLINE + 18 * MINUTE, [filing(received_at=DEADLINE + 17 * MINUTE)])
    assert (ledger.open, ledger.alarms[0].closed_because) == ([], "the list came, 17 min after the deadline")


def test_late_between_two_looks_is_told_once_and_not_again_after_it_was_acknowledged(ledger: Ledger) -> None:
    late = [filing(received_at=DEADLINE + SECOND)]
    ledger.look(sailing(), DEADLINE + 30 * SECOND, late)
    ledger.look(sailing(), DEADLINE + 60 * SECOND, late)
    assert ledger.kinds == ["filing-late"]
    ledger.acknowledge(1, DEADLINE + 2 * MINUTE, closes=True)
    ledger.look(sailing(), DEADLINE + 3 * MINUTE, late)
    assert len(ledger.alarms) == 1


def test_a_list_that_lacks_something_is_incomplete_and_named(ledger: Ledger) -> None:
    bare = [filing(received_at=DEADLINE - MINUTE, missing={"birth_date": 3})]
    ledger.look(sailing(), DEADLINE - 30 * SECOND, bare)
    assert "what has come is not complete. " in ledger.open[0].text
    ledger.look(sailing(), DEADLINE + SECOND, bare)
    assert ledger.kinds == ["filing-incomplete"]
    assert "It lacks: birth_date of 3." in ledger.open[0].text
    ledger.look(sailing(), DEADLINE + MINUTE, [*bare, filing(received_at=DEADLINE + 50 * SECOND, version=2)])
    assert ledger.open == []


def test_a_list_that_is_taken_back_is_missing_again(ledger: Ledger) -> None:
    came = filing(received_at=DEADLINE - 20 * MINUTE)
    ledger.look(sailing(), DEADLINE - 5 * MINUTE, [came])
    assert ledger.open == []
    back = filing(received_at=DEADLINE - 4 * MINUTE, withdrawn=True, persons=0, version=2)
    ledger.look(sailing(), DEADLINE - 3 * MINUTE, [came, back])
    assert ledger.kinds == ["filing-due-soon"]


@pytest.mark.parametrize("minutes", [-5, 5])
@pytest.mark.parametrize(
    ("changes", "because"),
    [
        ({"status": "cancelled"}, "the sailing was cancelled"),
        ({"exemptions": (Exemption(LIST, "certificate 12"),)}, "it is excused"),
        ({"distance_nm": None}, "it is no longer counted"),
        ({"distance_nm": 12.0}, "it is no longer due"),
    ],
)
def test_quiet_where_nothing_counts_and_settled_once_it_no_longer_does(
    ledger: Ledger, minutes: int, changes: dict[str, Any], because: str
) -> None:
    now = DEADLINE + minutes * MINUTE
    ledger.look(sailing(**changes), now)
    assert ledger.alarms == []
    ledger.look(sailing(), now)
    ledger.look(sailing(**changes), now + SECOND)
    assert [one.closed_because for one in ledger.alarms] == [because]
    assert [news for _, news, _ in ledger.told] == ["opened", "closed"]


def test_once_the_voyage_is_over_nothing_stays_open_and_nobody_hears_of_it(ledger: Ledger) -> None:
    ledger.look(sailing(), DEADLINE + MINUTE)
    ledger.look([], DEADLINE + timedelta(days=3))
    assert (ledger.open, len(ledger.told)) == ([], 1)


def test_a_little_later_and_the_warning_stands(ledger: Ledger) -> None:
    ledger.look(sailing(), DEADLINE - 8 * MINUTE)
    ledger.look(sailing(etd="2026-07-20T10:12"), DEADLINE - 8 * MINUTE)  # 20 min are left: twice the lead time
    assert (ledger.kinds, ledger.open[0].deadline) == (["filing-due-soon"], DEADLINE + 12 * MINUTE)
    assert len(ledger.told) == 1


def test_well_away_and_back_again_is_a_new_warning(ledger: Ledger) -> None:
    later = sailing(etd="2026-07-20T16:00", eta="2026-07-20T18:30")
    ledger.look(sailing(), DEADLINE - MINUTE)
    ledger.look(later, DEADLINE)
    assert (ledger.open, ledger.alarms[0].closed_because) == ([], "the deadline has moved: 2026-07-20 19:15 Europe/Helsinki (2026-07-20 16:15 UTC)")  # fmt: skip
    ledger.look(later, DEADLINE + timedelta(hours=6) - 10 * MINUTE)
    assert [(news, kind) for _, news, kind in ledger.told] == [("opened", "filing-due-soon"), ("closed", "filing-due-soon"), ("opened", "filing-due-soon")]  # fmt: skip


def test_in_the_night_when_the_clocks_go_back_an_hour_is_an_hour(ledger: Ledger) -> None:
    """00:30 UTC and 01:30 UTC are both 03:30 in Helsinki on 25 October 2026."""
    night = sailing(etd="2026-10-25T01:15", eta="2026-10-25T03:45")
    for now, kinds in (
        ("00:30", []),
        ("01:19:59", []),
        ("01:20", ["filing-due-soon"]),
        ("01:30:01", ["filing-missing"]),
    ):
        ledger.look(night, at(f"2026-10-25T{now}"))
        assert ledger.kinds == kinds, now
    assert "2026-10-25 03:30 Europe/Helsinki (2026-10-25 01:30 UTC)" in ledger.open[0].text


MOVES = st.lists(
    st.tuples(
        st.one_of(st.none(), st.integers(-2000, 4000)),  # minutes by which the ETA moves; None: it is taken back
        st.integers(0, 200),  # minutes until the next look
    ),
    max_size=60,
)


@given(MOVES)
@often(30)
def test_however_the_eta_moves_there_is_no_storm_and_never_silence(moves: list[tuple[int | None, int]]) -> None:
    ledger, now = Ledger(BORDER), CRUISE_DEADLINE - timedelta(hours=12)
    for minutes, wait in moves:
        now += wait * MINUTE
        eta: datetime | None = at("2026-07-20T12:30") + minutes * MINUTE if minutes is not None else None
        call = cruise(eta=eta.isoformat() if eta else None)
        ledger.look(call, now)
        deadline = duty(BORDER, call).deadline
        if deadline is not None and now >= deadline - 60 * MINUTE:
            assert ledger.open, "nobody has been told of what is due within the hour"
        if deadline is not None and now > deadline:
            assert ledger.kinds == ["filing-missing"]
    opened = [kind for _, news, kind in ledger.told if news == "opened"]
    assert opened.count("filing-missing") <= 3
    assert opened.count("filing-due-soon") <= 6
    assert len(ledger.told) <= 18
    assert len({one.subject for one in ledger.open}) == len(ledger.open)


@given(st.lists(st.booleans(), max_size=40))
@often(20)
def test_a_restart_tells_nothing_twice(restarts: list[bool]) -> None:
    """All that is known is in the alarms: whoever looks next, with or without a pause, adds nothing."""
    ledger = Ledger(LIST)
    ledger.look(sailing(), DEADLINE + MINUTE)
    for number, is_again in enumerate(restarts):
        ledger.look(sailing(), DEADLINE + MINUTE + (0 if is_again else number) * SECOND)
    assert len(ledger.told) == 1


def test_crew_and_passengers_are_two_lists_of_one_duty() -> None:
    ledger = Ledger("EU-SBC-CRUISE")
    call = cruise()
    due = duty("EU-SBC-CRUISE", call)
    assert due.deadline is not None
    ledger.look(call, due.deadline + SECOND, [filing(ListKind.PASSENGERS, received_at=due.deadline - MINUTE)])
    assert ledger.kinds == ["filing-incomplete"]
    assert "It lacks: the crew list." in ledger.open[0].text
