"""Which calls a board shows: those of a port, a day, a carrier, a state; as a table, a timeline or a wall screen.

In: the parameters of a request, and how every call stands. Out: a `View`, and what is `Seen` through it. A day is the local day of the port:
of the one that is looked at, else of the port of arrival. Without a day it is what matters now: calls whose leg touches the time from six hours
ago to a day ahead (on a wall from one hour to twelve), so that a ship at sea is always there.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Final, Literal
from urllib.parse import urlencode

import msgspec
from aiohttp import web

from gateway.obligations.calls import NOBODY, UNKNOWN_PORT
from gateway.track import Row, State
from gateway.web import parameters
from gateway.web.caller import Caller
from gateway.web.lines import WORDS, counted, day_at, ends_of, local, moment_at
from gateway.web.words import day, long_day, say

Face = Literal["table", "timeline", "wall"]
FIRST: Final = 100  # calls that are sent at first
MORE: Final = 200
MOST: Final = 5000
_BEHIND, _AHEAD = timedelta(hours=6), timedelta(hours=24)
_WALL_BEHIND, _WALL_AHEAD = timedelta(hours=1), timedelta(hours=12)  # nobody leafs back on a wall
_PARAMETERS = ("port", "day", "state", "carrier", "show", "as")
_ALL = date.min  # the parameter day=all


class View(msgspec.Struct, frozen=True, kw_only=True):
    """Which calls are wanted. `own` is the carrier that looks, never a choice. `day` None: what matters now; `date.min`: all days."""

    own: str | None
    port: str | None
    day: date | None
    state: State | None
    carrier: str | None
    show: int
    face: Face

    def query(self, **changes: str | None) -> str:
        """The address of this view with `changes`, from the question mark on."""
        chosen: dict[str, str | None] = {
            "port": self.port,
            "day": "all" if self.day == _ALL else self.day.isoformat() if self.day else None,
            "carrier": self.carrier,
            "state": self.state,
            "as": "timeline" if self.face == "timeline" else None,
        }
        given = {name: value for name, value in (chosen | changes).items() if value}
        return f"?{urlencode(given)}" if given else ""

    @property
    def is_all_days(self) -> bool:
        return self.day == _ALL

    @property
    def is_narrowed(self) -> bool:
        return any((self.port, self.day, self.state, self.carrier))


def view_of(request: web.Request, who: Caller, *others: str, face: Face = "table") -> View:
    """What the request asks for."""
    parameters.only_known(request, *_PARAMETERS, *others)
    state = parameters.text(request, "state")
    if state is not None and state not in WORDS:
        raise parameters.bad(f"'state' is one of {', '.join(WORDS)}")
    wanted = request.query.get("as", face)
    if wanted not in ("table", "timeline", "wall"):
        raise parameters.bad("'as' is one of table, timeline, wall")
    own = who.subject if who.kind == "carrier" else None
    return View(
        own=own,
        port=parameters.port(request),
        day=_ALL if request.query.get("day") == "all" else parameters.day(request, "day") if request.query.get("day") else None,
        state=State(state) if state else None,
        carrier=None if own else parameters.text(request, "carrier"),
        show=parameters.number(request, "show", default=MOST if face == "wall" else FIRST, least=1, most=MOST),
        face="wall" if wanted == "wall" else "timeline" if wanted == "timeline" else "table",
    )  # fmt: skip


class DayLink(msgspec.Struct, frozen=True):
    """A day that has calls, and how many stand badly."""

    day: date
    title: str
    calls: int
    open: int


class Group(msgspec.Struct, frozen=True):
    """The calls of one day."""

    title: str
    rows: tuple[Row, ...]


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What is seen through a view. `tally`: all states of the view's other choices; `groups`: the first `show` calls of `calls`."""

    tally: list[tuple[State, str, int]]
    days: list[DayLink]
    groups: list[Group]
    calls: int
    on_board: int
    shown: int


def look(view: View, rows: Iterable[Row], now: datetime) -> Seen:
    """What this view shows of all calls."""
    here = [row for row in rows if _is_of(view, row)]
    within = [row for row in here if _is_within(view, row, now)]
    found = [row for row in within if view.state in (None, row.state)]
    found.sort(key=lambda row: (moment_at(row, view.port) or _LAST, row.call.id))
    today = local(now, view.port).date()
    return Seen(
        tally=counted(row.state for row in within),
        days=_days(here, view.port, today),
        groups=_groups(found[: view.show], view.port, today),
        calls=len(found),
        on_board=sum(row.on_board or 0 for row in found),
        shown=min(view.show, len(found)),
    )


_LAST = datetime.max.replace(tzinfo=UTC)
_BAD = (State.MISSING, State.INCOMPLETE, State.LATE)


def _is_of(view: View, row: Row) -> bool:
    return (
        view.own in (None, row.call.carrier)
        and view.carrier in (None, row.call.carrier)
        and view.port in (None, *ends_of(row))
    )


def _is_within(view: View, row: Row, now: datetime) -> bool:
    if view.day == _ALL:
        return True
    if view.day is not None:
        return day_at(row, view.port) == view.day
    departs, arrives = row.call.departs_at, row.call.arrives_at
    start, end = departs or arrives, arrives or departs
    behind, ahead = (_WALL_BEHIND, _WALL_AHEAD) if view.face == "wall" else (_BEHIND, _AHEAD)
    return start is not None and end is not None and start.at < now + ahead and end.at > now - behind


def _days(rows: Sequence[Row], port: str | None, today: date) -> list[DayLink]:
    on = [(day_at(row, port), row.state in _BAD) for row in rows]
    calls, bad = Counter(day for day, _ in on if day), Counter(day for day, is_bad in on if day and is_bad)
    return [DayLink(day, _short(day, today), calls[day], bad[day]) for day in sorted(calls)]


def _groups(rows: Sequence[Row], port: str | None, today: date) -> list[Group]:
    return [Group(_title(day, today), tuple(found)) for day, found in groupby(rows, key=lambda row: day_at(row, port))]


def _near(day: date, today: date) -> str:
    return {-1: say("Yesterday"), 0: say("Today"), 1: say("Tomorrow")}.get((day - today).days, "")


def _short(of: date, today: date) -> str:
    return _near(of, today) or day(of)


def _title(day: date | None, today: date) -> str:
    if day is None:
        return say("Time not known")
    return ", ".join(filter(None, (_near(day, today), long_day(day))))


def ports_of(rows: Iterable[Row], view: View) -> list[str]:
    """The codes of every port in the calls that may be looked at."""
    codes = {code for row in rows if view.own in (None, row.call.carrier) for code in ends_of(row)}
    return sorted((codes | ({view.port} if view.port else set())) - {UNKNOWN_PORT})


def carriers_of(rows: Iterable[Row]) -> list[str]:
    """The ids of the carriers that are expected."""
    return sorted({row.call.carrier for row in rows} - {NOBODY})
