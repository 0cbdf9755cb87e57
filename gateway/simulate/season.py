"""A season: every sailing of some days, and what happens to each.

In: an `Order`. Out: a `Season`: sailings by planned departure, each with its id, its voyage number, how many travel, and its incident;
the line that falls silent, the line whose export changes, the outages of recipients. The same order gives the same season,
and a sailing's fate hangs on the seed and the sailing alone, so a season of one line is a part of the season of all.
"""

import hashlib
from datetime import datetime, timedelta
from random import Random
from typing import Final

import msgspec

from gateway.obligations.calls import Service
from gateway.simulate import incidents
from gateway.simulate.fleet import LINES
from gateway.simulate.timetable import Leg, legs

DRIFTERS: Final = ("esempio-traghetti", "ejemplo-ferries")  # lines whose profile names the columns of their export
_SILENCE: Final = timedelta(hours=3)
_OUTAGE: Final = (timedelta(minutes=10), timedelta(minutes=40))


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """`since`: the season's first moment, in UTC; `size`: how full the ships are, 1.0 as in life; `lines`: none means all."""

    seed: int
    since: datetime
    days: int
    service: Service | None = None
    lines: tuple[str, ...] = ()
    size: float = 1.0

    @property
    def mark(self) -> str:
        """Eight characters that tell this season's calls from every other season's."""
        told = f"{self.seed}/{self.since:%Y%m%dT%H%M%S}/{self.size}"
        return hashlib.sha256(told.encode()).hexdigest()[:8]

    @property
    def until(self) -> datetime:
        return self.since + timedelta(days=self.days)


class Sailing(msgspec.Struct, frozen=True, kw_only=True):
    """One sailing. `persons` and `crew`: on board when she sails as planned. `some`: how many an incident is about. `seed`: of the
    people and of everything else about it. `has_drifted`: its line's export is another by then."""

    id: str
    voyage: str
    leg: Leg
    seed: int
    incident: str
    persons: int
    crew: int
    some: int
    has_drifted: bool = False


class Outage(msgspec.Struct, frozen=True):
    """A recipient is away. `which`: a number, of whichever recipients a gateway has; `lasts` is real time."""

    since: datetime
    lasts: timedelta
    which: int


class Season(msgspec.Struct, frozen=True, kw_only=True):
    """`silence`: a line, and from when until when it sends nothing; `drift`: a line, and from when on its export is another."""

    order: Order
    sailings: tuple[Sailing, ...]
    outages: tuple[Outage, ...]
    silence: tuple[str, datetime, datetime]
    drift: tuple[str, datetime]


def season(order: Order) -> Season:
    """Everything that will happen."""
    random = Random(f"{order.seed}/season")
    span = timedelta(days=order.days)
    silence = _in_the_morning(order.since + span / 3, random)
    silent = random.choice([line.id for line in LINES.values() if line.service == "ferry"])
    drift = (random.choice(DRIFTERS), order.since + span / 2)
    wanted = [leg for leg in legs(order.since, order.until) if _is_wanted(order, leg)]
    made = Season(
        order=order,
        sailings=(),
        outages=tuple(_outage(order.since + timedelta(days=day), random) for day in range(order.days)),
        silence=(silent, silence, silence + _SILENCE),
        drift=drift,
    )
    return msgspec.structs.replace(made, sailings=tuple(_sailing(leg, made) for leg in wanted))


def _in_the_morning(moment: datetime, random: Random) -> datetime:
    """The next morning after it, when many sail."""
    today = moment.replace(hour=random.randint(6, 9), minute=random.randrange(60), second=0, microsecond=0)
    return today if today >= moment else today + timedelta(days=1)


def _is_wanted(order: Order, leg: Leg) -> bool:
    return order.service in (None, leg.of.service) and (not order.lines or leg.line in order.lines)


def _outage(day: datetime, random: Random) -> Outage:
    least, most = _OUTAGE
    return Outage(
        day + timedelta(hours=random.uniform(1, 22)),
        random.uniform(0, 1) * (most - least) + least,
        random.randrange(64),
    )


def _sailing(leg: Leg, season: Season) -> Sailing:
    order = season.order
    random = Random(f"{order.seed}/{leg.key}")
    persons = max(4, round(leg.usual * order.size * random.uniform(0.4, 1.2)))
    crew = max(3, round(persons * (0.4 if leg.of.service == "cruise" else 0.06)))
    incident = incidents.chosen(leg.of, random)
    line, since, until = season.silence
    if leg.line == line and since <= leg.etd < until:
        incident = incidents.SILENT
    drifter, changed = season.drift
    serial = hashlib.sha256(f"{order.mark}/{leg.key}".encode()).hexdigest()[:7].upper()
    return Sailing(
        id=f"{order.mark}-{leg.departure}-{leg.arrival}-{serial}".lower(),
        voyage=f"{leg.of.code}{serial}",
        leg=leg,
        seed=random.randrange(2**31),
        incident=incident,
        persons=persons,
        crew=crew,
        some=random.randint(1, max(1, persons // 50)),
        has_drifted=leg.line == drifter and leg.etd >= changed,
    )
