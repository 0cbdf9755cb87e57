"""A call as the board shows it: words and local times instead of codes and instants.

In: a `track.Row`, the names of the carriers. Out: a `Line`, in the language of whoever looks. Times are local to the port they belong to, with
UTC beside. What only the clock changes (time left) is not in it, so that a line is drawn once and then kept. Counts and states, no names.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final

import msgspec

from gateway.codes.ports import port
from gateway.manifest import ListKind
from gateway.obligations.calls import NOBODY, UNKNOWN_PORT, Moment, zone_of
from gateway.track import Agreement, Listed, Row, Standing, State
from gateway.web.words import day, figure, mark, say, say_count

# The worst first. Message ids.
WORDS: Final = {
    State.MISSING: mark("missing"),
    State.INCOMPLETE: mark("incomplete"),
    State.LATE: mark("late"),
    State.DUE: mark("due"),
    State.ON_TIME: mark("on time"),
    State.NOT_DUE: mark("not due yet"),
    State.EXCUSED: mark("excused"),
    State.NOT_COUNTED: mark("shown only"),
    State.CANCELLED: mark("cancelled"),
}
KINDS: Final = {
    ListKind.PASSENGERS: mark("passengers"),
    ListKind.CREW: mark("crew"),
    ListKind.MIXED: mark("passengers and crew"),
}
_OPEN = (State.MISSING, State.INCOMPLETE)


class Time(msgspec.Struct, frozen=True):
    """A moment as people write it: by the clock of its port, and in UTC. `zone` is empty where the port's is not certain."""

    at: datetime
    clock: str
    day: str
    zone: str
    utc: str


class Stop(msgspec.Struct, frozen=True):
    """One end of the leg."""

    code: str
    name: str
    time: Time | None


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One call. `deadline` is the one that counts now: the first that was missed, else the next that comes."""

    id: str
    vessel: str
    carrier: str
    voyage: str
    is_announced: bool
    departure: Stop
    arrival: Stop
    state: State
    word: str
    reported: tuple[str, ...]
    changes: tuple[str, ...]
    on_board: int | None
    differs: str
    deadline: Time | None
    is_over: bool
    duties: str


def line_of(row: Row, carriers: Mapping[str, str]) -> Line:
    call = row.call
    deadline = deadline_of(row)
    return Line(
        id=call.id,
        vessel=call.vessel or say("Ship without a name"),
        carrier=carriers.get(call.carrier, call.carrier) if call.carrier != NOBODY else say("line not known"),
        voyage=call.voyage or "",
        is_announced=call.announced,
        departure=_stop(call.departure_port, call.departs_at),
        arrival=_stop(call.arrival_port, call.arrives_at),
        state=row.state,
        word=say(WORDS[row.state]),
        reported=tuple(say(KINDS[kind]) for kind in row.reported),
        changes=tuple(changes_of(one) for one in row.lists if one.changes),
        on_board=row.on_board,
        differs=_differs(row),
        deadline=time_of(deadline.due.deadline, deadline.due.clock) if deadline and deadline.due.deadline else None,
        is_over=deadline is not None and deadline.state in _OPEN,
        duties=", ".join(f"{figure(count)} {word}" for _, word, count in counted(one.state for one in row.standings)),
    )


def _differs(row: Row) -> str:
    """How many are listed, where as many do not sail."""
    book = row.book
    if book.agreement is not Agreement.DIFFERS or book.listed is None:
        return ""
    return say_count("%(number)s listed", "%(number)s listed", book.listed.persons)


def counted(states: Iterable[State]) -> list[tuple[State, str, int]]:
    """How many stand how, the worst first: the state, its word, the number."""
    counts = Counter(states)
    return [(state, say(word), counts[state]) for state, word in WORDS.items() if counts[state]]


def changes_of(one: Listed) -> str:
    """Crew, version 3: 2 added, 1 removed, 4 changed since version 2. What did not happen is not said."""
    found = one.changes
    if found is None:
        return ""
    said = [
        say_count("%(number)s added", "%(number)s added", found.added) if found.added else "",
        say_count("%(number)s removed", "%(number)s removed", found.removed) if found.removed else "",
        say_count("%(number)s changed", "%(number)s changed", found.changed) if found.changed else "",
    ]
    return say(
        "%(kind)s, version %(version)s: %(what)s since version %(before)s",
        kind=capitalised(say(KINDS[one.kind])),
        version=one.version,
        what=", ".join(filter(None, said)) or say("nothing changed"),
        before=found.against_version,
    )


def capitalised(text: str) -> str:
    """With a capital at its beginning, and the rest as it was."""
    return text[:1].upper() + text[1:]


def deadline_of(row: Row) -> Standing | None:
    """The duty whose deadline counts now."""
    with_deadline = [one for one in row.standings if one.due.deadline]
    missed = [one for one in with_deadline if one.state in _OPEN]
    ahead = [one for one in with_deadline if one.state is State.DUE]
    return min(missed or ahead, key=lambda one: one.due.deadline or _NEVER, default=None)


_NEVER = datetime.max.replace(tzinfo=UTC)


def ends_of(row: Row) -> tuple[str, str]:
    """The ports of the leg."""
    return row.call.departure_port, row.call.arrival_port


def moment_at(row: Row, here: str | None) -> datetime | None:
    """When the ship is at the port that is looked at: it leaves there, or else it arrives."""
    call = row.call
    found = call.departs_at if here == call.departure_port != call.arrival_port else call.arrives_at
    return found.at if found else None


def day_at(row: Row, here: str | None) -> date | None:
    """The local day of that moment."""
    call, at = row.call, moment_at(row, here)
    code = call.departure_port if here == call.departure_port != call.arrival_port else call.arrival_port
    return local(at, code).date() if at else None


def local(at: datetime, code: str | None) -> datetime:
    """By the clock of this port; in UTC where its zone is not certain."""
    return at.astimezone((code and zone_of(code)) or UTC)


def time_of(at: datetime, code: str) -> Time:
    """A moment at a port."""
    there, utc = local(at, code), at.astimezone(UTC)
    zone = zone_of(code)
    same_day = there.date() == utc.date()
    beside = f"{utc:%H:%M} UTC" if same_day else f"{utc:%H:%M} UTC, {day(utc)}"
    return Time(at, f"{there:%H:%M}", day(there), zone.key if zone else "", beside)


@lru_cache(maxsize=4096)
def name_of(code: str) -> str:
    return port(code).name or code


def place_name(code: str) -> str:
    """The port's name in words, where nobody knows it too."""
    return say("port not known") if code == UNKNOWN_PORT else name_of(code)


def _stop(code: str, moment: Moment | None) -> Stop:
    return Stop(code, place_name(code), time_of(moment.at, code) if moment else None)


# How long, in words. The same texts tick in board.js, which gets them as data.
LEFT: Final = {
    "days": mark("%(days)s d %(hours)s h"),
    "hours": mark("%(hours)s h %(minutes)s min"),
    "minutes": mark("%(minutes)s min"),
    "seconds": mark("%(minutes)s min %(seconds)s s"),
    "over": mark("%(left)s overdue"),
}


def left(time: timedelta) -> str:
    """How long is left, or how long it is overdue; board.js says the same."""
    seconds = abs(int(time.total_seconds()))
    days, hours, minutes = seconds // 86400, seconds // 3600 % 24, seconds // 60 % 60
    form = "days" if days else "hours" if hours else "minutes" if minutes >= 10 else "seconds"
    shown = f"{minutes:02}" if hours else minutes
    text, over = LEFT[form], LEFT["over"]
    said = say(text, days=days, hours=hours, minutes=shown, seconds=f"{seconds % 60:02}")
    return say(over, left=said) if time < timedelta() else said
