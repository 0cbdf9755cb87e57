"""What a metric says of a carrier, in plain numbers, and the points behind it that were lost.

In: nothing; the modules beside this one make them. Out: `Value`, `Lost`, `Card`. A share is told only from FEWEST_FOR_A_SHARE sailings on:
below that it says more about chance than about a carrier. What cannot be measured says why; it is never nought.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

import msgspec

FEWEST_FOR_A_SHARE: Final = 30
"""Sailings, and things counted, below which no share is told."""


class Period(msgspec.Struct, frozen=True):
    """From `start`, up to and without `end`."""

    start: datetime
    end: datetime

    def holds(self, at: datetime) -> bool:
        return self.start <= at < self.end


class Value(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One number of a metric. `part`: which, where a metric has several ("within", "median"). Of `denominator` things (persons, duties,
    sailings: the metric's unit) so many are the `numerator`; or it is a `duration`. `sailings`: how many stand behind it.

    `low`, `high`: the ends of the 95 % interval in thousandths, where the number is of a sample. `reason`: why it cannot be measured.
    """

    metric: str
    part: str = ""
    numerator: int | None = None
    denominator: int | None = None
    duration: timedelta | None = None
    sailings: int = 0
    low: int | None = None
    high: int | None = None
    reason: str = ""

    @property
    def share(self) -> float | None:
        """From 0 to 1; None where it would say nothing."""
        if self.numerator is None or not self.denominator:
            return None
        enough = min(self.denominator, self.sailings) >= FEWEST_FOR_A_SHARE
        return self.numerator / self.denominator if enough else None


class Lost(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A point that was lost, and what shows it. `deadline`: when it was; of count against list, when they are compared. `received_at`, `submission`: the filing that is meant,
    where there is one; its signed receipt is that submission's. `entry`: where its receipt of it stands in the log. `reason`: in words."""

    metric: str
    carrier: str
    call: str
    obligation: str
    deadline: datetime
    received_at: datetime | None = None
    submission: str | None = None
    entry: int | None = None
    reason: str


class Filled(msgspec.Struct, frozen=True):
    """Of so many persons for whom a field was asked, how many had it by the deadline."""

    asked: int
    given: int

    @property
    def share(self) -> float | None:
        return self.given / self.asked if self.asked else None


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """A carrier in a period, on one route ("FIHEL-EETLL") or on all (""). `sailings`: expected ones with a duty that fell due and counts;
    `excused`: expected ones left out for that; `undetermined`: with a duty whose deadline cannot be told for lack of times.

    `values`: every metric of METRICS, in its order. `fields`: field -> persons asked and given. `points`: the score in thousandths, whatever the
    number of sailings; `values` tells it from FEWEST_FOR_A_SHARE on. None where nothing was due.
    """

    carrier: str
    route: str
    period: Period
    sailings: int
    excused: int
    undetermined: int
    values: tuple[Value, ...]
    fields: Mapping[str, Filled]
    points: int | None

    def value(self, metric: str, part: str = "") -> Value:
        """The one number of that name."""
        return next(one for one in self.values if (one.metric, one.part) == (metric, part))
