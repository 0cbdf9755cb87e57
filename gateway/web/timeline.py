"""The timeline: one lane a call, from departure to arrival, with each list where it came and each deadline where it stands.

In: rows in the order of the board. Out: a figure (SVG 2, drawn here, no script needed) and a table that holds the same figures. The axis runs in
UTC over all that is shown, at most five days; `board.js` moves the line that is now. Counts and states, no names.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from gateway.track import Row, Standing, State
from gateway.web import pages
from gateway.web.lines import KINDS, WORDS, Line, capitalised, line_of, place_name
from gateway.web.words import day, say

WIDTH: Final = 1000
_LABEL: Final = 230  # of it for the names of the ships
_LANE: Final = 34
_TOP: Final = 44
_LONGEST: Final = timedelta(days=5)
_STEPS: Final = (1, 2, 3, 6, 12, 24)  # hours between the lines of the axis
_MOST_LINES: Final = 14
_NARROWEST: Final = 3.0  # a leg of minutes is to be seen as well


class Mark(msgspec.Struct, frozen=True):
    """A list that came, or a deadline, at `x`."""

    x: float
    kind: str
    text: str


class Lane(msgspec.Struct, frozen=True, kw_only=True):
    """A call: its bar from `start` over `width`, and what is marked on it."""

    id: str
    y: float
    ship: str
    leg: str
    state: State
    word: str
    start: float
    width: float
    deadlines: tuple[Mark, ...]
    filings: tuple[Mark, ...]


class Axis(msgspec.Struct, frozen=True):
    """From one moment to another, on so many units."""

    since: datetime
    until: datetime

    def at(self, moment: datetime) -> float:
        share = (moment - self.since) / (self.until - self.since)
        return round(_LABEL + min(max(share, 0.0), 1.0) * (WIDTH - _LABEL), 1)

    def holds(self, moment: datetime) -> bool:
        return self.since <= moment <= self.until

    def lines(self) -> Iterator[tuple[float, str, str]]:
        """(x, the hour, the day where a new one begins)."""
        hours = (self.until - self.since) / timedelta(hours=1)
        step = next((one for one in _STEPS if hours / one <= _MOST_LINES), _STEPS[-1])
        moment = self.since.replace(hour=0)
        while moment < self.until:
            if moment > self.since:
                yield self.at(moment), f"{moment:%H:%M}", day(moment) if moment.hour == 0 else ""
            moment += timedelta(hours=step)


def chart(rows: Sequence[Row], carriers: Mapping[str, str], now: datetime) -> str:
    """The figure and its table, as HTML. Nothing where there are no calls."""
    timed = [row for row in rows if row.call.departs_at or row.call.arrives_at]
    if not timed:
        return ""
    axis = _axis(timed, now)
    lanes = [_lane(number, row, axis) for number, row in enumerate(timed)]
    return pages.render(
        "timeline.html",
        axis=axis,
        now=now,
        lanes=lanes,
        label=_LABEL,
        width=WIDTH,
        top=_TOP,
        height=_TOP + _LANE * len(lanes) + 8,
        table=[_told(row, carriers) for row in timed],
    )


def _axis(rows: Sequence[Row], now: datetime) -> Axis:
    """From an hour before the first departure to an hour after the last arrival, about now where that is longer than `_LONGEST`."""
    ends = [moment.at for row in rows for moment in (row.call.departs_at, row.call.arrives_at) if moment]
    since = min(ends).astimezone(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    until = max(ends).astimezone(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=2)
    if until - since > _LONGEST and since < now < until:
        hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        since = max(since, hour - timedelta(days=1))
    return Axis(since, min(until, since + _LONGEST))


def _lane(number: int, row: Row, axis: Axis) -> Lane:
    call = row.call
    known = [moment.at for moment in (call.departs_at, call.arrives_at) if moment]
    start, end = axis.at(known[0]), axis.at(known[-1])
    return Lane(
        id=call.id,
        y=_TOP + _LANE * number,
        ship=call.vessel or say("Ship without a name"),
        leg=f"{place_name(call.departure_port)} – {place_name(call.arrival_port)}",
        state=row.state,
        word=say(WORDS[row.state]),
        start=start,
        width=max(end - start, _NARROWEST),
        deadlines=tuple(_deadline_marks(row.standings, axis)),
        filings=tuple(
            Mark(axis.at(one.at), one.kind, f"{one.text}, {day(one.at)} {one.at:%H:%M} UTC")
            for one in _came(row)
            if axis.holds(one.at)
        ),
    )


def _deadline_marks(standings: Sequence[Standing], axis: Axis) -> Iterator[Mark]:
    """One a moment: several laws may have the same deadline, and the worst of them is seen."""
    order = list(WORDS)
    found: dict[datetime, Standing] = {}
    for one in sorted(standings, key=lambda one: order.index(one.state), reverse=True):
        if one.due.deadline and axis.holds(one.due.deadline):
            found[one.due.deadline] = one
    for at, one in sorted(found.items()):
        text = f"{say(one.due.title)}: {say(WORDS[one.state])}, {day(at)} {at:%H:%M} UTC"
        yield Mark(axis.at(at), one.state, text)


class Came(msgspec.Struct, frozen=True):
    """A list that came. `kind`: passengers, crew, or withdrawn."""

    at: datetime
    kind: str
    text: str


def _came(row: Row) -> Iterator[Came]:
    for one in row.filings:
        at = one.received_at.astimezone(UTC)
        kind = capitalised(say(KINDS[one.kind]))
        if one.withdrawn:
            yield Came(at, "withdrawn", say("%(kind)s, taken back", kind=kind))
        else:
            yield Came(at, one.kind, say("%(kind)s, version %(version)s", kind=kind, version=one.version))


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A lane in words, with times in UTC: what the figure shows and nothing else."""

    line: Line
    came: tuple[Came, ...]
    deadlines: tuple[tuple[datetime, str, State, str], ...]


def _told(row: Row, carriers: Mapping[str, str]) -> Told:
    ends = [(one.due.deadline, one) for one in row.standings if one.due.deadline]
    return Told(
        line=line_of(row, carriers),
        came=tuple(_came(row)),
        deadlines=tuple(
            (at, say(one.due.title), one.state, say(WORDS[one.state]))
            for at, one in sorted(ends, key=lambda end: end[0])
        ),
    )
