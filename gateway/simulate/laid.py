"""A season laid on the gateway's own clock.

In: a `Season`, the moment at which it begins there, the speed. Out: real moments for all its steps, and what is known of a sailing at one.

The gateway judges by its own clock, and the law's minutes are minutes on that clock: fifteen after departure stay fifteen. So speed does not
shorten a sailing. At speed N a day of the season takes 24/N hours, and its departures follow each other N times as densely; but
each sailing keeps its own timing: its list comes half an hour before its departure, its deadline is a quarter of an hour after, its
crossing takes as long as it takes. What a trainee learns about deadlines at speed 60 is true at speed 1; what is not true at speed 60
is the traffic: sixty days' sailings share the board, so a ship may be on several of them at once, and local times are
not those of the timetable. The other way, a gateway whose clock runs fast, was not taken: its signed receipts would lie,
and a clock that can be turned is nothing that a real gateway should have.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

import msgspec

from gateway.simulate.season import Outage, Sailing, Season
from gateway.simulate.story import Step, Times, planned, story

LEAD: Final = timedelta(
    minutes=15
)  # from the beginning to the first departure, so that there is something to see coming


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a sailing, as instants."""

    etd: datetime
    eta: datetime
    boarding_closed: datetime | None = None
    atd: datetime | None = None
    ata: datetime | None = None
    cancelled: bool = False


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """A step of a sailing, at its moment on the gateway's clock. `known`: once it is told."""

    at: datetime
    sailing: Sailing
    step: Step
    known: Known


class Laid(msgspec.Struct, frozen=True, kw_only=True):
    """`begin`: when the season begins on the gateway's clock. At speed 1, for a season `since` LEAD after `begin`, every moment is its own."""

    season: Season
    begin: datetime
    speed: float

    def departure(self, sailing: Sailing) -> datetime:
        """When it is to depart, as planned; whole seconds, as schedules have them."""
        return self.at(sailing.leg.etd)

    def at(self, moment: datetime) -> datetime:
        since = (moment - self.season.order.since) / self.speed
        return self.begin + LEAD + timedelta(seconds=round(since.total_seconds()))

    @property
    def end(self) -> datetime:
        """The last departure's quarter of an hour is over, and its corrections are in."""
        return self.at(self.season.order.until) + timedelta(hours=1)

    def turns(self) -> list[Turn]:
        """Everything that happens to sailings, by time."""
        return sorted((turn for one in self.season.sailings for turn in self.turns_of(one)), key=_order)

    def turns_of(self, sailing: Sailing) -> Iterator[Turn]:
        departure, times = self.departure(sailing), planned(sailing)
        for step in story(sailing):
            times = step.times or times
            yield Turn(at=departure + step.after, sailing=sailing, step=step, known=_known(times, departure))

    def known_at(self, sailing: Sailing, now: datetime) -> Known:
        """As it was told by `now`."""
        told = [turn.known for turn in self.turns_of(sailing) if turn.at <= now]
        return told[-1] if told else _known(planned(sailing), self.departure(sailing))

    def outages(self) -> list[tuple[datetime, datetime, Outage]]:
        """From when until when each recipient is away."""
        return [(self.at(one.since), self.at(one.since) + one.lasts, one) for one in self.season.outages]


def _order(turn: Turn) -> tuple[datetime, str]:
    return turn.at, turn.sailing.id


def _known(times: Times, departure: datetime) -> Known:
    def at(after: timedelta | None) -> datetime | None:
        return None if after is None else departure + after

    return Known(
        etd=departure + times.etd,
        eta=departure + times.eta,
        boarding_closed=at(times.boarding_closed),
        atd=at(times.atd),
        ata=at(times.ata),
        cancelled=times.cancelled,
    )
