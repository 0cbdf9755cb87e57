"""The season's timetable: every leg of every ship, as instants, from local times of departure.

In: the routes and itineraries, two instants. Out: `Leg`s whose planned departure lies between them, in that order. A local time that the
clocks skip is an hour later; of one that comes twice it is the first (as a port announces it). A ferry takes as long as
it takes on such a night too; a cruise arrives by its port's clock.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from gateway.codes.ports import port_zone
from gateway.simulate.fleet import LINES, Line, Ship, ships
from gateway.simulate.routes import ITINERARIES, LOOP_DAYS, ROUTES, Itinerary, Route


class Leg(msgspec.Struct, frozen=True, kw_only=True):
    """One planned sailing. `usual`: persons who travel on one like it."""

    line: str
    ship: Ship
    departure: str
    arrival: str
    previous: str | None
    next: str | None
    nm: float
    etd: datetime
    eta: datetime
    usual: int

    @property
    def of(self) -> Line:
        return LINES[self.line]

    @property
    def key(self) -> str:
        """What tells it from every other leg of every season."""
        return f"{self.ship.imo}/{self.etd:%Y%m%dT%H%M}"


def legs(since: datetime, until: datetime) -> list[Leg]:
    """The legs that are to depart in [since, until), by departure and ship."""
    days = [
        (since - timedelta(days=LOOP_DAYS + 1)).date() + timedelta(days=n) for n in range((until - since).days + 11)
    ]
    found = [leg for day in days for leg in (*_ferries(day), *_cruises(day)) if since <= leg.etd < until]
    return sorted(found, key=lambda leg: (leg.etd, leg.ship.imo))


def local(day: date, at: time, port: str) -> datetime:
    """The instant at which clocks in that port show `at` on that day."""
    zone = port_zone(port)
    if zone is None:
        raise ValueError(f"the time zone of {port} is not certain")
    return datetime.combine(day, at, ZoneInfo(zone)).astimezone(UTC)


def _ferries(day: date) -> Iterator[Leg]:
    for route in ROUTES:
        for place, ship in enumerate(route.ships):
            yield from _shuttle(route, ships(route.line)[ship], place, day)


def _shuttle(route: Route, ship: Ship, place: int, day: date) -> Iterator[Leg]:
    """A ship's crossings on one day. A ship that crosses once in a night or a day begins at either end in turn."""
    round_trip = 2 * (route.minutes + route.turn)
    shift = timedelta(minutes=round_trip * place // len(route.ships) // 5 * 5)
    begins = local(day, route.first, route.a) + shift
    for crossing in range(route.crossings):
        etd = begins + timedelta(minutes=crossing * (route.minutes + route.turn))
        ends = (route.a, route.b) if crossing % 2 == 0 else (route.b, route.a)
        yield Leg(
            line=route.line,
            ship=ship,
            departure=ends[0],
            arrival=ends[1],
            previous=ends[1],
            next=ends[0],
            nm=route.nm,
            etd=etd,
            eta=etd + timedelta(minutes=route.minutes),
            usual=route.usual,
        )


def _cruises(day: date) -> Iterator[Leg]:
    """The legs of the loops that begin on that day."""
    for itinerary in ITINERARIES:
        for place, ship in enumerate(ships(itinerary.line)):
            if (day.toordinal() - place) % LOOP_DAYS == 0:
                yield from _loop(itinerary, ship, day)


def _loop(itinerary: Itinerary, ship: Ship, day: date) -> Iterator[Leg]:
    stops = itinerary.stops
    for place, stop in enumerate(stops):
        ahead = stops[(place + 1) % len(stops)]
        weeks = LOOP_DAYS * (place + 1 == len(stops))
        yield Leg(
            line=itinerary.line,
            ship=ship,
            departure=stop.port,
            arrival=ahead.port,
            previous=stops[place - 1].port,
            next=stops[(place + 2) % len(stops)].port,
            nm=stop.nm,
            etd=local(day + timedelta(days=stop.depart[0]), stop.depart[1], stop.port),
            eta=local(day + timedelta(days=ahead.arrive[0] + weeks), ahead.arrive[1], ahead.port),
            usual=itinerary.usual,
        )
