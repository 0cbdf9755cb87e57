"""The times of a call, who said them, and what they were before, in the language of whoever looks.

In: an `ExpectedCall`, the history of its times, what every source says now. Out: `TimeLine`s, in the order of the voyage;
and what may be about this call or another one.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from gateway.expect import Claim
from gateway.obligations import ExpectedCall
from gateway.store.calls import TimeNote
from gateway.store.unplaced import Unplaced
from gateway.web.lines import Time, time_of
from gateway.web.origins import source_in_words
from gateway.web.words import mark, say

NAMES: Final = {
    "boarding_closed": mark("Boarding closes"),
    "etd": mark("Departure, estimated"),
    "atd": mark("Departure, actual"),
    "eta": mark("Arrival, estimated"),
    "ata": mark("Arrival, actual"),
}
_AT_ARRIVAL: Final = ("eta", "ata")


class Earlier(msgspec.Struct, frozen=True):
    """A value that a time got. `time` None: it was taken back."""

    noted: Time
    time: Time | None
    source: str


class Other(msgspec.Struct, frozen=True):
    """What another source says of the same time now."""

    time: Time
    source: str
    differs: bool


class TimeLine(msgspec.Struct, frozen=True, kw_only=True):
    """One time. `others`: who else says something of it. `history`: every value that it got, the newest first, where there was more than one."""

    name: str
    time: Time | None
    source: str
    others: tuple[Other, ...]
    history: tuple[Earlier, ...]


def time_lines(call: ExpectedCall, notes: Sequence[TimeNote], said: Sequence[Claim]) -> list[TimeLine]:
    """Those that are known, or were."""
    lines = [_line(call, name, [one for one in notes if one.name == name], said) for name in NAMES]
    return [one for one in lines if one.time or one.history]


class Unclear(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody says of this sailing or of another one. `others`: the calls that fit as well."""

    id: int
    source: str
    times: tuple[tuple[str, Time], ...]
    others: tuple[str, ...]


def unclear_lines(call: ExpectedCall, waiting: Sequence[Unplaced]) -> list[Unclear]:
    """What may be about this call, oldest first."""
    return [
        Unclear(
            id=one.id,
            source=one.said.voice,
            times=tuple(
                (say(text), time_of(moment.at, call.arrival_port if name in _AT_ARRIVAL else call.departure_port))
                for name, text in NAMES.items()
                if (moment := one.said.time(name))
            ),
            others=tuple(id for id in one.rivals if id != call.id),
        )
        for one in waiting
    ]


def _line(call: ExpectedCall, name: str, notes: Sequence[TimeNote], said: Sequence[Claim]) -> TimeLine:
    port = call.arrival_port if name in _AT_ARRIVAL else call.departure_port
    moment = getattr(call, name)
    earlier = [
        Earlier(
            time_of(one.noted_at, port), time_of(one.value, port) if one.value else None, source_in_words(one.source)
        )
        for one in reversed(notes)
    ]
    return TimeLine(
        name=say(NAMES[name]),
        time=time_of(moment.at, port) if moment else None,
        source=source_in_words(moment.source) if moment else "",
        others=tuple(
            Other(time_of(one.value, port), source_in_words(one.source), one.contradicts)
            for one in said
            if one.what == name and not one.counts and isinstance(one.value, datetime)
        ),
        history=tuple(earlier) if len(earlier) > 1 or not moment else (),
    )
