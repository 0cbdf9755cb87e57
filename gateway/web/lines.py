"""A call as the board shows it: words and local times instead of codes and instants.

In: a `track.Row`, the names of the carriers, the time. Out: `Line`s, grouped by the day of arrival, today first. Times are
local to the port they belong to. Counts and states, no names.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import groupby

import msgspec

from gateway.codes.ports import port
from gateway.obligations.calls import NOBODY, UNKNOWN_PORT, Moment, zone_of
from gateway.track import Listed, Row, Standing, State

WORDS = {
    State.MISSING: "missing",
    State.INCOMPLETE: "incomplete",
    State.LATE: "late",
    State.DUE: "due",
    State.ON_TIME: "on time",
    State.NOT_DUE: "not due yet",
    State.EXCUSED: "excused",
    State.NOT_COUNTED: "shown only",
    State.CANCELLED: "cancelled",
}
_OPEN = (State.MISSING, State.INCOMPLETE)
_FAR = date.max  # of a call whose arrival nobody knows


class Stop(msgspec.Struct, frozen=True):
    """One end of the leg. `clock` and `day` are local; `at` the instant, where it is known."""

    code: str
    name: str
    at: datetime | None
    clock: str
    day: str


class Duty(msgspec.Struct, frozen=True, kw_only=True):
    """What one law asks of the call, and how that stands."""

    title: str
    clause: str
    state: State
    word: str
    explanation: str
    deadline: datetime | None


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One call. `deadline` is the one that counts now: the first that was missed, else the next that comes."""

    id: str
    day: date
    today: date
    vessel: str
    imo: str
    voyage: str
    carrier: str
    is_announced: bool
    service: str
    departure: Stop
    arrival: Stop
    state: State
    word: str
    reported: tuple[str, ...]
    changes: tuple[str, ...]
    on_board: int | None
    deadline: datetime | None
    left: str
    is_over: bool
    duties: tuple[Duty, ...]

    @property
    def is_earlier(self) -> bool:
        return self.day < self.today

    @property
    def duty_counts(self) -> list[tuple[str, int]]:
        """How its duties stand, the worst first."""
        return _counted(duty.state for duty in self.duties)


class Day(msgspec.Struct, frozen=True):
    """The calls that arrive on one day. `title` says it for people."""

    title: str
    is_earlier: bool
    lines: tuple[Line, ...]


def line_of(row: Row, carriers: Mapping[str, str], now: datetime, here: str | None) -> Line:
    """The call of `row` at `now`. It is today what it is in the port `here`, or in UTC where all ports are looked at."""
    call = row.call
    arrival = _stop(call.arrival_port, call.arrives_at)
    deadline = _deadline(row)
    return Line(
        id=call.id,
        day=_local(arrival.at, arrival.code),
        today=_local(now, here),
        vessel=call.vessel or "Ship without a name",
        imo=call.imo or "",
        voyage=call.voyage or "",
        carrier=carriers.get(call.carrier, call.carrier) if call.carrier != NOBODY else "line not known",
        is_announced=call.announced,
        service=call.service,
        departure=_stop(call.departure_port, call.departs_at),
        arrival=arrival,
        state=row.state,
        word=WORDS[row.state],
        reported=tuple(kind.value for kind in row.reported),
        changes=tuple(_changes(one) for one in row.lists if one.changes),
        on_board=row.on_board,
        deadline=deadline,
        left=left(deadline - now) if deadline else "",
        is_over=deadline is not None and deadline <= now,
        duties=tuple(_duty(one) for one in row.standings),
    )


def _changes(one: Listed) -> str:
    """Crew, version 3: 2 added, 1 removed, 4 changed since version 2. What did not happen is not said."""
    found = one.changes
    if found is None:
        return ""
    said = ((found.added, "added"), (found.removed, "removed"), (found.changed, "changed"))
    some = ", ".join(f"{count:,} {word}" for count, word in said if count) or "nothing changed"
    return f"{one.kind.value.capitalize()}, version {one.version}: {some} since version {found.against_version}"


def days(lines: Iterable[Line]) -> list[Day]:
    """Today and what comes first, then the days that are over, the latest of them first."""
    by_day = groupby(sorted(lines, key=_order), key=lambda line: (line.is_earlier, line.day))
    return [_day(tuple(found)) for _, found in by_day]


def tally_of(lines: Iterable[Line]) -> list[tuple[State, str, int]]:
    """How many calls stand how, the worst first."""
    counts = Counter(line.state for line in lines)
    return [(state, word, counts[state]) for state, word in WORDS.items() if counts[state]]


def ends_of(row: Row) -> tuple[str, str]:
    """The ports of the leg."""
    return row.call.departure_port, row.call.arrival_port


def ports_of(rows: Iterable[Row]) -> list[tuple[str, str]]:
    """(code, name) of every port in these calls, by name."""
    codes = {code for row in rows for code in ends_of(row)}
    return sorted(((code, port(code).name or code) for code in codes), key=lambda pair: (pair[1], pair[0]))


def left(time: timedelta) -> str:
    """How long in words; board.js says the same."""
    seconds = abs(int(time.total_seconds()))
    days, hours, minutes = seconds // 86400, seconds // 3600 % 24, seconds // 60 % 60
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {minutes:02} min"
    return f"{minutes} min" if minutes >= 10 else f"{minutes} min {seconds % 60:02} s"


def _deadline(row: Row) -> datetime | None:
    missed = [one.due.deadline for one in row.standings if one.state in _OPEN and one.due.deadline]
    return min(missed, default=row.next_deadline)


def _duty(one: Standing) -> Duty:
    due = one.due
    return Duty(
        title=due.title,
        clause=due.clause,
        state=one.state,
        word=WORDS[one.state],
        explanation=due.explanation,
        deadline=due.deadline,
    )


def _counted(states: Iterable[State]) -> list[tuple[str, int]]:
    counts = Counter(states)
    return [(word, counts[state]) for state, word in WORDS.items() if counts[state]]


def _stop(code: str, moment: Moment | None) -> Stop:
    name = "port not known" if code == UNKNOWN_PORT else port(code).name or code
    if moment is None:
        return Stop(code, name, None, "time not known", "")
    local = moment.at.astimezone(zone_of(code) or UTC)
    return Stop(code, name, moment.at, f"{local:%H:%M}", f"{local:%a %d %b}")


def _local(at: datetime | None, code: str | None) -> date:
    return at.astimezone((code and zone_of(code)) or UTC).date() if at else _FAR


def _order(line: Line) -> tuple[bool, int, datetime, str]:
    day = line.day.toordinal()
    at = line.arrival.at or datetime.max.replace(tzinfo=UTC)
    return line.is_earlier, -day if line.is_earlier else day, at, line.id


def _day(lines: tuple[Line, ...]) -> Day:
    day, today = lines[0].day, lines[0].today
    return Day(_title(day, today), day < today, lines)


def _title(day: date, today: date) -> str:
    if day == _FAR:
        return "Arrival not known"
    near = {-1: "Yesterday, ", 0: "Today, ", 1: "Tomorrow, "}.get((day - today).days, "")
    return f"{near}{day:%A} {day.day} {day:%B}"
