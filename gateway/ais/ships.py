"""When ships leave and arrive: one small state a ship, moved by each message about it.

In: `Position`s and `Static`s in the order heard. Out: `Sighting`s for the gateway. Bounded: at most `MOST_SHIPS` are followed, the one not
heard longest is forgotten.

An arrival is the first moment at which a ship that was under way lies still in a port (under 0.5 knots, for 5 minutes at least, which
is two reports of a moored ship: every 3 minutes, ITU-R M.1371-5 table 1). A departure is the first moment at which it makes way (over
2 knots), once it is 3 nautical miles from where it lay: a ship that drifts, swings at its anchor or shifts its berth does not leave.
Between the two speeds nothing changes. What was not heard is not said: where nothing came for 15 minutes around the moment, there is none.

A position that no ship could have reached (over 60 knots) is another's with the same number, or none, and is not believed; only when
nothing else was heard for 10 minutes does the track begin anew there, and then without a departure.
"""

from collections import Counter, OrderedDict
from collections.abc import Container
from datetime import datetime, timedelta
from typing import Final

import msgspec

from gateway.ais.nearest import Ports, distance
from gateway.ais.sentences import Message, Position, Static
from gateway.codes import imo
from gateway.expect.sightings import PASSENGER_TYPES

MOST_SHIPS: Final = 20_000
STILL, UNDER_WAY, FASTEST = 0.5, 2.0, 60.0  # knots
STAYS: Final = timedelta(minutes=5)
GONE: Final = 3.0  # nautical miles
_UNHEARD: Final = timedelta(minutes=15)
_ANEW: Final = timedelta(minutes=10)
_LONGEST_LEG: Final = timedelta(days=21)
_NOISE: Final = 0.5  # nautical miles that a position may be beside the ship
_MOST_PENDING: Final = 4
_NOWHERE: Final = ""
"""Where a ship lies that is in no port, or between ports of which it cannot be told which is meant."""


class Sighting(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is told to the gateway of a ship (`expect.sightings`)."""

    imo: str
    vessel: str
    ship_type: int
    departure_port: str | None = None
    atd: datetime | None = None
    arrival_port: str | None = None
    ata: datetime | None = None


class Event(msgspec.Struct, frozen=True):
    """A departure (`came` None), or an arrival with the departure before it where that was seen: port and time."""

    left: tuple[str, datetime] | None
    came: tuple[str, datetime] | None


class Track(msgspec.Struct, frozen=True, kw_only=True):
    """What is remembered of one ship. `lies`: the port and the place where it lies still, `still_since` and `makes_way_since` the moments
    that an arrival or a departure would have; `was_under_way`: it was seen moving before, so its arrival is one."""

    static: Static | None = None
    last: Position | None = None
    still_since: Position | None = None
    makes_way_since: datetime | None = None
    lies: tuple[str, float, float] | None = None
    was_under_way: bool = False
    left: tuple[str, datetime] | None = None
    pending: tuple[Event, ...] = ()


class Fleet:
    """All ships that are heard. `wanted`: IMO numbers that are taken whatever type they say. `counts`: what was not believed."""

    def __init__(self, ports: Ports, wanted: Container[str] = ()) -> None:
        self.counts: Counter[str] = Counter()
        self._ports, self._wanted = ports, wanted
        self._tracks: OrderedDict[int, Track] = OrderedDict()

    def __len__(self) -> int:
        return len(self._tracks)

    def hear(self, message: Message) -> list[Sighting]:
        """What the message lets us know."""
        track = self._tracks.pop(message.mmsi, Track())
        if isinstance(message, Static):
            track = msgspec.structs.replace(track, static=message)
        else:
            track = self._moved(track, message)
        said: list[Sighting] = []
        if track.pending and track.static is not None:
            said = [one for event in track.pending if (one := self._sighting(track.static, event))]
            track = msgspec.structs.replace(track, pending=())
        self._tracks[message.mmsi] = track
        if len(self._tracks) > MOST_SHIPS:
            self._tracks.popitem(last=False)
            self.counts["ships forgotten"] += 1
        return said

    def _sighting(self, static: Static, event: Event) -> Sighting | None:
        number = f"{static.imo:07}"
        if not imo.is_valid(number):
            self.counts["without an IMO number"] += 1
            return None
        if static.ship_type not in PASSENGER_TYPES and number not in self._wanted:
            self.counts["no passenger ship"] += 1
            return None
        left, came = event.left or (None, None), event.came or (None, None)
        return Sighting(
            imo=number,
            vessel=static.name,
            ship_type=static.ship_type,
            departure_port=left[0],
            atd=left[1],
            arrival_port=came[0],
            ata=came[1],
        )

    def _moved(self, track: Track, here: Position) -> Track:
        last = track.last
        if last is not None and here.at <= last.at:
            self.counts["out of order or twice"] += 1
            return track
        if last is not None and _is_jump(last, here):
            self.counts["positions not believed"] += 1
            if here.at - last.at <= _ANEW:
                return track
            track = Track(static=track.static, pending=track.pending)
        if here.speed is None:
            return msgspec.structs.replace(track, last=here)
        if here.speed < STILL:
            track = self._still(track, here)
        elif here.speed > UNDER_WAY:
            track = self._under_way(track, here)
        return msgspec.structs.replace(track, last=here)

    def _still(self, track: Track, here: Position) -> Track:
        """It lies still; after a while that is an arrival, if it was seen under way before."""
        track = msgspec.structs.replace(track, makes_way_since=None)
        if track.lies is not None:
            _, latitude, longitude = track.lies
            if distance(latitude, longitude, here.latitude, here.longitude) < GONE:
                return track
            track = msgspec.structs.replace(track, lies=None, still_since=None, left=None)  # it went there unheard
        since = track.still_since
        if since is None or _apart(since, here) > _NOISE:
            is_heard = track.last is not None and here.at - track.last.at <= _UNHEARD
            self.counts["arrivals unheard"] += track.was_under_way and not is_heard
            track = msgspec.structs.replace(track, still_since=here, was_under_way=track.was_under_way and is_heard)
        elif here.at - since.at >= STAYS:
            return self._arrived(track, since)
        return track

    def _arrived(self, track: Track, since: Position) -> Track:
        ports = self._ports.at(since.latitude, since.longitude)
        if len(ports) > 1:
            self.counts[f"between {', '.join(ports[:4])}: two ports that are watched are too near one another"] += 1
        port = ports[0] if len(ports) == 1 else _NOWHERE
        event = Event(_lately(track.left, since.at), (port, since.at))
        is_said = track.was_under_way and port != _NOWHERE
        return msgspec.structs.replace(
            track,
            lies=(port, since.latitude, since.longitude),
            pending=_added(track.pending, event) if is_said else track.pending,
            was_under_way=False,
            left=track.left if port == _NOWHERE else None,  # it waits on its way
        )

    def _under_way(self, track: Track, here: Position) -> Track:
        """It makes way; once it is far enough from where it lay, that is a departure."""
        if track.lies is None:
            return msgspec.structs.replace(track, was_under_way=True, still_since=None)
        port, latitude, longitude = track.lies
        is_heard = track.last is not None and here.at - track.last.at <= _UNHEARD
        since = track.makes_way_since or (here.at if is_heard else None)
        if since is not None and distance(latitude, longitude, here.latitude, here.longitude) < GONE:
            return msgspec.structs.replace(track, makes_way_since=since)
        self.counts["departures unheard"] += since is None and port != _NOWHERE
        track = msgspec.structs.replace(track, lies=None, still_since=None, makes_way_since=None, was_under_way=True)
        if port == _NOWHERE:
            return track
        if since is None:
            return msgspec.structs.replace(track, left=None)
        left = (port, since)
        return msgspec.structs.replace(track, left=left, pending=_added(track.pending, Event(left, None)))


def _is_jump(last: Position, here: Position) -> bool:
    hours = (here.at - last.at).total_seconds() / 3600
    return _apart(last, here) > FASTEST * hours + _NOISE


def _apart(one: Position, other: Position) -> float:
    return distance(one.latitude, one.longitude, other.latitude, other.longitude)


def _lately(left: tuple[str, datetime] | None, at: datetime) -> tuple[str, datetime] | None:
    return left if left is not None and at - left[1] <= _LONGEST_LEG else None


def _added(pending: tuple[Event, ...], event: Event) -> tuple[Event, ...]:
    """Until the ship says its IMO number, the latest few wait."""
    return (*pending, event)[-_MOST_PENDING:]
